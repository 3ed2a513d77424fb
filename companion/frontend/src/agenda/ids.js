const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LENGTH = 12;

/** A name no other device will choose: 12 random letters and digits, 71 bits. */
export function newId() {
  let id = "";
  while (id.length < LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) {
      const letter = LETTERS[byte & 63];
      // 62 and 63 name no letter: they are drawn again, so that every letter stays equally likely.
      if (letter && id.length < LENGTH) id += letter;
    }
  }
  return id;
}

/**
 * Whether a key found in the document can be one of ours. Elements use ids in selectors and attributes.
 * @param {unknown} id
 * @returns {id is string}
 */
export function isId(id) {
  return typeof id === "string" && /^[0-9A-Za-z]{10,64}$/.test(id);
}
