import { capture, handleAt } from "../agenda/capture.js";
import { dayWords, todayIn } from "../agenda/due.js";
import { find } from "./markup.js";
import { added, onPastedLines } from "./paste.js";
import { offerOf, partsOf } from "./read-back.js";
import { tell } from "./view.js";
import { shown } from "./place.js";

/** @import { FindDay } from "../agenda/dates.js" */
/** @import { View } from "./view.js" */

const PATIENCE = 1500; // ms that Enter waits for what understands days, on a bad line

/** Writes down an action item in one line, and reads back how it was understood before Enter adds it. */
export class CaptureBar extends HTMLElement {
  /** @type {FindDay} */ #findDay = () => null;
  /** @type {Promise<void> | null} */ #ready = null;
  #adding = Promise.resolve();

  /** @param {View} view */
  show(view) {
    this.view = view;
    this.input = /** @type {HTMLInputElement} */ (find(this, "input"));
    this.input.addEventListener("focus", () => this.#prepare(view));
    this.input.addEventListener("input", () => this.#readBack());
    this.input.addEventListener("keydown", (event) => this.#onKey(event));
    onPastedLines(this.input, (lines) => this.#addAll(lines));
    find(this, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#adding = this.#add();
    });
    // Whoever was quicker than this page has begun already.
    if (shown.document.activeElement === this.input) this.#prepare(view);
    this.#readBack();
  }

  /** Days are understood by a library that is only fetched when somebody writes here. @param {View} view */
  #prepare(view) {
    this.#ready ??= import("../agenda/dates.js")
      .then(({ loadDays }) => loadDays(view.who.locale))
      .then((findDay) => {
        this.#findDay = findDay;
        this.#readBack();
      })
      .catch(() => {
        // Offline before the first use: the words are taken as they are, and the next focus tries again.
        this.#ready = null;
      });
    return this.#ready;
  }

  #understood(words = this.input?.value ?? "") {
    const { who } = /** @type {View} */ (this.view);
    return capture(words, { names: who.names, role: who.role, today: todayIn(who.zone), findDay: this.#findDay });
  }

  /** @param {string[]} lines each read as if it were written here */
  #addAll(lines) {
    const { agenda, who } = /** @type {View} */ (this.view);
    agenda.together(() => {
      for (const { text, owner, due } of lines.map((line) => this.#understood(line))) {
        agenda.addItem({ text, owner: owner ?? who.role, due, talkingPoint: agenda.now()?.id ?? null });
      }
    });
    return added(lines.length, "action item");
  }

  #readBack() {
    const { who } = /** @type {View} */ (this.view);
    const { text, owner, due } = this.#understood();
    const line = find(this, ".capture-read");
    const parts = text ? partsOf(text, owner ?? who.role, who, due && dayWords(due, this.#today())) : [];
    const offers = this.#handle()?.choices.map((name) => offerOf(name, () => this.#complete(name))) ?? [];
    line.replaceChildren(...parts, ...offers);
    line.hidden = line.childElementCount === 0;
  }

  /** The handle being written, unless it is complete. */
  #handle() {
    const { input, view } = this;
    const caret = input?.selectionEnd ?? 0;
    const handle = input && view ? handleAt(input.value, caret, view.who) : null;
    const isComplete = handle?.choices[0] === input?.value.slice((handle?.from ?? 0) + 1, caret).toLowerCase();
    return handle && handle.choices.length > 0 && !isComplete ? { ...handle, caret } : null;
  }

  /** @param {string} name */
  #complete(name) {
    const handle = this.#handle();
    if (!handle || !this.input) return;
    this.input.setRangeText(`@${name} `, handle.from, handle.caret, "end");
    this.input.focus();
    this.#readBack();
  }

  #today() {
    return todayIn(/** @type {View} */ (this.view).who.zone);
  }

  /** What was entered is added, for a board that is about to go. */
  settle() {
    return this.#adding;
  }

  async #add() {
    await Promise.race([this.#ready, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    const { agenda, who } = /** @type {View} */ (this.view);
    const { text, owner, due } = this.#understood();
    if (!text || !this.input) return;
    const id = agenda.addItem({ text, owner: owner ?? who.role, due, talkingPoint: agenda.now()?.id ?? null });
    this.input.value = "";
    this.#readBack();
    const whom = !owner || owner === who.role ? "you" : who.names[owner];
    tell(this, "undoable", `Added for ${whom}${due ? `, ${dayWords(due, this.#today())}` : ""}`);
    // When its row is drawn; the toast has taken its room by then.
    setTimeout(() => shown.document.querySelector(`item-list [data-id="${id}"]`)?.scrollIntoView({ block: "nearest" }));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const { input } = this;
    if (!input || event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      if (!input.value) return input.blur();
      input.value = "";
      this.#readBack();
    } else if (event.key === "Tab" && !event.shiftKey) {
      // Tab completes a name once; with nothing left to complete it moves on.
      const name = this.#handle()?.choices[0];
      if (!name) return;
      event.preventDefault();
      this.#complete(name);
    }
  }
}

customElements.define("capture-bar", CaptureBar);
