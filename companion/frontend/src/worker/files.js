import { FILES_OF } from "../shell/caches.js";

/** Built files: each is the same for ever, so what is kept is as good as what would be fetched. */

const OWN = FILES_OF + VERSION;
const OFFLINE = "/offline";
/** What a page is built from never differs by who asks. */
const ANYBODYS = { ignoreVary: true };

/** Keeps this version's files, and the page for when there is no network. Rejects unless all are there. */
export async function keepFiles() {
  const cache = await caches.open(OWN);
  const wanted = FILES.map(async (address) => cache.put(address, (await caches.match(address, ANYBODYS)) ?? (await fetched(address))));
  await Promise.all([...wanted, cache.put(OFFLINE, await fetched(OFFLINE))]);
}

/**
 * A built file, of this version or of one that open pages still need.
 * @param {FetchEvent} event
 */
export async function fileFor({ request }) {
  const own = await caches.open(OWN);
  const kept = (await own.match(request, ANYBODYS)) ?? (await caches.match(request, ANYBODYS));
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.status === 200) await own.put(request, fresh.clone());
  return fresh;
}

export async function offlinePage() {
  const own = await caches.open(OWN);
  return (await own.match(OFFLINE, ANYBODYS)) ?? Response.error();
}

/** Without the cookie: what is kept for everybody must not be anybody's. @param {string} address */
async function fetched(address) {
  const response = await fetch(address, { credentials: "omit", priority: "low" });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}
