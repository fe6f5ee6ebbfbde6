"""Reads a file as LIBRARY does and prints what it found: read.py LIBRARY FORMAT FILE."""

import inspect
import json
import sys

library, form, path = sys.argv[1:]
xids = {}  # by the library's own ids
nodes, edges = {}, []


def add_node(own, values):
    xids[own] = values["xid"]
    nodes[values["xid"]] = values


def with_networkx():
    import networkx

    if form == "gexf12":
        graph = networkx.read_gexf(path)
    elif form in ("graphml", "yed"):
        graph = networkx.read_graphml(path)
    else:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        options = {}
        if form == "node-link" and "edges" in inspect.signature(networkx.node_link_graph).parameters:
            options["edges"] = "links"  # from networkx 3.4 on
        make = {"cytoscape": networkx.cytoscape_graph, "node-link": networkx.node_link_graph}[form]
        graph = make(data, **options)
    if type(graph) is not networkx.MultiDiGraph:
        raise SystemExit(f"networkx makes it a {type(graph)}")
    for own, values in graph.nodes(data=True):
        add_node(own, dict(values))
    for source, target, key, values in graph.edges(keys=True, data=True):
        edges.append((key, xids[source], xids[target], dict(values)))
    return graph.graph.get("title")


def with_igraph():
    import igraph

    graph = igraph.Graph.Read_GraphML(path)
    if not graph.is_directed():
        raise SystemExit("igraph makes it undirected")
    for vertex in graph.vs:
        add_node(vertex.index, vertex.attributes())
    for edge in graph.es:
        edges.append((edge["id"], xids[edge.source], xids[edge.target], edge.attributes()))
    return graph["title"]


title = {"networkx": with_networkx, "igraph": with_igraph}[library]()
json.dump(
    {
        "title": title,
        "nodes": [{"xid": xid, "values": values} for xid, values in nodes.items()],
        "edges": [{"id": i, "from": f, "to": t, "values": v} for i, f, t, v in edges],
    },
    sys.stdout,
)
