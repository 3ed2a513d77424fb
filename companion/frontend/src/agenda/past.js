import * as Y from "yjs";

import { linesOf } from "./past-lines.js";

/**
 * The past of an agenda, played again from its edits: who wrote, changed or removed which line, and when.
 *
 * @import { Line } from "./past-lines.js"
 * @import { Role } from "./shape.js"
 * @typedef {{at: number, by: Role | null, data: Uint8Array}} Edit `at` in seconds of the Unix clock, 0 when unknown
 * @typedef {{at: number, by: Role | null, before: Line | null, longest: Line | null, after: Line | null}} Turn
 *   one person's writing in one line without a longer pause; `longest` is what it said at most meanwhile
 * @typedef {{id: string, at: number, by: Role | null, was: Line | null, is: Line | null}} Change
 */

const HEAD = 9; // bytes: when, how long, whose; see companion/services/agenda_past.py
const ROLES = /** @type {const} */ ([null, "mentor", "mentee"]);
const PAUSE = 300; // seconds after which somebody's writing in a line counts as another turn
const TYPO = 10; // characters; who took back no more than that within a turn corrected themselves

/** @param {ArrayBuffer} buffer @returns {Edit[]} */
export function editsIn(buffer) {
  const view = new DataView(buffer);
  const edits = [];
  for (let at = 0; at < buffer.byteLength; ) {
    const size = view.getUint32(at + 4);
    const by = ROLES[view.getUint8(at + 8)] ?? null;
    edits.push({ at: view.getUint32(at), by, data: new Uint8Array(buffer, at + HEAD, size) });
    at += HEAD + size;
  }
  return edits;
}

/**
 * Edits of one person within one second, which are read as one: until something is deleted.
 * @param {Edit[]} edits
 * @returns {Edit[][]}
 */
export function momentsOf(edits) {
  /** @type {Edit[][]} */ const moments = [];
  for (const edit of edits) {
    const last = moments.at(-1)?.[0];
    if (last?.at === edit.at && last.by === edit.by && !deletes(edit)) moments.at(-1)?.push(edit);
    else moments.push([edit]);
  }
  return moments;
}

/** @param {Edit} edit */
function deletes({ data }) {
  try {
    return Y.decodeUpdate(data).ds.clients.size > 0;
  } catch {
    return false; // see below
  }
}

export class Past {
  #doc = new Y.Doc();
  /** @type {Map<string, Line>} */ #lines = new Map();
  /** @type {Map<string, Turn>} the last of each line */ #last = new Map();
  /** @type {Turn[]} */ #turns = [];

  /** @param {Edit[]} moment */
  take(moment) {
    for (const { data } of moment) {
      try {
        Y.applyUpdate(this.#doc, data);
      } catch {
        // An edit that was set aside because it breaks readers: what came after it still tells most.
      }
    }
    const before = this.#lines;
    this.#lines = linesOf(this.#doc);
    const [{ at, by }] = /** @type {[Edit]} */ (moment);
    for (const key of new Set([...before.keys(), ...this.#lines.keys()])) {
      const [was, is] = [before.get(key) ?? null, this.#lines.get(key) ?? null];
      if (was?.words !== is?.words && !this.#wentWithItsTopic(was, is)) this.#write(key, { at, by, before: was, longest: was, after: is });
    }
  }

  /** What happened to lines, the newest first. @returns {Change[]} */
  changes() {
    const told = this.#turns.map((turn, index) => ({ id: String(index), at: turn.at, by: turn.by, was: wasIn(turn), is: turn.after }));
    return told.filter(({ was, is }) => was?.words !== is?.words).reverse();
  }

  /** @param {Line | null} was @param {Line | null} is */
  #wentWithItsTopic(was, is) {
    return is === null && was?.kind === "note" && !this.#doc.getMap("talking_points").has(was.topic.id);
  }

  /** @param {string} key @param {Turn} news */
  #write(key, news) {
    const last = this.#last.get(key);
    if (last && last.by === news.by && news.at - last.at <= PAUSE && news.before) {
      last.at = news.at;
      last.after = news.after;
      if ((news.after?.words.length ?? 0) > (last.longest?.words.length ?? 0)) last.longest = news.after;
      return;
    }
    if ((news.after?.words.length ?? 0) > (news.before?.words.length ?? 0)) news.longest = news.after;
    this.#last.set(key, news);
    this.#turns.push(news);
  }
}

/** What a turn took away. @param {Turn} turn @returns {Line | null} */
function wasIn({ before, longest, after }) {
  const lost = (longest?.words.length ?? 0) - (after?.words.length ?? 0);
  const isLonger = (longest?.words.length ?? 0) > (before?.words.length ?? 0);
  return isLonger && (after === null || lost > TYPO) ? longest : before;
}
