import { fetchDocument } from "./fragment.js";

const PAUSE_MS = 250;

/** In the form that plans a session: what is being entered, on both partners' clocks, as the server reckons it. */
export class TimeBeside extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    const form = /** @type {HTMLFormElement} */ (this.closest("form"));
    form.addEventListener("input", (event) => this.#soon(event));
    // Browsers may have put back what was typed before. What the server has just refused is explained already.
    if (!form.querySelector("[aria-invalid]")) this.#renew();
  }

  /** @param {Event} event */
  #soon(event) {
    // Which of two equal hours is chosen in here, and changes nothing that is said.
    if (this.contains(/** @type {Node} */ (event.target))) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#renew(), PAUSE_MS);
  }

  async #renew() {
    const said = new FormData(/** @type {HTMLFormElement} */ (this.closest("form")));
    const asked = new URLSearchParams();
    for (const name of ["day", "time", "minutes", "fold", "session"]) asked.set(name, String(said.get(name) ?? ""));
    if (!asked.get("day") || !asked.get("time")) return;
    const page = await fetchDocument(`${this.getAttribute("src")}?${asked}`);
    if (page) this.replaceChildren(...page.body.childNodes);
  }
}

customElements.define("time-beside", TimeBeside);
