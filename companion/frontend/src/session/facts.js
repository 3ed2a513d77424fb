/** @import { AgendaBoard } from "../elements/agenda-board.js" */
/** @import { attend } from "../agenda/presence.js" */

/**
 * What the server tells both partners. Most change a part of the page; the end of the talk changes the page itself.
 * @param {AgendaBoard} board
 * @param {ReturnType<typeof attend>} presence
 */
export function hearFacts(board, presence) {
  presence.onFact(({ kind }) => {
    const isWrapUp = location.pathname === board.dataset.wrapUp;
    if (kind === "live" || kind === "resumed") board.dataset.state = "live";
    if (kind === "over" && !isWrapUp) location.assign(board.dataset.wrapUp ?? "");
    else if (kind === "cancelled") location.assign(board.dataset.show ?? "");
    else if (kind === "resumed" && isWrapUp) location.assign(board.dataset.beside ?? "");
    else board.hear(kind);
  });
}
