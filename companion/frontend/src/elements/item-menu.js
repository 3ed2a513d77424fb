import { find, say } from "./markup.js";
import { RowMenu } from "./row-menu.js";
import { tell } from "./view.js";

/** @import { Item } from "../agenda/shape.js" */
/** @import { View } from "./view.js" */

/** Give an action item to the other, set its date, or remove it. */
export class ItemMenu extends RowMenu {
  /** @param {View} view */
  show(view) {
    this.view = view;
    const date = /** @type {HTMLInputElement} */ (find(this, "input"));
    date.addEventListener("change", () => view.agenda.setItem(this.item?.id ?? "", { due: date.value || null }));
    this.button("give").addEventListener("click", () => {
      const owner = this.item?.owner === "mentor" ? "mentee" : "mentor";
      view.agenda.setItem(this.item?.id ?? "", { owner });
      this.#close();
    });
    this.button("remove").addEventListener("click", () => {
      view.agenda.removeItem(this.item?.id ?? "");
      this.#close();
      tell(this, "undoable", `Removed: ${this.item?.text ?? ""}`);
    });
  }

  /** @param {HTMLElement} opener @param {Item} item */
  openFor(opener, item) {
    const { who } = /** @type {View} */ (this.view);
    this.item = item;
    say(this.button("give"), giveWords(item, who));
    /** @type {HTMLInputElement} */ (find(this, "input")).value = item.due ?? "";
    this.openBeside(opener);
  }

  #close() {
    this.hidePopover();
    this.opener?.focus();
  }
}

/** @param {Item} item @param {View["who"]} who what giving it to the other is called */
export function giveWords(item, who) {
  return item.owner === who.role ? `Give to ${who.names[who.partner]}` : "I’ll do it";
}

customElements.define("item-menu", ItemMenu);
