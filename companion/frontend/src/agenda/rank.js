import { generateKeyBetween, generateNKeysBetween } from "fractional-indexing";

// Two people may move something to the same place at once. With 16 coin tosses their keys differ, but for one in 65,536.
const TOSSES = 16;

/** Readers drop what has a longer rank. Honest keys have 5 to 20 letters. */
export const LONGEST_RANK = 256;

/**
 * A key that sorts after `before` and before `after`; null stands for the end of the list.
 * @param {string | null} before
 * @param {string | null} after
 * @returns {string | null} null when there is no room: keys that are equal, in the wrong order, or no keys at all
 */
export function rankBetween(before, after) {
  if (before !== null && after !== null && before >= after) return null;
  try {
    const rank = jittered(before, after);
    return rank.length <= LONGEST_RANK ? rank : null;
  } catch {
    return null;
  }
}

/**
 * Fresh keys for a whole list, in order.
 * @param {number} count
 */
export function freshRanks(count) {
  return generateNKeysBetween(null, null, count);
}

/**
 * What sorts by rank, then by id, so that equal ranks have one order on every device.
 * @param {{rank: string, id: string}} a
 * @param {{rank: string, id: string}} b
 */
export function byRank(a, b) {
  return compare(a.rank, b.rank) || compare(a.id, b.id);
}

/**
 * @param {string} a
 * @param {string} b
 */
function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}

/**
 * @param {string | null} before
 * @param {string | null} after
 */
function jittered(before, after) {
  // At an open end a whole step is taken first: halving the way to infinity would lengthen the key with each append.
  let low = before;
  let high = after;
  if (after === null) high = generateKeyBetween((low = generateKeyBetween(before, null)), null);
  else if (before === null) low = generateKeyBetween(null, (high = generateKeyBetween(null, after)));
  for (let toss = 0; toss < TOSSES; toss++) {
    const middle = generateKeyBetween(low, high);
    if (Math.random() < 0.5) low = middle;
    else high = middle;
  }
  return generateKeyBetween(low, high);
}
