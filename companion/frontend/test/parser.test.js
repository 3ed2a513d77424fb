import assert from "node:assert/strict";
import { test } from "node:test";
import * as Y from "yjs";

import { Decoder, Encoder } from "../src/agenda/parser.js";

const bytes = (...hex) => Uint8Array.from(hex.join("").match(/../g), (pair) => parseInt(pair, 16));

function decoded(chunk) {
  const decoder = new Decoder();
  let packet;
  decoder.on("decoded", (one) => (packet = one));
  decoder.add(chunk);
  return packet;
}

test("a Uint8Array travels as MessagePack's bytes, also when it looks into a larger buffer", () => {
  const view = Uint8Array.of(9, 9, 1, 2, 255, 9).subarray(2, 5);
  const [packet] = new Encoder().encode({ type: 2, nsp: "/agenda", data: ["edit", view] });
  // {"type": 2, "nsp": "/agenda", "data": ["edit", b"\x01\x02\xff"]} as Python's msgpack writes it
  assert.deepEqual(packet, bytes("83a47479706502a36e7370a72f6167656e6461a46461746192a465646974c4030102ff"));
});

test("bytes from the server arrive as a Uint8Array, from a browser's ArrayBuffer too", () => {
  const chunk = bytes("83a47479706502a46461746192a465646974c4030102ffa36e7370a72f6167656e6461");
  for (const form of [chunk, chunk.buffer]) {
    const { data } = decoded(form);
    assert.ok(data[1] instanceof Uint8Array);
    assert.deepEqual([...data[1]], [1, 2, 255]);
  }
});

test("an edit comes through whole", () => {
  const doc = new Y.Doc();
  doc.getText("t").insert(0, "naïve 🙂");
  const update = Y.encodeStateAsUpdate(doc);
  const [chunk] = new Encoder().encode({ type: 2, nsp: "/agenda", data: ["edit", update], id: 7 });
  const packet = decoded(chunk);
  assert.equal(packet.id, 7);
  const copy = new Y.Doc();
  Y.applyUpdate(copy, packet.data[1]);
  assert.equal(copy.getText("t").toString(), "naïve 🙂");
});

test("what is no packet is refused", () => {
  const encode = (packet) => new Encoder().encode(packet)[0];
  const bad = [
    bytes("c1"),
    bytes("93010203"),
    encode({ type: 9, nsp: "/agenda" }),
    encode({ type: 2, nsp: "/agenda", data: "edit" }),
    encode({ type: 2, nsp: "/agenda", data: [7] }),
    encode({ type: 2, nsp: 7, data: ["edit"] }),
    encode({ type: 3, nsp: "/agenda", data: [] }),
    encode({ type: 2, nsp: "/agenda", data: ["edit"], id: "7" }),
    bytes("81a95f5f70726f746f5f5f01"),
  ];
  for (const chunk of bad) assert.throws(() => decoded(chunk), String(chunk));
});
