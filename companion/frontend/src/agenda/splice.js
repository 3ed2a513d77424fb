/**
 * What turned one text into another, as one splice. Positions count UTF-16 units, as fields and `Y.Text` do.
 * @typedef {{at: number, removed: number, added: string}} Splice
 * @typedef {{retain?: number | undefined, delete?: number | undefined, insert?: unknown}[]} Delta how a `Y.Text` tells of a change
 */

/**
 * The smallest splice that makes `after` of `before`. What stands behind the caret was there before, which tells "aa|"
 * typed after an "a" from "a|a" typed before it, so that a partner's caret between them stays where it is.
 * @param {string} before
 * @param {string} after
 * @param {number} caret in `after`
 * @returns {Splice | null} null when they are equal
 */
export function spliceBetween(before, after, caret) {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let tail = 0;
  const longestTail = Math.min(shorter, after.length - caret);
  while (tail < longestTail && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  if (splitsPair(before, before.length - tail) || splitsPair(after, after.length - tail)) tail--;
  let head = 0;
  while (head < shorter - tail && before[head] === after[head]) head++;
  if (splitsPair(before, head) || splitsPair(after, head)) head--;
  return { at: head, removed: before.length - tail - head, added: after.slice(head, after.length - tail) };
}

/**
 * Where a caret is after a change. What is inserted right at it stays behind it, or with `push` goes before it.
 * @param {number} caret
 * @param {Delta} delta
 * @param {boolean} push
 */
export function caretAfter(caret, delta, push) {
  let at = 0;
  for (const { retain = 0, delete: removed = 0, insert } of delta) {
    const added = lengthOf(insert);
    if (at < caret || (push && at === caret)) caret += added;
    caret -= Math.min(removed, Math.max(0, caret - at));
    at += retain + added;
  }
  return caret;
}

/**
 * Where the character at `place` is after a change; -1 when it was removed.
 * @param {number} place
 * @param {Delta} delta
 */
export function placeAfter(place, delta) {
  let at = 0;
  for (const { retain = 0, delete: removed = 0, insert } of delta) {
    const added = lengthOf(insert);
    if (place >= at && place < at + removed) return -1;
    if (place >= at) place += added - removed;
    at += retain + added;
  }
  return place;
}

/** @param {unknown} insert */
function lengthOf(insert) {
  if (typeof insert === "string") return insert.length;
  return insert === undefined ? 0 : 1;
}

/**
 * Whether a cut at `at` would part the two halves of a character outside the basic plane, such as an emoji.
 * @param {string} text
 * @param {number} at
 */
function splitsPair(text, at) {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, at - 1), at + 1));
}
