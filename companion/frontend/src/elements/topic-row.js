import { find, ref, say } from "./markup.js";
import { shown } from "./place.js";

/** @import { Topic } from "../agenda/shape.js" */
/** @import { LineText } from "./line-text.js" */
/** @import { TopicNotes } from "./topic-notes.js" */
/** @import { View } from "./view.js" */

/** @type {WeakMap<HTMLElement, TopicRow>} */
const rows = new WeakMap();

/** One talking point, in the list where it is prepared. */
export class TopicRow {
  /** @param {HTMLElement} row @param {View} view */
  static of(row, view) {
    let known = rows.get(row);
    if (!known) rows.set(row, (known = new TopicRow(row, view)));
    return known;
  }

  /** @param {HTMLElement} row @param {View} view */
  constructor(row, view) {
    this.row = row;
    this.view = view;
    this.line = /** @type {LineText} */ (find(row, "line-text"));
    this.avatar = find(row, ".avatar");
    this.minutes = /** @type {HTMLInputElement} */ (find(row, ".mins input"));
    this.minutes.addEventListener("change", () => this.#setMinutes());
  }

  /** @param {Topic} topic @param {number} index @param {number} count */
  fill(topic, index, count) {
    const { row, view, line, minutes } = this;
    const title = view.agenda.titleOf(topic.id);
    if (title) line.bind(title, `topic:${topic.id}`, view);
    const name = topic.title || "a talking point without words";
    line.label = `Talking point ${index + 1} of ${count}`;
    row.dataset.seat = this.avatar.dataset.seat = topic.raisedBy;
    row.dataset.state = topic.state;
    say(this.avatar, view.who.names[topic.raisedBy].slice(0, 1).toUpperCase());
    say(ref(row, "meta"), this.#meta(topic));
    say(ref(row, "grip-name"), `Move or change: ${name}`);
    say(ref(row, "minutes-name"), `Minutes for ${name}`);
    /** @type {TopicNotes} */ (find(row, "topic-notes")).fill(topic, view);
    if (shown.document.activeElement !== minutes) minutes.value = String(topic.minutes ?? "");
  }

  /** @param {Topic} topic */
  #meta({ raisedBy, from, state }) {
    const { who } = this.view;
    return [
      raisedBy === who.role ? "You" : who.names[raisedBy],
      from && "from before",
      state === "done" && "talked about",
    ]
      .filter(Boolean)
      .join(" · ");
  }

  #setMinutes() {
    const minutes = this.minutes.valueAsNumber;
    this.view.agenda.setMinutes(this.row.dataset.id ?? "", minutes > 0 && minutes <= 600 ? Math.round(minutes) : null);
  }
}
