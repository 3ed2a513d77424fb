import { fetchDocument } from "./fragment.js";

const PAUSE_MS = 250;

/** In the form that plans a session: what is being entered, on both partners' clocks, as the server reckons it. */
export class TimeBeside extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    this.closest("form")?.addEventListener("input", () => this.#soon());
    this.#renew();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#renew(), PAUSE_MS);
  }

  async #renew() {
    const said = new FormData(/** @type {HTMLFormElement} */ (this.closest("form")));
    const asked = new URLSearchParams();
    for (const name of ["day", "time", "fold"]) asked.set(name, String(said.get(name) ?? ""));
    if (!asked.get("day") || !asked.get("time")) return;
    const page = await fetchDocument(`${this.getAttribute("src")}?${asked}`);
    if (page) this.replaceChildren(...page.body.childNodes);
  }
}

customElements.define("time-beside", TimeBeside);
