import { clock } from "./time-left.js";

/** @import { View } from "./view.js" */

const DAY = 86_400;

/** How long the session has lasted by the plan: "24:10 of 60 min". Before its time it only says how long it will be. */
class SessionClock extends HTMLElement {
  #timer = 0;

  /** @param {View} view */
  show({ talk }) {
    const of = document.createElement("span");
    const draw = () => {
      const seconds = Math.floor((Date.now() - talk.startsMs) / 1000);
      const isOn = seconds >= 0 && seconds < DAY;
      of.textContent = isOn ? `of ${talk.minutes} min` : "planned";
      this.replaceChildren(isOn ? clock(seconds) : `${talk.minutes} min`, of);
    };
    draw();
    clearInterval(this.#timer);
    this.#timer = window.setInterval(draw, 1000);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }
}

customElements.define("session-clock", SessionClock);
