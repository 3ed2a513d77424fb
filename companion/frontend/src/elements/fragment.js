import { ownHeaders } from "../agenda/here.js";

/** @typedef {{document: Document, status: number, url: URL}} Page `url`: where redirects led to */

/**
 * A page or a part of one as a document, or null where it can't be had.
 * @param {string} address
 * @returns {Promise<Document | null>}
 */
export async function fetchDocument(address) {
  const page = await fetchPage(address);
  return page?.status === 200 ? page.document : null;
}

/**
 * What the server says at this address; null where it says nothing. An XMLHttpRequest parses HTML without running any of
 * it, so it needs no leave from Trusted Types, which DOMParser would.
 * @param {string} address
 * @param {FormData} [deed] a form to be sent there, with its token in it
 * @returns {Promise<Page | null>}
 */
export function fetchPage(address, deed) {
  return new Promise((resolve) => {
    const asked = new XMLHttpRequest();
    asked.open(deed ? "POST" : "GET", address);
    asked.responseType = "document";
    for (const [name, value] of Object.entries({ Accept: "text/html", ...ownHeaders() })) asked.setRequestHeader(name, value);
    asked.onload = () => {
      const { responseXML, status, responseURL } = asked;
      resolve(responseXML && { document: responseXML, status, url: new URL(responseURL) });
    };
    asked.onerror = () => resolve(null);
    asked.send(deed ?? null);
  });
}
