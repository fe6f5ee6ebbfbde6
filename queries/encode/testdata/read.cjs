// Reads a file as LIBRARY does and prints what it found: node read.cjs LIBRARY FORMAT FILE.
'use strict';
const fs = require('fs');
const path = require('path');
const {createRequire} = require('module');

const [library, , file] = process.argv.slice(2);
const load = createRequire(path.join(process.env.ORBAT_TEST_NPM, 'x'));
const text = fs.readFileSync(file, 'utf8');

function withGraphology() {
  const Graph = load('graphology');
  const graph = load(library).parse(Graph, text);
  if (graph.order > 0 && graph.type !== 'directed') throw new Error(`it is ${graph.type}`); // where no edges are parallel it is not multi
  const nodes = graph.mapNodes((id, values) => ({xid: values.xid, values}));
  const edges = graph.mapEdges((id, values, from, to) => ({
    id, values, from: graph.getNodeAttribute(from, 'xid'), to: graph.getNodeAttribute(to, 'xid'),
  }));
  return {title: graph.getAttribute('title') || graph.getAttribute('description'), nodes, edges};
}

function withCytoscape() {
  const cytoscape = load('cytoscape');
  const warned = [];
  console.warn = (...words) => warned.push(words.join(' '));
  const cy = cytoscape({headless: true});
  cy.json(JSON.parse(text));
  if (warned.length > 0) throw new Error(warned.join('; '));
  return {
    title: cy.data('title'),
    nodes: cy.nodes().map(n => ({xid: n.data('xid'), values: n.data()})),
    edges: cy.edges().map(e => ({id: e.id(), values: e.data(), from: e.source().data('xid'), to: e.target().data('xid')})),
  };
}

// Mermaid cleans texts by a browser's means, which jsdom has. It knows nodes by their ids in the file only.
async function withMermaid() {
  const {JSDOM} = load('jsdom');
  globalThis.window = new JSDOM('').window;
  globalThis.document = globalThis.window.document;
  const folder = path.join(process.env.ORBAT_TEST_NPM, 'mermaid');
  const {exports} = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const mermaid = (await import(path.join(folder, exports['.'].import))).default;
  await mermaid.parse(text);
  const {db} = await mermaid.mermaidAPI.getDiagramFromText(text);
  const drawn = label => label.replace(/\uFB02\u00B0\u00B0(\d+)\u00B6\u00DF/g, (_, code) => String.fromCodePoint(Number(code)));
  return {
    title: null,
    nodes: [...db.getVertices().values()].map(n => ({xid: n.id, values: {xid: n.id, label: drawn(n.text)}})),
    edges: db.getEdges().map(e => ({id: e.id, from: e.start, to: e.end, values: {label: drawn(e.text), possible: e.stroke === 'dotted'}})),
  };
}

(async () => {
  const reads = {cytoscape: withCytoscape, mermaid: withMermaid}[library] || withGraphology;
  process.stdout.write(JSON.stringify(await reads()));
})();
