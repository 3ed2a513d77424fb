import { send } from "../agenda/here.js";
import { beBusy } from "./busy.js";
import { fetchDocument } from "./fragment.js";
import { submit } from "./go.js";
import { broughtHere, shown } from "./place.js";

const CONTROLS = "a[href], button, input:not([type=hidden]), summary";

/**
 * A part of the page that the server renders. It fetches itself again when a fact named in `on` says it changed; once it
 * is seated from `data-seated`, where that differs.
 */
export class LivePart extends HTMLElement {
  #asked = 0;
  #isReady = false;

  connectedCallback() {
    if (this.#isReady) return; // only moved
    this.#isReady = true;
    this.addEventListener("submit", (event) => this.#onSubmit(event));
  }

  /** @param {string} kind of a fact */
  hear(kind) {
    if (!(this.getAttribute("on") ?? "").split(" ").includes(kind)) return;
    this.renew(kind === "seated" ? this.dataset.seated : undefined);
  }

  /** @param {string} [address] in place of its own */
  async renew(address = this.getAttribute("src") ?? "") {
    const turn = ++this.#asked;
    const page = await fetchDocument(address);
    // Two facts in a row are two answers, and the older may come last.
    if (!page || turn !== this.#asked) return;
    const asking = this.querySelector("dialog[open]");
    // Nobody's question is taken away while they read it.
    if (asking) return asking.addEventListener("close", () => this.renew(address), { once: true });
    if (!isSame(page.body, this)) this.#show(page);
    this.dispatchEvent(new CustomEvent("renewed", { bubbles: true }));
  }

  /** @param {Document} page */
  #show(page) {
    const refocus = this.#focused();
    const typed = typedIn(this);
    const unfolded = [...this.querySelectorAll("details")].map(({ open }) => open);
    this.replaceChildren(...broughtHere(page.body));
    this.querySelectorAll("details").forEach((details, index) => (details.open = unfolded[index] ?? details.open));
    const fields = fieldsOf(this);
    for (const [key, value] of typed) Object.assign(fields.get(key) ?? {}, { value });
    refocus();
  }

  /** A tick in here needs no new page. @param {SubmitEvent} event */
  async #onSubmit(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (event.defaultPrevented || !form.matches("[data-here]")) return;
    event.preventDefault();
    const { submitter } = event;
    if (submitter?.dataset.busy) beBusy(submitter, submitter.dataset.busy);
    const body = new FormData(form);
    const answer = await send(form.action, { method: "POST", body, headers: { "X-CSRF": String(body.get("csrf")) } }).catch(
      () => null,
    );
    if (answer?.ok) {
      form.closest("dialog")?.close(); // its question is answered
      return this.renew(this.#saying(answer.url));
    }
    // A fact may have taken the form away meanwhile, and one that is on no page goes nowhere.
    if (!form.isConnected) this.append(Object.assign(form, { hidden: true }));
    submit(form);
  }

  /** Its address with what the answer leads to says of a failure. @param {string} led */
  #saying(led) {
    const address = new URL(this.getAttribute("src") ?? "", location.href);
    const failed = new URL(led).searchParams.get("failed");
    if (failed) address.searchParams.set("failed", failed);
    return address.href;
  }

  /** Gives back the focus: to the control with the same words, else to the heading, where there is one. */
  #focused() {
    const { activeElement } = shown.document;
    if (!activeElement || activeElement === this || !this.contains(activeElement)) return () => {};
    const known = wordsOf(activeElement);
    return () => {
      const controls = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(CONTROLS)]);
      const same = controls.find((each) => wordsOf(each) === known);
      const heading = /** @type {HTMLElement | null} */ (this.querySelector("[tabindex='-1']"));
      (same ?? heading)?.focus({ preventScroll: true });
    };
  }
}

/**
 * The text fields of a part, by what their forms are for.
 * @param {Element} part
 * @returns {Map<string, HTMLInputElement>}
 */
function fieldsOf(part) {
  const fields = /** @type {HTMLInputElement[]} */ ([...part.querySelectorAll("input[name]:is([type=text], [type=url], :not([type]))")]);
  return new Map(fields.map((each) => [`${each.form?.getAttribute("action")} ${each.name}`, each]));
}

/** What somebody is writing stays while the rest changes around it. @param {Element} part */
function typedIn(part) {
  const begun = [...fieldsOf(part)].filter(([, { value, defaultValue }]) => value !== defaultValue);
  return new Map(begun.map(([key, { value }]) => [key, value]));
}

/** Whether both show the same. @param {Element} one @param {Element} other */
function isSame(one, other) {
  const [these, those] = [told(one), told(other)];
  return these.length === those.length && these.every((each, index) => each.isEqualNode(those[index] ?? null));
}

/** What stands in it, but for the space between. @param {Element} part */
function told(part) {
  return [...part.childNodes].filter((each) => each.nodeType === Node.ELEMENT_NODE || each.textContent?.trim());
}

/** @param {Element} control */
function wordsOf(control) {
  const words = control.getAttribute("aria-label") ?? control.textContent ?? "";
  return `${control.tagName} ${words.replace(/\s+/g, " ").trim()}`;
}

customElements.define("live-part", LivePart);
