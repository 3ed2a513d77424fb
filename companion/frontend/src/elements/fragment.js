import { ownHeaders } from "../agenda/here.js";

/**
 * A page or a part of one as a document, or null where it can't be had. An XMLHttpRequest parses HTML without running any
 * of it, so it needs no leave from Trusted Types, which DOMParser would.
 * @param {string} address
 * @returns {Promise<Document | null>}
 */
export function fetchDocument(address) {
  return new Promise((resolve) => {
    const asked = new XMLHttpRequest();
    asked.open("GET", address);
    asked.responseType = "document";
    for (const [name, value] of Object.entries({ Accept: "text/html", ...ownHeaders() })) asked.setRequestHeader(name, value);
    asked.onload = () => resolve(asked.status === 200 ? asked.responseXML : null);
    asked.onerror = () => resolve(null);
    asked.send();
  });
}
