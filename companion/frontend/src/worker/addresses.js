/**
 * Which addresses the service worker has to do with, and how.
 *
 * @typedef {"file" | "kept" | "page" | "none"} Kind
 *   file: a built file, the same for ever; kept: a page of a session, or what its history is made of, kept for the person
 *   who opened it; page: any other page, which needs the network; none: none of the worker's business
 */

/** Frames in other products, callbacks, letters and ways in: neither a copy nor a second try would be right there. */
const NEVER = /^\/(zoom|meet|dev|hooks|d|sign-in\/.+|sign-out|look-around|invitations|healthz|readyz)(\/|$)|\/callback(\/|$)/;
const KEPT = /^\/sessions\/\d+(\/beside|\/wrap-up|\/history)?$/;
const PAST = /^\/sessions\/\d+\/history\/edits$/;
const BUILT = /^\/static\/build\//;

/**
 * @param {{method: string, mode: string, url: string}} request
 * @param {string} origin ours
 * @returns {Kind}
 */
export function kindOf({ method, mode, url }, origin) {
  const { pathname, origin: theirs } = new URL(url);
  if (method !== "GET" || theirs !== origin) return "none";
  if (BUILT.test(pathname)) return "file";
  if (PAST.test(pathname)) return "kept";
  if (mode !== "navigate" || NEVER.test(pathname)) return "none";
  return KEPT.test(pathname) ? "kept" : "page";
}

/** Whether this is the page that those are led to who are not signed in. @param {string} url */
export function isDoor(url) {
  return new URL(url).pathname === "/sign-in";
}

/**
 * Whether a request may bring somebody else in here, or change how pages are written for who is here: any form but those
 * about sessions and what was agreed in them, and the way back from a provider.
 * @param {{method: string, mode: string, url: string}} request
 */
export function mayChangeWho({ method, mode, url }) {
  const { pathname } = new URL(url);
  if (mode !== "navigate") return false;
  return method === "GET" ? /\/callback$/.test(pathname) : !/^\/(sessions|items|mentorships|d)\//.test(pathname);
}

/** Whether a request may change what pages show: a deed, but for taking one's seat. @param {{method: string, url: string}} request */
export function isDeed({ method, url }) {
  return method !== "GET" && method !== "HEAD" && !/\/seat$|^\/socket\.io\//.test(new URL(url).pathname);
}

/** By what a page is kept: what it was asked besides does not matter. @param {string} url */
export function keyOf(url) {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** Whether a page says what failed just now: that is no copy for later. @param {string} url */
export function tellsOfFailure(url) {
  return new URL(url).searchParams.has("failed");
}

/** The built files that a page names. @param {string} html @returns {string[]} */
export function filesNamedIn(html) {
  return [...new Set(html.match(/\/static\/build\/[\w.-]+/g) ?? [])];
}

/**
 * Of the open pages, the one that shows a session: best at this address, else anywhere.
 * @template {{url: string}} Open
 * @param {readonly Open[]} open
 * @param {string} address of a page of the session
 * @returns {Open | undefined}
 */
export function shownAt(open, address) {
  const session = /^\/sessions\/\d+/.exec(address)?.[0];
  const paths = open.map(({ url }) => new URL(url).pathname);
  const at = paths.indexOf(address);
  return open[at === -1 ? paths.findIndex((path) => path === session || path.startsWith(`${session}/`)) : at];
}
