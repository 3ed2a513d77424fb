import assert from "node:assert/strict";
import { test } from "node:test";

import { caretsOf } from "../src/session/carets.js";

const WHO = { role: "mentor", partner: "mentee", names: { mentor: "Ruth", mentee: "Mateo" }, locale: "en-GB", zone: "UTC" };
const typing = (role, caret, field = "topic:a") => ({ seat: `${role}${caret}`, role, field, caret, typing: true });

/** Ruth's view of these others. */
function seen(...others) {
  return caretsOf({ others: new Map(others.map((other) => [other.seat, other])) }, WHO).at("topic:a");
}

test("the partner's caret bears their name", () => {
  assert.deepEqual(seen(typing("mentee", 3)), { role: "mentee", caret: 3, name: "Mateo" });
  assert.equal(seen(typing("mentee", null)).caret, Infinity);
});

test("one's own caret on another device is not the partner's", () => {
  assert.deepEqual(seen(typing("mentor", 2)), { role: "mentor", caret: 2, name: "You, on another device" });
});

test("where both write the partner's is shown, and none where nobody does", () => {
  assert.equal(seen(typing("mentor", 2), typing("mentee", 3)).name, "Mateo");
  assert.equal(seen({ ...typing("mentee", 3), typing: false }, typing("mentee", 1, "topic:b")), null);
});
