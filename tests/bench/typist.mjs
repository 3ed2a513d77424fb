// Somebody who types in a note of their own, a letter an edit, and tells when each letter is saved and seen.
import { Y } from "./seat.mjs";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz";

/** Times, by `performance.now()`, of one letter: when it was typed, 0 if that is not to be measured. */
export class Typist {
  /** @type {number[]} when each letter that isn't saved yet was typed */ unsaved = [];
  /** @type {number[]} by letter */ typedAt = [];
  saved = 0;
  seen = 0;
  refused = 0;

  /** @param {import("./seat.mjs").Seat} seat or a peer's, which has the same face */
  constructor(seat) {
    this.seat = seat;
    this.seat.heard.saved = ({ n }) => this.#saved(n);
    this.seat.heard.refused = ({ n = 1 }) => (this.refused += n);
  }

  /**
   * Takes the seat and begins a note under the first talking point.
   * @param {string} note its id
   * @param {Uint8Array[]} agenda what an empty document is filled with, for those who keep none that we could prepare
   */
  async sit(note, agenda) {
    const welcome = await this.seat.open(await this.seat.fetchTicket());
    const doc = new Y.Doc();
    Y.applyUpdate(doc, welcome.update);
    if (doc.getMap("talking_points").size === 0) {
      for (const edit of agenda) {
        Y.applyUpdate(doc, edit);
        this.seat.say("edit", edit);
      }
    }
    doc.on("update", (update) => (this.begun = update));
    const text = new Y.Text("-");
    const fields = { rank: `b${note}`, by: welcome.role, text };
    const [topic] = doc.getMap("talking_points").values();
    doc.transact(() => topic.get("notes").set(note, new Y.Map(Object.entries(fields))));
    this.client = doc.clientID;
    this.start = Y.getState(doc.store, this.client);
    // The hyphen may not be the last thing written, but it is what the first letter follows.
    this.before = text._start.lastId.clock;
    this.note = note;
    this.seat.say("edit", this.begun);
    this.unsaved.push(0);
  }

  /** One letter more. @param {number} now @param {(ms: number, isMeasured: boolean) => void} onSaved */
  type(now, onSaved) {
    const letter = this.typedAt.length;
    const clock = this.start + letter;
    this.onSaved = onSaved;
    this.typedAt.push(now);
    this.unsaved.push(now);
    const edit = keystroke(this.client, clock, letter ? clock - 1 : this.before, ALPHABET[letter % ALPHABET.length]);
    this.seat.say("edit", edit);
  }

  /** When the letter in this edit was typed; undefined if the edit is none of ours. @param {Uint8Array} edit */
  typed(edit) {
    const [client, clock] = author(edit);
    return client === this.client ? this.typedAt[clock - this.start] : undefined;
  }

  /** What the log must have by now. */
  promised() {
    const letters = Math.max(0, this.saved - 1);
    const text = Array.from({ length: letters }, (_, letter) => ALPHABET[letter % ALPHABET.length]).join("");
    return { session_id: this.seat.place.session_id, note: this.note, text: `-${text}` };
  }

  /** @param {number} n */
  #saved(n) {
    this.saved += n;
    for (const typedAt of this.unsaved.splice(0, n)) if (typedAt) this.onSaved?.(typedAt);
  }
}

/**
 * The update that yjs makes of one letter typed behind `before` by the same client. By hand, because 400 whole
 * documents in this process would be measured too. `checkKeystroke` holds it against yjs.
 * @param {number} client @param {number} clock @param {number} before @param {string} letter
 */
function keystroke(client, clock, before, letter) {
  const bytes = [1, 1, ...uint(client), ...uint(clock), 0x84, ...uint(client), ...uint(before), 1, letter.charCodeAt(0), 0];
  return Uint8Array.from(bytes);
}

/** Client and clock of an update's first struct. @param {Uint8Array} update */
function author(update) {
  const numbers = [0, 0];
  let at = 2;
  for (const which of [0, 1]) {
    let factor = 1;
    do {
      numbers[which] += (update[at] & 127) * factor;
      factor *= 128;
    } while (update[at++] > 127);
  }
  return numbers;
}

/** @param {number} value */
function uint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

/** Throws unless our edits are yjs's own, byte for byte. */
export function checkKeystroke() {
  const doc = new Y.Doc();
  const text = doc.getText("text");
  text.insert(0, "ab");
  let made = new Uint8Array();
  doc.on("update", (update) => (made = update));
  text.insert(2, "c");
  if (Buffer.compare(made, keystroke(doc.clientID, 2, 1, "c"))) throw new Error("yjs writes updates differently now");
}
