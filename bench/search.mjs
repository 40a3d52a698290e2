// Answers the queries of bench/search.py with one of the peers that run in Node.js.
//
//     node bench/search.mjs FOLDER lunr|minisearch|pagefind < asked.json
//
// FOLDER holds node_modules. Reads {documents: [{id, title, body}], queries: [text]}, prints a list of at most ten ids a query.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, engine] = process.argv.slice(2);
const require = createRequire(pathToFileURL(join(folder, "package.json")));
const SHOWN = 10;

// As its guide has it, with the title weighed; terms instead of its query language, which a pasted sentence would break.
function lunr(documents) {
  const lunr = require("lunr");
  const index = lunr(function () {
    this.ref("id");
    this.field("title", { boost: 3 });
    this.field("body");
    documents.forEach((document) => this.add(document));
  });
  return (text) => index.query((query) => query.term(lunr.tokenizer(text), {})).map((hit) => hit.ref);
}

function minisearch(documents) {
  const MiniSearch = require("minisearch");
  const index = new MiniSearch({ fields: ["title", "body"], searchOptions: { boost: { title: 3 } } });
  index.addAll(documents);
  return (text) => index.search(text).map((hit) => hit.id);
}

// Its script is meant for a browser: it fetches what it needs and looks at the page's language.
async function pagefind(documents) {
  const service = await import(pathToFileURL(join(folder, "node_modules/pagefind/lib/index.js")));
  const { index } = await service.createIndex();
  for (const { id, title, body } of documents) {
    const paragraphs = body.split(/\n\s*\n/).map((text) => `<p>${escaped(text)}</p>`);
    const content = `<html lang="en"><body><h1>${escaped(title)}</h1>${paragraphs.join("")}</body></html>`;
    await index.addHTMLFile({ url: `/${id}/`, content });
  }
  const place = mkdtempSync(join(folder, "pagefind-"));
  await index.writeFiles({ outputPath: place });
  await service.close();
  globalThis.document = { querySelector: () => ({ getAttribute: () => "en" }), currentScript: null };
  globalThis.window = { location: { origin: "http://localhost", href: "http://localhost/" } };
  globalThis.location = globalThis.window.location;
  globalThis.fetch = async (url) => new Response(readFileSync(join(place, String(url).replace(/^.*?\/pagefind\//, "").split("?")[0])));
  const script = await import(pathToFileURL(join(place, "pagefind.js")));
  await script.options({ basePath: "/pagefind/", baseUrl: "/" });
  await script.init();
  process.on("exit", () => rmSync(place, { recursive: true }));
  return async (text) => {
    const { results } = await script.search(text);
    const shown = await Promise.all(results.slice(0, SHOWN).map((hit) => hit.data()));
    return shown.map((hit) => hit.url.replaceAll("/", ""));
  };
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

const { documents, queries } = JSON.parse(readFileSync(0, "utf8"));
const search = await { lunr, minisearch, pagefind }[engine](documents);
const found = [];
for (const text of queries) found.push((await search(text)).slice(0, SHOWN));
console.log(JSON.stringify(found));
