import { wordings } from "../agenda/wording.js";
import { agreedIn, agreedWords, allWords, assent } from "./agreed.js";
import { find, ref, say } from "./markup.js";
import { drawOn } from "./view.js";

/** @import { View } from "./view.js" */

/** One tap that agrees to all action items as they are worded, and under each of them who has. */
class AgreeBar extends HTMLElement {
  #turn = 0;

  /** @param {View} view */
  show(view) {
    const board = /** @type {HTMLElement} */ (this.closest("agenda-board"));
    const button = find(this, "button");
    button.hidden = false;
    button.addEventListener("click", () => this.#agree(view));
    board.addEventListener("renewed", () => this.#draw(view, board));
    drawOn(view, () => this.#draw(view, board));
  }

  /** @param {View} view */
  async #agree({ agenda }) {
    if (find(this, "button").getAttribute("aria-disabled") === "true") return;
    const seen = Object.fromEntries(await wordings(agenda.items()));
    this.dispatchEvent(new CustomEvent("agree", { bubbles: true, detail: seen }));
  }

  /** @param {View} view @param {HTMLElement} board */
  async #draw({ agenda, who }, board) {
    const turn = ++this.#turn;
    const worded = await wordings(agenda.items());
    if (turn !== this.#turn) return;
    const agreed = agreedIn(board);
    const name = who.names[who.partner];
    const assents = [...worded].map(([id, now]) => {
      const mine = assent(agreed.get(id)?.[who.role], now);
      const theirs = assent(agreed.get(id)?.[who.partner], now);
      const row = board.querySelector(`.review-row[data-id="${id}"]`);
      if (row) tellRow(ref(row, "agreed"), agreedWords(mine, theirs, name), mine === "yes" && theirs === "yes");
      return { mine, theirs };
    });
    this.#tell(assents.map(({ mine }) => mine), assents.map(({ theirs }) => theirs), name);
  }

  /** @param {import("./agreed.js").Assent[]} mine @param {import("./agreed.js").Assent[]} theirs @param {string} name */
  #tell(mine, theirs, name) {
    const isMine = mine.every((each) => each === "yes");
    const button = find(this, "button");
    // It keeps its place and size: what lies below must not move up under a finger.
    button.setAttribute("aria-disabled", String(isMine));
    button.classList.toggle("btn--primary", !isMine);
    say(ref(button, "label"), mine.length && isMine ? "You agreed" : "I agree");
    say(ref(this, "words"), allWords(mine, theirs, name));
    this.dataset.state = isMine ? "agreed" : "open";
    this.dispatchEvent(new CustomEvent("agreement", { bubbles: true }));
  }
}

/** @param {HTMLElement} line @param {string} words @param {boolean} isByBoth */
function tellRow(line, words, isByBoth) {
  say(line, words);
  line.classList.toggle("is-agreed", isByBoth);
}

customElements.define("agree-bar", AgreeBar);
