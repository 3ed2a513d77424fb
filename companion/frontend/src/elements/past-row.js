import { ref, say } from "./markup.js";

/** @import { Change } from "../agenda/past.js" */
/** @import { Who } from "./view.js" */

const KINDS = { topic: "a talking point", note: "a note", item: "an action item", takeaway: "a takeaway" };
const TIME = /** @type {const} */ ({ weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });

/**
 * Says in a row what happened to a line.
 * @param {HTMLElement} row
 * @param {Change} change
 * @param {Who} who
 */
export function fillPast(row, change, { names, role, locale, zone }) {
  const { at, by, was, is } = change;
  row.dataset.seat = by ?? "";
  const name = by === null ? "Somebody" : by === role ? "You" : names[by];
  say(ref(row, "what"), `${name} ${deedOf(change)}`);
  const when = /** @type {HTMLTimeElement} */ (ref(row, "when"));
  when.hidden = at === 0;
  when.dateTime = new Date(at * 1000).toISOString();
  say(when, new Date(at * 1000).toLocaleString(locale, { timeZone: zone, ...TIME }));
  ref(row, "was").hidden = !was;
  ref(row, "is").hidden = !is;
  say(ref(row, "was"), was?.words ?? "");
  say(ref(row, "is"), is?.words ?? "");
  say(ref(row, "name"), ` ${was?.words ?? ""}`);
  return row;
}

/** @param {Change} change */
function deedOf({ was, is }) {
  const line = was ?? is;
  if (!line) return "wrote";
  const notes = line.kind === "topic" && !is ? line.entry.notes.length : 0;
  const withNotes = notes === 0 ? "" : notes === 1 ? " with a note" : ` with ${notes} notes`;
  return `${was && is ? "changed" : was ? "removed" : "wrote"} ${KINDS[line.kind]}${withNotes}`;
}
