import { deleteDB, openDB } from "idb";

/** @import { IDBPDatabase } from "idb" */

const VERSION = 1;
const PATIENCE = 3_000;

/** @param {number | string} personId */
const nameOf = (personId) => `alongside-person-${personId}`;

/**
 * Opens the database of a person on this device; it is made when it is not there.
 * @param {number | string} personId
 * @returns {Promise<IDBPDatabase>} rejects where there is no IndexedDB, or it does not answer in time
 */
export async function openShelf(personId) {
  const opening = openDB(nameOf(personId), VERSION, {
    upgrade(db) {
      const edits = db.createObjectStore("edits", { keyPath: "key", autoIncrement: true });
      edits.createIndex("session", "session");
      edits.createIndex("unsaved", "unsaved");
      db.createObjectStore("pages", { keyPath: "session" });
    },
    // Someone signs out in another tab: let go, or the deletion would wait for this one.
    blocking: (_current, _blocked, event) => /** @type {IDBDatabase} */ (event.target).close(),
  });
  try {
    return await within(PATIENCE, opening);
  } catch (error) {
    opening.then((late) => late.close(), () => {});
    throw error;
  }
}

/**
 * Whether a person has words on this device that no server has.
 * @param {number | string} personId
 */
export async function hasUnsaved(personId) {
  const db = await openExisting(personId);
  if (!db) return false;
  const unsaved = await db.countFromIndex("edits", "unsaved", 1);
  const pages = await db.getAll("pages");
  db.close();
  return unsaved > 0 || pages.some(({ words }) => words.length > 0);
}

/**
 * Removes everything this device keeps of a person; their open tabs go on in memory.
 * @param {number | string} personId
 */
export async function forgetEverything(personId) {
  const db = await openExisting(personId);
  if (!db) return;
  // Emptied first: deleting waits for every tab to let go, and a sleeping one may take its time.
  await Promise.all([db.clear("edits"), db.clear("pages")]);
  db.close();
  await within(PATIENCE, deleteDB(nameOf(personId))).catch(() => {});
}

/** @param {number | string} personId */
async function openExisting(personId) {
  const all = (await globalThis.indexedDB?.databases?.()) ?? [];
  return all.some(({ name }) => name === nameOf(personId)) ? openShelf(personId) : null;
}

/**
 * @template T
 * @param {number} milliseconds
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function within(milliseconds, promise) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("IndexedDB does not answer")), milliseconds);
  });
  return Promise.race([promise, /** @type {Promise<never>} */ (late)]).finally(() => clearTimeout(timer));
}
