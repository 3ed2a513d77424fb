// Builds what browsers load into ../static/build: every file of src/pages with what it imports, src/styles/main.css and the
// service worker, all under hashed names, each beside a compressed twin; and manifest.json, which names by plain name its
// `file`, what its page loads `first`, and what may come `later`. Prints what each page costs on its first visit.
import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(here, "..", "static", "build");

/** What base.html brings to every page. */
const EVERYWHERE = ["main.css", "site.js"];
/** Files of earlier builds stay so long, in milliseconds: pages opened before may still ask for what comes later. */
const KEPT = 14 * 24 * 3600 * 1000;

/** @type {import("esbuild").BuildOptions} */
const COMMON = {
  absWorkingDir: here,
  outdir: out,
  bundle: true,
  minify: true,
  target: ["chrome120", "edge120", "firefox121", "safari17.2"],
  metafile: true,
  write: false,
};

async function buildPages() {
  const pages = (await readdir(join(here, "src", "pages"))).filter((name) => name.endsWith(".js"));
  return build({
    ...COMMON,
    entryPoints: [...pages.map((name) => `src/pages/${name}`), "src/styles/main.css"],
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    assetNames: "[name]-[hash]",
    external: ["/static/*"],
    splitting: true,
    format: "esm",
  });
}

/** The worker knows the files of its version by name, so that each version is another worker. @param {string[]} names */
async function buildWorker(names) {
  const version = createHash("sha256").update(names.join()).digest("hex").slice(0, 12);
  const define = { VERSION: JSON.stringify(version), FILES: JSON.stringify(names.map((name) => `/static/build/${name}`)) };
  return build({ ...COMMON, entryPoints: ["src/worker/sw.js"], entryNames: "sw-[hash]", format: "iife", define });
}

/**
 * An output and all that it imports, at once or also later.
 * @param {import("esbuild").Metafile["outputs"]} outputs
 * @param {string} path
 * @param {string[]} kinds of imports that count
 * @param {Set<string>} seen
 */
function loadedWith(outputs, path, kinds, seen = new Set()) {
  if (seen.has(path) || !outputs[path]) return seen;
  seen.add(path);
  for (const { path: next, kind } of outputs[path].imports) if (kinds.includes(kind)) loadedWith(outputs, next, kinds, seen);
  return seen;
}

/**
 * @param {import("esbuild").Metafile["outputs"]} outputs
 * @returns {Record<string, {file: string, first: string[], later: string[]}>} "session.js" → {file: "session-4GZQ.js", …}
 */
function manifestOf(outputs) {
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => /^src\/(pages|styles|worker)\//.test(entryPoint ?? ""));
  const paths = new Map(entries.map(([path, { entryPoint }]) => [basename(entryPoint ?? ""), path]));
  const described = [...paths].map(([name, path]) => {
    const isPage = /^src\/pages\//.test(outputs[path]?.entryPoint ?? "");
    const roots = [path, ...(isPage ? EVERYWHERE.flatMap((each) => paths.get(each) ?? []) : [])];
    const all = (/** @type {string[]} */ kinds) => new Set(roots.flatMap((root) => [...loadedWith(outputs, root, kinds)]));
    const first = all(["import-statement"]);
    const later = [...all(["import-statement", "dynamic-import"])].filter((each) => !first.has(each));
    return [name, { file: basename(path), first: [...first].map((each) => basename(each)), later: later.map((each) => basename(each)) }];
  });
  return Object.fromEntries(described);
}

/** @param {Map<string, Uint8Array>} files */
async function write(files) {
  await mkdir(out, { recursive: true });
  await Promise.all([...files].map(([name, contents]) => writeFile(join(out, name), contents)));
}

/** @param {Set<string>} current */
async function removeOld(current) {
  for (const name of await readdir(out)) {
    const path = join(out, name);
    if (!current.has(name) && Date.now() - (await stat(path)).mtimeMs > KEPT) await rm(path, { recursive: true });
  }
}

const pages = await buildPages();
const worker = await buildWorker(pages.outputFiles.map((file) => basename(file.path)).sort());
const outputs = { ...pages.metafile.outputs, ...worker.metafile.outputs };
const files = new Map([...pages.outputFiles, ...worker.outputFiles].map((file) => [basename(file.path), file.contents]));
const packed = new Map([...files].map(([name, contents]) => [`${name}.gz`, gzipSync(contents, { level: 9 })]));
const manifest = manifestOf(outputs);

await write(new Map([...files, ...packed]));
// Last: whoever reads it finds the files it names.
await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await removeOld(new Set([...files.keys(), ...packed.keys(), "manifest.json", ".stamp"]));

for (const [name, { first }] of Object.entries(manifest)) {
  const bytes = first.reduce((sum, each) => sum + (packed.get(`${each}.gz`)?.length ?? 0), 0);
  console.log(`${(bytes / 1024).toFixed(1).padStart(6)} KB gzip  ${name}`);
}
