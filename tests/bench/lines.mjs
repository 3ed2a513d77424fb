// Seats at what we are measured beside, spoken to as their own browsers' libraries do, with the face of `Seat`.
import { WebSocketLine } from "./websocket.mjs";

const SYNC = 0, AUTH = 2, SAVED = 8; // kinds of messages; y-websocket knows the first only
const ASK = 0, ANSWER = 1, EDIT = 2; // and what a message of kind SYNC does
const NOTHING_YET = [SYNC, ASK, 1, 0];
const NOTHING_MORE = [SYNC, ANSWER, 2, 0, 0];

/** One client of one document. `place` names it: {doc}. */
class PeerSeat {
  /** @type {Record<string, (said: any) => void>} what the server tells, by our own names for it */ heard = {};
  isOpen = false;

  /** @param {string} base @param {{doc: string}} place */
  constructor(base, place) {
    this.base = base;
    this.place = place;
  }

  /** @returns {Promise<{update: Uint8Array, role: string}>} what a client that has nothing yet is told */
  open() {
    this.line = new WebSocketLine(new URL(this.path, this.base), this.base);
    this.line.onOpen = () => this.greet();
    this.line.onBinary = (bytes) => this.told(bytes);
    return new Promise((resolve, reject) => {
      this.answered = (/** @type {Uint8Array} */ update) => {
        this.isOpen = true;
        resolve({ update, role: "mentee" });
      };
      this.line.onClose = () => {
        this.isOpen = false;
        reject(new Error("the line broke"));
      };
    });
  }

  fetchTicket() {
    return "";
  }

  /** @param {string} event only "edit" means something here @param {Uint8Array} said */
  say(event, said) {
    if (event === "edit") this.send([SYNC, EDIT, ...size(said.length)], said);
  }

  close() {
    this.line.close();
  }

  /** @param {Buffer} said from its sub-kind on */
  synced(said) {
    if (said[0] === ASK) this.send(NOTHING_MORE);
    else if (said[0] === ANSWER) this.answered(content(said));
    else this.heard.edit?.(content(said));
  }
}

class YWebsocketSeat extends PeerSeat {
  get path() {
    return `/${this.place.doc}`;
  }

  greet() {
    this.send(NOTHING_YET);
  }

  /** @param {number[]} head @param {Uint8Array} rest */
  send(head, rest = Buffer.alloc(0)) {
    this.line.sendBinary(Buffer.concat([Buffer.from(head), rest]));
  }

  /** @param {Buffer} bytes */
  told(bytes) {
    if (bytes[0] === SYNC) this.synced(bytes.subarray(1));
  }
}

class HocuspocusSeat extends PeerSeat {
  path = "/";

  get name() {
    return (this.nameBytes ??= Buffer.from([...size(this.place.doc.length), ...Buffer.from(this.place.doc)]));
  }

  greet() {
    this.send([AUTH, 0, 1, 0x78]); // with any token
  }

  /** @param {number[]} head @param {Uint8Array} rest */
  send(head, rest = Buffer.alloc(0)) {
    this.line.sendBinary(Buffer.concat([this.name, Buffer.from(head), rest]));
  }

  /** @param {Buffer} bytes */
  told(bytes) {
    const at = this.name.length;
    if (bytes[at] === AUTH && bytes[at + 1] === 2) this.send(NOTHING_YET);
    else if (bytes[at] === SYNC) this.synced(bytes.subarray(at + 1));
    // The first tells of our empty answer, which is no edit.
    else if (bytes[at] === SAVED && this.greeted) this.heard.saved?.({ n: 1 });
    else if (bytes[at] === SAVED) this.greeted = true;
  }
}

export const PEERS = { hocuspocus: HocuspocusSeat, y_websocket: YWebsocketSeat };

/** The bytes after the sub-kind and their length. @param {Buffer} said */
function content(said) {
  let at = 1;
  while (said[at++] > 127);
  return said.subarray(at);
}

/** A length as lib0 writes it. @param {number} value */
function size(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}
