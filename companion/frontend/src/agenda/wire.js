import { io } from "socket.io-client";

import { send } from "./here.js";
import * as parser from "./parser.js";
import { onWake } from "./wake.js";

/** @import { Socket } from "socket.io-client" */
/** @typedef {"signed_out" | "removed" | "closed"} Refusal no seat, and asking again will not help */

/**
 * What the server means when it gives no ticket. With 403 the page's token is too old: it has to be opened again, signed in.
 * @type {Record<number, Refusal>}
 */
const REFUSALS = { 401: "signed_out", 403: "signed_out", 404: "removed", 409: "closed" };
const FINAL = new Set(Object.values(REFUSALS));

const WAYS = ["websocket", "polling"];
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
/** The server closes a connection that shows no ticket for 10 s. */
const LONGEST_PAUSE = 5_000;
const TICKET_TIMEOUT = 8_000;

/** @param {unknown} why @returns {why is Refusal} */
export function isFinal(why) {
  return FINAL.has(/** @type {Refusal} */ (why));
}

/**
 * The line to a session's room. It asks for a new ticket before each try, and tries until it is disconnected by hand or
 * refused for good: then `connect_error` comes with the refusal as its message.
 * @param {number | string} sessionId
 * @param {{csrf: string}} page
 * @returns {Socket}
 */
export function connect(sessionId, { csrf }) {
  return openLine("/agenda", sessionId, () => fetchTicket(sessionId, csrf));
}

/**
 * @param {string} address of the rooms
 * @param {number | string} sessionId
 * @param {() => Promise<string>} ticket see `Line`
 * @returns {Socket}
 */
export function openLine(address, sessionId, ticket) {
  const socket = io(address, {
    parser,
    multiplex: false,
    query: { session: sessionId }, // for a proxy that leads both partners to one node; the ticket alone gives a seat
    transports: [...WAYS],
    tryAllTransports: true,
    timeout: LONGEST_WAIT,
    reconnectionDelay: FIRST_WAIT,
    reconnectionDelayMax: LONGEST_WAIT,
    auth: (/** @type {(auth: {ticket: string}) => void} */ go) => line.authorise(go),
  });
  const line = new Line(socket, ticket);
  return socket;
}

/** What Socket.IO leaves to us: tickets, trying again after a refusal, and waking up. */
export class Line {
  #failures = 0;
  #turn = 0;
  #wokenAt = -Infinity;

  /**
   * @param {Socket} socket
   * @param {() => Promise<string>} ticket rejects with a refusal as its message, or for trouble on the way
   */
  constructor(socket, ticket) {
    this.socket = socket;
    this.ticket = ticket;
    socket.on("connect", () => (this.#failures = 0));
    socket.on("connect_error", (error) => this.#failed(!socket.active && !isFinal(error.message)));
    socket.on("connect_error", ({ message }) => message === "timeout" && this.#goAnotherWay());
    // A phone that left such a network shall not poll for ever.
    socket.on("disconnect", () => (socket.io.opts.transports = [...WAYS]));
    socket.on("disconnect", (reason) => {
      // Socket.IO would send what it holds back as soon as it is connected again, before we know what got through.
      socket.sendBuffer.length = 0;
      this.#failed(reason === "io server disconnect");
    });
    onWake(() => this.wake());
    // Whoever lost the network since may wake again at once: Socket.IO waits 10 s for a try that the loss cut short.
    globalThis.addEventListener?.("offline", () => (this.#wokenAt = -Infinity));
  }

  /**
   * Hands over a ticket, after a pause if the last tries failed: what the server refuses, Socket.IO would not try again.
   * @param {(auth: {ticket: string}) => void} go
   */
  async authorise(go) {
    const turn = ++this.#turn;
    await pause(this.#failures && Math.min(LONGEST_PAUSE, FIRST_WAIT * 2 ** this.#failures));
    // Meanwhile the line may have dropped, and another try begun: it asks for a ticket of its own.
    if (!this.#isStill(turn)) return;
    try {
      const ticket = await this.ticket();
      if (this.#isStill(turn)) go({ ticket });
    } catch (error) {
      if (this.#isStill(turn)) this.#withoutTicket(/** @type {Error} */ (error), go);
    }
  }

  /** Tries at once instead of waiting for the next turn, unless the line was ended. */
  wake() {
    const now = performance.now();
    if (this.socket.connected || !this.socket.active || now - this.#wokenAt < FIRST_WAIT) return;
    this.#wokenAt = now;
    this.#failures = 0;
    this.socket.disconnect();
    this.socket.connect();
  }

  /** @param {Error} error @param {(auth: {ticket: string}) => void} go */
  #withoutTicket(error, go) {
    if (isFinal(error.message)) this.socket.disconnect();
    else this.#failures++;
    for (const tell of this.socket.listeners("connect_error")) tell(error);
    if (!isFinal(error.message)) this.authorise(go);
  }

  /**
   * Some proxies take a WebSocket and drop it, or let nothing through it. That is no error to Socket.IO, which would try
   * the same way for ever.
   */
  #goAnotherWay() {
    const { opts } = this.socket.io;
    opts.transports = opts.transports?.length === 1 ? [...WAYS] : ["polling"];
  }

  /** @param {boolean} isOurTurn whether Socket.IO leaves it to us to try again */
  #failed(isOurTurn) {
    if (!isOurTurn) return;
    this.#failures++;
    this.socket.connect();
  }

  /** @param {number} turn */
  #isStill(turn) {
    return turn === this.#turn && this.socket.active;
  }
}

/** @param {number} milliseconds at most; half of it at least, so that browsers do not all come back at once */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds * (0.5 + Math.random() / 2)));
}

/** @param {number | string} sessionId @param {string} csrf @returns {Promise<string>} */
async function fetchTicket(sessionId, csrf) {
  const response = await send(`/sessions/${sessionId}/seat`, {
    method: "POST",
    headers: { "X-CSRF": csrf, Accept: "application/json" },
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(TICKET_TIMEOUT),
  });
  if (!response.ok) throw new Error(REFUSALS[response.status] ?? `no ticket: ${response.status}`);
  return (await response.json()).ticket;
}
