/** A text field as a browser has it, as far as `bindText` uses one, with a person's hands. */
export class Field extends EventTarget {
  #value = "";
  selectionStart = 0;
  selectionEnd = 0;
  selectionDirection = "none";
  scrollTop = 0;
  hasFocus = true;
  composing = false;
  /** How often a script wrote to it, which ends a composition. */
  writes = 0;

  constructor(tagName = "INPUT") {
    super();
    this.tagName = tagName;
  }

  get value() {
    return this.#value;
  }

  set value(text) {
    this.writes++;
    this.#value = this.tagName === "INPUT" ? text.replace(/[\r\n]/g, "") : text.replace(/\r\n?/g, "\n");
    this.setSelectionRange(this.#value.length, this.#value.length);
  }

  setSelectionRange(start, end) {
    this.selectionStart = start;
    this.selectionEnd = end;
  }

  matches(selector) {
    return selector === ":focus" && this.hasFocus;
  }

  at(start, end = start) {
    this.setSelectionRange(start, end);
    return this;
  }

  /** Types over what is selected. */
  type(text) {
    this.#replace(this.selectionStart, this.selectionEnd, text);
  }

  backspace(units = 1) {
    this.#replace(this.selectionStart - units, this.selectionEnd, "");
  }

  compose() {
    this.composing = true;
    this.start = this.selectionStart;
    this.dispatchEvent(new Event("compositionstart"));
  }

  /** The input method shows this for now. */
  candidate(text) {
    this.#replace(this.start, this.selectionEnd, text);
  }

  commit() {
    this.composing = false;
    this.dispatchEvent(new Event("compositionend"));
  }

  press(key, modifiers = {}) {
    const event = Object.assign(new Event("keydown", { cancelable: true }), {
      key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers,
    });
    this.dispatchEvent(event);
    return event.defaultPrevented;
  }

  #replace(start, end, text) {
    this.#value = this.#value.slice(0, start) + text + this.#value.slice(end);
    this.setSelectionRange(start + text.length, start + text.length);
    this.dispatchEvent(new Event("input"));
  }
}
