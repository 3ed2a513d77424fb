import { FIVE } from "../agenda/closing.js";
import { LOW, Marks } from "./marks.js";
import { ref, say, whenGone } from "./markup.js";
import { clock } from "./time-left.js";
import { drawOn } from "./view.js";

/** @import { View } from "./view.js" */

const DAY = 86_400;
const MINUTE = 60_000;

/**
 * How long the session has lasted by the plan: "24:10 of 60 min"; in its last minutes how long is left, then how long it is
 * over. Before its time it only says how long it will be. Announced at two minutes and at zero.
 */
class SessionClock extends HTMLElement {
  #timer = 0;
  #marks = new Marks();

  /** @param {View} view */
  show(view) {
    drawOn(view, () => this.#draw(view));
    clearInterval(this.#timer);
    this.#timer = window.setInterval(() => this.#draw(view), 1000);
  }

  disconnectedCallback() {
    whenGone(this, () => clearInterval(this.#timer));
  }

  /** @param {View} view */
  #draw({ agenda, talk }) {
    const endsMs = agenda.closing.endsMs(talk.endsMs);
    const seconds = Math.floor((Date.now() - talk.startsMs) / 1000);
    const left = Math.ceil((endsMs - Date.now()) / 1000);
    const isOn = seconds >= 0 && seconds < DAY;
    const whole = `${Math.round((endsMs - talk.startsMs) / MINUTE)} min`;
    this.dataset.state = !isOn ? "" : left < 0 ? "over" : left <= LOW ? "low" : "";
    say(ref(this, "time"), timeWords(isOn, seconds, left, whole));
    say(ref(this, "of"), !isOn ? "planned" : left < 0 ? `over ${whole}` : left * 1000 <= FIVE ? "left" : `of ${whole}`);
    const passed = isOn && this.#marks.passed(left);
    if (passed) say(ref(this, "said"), passed === "over" ? "The planned time is up" : "2 minutes left");
  }
}

/** @param {boolean} isOn @param {number} seconds since it began @param {number} left seconds @param {string} whole */
function timeWords(isOn, seconds, left, whole) {
  if (!isOn) return whole;
  if (left < 0) return `+${clock(-left)}`;
  return clock(left * 1000 <= FIVE ? left : seconds);
}

customElements.define("session-clock", SessionClock);
