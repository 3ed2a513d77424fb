/** @import { LivePart } from "./live-part.js" */
/** @import { View, Who } from "./view.js" */
/** @import { Role } from "../agenda/shape.js" */

/** A session's page or panel: says what the server wrote about the session, and hands the view to every element inside. */
export class AgendaBoard extends HTMLElement {
  /** @returns {Who} */
  get who() {
    const { role, mentor = "", mentee = "", locale = "en-GB", zone = "UTC" } = this.dataset;
    const mine = /** @type {Role} */ (role);
    return { role: mine, partner: mine === "mentor" ? "mentee" : "mentor", names: { mentor, mentee }, locale, zone };
  }

  /** @returns {View["talk"]} */
  get talk() {
    const { starts = "", ends = "", minutes } = this.dataset;
    return { startsMs: Date.parse(starts), endsMs: Date.parse(ends), minutes: Number(minutes) };
  }

  /** @param {View} view */
  show(view) {
    for (const part of this.querySelectorAll("*")) {
      // A dialog has a show() too.
      if (part.localName.includes("-") && "show" in part) /** @type {any} */ (part).show(view);
    }
  }

  /** @param {string} kind of a fact */
  hear(kind) {
    for (const part of /** @type {NodeListOf<LivePart>} */ (this.querySelectorAll("live-part, private-notes"))) part.hear(kind);
  }
}

customElements.define("agenda-board", AgendaBoard);
