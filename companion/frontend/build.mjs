// Builds what browsers load into ../static/build: every file of src/pages with what it imports, and src/styles/main.css, all
// under hashed names, and manifest.json from plain name to hashed one. Prints what each page costs on its first visit.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(here, "..", "static", "build");

/** @returns {Promise<import("esbuild").BuildResult<{metafile: true, write: false}>>} */
async function bundle() {
  const pages = (await readdir(join(here, "src", "pages"))).filter((name) => name.endsWith(".js"));
  return build({
    absWorkingDir: here,
    entryPoints: [...pages.map((name) => `src/pages/${name}`), "src/styles/main.css"],
    outdir: out,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    assetNames: "[name]-[hash]",
    external: ["/static/*"],
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: ["chrome120", "edge120", "firefox121", "safari17.2"],
    metafile: true,
    write: false,
  });
}

/**
 * @param {import("esbuild").Metafile} metafile
 * @returns {Record<string, string>} "session.js" → "session-4GZQ.js"
 */
function manifestOf({ outputs }) {
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint && !entryPoint.includes("node_modules"));
  const named = entries.filter(([, { entryPoint }]) => /^src\/(pages|styles)\//.test(entryPoint ?? ""));
  return Object.fromEntries(named.map(([path, { entryPoint }]) => [basename(entryPoint ?? ""), basename(path)]));
}

/**
 * An output and all that it loads at once; what it imports later is left out.
 * @param {import("esbuild").Metafile} metafile
 * @param {string} path
 * @param {Set<string>} seen
 */
function loadedWith({ outputs }, path, seen = new Set()) {
  if (seen.has(path) || !outputs[path]) return seen;
  seen.add(path);
  for (const { path: next, kind } of outputs[path].imports) {
    if (kind === "import-statement") loadedWith({ outputs, inputs: {} }, next, seen);
  }
  return seen;
}

const { metafile, outputFiles } = await bundle();
const manifest = manifestOf(metafile);
const files = new Map(outputFiles.map((file) => [basename(file.path), file.contents]));

await mkdir(out, { recursive: true });
await Promise.all([...files].map(([name, contents]) => writeFile(join(out, name), contents)));
// Last: whoever reads it finds the files it names.
await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
const old = (await readdir(out)).filter((name) => name !== "manifest.json" && !files.has(name));
await Promise.all(old.map((name) => rm(join(out, name), { recursive: true })));

const sizes = new Map([...files].map(([name, contents]) => [name, gzipSync(contents, { level: 9 }).length]));
for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
  const loaded = [...loadedWith(metafile, path)].map((one) => sizes.get(basename(one)) ?? 0);
  const kilobytes = (loaded.reduce((sum, size) => sum + size, 0) / 1024).toFixed(1);
  const name = entryPoint?.replace(/^(src\/pages|src\/styles|node_modules)\//, "");
  if (name) console.log(`${kilobytes.padStart(6)} KB gzip  ${name}`);
}
