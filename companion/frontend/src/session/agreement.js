import { tell } from "../elements/view.js";

/** @import { Socket } from "socket.io-client" */
/** @import { AgendaBoard } from "../elements/agenda-board.js" */

/**
 * What the reader agrees to goes to the server as their own word, never through the shared document. It answers both tabs
 * with a fact; without a line there is nobody who could take it.
 * @param {AgendaBoard} board
 * @param {Socket} socket
 */
export function carryAgreement(board, socket) {
  board.addEventListener("agree", (event) => {
    if (socket.connected) socket.emit("agree", /** @type {CustomEvent} */ (event).detail);
    else tell(board, "told", "You are offline. Agree once you are back.");
  });
}
