/**
 * Where the board is shown: on the page, or in a window of its own that floats above the call (session/float.js). Elements
 * look here for what stands beside them, since the script's own `document` stays the page's.
 *
 * @typedef {(event: any) => void} Listener
 */
export const shown = { document };

/** @type {Set<{type: string, listener: Listener}>} */
const everywhere = new Set();

/**
 * Listens on the whole document that is shown, also on one that comes later.
 * @param {string} type
 * @param {Listener} listener
 * @param {AbortSignal} [signal] ends it
 */
export function listen(type, listener, signal) {
  const one = { type, listener };
  everywhere.add(one);
  for (const each of new Set([document, shown.document])) each.addEventListener(type, listener, signal ? { signal } : {});
  signal?.addEventListener("abort", () => everywhere.delete(one));
}

/** Shows the board in another document from now on; the elements in it must be upgraded. @param {Document} other */
export function showIn(other) {
  if (other !== document) for (const { type, listener } of everywhere) other.addEventListener(type, listener);
  shown.document = other;
}

/**
 * What a fetched page holds, ready to be put where the board is shown: another window knows none of our elements.
 * @param {ParentNode} from
 * @returns {Node[]}
 */
export function broughtHere(from) {
  const nodes = [...from.childNodes].map((node) => document.adoptNode(node));
  nodes.forEach((node) => customElements.upgrade(node));
  return nodes;
}
