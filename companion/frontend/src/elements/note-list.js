import { Draft } from "./draft.js";
import { clone, find, keyed } from "./markup.js";
import { added, onPastedLines } from "./paste.js";
import { running } from "./run.js";
import { drawOn, tell } from "./view.js";

/** @import { Note } from "../agenda/shape.js" */
/** @import { LineText, PastedLines } from "./line-text.js" */
/** @import { View } from "./view.js" */

/** The shared notes on what is talked about now. The lock makes the next line a private one, which never goes in here. */
export class NoteList extends HTMLElement {
  /** What is talked about now. @type {string | undefined} */ topicId;

  /** @param {View} view */
  show(view) {
    this.view = view;
    this.input = /** @type {HTMLInputElement} */ (find(this, ".notes-add"));
    this.lock = find(this, ".notes-new button");
    this.#renew(view);
    onPastedLines(this.input, (lines) => this.#addAll(lines, view));
    this.lock.addEventListener("click", () => this.write(!this.isPrivate));
    this.addEventListener("submit", (event) => this.#onSubmit(event));
    this.addEventListener("lines", (event) => {
      event.preventDefault();
      const { detail } = /** @type {CustomEvent<PastedLines>} */ (event);
      detail.done = addNotes(view, this.topicId ?? "", detail.lines);
    });
    this.addEventListener("emptied", (event) => {
      const id = /** @type {HTMLElement} */ (event.target).closest("li")?.dataset.id;
      view.agenda.removeNote(this.topicId ?? "", id ?? "");
      tell(this, "undoable", "Removed");
    });
    drawOn(view, () => this.#draw(view));
  }

  get isPrivate() {
    return this.lock?.getAttribute("aria-pressed") === "true";
  }

  /** Puts the caret into the note line. @param {boolean} privately */
  write(privately) {
    // What was begun in the other way is finished there: a private word must never slip into a shared line.
    this.draft?.finish();
    this.lock?.setAttribute("aria-pressed", String(privately));
    this.classList.toggle("is-private", privately);
    const words = privately ? "Only you can read this" : "Write a note for you both";
    this.input?.setAttribute("placeholder", words);
    this.input?.setAttribute("aria-label", privately ? "Add a private note" : "Add a shared note");
    this.input?.focus();
  }

  /** @param {string[]} lines @param {View} view */
  #addAll(lines, view) {
    if (this.isPrivate) {
      lines.forEach((line) => tell(this, "private-note", line));
      tell(this, "told", `${lines.length} lines added to your private notes`);
      return null;
    }
    this.draft?.finish();
    return addNotes(view, this.topicId ?? "", lines);
  }

  /** @param {View} view */
  #renew(view) {
    const topic = () => this.topicId ?? "";
    this.draft = new Draft(/** @type {HTMLInputElement} */ (this.input), {
      add: (words) => (this.isPrivate ? null : view.agenda.addNote(topic(), words)),
      text: (id) => view.agenda.noteText(topic(), id),
      remove: (id) => view.agenda.removeNote(topic(), id),
      onCaret: (id, caret, typing) => view.carets.tell(`note:${id}`, caret, typing),
      onFinish: () => this.#draw(view),
    });
  }

  /** @param {View} view */
  #draw(view) {
    const { now } = running(view.agenda);
    if (now?.id !== this.topicId) this.draft?.finish();
    this.topicId = now?.id;
    this.hidden = !now;
    const notes = now?.notes.filter(({ id }) => id !== this.draft?.id) ?? [];
    keyed(find(this, "ul"), notes, () => clone("note-row"), (row, note) => fillNote(row, note, this.topicId ?? "", view));
  }

  /** @param {Event} event */
  #onSubmit(event) {
    event.preventDefault();
    const words = this.input?.value.trim() ?? "";
    if (this.isPrivate && words) tell(this, "private-note", words);
    if (this.isPrivate && this.input) this.input.value = "";
    else this.draft?.finish();
    this.input?.focus();
  }
}

/**
 * Adds notes at the end, as one step.
 * @param {View} view
 * @param {string} topicId
 * @param {string[]} lines
 */
export function addNotes({ agenda }, topicId, lines) {
  agenda.together(() => lines.forEach((line) => agenda.addNote(topicId, line)));
  return added(lines.length, "note");
}

/** @param {HTMLElement} row @param {Note} note @param {string} topicId @param {View} view */
export function fillNote(row, note, topicId, view) {
  const line = /** @type {LineText} */ (find(row, "line-text"));
  const text = view.agenda.noteText(topicId, note.id);
  if (text) line.bind(text, `note:${note.id}`, view);
  line.label = note.by === view.who.role ? "Your note" : `Note by ${view.who.names[note.by]}`;
  row.dataset.seat = note.by;
}

customElements.define("note-list", NoteList);
