import { LOW, Marks } from "./marks.js";
import { ref, say, whenGone } from "./markup.js";

/** How much of a talking point's time is left: a ring and words. Announced at two minutes and at zero, never else. */
export class TimeLeft extends HTMLElement {
  #timer = 0;
  #marks = new Marks();
  /** @type {{sinceMs: number, minutes: number} | null} */ #topic = null;

  /** @param {{sinceMs: number, minutes: number} | null} topic what runs and how long it may; null: nothing to count */
  count(topic) {
    if (topic?.sinceMs !== this.#topic?.sinceMs) this.#marks = new Marks();
    this.#topic = topic;
    this.hidden = topic === null;
    clearInterval(this.#timer);
    if (!topic) return;
    this.#draw();
    this.#timer = window.setInterval(() => this.#draw(), 1000);
  }

  disconnectedCallback() {
    whenGone(this, () => clearInterval(this.#timer));
  }

  #draw() {
    if (!this.#topic) return;
    const { sinceMs, minutes } = this.#topic;
    const left = minutes * 60 - Math.max(0, Math.floor((Date.now() - sinceMs) / 1000));
    const timer = /** @type {HTMLElement} */ (this.firstElementChild);
    timer.dataset.state = left < 0 ? "over" : left <= LOW ? "low" : "";
    ref(this, "arc").setAttribute("stroke-dasharray", `${Math.min(100, 100 - (left / (minutes * 60)) * 100)} 100`);
    say(ref(this, "left"), left < 0 ? `+${clock(-left)}` : `${clock(left)} left`);
    this.#announce(left);
  }

  /** @param {number} left */
  #announce(left) {
    const said = this.querySelector('[data-ref="said"]');
    const passed = this.#marks.passed(left);
    if (said && passed) said.textContent = passed === "over" ? "Time is up for this topic" : "2 minutes left for this topic";
  }
}

/** @param {number} seconds "6:42", "1:02:10" */
export function clock(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

customElements.define("time-left", TimeLeft);
