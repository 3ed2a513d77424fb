import { cachesNamed, forgetPages, PAGES_OF } from "../shell/caches.js";
import { isDoor, keyOf, kindOf, tellsOfFailure } from "./addresses.js";
import { offlinePage } from "./files.js";

/** @import { Kind } from "./addresses.js" */

/**
 * Pages come from the network. Those of sessions are kept besides, for the one who is signed in, and stand in when the network
 * doesn't answer. Every answer names the sign-in it is for: whoever comes next finds nothing of whoever was here before.
 */

/** Milliseconds until a kept page is shown in place of one that is late. */
const PATIENCE = 2_500;
const MOST = 12;
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
  event.waitUntil(fresh.then((response) => learn(url, kind, response), () => {}));
  const otherwise = () => (mode === "navigate" ? fresh.catch(offlinePage) : fresh);
  event.respondWith(kind === "kept" ? freshOrKept(url, fresh).then((found) => found ?? otherwise()) : otherwise());
}

/** Keeps these pages as they are now: those that are open when the worker comes, and those kept before. @param {string[]} urls */
export async function keepAnew(urls) {
  for (const url of new Set(urls)) {
    if (kindOf({ method: "GET", mode: "navigate", url }, location.origin) !== "kept") continue;
    await fetch(url, { headers: { Accept: "text/html" } }).then((response) => learn(url, "kept", response), () => {});
  }
}

/** Every page kept. @returns {Promise<{cache: Cache, url: string}[]>} */
export async function keptPages() {
  const caching = (await cachesNamed(PAGES_OF)).map((name) => caches.open(name));
  const found = await Promise.all(caching.map(async (opening) => {
    const cache = await opening;
    return (await cache.keys()).map(({ url }) => ({ cache, url }));
  }));
  return found.flat();
}

/**
 * @param {string} url
 * @param {Promise<Response>} fresh
 * @returns {Promise<Response | undefined>} undefined when nothing came in time and nothing is kept
 */
async function freshOrKept(url, fresh) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const found = /** @type {Response | undefined} */ (await Promise.race([fresh.catch(() => undefined), late]));
  if (found && !AWAY.has(found.status)) return found;
  for (const name of await cachesNamed(PAGES_OF)) {
    const kept = await (await caches.open(name)).match(keyOf(url), { ignoreVary: true });
    if (kept) return kept;
  }
}

/**
 * What an answer says of who is signed in here, and what is to be kept of it.
 * @param {string} url
 * @param {Kind} kind
 * @param {Response} response read by nobody yet
 */
async function learn(url, kind, response) {
  const device = response.headers.get(DEVICE);
  const isPage = kind === "kept" && device !== null && response.status === 200 && !response.redirected;
  const copy = isPage && !tellsOfFailure(url) ? response.clone() : null; // before anything waits: the page reads the other
  if (device) await forgetPages(device);
  else if (response.status === 401 || (isDoor(url) && response.ok)) await forgetPages();
  if (kind !== "kept") return;
  if (copy && device) await keep(device, url, copy);
  // It leads elsewhere, or isn't theirs any more.
  else if (!isPage && response.status < 500) await Promise.all((await keptPages()).map(({ cache }) => cache.delete(keyOf(url))));
}

/** @param {string} device @param {string} url @param {Response} copy */
async function keep(device, url, copy) {
  const cache = await caches.open(PAGES_OF + device);
  await cache.delete(keyOf(url)); // so that it is the newest again
  await cache.put(keyOf(url), copy);
  const old = (await cache.keys()).slice(0, -MOST);
  await Promise.all(old.map((request) => cache.delete(request)));
}
