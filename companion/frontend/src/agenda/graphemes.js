const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * The place at or before `caret` at which words can be cut and every sign stays whole: an emoji or a letter with its
 * accent may be many units long. Past the end it is the end.
 * @param {string} words
 * @param {number} caret
 */
export function cutAt(words, caret) {
  return graphemes.segment(words).containing(caret)?.index ?? words.length;
}
