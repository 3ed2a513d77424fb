import * as Y from "yjs";

/**
 * The fields without which nobody sees an entry any more. When both partners change one of them and one takes that back,
 * Yjs finds the value before overwritten by the other's and leaves none at all (seen in yjs 13.6.33).
 *
 * @typedef {Map<Y.Map<any>, Record<string, unknown>>} Values of each entry
 */

/**
 * @param {Y.AbstractType<any>[]} types
 * @returns {Values}
 */
export function fieldsOf(types) {
  return new Map(entriesIn(types).map((entry) => [entry, Object.fromEntries(entry.entries())]));
}

/**
 * Gives entries that lack such a field the value they had, or any that lets them be seen.
 * @param {Y.AbstractType<any>[]} types
 * @param {Values} before
 */
export function restoreFields(types, before) {
  for (const entry of entriesIn(types)) {
    for (const [name, value] of Object.entries(neededBy(entry))) {
      if (!entry.has(name)) entry.set(name, before.get(entry)?.[name] ?? value);
    }
  }
}

/** @param {Y.Map<any>} entry @returns {Record<string, string>} */
function neededBy(entry) {
  if (entry.has("title")) return { rank: "a0", state: "open" };
  return entry.has("by") ? { rank: "a0" } : { rank: "a0", owner: "mentee" };
}

/**
 * Every talking point, note and action item.
 * @param {Y.AbstractType<any>[]} types
 * @returns {Y.Map<any>[]}
 */
function entriesIn(types) {
  return types.flatMap((type) => {
    if (!(type instanceof Y.Map)) return [];
    const entries = [...type.values()].filter((entry) => entry instanceof Y.Map);
    return [...entries, ...entriesIn(entries.map((entry) => entry.get("notes")))];
  });
}
