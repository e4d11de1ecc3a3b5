// Builds the assets of the pages into a folder: `node build.mjs FOLDER DIGEST`.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { shake } from "./shaking.mjs";

const [folder, digest] = process.argv.slice(2);
const server = "../server";
const licences = "THIRD-PARTY.txt";
const common = { bundle: true, minify: true, write: false, logLevel: "warning" };
const files = {};

/** Write a file under a name that follows from its content, and compressed twice. */
function put(name, content) {
  const data = Buffer.from(content);
  const hash = createHash("sha256").update(data).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  files[name] = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  const path = join(folder, files[name]);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  writeFileSync(path, data);
  writeFileSync(`${path}.br`, brotliCompressSync(data, quality));
  writeFileSync(`${path}.gz`, gzipSync(data, { level: 9 }));
}

async function scripts() {
  const entries = readdirSync(".").filter((name) => name.endsWith(".js"));
  const options = { format: "esm", target: "es2022", outdir: folder, legalComments: "none" };
  const built = await esbuild.build({ ...common, ...options, entryPoints: entries });
  for (const file of built.outputFiles) put(basename(file.path), file.contents);
  put("suggest.js", await minified(plain("suggest.js"), "js"));
}

/** Return a file that works as it is where nothing is built. */
function plain(name) {
  return readFileSync(`${server}/static/${name}`, "utf8");
}

async function styles() {
  const options = { ...common, minify: false, entryPoints: ["nlds.css"] };
  const bundled = (await esbuild.build(options)).outputFiles[0].text;
  const classes = JSON.parse(readFileSync("classes.json", "utf8"));
  const markup = readdirSync(`${server}/templates`)
    .filter((name) => name.endsWith(".html"))
    .map((name) => readFileSync(`${server}/templates/${name}`, "utf8"))
    .join("\n");
  const ours = plain("base.css");
  const kept = shake(bundled, markup, classes, ours);
  put("nlds.css", `/*! NL Design System, EUPL-1.2; see ${licences} */\n${await minified(kept, "css")}`);
  put("base.css", await minified(ours, "css"));
}

async function minified(text, loader) {
  return (await esbuild.transform(text, { loader, minify: true })).code;
}

/** Return the licence of every package that is bundled, each text once. */
function notices() {
  const texts = new Map();
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  for (const [path, item] of Object.entries(lock.packages)) {
    if (!path || item.dev) continue;
    const name = readdirSync(path).find((file) => /^licen[cs]e/i.test(file));
    const text = name ? readFileSync(join(path, name), "utf8").trim() : "";
    const title = `${path.replace(/.*node_modules\//, "")} ${item.version} (${item.license})`;
    texts.set(text, [...(texts.get(text) ?? []), title]);
  }
  return [...texts].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`).join("\n---\n\n");
}

if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
await Promise.all([scripts(), styles()]);
put(licences, notices());
const ordered = Object.fromEntries(Object.entries(files).sort());
const digests = ["base.css", "suggest.js"].map((name) => [
  name,
  createHash("sha256").update(plain(name)).digest("hex"),
]);
const manifest = { digest, sources: Object.fromEntries(digests), files: ordered };
writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
