import { drawOn } from "./view.js";

/** @import { AgendaBoard } from "./agenda-board.js" */
/** @import { View } from "./view.js" */

/** On a page without the three steps: says that the two are winding up, and where. */
class ClosingLink extends HTMLElement {
  /** @param {View} view */
  show(view) {
    const board = /** @type {AgendaBoard} */ (this.closest("agenda-board"));
    const words = /** @type {HTMLElement} */ (this.firstElementChild);
    drawOn(view, () => (words.hidden = board.dataset.state !== "live" || view.agenda.closing.step === null));
  }
}

customElements.define("closing-link", ClosingLink);
