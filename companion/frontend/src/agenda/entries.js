import * as Y from "yjs";

import { newId } from "./ids.js";
import { freshRanks, rankBetween } from "./rank.js";

/** @import { History } from "./history.js" */

/** A map of the document from id to entry, each entry with a `rank`: how talking points, notes and action items are kept. */
export class Entries {
  #map;
  #history;

  /**
   * @param {Y.Map<any>} map
   * @param {History} history
   */
  constructor(map, history) {
    this.#map = map;
    this.#history = history;
  }

  /** @param {string} id @returns {Y.Map<any> | null} */
  get(id) {
    const entry = this.#map.get(id);
    return entry instanceof Y.Map ? entry : null;
  }

  /** @param {string} id @param {string} name @returns {Y.Text | null} */
  text(id, name) {
    const text = this.get(id)?.get(name);
    return text instanceof Y.Text ? text : null;
  }

  /**
   * Adds an entry after `others`. Its shared types come with it in one transaction: two devices that each create one
   * later, under a name both know, would keep one and drop the other.
   * @param {{id: string, rank: string}[]} others
   * @param {Record<string, unknown>} fields
   * @returns {string} its id
   */
  append(others, fields) {
    const id = newId();
    this.#history.add(() => {
      const rank = this.#rankAt(others, others.length);
      return this.#map.set(id, new Y.Map(Object.entries({ rank, ...fields })));
    });
    return id;
  }

  /**
   * Puts an entry back under its old id and rank, if it is gone: where both put it back at once, one stays.
   * @param {string} id
   * @param {Record<string, unknown>} fields
   */
  putBack(id, fields) {
    if (!this.get(id)) this.#history.add(() => this.#map.set(id, new Y.Map(Object.entries(fields))));
  }

  /**
   * Moves an entry to `index` among `others`, which are all but itself.
   * @param {string} id
   * @param {{id: string, rank: string}[]} others
   * @param {number} index
   */
  move(id, others, index) {
    this.#history.step(() => this.get(id)?.set("rank", this.#rankAt(others, index)));
  }

  /**
   * Writes the fields that are given and differ.
   * @param {string} id
   * @param {Record<string, unknown>} fields
   */
  set(id, fields) {
    const entry = this.get(id);
    const news = Object.entries(fields).filter(([name, value]) => value !== undefined && entry?.get(name) !== value);
    if (entry && news.length > 0) this.#history.step(() => news.forEach(([name, value]) => entry.set(name, value)));
  }

  /** @param {string[]} ids */
  remove(...ids) {
    const deed = () => ids.forEach((id) => this.#map.delete(id));
    // Of an entry whose words were just deleted, undo brings back the words too.
    if (ids.some((id) => this.#isEmptied(id))) this.#history.join(deed);
    else this.#history.step(deed);
  }

  /** @param {string} id */
  #isEmptied(id) {
    const texts = [...(this.get(id)?.values() ?? [])].filter((value) => value instanceof Y.Text);
    return texts.length > 0 && texts.every((text) => text.length === 0 && text._start !== null);
  }

  /**
   * @param {{id: string, rank: string}[]} others
   * @param {number} index
   * @returns {string}
   */
  #rankAt(others, index) {
    const rank = rankBetween(others[index - 1]?.rank ?? null, others[index]?.rank ?? null);
    if (rank !== null) return rank;
    const ranks = freshRanks(others.length + 1);
    const [own] = ranks.splice(index, 1);
    others.forEach(({ id }, place) => this.get(id)?.set("rank", ranks[place]));
    return String(own);
  }
}
