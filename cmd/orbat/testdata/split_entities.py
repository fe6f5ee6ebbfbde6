#!/usr/bin/env python3
"""Split known entities of an orbat export in two, as a trial of record linkage.

    split_entities.py --seed N --count 300 --truth TRUTH.json < in.ndjson > out.ndjson

Reads orbat's canonical NDJSON and writes the same export in which `count`
people and units (about half of each, chosen by the seed) have become two
entities: the original, and a copy `split:NNNN` under a changed name that took
about half of the records on the original with it. No record goes to both and
none is lost, so a linker that is given the result ought to propose exactly
these pairs; TRUTH.json lists them, with how each name was changed. Nothing
here knows how any linker works: the changes are those that sources make.

Kinds of change, in turn: "split" (name as it was), "misspelt" (typing slips),
"reordered" (other order, initials, rank, abbreviations), "transliterated"
(Arabic for half, Cyrillic and Greek for the rest). An entity whose name a kind
cannot change is left for another kind. Same seed and input, same bytes out.
"""
import argparse
import json
import random
import re
import sys
import unicodedata
from collections import defaultdict

KINDS = ["split", "misspelt", "reordered", "transliterated"]

# --- misspelt: one slip of the fingers, sometimes two -----------------------

KEYS = ["qwertyuiop", "asdfghjkl", "zxcvbnm"]
NEAR = defaultdict(str)
for r, row in enumerate(KEYS):
    for i, key in enumerate(row):
        NEAR[key] += row[max(i - 1, 0):i] + row[i + 1:i + 2]
        for under in (KEYS[r + 1][max(i - 1, 0):i + 1] if r < 2 else ""):
            NEAR[key] += under
            NEAR[under] += key


def slip(word, rng):
    """The word with one typing slip, never in its first letter, and its kind."""
    while True:
        how = rng.choice(["dropped", "doubled", "neighbour", "swapped"])
        i = rng.randrange(1, len(word))
        a, c, z = word[:i], word[i], word[i + 1:]
        if how == "dropped":
            return a + z, how
        if how == "doubled" and c not in (a[-1:], z[:1]):
            return a + c + c + z, how
        if how == "neighbour" and c in NEAR:  # lower case only
            return a + rng.choice(NEAR[c]) + z, how
        if how == "swapped" and z and z[0] != c:
            return a + z[0] + c + z[1:], how


def misspell(name, rng):
    spots = [m for m in re.finditer(r"[^\W\d_]{4,}", name) if m[0][1:].islower()]
    if not spots:
        return None
    two = len(name.split()) >= 3 and len(spots) > 1 and rng.random() < 1 / 3
    hows = []
    for m in sorted(rng.sample(spots, 1 + two), key=lambda m: -m.start()):
        word, how = slip(m[0], rng)
        name = name[:m.start()] + word + name[m.end():]
        hows.insert(0, how)
    return name, "+".join(hows)


# --- reordered: the same name as another writer would set it down -----------

RANKS = {"General": "Gen.", "Lieutenant General": "Lt. Gen.", "Major General": "Maj Gen",
         "Brigadier General": "Brig. Gen", "Colonel": "Col.", "Lieutenant Colonel": "Lt Col",
         "Major": "Maj.", "Captain": "Capt.", "Air Vice Marshal": "AVM", "Air Commodore": "Air Cdre",
         "Inspector General of Police": "IGP", "Assistant Inspector General of Police": "AIG",
         "Commissioner of Police": "CP", "Deputy Commissioner of Police": "DCP",
         "Assistant Commissioner of Police": "ACP", "Chief Superintendent of Police": "CSP",
         "Superintendent of Police": "SP", "Deputy Superintendent of Police": "DSP",
         "Assistant Superintendent of Police": "ASP"}
ANY_RANK = ["Gen.", "Maj Gen", "Col.", "Brig. Gen", "CP", "ASP"]  # where none is recorded
TITLES = {"Alhaji", "Mallam", "Dr", "Dr.", "Chief"}


