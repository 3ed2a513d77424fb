/** Days in words, as the server says them. A day is written as 2026-12-01. */

const DAY = 86_400_000;

/**
 * @param {string} zone an IANA name
 * @param {number} [at] milliseconds of the Unix clock
 */
export function todayIn(zone, at = Date.now()) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/**
 * "Today", "Thu 26", "5 days late".
 * @param {string} due
 * @param {string} today
 */
export function dueWords(due, today) {
  const days = Math.round((Date.parse(due) - Date.parse(today)) / DAY);
  if (days < 0) return days === -1 ? "1 day late" : `${-days} days late`;
  if (days < 2) return days === 0 ? "Today" : "Tomorrow";
  return due.slice(0, 7) === today.slice(0, 7) ? words(due, false, false) : dayWords(due, today);
}

/**
 * "Fri 27 Nov"; the year where it isn't this one.
 * @param {string} day
 * @param {string} today
 */
export function dayWords(day, today) {
  return words(day, true, day.slice(0, 4) !== today.slice(0, 4));
}

/** @param {string} day @param {boolean} month @param {boolean} year */
function words(day, month, year) {
  /** @type {Intl.DateTimeFormatOptions} */
  const parts = { weekday: "short", day: "numeric", timeZone: "UTC" };
  if (month) parts.month = "short";
  if (year) parts.year = "numeric";
  const said = Object.fromEntries(
    new Intl.DateTimeFormat("en-US", parts).formatToParts(Date.parse(day)).map(({ type, value }) => [type, value]),
  );
  return [said.weekday, said.day, said.month, said.year].filter(Boolean).join(" ");
}
