import { find, ref, say } from "./markup.js";

/** Whether the partner is here, and whether we are on another device too. */
export class PartnerPresence extends HTMLElement {
  /**
   * @param {object} seen
   * @param {string} seen.name the partner's
   * @param {boolean} seen.offline whether we are
   * @param {boolean} seen.here
   * @param {boolean} seen.typing
   * @param {boolean} seen.elsewhere whether another tab or device of ours is here
   */
  tell({ name, offline, here, typing, elsewhere }) {
    const avatar = find(this, ".pair > :last-child");
    avatar.dataset.here = String(here && !offline);
    say(ref(this, "words"), offline ? "You are offline" : typing ? `${name} is writing` : here ? `${name} is here` : `${name} isn’t here`);
    ref(this, "elsewhere").hidden = offline || !elsewhere;
  }
}

customElements.define("partner-presence", PartnerPresence);
