// Reads a table in Markdown as marked does and prints its rows as HTML shows them, the head first: read_table.cjs FILE.
const fs = require("node:fs");
const { createRequire } = require("node:module");
const load = createRequire(`${process.env.ORBAT_TEST_NPM}/`);
const { marked } = load("marked");
const { JSDOM } = load("jsdom");

const html = marked.parse(fs.readFileSync(process.argv[2], "utf8"));
const { document } = new JSDOM(html).window;
const strange = [...document.body.querySelectorAll("*")].map((e) => e.localName);
const plain = ["table", "thead", "tbody", "tr", "th", "td"];
if (document.body.children.length !== 1 || strange.some((name) => !plain.includes(name))) {
  throw new Error(`not one plain table: ${html}`);
}
const rows = [...document.querySelectorAll("tr")].map((row) => [...row.children].map((cell) => cell.textContent));
process.stdout.write(JSON.stringify(rows));
