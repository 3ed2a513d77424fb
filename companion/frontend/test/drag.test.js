import assert from "node:assert/strict";
import { test } from "node:test";

import { nextOf } from "../src/elements/drag.js";

test("what is dropped stands before the nearest of those that were seen below it", () => {
  assert.equal(nextOf(["a", "b", "c"], ["a"], ["b", "c"]), "b");
  assert.equal(nextOf(["a", "c"], ["a"], ["b", "c"]), "c");
  assert.equal(nextOf(["new", "b"], [], ["b"]), "b");
});

test("dropped last it stands behind the nearest of those above, before what came meanwhile", () => {
  assert.equal(nextOf(["a", "b"], ["a", "b"], []), null);
  assert.equal(nextOf(["a", "b", "new"], ["a", "b"], []), "new");
  assert.equal(nextOf(["a", "new"], ["a", "b"], ["c"]), "new");
});

test("when all that was seen is gone it stands first, and alone where nothing is", () => {
  assert.equal(nextOf(["new"], ["a"], ["b"]), "new");
  assert.equal(nextOf([], ["a"], ["b"]), null);
});
