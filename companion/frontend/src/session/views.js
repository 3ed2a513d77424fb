import { shown } from "../elements/place.js";

/** @import { AgendaBoard } from "../elements/agenda-board.js" */

/** @param {AgendaBoard} board @returns {Record<string, () => void>} what can be looked at in the panel */
export function viewsOf(board) {
  const look = (/** @type {string} */ name) => {
    if (!board.dataset.view) return;
    board.dataset.view = board.dataset.view === name ? "now" : name;
    /** @type {HTMLElement | null} */ (shown.document.querySelector("#more-menu"))?.hidePopover();
    if (board.dataset.view === name) board.querySelector(`.panel-${name}`)?.scrollIntoView({ block: "nearest" });
  };
  return {
    agenda: () => look("agenda"),
    notes: () => look("notes"),
    now: () => look("now"),
    keys: () => openDialog("#keys-dialog"),
  };
}

/** @param {string} id */
export function openDialog(id) {
  /** @type {HTMLElement | null} */ (shown.document.querySelector("#more-menu"))?.hidePopover();
  /** @type {HTMLDialogElement | null} */ (shown.document.querySelector(id))?.showModal();
}
