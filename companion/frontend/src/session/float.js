import { find } from "../elements/markup.js";
import { showIn, shown } from "../elements/place.js";
import { openInside } from "./inside.js";

/**
 * The companion in a small window that stays above the call: the page itself, moved there and back, with all that was
 * begun in it. Such a window closes with the tab it came from. https://developer.chrome.com/docs/web-platform/document-picture-in-picture
 *
 * A browser gives one window a press (Chromium 156, measured 27 Nov 2026, also 100 ms after a link opened its own tab): it
 * goes to the companion, and the call opens with the same press only where pop-ups are allowed; else by one more.
 *
 * @import { Opened } from "./open.js"
 * @typedef {Window & {documentPictureInPicture: {requestWindow: (size: {width: number, height: number}) => Promise<Window>}}} Floats
 */

const SIZE = { width: 380, height: 640 };

export function canFloat() {
  return "documentPictureInPicture" in window;
}

/**
 * Called in the press itself. Rejects where the browser lets nothing float.
 * @param {string} beside the companion's page
 * @param {Promise<Opened>} open the board on this page
 */
export async function float(beside, open) {
  const small = await /** @type {Floats} */ (/** @type {unknown} */ (window)).documentPictureInPicture.requestWindow(SIZE);
  dress(small.document);
  small.addEventListener("pagehide", () => bringBack(small.document));
  await becomeCompanion(beside, open);
  moveTo(small);
}

/** This page is the companion's from here on: it goes by swapping its pages, wherever it is shown. */
let isCompanion = false;

/** @param {string} beside @param {Promise<Opened>} open */
async function becomeCompanion(beside, open) {
  if (isCompanion) return;
  isCompanion = true;
  const csrf = find(document, "meta[name=csrf]").getAttribute("content") ?? "";
  const leave = (/** @type {string} */ address) => location.assign(address);
  await openInside({ key: "", csrf, address: beside, leave, open: await open, hasWindows: true });
  if (location.pathname === new URL(beside, location.href).pathname) return;
  history.pushState(null, "", beside);
  addEventListener("popstate", () => location.reload());
}

/** @param {Document} small a new window's, with nothing in it */
function dress(small) {
  small.documentElement.lang = document.documentElement.lang;
  Object.assign(small.documentElement.dataset, document.documentElement.dataset, { floating: "" });
  for (const { href } of /** @type {NodeListOf<HTMLLinkElement>} */ (document.head.querySelectorAll("link[rel=stylesheet]"))) {
    small.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
  }
}

/** @param {Window} small */
function moveTo(small) {
  const instead = /** @type {HTMLTemplateElement} */ (document.getElementById("floating")).content.cloneNode(true);
  const scrolled = scrollPlaces();
  small.document.title = document.title;
  small.document.body.append(...document.body.childNodes);
  showIn(small.document);
  scrolled();
  document.body.append(instead);
  find(document, "[data-brings-back]").addEventListener("click", () => small.close());
}

/** @param {Document} small that is going */
function bringBack(small) {
  const scrolled = scrollPlaces();
  document.body.replaceChildren(...small.body.childNodes);
  showIn(document);
  scrolled();
}

/** What moves forgets how far it was scrolled. @returns {() => void} scrolls it there again */
function scrollPlaces() {
  const places = [...shown.document.querySelectorAll(".panel-body")].map((part) => ({ part, top: part.scrollTop }));
  return () => places.forEach(({ part, top }) => (part.scrollTop = top));
}
