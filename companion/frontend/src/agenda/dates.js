import { wordsAround } from "./day-words.js";
import { dueDay } from "./due-day.js";

/**
 * Days in sentences. A day is written as 2026-12-01, never as a Date: it belongs to no time zone.
 *
 * @import { Around } from "./day-words.js"
 * @import { Found } from "./due-day.js"
 * @typedef {{from: number, to: number, day: string}} FoundDay where in a line a day is named, its preposition included
 * @typedef {(line: string, today: string) => FoundDay | null} FindDay
 * @typedef {Pick<import("chrono-node").Chrono, "parse">} Parser
 */

/** @type {Record<string, () => Promise<{casual: Parser}>>} */
const LANGUAGES = {
  de: () => import("chrono-node/de"),
  es: () => import("chrono-node/es"),
  fr: () => import("chrono-node/fr"),
  it: () => import("chrono-node/it"),
  nl: () => import("chrono-node/nl"),
  pt: () => import("chrono-node/pt"),
};

/**
 * Fetches what understands days in the reader's language and in English, with their order of day and month.
 * @param {string} locale as en-GB
 * @returns {Promise<FindDay>}
 */
export async function loadDays(locale) {
  const language = locale.split("-")[0] ?? "en";
  const [en, own] = await Promise.all([import("chrono-node/en"), LANGUAGES[language]?.()]);
  const english = dayFinder(monthFirst(locale) ? en.casual : en.GB, wordsAround("en", language));
  const native = own ? dayFinder(own.casual, wordsAround(language, language)) : () => null;
  return (line, today) => native(line, today) ?? english(line, today);
}

/** @param {string} locale whether 3/4 is the 4th of March there */
function monthFirst(locale) {
  const order = new Intl.DateTimeFormat(locale).formatToParts(0).map((part) => part.type);
  return order.indexOf("month") < order.indexOf("day");
}

/**
 * @param {Parser} parser
 * @param {Around} around
 * @returns {FindDay}
 */
function dayFinder(parser, around) {
  return (line, today) => {
    /** @param {string} words @returns {Found[]} */
    const parse = (words) => parser.parse(words, noonOf(today), { forwardDate: true });
    const days = parse(line).map((found) => dueDay(found, line, today, around, parse));
    return days.findLast((day) => day !== null) ?? null;
  };
}

/** @param {string} day */
function noonOf(day) {
  return new Date(`${day}T12:00:00`);
}
