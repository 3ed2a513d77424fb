import * as Y from "yjs";

/**
 * The rows of one session in a person's database: the edits of its document, and a page with what else is known.
 *
 * @import { IDBPDatabase } from "idb"
 * @typedef {{session: string, epoch: string | null, update: Uint8Array, unsaved: 0 | 1, key?: number}} Row
 * @typedef {{session: string, epoch: string | null, words: string[]}} Page
 */

/** @param {IDBPDatabase} db @param {string} session @returns {Promise<Row[]>} */
export function readRows(db, session) {
  return db.getAllFromIndex("edits", "session", session);
}

/** @param {IDBPDatabase} db @param {string} session @returns {Promise<Page>} */
export async function readPage(db, session) {
  return (await db.get("pages", session)) ?? { session, epoch: null, words: [] };
}

/**
 * @param {IDBPDatabase} db
 * @param {Row[]} rows
 * @returns {Promise<number[]>} their keys, when they are written
 */
export async function writeRows(db, rows) {
  // Strict: on the disk, not only handed to the system, before the page says that this device keeps it.
  const durability = rows.some((row) => row.unsaved) ? "strict" : "relaxed";
  const tx = db.transaction("edits", "readwrite", { durability });
  const adding = rows.map((row) => tx.store.add(row));
  // A page that is being closed doesn't live to hear that they are added, and what isn't committed by then is undone.
  tx.commit();
  return (await all(tx, adding)).map(Number);
}

/**
 * Marks rows as saved, those that are still there.
 * @param {IDBPDatabase} db
 * @param {number[]} keys
 */
export async function markSaved(db, keys) {
  const tx = db.transaction("edits", "readwrite");
  const marked = keys.map(async (key) => {
    const row = await tx.store.get(key);
    if (row) await tx.store.put({ ...row, unsaved: 0 });
  });
  await all(tx, marked);
}

/**
 * Makes one row of all saved rows of a session.
 * @param {IDBPDatabase} db
 * @param {string} session
 * @param {string | null} epoch of the rows to fold
 */
export async function foldRows(db, session, epoch) {
  const tx = db.transaction("edits", "readwrite");
  /** @type {Row[]} */ const rows = await tx.store.index("session").getAll(session);
  const saved = rows.filter((row) => row.unsaved === 0 && row.epoch === epoch);
  const whole = { session, epoch, update: folded(saved.map(({ update }) => update)), unsaved: 0 };
  await all(tx, [...saved.map(({ key }) => tx.store.delete(Number(key))), tx.store.add(whole)]);
}

/** @param {IDBPDatabase} db @param {Page} page */
export async function writePage(db, page) {
  await db.put("pages", page);
}

/**
 * Replaces a session's page, and removes its rows.
 * @param {IDBPDatabase} db
 * @param {Page} page
 */
export async function startPage(db, page) {
  const tx = db.transaction(["edits", "pages"], "readwrite");
  const edits = tx.objectStore("edits");
  const keys = await edits.index("session").getAllKeys(page.session);
  await all(tx, [...keys.map((key) => edits.delete(key)), tx.objectStore("pages").put(page)]);
}

/**
 * The edits as one. A document forgets what was deleted in it; merged updates would keep it.
 * @param {Uint8Array[]} updates
 */
function folded(updates) {
  const doc = new Y.Doc();
  doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)));
  const whole = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return whole;
}

/**
 * The answers to requests of one transaction, when it is complete.
 * @template T
 * @param {{done: Promise<void>}} tx
 * @param {Promise<T>[]} requests
 * @returns {Promise<T[]>}
 */
async function all(tx, requests) {
  const [answers] = await Promise.all([Promise.all(requests), tx.done]);
  return answers;
}
