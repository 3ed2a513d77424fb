import { showKey } from "../agenda/here.js";
import { goBy } from "../elements/go.js";
import { find } from "../elements/markup.js";
import { listen } from "../elements/place.js";
import { Turns } from "./turns.js";

/** @import { Opened } from "./open.js" */

/**
 * The companion of one session where no page can be opened: in a frame that may have no cookie, its pages are fetched
 * with a key, or in a window that floats. They are swapped in, and what leads elsewhere is left to whoever put us there.
 * @param {object} given
 * @param {string} given.key see `identity.let_in_to`; "" where the cookie tells
 * @param {string} given.csrf the token of the key's forms
 * @param {string} given.address of a page of the session, as "/sessions/4/beside"
 * @param {(address: string) => void} given.leave opens what is not of this session, in the host's own way
 * @param {() => void} [given.again] lets somebody in anew
 * @param {Opened | null} [given.open] the board that is open on this page: of the address itself, or of one that is left
 * @param {boolean} [given.hasWindows] whether the browser opens other windows from here by itself
 */
export async function openInside({ key, csrf, address, leave, again = () => location.reload(), open = null, hasWindows = false }) {
  showKey(key);
  find(document, "meta[name=csrf]").setAttribute("content", csrf);
  if (!hasWindows) document.documentElement.dataset.inside = ""; // nobody joins the call they are in
  const turns = new Turns(new URL(address, location.href), { leave, again, open, hasWindows });
  goBy({
    place: () => turns.url.pathname,
    open: (next) => turns.go(new URL(next, turns.url)),
    submit: (form) => turns.send(form),
  });
  listen("click", (event) => turns.onClick(event));
  listen("submit", (event) => turns.onSubmit(event));
  if (!open || turns.url.pathname !== location.pathname) await turns.go(turns.url);
}
