/**
 * What the service worker keeps on this device, by the names of its caches. The worker and the pages share these names.
 */

/** Followed by a version: the built files of that version. */
export const FILES_OF = "alongside-files-";
/** Followed by a sign-in: the pages that its person opened. There is one at most; another's is removed before. */
export const PAGES_OF = "alongside-pages-";
/** What the worker has to remember while it sleeps. */
export const NOTES = "alongside-notes";

/** What the worker says to a page that is an old copy, once it has the new one. */
export const NEWER = "alongside-newer";

/** @param {string} start */
export async function cachesNamed(start) {
  return (await caches.keys()).filter((name) => name.startsWith(start));
}

/**
 * Removes every page that is kept on this device, but for those of one sign-in.
 * @param {string} [staying]
 */
export async function forgetPages(staying = "") {
  const others = (await cachesNamed(PAGES_OF)).filter((name) => name !== PAGES_OF + staying);
  await Promise.all(others.map((name) => caches.delete(name)));
}
