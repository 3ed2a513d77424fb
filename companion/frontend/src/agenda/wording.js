/** What an action item says, as a hash: what somebody agrees to. Twin of `companion/model/agreed.py`. */

/** @import { Item } from "./shape.js" */

const LONGEST = 500;

// What Python's str.split() takes for space, written out: \s differs from it in eight signs.
// eslint-disable-next-line no-control-regex
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** @param {Pick<Item, "text" | "owner" | "due">} item @returns {Promise<string>} */
export async function wording({ text, owner, due }) {
  const words = [...text.replace(SPACES, " ").replace(/^ | $/g, "")].slice(0, LONGEST).join("");
  const said = new TextEncoder().encode([owner, due ?? "", words].join("\n"));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", said));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The hash of each item that says something, by its id.
 * @param {Item[]} items
 * @returns {Promise<Map<string, string>>}
 */
export async function wordings(items) {
  const worded = items.filter(({ text }) => text.trim());
  return new Map(await Promise.all(worded.map(async (item) => /** @type {[string, string]} */ ([item.id, await wording(item)]))));
}
