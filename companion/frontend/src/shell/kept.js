import { cachesNamed, PAGES_OF } from "./caches.js";

const SESSION = /^\/sessions\/\d+$/;
const TITLE = /<title>\s*([^<]*?)\s*(?:·[^<]*)?<\/title>/;

/** The sessions whose pages this device keeps, the one opened last first. @returns {Promise<{path: string, title: string}[]>} */
export async function keptTitles() {
  const found = [];
  for (const name of await cachesNamed(PAGES_OF)) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      const path = new URL(url).pathname;
      if (!SESSION.test(path)) continue;
      const html = await (await cache.match(url, { ignoreVary: true }))?.text();
      found.unshift({ path, title: plain(TITLE.exec(html ?? "")?.[1] ?? "Your agenda") });
    }
  }
  return found;
}

/** @param {string} html as our templates escape words */
function plain(html) {
  return html.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&#34;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, "&");
}
