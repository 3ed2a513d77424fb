import { tell } from "../elements/view.js";

/** @import { Socket } from "socket.io-client" */
/** @import { AgendaBoard } from "../elements/agenda-board.js" */

/** So long, in milliseconds, the server may take to say that it has it. */
const PATIENCE = 5_000;

/**
 * What the reader agrees to goes to the server as their own word, never through the shared document. It answers both tabs
 * with a fact; without a line there is nobody who could take it, and that is said, also where the line is dead and nobody
 * knows yet.
 * @param {AgendaBoard} board
 * @param {Socket} socket
 */
export function carryAgreement(board, socket) {
  board.addEventListener("agree", async (event) => {
    if (!socket.connected) return tell(board, "told", "You are offline. Agree once you are back.");
    const taken = await socket.timeout(PATIENCE).emitWithAck("agree", /** @type {CustomEvent} */ (event).detail).catch(() => null);
    if (!taken) tell(board, "told", "That didn’t get through. Agree again.");
  });
}
