import { find } from "../elements/markup.js";
import { shown } from "../elements/place.js";
import { canFloat, float } from "./float.js";
import { openBoard } from "./open.js";

/** @import { AgendaBoard } from "../elements/agenda-board.js" */

/**
 * Opens a session's page, and lets its companion float above the call where it is asked to.
 * @param {AgendaBoard} board
 */
export function openCompanion(board) {
  const open = openBoard(board);
  if (!canFloat()) return;
  const { beside = "" } = board.dataset;
  document.documentElement.dataset.canFloat = "";
  document.addEventListener("float", (event) => {
    const { detail } = /** @type {CustomEvent<{done: Promise<void>, hasCall: boolean}>} */ (event);
    detail.done = float(beside, open).then(() => offerCall(detail.hasCall));
  });
  document.addEventListener("click", (event) => {
    const asks = /** @type {HTMLElement} */ (event.target).closest("[data-floats]");
    if (asks) float(beside, open).catch(() => {}); // the browser said no, and the page is as it was
  });
}

/** Where the browser let only one window open, the way into the call stands first. @param {boolean} hasCall */
function offerCall(hasCall) {
  const next = /** @type {HTMLElement | null} */ (shown.document.querySelector("[data-ref='call-next']"));
  if (!next || hasCall) return;
  next.hidden = false;
  const link = find(next, "a");
  link.addEventListener("click", () => (next.hidden = true));
  link.focus();
}
