import assert from "node:assert/strict";
import { test } from "node:test";

import { dayWords, dueWords, todayIn } from "../src/agenda/due.js";

const today = "2026-11-22";

test("a due date is said as near as it is", () => {
  const said = { "2026-11-22": "Today", "2026-11-23": "Tomorrow", "2026-11-26": "Thu 26", "2026-12-01": "Tue 1 Dec" };
  for (const [due, words] of Object.entries(said)) assert.equal(dueWords(due, today), words);
});

test("late is said in days", () => {
  assert.equal(dueWords("2026-11-21", today), "1 day late");
  assert.equal(dueWords("2026-11-17", today), "5 days late");
});

test("another year is named", () => {
  assert.equal(dayWords("2026-11-27", today), "Fri 27 Nov");
  assert.equal(dueWords("2027-01-02", today), "Sat 2 Jan 2027");
});

test("today is the day where the reader is", () => {
  const at = Date.parse("2026-11-22T22:30:00Z");
  assert.equal(todayIn("Africa/Nairobi", at), "2026-11-23");
  assert.equal(todayIn("America/Santiago", at), "2026-11-22");
});
