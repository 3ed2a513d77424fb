import { find, ref, say } from "./markup.js";
import { goOn, running } from "./run.js";
import { drawOn, tell } from "./view.js";

/** @import { TimeLeft } from "./time-left.js" */
/** @import { View } from "./view.js" */

/** What is being talked about, whose it is, and how long it may still take. */
class NowTopic extends HTMLElement {
  /** @param {View} view */
  show(view) {
    drawOn(view, () => this.#draw(view));
  }

  /** @param {View} view */
  #draw({ agenda, who }) {
    const { topics, now, next, sinceMs } = running(agenda);
    const time = /** @type {TimeLeft} */ (find(this, "time-left"));
    time.count(now?.minutes ? { sinceMs, minutes: now.minutes } : null);
    say(ref(this, "eyebrow"), now ? "Now" : next ? "Ready when you are" : topics.length ? "All talked about" : "No talking points");
    const whose = now && (now.raisedBy === who.role ? "you" : who.names[now.raisedBy]);
    say(ref(this, "place"), now ? `· ${topics.indexOf(now) + 1} of ${topics.length} · from ${whose}` : "");
    say(ref(this, "title"), now ? now.title || "A talking point" : headline(topics.length, Boolean(next)));
  }
}

/** @param {number} count @param {boolean} hasNext */
function headline(count, hasNext) {
  if (!count) return "What would you like to talk about?";
  return hasNext ? "Where do you want to begin?" : "Anything else before you wrap up?";
}

/** The button to the next talking point; after the last one, to the wrap-up. */
class NextUp extends HTMLElement {
  /** @param {View} view */
  show(view) {
    const button = find(this, "button");
    button.addEventListener("click", () => {
      const { now, next } = running(view.agenda);
      if (now || next) goOn(view.agenda);
      else tell(this, "wrap-up");
    });
    drawOn(view, () => this.#draw(button, view));
  }

  /** @param {HTMLElement} button @param {View} view */
  #draw(button, { agenda }) {
    const { topics, now, next } = running(agenda);
    button.hidden = topics.length === 0;
    say(ref(this, "lead"), next ? (now ? "Next up:" : "Begin with:") : "");
    say(ref(this, "title"), next ? next.title : now ? "That was the last one" : "Wrap up");
    say(ref(this, "minutes"), next?.minutes ? `${next.minutes} min` : "");
  }
}

customElements.define("now-topic", NowTopic);
customElements.define("next-up", NextUp);
