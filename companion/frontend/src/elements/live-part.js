import { fetchDocument } from "./fragment.js";

/** A part of the page that the server renders. It fetches itself again when a fact named in `on` says it changed. */
export class LivePart extends HTMLElement {
  #asked = 0;

  connectedCallback() {
    this.addEventListener("submit", (event) => this.#onSubmit(event));
  }

  /** @param {string} kind of a fact */
  hear(kind) {
    if ((this.getAttribute("on") ?? "").split(" ").includes(kind)) this.renew();
  }

  async renew() {
    const turn = ++this.#asked;
    const page = await fetchDocument(this.getAttribute("src") ?? "");
    // Two facts in a row are two answers, and the older may come last.
    if (!page || turn !== this.#asked) return;
    const asking = this.querySelector("dialog[open]");
    // Nobody's question is taken away while they read it.
    if (asking) return asking.addEventListener("close", () => this.renew(), { once: true });
    const place = this.#place();
    const unfolded = [...this.querySelectorAll("details")].map(({ open }) => open);
    this.replaceChildren(...page.body.childNodes);
    this.querySelectorAll("details").forEach((details, index) => (details.open = unfolded[index] ?? false));
    // The same control as before, as far as there is one: its order among the controls is what stays.
    if (place >= 0) (this.#controls()[place] ?? this.#controls().at(-1))?.focus({ preventScroll: true });
    this.dispatchEvent(new CustomEvent("renewed", { bubbles: true }));
  }

  /** A tick in here needs no new page. @param {SubmitEvent} event */
  async #onSubmit(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.matches("[data-here]")) return;
    event.preventDefault();
    const body = new FormData(form);
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-CSRF": String(body.get("csrf")) } }).catch(
      () => null,
    );
    if (answer?.ok) this.renew();
    else form.submit();
  }

  #place() {
    return this.#controls().indexOf(/** @type {HTMLElement} */ (document.activeElement));
  }

  #controls() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll("a[href], button, input:not([type=hidden]), summary")]);
  }
}

customElements.define("live-part", LivePart);
