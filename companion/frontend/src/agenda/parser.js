import { decode, encode } from "@msgpack/msgpack";
import { Emitter } from "@socket.io/component-emitter";

/**
 * How Socket.IO's packets travel: as MessagePack, which python-socketio calls `serializer="msgpack"`. The usual parser for
 * the browser turns a `Uint8Array` into a map of numbers; here it stays bytes on both sides, whatever buffer it looks into.
 *
 * @typedef {{type: number, nsp: string, data?: any, id?: number | undefined}} Packet
 */

const LAST_TYPE = 6;

export const protocol = 5;

export class Encoder {
  /** @param {Packet} packet @returns {Uint8Array[]} */
  encode({ type, nsp, data, id }) {
    return [encode({ type, nsp, data, id }, { ignoreUndefined: true })];
  }
}

/** @extends {Emitter<any, any, {decoded: (packet: Packet) => void}>} */
export class Decoder extends Emitter {
  /**
   * @param {ArrayBuffer | Uint8Array} chunk
   * @throws {Error} when it is no packet; the connection is closed then, and made anew
   */
  add(chunk) {
    const packet = decode(chunk);
    if (!isPacket(packet)) throw new Error("not a Socket.IO packet");
    this.emitReserved("decoded", packet);
  }

  destroy() {}
}

/** @param {any} packet @returns {packet is Packet} */
function isPacket(packet) {
  if (typeof packet !== "object" || packet === null || typeof packet.nsp !== "string") return false;
  const { type, data, id } = packet;
  if (!Number.isInteger(type) || type < 0 || type > LAST_TYPE) return false;
  if (id !== undefined && id !== null && !Number.isInteger(id)) return false;
  switch (type) {
    case 2: // event
      return Array.isArray(data) && typeof data[0] === "string";
    case 3: // acknowledgement
      return Array.isArray(data) && Number.isInteger(id);
    case 4: // refused connection
      return typeof data === "object" && data !== null;
    default:
      return true;
  }
}
