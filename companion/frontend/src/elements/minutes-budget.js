import { find, ref, say } from "./markup.js";
import { drawOn } from "./view.js";

/** @import { View } from "./view.js" */

const GAP = 0.4; // per cent between two talking points

/** How much of the session the talking points take, each in the colour of who raised it. */
class MinutesBudget extends HTMLElement {
  /** @param {View} view */
  show(view) {
    drawOn(view, () => this.#draw(view));
  }

  /** @param {View} view */
  #draw({ agenda, talk }) {
    const topics = agenda.topics().filter((topic) => topic.minutes);
    const planned = topics.reduce((sum, { minutes }) => sum + (minutes ?? 0), 0);
    const whole = Math.max(talk.minutes, planned);
    let at = 0;
    const parts = topics.map(({ minutes, raisedBy }) => {
      const width = ((minutes ?? 0) / whole) * 100;
      at += width;
      return bar(raisedBy === "mentor" ? "b-dawn" : "b-dusk", at - width, Math.max(0, width - GAP));
    });
    const words = `${planned} of ${talk.minutes} minutes planned`;
    const left = talk.minutes - planned;
    this.hidden = planned === 0;
    const svg = find(this, "svg");
    svg.setAttribute("aria-label", words);
    svg.replaceChildren(bar("b-free", 0, 100), ...parts);
    say(ref(this, "planned"), words);
    say(ref(this, "left"), left < 0 ? `${-left} more than you have` : left ? `${left} left for what comes up` : "");
  }
}

/** @param {string} name @param {number} x per cent @param {number} width per cent */
export function bar(name, x, width) {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rect.setAttribute("class", name);
  rect.setAttribute("x", `${x}%`);
  rect.setAttribute("width", `${width}%`);
  rect.setAttribute("height", "100%");
  return rect;
}

customElements.define("minutes-budget", MinutesBudget);
