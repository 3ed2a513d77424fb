import { send } from "../agenda/here.js";
import { editsIn, momentsOf, Past } from "../agenda/past.js";
import { linesOf, putBack } from "../agenda/past-lines.js";
import { clone, find, keyed, ref } from "./markup.js";
import { fillPast } from "./past-row.js";
import { drawOn, tell } from "./view.js";

/** @import { AgendaBoard } from "./agenda-board.js" */
/** @import { Change } from "../agenda/past.js" */
/** @import { View } from "./view.js" */

const PAGE = 60; // rows at first, and as many more at each press
const SLICE = 12; // ms of work between two breaths of the page

/** Who wrote, changed and removed what, the newest first. While the session is open, what is gone can be put back. */
class PastList extends HTMLElement {
  /** @type {View | null} */ #view = null;
  /** @type {Change[]} */ #changes = [];
  #shown = PAGE;

  connectedCallback() {
    find(this, "input").addEventListener("change", () => this.#draw());
    ref(this, "more").addEventListener("click", () => {
      this.#shown += PAGE;
      this.#draw();
    });
    ref(this, "again").addEventListener("click", () => this.#load());
    this.addEventListener("click", (event) => this.#onClick(event));
    this.#load();
  }

  /** @param {View} view */
  show(view) {
    this.#view = view;
    drawOn(view, () => this.#draw());
    const end = view.agenda.observe(({ local }) => {
      if (local) return;
      end();
      ref(this, "newer").hidden = false;
    });
  }

  async #load() {
    this.dataset.is = "loading";
    ref(this, "newer").hidden = true;
    try {
      const response = await send(this.getAttribute("src") ?? "", { cache: "no-store" });
      if (!response.ok) throw new Error(String(response.status));
      this.#changes = await changesIn(await response.arrayBuffer());
      find(this, "ol").replaceChildren();
      this.dataset.is = "read";
    } catch {
      this.dataset.is = "failed";
    }
    this.#draw();
  }

  #draw() {
    const onlyGone = /** @type {HTMLInputElement} */ (find(this, "input")).checked;
    const wanted = this.#changes.filter(({ was }) => was || !onlyGone);
    const now = this.#view && linesOf(this.#view.agenda.doc);
    const { who } = /** @type {AgendaBoard} */ (this.closest("agenda-board"));
    const make = (/** @type {Change} */ change) => fillPast(clone("past-row"), change, who);
    keyed(find(this, "ol"), wanted.slice(0, this.#shown), make, (row, { was }) => {
      find(row, "button").hidden = !was || !now || now.get(was.key)?.words === was.words;
    });
    ref(this, "more").hidden = wanted.length <= this.#shown;
    ref(this, "none").hidden = this.dataset.is !== "read" || wanted.length > 0;
  }

  /** @param {Event} event */
  #onClick(event) {
    const row = /** @type {HTMLElement} */ (event.target).closest("li");
    const change = row && this.#changes.find(({ id }) => id === row.dataset.id);
    if (!change?.was || !this.#view || !(/** @type {HTMLElement} */ (event.target).closest("li button"))) return;
    putBack(this.#view.agenda, change.was);
    tell(this, "undoable", "It is back on the agenda");
  }
}

/**
 * Plays the past again, a little at a time.
 * @param {ArrayBuffer} buffer
 */
async function changesIn(buffer) {
  const past = new Past();
  let breath = performance.now();
  for (const moment of momentsOf(editsIn(buffer))) {
    past.take(moment);
    if (performance.now() - breath < SLICE) continue;
    await new Promise((resolve) => setTimeout(resolve));
    breath = performance.now();
  }
  return past.changes();
}

customElements.define("past-list", PastList);
