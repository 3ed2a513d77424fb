import { remind, reminding, remindNoMore, tellOf } from "../shell/reminders.js";
import { whenGone } from "./markup.js";

const LOOK = 15_000; // ms; a timer set for later would sleep with the device

/** Offers to tell when a session is about to start, and does. Hidden where the browser can't. */
class TellMe extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    if (this.#timer) return; // only moved
    this.addEventListener("click", (event) => this.#onClick(event));
    this.#timer = window.setInterval(() => this.#look(), LOOK);
    this.#draw();
    this.#look();
  }

  disconnectedCallback() {
    whenGone(this, () => clearInterval(this.#timer));
  }

  /** @param {Event} event */
  async #onClick(event) {
    const does = /** @type {HTMLElement} */ (event.target).closest("button")?.dataset.does;
    if (does === "tell") await remind();
    else if (does === "stop") remindNoMore();
    else return;
    this.#draw();
    this.#look();
    /** @type {HTMLElement | null} */ (this.querySelector("button:not([hidden] *)"))?.focus();
  }

  #look() {
    const { session = "", at = "", title = "", address = "" } = this.dataset;
    tellOf({ session, at: new Date(at), title, address });
  }

  #draw() {
    const state = reminding();
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-when]"))) {
      part.hidden = part.dataset.when !== state;
    }
    this.hidden = state === "unable";
  }
}

customElements.define("tell-me", TellMe);
