import { STEPS } from "../agenda/closing.js";
import { find, ref, say, whenGone } from "./markup.js";
import { shown } from "./place.js";
import { restedMs } from "./quiet.js";
import { tell } from "./view.js";

/** @import { Step } from "../agenda/closing.js" */
/** @import { View } from "./view.js" */

/** A step that the partner took is not followed sooner than so long after the last touch, in milliseconds. */
const REST = 4000;

const NAMES = { agree: "Agree the action items", date: "When do you talk next?", away: "What do you take away?" };

/**
 * The last five minutes, in the place of the talk: three steps, both at the same one. Buttons anywhere on the board that say
 * `data-closing` take both on. Whoever is writing is not torn away: they stay behind until their hands rest.
 */
export class ClosingSteps extends HTMLElement {
  /** @type {Step | null} */ #shown = null;
  #isFirst = true;
  #more = 0;
  #talkTop = 0;
  #timer = 0;

  /** @param {View} view */
  show(view) {
    this.view = view;
    this.board = /** @type {HTMLElement} */ (this.closest("agenda-board"));
    this.#more = view.agenda.closing.moreMinutes;
    this.board.addEventListener("click", (event) => this.#onClick(event));
    this.board.addEventListener("agreement", () => this.#fill());
    view.agenda.observe(({ local }) => this.#follow(local));
    this.#timer = window.setInterval(() => this.#follow(false), 1000);
    this.#follow(true);
    this.#isFirst = false;
  }

  disconnectedCallback() {
    whenGone(this, () => clearInterval(this.#timer));
  }

  begin() {
    this.view?.agenda.closing.goTo("agree");
  }

  /** @returns {Step | null} where both are, as far as the agenda says */
  get step() {
    return this.board?.dataset.state === "live" ? (this.view?.agenda.closing.step ?? null) : null;
  }

  /** The partner has taken both somewhere else, and this tab has not followed yet. */
  get isBehind() {
    return this.step !== this.#shown;
  }

  /** @param {Event} event */
  #onClick(event) {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-closing]");
    const { agenda, talk, who } = /** @type {View} */ (this.view);
    const { closing } = agenda;
    const at = STEPS.indexOf(/** @type {Step} */ (this.#shown));
    const to = (/** @type {Step | undefined} */ step) => step && closing.goTo(step);
    /** @type {Record<string, () => void>} */
    const does = {
      begin: () => this.begin(),
      next: () => to(STEPS[at + 1]),
      back: () => to(STEPS[at - 1]),
      later: () => closing.putOff(closing.laterMs(Date.now(), talk.endsMs)),
      more: () => closing.addFive(),
      done: () => closing.setDone(!closing.isDone(who.role)),
      follow: () => this.#turn(),
    };
    does[button?.getAttribute("data-closing") ?? ""]?.();
    if (button?.closest("[popover]")) /** @type {HTMLElement} */ (button.closest("[popover]")).hidePopover();
  }

  /** @param {boolean} isOurs whether this tab made the change, so that whoever sits here waits for it */
  #follow(isOurs) {
    this.#tellOfMore(isOurs);
    if (this.isBehind && (isOurs || restedMs() >= REST)) this.#turn(isOurs);
    if (this.#shown) this.#fill();
  }

  #turn(isOurs = true) {
    const { step } = this;
    const { who } = /** @type {View} */ (this.view);
    const middle = /** @type {HTMLElement} */ (this.parentElement);
    if (!this.#shown) this.#talkTop = middle.scrollTop;
    if (!step && !isOurs) tell(this, "told", `${who.names[who.partner]} put the wrap-up off`);
    this.#shown = step;
    this.hidden = !step;
    if (step) /** @type {HTMLElement} */ (this.board).dataset.step = step;
    else delete this.board?.dataset.step;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-of]"))) part.hidden = part.dataset.of !== step;
    middle.scrollTop = step ? 0 : this.#talkTop;
    if (step) this.#introduce(step);
    this.dispatchEvent(new CustomEvent("turned", { bubbles: true }));
  }

  /** @param {Step} step */
  #introduce(step) {
    const place = `Step ${STEPS.indexOf(step) + 1} of ${STEPS.length}`;
    say(ref(this, "title"), NAMES[step]);
    say(ref(this, "place"), place);
    if (this.#isFirst) return;
    tell(this, "said", `Wrap up. ${place}: ${NAMES[step]}`);
    // The focus goes along only where its field is no longer to be seen.
    const { activeElement } = shown.document;
    if (activeElement === shown.document.body || !activeElement?.checkVisibility()) ref(this, "title").focus({ preventScroll: true });
  }

  /** Which buttons this step has. */
  #fill() {
    find(this, '[data-closing="back"]').hidden = this.#shown === "agree";
    find(this, '[data-closing="next"]').hidden = this.#shown === "away";
    const isWaiting = this.#shown === "agree" && find(this, "agree-bar").dataset.state !== "agreed";
    find(this, '[data-closing="next"]').classList.toggle("btn--primary", !isWaiting);
  }

  /** @param {boolean} isOurs */
  #tellOfMore(isOurs) {
    const { agenda, who } = /** @type {View} */ (this.view);
    const { moreMinutes } = agenda.closing;
    if (moreMinutes > this.#more && !this.#isFirst) {
      tell(this, "told", isOurs ? "Five more minutes for you both" : `${who.names[who.partner]} added five minutes`);
    }
    this.#more = moreMinutes;
  }
}

customElements.define("closing-steps", ClosingSteps);
