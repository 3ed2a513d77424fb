import { showKey } from "../agenda/here.js";
import { goBy } from "../elements/go.js";
import { find } from "../elements/markup.js";
import { Turns } from "./turns.js";

/**
 * The companion of one session in a frame that may have no cookie: its pages are fetched with a key and swapped in, and
 * whatever leads elsewhere is left to whoever put us into the frame.
 * @param {object} given
 * @param {string} given.key see `identity.let_in_to`
 * @param {string} given.csrf the token of the key's forms
 * @param {string} given.address of a page of the session, as "/sessions/4/beside"
 * @param {(address: string) => void} given.leave opens what is not of this session, in the host's own way
 * @param {() => void} [given.again] lets somebody in anew
 */
export async function openInside({ key, csrf, address, leave, again = () => location.reload() }) {
  showKey(key);
  find(document, "meta[name=csrf]").setAttribute("content", csrf);
  document.documentElement.dataset.inside = ""; // nobody joins the call they are in
  const turns = new Turns(new URL(address, location.href), leave, again);
  goBy({
    place: () => turns.url.pathname,
    open: (next) => turns.go(new URL(next, turns.url)),
    submit: (form) => turns.send(form),
  });
  document.addEventListener("click", (event) => turns.onClick(event));
  document.addEventListener("submit", (event) => turns.onSubmit(event));
  await turns.go(turns.url);
}