def reorder_person(name, ranks, rng):
    base, tail = re.fullmatch(r"(.*?)( \(.*\))?", name).groups("")
    *given, last = re.sub(r" ([–-]) ", r"\1", base).split()
    short = sorted({RANKS[r] for r in ranks if r in RANKS}) or ANY_RANK
    options = [("rank", rng.choice(short) + " " + base)]
    if given:
        options += [("surname first, comma", f"{last}, {' '.join(given)}"),
                    ("surname first", f"{last} {' '.join(given)}")]
        words = [w for w in given if w not in TITLES]
        if any(len(w) > 1 and w[1:].islower() for w in words):
            letters = [c for w in words for c in (w[0] if w[1:].islower() else re.findall(r"\w", w))]
            options.append(("initials", rng.choice([". ", "."]).join(letters) + ". " + last))
    how, new = rng.choice([o for o in options if o[1] != base])
    return new + tail, how


WORDS = {"Battalion": "Bn", "Brigade": "Bde", "Division": "Div", "Regiment": "Regt", "Squadron": "Sqn",
         "Command": "Comd", "Company": "Coy", "Headquarters": "HQ", "Armoured": "Armd", "Mechanised": "Mech",
         "Artillery": "Arty", "Amphibious": "Amph", "Station": "Stn", "Department": "Dept", "Operation": "Op",
         "Group": "Gp", "Engineers": "Engrs", "Nigerian Army": "NA", "Nigerian Air Force": "NAF",
         "Special Anti-Robbery Squad": "SARS", "Criminal Intelligence Bureau": "CIB",
         "State Criminal Investigation Department": "SCID", "State Security Service": "SSS",
         "Police Mobile Force": "PMF", "Multinational Joint Task Force": "MNJTF",
         "Civilian Joint Task Force": "CJTF", "Joint Task Force": "JTF", "Special Task Force": "STF"}
ABBREVIATE = re.compile(r"\b(%s)\b" % "|".join(sorted(WORDS, key=len, reverse=True)))
MOVES = [  # pattern, what may be written instead
    (r"(.+) \((.+)\)", [r"\2 \1", r"\2, \1"]),
    (r"(.+) ((?:Sub )?Sector|Squadron) (\d+)", [r"\2 \3 \1", r"\2 \3, \1", r"\3 \2, \1"]),
    (r"([^()]+?) (Police (?:Area Command|Division|Station|Command))", [r"\2 \1", r"\2, \1"]),
    (r"(\d+) ((?:(?!Division|Brigade)\w+ )*(?:Battalion|Brigade|Division|Regiment))", [r"\2 \1"]),
    (r"(.+ (?:Brigade|Division)) (Garrison|Engineers|Artillery|Provost Group)", [r"\2 \1", r"\2, \1"]),
]


def ordinal(m):
    n = int(m[0])
    return m[0] + ("th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th"))


def reorder_unit(name, rng):
    options = [("moved", re.sub(p, rng.choice(new), name)) for p, new in MOVES if re.fullmatch(p, name)]
    options.append(("abbreviated", ABBREVIATE.sub(lambda m: WORDS[m[0]], name)))
    options.append(("ordinal", re.sub(r"^\d+(?= [A-Z])", ordinal, name)))
    options = [o for o in options if o[1] != name]
    if not options:
        return None
    how, new = rng.choice(options)
    if how != "abbreviated" and rng.random() < 0.3 and ABBREVIATE.search(new):
        how, new = how + "+abbreviated", ABBREVIATE.sub(lambda m: WORDS[m[0]], new)
    return new, how


# --- transliterated: letter tables; ^ begins a word, $ ends it, | is a choice -


def table(text):
    return dict(pair.split("=") for pair in text.split())


CYRILLIC = table("""
    dzh=дж sh=ш ch=ч kh=х th=т zh=ж ts=ц gh=г ph=ф ck=к oo=у ee=и ai=ай ei=ей oi=ой ya=я yu=ю ye=е
    a=а b=б c=к d=д ^e=э e=е f=ф g=г h=х i=и j=дж k=к l=л m=м n=н o=о p=п q=к r=р s=с t=т u=у v=в
    w=в|у x=кс ay$=ай ey$=ей oy$=ой y$=и y=й z=з""")
