import { dueWords, todayIn } from "../agenda/due.js";
import { clone, find, keyed, ref, say } from "./markup.js";
import { added } from "./paste.js";
import { drawOn, tell } from "./view.js";
import { shown } from "./place.js";

/** @import { Item } from "../agenda/shape.js" */
/** @import { LineText, PastedLines } from "./line-text.js" */
/** @import { ItemMenu } from "./item-menu.js" */
/** @import { View } from "./view.js" */

/** The action items of this session, both partners' in one list. */
class ItemList extends HTMLElement {
  #drawn = false;

  /** @param {View} view */
  show(view) {
    this.view = view;
    drawOn(view, () => this.#draw(view));
    this.addEventListener("click", (event) => this.#onClick(event));
    this.addEventListener("lines", (event) => this.#addAll(/** @type {CustomEvent<PastedLines>} */ (event)));
    this.addEventListener("emptied", (event) => this.#remove(/** @type {HTMLElement} */ (event.target)));
  }

  /** @param {View} view */
  #draw(view) {
    const items = view.agenda.items();
    const list = find(this, "ul");
    const make = () => {
      const row = clone("item-row");
      row.classList.toggle("is-new", this.#drawn);
      return row;
    };
    keyed(list, items, make, (row, item) => fill(row, item, view));
    this.#drawn = true;
    ref(this, "empty").hidden = items.length > 0;
    const count = this.closest("section")?.querySelector('[data-ref="count"]');
    if (count) say(count, String(items.length || ""));
  }

  /** @param {Event} event */
  #onClick(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const item = this.#itemOf(target);
    const due = /** @type {HTMLElement | null} */ (target.closest(".item-due"));
    if (!item || !this.view) return;
    if (target.closest(".tick")) this.view.agenda.setItem(item.id, { doneAt: item.doneAt ? null : new Date().toISOString() });
    else if (due) /** @type {ItemMenu | null} */ (shown.document.querySelector("item-menu"))?.openFor(due, item);
  }

  /** Whoever does the first does the others too. @param {CustomEvent<PastedLines>} event */
  #addAll(event) {
    const { lines } = event.detail;
    const item = this.#itemOf(/** @type {HTMLElement} */ (event.target));
    if (!item || !this.view) return;
    event.preventDefault();
    const { agenda } = this.view;
    const { owner, due, talkingPoint } = item;
    agenda.together(() => lines.forEach((text) => agenda.addItem({ text, owner, due, talkingPoint })));
    event.detail.done = added(lines.length, "action item");
  }

  /** @param {HTMLElement} target */
  #remove(target) {
    const item = this.#itemOf(target);
    if (!item) return;
    this.view?.agenda.removeItem(item.id);
    tell(this, "undoable", "Removed");
  }

  /** @param {HTMLElement} target */
  #itemOf(target) {
    const id = target.closest("li")?.dataset.id;
    return this.view?.agenda.items().find((item) => item.id === id);
  }
}

/** @param {HTMLElement} row @param {Item} item @param {View} view */
function fill(row, item, view) {
  const { agenda, who } = view;
  const line = /** @type {LineText} */ (find(row, "line-text"));
  const text = agenda.itemText(item.id);
  if (text) line.bind(text, `item:${item.id}`, view);
  const owner = item.owner === who.role ? "yours" : `${who.names[item.owner]}’s`;
  line.label = `Action item, ${owner}`;
  row.dataset.seat = item.owner;
  find(row, ".tick").setAttribute("aria-pressed", String(item.doneAt !== null));
  say(ref(row, "tick-name"), `Done: ${item.text}`);
  say(ref(row, "letter"), who.names[item.owner].slice(0, 1).toUpperCase());
  const due = item.due && dueWords(item.due, todayIn(who.zone));
  say(ref(row, "due"), due ?? "");
  const chip = find(row, ".item-due");
  chip.toggleAttribute("data-empty", !due);
  chip.toggleAttribute("data-late", Boolean(due?.endsWith("late")) && !item.doneAt);
  say(ref(row, "due-name"), `Change owner or date of ${item.text}${due ? ", now " : ""}`);
}

customElements.define("item-list", ItemList);
