/** So many lines are taken from one paste, and so long may each of them be. */
export const MOST_LINES = 100;
export const LONGEST_LINE = 2_000;

/** What lists begin their lines with, in letters and documents: "- ", "• ", "2. ", "[ ] ". */
const BULLET = /^(?:(?:[-*+•◦‣–—]|\d{1,3}[.)]|\[[ xX]?\])\s+)+/u;

/**
 * The lines of a pasted text that say something, without what marked them as lines of a list.
 * @param {string} text
 * @returns {string[]}
 */
export function linesIn(text) {
  return text
    .toWellFormed()
    .split(/\r\n|[\n\r\u2028\u2029]/u)
    .map((line) => line.trim().replace(BULLET, ""))
    .filter(Boolean);
}

/**
 * Why these lines can't be taken, as a sentence; null when they can.
 * @param {string[]} lines
 */
export function complaintAbout(lines) {
  const what = `Nothing was added, and your copy is still there`;
  if (lines.length > MOST_LINES) return `That is ${lines.length} lines. ${what}: paste up to ${MOST_LINES} at a time.`;
  const long = lines.find((line) => line.length > LONGEST_LINE);
  return long ? `One line has more than ${LONGEST_LINE} characters. ${what}: split it up.` : null;
}
