import { find, say } from "./markup.js";
import { drawOn, tell } from "./view.js";

/** @import { View } from "./view.js" */

/** What earlier sessions left open: "Talk about it" takes it up in this one, once, whoever presses. */
class CarriedList extends HTMLElement {
  /** @param {View} view */
  show(view) {
    this.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (!button?.dataset.from || button.getAttribute("aria-disabled")) return;
      view.agenda.addTopic({ title: button.dataset.text ?? "", from: button.dataset.from });
      tell(this, "undoable", "On the agenda");
    });
    const draw = () => {
      const taken = new Set(view.agenda.topics().map(({ from }) => from));
      for (const button of this.querySelectorAll("button")) {
        const isTaken = taken.has(button.dataset.from ?? "");
        if (isTaken) button.setAttribute("aria-disabled", "true");
        else button.removeAttribute("aria-disabled");
        say(find(button, "span"), isTaken ? "On the agenda" : "Talk about it");
      }
    };
    drawOn(view, draw);
    this.addEventListener("renewed", draw);
  }
}

/** Questions to begin with, for those who are short of ideas. */
class IdeaChips extends HTMLElement {
  /** @param {View} view */
  show(view) {
    this.addEventListener("click", (event) => {
      const words = /** @type {HTMLElement} */ (event.target).closest("button")?.textContent?.trim();
      if (!words) return;
      view.agenda.addTopic({ title: words });
      tell(this, "undoable", "On the agenda");
    });
    drawOn(view, () => {
      const titles = new Set(view.agenda.topics().map(({ title }) => title));
      for (const button of this.querySelectorAll("button")) button.hidden = titles.has(button.textContent?.trim() ?? "");
    });
  }
}

customElements.define("carried-list", CarriedList);
customElements.define("idea-chips", IdeaChips);
