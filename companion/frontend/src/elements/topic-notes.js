import { Draft } from "./draft.js";
import { clone, find, keyed, ref, say, whenGone } from "./markup.js";
import { addNotes, fillNote } from "./note-list.js";
import { onPastedLines } from "./paste.js";
import { tell } from "./view.js";
import { shown } from "./place.js";

/** @import { Note, Topic } from "../agenda/shape.js" */
/** @import { PastedLines } from "./line-text.js" */
/** @import { View } from "./view.js" */

/** The notes of one talking point, folded away where talking points are prepared: to be read, mended and added to. */
export class TopicNotes extends HTMLElement {
  #topicId = "";
  /** @type {Note[]} */ #notes = [];
  /** @type {Draft | undefined} */ draft;

  /** @param {Topic} topic @param {View} view */
  fill({ id, notes, title }, view) {
    this.draft ??= this.#furnish(view);
    this.draft.input.setAttribute("aria-label", `Add a note to ${title || "a talking point without words"}`);
    this.#topicId = id;
    this.#notes = notes;
    this.#draw(view);
  }

  /** Puts the caret where the next note goes. */
  write() {
    this.hidden = false;
    /** @type {HTMLDetailsElement} */ (find(this, "details")).open = true;
    this.draft?.input.focus();
  }

  disconnectedCallback() {
    whenGone(this, () => this.draft?.finish());
  }

  /** @param {View} view */
  #furnish(view) {
    const input = /** @type {HTMLInputElement} */ (find(this, ".notes-add"));
    const draft = new Draft(input, {
      add: (words) => view.agenda.addNote(this.#topicId, words),
      text: (id) => view.agenda.noteText(this.#topicId, id),
      remove: (id) => view.agenda.removeNote(this.#topicId, id),
      onCaret: (id, caret, typing) => view.carets.tell(`note:${id}`, caret, typing),
      onFinish: () => this.#draw(view),
    });
    const add = (/** @type {string[]} */ lines) => addNotes(view, this.#topicId, lines);
    onPastedLines(input, (lines) => {
      draft.finish();
      return add(lines);
    });
    input.addEventListener("blur", () => this.#draw(view));
    // What happens to a note did not happen to the talking point that this stands in.
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      draft.finish();
    });
    this.addEventListener("emptied", (event) => {
      event.stopPropagation();
      this.#remove(/** @type {HTMLElement} */ (event.target), view);
    });
    this.addEventListener("lines", (event) => {
      event.preventDefault();
      event.stopPropagation();
      const { detail } = /** @type {CustomEvent<PastedLines>} */ (event);
      detail.done = add(detail.lines);
    });
    return draft;
  }

  /** @param {View} view */
  #draw(view) {
    const notes = this.#notes;
    // Where there are none it is there while one is begun.
    this.hidden = notes.length === 0 && shown.document.activeElement !== this.draft?.input;
    say(ref(this, "count"), notes.length === 0 ? "Notes" : notes.length === 1 ? "1 note" : `${notes.length} notes`);
    const others = notes.filter(({ id }) => id !== this.draft?.id);
    keyed(find(this, "ul"), others, () => clone("note-row"), (row, note) => fillNote(row, note, this.#topicId, view));
  }

  /** @param {HTMLElement} line @param {View} view */
  #remove(line, view) {
    view.agenda.removeNote(this.#topicId, line.closest("li")?.dataset.id ?? "");
    tell(this, "undoable", "Removed");
  }
}

customElements.define("topic-notes", TopicNotes);
