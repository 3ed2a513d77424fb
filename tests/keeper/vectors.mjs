// Writes vectors.json: edits as browsers make them, with the page that both sides must read from them.
// Once in a while, where yjs is installed: node tests/keeper/vectors.mjs > tests/keeper/vectors.json
import * as Y from "yjs";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const RUN = ["now", "since_ms", "closing", "put_off_until_ms", "more_minutes", "mentor_done_ms", "mentee_done_ms"];
let seed = 7;
const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
let ids = 0;
const newId = () => `entry${String(ids++).padStart(6, "0")}`;

/** A browser tab: its document, what it has not sent yet, and its undo. */
class Tab {
  constructor(clientID) {
    this.doc = new Y.Doc();
    this.doc.clientID = clientID;
    this.unsent = [];
    this.doc.on("update", (update, origin) => origin !== "server" && this.unsent.push(update));
    this.points = this.doc.getMap("talking_points");
    this.items = this.doc.getMap("action_items");
    this.run = this.doc.getMap("run");
    this.takeaway = this.doc.getText("takeaway_mentor");
    this.undo = new Y.UndoManager([this.points, this.items, this.takeaway], { captureTimeout: 0 });
  }
  do(change) {
    this.doc.transact(() => change(this));
  }
  map(into, key, fields) {
    const map = new Y.Map();
    for (const [name, value] of Object.entries(fields)) map.set(name, value);
    into.set(key, map);
  }
  addPoint(title) {
    const id = newId();
    this.do(() => this.map(this.points, id, {
      rank: `a${random(10)}`, title: new Y.Text(title), raised_by: "mentor", minutes: 10, state: "open", from: null, notes: new Y.Map(),
    }));
    return id;
  }
  addNote(point, text) {
    const id = newId();
    this.do(() => this.map(this.points.get(point).get("notes"), id, { rank: `b${random(10)}`, by: "mentee", text: new Y.Text(text) }));
    return id;
  }
  addItem(text) {
    const id = newId();
    this.do(() => this.map(this.items, id, {
      rank: `c${random(10)}`, text: new Y.Text(text), owner: "mentee", due: "2026-12-01", done_at: null, talking_point: null,
    }));
    return id;
  }
  type(text, at, words) {
    [...words].forEach((letter) => {
      this.do(() => text.insert(at, letter));
      at += letter.length;
    });
  }
}

/** The server's log: takes edits in order and passes them on. */
class Log {
  constructor(...tabs) {
    this.tabs = tabs;
    this.updates = [];
  }
  /** Everything a tab has not sent, one by one or merged into one edit. */
  send(tab, merged = false) {
    const edits = merged && tab.unsent.length ? [Y.mergeUpdates(tab.unsent)] : tab.unsent;
    tab.unsent = [];
    for (const edit of edits) this.take(edit, tab);
  }
  take(edit, from) {
    this.updates.push(edit);
    for (const tab of this.tabs) if (tab !== from) Y.applyUpdate(tab.doc, edit, "server");
  }
}

const byRank = (one, other) => (one.rank < other.rank ? -1 : one.rank > other.rank ? 1 : one.id < other.id ? -1 : 1);
const list = (map) => Object.entries(map).map(([id, fields]) => ({ id, ...fields })).sort(byRank);
function page(doc) {
  const points = list(doc.getMap("talking_points").toJSON());
  for (const point of points) point.notes = list(point.notes);
  const run = doc.getMap("run").toJSON();
  return {
    talking_points: points,
    action_items: list(doc.getMap("action_items").toJSON()),
    run: Object.fromEntries(RUN.map((name) => [name, run[name] ?? null])),
    takeaway_mentor: doc.getText("takeaway_mentor").toString(),
    takeaway_mentee: doc.getText("takeaway_mentee").toString(),
  };
}

const stories = {};
function story(name, tell) {
  const [one, two] = [new Tab(1000 + 2 * random(1e9)), new Tab(1001 + 2 * random(1e9))];
  const log = new Log(one, two);
  tell(log, one, two);
  log.send(one);
  log.send(two);
  stories[name] = { updates: log.updates.map(hex), page: page(one.doc), full: hex(Y.encodeStateAsUpdate(one.doc)) };
  if (JSON.stringify(page(one.doc)) !== JSON.stringify(page(two.doc))) throw new Error(`${name}: tabs differ`);
}

