import { find } from "./markup.js";
import { added, onPastedLines } from "./paste.js";
import { drawOn, tell } from "./view.js";

/** @import { View } from "./view.js" */

/** Adds a talking point during the call. With `data-when="empty"` it is there only while there is none. */
class AddTopic extends HTMLElement {
  /** @param {View} view */
  show(view) {
    const input = /** @type {HTMLInputElement} */ (find(this, "input"));
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      const title = input.value.trim();
      input.value = "";
      if (!title) return;
      view.agenda.addTopic({ title });
      tell(this, "undoable", "On the agenda");
    });
    onPastedLines(input, (lines) => {
      view.agenda.together(() => lines.forEach((title) => view.agenda.addTopic({ title })));
      return added(lines.length, "talking point");
    });
    if (this.dataset.when !== "empty") return;
    drawOn(view, () => {
      this.hidden = view.agenda.topics().some((topic) => topic.title.trim());
    });
  }
}

customElements.define("add-topic", AddTopic);
