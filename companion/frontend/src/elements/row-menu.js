import { find } from "./markup.js";

/** A small menu beside the button that was pressed. Escape or a press elsewhere closes it (`popover` does that). */
export class RowMenu extends HTMLElement {
  /** @type {HTMLElement | null} */ opener = null;

  #isReady = false;

  connectedCallback() {
    if (this.#isReady) return; // only moved
    this.#isReady = true;
    this.addEventListener("keydown", (event) => this.#onKey(event));
    this.addEventListener("toggle", (event) => {
      const isOpen = /** @type {ToggleEvent} */ (event).newState === "open";
      this.opener?.setAttribute("aria-expanded", String(isOpen));
    });
  }

  /** @param {HTMLElement} opener */
  openBeside(opener) {
    this.opener = opener;
    this.showPopover();
    const { left, bottom, top } = opener.getBoundingClientRect();
    const { width, height } = this.getBoundingClientRect();
    const { innerHeight, innerWidth } = this.ownerDocument.defaultView ?? window;
    const below = bottom + height + 8 < innerHeight;
    this.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    this.style.top = `${Math.max(8, below ? bottom + 4 : top - height - 4)}px`;
    find(this, "button:not([hidden]):not(:disabled)").focus();
  }

  /** @param {string} deed @returns {HTMLButtonElement} */
  button(deed) {
    return find(this, `[data-does="${deed}"]`);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = /** @type {HTMLElement[]} */ ([...this.querySelectorAll("button:not([hidden]):not(:disabled)")]);
    const at = buttons.indexOf(/** @type {HTMLElement} */ (event.target));
    if (!step || at < 0) return;
    event.preventDefault();
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  }
}
