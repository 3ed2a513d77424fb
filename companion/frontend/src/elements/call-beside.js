import { goTo } from "./go.js";
import { find, ref } from "./markup.js";
import { remember, remembered } from "./remembered.js";

/**
 * The session begins: one press opens the call and, beside it, the companion. How depends on the device, and on what
 * worked there for this person before:
 *
 * float: a window that stays above the call, and closes with this tab.
 * popup: a small window, and the call in this tab. A browser gives one window a press.
 * page: a phone has no small windows. The call opens its app or a tab, and the companion takes this page.
 *
 * @typedef {"float" | "popup" | "page"} Way
 */

const WIDTH = 420;
const HEIGHT = 780;

class CallBeside extends HTMLElement {
  connectedCallback() {
    this.dataset.way = this.#way();
    ref(this, "both").addEventListener("click", (event) => this.#start(/** @type {Way} */ (this.dataset.way), event));
    for (const other of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("a[data-way]"))) {
      other.addEventListener("click", (event) => this.#start(/** @type {Way} */ (other.dataset.way), event));
    }
  }

  /** @returns {Way} */
  #way() {
    if (matchMedia("(pointer: coarse)").matches) return "page";
    const canFloat = "documentPictureInPicture" in window;
    return canFloat && remembered(this.#memory) !== "popup" ? "float" : "popup";
  }

  get #memory() {
    return `beside:${this.dataset.person}`;
  }

  /** @param {Way} way @param {Event} event a press of a link to the call */
  #start(way, event) {
    const { beside = "" } = this.dataset;
    const link = /** @type {HTMLAnchorElement} */ (event.currentTarget);
    if (way === "float") return this.#float(link, event);
    link.target = way === "page" ? "_blank" : "";
    // After the link has done its own: a page that is leaving already would not open it.
    if (way === "page") setTimeout(() => goTo(beside));
    else if (openBeside(beside)) remember(this.#memory, way);
    else this.#sayBlocked(event);
  }

  /** @param {HTMLAnchorElement} link @param {Event} event */
  #float(link, event) {
    event.preventDefault();
    const detail = { done: Promise.reject(new Error("nobody answers")), hasCall: false };
    detail.done.catch(() => {});
    this.dispatchEvent(new CustomEvent("float", { bubbles: true, detail }));
    // Only with leave for pop-ups. Without, the companion that now floats has the way into the call at its top.
    detail.hasCall = window.open(link.href, "alongside-call") !== null;
    detail.done.then(
      () => remember(this.#memory, "float"),
      () => this.#sayBlocked(event),
    );
  }

  /** @param {Event} event */
  #sayBlocked(event) {
    event.preventDefault();
    const words = ref(this, "blocked");
    words.hidden = false;
    find(words, "a").focus();
  }
}

/** @param {string} address @returns {boolean} whether the browser let it open */
function openBeside(address) {
  const height = Math.min(HEIGHT, screen.availHeight);
  const left = screen.availWidth - WIDTH;
  const place = `popup,width=${WIDTH},height=${height},left=${left},top=0`;
  return window.open(address, "alongside-companion", place) !== null;
}

customElements.define("call-beside", CallBeside);
