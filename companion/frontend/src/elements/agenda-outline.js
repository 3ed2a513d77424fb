import { clone, find, keyed, ref, say } from "./markup.js";
import { begin, running } from "./run.js";
import { drawOn } from "./view.js";

/** @import { Topic } from "../agenda/shape.js" */
/** @import { TimeLeft } from "./time-left.js" */
/** @import { View } from "./view.js" */

/** All talking points at a glance: talked about, now, and to be started. */
class AgendaOutline extends HTMLElement {
  /** @param {View} view */
  show(view) {
    const list = find(this, "ol");
    list.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button) begin(view.agenda, button.closest("li")?.dataset.id ?? "");
    });
    drawOn(view, () => {
      const { topics, now, sinceMs } = running(view.agenda);
      const runs = now ? { id: now.id, sinceMs } : null;
      keyed(list, topics, () => clone("outline-row"), (row, topic) => fill(row, topic, runs, view));
    });
  }
}

/** @param {HTMLElement} row @param {Topic} topic @param {{id: string, sinceMs: number} | null} runs @param {View} view */
function fill(row, topic, runs, { who }) {
  const isNow = runs?.id === topic.id;
  const isDone = topic.state === "done";
  const avatar = find(row, ".avatar");
  avatar.dataset.seat = topic.raisedBy;
  say(avatar, who.names[topic.raisedBy].slice(0, 1).toUpperCase());
  row.classList.toggle("is-done", isDone);
  if (isNow) row.setAttribute("aria-current", "step");
  else row.removeAttribute("aria-current");
  say(ref(row, "title"), topic.title || "A talking point");
  const whose = topic.raisedBy === who.role ? "You" : who.names[topic.raisedBy];
  const length = topic.minutes ? ` · ${topic.minutes} min` : "";
  say(ref(row, "meta"), isNow ? "Now" : isDone ? `${whose} · talked about` : `${whose}${length}`);
  const time = /** @type {TimeLeft} */ (find(row, "time-left"));
  time.count(isNow && topic.minutes ? { sinceMs: runs.sinceMs, minutes: topic.minutes } : null);
  find(row, "button").hidden = isNow || isDone;
  say(ref(row, "name"), `: ${topic.title}`);
}

customElements.define("agenda-outline", AgendaOutline);
