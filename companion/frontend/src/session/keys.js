import { goBack, goOn } from "../elements/run.js";
import { shown } from "../elements/place.js";

/** @import { Agenda } from "../agenda/document.js" */
/** @import { AgendaBoard } from "../elements/agenda-board.js" */
/** @import { NoteList } from "../elements/note-list.js" */

/**
 * What single keys do, where what they are for is on the page.
 * @param {AgendaBoard} board
 * @param {Agenda} agenda
 * @returns {Record<string, () => void>}
 */
export function agendaKeys(board, agenda) {
  const write = (/** @type {boolean} */ privately) => {
    const notes = /** @type {NoteList | null} */ (board.querySelector("note-list:not([hidden])"));
    if (notes) notes.write(privately);
    else if (privately) /** @type {HTMLElement | null} */ (board.querySelector("private-notes textarea"))?.focus();
  };
  const step = (/** @type {number} */ by) => {
    const ticks = /** @type {HTMLElement[]} */ ([...board.querySelectorAll("item-list .tick")]);
    const at = ticks.indexOf(/** @type {HTMLElement} */ (shown.document.activeElement));
    ticks[at < 0 ? 0 : Math.max(0, Math.min(ticks.length - 1, at + by))]?.focus();
  };
  return {
    "/": () => /** @type {HTMLElement | null} */ (board.querySelector("capture-bar input"))?.focus(),
    n: () => write(false),
    p: () => write(true),
    "]": () => goOn(agenda),
    "[": () => goBack(agenda),
    j: () => step(1),
    k: () => step(-1),
    x: () => shown.document.activeElement?.matches(".tick") && /** @type {HTMLElement} */ (shown.document.activeElement).click(),
  };
}
