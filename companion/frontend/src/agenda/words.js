import * as Y from "yjs";

/**
 * What a person wrote in these edits, as texts to copy: each line as it is now, or, where its line is gone, the words alone.
 * @param {Y.Doc} doc that has the edits
 * @param {Uint8Array[]} updates
 * @returns {string[]}
 */
export function wordsIn(doc, updates) {
  /** @type {Set<string>} */ const lines = new Set();
  /** @type {{words: string, next: string}[]} */ const strays = [];
  for (const struct of updates.flatMap((update) => Y.decodeUpdate(update).structs)) {
    if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) continue;
    const line = lineWith(doc, struct.id);
    if (line === null) gather(strays, struct, struct.content.str);
    else lines.add(line);
  }
  return [...lines, ...strays.map(({ words }) => words)].map((text) => text.trim()).filter(Boolean);
}

/**
 * The whole text that a piece is in; null when it is gone, "" when only the piece is.
 * @param {Y.Doc} doc
 * @param {Y.ID} id
 */
function lineWith(doc, id) {
  if (Y.getState(doc.store, id.client) <= id.clock) return null;
  const item = Y.getItem(doc.store, id);
  const text = item.parent;
  if (!(text instanceof Y.Text) || isGone(text)) return null;
  return item.deleted ? "" : text.toString();
}

/**
 * Whether a shared type, or what it is in, was removed.
 * @param {Y.AbstractType<any>} type
 * @returns {boolean}
 */
function isGone(type) {
  const item = type._item;
  return item !== null && (item.deleted || !(item.parent instanceof Y.AbstractType) || isGone(item.parent));
}

/**
 * Joins a piece to the one it was typed behind.
 * @param {{words: string, next: string}[]} strays
 * @param {Y.Item} item
 * @param {string} words
 */
function gather(strays, item, words) {
  const { client, clock } = item.id;
  const next = `${client}:${clock + item.length - 1}`;
  const before = item.origin && `${item.origin.client}:${item.origin.clock}`;
  const stray = strays.find((one) => one.next === before);
  if (stray) Object.assign(stray, { words: stray.words + words, next });
  else strays.push({ words, next });
}
