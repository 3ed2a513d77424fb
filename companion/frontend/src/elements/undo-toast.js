import { find, ref, say } from "./markup.js";

/** @import { View } from "./view.js" */

const STAYS = 6000;

/** Says what was just done, with a way to take it back. One at a time. */
export class UndoToast extends HTMLElement {
  #timer = 0;
  #ends = () => {};

  /** @param {View} view */
  show(view) {
    this.view = view;
    find(this, "button").addEventListener("click", () => {
      view.agenda.undo();
      this.#hide();
    });
    // Whoever is reading or reaching for it is not hurried.
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => clearTimeout(this.#timer));
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.#wait());
  }

  /** @param {string} words @param {{canUndo: boolean}} [deed] whether the agenda can take it back */
  tell(words, { canUndo } = { canUndo: true }) {
    this.#ends();
    find(this, "button").hidden = !canUndo;
    find(this, ".toast").hidden = false;
    say(ref(this, "words"), words);
    this.#wait();
    // Undo takes back the last step: once there is another, this one is no longer offered.
    this.#ends = this.view?.agenda.observe(({ local }) => local && this.#hide()) ?? this.#ends;
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#hide(), STAYS);
  }

  #hide() {
    this.#ends();
    clearTimeout(this.#timer);
    find(this, ".toast").hidden = true;
  }
}

customElements.define("undo-toast", UndoToast);
