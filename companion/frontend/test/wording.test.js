import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { wording, wordings } from "../src/agenda/wording.js";
import { agreedWords, allWords, assent } from "../src/elements/agreed.js";

const SAID = JSON.parse(readFileSync(new URL("../../../tests/model/wordings.json", import.meta.url), "utf8"));

test("a wording has the hash that the server gives it", async () => {
  for (const { hash, ...said } of SAID) assert.equal(await wording(said), hash);
});

test("an item without words is nothing to agree to", async () => {
  const items = [{ id: "a", text: "Go", owner: "mentor", due: null }, { id: "b", text: "  ", owner: "mentor", due: null }];
  assert.deepEqual([...(await wordings(items)).keys()], ["a"]);
});

test("an agreement is to the wording of then: to another one it is none yet, and that is said", () => {
  assert.deepEqual([assent("x", "x"), assent("x", "y"), assent(undefined, "y")], ["yes", "changed", "no"]);
  assert.equal(agreedWords("no", "changed", "Ruth"), "Ruth agreed · the wording changed");
  assert.equal(agreedWords("yes", "changed", "Ruth"), "You agreed. Ruth agreed · the wording changed");
  assert.equal(agreedWords("yes", "yes", "Ruth"), "Agreed by both");
  assert.equal(agreedWords("no", "no", "Ruth"), "Not agreed yet");
});

test("who still has to agree is said under all of them", () => {
  assert.equal(allWords(["yes"], ["no"], "Ruth"), "You agreed. Ruth hasn’t to all of it yet.");
  assert.equal(allWords(["no"], ["yes"], "Ruth"), "Ruth agrees. Do you?");
  assert.equal(allWords(["yes", "changed"], ["yes", "yes"], "Ruth"), "The wording changed since you agreed.");
  assert.equal(allWords([], [], "Ruth"), "No action items this time.");
});
