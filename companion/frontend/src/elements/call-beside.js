import { goTo } from "./go.js";
import { find, ref } from "./markup.js";

const WIDTH = 420;
const HEIGHT = 780;

/**
 * Opens the companion in a small window and the call in this one. A browser gives one window a click: it goes to the
 * companion, and the link itself leads this tab to the call. A phone has no small windows: there the link opens a tab or
 * the service's app, and the companion takes this page.
 */
class CallBeside extends HTMLElement {
  connectedCallback() {
    ref(this, "both").addEventListener("click", (event) => this.#open(event));
  }

  /** @param {Event} event */
  #open(event) {
    const { beside = "" } = this.dataset;
    const isTouch = matchMedia("(pointer: coarse)").matches;
    /** @type {HTMLAnchorElement} */ (ref(this, "both")).target = isTouch ? "_blank" : "";
    // After the link has done its own: a page that is leaving already would not open it.
    if (isTouch) setTimeout(() => goTo(beside));
    else if (!openBeside(beside)) this.#sayBlocked(event);
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
