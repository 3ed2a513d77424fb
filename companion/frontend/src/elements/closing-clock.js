import { say, whenGone } from "./markup.js";

/** When the lists go out by themselves. `data-at` is the instant. */
class ClosingClock extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    const draw = () => {
      const minutes = Math.ceil((Date.parse(this.dataset.at ?? "") - Date.now()) / 60_000);
      const soon = minutes === 1 ? "in a minute" : `in ${minutes} minutes`;
      say(this, minutes > 0 ? `They go out by themselves ${soon}.` : "They are going out.");
    };
    draw();
    clearInterval(this.#timer);
    this.#timer = window.setInterval(draw, 10_000);
  }

  disconnectedCallback() {
    whenGone(this, () => clearInterval(this.#timer));
  }
}

customElements.define("closing-clock", ClosingClock);
