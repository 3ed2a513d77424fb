/** @import { AgendaBoard } from "../elements/agenda-board.js" */
/** @import { Carets } from "../elements/view.js" */

/** What is written for both, but not yet in the agenda. What is there from its first letter has a caret of its own. */
const DRAFTS = "capture-bar input, add-topic input";

/**
 * The partner sees that somebody is writing, also where the words are still to be added: nothing turns away meanwhile.
 * @param {AgendaBoard} board
 * @param {Carets} carets
 */
export function tellOfDrafts(board, carets) {
  const tell = (/** @type {Event} */ { target, type }) => {
    if (!(/** @type {HTMLElement} */ (target).matches(DRAFTS))) return;
    carets.tell("draft", type === "input" ? 0 : null, type === "input");
  };
  for (const name of ["input", "focusout"]) board.addEventListener(name, tell);
}
