// Tabs without a browser: the page's own modules over the real wire, and stores that outlive their tabs.
// Reads one deed a line as JSON from standard input, answers each with one line. See devices.py for what is asked.
//
// Time runs faster here, so that nobody waits ten real seconds for a line that is silent.
import { setMaxListeners } from "node:events";
import readline from "node:readline";

const PACE = Number(process.argv[2]);
for (const name of ["setTimeout", "setInterval"]) {
  const real = globalThis[name];
  globalThis[name] = (fn, milliseconds = 0, ...more) => real(fn, milliseconds / PACE, ...more);
}
const world = new EventTarget();
setMaxListeners(0, world);
for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) globalThis[name] = world[name].bind(world);

const frontend = new URL("../../companion/frontend/", import.meta.url).href;
await import(`${frontend}node_modules/fake-indexeddb/auto/index.mjs`);
const Y = await import(`${frontend}node_modules/yjs/dist/yjs.mjs`);
const { Agenda } = await import(`${frontend}src/agenda/document.js`);
const { follow } = await import(`${frontend}src/agenda/provider.js`);
const { openStore } = await import(`${frontend}src/agenda/store.js`);
const { openLine } = await import(`${frontend}src/agenda/wire.js`);

const REFUSALS = { 401: "signed_out", 403: "signed_out", 404: "removed", 409: "closed" };

class Tab {
  typed = [];
  claimed = [];

  constructor({ url, origin, session, role, cookie, csrf, person }) {
    Object.assign(this, { url, origin, session, cookie, csrf, person });
    this.agenda = new Agenda(new Y.Doc(), role);
  }

  async open() {
    const store = await openStore(this.person, this.session);
    this.socket = openLine(`${this.url}/agenda`, this.session, () => this.ticket());
    this.following = follow({ doc: this.agenda.doc, socket: this.socket, store });
    this.following.on(() => this.look());
    await this.following.ready;
  }

  async ticket() {
    const headers = { "X-CSRF": this.csrf, Accept: "application/json", Cookie: this.cookie, Origin: this.origin };
    const signal = AbortSignal.timeout(8_000 / PACE);
    const response = await fetch(`${this.url}/sessions/${this.session}/seat`, { method: "POST", headers, signal });
    if (!response.ok) throw new Error(REFUSALS[response.status] ?? `no ticket: ${response.status}`);
    return (await response.json()).ticket;
  }

  /** Whatever the page says of itself is held against it. */
  look() {
    if (this.following.state.kind === "saved") this.claimed = [...this.typed];
  }

  state() {
    this.look();
    const { kind, kept, why } = this.following.state;
    return { kind, kept, why, claimed: this.claimed, transport: this.socket.io.engine?.transport?.name };
  }

  texts() {
    const { agenda } = this;
    const found = [{ text: agenda.takeaway(agenda.role), within: [] }];
    for (const topic of agenda.topics()) {
      found.push({ text: agenda.titleOf(topic.id), within: [topic.id] });
      for (const note of topic.notes) found.push({ text: agenda.noteText(topic.id, note.id), within: [topic.id, note.id] });
    }
    for (const item of agenda.items()) found.push({ text: agenda.itemText(item.id), within: [item.id] });
    return found;
  }

  /** @returns {{typed?: Record<string, string[]>, gone?: string[]}} where each word was typed, what was taken away */
  deed(what, word, at) {
    const { agenda } = this;
    const topic = one(agenda.topics(), at);
    const item = one(agenda.items(), at);
    const note = topic && one(topic.notes, at);
    const place = one(this.texts(), at);
    switch (what) {
      case "type":
        return this.type(word, place, (at * 7) % (place.text.toString().split(" ").length));
      case "delete":
        return erase(one(this.texts().filter(({ text }) => text.length > 0), at), at);
      case "add topic":
        return this.typedIn(word, [agenda.addTopic({ title: `${word} ` })]);
      case "add note":
        return topic ? this.typedIn(word, [topic.id, agenda.addNote(topic.id, `${word} `)]) : {};
      case "add item":
        return this.typedIn(word, [agenda.addItem({ text: `${word} `, owner: "mentor" })]);
      case "remove topic":
        return topic ? (agenda.removeTopic(topic.id), { gone: [topic.id] }) : {};
      case "remove note":
        return note ? (agenda.removeNote(topic.id, note.id), { gone: [note.id] }) : {};
      case "remove item":
        return item ? (agenda.removeItem(item.id), { gone: [item.id] }) : {};
      case "move topic":
        if (topic) agenda.moveTopic(topic.id, one(agenda.topics(), at + 1)?.id ?? null);
        return {};
      case "tick item":
        if (item) agenda.setItem(item.id, { doneAt: item.doneAt ? null : "2026-11-22T14:00:00Z" });
        return {};
      default:
        throw new Error(`no such deed: ${what}`);
    }
  }

  /** Between two words, never within one. */
  type(word, { text, within }, index) {
    const at = text.toString().split(" ").slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);
    text.insert(at, `${word} `);
    return this.typedIn(word, within);
  }

  typedIn(word, within) {
    this.typed.push(word);
    return { typed: { [word]: within } };
  }
}

function one(list, at) {
  return list.length > 0 ? list[at % list.length] : undefined;
}

function erase(place, at) {
  if (!place) return {};
  const words = place.text.toString().split(" ").slice(0, -1);
  const index = at % words.length;
  place.text.delete(words.slice(0, index).reduce((sum, word) => sum + word.length + 1, 0), words[index].length + 1);
  return { gone: [words[index]] };
}

/** @type {Map<string, Tab>} */ const tabs = new Map();
const deeds = {
  async open({ tab, ...place }) {
    tabs.set(tab, new Tab(place));
    await tabs.get(tab).open();
  },
  deed: ({ tab, what, word, at }) => tabs.get(tab).deed(what, word, at),
  state: ({ tab }) => tabs.get(tab).state(),
  page: ({ tab }) => ({ json: jsonOf(tabs.get(tab).agenda.doc) }),
  wake: () => void world.dispatchEvent(new Event("online")),
  close: ({ tab }) => {
    tabs.get(tab).following.stop();
    tabs.delete(tab);
  },
};

function jsonOf(doc) {
  const maps = Object.fromEntries(["talking_points", "action_items"].map((name) => [name, doc.getMap(name).toJSON()]));
  return { ...maps, takeaways: ["mentor", "mentee"].map((role) => doc.getText(`takeaway_${role}`).toString()) };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { do: name, ...told } = JSON.parse(line);
  let said;
  try {
    said = (await deeds[name](told)) ?? {};
  } catch (error) {
    said = { failed: String(error?.stack ?? error) };
  }
  console.log(JSON.stringify(said));
}
process.exit(0);
