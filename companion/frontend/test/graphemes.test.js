import assert from "node:assert/strict";
import { test } from "node:test";

import { cutAt } from "../src/agenda/graphemes.js";

const FAMILY = "👩‍👩‍👧";
const ACCENTED = "e\u0301";

test("between signs it is the caret itself", () => {
  for (const caret of [0, 1, 2]) assert.equal(cutAt("CV", caret), caret);
  assert.equal(cutAt(`a${FAMILY}b`, 1 + FAMILY.length), 1 + FAMILY.length);
});

test("within a sign it is where the sign begins", () => {
  for (let caret = 1; caret < FAMILY.length; caret++) assert.equal(cutAt(`a${FAMILY}b`, 1 + caret), 1);
  assert.equal(cutAt(`caf${ACCENTED}`, 4), 3);
  assert.equal(cutAt("🇰🇪🇨🇱", 6), 4);
  assert.equal(cutAt("👍🏽", 2), 0);
});

test("past the end it is the end", () => {
  assert.equal(cutAt("CV", 7), 2);
  assert.equal(cutAt("CV", Infinity), 2);
  assert.equal(cutAt("", 0), 0);
});
