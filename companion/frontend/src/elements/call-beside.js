import { find, ref } from "./markup.js";

const WIDTH = 420;
const HEIGHT = 780;

/**
 * Opens the companion in a small window and the call in this one. A browser gives one window a click: it goes to the
 * companion, and the link itself leads this tab to the call.
 */
class CallBeside extends HTMLElement {
  connectedCallback() {
    ref(this, "both").addEventListener("click", (event) => {
      if (openBeside(this.dataset.beside ?? "")) return;
      event.preventDefault();
      const words = ref(this, "blocked");
      words.hidden = false;
      find(words, "a").focus();
    });
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
