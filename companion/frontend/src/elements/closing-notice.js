import { find, ref, say, whenGone } from "./markup.js";
import { shown } from "./place.js";
import { restedMs } from "./quiet.js";
import { tell } from "./view.js";

/** @import { ClosingSteps } from "./closing-steps.js" */
/** @import { View } from "./view.js" */

/** The notice stands so long before the view turns by itself, and hands and keyboards have rested so long, in milliseconds. */
const STANDS = 10_000;
const REST = 5_000;

const LEFT = ["One minute left", "Two minutes left", "Three minutes left", "Four minutes left", "Five minutes left"];

/** The line that says what is coming: that it is time to wind up, or that the partner has gone on already. */
class ClosingNotice extends HTMLElement {
  #timer = 0;
  #since = Infinity;

  /** @param {View} view */
  show(view) {
    this.view = view;
    this.board = /** @type {HTMLElement} */ (this.closest("agenda-board"));
    const steps = /** @type {ClosingSteps} */ (find(this.board, "closing-steps"));
    this.board.addEventListener("turned", () => this.#look(steps));
    // After the steps have followed, where they could.
    view.agenda.observe(() => setTimeout(() => this.#look(steps)));
    this.#timer = window.setInterval(() => this.#look(steps), 1000);
    this.#look(steps);
  }

  disconnectedCallback() {
    whenGone(this, () => clearInterval(this.#timer));
  }

  /** @param {ClosingSteps} steps */
  #look(steps) {
    const { agenda, talk, carets } = /** @type {View} */ (this.view);
    const isDue = this.board?.dataset.state === "live" && !steps.step && Date.now() >= agenda.closing.dueMs(talk.endsMs);
    if (steps.isBehind) this.#say("behind", this.#behindWords(steps.step !== null));
    else if (isDue) this.#say("due", this.#dueWords());
    else this.#say("", "");
    if (this.dataset.state !== "due") this.#since = Infinity;
    else if (this.#since === Infinity) this.#since = Date.now();
    const isReady = Date.now() - this.#since >= STANDS && restedMs() >= REST && !carets.isPartnerTyping();
    if (isReady && !shown.document.querySelector("dialog[open], :popover-open")) steps.begin();
  }

  #dueWords() {
    const { agenda, talk } = /** @type {View} */ (this.view);
    const left = Math.ceil((agenda.closing.endsMs(talk.endsMs) - Date.now()) / 60_000);
    return `${left > 0 ? (LEFT[left - 1] ?? LEFT.at(-1)) : "Time is up"}: wrap up together.`;
  }

  /** @param {boolean} isOn whether they are winding up */
  #behindWords(isOn) {
    const { names, partner } = /** @type {View} */ (this.view).who;
    return isOn ? `${names[partner]} went on to the wrap-up’s next step.` : `${names[partner]} put the wrap-up off.`;
  }

  /** @param {"" | "due" | "behind"} state @param {string} words */
  #say(state, words) {
    const isNew = this.dataset.state !== state;
    this.dataset.state = state;
    this.hidden = !state;
    say(ref(this, "words"), words);
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-when]"))) part.hidden = part.dataset.when !== state;
    if (isNew && state) tell(this, "said", words);
  }
}

customElements.define("closing-notice", ClosingNotice);
