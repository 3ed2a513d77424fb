import { Draft } from "./draft.js";
import { letDrag, nextOf } from "./drag.js";
import { clone, find, keyed, ref } from "./markup.js";
import { added, onPastedLines } from "./paste.js";
import { TopicRow } from "./topic-row.js";
import { drawOn, tell } from "./view.js";
import { shown } from "./place.js";

/** @import { PastedLines } from "./line-text.js" */
/** @import { View } from "./view.js" */
/** @import { TopicMenu } from "./topic-menu.js" */
/** @import { TopicNotes } from "./topic-notes.js" */

/** The talking points, where they are prepared: written in place, moved by hand or by keys, added below. */
class TopicList extends HTMLElement {
  /** @param {View} view */
  show(view) {
    this.view = view;
    this.list = find(this, "ol");
    this.draft = new Draft(find(this, ".add-line input"), {
      add: (words) => view.agenda.addTopic({ title: words }),
      text: (id) => view.agenda.titleOf(id),
      remove: (id) => view.agenda.removeTopic(id),
      onCaret: (id, caret, typing) => view.carets.tell(`topic:${id}`, caret, typing),
      onFinish: () => this.#draw(),
    });
    onPastedLines(this.draft.input, (lines) => this.#addAll(lines, view));
    drawOn(view, () => this.#draw());
    this.addEventListener("click", (event) => this.#onClick(event));
    this.addEventListener("keydown", (event) => this.#onKey(event));
    this.addEventListener("emptied", (event) => this.#emptied(idOf(event.target)));
    this.addEventListener("lines", (event) => this.#addAfter(/** @type {CustomEvent<PastedLines>} */ (event)));
    this.addEventListener("submit", (event) => this.#onSubmit(event));
    this.isHeld = letDrag(this.list, ".topic-grip", {
      drop: (id, above, below) => this.#move(id, () => view.agenda.moveTopic(id, nextOf(this.#idsBut(id), above, below))),
      end: () => this.#draw(),
    });
  }

  /** @param {string} deed as the menu calls it @param {string} id */
  does(deed, id) {
    const { agenda } = /** @type {View} */ (this.view);
    if (deed === "up") this.#move(id, () => agenda.moveBy(id, -1));
    else if (deed === "down") this.#move(id, () => agenda.moveBy(id, 1));
    else if (deed === "remove") this.#remove(id);
    else if (deed === "note") this.#noteOn(id);
    else agenda.setState(id, deed === "done" ? "done" : "open");
  }

  /** @param {string} id */
  #noteOn(id) {
    const row = find(this, `li[data-id="${id}"]`);
    /** @type {TopicNotes} */ (find(row, "topic-notes")).write();
  }

  /** @param {string[]} lines @param {View} view */
  #addAll(lines, { agenda }) {
    this.draft?.finish();
    agenda.together(() => lines.forEach((title) => agenda.addTopic({ title })));
    return added(lines.length, "talking point");
  }

  /** What was pasted behind the first line comes after the talking point that got it. @param {CustomEvent<PastedLines>} event */
  #addAfter(event) {
    event.preventDefault();
    const { target, detail } = event;
    const { lines } = detail;
    const { agenda } = /** @type {View} */ (this.view);
    const topics = agenda.topics();
    const next = topics[topics.findIndex(({ id }) => id === idOf(target)) + 1]?.id ?? null;
    agenda.together(() => lines.forEach((title) => agenda.moveTopic(agenda.addTopic({ title }), next)));
    detail.done = added(lines.length, "talking point");
  }

  #draw() {
    const view = /** @type {View} */ (this.view);
    const topics = view.agenda.topics().filter(({ id }) => id !== this.draft?.id);
    if (this.isHeld?.(topics.map(({ id }) => id))) return;
    ref(this, "empty").hidden = topics.length > 0;
    keyed(
      /** @type {HTMLElement} */ (this.list),
      topics,
      () => clone("topic-row"),
      (row, topic, index) => TopicRow.of(row, view).fill(topic, index, topics.length),
    );
  }

  /** @param {Event} event */
  #onClick(event) {
    const grip = /** @type {HTMLElement} */ (event.target).closest("button.topic-grip");
    const topic = grip && this.view?.agenda.topics().find(({ id }) => id === idOf(grip));
    const menu = /** @type {TopicMenu | null} */ (shown.document.querySelector("topic-menu"));
    if (topic) menu?.openFor(/** @type {HTMLElement} */ (grip), topic, this);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const steps = { ArrowUp: /** @type {const} */ (-1), ArrowDown: /** @type {const} */ (1) }[event.key];
    const id = idOf(event.target);
    if (!event.altKey || !steps || !id) return;
    event.preventDefault();
    this.#move(id, () => this.view?.agenda.moveBy(id, steps));
  }

  /** @param {Event} event */
  #onSubmit(event) {
    event.preventDefault();
    this.draft?.finish();
    this.draft?.input.focus();
  }

  /** @param {string} id @param {() => void} move */
  #move(id, move) {
    move();
    this.#draw();
    const ids = this.view?.agenda.topics().map((topic) => topic.id) ?? [];
    tell(this, "said", `Now ${ids.indexOf(id) + 1} of ${ids.length}`);
  }

  /** @param {string} id */
  #idsBut(id) {
    const ids = this.view?.agenda.topics().map((topic) => topic.id) ?? [];
    return ids.filter((other) => other !== id);
  }

  /** What has notes keeps its place, without words: they would go with it. @param {string} id */
  #emptied(id) {
    if (this.view?.agenda.topics().find((topic) => topic.id === id)?.notes.length === 0) this.#remove(id);
  }

  /** @param {string} id */
  #remove(id) {
    const title = this.view?.agenda.topics().find((topic) => topic.id === id)?.title;
    this.view?.agenda.removeTopic(id);
    tell(this, "undoable", title ? `Removed: ${title}` : "Removed");
  }
}

/** @param {EventTarget | null} target */
function idOf(target) {
  const row = /** @type {HTMLElement | null} */ (/** @type {HTMLElement | null} */ (target)?.closest("li.topic"));
  return row?.dataset.id ?? "";
}

customElements.define("topic-list", TopicList);
