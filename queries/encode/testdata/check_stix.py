"""Validates STIX 2.1 bundles against the OASIS JSON schemas (a folder, read without a network), and checks what schemas cannot say.

check_stix.py SCHEMAS BUNDLE...; prints a line for each fault, and at the end how many objects there were of each type.
"""
import collections
import json
import pathlib
import sys
import warnings

import jsonschema

warnings.simplefilter("ignore")
store, by_type = {}, {}
for file in pathlib.Path(sys.argv[1]).rglob("*.json"):
    schema = json.loads(file.read_text())
    store[schema["$id"]] = schema
    by_type[file.stem] = schema


def no_network(uri):
    raise SystemExit("not among the schemas: " + uri)


def validator(name):
    schema = by_type[name]
    resolver = jsonschema.RefResolver(schema["$id"], schema, store=store, handlers={"http": no_network, "https": no_network})
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


kinds, faults = collections.Counter(), []
for path in sys.argv[2:]:
    bundle = json.loads(pathlib.Path(path).read_text())
    head = {k: v for k, v in bundle.items() if k != "objects"}
    faults += [f"{path}: {e.message[:200]}" for e in validator("bundle").iter_errors(head)]
    ids, defined, validators = set(), set(), {}
    for o in bundle["objects"]:
        kinds[o["type"]] += 1
        if o["type"] not in validators:
            validators[o["type"]] = validator(o["type"] if o["type"] in by_type else "core")
        faults += [f"{o['id']}: {list(e.absolute_path)} {e.message[:200]}" for e in validators[o["type"]].iter_errors(o)]
        if not o["id"].startswith(o["type"] + "--"):
            faults.append(f"{o['id']} is a {o['type']}")
        if o["id"] in ids:
            faults.append(f"{o['id']} comes twice")
        ids.add(o["id"])
        if "start_time" in o and "stop_time" in o and not o["start_time"] < o["stop_time"]:
            faults.append(f"{o['id']} stops before it starts")
        if o.get("created", "") > o.get("modified", "9"):
            faults.append(f"{o['id']} was modified before it was created")
        if o["type"] == "extension-definition":
            defined.add(o["id"])
    tlp = {"613f2e26-407d-48c7-9eca-b8e91df99dc9", "34098fce-860f-48ae-8e50-ebd3cc5e41da", "f88d31f6-486f-44da-b317-01333bde0b82",
           "5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "94868c89-83c2-464b-929b-a1a8aa3c8487", "939a9414-2ddd-4d32-a0cd-375ea402b003"}
    known = ids | {"marking-definition--" + i for i in tlp}
    for o in bundle["objects"]:
        for key, value in o.items():
            refs = value if key.endswith("_refs") else [value] if key.endswith("_ref") else []
            faults += [f"{o['id']}: {key} {ref} is not in the bundle" for ref in refs if ref not in known]
        faults += [f"{o['id']}: {ext} is not defined" for ext in o.get("extensions", {}) if ext not in defined]
for fault in faults[:50]:
    print(fault)
print(json.dumps({"faults": len(faults), "objects": kinds}, sort_keys=True))