GREEK = table("""
    dzh=τζ sh=σ ch=τσ kh=χ th=θ zh=ζ ts=τσ gh=γκ ph=φ ck=κ oo=ου ou=ου ee=ι nd=ντ mb=μπ bb=μπ dd=ντ gg=γκ
    ya=για yu=γιου ye=γε yo=γιο a=α b=μπ c=κ d=ντ e=ε f=φ g=γκ|γ h=χ i=ι j=τζ k=κ l=λ m=μ n=ν o=ο p=π q=κ
    r=ρ s$=ς s=σ t=τ u=ου v=β w=ου|γου x=ξ y=ι z=ζ""")
ARABIC = table("""
    dzh=ج sh=ش ch=تش kh=خ th=ث dh=ذ zh=ج ts=تس gh=غ ph=ف ck=ك qu=كو oo=و ou=و ee=ي ey$=ي ^ai=أي ^au=أو
    b=ب c=ك d=د f=ف g=غ|ج h=ه j=ج k=ك l=ل m=م n=ن p=ب q=ق r=ر s=س t=ت v=ف w=و x=كس y=ي z=ز
    ^a=أ ^e=إ ^i=إ ^o=أو ^u=أو a$=ا e$=ي i$=ي o$=و u$=و a=ا e=ي i=ي o=و u=و""")
SHORT = re.compile(r"(?<=[^aeiouy])[aeiou](?=[^aeiouy])")  # a vowel between consonants
SCRIPTS = {"Arab": ARABIC, "Cyrl": CYRILLIC, "Grek": GREEK}
# Names that are Arabic to begin with: nobody writes these by the letter.
MUTE_E = {"police", "force", "state", "service", "zone", "mobile", "brigade", "intelligence", "marine"}
CUSTOMARY = table("""
    mohammed=محمد muhammed=محمد muhammad=محمد mohammad=محمد ibrahim=إبراهيم abubakar=أبوبكر hassan=حسن
    musa=موسى yusuf=يوسف ahmed=أحمد usman=عثمان umar=عمر umaru=عمر ali=علي aliyu=علي suleiman=سليمان
    idris=إدريس yakubu=يعقوب abdullahi=عبدالله yahaya=يحيى isa=عيسى isah=عيسى haruna=هارون mustapha=مصطفى
    saidu=سعيد sani=ثاني salihu=صالح garba=غربا bello=بيلو kaduna=كادونا lagos=لاغوس kano=كانو""")


def spell(word, script, rng, chosen):
    """One word in another script; `chosen` keeps choices the same within a name."""
    low, letters = re.sub(r"c(?=[eiy])", "s", word.lower()), SCRIPTS[script]
    if word.lower() in MUTE_E:  # as heard: полис, not полисе
        low = low[:-1]
    if script == "Arab":
        if low in CUSTOMARY:
            return CUSTOMARY[low]
        if word.isupper() and 1 < len(word) <= 3:  # initials: SA, ZN
            return " ".join(spell(c, script, rng, chosen) for c in word)
        low = re.sub(r"([^aeiou])\1", r"\1", low)
    out, i = "", 0
    while i < len(low):
        if script == "Arab" and len(low) > 4 and SHORT.match(low, i) and rng.random() < 0.4:
            i += 1  # a short vowel inside a word, left out
            continue
        for n in (3, 2, 1):
            part = low[i:i + n]
            marked = ["^" + part] * (i == 0) + [part + "$"] * (i and i + n >= len(low)) + [part]
            found = next((k for k in marked if k in letters), None)
            if found:
                break
        if found not in chosen:
            chosen[found] = rng.choice(letters[found].split("|"))
        out, i = out + chosen[found], i + len(part)
    if word.isupper() and len(word) > 1:
        return out.upper()
    return out[0].upper() + out[1:] if word[0].isupper() else out


def transliterate(name, type_, script, rng):
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain, chosen = re.sub(r"(?<=\w)['’](?=\w)", "", plain), {}
    return re.sub(r"[A-Za-z]+", lambda m: m[0] if type_ == "Unit" and re.fullmatch("[IVX]+", m[0])
                  else spell(m[0], script, rng, chosen), plain), script


# --- the export -------------------------------------------------------------


def change(kind, turn, entity, ranks, rng):
    """(new name, how it was changed), or None where the kind does not apply."""
    name, type_ = entity["name"], entity["type"]
    if kind == "split":
        return name, "unchanged"
    if kind == "misspelt":
        return misspell(name, rng)
    if kind == "reordered":
        return reorder_person(name, ranks, rng) if type_ == "Person" else reorder_unit(name, rng)
    return transliterate(name, type_, ["Arab", "Cyrl", "Arab", "Grek"][turn % 4], rng)


