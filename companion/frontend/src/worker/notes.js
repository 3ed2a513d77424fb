import { NOTES } from "../shell/caches.js";

/**
 * What the worker remembers while it sleeps, by name.
 * @template T
 * @param {string} name
 * @param {T} otherwise
 * @returns {Promise<T>}
 */
export async function recall(name, otherwise) {
  return (await (await caches.match(`/${name}`, { cacheName: NOTES }))?.json()) ?? otherwise;
}

/** @param {string} name @param {unknown} value JSON */
export async function note(name, value) {
  await (await caches.open(NOTES)).put(`/${name}`, Response.json(value));
}
