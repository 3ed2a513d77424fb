// Random agendas as two or three browsers write them at once, with the page's own module: for each, one line of JSON with
// the edits in two orders in which a server may get them, and the page that they make.
// node agree.mjs COUNT SEED
const frontend = new URL("../../companion/frontend/", import.meta.url).href;
const Y = await import(`${frontend}node_modules/yjs/dist/yjs.mjs`);
const { Agenda } = await import(`${frontend}src/agenda/document.js`);

const [count, first] = process.argv.slice(2).map(Number);
const WORDS = ["how ", "to say no", "🧭", "👩‍🚀 é", "漢字 ", "!", "a\u0301", "𝒳𝒴", "\n", " "];
const CHARACTER = /[\uD800-\uDBFF][\uDC00-\uDFFF]|[^]/g;
let state = 0;
const random = (below) => {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
};
const one = (list) => list[random(list.length)];

class Tab {
  unsent = [];
  read = 0;

  constructor(role) {
    this.agenda = new Agenda(new Y.Doc(), role);
    this.agenda.doc.on("update", (update, origin) => origin !== "server" && this.unsent.push(update));
  }

  send(log) {
    const edits = random(2) || this.unsent.length === 0 ? this.unsent : [Y.mergeUpdates(this.unsent)];
    log.push(...edits.map((edit) => ({ edit, by: this, knew: this.read })));
    this.unsent = [];
  }

  hear(log, upto = log.length) {
    for (; this.read < upto; this.read++) Y.applyUpdate(this.agenda.doc, log[this.read].edit, "server");
  }

  texts() {
    const { agenda } = this;
    const notes = agenda.topics().flatMap((topic) => topic.notes.map((note) => agenda.noteText(topic.id, note.id)));
    const titles = agenda.topics().map(({ id }) => agenda.titleOf(id));
    return [...titles, ...notes, ...agenda.items().map(({ id }) => agenda.itemText(id)), agenda.takeaway("mentor")];
  }

  deed() {
    const { agenda } = this;
    const topic = one(agenda.topics())?.id;
    const item = one(agenda.items())?.id;
    const text = one(this.texts());
    const cuts = [0, ...[...text.toString().matchAll(CHARACTER)].map(({ 0: letter, index }) => index + letter.length)];
    const at = random(cuts.length);
    [
      () => agenda.addTopic({ title: one(WORDS), minutes: one([null, 5, 60]), from: one([null, null, "aaaaaaaaaaaa"]) }),
      () => topic && agenda.addNote(topic, one(WORDS)),
      () => agenda.addItem({ text: one(WORDS), owner: one(["mentor", "mentee"]), due: one([null, "2026-12-01"]), talkingPoint: topic }),
      () => topic && random(3) === 0 && agenda.removeTopic(topic),
      () => item && random(3) === 0 && agenda.removeItem(item),
      () => topic && agenda.moveTopic(topic, one([null, one(agenda.topics()).id])),
      () => topic && agenda.setState(topic, one(["open", "done", "parked"])),
      () => topic && agenda.start(topic),
      () => item && agenda.setItem(item, { doneAt: one([null, "2026-11-22T14:00:00Z"]), owner: one(["mentor", "mentee"]) }),
      () => agenda.undo(),
      () => agenda.redo(),
      () => text.insert(cuts[at], one(WORDS)),
      () => text.insert(cuts[at], one(WORDS)),
      () => text.insert(text.length, one(WORDS)),
      () => text.delete(cuts[at], cuts[Math.min(at + 1 + random(4), cuts.length - 1)] - cuts[at]),
    ][random(15)]();
  }
}

const RUN = ["now", "since_ms", "closing", "put_off_until_ms", "more_minutes", "mentor_done_ms", "mentee_done_ms"];
const byRank = (a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.id < b.id ? -1 : 1);
const list = (map) => Object.entries(map).map(([id, fields]) => ({ id, ...fields })).sort(byRank);
function page(doc) {
  const points = list(doc.getMap("talking_points").toJSON());
  for (const point of points) point.notes = list(point.notes);
  const run = doc.getMap("run").toJSON();
  const takeaways = ["mentor", "mentee"].map((role) => [`takeaway_${role}`, doc.getText(`takeaway_${role}`).toString()]);
  return {
    talking_points: points,
    action_items: list(doc.getMap("action_items").toJSON()),
    run: Object.fromEntries(RUN.map((name) => [name, run[name] ?? null])),
    ...Object.fromEntries(takeaways),
  };
}

/** Another order that a server might have got them in: each after those of its tab, and after all that its tab knew. */
function otherwise(log) {
  const order = [];
  const left = new Set(log.keys());
  const isBefore = (other, index) => other < log[index].knew || (other < index && log[other].by === log[index].by);
  while (left.size > 0) {
    const next = one([...left].filter((index) => ![...left].some((other) => isBefore(other, index))));
    left.delete(next);
    order.push(log[next]);
  }
  return order;
}

const text64 = ({ edit }) => Buffer.from(edit).toString("base64");
for (let number = first; number < first + count; number++) {
  state = number;
  const tabs = ["mentor", "mentee", "mentor"].slice(0, 2 + random(2)).map((role) => new Tab(role));
  const log = [];
  for (let step = 6 + random(30); step > 0; step--) {
    const tab = one(tabs);
    if (random(4) === 0) tab.send(log);
    else if (random(4) === 0) tab.hear(log, tab.read + random(log.length - tab.read + 1));
    else tab.deed();
  }
  for (const tab of tabs) tab.send(log);
  for (const tab of tabs) tab.hear(log);
  const pages = tabs.map((tab) => JSON.stringify(page(tab.agenda.doc)));
  if (new Set(pages).size > 1) throw new Error(`seed ${number}: tabs differ`);
  const said = { seed: number, log: log.map(text64), other: otherwise(log).map(text64), page: JSON.parse(pages[0]) };
  if (!process.stdout.write(`${JSON.stringify(said)}\n`)) await new Promise((go) => process.stdout.once("drain", go));
}