story("typing", (log, one) => {
  const point = one.addPoint("");
  one.type(one.points.get(point).get("title"), 0, "How do I say no?");
  const note = one.addNote(point, "");
  one.type(one.points.get(point).get("notes").get(note).get("text"), 0, "politely");
  one.type(one.takeaway, 0, "say it early");
  one.do(() => one.takeaway.delete(0, 4));
  one.do(() => { one.run.set("now", point); one.run.set("since_ms", 1795300000000); });
});

story("moving", (log, one, two) => {
  const points = ["first", "second", "third"].map((title) => one.addPoint(title));
  log.send(one);
  for (const rank of ["b", "aV", "a0V", "Zz"]) one.do(() => one.points.get(points[2]).set("rank", rank));
  two.do(() => two.points.get(points[2]).set("rank", "a5"));
  one.undo.undo();
  one.undo.undo();
  log.send(two);
  one.undo.redo();
  one.do(() => { for (const rank of ["c", "d", "e"]) one.points.get(points[0]).set("rank", rank); });
});

story("undone", (log, one, two) => {
  const point = one.addPoint("Delete me");
  one.addNote(point, "with this note");
  one.type(one.points.get(point).get("title"), 9, " not");
  log.send(one);
  one.do(() => one.points.delete(point));
  log.send(one);
  one.undo.undo();
  log.send(one);
  const note = one.addNote(point, "back again");
  one.type(one.points.get(point).get("notes").get(note).get("text"), 4, ", and");
  log.send(one, true);
  one.undo.undo();
  one.undo.undo();
  one.undo.redo();
  two.type(two.points.get(point).get("title"), 0, "Do ");
  log.send(two);
  one.do(() => one.points.delete(point));
  one.undo.undo();
  log.send(one);
});

story("at once", (log, one, two) => {
  const point = one.addPoint("middle");
  log.send(one);
  const title = (tab) => tab.points.get(point).get("title");
  one.type(title(one), 3, "left");
  two.type(title(two), 3, "right");
  two.do(() => title(two).delete(0, 2));
  one.addNote(point, "mine");
  two.addNote(point, "yours");
  one.do(() => one.points.get(point).set("state", "done"));
  two.do(() => two.points.get(point).set("state", "parked"));
  log.send(two);
  log.send(one, true);
});

story("gone meanwhile", (log, one, two) => {
  const point = one.addPoint("to be deleted");
  const note = one.addNote(point, "a note");
  log.send(one);
  one.do(() => one.points.delete(point));
  two.type(two.points.get(point).get("notes").get(note).get("text"), 2, "late ");
  two.addNote(point, "too late");
  two.do(() => two.points.get(point).get("title").delete(0, 3));
  two.do(() => two.points.get(point).set("rank", "z"));
  log.send(one);
  log.send(two);
});

story("offline", (log, one, two) => {
  const kept = one.addPoint("kept");
  log.send(one);
  const state = Y.encodeStateVector(two.doc);
  const fleeting = two.addPoint("never seen by the other");
  two.addNote(fleeting, "nor this");
  two.do(() => two.points.delete(fleeting));
  const note = two.addNote(kept, "from the train");
  two.type(two.points.get(kept).get("notes").get(note).get("text"), 14, " to Bern");
  two.do(() => two.points.get(kept).get("title").delete(0, 1));
  two.unsent = [];
  one.type(one.points.get(kept).get("title"), 4, "!");
  log.send(one);
  log.take(Y.encodeStateAsUpdate(two.doc, state), two);
  log.take(Y.encodeStateAsUpdate(two.doc, state), two);
  log.take(Y.encodeStateAsUpdate(two.doc), two);
});

story("emoji", (log, one, two) => {
  one.type(one.takeaway, 0, "a😀b👩‍🚀c");
  log.send(one);
  two.do(() => two.takeaway.delete(1, 2));
  two.do(() => two.takeaway.insert(1, "😁é漢"));
  one.do(() => one.takeaway.insert(3, "🧭"));
  log.send(two, true);
  const item = one.addItem("🎉 done 🎉");
  one.do(() => one.items.get(item).set("done_at", "2026-11-22T14:00:00Z"));
});

