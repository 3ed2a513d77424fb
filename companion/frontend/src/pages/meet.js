/** The panel inside Google Meet: asks to be let in by a window of ours, then shows the companion of one session. */
import { find, ref } from "../elements/markup.js";
import { hearToken, redeem, tellDone } from "../session/let_in.js";

const PATIENCE = 3000; // ms
const WINDOW = "popup,width=480,height=760";
const OTHER_PROJECT = "The add-on in Meet belongs to another Cloud project than the settings here name.";
const BLOCKED = "If no window opened, your browser blocks it here. Once there is one, type the code that it shows.";

if (window.parent !== window) waitAtTheDoor(find(document, "[data-project]"));

/** @param {HTMLElement} card */
function waitAtTheDoor(card) {
  /** @type {Window | null} */ let opened = null;
  let code = "";
  const open = /** @type {HTMLAnchorElement} */ (ref(card, "open"));
  ref(card, "plain").hidden = true;
  ref(card, "framed").hidden = false;
  // Without the code the window offers all sessions that it may be: for that nobody is kept waiting.
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const told = meetingCode(card.dataset.project ?? "").then(
    (found) => (code = found),
    ({ errorType }) => errorType === "InvalidCloudProjectNumber" && say(card, OTHER_PROJECT),
  );
  Promise.race([told, late]).then(() => (open.hidden = false));
  open.addEventListener("click", (event) => {
    const address = `${open.href}?${new URLSearchParams({ code })}`;
    // Not the link itself: that would give the window no opener to hand anything to.
    opened = window.open(address, open.target, WINDOW);
    event.preventDefault();
    if (!opened) say(card, BLOCKED);
  });
  hearToken(() => (card.isConnected ? opened : null), (token) => letIn(card, token, opened));
  ref(card, "typed").addEventListener("submit", (event) => {
    event.preventDefault();
    letIn(card, String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("token")), opened);
  });
}

/** @param {HTMLElement} card @param {string} token @param {Window | null} opened */
async function letIn(card, token, opened) {
  try {
    const given = await redeem(token);
    const { openInside } = await import("../session/inside.js");
    tellDone(opened);
    await openInside({ ...given, leave: (address) => window.open(address, "_blank", "noopener") });
  } catch (error) {
    say(card, /** @type {Error} */ (error).message);
  }
}

/** @param {HTMLElement} card @param {string} words */
function say(card, words) {
  const trouble = ref(card, "trouble");
  trouble.textContent = words;
  trouble.hidden = false;
}

/**
 * As Meet tells it. Anybody could write it into the page, so it chooses among one's own sessions and proves nothing.
 * @param {string} cloudProjectNumber
 * @returns {Promise<string>}
 */
async function meetingCode(cloudProjectNumber) {
  const { meet } = await import("@googleworkspace/meet-addons");
  const session = await meet.addon.createAddonSession({ cloudProjectNumber });
  const panel = await session.createSidePanelClient();
  return (await panel.getMeetingInfo()).meetingCode;
}
