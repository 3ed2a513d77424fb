import { LOCAL } from "./history.js";
import { caretAfter, placeAfter, spliceBetween } from "./splice.js";

/** @import * as Y from "yjs" */
/**
 * @typedef {HTMLInputElement | HTMLTextAreaElement} Field
 * @typedef {object} Options
 * @property {(caret: number | null, typing: boolean) => void} [onCaret] where the caret is now in the text; null: elsewhere
 * @property {{undo: () => void, redo: () => void}} [history] what the keys for undo and redo do here: the agenda
 */

/**
 * Ties a field to a shared text, both ways, until the returned function is called.
 * @param {Field} field a text input or a textarea
 * @param {Y.Text} text of a document
 * @param {Options} [options]
 * @returns {() => void} unties them
 */
export function bindText(field, text, options = {}) {
  const binding = new Binding(field, text, options);
  return () => binding.stop();
}

class Binding {
  #composing = false;
  #writing = false;
  #shown = "";
  /** @type {number | null} the caret as it was last told; null: elsewhere */ #told = null;
  /**
   * Where in the text each shown character is, -1 if it was removed. Only while a composition (an input method, or a
   * word on a phone's keyboard) is open: a field that is written to then loses it, so what the partner does must wait.
   * @type {number[] | null}
   */
  #places = null;
  #listening = new AbortController();

  /** @param {Field} field @param {Y.Text} text @param {Options} options */
  constructor(field, text, options) {
    this.field = field;
    this.text = text;
    this.options = options;
    text.observe(this.#follow);
    this.#listen();
    this.#show(0, 0);
    // Tied to it while somebody is in it: what they began there became this text.
    if (field.matches(":focus")) this.#tellCaret(true);
  }

  stop() {
    this.#listening.abort();
    this.text.unobserve(this.#follow);
  }

  #listen() {
    /** @type {Record<string, (event: any) => void>} */
    const heard = {
      input: () => this.#typed(),
      compositionstart: () => (this.#composing = true),
      compositionend: () => this.#composed(),
      beforeinput: (event) => this.#onHistory(event, event.inputType),
      keydown: (event) => this.#onHistory(event, historyKey(event)),
      focus: () => this.#tellCaret(false),
      keyup: () => this.#tellCaret(false),
      pointerup: () => this.#tellCaret(false),
      blur: () => this.#tellGone(),
    };
    const { signal } = this.#listening;
    for (const [name, fn] of Object.entries(heard)) this.field.addEventListener(name, fn, { signal });
  }

  #typed() {
    const { selectionEnd } = this.field;
    // Half an emoji can't travel: it would be another character there than here.
    const value = this.field.value.toWellFormed();
    const splice = spliceBetween(this.#shown, value, selectionEnd ?? value.length);
    if (!splice) return;
    this.#shown = value;
    // The talking point may be gone while its field still has the focus.
    if (this.text._item?.deleted) return;
    const start = this.#inText(splice.at, splice.removed);
    this.#writing = true;
    this.text.doc?.transact(() => this.#write(splice, start), LOCAL);
    this.#writing = false;
    this.#places?.splice(splice.at, splice.removed, ...Array.from(splice.added.split(""), (_, index) => start + index));
    this.#tellCaret(true);
  }

  /** @param {import("./splice.js").Splice} splice @param {number} start */
  #write({ at, removed, added }, start) {
    const runs = this.#places ? runsOf(this.#places.slice(at, at + removed)) : [{ from: at, length: removed }];
    // From the end, so that the earlier places still hold.
    for (const { from, length } of runs.reverse()) this.text.delete(from, length);
    if (added) this.text.insert(start, added);
  }

  #composed() {
    this.#composing = false;
    this.#typed();
    if (!this.#places) return;
    const [start, end] = this.#selection().map((caret) => this.#inText(caret));
    this.#places = null;
    this.#show(start ?? 0, end ?? 0);
  }

  /** @param {Y.YTextEvent} event @param {Y.Transaction} change */
  #follow = (event, change) => {
    if (this.#writing && !this.#places) return;
    const { delta } = event;
    if (this.#composing) this.#places ??= this.#shown.split("").map((_, index) => index);
    this.#places &&= this.#places.map((place) => (place < 0 ? place : placeAfter(place, delta)));
    if (this.#places) return;
    // A local change that was not typed here is undo: the caret goes behind what came back.
    const [start, end] = this.#selection().map((caret) => caretAfter(caret, delta, change.local));
    this.#show(start ?? 0, end ?? 0);
  };

  /** @param {number} start @param {number} end */
  #show(start, end) {
    const { field } = this;
    this.#shown = fitting(field, this.text.toString());
    if (field.value === this.#shown) return;
    const { selectionDirection, scrollTop } = field;
    field.value = this.#shown;
    // Only where the person is: in some browsers setting the selection takes the focus.
    if (field.matches(":focus")) field.setSelectionRange(start, end, selectionDirection ?? "none");
    field.scrollTop = scrollTop;
  }

  #selection() {
    const { selectionStart, selectionEnd } = this.field;
    return [selectionStart ?? 0, selectionEnd ?? 0];
  }

  /**
   * Where a position between shown characters is in the text: where the next `removed` begin, or, when nothing is left of
   * those, behind the last one before that is still there.
   * @param {number} position
   * @param {number} [removed]
   */
  #inText(position, removed = 0) {
    if (!this.#places) return position;
    const first = this.#places.slice(position, position + removed).find((place) => place >= 0);
    return first ?? (this.#places.slice(0, position).findLast((place) => place >= 0) ?? -1) + 1;
  }

  /** @param {boolean} typing */
  #tellCaret(typing) {
    const { selectionEnd } = this.field;
    if (selectionEnd === null) return;
    const caret = this.#inText(selectionEnd);
    // The key that was typed comes up again at the same place: that is not the end of typing.
    if (!typing && caret === this.#told) return;
    this.#told = caret;
    this.options.onCaret?.(caret, typing);
  }

  #tellGone() {
    this.#told = null;
    this.options.onCaret?.(null, false);
  }

  /** @param {Event} event @param {string | null} way */
  #onHistory(event, way) {
    const { history } = this.options;
    if (!history || (way !== "historyUndo" && way !== "historyRedo")) return;
    // The browser's own undo knows nothing of the partner's words and would take them back with ours.
    event.preventDefault();
    if (way === "historyUndo") history.undo();
    else history.redo();
  }
}

/** @param {KeyboardEvent} event as beforeinput would name it: it stays silent when the browser has nothing to undo */
function historyKey({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if ((!ctrlKey && !metaKey) || altKey) return null;
  if (key.toLowerCase() === "z") return shiftKey ? "historyRedo" : "historyUndo";
  return key.toLowerCase() === "y" && ctrlKey ? "historyRedo" : null;
}

/**
 * The text as the field can show it, unit for unit: a field would drop or join line breaks, and positions with them.
 * @param {Field} field
 * @param {string} text
 */
function fitting(field, text) {
  return text.replace(field.tagName === "TEXTAREA" ? /\r/g : /[\r\n]/g, " ");
}

/**
 * Increasing places as runs; -1 is nowhere.
 * @param {number[]} places
 */
function runsOf(places) {
  /** @type {{from: number, length: number}[]} */ const runs = [];
  for (const place of places.filter((one) => one >= 0)) {
    const last = runs.at(-1);
    if (last && last.from + last.length === place) last.length++;
    else runs.push({ from: place, length: 1 });
  }
  return runs;
}
