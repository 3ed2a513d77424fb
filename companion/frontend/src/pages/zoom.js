/** The panel inside Zoom. Outside of it, the page stays as the server wrote it. */
import { send } from "../agenda/here.js";
import { find } from "../elements/markup.js";
import { openInside } from "../session/inside.js";
import * as client from "../zoom/client.js";
import { Panel } from "../zoom/panel.js";
import { beVisitor } from "../zoom/visitor.js";

/** @import { Open } from "../zoom/server.js" */

const INVITED = "Zoom has asked them. They open Alongside there.";
const NOT_INVITED = "Zoom didn’t send it. They find Alongside under Apps.";

const page = find(document, "#panel");
const { key = "", csrf = "", capabilities = "" } = page.dataset;
const before = new AbortController();
const panel = new Panel(page, beVisitor({ key, csrf }), open);

begin();

async function begin() {
  const isInZoom = await configure();
  if (!isInZoom) return panel.show("plain");
  // A link would lead out of the panel, or nowhere: other pages of ours are shown in no frame.
  document.addEventListener("click", leaveByLinks, { signal: before.signal });
  client.onChange(async () => {
    await configure();
    if (!before.signal.aborted) panel.openAnew();
  });
  await panel.open();
}

async function configure() {
  return client.configure(capabilities.split(" ")).then(
    ({ isInMeeting }) => {
      document.documentElement.classList.add("in-zoom");
      document.documentElement.classList.toggle("in-zoom-call", isInMeeting);
      return true;
    },
    () => false,
  );
}

/** @param {Open} opened */
async function open({ session, ...given }) {
  before.abort();
  document.addEventListener("click", invite);
  await openInside({ ...given, leave: client.openInBrowser });
  // Our server asks Zoom itself whether it is over.
  client.onEnded(() => send(`/sessions/${session}/meeting/check`, deed(given.csrf)));
}

/** @param {MouseEvent} event */
function leaveByLinks(event) {
  const link = /** @type {HTMLElement} */ (event.target).closest("a");
  if (!link) return;
  event.preventDefault();
  client.openInBrowser(link.href);
}

/** @param {MouseEvent} event */
function invite(event) {
  const button = /** @type {HTMLElement} */ (event.target).closest("[data-zoom=invite]");
  if (!button) return;
  const tell = (/** @type {string} */ words) =>
    button.dispatchEvent(new CustomEvent("told", { detail: words, bubbles: true }));
  client.invite().then(
    () => tell(INVITED),
    () => tell(NOT_INVITED),
  );
}

/** @param {string} token @returns {Omit<RequestInit, "headers"> & {headers: Record<string, string>}} */
function deed(token) {
  return { method: "POST", headers: { "X-CSRF": token }, redirect: "manual" };
}
