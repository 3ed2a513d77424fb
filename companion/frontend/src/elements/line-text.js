import { cutAt } from "../agenda/graphemes.js";
import { linksIn } from "../agenda/links.js";
import { bindText } from "../agenda/text.js";
import { onPastedLines } from "./paste.js";
import { shown } from "./place.js";
import { whenGone } from "./markup.js";

/** @import * as Y from "yjs" */
/** @import { View } from "./view.js" */

/** @typedef {{lines: string[], done: string | null}} PastedLines `done`: what they became, from whoever took them */

/**
 * A line of the agenda that can be written in where it stands. The page's words are replaced by a plain textarea; a
 * mirror behind it gives it its height and shows the caret of whoever else writes there, with their name.
 */
export class LineText extends HTMLElement {
  /** @type {(() => void)[]} */ #ends = [];
  /** @type {Y.Text | null} */ #text = null;
  /** @type {View["agenda"] | null} */ #agenda = null;
  #drawn = "";
  /** @type {HTMLTextAreaElement | undefined} */ area;

  /**
   * @param {Y.Text} text
   * @param {string} field what it is called on the wire, as "topic:<id>"
   * @param {View} view
   */
  bind(text, field, view) {
    if (this.#text === text) return;
    this.#stop();
    this.#text = text;
    this.#agenda = view.agenda;
    this.area ??= this.#furnish();
    const { area } = this;
    const draw = () => this.#draw(view.carets.at(field));
    const history = { undo: () => view.agenda.undo(), redo: () => view.agenda.redo() };
    const onCaret = (/** @type {number | null} */ caret, /** @type {boolean} */ typing) => view.carets.tell(field, caret, typing);
    const unbind = bindText(area, text, { onCaret, history });
    text.observe(draw);
    this.#ends = [unbind, () => text.unobserve(draw), view.carets.observe(draw)];
    draw();
  }

  /** What screen readers call it. @param {string} words */
  set label(words) {
    this.area?.setAttribute("aria-label", words);
  }

  disconnectedCallback() {
    whenGone(this, () => this.#stop());
  }

  #stop() {
    for (const end of this.#ends) end();
    this.#ends = [];
    this.#text = null;
  }

  #furnish() {
    const area = document.createElement("textarea");
    area.rows = 1;
    area.spellcheck = true;
    area.placeholder = this.dataset.placeholder ?? "";
    area.addEventListener("keydown", (event) => this.#onKey(event, area));
    onPastedLines(area, (lines) => this.#takeLines(area, lines));
    // A window that goes behind the call takes the focus with it: that is no leaving.
    area.addEventListener("blur", () => shown.document.hasFocus() && this.#left());
    this.mirror = document.createElement("span");
    this.mirror.className = "line-mirror";
    this.mirror.setAttribute("aria-hidden", "true");
    this.replaceChildren(area, this.mirror);
    return area;
  }

  /** @param {KeyboardEvent} event @param {HTMLTextAreaElement} area */
  #onKey(event, area) {
    if (event.isComposing) return;
    if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      area.blur();
    } else if (event.key === "Backspace" && !area.value) {
      event.preventDefault();
      this.#tellEmptied();
    }
  }

  /**
   * The first goes where the caret is; the others become lines of their own, or follow it where there can't be any. All
   * that is one step to take back.
   * @param {HTMLTextAreaElement} area
   * @param {string[]} lines
   */
  #takeLines(area, [first, ...others]) {
    /** @type {PastedLines} */ const detail = { lines: others, done: null };
    this.#agenda?.together(() => {
      const isForUs = this.dispatchEvent(new CustomEvent("lines", { bubbles: true, cancelable: true, detail }));
      const words = isForUs ? [first, ...others].join(" ") : String(first);
      area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new InputEvent("input", { bubbles: true }));
    });
    return detail.done;
  }

  /** Nothing stays in the agenda that says nothing, unless somebody else is just writing it. */
  #left() {
    const isGone = !this.#text || this.#text._item?.deleted || !this.isConnected;
    if (!isGone && !this.#text?.toString().trim() && !this.dataset.typing) this.#tellEmptied();
  }

  #tellEmptied() {
    this.dispatchEvent(new CustomEvent("emptied", { bubbles: true }));
  }

  /** @param {ReturnType<View["carets"]["at"]>} other */
  #draw(other) {
    const words = this.#text?.toString() ?? "";
    // Every word of presence comes by every line.
    const drawn = `${other ? `${other.name} ${other.caret}` : ""}\n${words}`;
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#drawLinks(words);
    if (other) this.area?.setAttribute("aria-description", `${other.name} is writing here`);
    else this.area?.removeAttribute("aria-description");
    // The sign at the end gives an empty or broken last line its height.
    if (!other) {
      delete this.dataset.typing;
      this.mirror?.replaceChildren(`${words}\u200b`);
      return;
    }
    this.dataset.typing = other.role;
    const at = cutAt(words, other.caret);
    const caret = document.createElement("span");
    caret.className = at < words.length ? "caret caret--inside" : "caret";
    caret.dataset.name = other.name;
    this.mirror?.replaceChildren(words.slice(0, at), caret, `${words.slice(at)}\u200b`);
    caret.classList.toggle("caret--back", isTooFarRight(caret, this));
  }

  /** A field can't hold a link: they stand below it. @param {string} words */
  #drawLinks(words) {
    const links = linksIn(words);
    const there = this.querySelector(".line-links");
    if (!links.length) return there?.remove();
    const line = there ?? document.createElement("span");
    line.className = "line-links";
    line.replaceChildren(...links.map(({ address, words: name }) => linkTo(address, name)));
    if (!there) this.append(line);
  }
}

/** @param {string} address @param {string} words */
function linkTo(address, words) {
  const link = document.createElement("a");
  Object.assign(link, { href: address, target: "_blank", rel: "noreferrer", textContent: words });
  return link;
}

/** @param {HTMLElement} caret @param {HTMLElement} line whether the name beside the caret would stand out of the line */
function isTooFarRight(caret, line) {
  const name = Number.parseFloat(getComputedStyle(caret, "::after").width) || 0;
  return caret.getBoundingClientRect().right + name > line.getBoundingClientRect().right;
}

customElements.define("line-text", LineText);
