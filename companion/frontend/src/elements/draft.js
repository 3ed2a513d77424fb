import { bindText } from "../agenda/text.js";
import { shown } from "./place.js";

/** @import * as Y from "yjs" */

/**
 * A field in which something new is begun. With the first letter it is in the agenda, so that the partner sees it being
 * written; emptied, it is gone again.
 */
export class Draft {
  /** The id of what is being written. @type {string | null} */
  id = null;
  #unbind = () => {};

  /**
   * @param {HTMLInputElement} input
   * @param {object} kind
   * @param {(words: string) => string | null} kind.add gives the id
   * @param {(id: string) => Y.Text | null} kind.text
   * @param {(id: string) => void} kind.remove
   * @param {(id: string, caret: number | null, typing: boolean) => void} kind.onCaret
   * @param {() => void} kind.onFinish
   */
  constructor(input, kind) {
    this.input = input;
    this.kind = kind;
    input.addEventListener("input", (event) => this.#typed(/** @type {InputEvent} */ (event).isComposing));
    input.addEventListener("compositionend", () => this.#typed(false));
    // A window that goes behind the call takes the focus with it: the line being written stays.
    input.addEventListener("blur", () => shown.document.hasFocus() && shown.document.activeElement !== input && this.finish());
  }

  /** What is written stands; the field is free for the next. */
  finish() {
    const { id, input } = this;
    if (id && !input.value.trim()) return this.#drop(id);
    this.#let();
    input.value = "";
    if (id) this.kind.onFinish();
  }

  /** @param {boolean} composing */
  #typed(composing) {
    const { id, input, kind } = this;
    if (id && !input.value) return this.#drop(id);
    if (id || composing || !input.value.trim()) return;
    const begun = kind.add(input.value);
    const text = begun && kind.text(begun);
    if (!begun || !text) return;
    this.id = begun;
    this.#unbind = bindText(input, text, { onCaret: (caret, typing) => kind.onCaret(begun, caret, typing) });
  }

  /** @param {string} id */
  #drop(id) {
    this.#let();
    this.input.value = "";
    this.kind.remove(id);
  }

  #let() {
    this.#unbind();
    this.#unbind = () => {};
    if (this.id) this.kind.onCaret(this.id, null, false);
    this.id = null;
  }
}
