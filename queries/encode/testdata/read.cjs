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
  if (graph.order > 0 && (!graph.multi || graph.type !== 'directed')) throw new Error(`it is ${graph.type}, multi ${graph.multi}`);
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

const found = library === 'cytoscape' ? withCytoscape() : withGraphology();
process.stdout.write(JSON.stringify(found));
