"""Asks networkx for paths in a canonical export: paths.py EXPORT.ndjson SEED

It shares nothing with orbat but the export's form. It draws 200 pairs by their distance, half of them under filters that it applies
to the claims itself, and prints a JSON line for each: the parameters of shortest-path and the chains that must come back. Time is
none of these filters: a chain held at one moment or not (law 7), which no search of a graph knows; the model of law 16 does.
"""

import itertools
import json
import random
import sys

import networkx as nx

MAX_HOPS = 10


def passes(claim, question):
    if question["min_confidence"] > 0 and claim.get("confidence", -1) < question["min_confidence"]:
        return False
    if question["dataset"] and claim["dataset"] != question["dataset"]:
        return False
    return not question["relations"] or claim["relation"] in question["relations"]


def graph(claims, types, question):
    """The multigraph that the filters leave."""
    g = nx.MultiGraph()
    g.add_nodes_from(x for x, t in types.items() if t != "Source")
    for c in claims:
        ends = c["from"], c["to"]
        if c["relation"] == "mentions" or ends[0] == ends[1] or "Source" in (types.get(ends[0]), types.get(ends[1])):
            continue
        if passes(c, question):
            g.add_edge(*ends, key=(c["from"], c["relation"], c["to"]))
    return g


def between(g, types, question, a, b):
    """The multigraph for one pair: what lies between the ends is of the types asked for."""
    if not question["types"]:
        return g
    return g.subgraph([n for n in g if n in (a, b) or types.get(n) in question["types"]])


def chains(g, path):
    """All chains along the nodes of a path, parallel edges apart."""
    steps = []
    for x, y in itertools.pairwise(path):
        steps.append([f"{x} -{r}> {y}; " if f == x else f"{x} <{r}- {y}; " for f, r, _ in g[x][y]])
    return ["".join(s) for s in itertools.product(*steps)]


def answer(g, types, question, a, b):
    h = between(g, types, question, a, b)
    try:
        shortest = list(nx.all_shortest_paths(h, a, b))
    except nx.NetworkXNoPath:
        return []
    if len(shortest[0]) - 1 > MAX_HOPS:
        return []
    if question["alternatives"] == 1:
        return [c for p in shortest for c in chains(h, p)]
    found, length = [], 0
    for p in nx.shortest_simple_paths(nx.Graph(h), a, b):
        if len(p) - 1 > MAX_HOPS or len(p) > length and len(found) >= question["alternatives"]:
            break
        length = len(p)
        found += chains(h, p)
        if len(found) > 900:
            return None
    return found


def no_filter():
    return {"min_confidence": 0, "dataset": "", "relations": [], "types": [], "alternatives": 1}


def filters(r, datasets, relations):
    q = no_filter()
    for what in r.sample(["min_confidence", "dataset", "relations", "types"], r.choice([1, 1, 2])):
        q[what] = {
            "min_confidence": lambda: r.randint(5, 50),
            "dataset": lambda: r.choice(datasets),
            "relations": lambda: sorted(r.sample(relations, len(relations) - 1)),
            "types": lambda: sorted(r.sample(["Person", "Unit", "Organisation"], 2)),
        }[what]()
    return q


def draw(r, g, types, question, want):
    """A pair at a distance; 0 is none."""
    for a in r.sample(sorted(g), 60):
        reach = nx.single_source_shortest_path_length(g, a)
        far = [n for n in sorted(g) if n != a and (reach.get(n, 0) == want)]
        r.shuffle(far)
        for b in far[:5]:
            h = between(g, types, question, a, b)
            distance = nx.shortest_path_length(h, a, b) if nx.has_path(h, a, b) else 0
            if distance == want:
                return a, b
    return None


def main():
    r = random.Random(int(sys.argv[2]))
    types, claims = {}, []
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if "relation" in record:
                if record.get("assertion", "asserted") == "asserted":
                    claims.append(record)
                for end in ("from", "to"):
                    types.setdefault(record[end], "")
            elif "type" in record:
                types[record["xid"]] = record["type"]
    datasets = sorted({c["dataset"] for c in claims})
    relations = sorted({c["relation"] for c in claims})
    for n in range(200):
        while True:
            question = filters(r, datasets, relations) if n % 2 else no_filter()
            question["alternatives"] = r.choice([1, 1, r.randint(2, 25)])
            g = graph(claims, types, question)
            pair = draw(r, g, types, question, n // 2 % 7)
            found = pair and answer(g, types, question, *pair)
            if found is not None:
                break
        print(json.dumps({"from": pair[0], "to": pair[1], "distance": n // 2 % 7, "filtered": n % 2 == 1, "question": question, "chains": found}))


main()
