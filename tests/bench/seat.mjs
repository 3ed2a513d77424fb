// One tab's seat at an agenda, by the real wire: a ticket, Engine.IO, Socket.IO in msgpack, the `/agenda` namespace.
import { createRequire } from "node:module";

import { WebSocketLine } from "./websocket.mjs";

const frontend = createRequire(new URL("../../companion/frontend/package.json", import.meta.url));
const { encode, decode } = frontend("@msgpack/msgpack");
export const Y = frontend("yjs");

const NAMESPACE = "/agenda";
const CONNECT = 0, EVENT = 2, ANSWER = 3, REFUSED = 4;

/**
 * @typedef {{session_id: number, cookie: string, csrf: string}} Place whose seat it is
 * @typedef {{update: Uint8Array, state: Uint8Array, role: string}} Welcome
 */

export class Seat {
  /** @type {Record<string, (said: any) => void>} what the server tells, by its name */ heard = {};
  isOpen = false;
  /** @type {(welcome: any) => void} */ #answered = () => {};
  /** @type {(why: Error) => void} */ #failed = () => {};

  /** @param {string} base @param {Place} place */
  constructor(base, place) {
    this.base = base;
    this.place = place;
  }

  /** A ticket from the page's own address, as the page asks for it. */
  async fetchTicket() {
    const { session_id, cookie, csrf } = this.place;
    const headers = { cookie, origin: this.base, "x-csrf": csrf, accept: "application/json" };
    const response = await fetch(`${this.base}/sessions/${session_id}/seat`, { method: "POST", headers });
    if (!response.ok) throw new Error(`no ticket: ${response.status} ${await response.text()}`);
    return (await response.json()).ticket;
  }

  /** @param {string} ticket @returns {Promise<Welcome>} what a tab that has nothing yet is told */
  open(ticket) {
    this.line = new WebSocketLine(new URL("/socket.io/?EIO=4&transport=websocket", this.base), this.base);
    this.line.onText = (text) => this.#spoken(text, ticket);
    this.line.onBinary = (bytes) => this.#told(decode(bytes));
    this.line.onClose = () => {
      this.isOpen = false;
      this.#failed(new Error("the line broke"));
    };
    return new Promise((resolve, reject) => ([this.#answered, this.#failed] = [resolve, reject]));
  }

  /** @param {string} event @param {unknown} said */
  say(event, said) {
    this.#send({ type: EVENT, nsp: NAMESPACE, data: [event, said] });
  }

  close() {
    this.line?.close();
  }

  /** @param {string} text @param {string} ticket */
  #spoken(text, ticket) {
    if (text.startsWith("0")) this.#send({ type: CONNECT, nsp: NAMESPACE, data: { ticket } });
    else if (text === "2") this.line?.sendText("3");
  }

  /** @param {{type: number, data: any}} packet */
  #told({ type, data }) {
    if (type === EVENT) this.heard[data[0]]?.(data[1]);
    else if (type === CONNECT) this.#send({ type: EVENT, nsp: NAMESPACE, data: ["sync", new Uint8Array([0])], id: 0 });
    else if (type === REFUSED) this.#failed(new Error(`no seat: ${JSON.stringify(data)}`));
    else if (type === ANSWER) {
      this.isOpen = true;
      this.#answered(data[0]);
    }
  }

  /** @param {object} packet */
  #send(packet) {
    this.line?.sendBinary(encode(packet));
  }
}
