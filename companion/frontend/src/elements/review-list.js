import { dayWords, todayIn } from "../agenda/due.js";
import { clone, find, keyed, ref, say } from "./markup.js";
import { giveWords } from "./item-menu.js";
import { drawOn, tell } from "./view.js";
import { shown } from "./place.js";

/** @import { Item } from "../agenda/shape.js" */
/** @import { LineText } from "./line-text.js" */
/** @import { View } from "./view.js" */

/** One partner's action items, to be gone through after the call. `data-owner` says whose. */
class ReviewList extends HTMLElement {
  /** @param {View} view */
  show(view) {
    this.view = view;
    drawOn(view, () => this.#draw(view));
    this.addEventListener("click", (event) => this.#onClick(event, view));
    this.addEventListener("change", (event) => {
      const date = /** @type {HTMLInputElement} */ (event.target);
      if (date.type === "date") view.agenda.setItem(idOf(date), { due: date.value || null });
    });
    this.addEventListener("emptied", (event) => this.#remove(idOf(event.target), view));
  }

  /** @param {View} view */
  #draw(view) {
    const items = view.agenda.items().filter((item) => item.owner === this.dataset.owner);
    ref(this, "empty").hidden = items.length > 0;
    keyed(find(this, "ul"), items, () => clone("review-row"), (row, item) => fill(row, item, view));
  }

  /** @param {Event} event @param {View} view */
  #onClick(event, { agenda, who }) {
    const target = /** @type {HTMLElement} */ (event.target);
    const deed = target.closest("button")?.dataset.does;
    const id = idOf(target);
    if (deed === "remove") this.#remove(id, /** @type {View} */ (this.view));
    else if (deed === "give") {
      const to = this.dataset.owner === "mentor" ? "mentee" : "mentor";
      agenda.setItem(id, { owner: to });
      tell(this, "undoable", to === who.role ? "Yours now" : `${who.names[to]}’s now`);
    } else if (target.matches("input[type=date]")) openPicker(/** @type {HTMLInputElement} */ (target));
  }

  /** @param {string} id @param {View} view */
  #remove(id, { agenda }) {
    agenda.removeItem(id);
    tell(this, "undoable", "Removed");
  }
}

/** @param {HTMLElement} row @param {Item} item @param {View} view */
function fill(row, item, view) {
  const line = /** @type {LineText} */ (find(row, "line-text"));
  const text = view.agenda.itemText(item.id);
  if (text) line.bind(text, `item:${item.id}`, view);
  line.label = "Action item";
  row.dataset.seat = item.owner;
  say(ref(row, "lead"), item.owner === view.who.role ? "You will" : `${view.who.names[item.owner]} will`);
  const set = find(row, "label.set");
  if (item.due) delete set.dataset.tone;
  else set.dataset.tone = "honey";
  say(ref(row, "due"), item.due ? dayWords(item.due, todayIn(view.who.zone)) : "Add a date");
  say(ref(row, "due-name"), `Due date of ${item.text}`);
  say(ref(row, "remove-name"), `Remove: ${item.text}`);
  const give = find(row, '[data-does="give"]');
  say(give, giveWords(item, view.who));
  give.setAttribute("aria-label", `${giveWords(item, view.who)}: ${item.text}`);
  const date = /** @type {HTMLInputElement} */ (find(row, "input"));
  if (shown.document.activeElement !== date) date.value = item.due ?? "";
}

/** @param {HTMLInputElement} date the whole pill opens the calendar, not only its small button */
function openPicker(date) {
  try {
    date.showPicker();
  } catch {
    // In a frame of another site the browser refuses; typing the date still works.
  }
}

/** @param {EventTarget | null} target */
function idOf(target) {
  return /** @type {HTMLElement | null} */ (target)?.closest("li")?.dataset.id ?? "";
}

customElements.define("review-list", ReviewList);
