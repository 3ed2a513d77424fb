import { clone, find, keyed, ref, say } from "./markup.js";
import { addNotes, fillNote } from "./note-list.js";
import { tell } from "./view.js";

/** @import { Topic } from "../agenda/shape.js" */
/** @import { PastedLines } from "./line-text.js" */
/** @import { View } from "./view.js" */

/** The notes of one talking point, folded away where talking points are prepared: to be read, and mended in place. */
export class TopicNotes extends HTMLElement {
  #topicId = "";

  /** @param {Topic} topic @param {View} view */
  fill({ id, notes }, view) {
    if (!this.#topicId) {
      this.addEventListener("emptied", (event) => this.#remove(event, view));
      this.addEventListener("lines", (event) => this.#addAll(/** @type {CustomEvent<PastedLines>} */ (event), view));
    }
    this.#topicId = id;
    this.hidden = notes.length === 0;
    say(ref(this, "count"), notes.length === 1 ? "1 note" : `${notes.length} notes`);
    keyed(find(this, "ul"), notes, () => clone("note-row"), (row, note) => fillNote(row, note, id, view));
  }

  /** @param {CustomEvent<PastedLines>} event @param {View} view */
  #addAll(event, view) {
    event.preventDefault();
    event.stopPropagation(); // they are notes, not talking points
    event.detail.done = addNotes(view, this.#topicId, event.detail.lines);
  }

  /** @param {Event} event @param {View} view */
  #remove(event, view) {
    // The talking point that this stands in was not emptied.
    event.stopPropagation();
    const id = /** @type {HTMLElement} */ (event.target).closest("li")?.dataset.id;
    view.agenda.removeNote(this.#topicId, id ?? "");
    tell(this, "undoable", "Removed");
  }
}

customElements.define("topic-notes", TopicNotes);
