import { bar } from "./minutes-budget.js";
import { find, whenGone } from "./markup.js";
import { running } from "./run.js";
import { drawOn } from "./view.js";

/** @import { View } from "./view.js" */

const GAP = 0.5; // per cent between two talking points
const UNPLANNED = 10; // minutes that one without minutes is drawn as

/** A thin line under the head: which talking points are behind, and how far the one now is. */
class RunBar extends HTMLElement {
  #timer = 0;

  /** @param {View} view */
  show(view) {
    drawOn(view, () => this.#draw(view));
    this.#timer = window.setInterval(() => this.#draw(view), 5000);
  }

  disconnectedCallback() {
    whenGone(this, () => clearInterval(this.#timer));
  }

  /** @param {View} view */
  #draw({ agenda }) {
    const { topics, now, sinceMs } = running(agenda);
    const whole = topics.reduce((sum, { minutes }) => sum + (minutes ?? UNPLANNED), 0);
    let at = 0;
    const bars = topics.flatMap((topic) => {
      const width = ((topic.minutes ?? UNPLANNED) / whole) * 100;
      const from = at;
      at += width;
      const rest = bar(topic.state === "done" ? "run-done" : "", from, Math.max(0, width - GAP));
      if (topic.id !== now?.id) return [rest];
      const used = Math.min(1, Math.max(0, (Date.now() - sinceMs) / 60_000 / (topic.minutes ?? UNPLANNED)));
      return [bar("", from, Math.max(0, width - GAP)), bar("run-now", from, Math.max(0, width - GAP) * used)];
    });
    find(this, "svg").replaceChildren(...bars);
  }
}

customElements.define("run-bar", RunBar);
