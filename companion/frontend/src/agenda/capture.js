/**
 * What a line in the capture bar says: "send CV to Ana @mateo friday". What isn't understood stays in the words.
 *
 * @import { Role } from "./shape.js"
 * @import { FindDay } from "./dates.js"
 * @typedef {{names: Record<Role, string>, role: Role, today: string, findDay: FindDay}} Reader `role`: who is writing
 * @typedef {{text: string, owner: Role | null, due: string | null}} Captured
 */

const HANDLE = /(?<!\S)@([\p{L}][\p{L}\p{M}'’-]*)/gu;

/**
 * @param {string} line
 * @param {Reader} reader
 * @returns {Captured}
 */
export function capture(line, reader) {
  const named = ownerIn(line, reader);
  const rest = named ? blank(line, named.from, named.to) : line;
  const found = reader.findDay(rest, reader.today);
  const text = found ? blank(rest, found.from, found.to) : rest;
  return { text: tidy(text), owner: named?.owner ?? null, due: found?.day ?? null };
}

/**
 * Who is named; null: nobody, or two people.
 * @param {string} line
 * @param {Reader} reader
 */
function ownerIn(line, reader) {
  const handles = [...line.matchAll(HANDLE)].flatMap((match) => {
    const owner = ownerOf(match[1] ?? "", reader);
    return owner ? [{ owner, from: match.index, to: match.index + match[0].length }] : [];
  });
  return new Set(handles.map(({ owner }) => owner)).size === 1 ? handles[0] : undefined;
}

/**
 * Whom a handle means: the beginning of one partner's first name, or "me".
 * @param {string} handle without @
 * @param {Pick<Reader, "names" | "role">} reader
 * @returns {Role | null}
 */
export function ownerOf(handle, { names, role }) {
  const said = plain(handle);
  const roles = /** @type {Role[]} */ (["mentor", "mentee"]);
  const meant = roles.filter((one) => plain(names[one]).startsWith(said));
  if (said === "me" || meant.length !== 1) return said === "me" ? role : null;
  return meant[0] ?? null;
}

/**
 * The handle that is being written at the caret, as far as it goes, and what it would be in full.
 * @param {string} line
 * @param {number} caret
 * @param {Pick<Reader, "names" | "role">} reader
 * @returns {{from: number, choices: string[]} | null} null: none is being written there
 */
export function handleAt(line, caret, { names, role }) {
  const match = /(?<!\S)@([\p{L}\p{M}'’-]*)$/u.exec(line.slice(0, caret));
  if (!match) return null;
  const partner = role === "mentor" ? names.mentee : names.mentor;
  const choices = [partner, "me"].map((name) => name.toLowerCase()).filter((name) => plain(name).startsWith(plain(match[1] ?? "")));
  return { from: match.index, choices };
}

/** @param {string} words */
function plain(words) {
  return words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** @param {string} line @param {number} from @param {number} to */
function blank(line, from, to) {
  return `${line.slice(0, from)} ${line.slice(to)}`;
}

/** @param {string} words one line, a capital first; a first word with its own capitals ("iOS") stays */
function tidy(words) {
  const line = words.replace(/\s+/g, " ").replace(/\s+([,.;:!?])/g, "$1").replace(/^[\s,;–-]+|[\s,;–-]+$/g, "");
  const [first = ""] = line.split(" ");
  return first === first.toLowerCase() ? line.slice(0, 1).toUpperCase() + line.slice(1) : line;
}
