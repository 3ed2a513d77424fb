import assert from "node:assert/strict";
import { test } from "node:test";

import { byRank, freshRanks, rankBetween } from "../src/agenda/rank.js";

test("a key sorts between its neighbours", () => {
  const [low, high] = freshRanks(2);
  const key = rankBetween(low, high);
  assert.ok(low < key && key < high);
});

test("two people who move to the same place at once get different keys", () => {
  const [low, high] = freshRanks(2);
  const keys = new Set(Array.from({ length: 100 }, () => rankBetween(low, high)));
  assert.ok(keys.size > 90);
});

for (const [end, next] of [
  ["end", (key) => rankBetween(key, null)],
  ["beginning", (key) => rankBetween(null, key)],
]) {
  test(`a thousand keys added at the ${end} stay short and in order`, () => {
    const keys = [null];
    for (let count = 0; count < 1000; count++) keys.push(next(keys.at(-1)));
    const added = end === "end" ? keys.slice(1) : keys.slice(1).reverse();
    assert.deepEqual(added, [...added].sort((a, b) => (a < b ? -1 : 1)));
    assert.ok(Math.max(...added.map((key) => key.length)) <= 10);
  });
}

test("keys that leave no room, or are no keys, give none", () => {
  const [low, high] = freshRanks(2);
  assert.equal(rankBetween(high, low), null);
  assert.equal(rankBetween(low, low), null);
  assert.equal(rankBetween("", "???"), null);
  assert.equal(rankBetween("a0", `a0${"0".repeat(300)}1`), null);
});

test("equal ranks have one order on every device", () => {
  const [one, two] = [{ rank: "a0", id: "x" }, { rank: "a0", id: "y" }];
  assert.deepEqual([two, one].sort(byRank), [one, two]);
});
