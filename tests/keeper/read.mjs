// Reads agendas as a browser does: one line of hex edits in, one line of the roots out, as keeper/yrs.py gives them.
import readline from "node:readline";

import * as Y from "../../companion/frontend/node_modules/yjs/dist/yjs.mjs";

const MAPS = ["talking_points", "action_items", "run"];
const TEXTS = ["takeaway_mentor", "takeaway_mentee"];

/** @param {string[]} edits */
function roots(edits) {
  const doc = new Y.Doc();
  for (const edit of edits) Y.applyUpdate(doc, Buffer.from(edit, "hex"));
  if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error("something was left pending");
  const maps = MAPS.map((name) => [name, JSON.stringify(doc.getMap(name).toJSON())]);
  return Object.fromEntries([...maps, ...TEXTS.map((name) => [name, doc.getText(name).toString()])]);
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify(roots(JSON.parse(line))));
  } catch (error) {
    console.log(JSON.stringify({ broke: String(error) }));
  }
}
