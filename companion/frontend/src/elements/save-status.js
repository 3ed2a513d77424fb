/** @import { State } from "../agenda/provider.js" */

const SOON = 400; // a save this quick needs no word
const LONG = 1000;

/** Where what was written is: with the server, on its way, or on this device only. It says Saved after the commit, never before. */
export class SaveStatus extends HTMLElement {
  #timer = 0;
  #shown = "";

  /** @param {State} state */
  tell({ kind, kept }) {
    clearTimeout(this.#timer);
    const name = kind === "offline" && kept === "no" ? "unkept" : kind;
    const wait = { saving: SOON, opening: LONG }[/** @type {string} */ (name)];
    if (wait && this.#shown !== name) this.#timer = window.setTimeout(() => this.#show(name), wait);
    else this.#show(name);
  }

  /** @param {string} name */
  #show(name) {
    this.#shown = name;
    this.dataset.state = name;
    for (const words of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-when]"))) {
      words.hidden = words.dataset.when !== name;
    }
  }
}

customElements.define("save-status", SaveStatus);
