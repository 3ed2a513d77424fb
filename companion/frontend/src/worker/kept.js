import { cachesNamed, PAGES_OF } from "../shell/caches.js";
import { keyOf } from "./addresses.js";
import { note, recall } from "./notes.js";

/** The copies of pages on this device. */

const MOST = 12;
/** Milliseconds: an older copy speaks of another day. */
const FRESH = 12 * 3600 * 1000;
const WHEN = "X-Kept";
const LIVE = "X-Live";
const DEED = "deed";
/** The pages that ask for what may have changed in them, and what they have in them while they do. */
const ASKING = /^\/sessions\/\d+(\/beside)?$/;
const BOARD = "<agenda-board";

/**
 * @param {string} device
 * @param {string} url
 * @param {Response} response
 * @returns {Promise<boolean>} whether it differs from the copy before
 */
export async function keep(device, url, response) {
  const cache = await caches.open(PAGES_OF + device);
  const before = await (await cache.match(keyOf(url), { ignoreVary: true }))?.text();
  const copy = await marked(url, response);
  const now = await copy.clone().text();
  await cache.delete(keyOf(url)); // so that it is the newest again
  await cache.put(keyOf(url), copy);
  const old = (await cache.keys()).slice(0, -MOST);
  await Promise.all(old.map((request) => cache.delete(request)));
  return before !== now;
}

/** The copy of a page, whole. @param {string} url */
export async function keptPage(url) {
  for (const name of await cachesNamed(PAGES_OF)) {
    const kept = await (await caches.open(name)).match(keyOf(url), { ignoreVary: true });
    if (kept) return kept;
  }
}

/** Every page kept. @returns {Promise<{cache: Cache, url: string}[]>} */
export async function keptPages() {
  const opened = await Promise.all((await cachesNamed(PAGES_OF)).map((name) => caches.open(name)));
  const found = await Promise.all(opened.map(async (cache) => (await cache.keys()).map(({ url }) => ({ cache, url }))));
  return found.flat();
}

/** @param {string} key */
export async function forgetPage(key) {
  for (const name of await cachesNamed(PAGES_OF)) await (await caches.open(name)).delete(key);
}

/** Something was done here that pages may show. */
export function noteDeed() {
  return note(DEED, Date.now());
}

/**
 * Whether a copy is as good as the page: it asks for what may have changed, is from today, and nothing was done here since.
 * @param {Response} kept
 */
export async function isCurrent(kept) {
  const when = Number(kept.headers.get(WHEN));
  return kept.headers.has(LIVE) && when > Date.now() - FRESH && when > (await recall(DEED, 0));
}

/** With when it was kept; and a page knows from `data-kept` that it is a copy. @param {string} url @param {Response} response */
async function marked(url, response) {
  const headers = new Headers(response.headers);
  headers.set(WHEN, String(Date.now()));
  if (!headers.get("Content-Type")?.startsWith("text/html")) return new Response(response.body, { headers });
  const html = await response.text();
  if (ASKING.test(new URL(url).pathname) && html.includes(BOARD)) headers.set(LIVE, "1");
  return new Response(html.replace("<html ", "<html data-kept "), { headers });
}