def describe(entity, xid, name, moved, rng):
    """The copy's own describing record."""
    copy = {}
    for key, value in entity.items():
        base = key.removesuffix("_confidence")
        if key in ("dataset", "type", "confidence"):
            copy[key] = value
        elif key in ("xid", "name"):
            copy[key] = xid if key == "xid" else name
        elif key == "sources":
            cited = {json.dumps(s): s for r in moved for s in r.get("sources", [])} or \
                    {json.dumps(s): s for s in value}
            picked = rng.sample(sorted(cited), min(len(cited), rng.choice([1, 2])))
            copy[key] = [cited[k] for k in sorted(picked)]
        elif base in copy if base != key else rng.random() < 0.5:
            copy[key] = value
    return copy


def canonical(record):
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--seed", type=int, required=True)
    args.add_argument("--count", type=int, default=300)
    args.add_argument("--truth", required=True)
    args.add_argument("--dataset", help="leave out records of other datasets")
    args = args.parse_args()
    rng = random.Random(args.seed)

    lines = [l for l in sys.stdin.buffer.read().decode().split("\n") if l.strip()]
    if args.dataset:
        lines = [l for l in lines if json.loads(l).get("dataset") == args.dataset]
    records = [json.loads(l) for l in lines]
    main_record, about, ranks = {}, defaultdict(list), defaultdict(list)
    for n, r in enumerate(records):
        if r.get("type") in ("Person", "Unit") and "xid" in r:
            if r.get("name") and r["xid"] not in main_record:
                main_record[r["xid"]] = r
            else:
                about[r["xid"]].append(n)  # a further describing record
        for xid in sorted({r[k] for k in ("of", "from", "to") if k in r}):
            about[xid].append(n)
        if r.get("property") == "rank":
            ranks[r["of"]].append(r["value"])
    placeholders = {r["xid"] for r in records if r.get("is_placeholder")}
    names = {r["name"] for r in main_record.values()}
    queues = {"Person": [], "Unit": []}
    for xid in sorted(main_record):
        r = main_record[xid]
        if xid not in placeholders and not (r["type"] == "Unit" and r["name"].startswith("Unknown")):
            queues[r["type"]].append(xid)
    for queue in queues.values():
        rng.shuffle(queue)

    pairs, added, moves = [], [], defaultdict(dict)
    for n in range(args.count):
        type_, kind, turn = ["Person", "Unit"][n % 2], KINDS[n // 2 % 4], n // 8
        for xid in queues[type_]:
            entity = main_record[xid]
            new = change(kind, turn, entity, ranks[xid], rng)
            if new and (kind == "split" or new[0] not in names):  # never another entity's name
                break
        else:
            sys.exit(f"split_entities: no {type_} left that can be {kind}")
        queues[type_].remove(xid)
        copy = f"split:{n + 1:04d}"
        mine = about[xid]
        moved = [m for m in mine if rng.random() < 0.5]
        while mine and not moved:  # the copy is to carry something
            moved = [m for m in mine if rng.random() < 0.5]
        for m in moved:
            moves[m][xid] = copy, new[0]
        added.append(describe(entity, copy, new[0], [records[m] for m in moved], rng))
        pairs.append({"a": xid, "b": copy, "kind": kind, "how": new[1], "type": type_, "name": entity["name"],
                      "as": new[0], "moved": len(moved), "kept": len(mine) - len(moved)})

    for n, change_of in moves.items():
        r = records[n]
        if r.get("xid") in change_of and "name" in r:
            r["name"] = change_of[r["xid"]][1]
        for key in ("xid", "of", "from", "to"):
            if r.get(key) in change_of:
                r[key] = change_of[r[key]][0]
        lines[n] = canonical(r)
    lines = sorted(lines + [canonical(r) for r in added])  # as exports are: a copy's place betrays nothing
    sys.stdout.buffer.write("".join(l + "\n" for l in lines).encode())
    with open(args.truth, "w", encoding="utf-8") as f:
        json.dump({"seed": args.seed, "pairs": pairs}, f, ensure_ascii=False, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
