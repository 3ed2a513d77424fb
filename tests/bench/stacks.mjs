// What is measured: Alongside and its peers, each by the wire that its own browsers speak.
import { setTimeout as sleep } from "node:timers/promises";

import { PEERS } from "./lines.mjs";
import { Seat, Y } from "./seat.mjs";

const SEATS = { ours: Seat, ...PEERS };
const AT_ONCE = 50; // edits between two breaths
const SILENCE = 1_000; // ms after which all is taken to have arrived

/** @param {string} wire @param {string} url @param {any} place */
export function seatFor(wire, url, place) {
  return new SEATS[wire](url, place);
}

/** The edits with which the documents of a plan begin. @param {{seed: string[]}} plan */
export function beginningOf({ seed }) {
  return seed.map((edit) => Buffer.from(edit, "base64"));
}

/** Writes them into each document. @param {{wire: string, url: string, rooms: any[][], seed: string[]}} plan */
export async function begin(plan) {
  const { wire, url, rooms } = plan;
  const edits = beginningOf(plan);
  if (edits.length === 0) return;
  for (const [place, partner] of rooms) {
    const [writer, reader] = [seatFor(wire, url, place), seatFor(wire, url, partner)];
    let heardAt = 0;
    reader.heard.edit = () => (heardAt = performance.now());
    await Promise.all([writer.open(""), reader.open("")]);
    for (const [at, edit] of edits.entries()) {
      writer.say("edit", edit);
      if (at % AT_ONCE === AT_ONCE - 1) await sleep(5);
    }
    do await sleep(100);
    while (performance.now() - heardAt < SILENCE);
    writer.close();
    reader.close();
  }
}

/** The letters of all notes in a document. @param {Uint8Array[]} updates */
export function lettersIn(updates) {
  const doc = new Y.Doc();
  Y.transact(doc, () => updates.forEach((update) => Y.applyUpdate(doc, update)));
  const topics = [...doc.getMap("talking_points").values()];
  return topics.flatMap((topic) => [...topic.get("notes").values()].map((note) => note.get("text").toString())).join("");
}
