import { find } from "./markup.js";
import { drawOn } from "./view.js";

/** @import { View } from "./view.js" */

/** Undo and redo, always at hand. What they do is the board's; a step that isn't there can be reached, but not pressed. */
class UndoButtons extends HTMLElement {
  /** @param {View} view */
  show(view) {
    const { agenda } = view;
    const [undo, redo] = ["undo", "redo"].map((deed) => find(this, `[data-does="${deed}"]`));
    drawOn(view, () => {
      undo?.setAttribute("aria-disabled", String(!agenda.canUndo()));
      redo?.setAttribute("aria-disabled", String(!agenda.canRedo()));
    });
  }
}

customElements.define("undo-buttons", UndoButtons);
