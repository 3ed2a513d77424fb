import { forgetPages, NEWER } from "../shell/caches.js";
import { isDoor, keyOf, kindOf, tellsOfFailure } from "./addresses.js";
import { offlinePage } from "./files.js";
import { forgetPage, isCurrent, keep, keptPage } from "./kept.js";

/** @import { Kind } from "./addresses.js" */

/**
 * Pages come from the network. Those of sessions are kept besides, for the one who is signed in, and stand in when the network
 * doesn't answer. Every answer names the sign-in it is for: whoever comes next finds nothing of whoever was here before.
 */

/** Milliseconds until a kept page is shown in place of one that is late; */
const PATIENCE = 2_500;
/** and of one that is most likely the same: what may have changed in it, it asks for itself. */
const BRIEF = 100;
/** A server that is being restarted, or a proxy that doesn't reach it. */
const AWAY = new Set([502, 503, 504]);
const DEVICE = "X-Device";

/**
 * @param {FetchEvent} event
 * @param {Kind} kind
 */
export function answerPage(event, kind) {
  const { url, mode } = event.request;
  const fresh = fetch(event.request);
  const learning = fresh.then((response) => learn(url, kind, response)).catch(() => false);
  const otherwise = () => (mode === "navigate" ? fresh.catch(offlinePage) : fresh);
  const shown = kind === "kept" ? freshOrKept(event.request, fresh).then((found) => found ?? otherwise()) : otherwise();
  event.respondWith(shown);
  const telling = Promise.all([fresh, shown, learning]).then(async ([theirs, ours, isNew]) => {
    if (isNew && theirs !== ours) await tellOfNewer(event.resultingClientId);
  });
  event.waitUntil(telling.catch(() => {}));
}

/** What stood in for a page was another than came in the end. @param {string} id of the client that shows it */
async function tellOfNewer(id) {
  const client = await /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self)).clients.get(id);
  client?.postMessage(NEWER);
}

/** Keeps these pages as they are now: those that are open when the worker comes, and those kept before. @param {string[]} urls */
export async function keepAnew(urls) {
  for (const url of new Set(urls)) {
    if (kindOf({ method: "GET", mode: "navigate", url }, location.origin) !== "kept") continue;
    await fetch(url, { headers: { Accept: "text/html" } }).then((response) => learn(url, "kept", response), () => {});
  }
}

/**
 * @param {Request} request
 * @param {Promise<Response>} fresh
 * @returns {Promise<Response | undefined>} undefined when nothing is kept
 */
async function freshOrKept(request, fresh) {
  const kept = await keptPage(request.url);
  if (!kept) return undefined;
  // Who loads a page again wants to see what is new.
  const isQuick = request.mode === "navigate" && request.cache !== "no-cache" && (await isCurrent(kept));
  const late = new Promise((resolve) => setTimeout(resolve, isQuick ? BRIEF : PATIENCE));
  const found = /** @type {Response | undefined} */ (await Promise.race([fresh.catch(() => undefined), late]));
  return found && !AWAY.has(found.status) ? found : kept;
}

/**
 * What an answer says of who is signed in here, and what is to be kept of it.
 * @param {string} url
 * @param {Kind} kind
 * @param {Response} response read by nobody yet
 * @returns {Promise<boolean>} whether the page is another than the copy before
 */
async function learn(url, kind, response) {
  const device = response.headers.get(DEVICE);
  const isPage = kind === "kept" && device !== null && response.status === 200 && !response.redirected;
  const copy = isPage && !tellsOfFailure(url) ? response.clone() : null; // before anything waits: the page reads the other
  if (device) await forgetPages(device);
  else if (response.status === 401 || (isDoor(url) && response.ok)) await forgetPages();
  if (copy && device) return keep(device, url, copy);
  // It leads elsewhere, or isn't theirs any more.
  if (kind === "kept" && !isPage && response.status < 500) await forgetPage(keyOf(url));
  return false;
}
