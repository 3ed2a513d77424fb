import { find, ref, say } from "./markup.js";
import { drawOn } from "./view.js";

/** @import { View } from "./view.js" */

/** The end of the last step: when both say that they are done, or one of them sends the lists, both go out. */
class ClosingEnds extends HTMLElement {
  #hasSent = false;

  /** @param {View} view */
  show(view) {
    drawOn(view, () => this.#draw(view));
  }

  /** @param {View} view */
  #draw({ agenda: { closing }, who }) {
    const [mine, theirs] = [closing.isDone(who.role), closing.isDone(who.partner)];
    const name = who.names[who.partner];
    find(this, "[aria-pressed]").setAttribute("aria-pressed", String(mine));
    say(ref(this, "words"), doneWords(mine, theirs, name));
    const isLive = this.closest("agenda-board")?.getAttribute("data-state") === "live";
    // Both tabs may send: the second finds it done.
    if (mine && theirs && closing.step === "away" && isLive && !this.#hasSent) this.#send();
  }

  #send() {
    this.#hasSent = true;
    /** @type {HTMLFormElement} */ (find(this, "form")).requestSubmit();
  }
}

/** @param {boolean} mine @param {boolean} theirs whether each is done @param {string} name the partner's */
function doneWords(mine, theirs, name) {
  if (mine) return theirs ? "Sending both lists." : `The lists go out when ${name} is done too.`;
  return theirs ? `${name} is done.` : "When both are done, each gets their own list.";
}

customElements.define("closing-ends", ClosingEnds);
