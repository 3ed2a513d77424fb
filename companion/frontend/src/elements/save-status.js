/** @import { State } from "../agenda/provider.js" */

/** How long, in milliseconds, something is so before there is a word for it: a quick save needs none. */
const WAITS = /** @type {Record<string, number>} */ ({ saving: 400, opening: 1000 });

/** Where what was written is: with the server, on its way, or on this device only. It says Saved after the commit, never before. */
export class SaveStatus extends HTMLElement {
  #timer = 0;
  #shown = "";
  #coming = "";

  /** @param {State} state */
  tell({ kind, kept }) {
    const name = kind === "offline" && kept === "no" ? "unkept" : kind;
    // "Saved" is gone at once (see its style), not only when "Saving" takes its place: it isn't true any more.
    if (this.#shown === "saved") this.dataset.state = name;
    const wait = this.#shown === name ? 0 : (WAITS[name] ?? 0);
    if (wait && this.#coming === name) return;
    clearTimeout(this.#timer);
    this.#coming = name;
    if (wait) this.#timer = window.setTimeout(() => this.#show(name), wait);
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
