/**
 * Whether a day that stands in a line is the day something is due. What could be meant otherwise is none: a date that
 * nobody meant is worse than one to be added.
 *
 * @import { FoundDay } from "./dates.js"
 * @import { Around } from "./day-words.js"
 * @typedef {import("chrono-node").ParsedResult} Found
 */

/** What makes a day a vague stretch: no due date. */
const VAGUE = /^(?:last|past|previous)\b|\b(?:week|weeks|weekend|month|year|quarter)$/i;
/** What shows that the day is only the beginning of something else: 2.10.3 */
const RUNS_ON = /^(?:[\p{L}\p{N}]|[./:-]\p{N})/u;
/** What makes it a day of another week: "Friday of next week", "el viernes de la próxima semana". */
const IN_A_WEEK = /^\s+(?:\p{L}+\s+){0,3}(?:week|woche|semana|semaine|settimana)(?!\p{L})/iu;
const COUNTED = /\d|\b(?:one|two|three|four|a)\b/i;

/**
 * The due date in what the parser found; null: it is none, or could be meant otherwise.
 * @param {Found} found
 * @param {string} line
 * @param {string} today
 * @param {Around} around
 * @param {(words: string) => Found[]} parse
 * @returns {FoundDay | null}
 */
export function dueDay(found, line, today, around, parse) {
  const part = withoutTime(found, parse);
  if (!part || found.end || (VAGUE.test(part.words) && !COUNTED.test(part.words))) return null;
  const at = found.index + part.at;
  const behind = line.slice(at + part.words.length).match(around.behind)?.[0] ?? "";
  const to = at + part.words.length + behind.length;
  const before = line.slice(0, at).match(around.before)?.[0] ?? "";
  const from = at - before.length;
  const day = dayOf(found);
  if (day < today || around.veto.test(line.slice(0, from)) || isMore(line.slice(to))) return null;
  const stands = before || behind || isRelative(found) || isEnd(line, found) || (!line.slice(0, at).trim() && !isShort(part.words));
  return stands ? { from, to, day } : null;
}

/** @param {string} rest of the line: whether it makes the day another */
function isMore(rest) {
  return RUNS_ON.test(rest) || IN_A_WEEK.test(rest);
}

/** @param {string} line @param {Found} found whether nothing follows it, but for a time of day */
function isEnd(line, { index, text }) {
  return /^[\s.,;!]*$/.test(line.slice(index + text.length));
}

/** "Tomorrow" and "in 2 weeks" are days wherever they stand; "Friday" before a noun is not. @param {Found} found */
function isRelative({ start }) {
  return [...start.tags()].some((tag) => /^(?:casualReference|result\/relative)/.test(tag));
}

/** "sat", "may" and "1/2" are also plain words. @param {string} words */
function isShort(words) {
  return !words.includes(" ") && (words.length <= 5 || /^[\d/.]+$/.test(words));
}

/**
 * The words that name the day alone: a time of day stays in the text, so that nothing said is lost.
 * @param {Found} found
 * @param {(words: string) => Found[]} parse
 */
function withoutTime(found, parse) {
  if (!hasDay(found)) return null;
  if (!hasTime(found)) return { words: found.text, at: 0 };
  const cuts = [...found.text.matchAll(/\s+/g)].map((gap) => ({ end: gap.index, start: gap.index + gap[0].length }));
  const heads = cuts.toReversed().map(({ end }) => ({ words: found.text.slice(0, end), at: 0 }));
  const tails = cuts.map(({ start }) => ({ words: found.text.slice(start), at: start }));
  return [...heads, ...tails].find(({ words }) => {
    const [again] = parse(words);
    return again?.text === words && hasDay(again) && !hasTime(again) && dayOf(again) === dayOf(found);
  });
}

/** @param {Found} found */
function hasDay({ start }) {
  return start.isCertain("day") || start.isCertain("weekday");
}

/** @param {Found} found @returns {boolean} said or implied ("tonight"): the reference is noon */
function hasTime({ start }) {
  return start.isCertain("hour") || start.get("hour") !== 12;
}

/** @param {Found} found */
function dayOf({ start }) {
  const [year, month, day] = [start.get("year"), start.get("month"), start.get("day")].map(Number);
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
