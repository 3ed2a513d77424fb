// A WebSocket client (RFC 6455) that costs next to nothing, so that the server is what is measured, not this process.
import { randomBytes } from "node:crypto";
import net from "node:net";

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);
const CONT = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

/** One connection. `onText` and `onBinary` are told of each whole message, `onOpen` and `onClose` of both ends. */
export class WebSocketLine {
  bytesIn = 0;
  /** @type {(text: string) => void} */ onText = () => {};
  /** @type {(bytes: Buffer) => void} */ onBinary = () => {};
  /** @type {() => void} */ onOpen = () => {};
  /** @type {() => void} */ onClose = () => {};
  #rest = Buffer.alloc(0);
  #isOpen = false;
  /** @type {{opcode: number, parts: Buffer[]}} */ #message = { opcode: 0, parts: [] };

  /** @param {URL} url @param {string} origin */
  constructor(url, origin) {
    this.socket = net.connect(Number(url.port), url.hostname);
    this.socket.setNoDelay(true);
    this.socket.on("data", (data) => this.#received(data));
    this.socket.on("error", () => {}); // "close" follows
    this.socket.on("close", () => this.onClose());
    this.socket.write([
      `GET ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, `Origin: ${origin}`, "Upgrade: websocket",
      "Connection: Upgrade", `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`, "Sec-WebSocket-Version: 13",
      "", "",
    ].join("\r\n"));
  }

  /** @param {string} text */
  sendText(text) {
    this.socket.write(frame(TEXT, Buffer.from(text)));
  }

  /** @param {Uint8Array} bytes */
  sendBinary(bytes) {
    this.socket.write(frame(BINARY, bytes));
  }

  close() {
    this.socket.destroy();
  }

  /** @param {Buffer} data */
  #received(data) {
    this.bytesIn += data.length;
    let rest = this.#rest.length ? Buffer.concat([this.#rest, data]) : data;
    if (!this.#isOpen) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return void (this.#rest = rest);
      const answer = rest.toString("latin1", 0, end);
      if (!answer.startsWith("HTTP/1.1 101")) throw new Error(`no WebSocket: ${answer.split("\r\n")[0]}`);
      this.#isOpen = true;
      rest = rest.subarray(end + 4);
      this.onOpen();
    }
    let next;
    while ((next = readFrame(rest))) {
      rest = rest.subarray(next.size);
      this.#take(next);
    }
    this.#rest = Buffer.from(rest);
  }

  /** @param {{opcode: number, isLast: boolean, payload: Buffer}} frame */
  #take({ opcode, isLast, payload }) {
    if (opcode === PING) return void this.socket.write(frame(PONG, payload));
    if (opcode === CLOSE) return void this.socket.end();
    if (opcode === PONG) return;
    if (opcode !== CONT) this.#message = { opcode, parts: [] };
    this.#message.parts.push(payload);
    if (!isLast) return;
    const { parts } = this.#message;
    const whole = parts.length === 1 ? payload : Buffer.concat(parts);
    if (this.#message.opcode === TEXT) this.onText(whole.toString());
    else this.onBinary(whole);
  }
}

/** @param {Buffer} data the first frame in it, once it is whole */
function readFrame(data) {
  if (data.length < 2) return null;
  let length = data[1] & 127;
  let head = 2;
  if (length === 126) [length, head] = data.length < 4 ? [Infinity, 4] : [data.readUInt16BE(2), 4];
  else if (length === 127) [length, head] = data.length < 10 ? [Infinity, 10] : [Number(data.readBigUInt64BE(2)), 10];
  if (data.length < head + length) return null;
  const payload = data.subarray(head, head + length);
  return { opcode: data[0] & 15, isLast: data[0] > 127, payload, size: head + length };
}

/** @param {number} opcode @param {Uint8Array} payload */
function frame(opcode, payload) {
  const { length } = payload;
  const head = length < 126 ? 2 : length < 65536 ? 4 : 10;
  const made = Buffer.alloc(head + 4 + length);
  made[0] = 0x80 | opcode;
  if (head === 2) made[1] = 0x80 | length;
  else if (head === 4) made[1] = 0xfe, made.writeUInt16BE(length, 2);
  else made[1] = 0xff, made.writeBigUInt64BE(BigInt(length), 2);
  MASK.copy(made, head);
  for (let at = 0; at < length; at++) made[head + 4 + at] = payload[at] ^ MASK[at & 3];
  return made;
}
