import { find, ref, say } from "./markup.js";

/** Whether the partner is here. */
export class PartnerPresence extends HTMLElement {
  /**
   * @param {object} seen
   * @param {string} seen.name the partner's
   * @param {boolean} seen.offline whether we are
   * @param {boolean} seen.here
   * @param {boolean} seen.typing
   */
  tell({ name, offline, here, typing }) {
    const avatar = find(this, ".pair > :last-child");
    avatar.dataset.here = String(here && !offline);
    say(ref(this, "words"), offline ? "You are offline" : typing ? `${name} is writing` : here ? `${name} is here` : `${name} isn’t here`);
  }
}

customElements.define("partner-presence", PartnerPresence);
