#!/usr/bin/env python3
"""What a load of one STIX file, replaced by another, must report: worked out from the two files alone.

    python3 stix_diff.py OLD.json NEW.json

Prints one JSON object: what the first load creates, and what replacing it creates, changes, leaves and retracts, in records. It
shares no code with the reader: it knows STIX, and what orbat's documentation says a record is. Which is:

- an object is a record about itself, a relationship one about (relation, source, target);
- every external reference, and every inline citation that none of them is for, is a record about a source, told apart by its
  URL or else its name; the same said twice is one record;
- every reference within an object is a record about (relation, object, target).

A record changed if the file before said something about the same, but not this. What the file before said something about, and
the new one nothing, is retracted.
"""
import json
import re
import sys
import unicodedata
from collections import defaultdict
from urllib.parse import urlsplit

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
IDENTIFIER = re.compile("([a-z0-9-]+)--" + UUID)
DOCUMENTS = {"report", "note", "opinion", "grouping"}
SOFTWARE = {"malware", "tool", "infrastructure"}
# References that say who wrote the record, how it may be shared, or what a release contains.
BOOKKEEPING = {"created_by_ref", "x_mitre_modified_by_ref", "object_marking_refs", "granular_markings", "x_mitre_contents"}


def type_of(identifier):
    return identifier.split("--")[0]


def relation(kind, source, target):
    """The ontology's relation, for what ATT&CK holds."""
    a, b = type_of(source), type_of(target)
    if kind == "uses" and a in {"intrusion-set", "threat-actor", "identity"} and b in SOFTWARE:
        return "operates"
    if kind == "revoked-by" and a == b and a != "identity":
        return "succeeded_by"
    return "related_to"


def normal(name):
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join("".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded).split())


def source(reference):
    """The identity of the document that a reference names, and what it says of it; None where it names none."""
    name, number = reference.get("source_name", ""), reference.get("external_id", "")
    if number and number.lower() != name.lower():
        name += " " + number
    name, url = " ".join(name.split()), reference.get("url", "").strip()
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https", "ftp"} and parts.hostname and "@" not in parts.netloc and not re.search(r"\s", url)
    except ValueError:
        good = False
    url = url.replace(parts.netloc, parts.netloc.lower(), 1) if good else ""
    identity = url or normal(name)
    description = unicodedata.normalize("NFC", reference.get("description", "").strip())
    return (identity, (name, description, url)) if identity else None


def citations(text):
    for start in re.finditer(r"\(Citation:", text):
        depth, rest = 1, text[start.end():]
        for at, c in enumerate(rest):
            depth += (c == "(") - (c == ")")
            if depth == 0:
                yield rest[:at].strip()
                break


def references(value, key=""):
    """The references within an object: (label, identifier)."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in BOOKKEEPING:
                yield from references(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner, key)
    elif isinstance(value, str) and re.search("_refs?$", key) and IDENTIFIER.fullmatch(value):
        if type_of(value) not in DOCUMENTS | {"relationship"}:
            yield re.sub("_refs?$", "", key), value


def records(path):
    """What the file says, by what it says it about."""
    said = defaultdict(set)
    with open(path, encoding="utf-8") as file:
        objects = json.load(file)["objects"]
    for thing in objects:
        sources = [s for s in map(source, thing.get("external_references", [])) if s]
        named = {normal(r.get("source_name", "")) for r in thing.get("external_references", [])}
        for text in thing.values():
            for name in citations(text) if isinstance(text, str) else ():
                if normal(name) not in named:
                    named.add(normal(name))
                    sources.append(source({"source_name": name}))
        for identity, words in sources:
            said["source", identity].add(words)
        whole = json.dumps(thing, sort_keys=True)
        if thing["type"] == "relationship":
            ends = thing["source_ref"], thing["target_ref"]
            said[(relation(thing["relationship_type"], *ends), *ends)].add(whole)
            continue
        said["thing", thing["id"]].add(whole)
        kind = "mentions" if thing["type"] in DOCUMENTS else "related_to"
        cited = thing["id"] if kind == "mentions" else frozenset(identity for identity, _ in sources)
        shared = json.dumps([thing.get(key) for key in ("created_by_ref", "object_marking_refs", "confidence", "revoked")])
        for label, other in references(thing):
            said[kind, thing["id"], other].add((thing["id"], label, cited, shared.replace("null", "false")))
    return said


def main(old, new):
    old, new = records(old), records(new)
    count = {"first": sum(map(len, old.values())), "created": 0, "changed": 0, "unchanged": 0}
    for about, statements in new.items():
        for statement in statements:
            fate = "unchanged" if statement in old.get(about, ()) else "changed" if about in old else "created"
            count[fate] += 1
    count["retracted"] = sum(about not in new for about in old)
    print(json.dumps(count))


if __name__ == "__main__":
    main(*sys.argv[1:])
