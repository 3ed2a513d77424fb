import { cachesNamed, FILES_OF } from "../shell/caches.js";
import { filesNamedIn } from "./addresses.js";
import { keptPages } from "./kept.js";
import { note, recall } from "./notes.js";
import { keepAnew } from "./pages.js";

/**
 * One version after the other. A new worker takes over at once and reloads nobody: pages that are open go on with their old
 * files, which stay until the last of these pages is gone and no kept page names them.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
/** The pages that were open when a new version came. */
const LEAVING = "leaving";

export async function takeOver() {
  const open = await openPages();
  if ((await oldFiles()).length > 0) await note(LEAVING, [...(await leaving()), ...open.map(({ id }) => id)]);
  await worker.clients.claim();
  await keepAnew([...open, ...(await keptPages())].map(({ url }) => url));
}

/** Removes the files of old versions, once nobody needs them. */
export async function sweep() {
  const { installing, waiting } = worker.registration;
  if (installing || waiting) return; // its files are no old ones
  const old = await oldFiles();
  if (old.length === 0) return;
  const open = new Set((await openPages()).map(({ id }) => id));
  if ((await leaving()).some((id) => open.has(id)) || (await isOldPageKept())) return;
  await Promise.all([note(LEAVING, []), ...old.map((name) => caches.delete(name))]);
}

const leaving = () => recall(LEAVING, /** @type {string[]} */ ([]));
const openPages = () => worker.clients.matchAll({ type: "window", includeUncontrolled: true });

async function oldFiles() {
  return (await cachesNamed(FILES_OF)).filter((name) => name !== FILES_OF + VERSION);
}

async function isOldPageKept() {
  const own = new Set(FILES);
  for (const { cache, url } of await keptPages()) {
    const html = await (await cache.match(url, { ignoreVary: true }))?.text();
    if (filesNamedIn(html ?? "").some((file) => !own.has(file))) return true;
  }
  return false;
}
