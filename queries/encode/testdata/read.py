"""Reads a file as LIBRARY does and prints what it found: read.py LIBRARY FORMAT FILE."""

import csv
import inspect
import io
import json
import re
import subprocess
import sys
import zipfile

library, form, path = sys.argv[1:]
xids = {}  # by the library's own ids
nodes, edges = {}, []


def add_node(own, values):
    xids[own] = values["xid"]
    nodes[values["xid"]] = values


def with_networkx():
    import networkx

    if form in ("graphml", "yed"):
        graph = networkx.read_graphml(path)
    elif form in ("gexf12", "gexf"):
        graph = networkx.read_gexf(path)
    else:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        options = {}
        if form == "node-link" and "edges" in inspect.signature(networkx.node_link_graph).parameters:
            options["edges"] = "links"  # from networkx 3.4 on
        make = {"cytoscape": networkx.cytoscape_graph, "node-link": networkx.node_link_graph}[form]
        graph = make(data, **options)
    if type(graph) is networkx.DiGraph and form in ("graphml", "yed", "gexf12"):  # nothing is parallel: the ids are values
        keyed = [(source, target, values["id"], values) for source, target, values in graph.edges(data=True)]
    elif type(graph) is not networkx.MultiDiGraph:
        raise SystemExit(f"networkx makes it a {type(graph)}")
    else:
        keyed = graph.edges(keys=True, data=True)
    for own, values in graph.nodes(data=True):
        add_node(own, dict(values))
    for source, target, key, values in keyed:
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


def with_graphviz(*options):
    """Graphviz leaves escapes to whoever draws a text; here they are undone."""

    def undone(text):
        return re.sub(r"\\\\|\\n|&amp;", lambda m: {"\\\\": "\\", "\\n": "\n", "&amp;": "&"}[m[0]], text)

    # Without a layout, positions are missed, and said so by the exit code: all has been printed by then.
    printed = subprocess.run(["dot", "-Tdot_json", *options, path], check=not options, capture_output=True).stdout
    graph = json.loads(printed)
    if not graph["directed"] or graph["strict"]:
        raise SystemExit("Graphviz makes it undirected, or one of parallel edges")
    for node in graph.get("objects", []):
        add_node(node["_gvid"], named({name: undone(str(value)) for name, value in node.items()}))
    for edge in graph.get("edges", []):
        values = {name: undone(str(value)) for name, value in edge.items()}
        edges.append((values["id"], xids[edge["tail"]], xids[edge["head"]], values))
    return undone(graph["label"])


def named(values):
    """The name is called otherwise in DOT: pydot takes no attribute of that name."""
    values.pop("name", None)
    if "full_name" in values:
        values["name"] = values.pop("full_name")
    return values


def with_pydot():
    """pydot leaves all escapes, and the quotes, to whoever draws."""
    import pydot

    def undone(text):
        inner = str(text)[1:-1] if str(text).startswith('"') else str(text)
        return re.sub(r'\\\\|\\n|\\"|&amp;', lambda m: {"\\\\": "\\", "\\n": "\n", '\\"': '"', "&amp;": "&"}[m[0]], inner)

    with open(path, encoding="utf-8", newline="") as file:  # as a file of its own reading, each line's end is made one
        (graph,) = pydot.graph_from_dot_data(file.read())
    if graph.get_type() != "digraph":
        raise SystemExit(f"pydot makes it a {graph.get_type()}")
    for node in graph.get_nodes():
        if node.get_name() not in ("graph", "node", "edge", '"\\n"'):  # the last: pydot makes a node of a line's end
            add_node(node.get_name(), named({key: undone(value) for key, value in node.get_attributes().items()}))
    for edge in graph.get_edges():
        values = {key: undone(value) for key, value in edge.get_attributes().items()}
        edges.append((values["id"], xids[edge.get_source()], xids[edge.get_destination()], values))
    return undone(graph.get_graph_defaults()[0]["label"])


def with_csv():
    csv.field_size_limit(1 << 30)
    if form == "csv-links":
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, strict=True):
                for end in ("from", "to"):
                    add_node(row[end + "_xid"], {"xid": row[end + "_xid"], "label": row[end]})
                edges.append((row["id"], row["from_xid"], row["to_xid"], row))
        return None
    with zipfile.ZipFile(path) as archive:
        if archive.testzip() is not None or archive.namelist() != ["nodes.csv", "edges.csv"]:
            raise SystemExit(f"the archive is broken, or holds {archive.namelist()}")

        def rows(name):
            with archive.open(name) as file:
                yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline=""), strict=True)

        own = {"Id": "xid", "Label": "label"}  # Gephi's names; neo4j's end in a kind
        for row in rows("nodes.csv"):
            values = {own.get(name) or name.split(":")[0]: cell for name, cell in row.items()}
            add_node(values["xid"], values)
        for row in rows("edges.csv"):
            values = {own.get(name) or name.split(":")[0]: cell for name, cell in row.items()}
            start, end, key = ("Source", "Target", "Id") if form == "csv-gephi" else (":START_ID", ":END_ID", "id:string")
            edges.append((row[key], xids[row[start]], xids[row[end]], values))
    return None


title = {
    "networkx": with_networkx,
    "igraph": with_igraph,
    "graphviz": with_graphviz,
    "graphviz-nop": lambda: with_graphviz("-Knop"),  # reads, and lays nothing out
    "csv": with_csv,
    "pydot": with_pydot,
}[library]()
json.dump(
    {
        "title": title,
        "nodes": [{"xid": xid, "values": values} for xid, values in nodes.items()],
        "edges": [{"id": i, "from": f, "to": t, "values": v} for i, f, t, v in edges],
    },
    sys.stdout,
)