story("a long day", (log, one, two) => {
  for (let step = 0; step < 250; step++) {
    const tab = random(2) ? one : two;
    const points = [...tab.points.keys()];
    const point = points.length ? points[random(points.length)] : null;
    const notes = point ? [...tab.points.get(point).get("notes").entries()] : [];
    const what = random(12);
    if (!point || what === 0) tab.addPoint("point 🙂");
    else if (what === 1) tab.addNote(point, "note");
    else if (what === 2) tab.addItem("item");
    else if (what === 3 && points.length > 3) tab.do(() => tab.points.delete(point));
    else if (what === 4) tab.do(() => tab.points.get(point).set("rank", `r${random(100)}`));
    else if (what === 5) tab.undo.undo();
    else if (what === 6) tab.undo.redo();
    else if (what === 7 && notes.length) tab.do(() => tab.points.get(point).get("notes").delete(notes[0][0]));
    else if (what === 8 && notes.length) tab.type(notes[0][1].get("text"), 0, "über 🚂 ");
    else if (what === 9) tab.do(() => tab.points.get(point).get("title").delete(0, Math.min(5, tab.points.get(point).get("title").length)));
    else tab.type(tab.points.get(point).get("title"), 0, "hey ");
    if (!random(6)) log.send(tab, Boolean(random(2)));
  }
});

/** One edit that no page of ours makes, on an empty document. */
function foreign(change) {
  const doc = new Y.Doc();
  doc.clientID = 5;
  change(doc);
  return hex(Y.encodeStateAsUpdate(doc));
}
const nested = (depth) => { let value = 1; while (depth--) value = [value]; return value; };
const inPoint = (fields) => (doc) => {
  const map = new Y.Map();
  for (const [name, value] of Object.entries(fields)) map.set(name, value);
  doc.getMap("talking_points").set("aaaaaaaaaaaa", map);
};
const refused = {
  "an unknown root": foreign((doc) => doc.getMap("elsewhere").set("a", 1)),
  "an array root": foreign((doc) => doc.getArray("talking_points").push([1])),
  "an array in a point": foreign(inPoint({ notes: new Y.Array() })),
  "a text where a map belongs": foreign((doc) => doc.getMap("talking_points").set("aaaaaaaaaaaa", new Y.Text("x"))),
  "a map where a text belongs": foreign(inPoint({ title: new Y.Map() })),
  "a shared type where a value belongs": foreign(inPoint({ rank: new Y.Text("x") })),
  "a value where a map belongs": foreign((doc) => doc.getMap("talking_points").set("aaaaaaaaaaaa", "x")),
  "a value where a text belongs": foreign(inPoint({ title: "x" })),
  "an XML element": foreign(inPoint({ title: new Y.XmlElement("p") })),
  "an XML fragment root": foreign((doc) => doc.getXmlFragment("takeaway_mentor").push([new Y.XmlText("x")])),
  "bold text": foreign((doc) => doc.getText("takeaway_mentor").insert(0, "x", { bold: true })),
  "an embed": foreign((doc) => doc.getText("takeaway_mentor").insertEmbed(0, { image: "x" })),
  "an attribute on a text": foreign((doc) => doc.getText("takeaway_mentor").setAttribute("a", 1)),
  "a subdocument": foreign((doc) => doc.getMap("run").set("now", new Y.Doc())),
  "a binary": foreign((doc) => doc.getMap("run").set("now", new Uint8Array(3))),
  "an object": foreign((doc) => doc.getMap("run").set("now", { a: 1 })),
  "a list": foreign((doc) => doc.getMap("run").set("now", [1])),
  "deep nesting": foreign((doc) => doc.getMap("run").set("now", nested(2000))),
  "true": foreign((doc) => doc.getMap("run").set("now", true)),
  "a big integer": foreign((doc) => doc.getMap("run").set("since_ms", 12n)),
  "a fraction": foreign((doc) => doc.getMap("run").set("since_ms", 1.5)),
  "no number": foreign((doc) => doc.getMap("run").set("since_ms", NaN)),
  "infinity": foreign((doc) => doc.getMap("run").set("since_ms", Infinity)),
  "beyond exact numbers": foreign((doc) => doc.getMap("run").set("since_ms", 2 ** 60)),
  "a number for a name": foreign((doc) => doc.getMap("run").set("now", 3)),
  "an endless rank": foreign(inPoint({ rank: "x".repeat(300) })),
  "an unknown state": foreign(inPoint({ state: "burnt" })),
  "an unknown field": foreign(inPoint({ colour: "red" })),
  "an unknown field of run": foreign((doc) => doc.getMap("run").set("__proto__", 1)),
  "a name that is no id": foreign((doc) => doc.getMap("talking_points").set("__proto__", new Y.Map())),
  "a list in a map": foreign((doc) => doc.getArray("run").push(["x"])),
};

console.log(JSON.stringify({ stories, refused }, null, 1));
