import * as Y from "yjs";

/**
 * Asking a room what a document lacks.
 *
 * @import { Socket } from "socket.io-client"
 * @import { Role } from "./shape.js"
 *
 * @typedef {{seat: string, role: Role, state?: unknown}} Partner
 * @typedef {{role: Role, seat: string, sessionState: string, here: Partner[]}} Seated
 * @typedef {object} Answer
 * @property {Uint8Array} update what the document lacks
 * @property {Uint8Array} state the state vector of the room's document
 * @property {string} epoch which life of the room's document this is; another one after it was restored from a backup
 * @property {Seated} seated
 */

/**
 * @param {Socket} socket
 * @param {Y.Doc} doc
 * @param {number} timeout in milliseconds
 * @returns {Promise<Answer | null>} null when there is no answer, or none we understand
 */
export async function askRoom(socket, doc, timeout) {
  try {
    return answerIn(await socket.timeout(timeout).emitWithAck("sync", Y.encodeStateVector(doc)));
  } catch {
    return null;
  }
}

/** @param {any} said @returns {Answer | null} */
function answerIn(said) {
  const { update, state, epoch, role, seat, session_state: sessionState, here } = said ?? {};
  const isWhole = update instanceof Uint8Array && state instanceof Uint8Array && typeof epoch === "string";
  return isWhole ? { update, state, epoch, seated: { role, seat, sessionState, here } } : null;
}
