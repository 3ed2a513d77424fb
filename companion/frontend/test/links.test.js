import assert from "node:assert/strict";
import { test } from "node:test";

import { linksIn } from "../src/agenda/links.js";

const addresses = (text) => linksIn(text).map(({ address }) => address);

test("addresses are found amid words, each once, without the sentence's punctuation", () => {
  assert.deepEqual(addresses("Read https://example.org/a, then (https://example.org/b). And https://example.org/a!"), [
    "https://example.org/a",
    "https://example.org/b",
  ]);
  assert.deepEqual(addresses("https://en.wikipedia.org/wiki/Mentor_(Odyssey)"), ["https://en.wikipedia.org/wiki/Mentor_(Odyssey)"]);
});

test("what is no page is no link", () => {
  for (const text of ["javascript:alert(1)", "ftp://example.org", "https://", "example.org", "http://[", ""]) {
    assert.deepEqual(addresses(text), [], text);
  }
});

test("a long address is shown short, and led to whole", () => {
  const [link] = linksIn(`https://www.example.org/${"x".repeat(100)}`);
  assert.equal(link.words.length, 40);
  assert.ok(link.words.startsWith("example.org/xxx") && link.words.endsWith("…"));
  assert.equal(link.address.length, 124);
});
