import { bindText } from "../agenda/text.js";
import { ref, say } from "./markup.js";

/** @import { Role } from "../agenda/shape.js" */
/** @import { View } from "./view.js" */

/** One partner's sentence to take away: mine to write, theirs to see as it is written. `data-owner` says whose. */
class TakeAway extends HTMLElement {
  /** @param {View} view */
  show({ agenda, carets, who }) {
    const owner = /** @type {Role} */ (this.dataset.owner);
    const text = agenda.takeaway(owner);
    const area = this.querySelector("textarea");
    if (area) {
      const field = `takeaway:${owner}`;
      const history = { undo: () => agenda.undo(), redo: () => agenda.redo() };
      bindText(area, text, { onCaret: (caret, typing) => carets.tell(field, caret, typing), history });
      return;
    }
    const draw = () => {
      const words = text.toString();
      say(ref(this, "words"), words || `${who.names[owner]} hasn’t written one yet.`);
      ref(this, "words").classList.toggle("muted", !words);
    };
    text.observe(draw);
    draw();
  }
}

customElements.define("take-away", TakeAway);
