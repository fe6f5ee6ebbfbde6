#!/usr/bin/env python3
"""Facts a faithful load of the Security Force Monitor sheets must contain, worked out from the sheets alone.

    python3 sfm_facts.py FOLDER        (FOLDER holds persons.csv, units.tsv and sources.csv)

Prints one JSON object: counts, units, persons, date_typos, odd. It shares no code with the loader: it is its second opinion.
A row number is the physical line where the row starts; the header is line 1.
"""
import calendar
import csv
import json
import os
import re
import sys
import unicodedata
from collections import Counter, defaultdict

# Column tables, by header name: the headers are irregular, so nothing is derived from them (a missing one is a KeyError).
# A triplet is (value, source, confidence); a date is (text, month, day, year, source, confidence, Y/N flag or None).
O, OO, OS, AREA = "Organization:", "OrganizationOrganization:", "OrganizationSite:", "Area of Operations"
PLACE, ADMIN, MEMBER = "Site:geonames_name", "Site:admin_level_1_geonames_name", "OrganizationMembership:member_id"
KIND, ALIASES = "Administrative, Command, or Informal parent relationship", "Aliases or alternative spellings"
EXACT, OSM_ID = "Site: Exact Location - Longitude or OSM Node Name", "Site: Exact Location - Latitude or OSM Node ID"


def triplet(value, source, prefix="Source: "):
    return value, prefix + source, "Confidence: " + source


def dated(text, prefix, source, flag=None):
    return (text,) + tuple(prefix + part for part in ("month", "day", "year")) + triplet(text, source)[1:] + (flag,)


U_TRIPLETS = {
    "name": triplet(O + "Name", "Name"), "aliases": triplet(O + "other_names", ALIASES),
    "classifications": triplet(O + "classification", "Classification"), "parent": triplet(OO + "parent_id", OO + "parent_id"),
    "class": triplet(OO + "classification", KIND, "UUID: "),
    "headquarters": triplet("Headquarters (Barracks, Base, Physical Asset)", "Headquarters"),
    "exact": triplet(EXACT, "Site Exact Location"), "place": triplet(PLACE, PLACE), "admin": triplet(ADMIN, ADMIN),
    "area": triplet(AREA + " Geoname", AREA), "member_of": triplet(MEMBER, MEMBER)}
_AO, _OM = " citation for area of operations", " citation for " + MEMBER
U_DATES = {  # list of claims: (first, last, the sheet's flag on the end, its name here)
    "dates": (dated(O + "date_first_cited", "firstcited_", "Organization date_first_cited", "start date of Organization? Y/N"),
              dated(O + "date_last_cited", "lastcited_", "Organization date_last_cited"), O + "open_ended? Y/N/E", "open_ended"),
    "parents": (dated(OO + "date_first_cited", "", "Date of first citation for parent organization",
                      "Start date of OrganizationOrganization Y/N?"),
                dated(OO + "date_last_cited", "oo_", "Date of last citation for parent organization"), OO + "open_ended", "open_ended"),
    "bases": (dated(OS + "date_first_cited", "os_", OS + "date_first_cited", "Is this the founding date? (Y/N)"),
              dated(OS + "date_last_cited", "os_last_", OS + "date_last_cited"), OS + "open_ended (Y/N/E)", "open_ended"),
    "areas": (dated("Date of first" + _AO, "aoo_start_", "Date of first" + _AO, "start date of area of operation? Y/N"),
              dated("Date of last" + _AO, "aoo_last_", "Date of last" + _AO),
              "Assume Area of Operations to Current Date? (Y/N/E)", "open_ended"),
    # Memberships alone ask the opposite question: Y says that the last date IS the end, where elsewhere Y says that it goes on.
    "memberships": (dated("Date of first" + _OM, "om_first_", "Date of first" + _OM, "start date of OrganizationMembership? Y/N"),
                    dated("Date of last" + _OM, "om_last_", "Date of last" + _OM), "end date of OrganizationMembership? Y/N", "end")}
P_TRIPLETS = {
    "name": triplet("Name", "Name"), "aliases": triplet(ALIASES + " (semi-colon separated)", ALIASES),
    "organization": triplet("Organization", "Organization"), "role": triplet("Role", "Role"),
    "title": triplet("Title (official title)", "Title"), "rank": triplet("Rank", "Rank"),
    "start_context": triplet("Context for start date", "Context for start date"),
    "end_context": triplet("Context for end date", "Context for end date")}
P_DATES = {"postings": (dated("First citation", "first_", "First citation", "Start date? (Y/N)"),
                        dated("Last citation", "last_", "Last citation"), "End date? (Y/N)", "end")}
SITE = ("headquarters", "exact_osm_id", "place", "place_id", "admin", "admin_id")  # what makes two base statements the same base
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
MONTHS = [m.lower() for m in calendar.month_name]


def read(folder, name, **how):
    """Rows as dicts with stripped values; "_row" is the row's first physical line, "_raw" the cells as they are."""
    with open(os.path.join(folder, name), encoding="utf-8-sig", newline="") as f:
        reader = csv.reader(f, **how)
        header, rows = next(reader), []
        line = reader.line_num + 1
        for cells in reader:
            if not len(cells) == len(header) == len(set(header)):
                sys.exit("%s:%d: %d cells under %d headers, or a header used twice" % (name, line, len(cells), len(header)))
            rows.append(dict(zip(header, (c.strip() for c in cells)), _row=line, _raw=dict(zip(header, cells))))
            line = reader.line_num + 1
    return rows


def split(cell):
    return [p.strip() for p in cell.split(";") if p.strip()]


def sources(cell):
    return sorted({s for s in split(cell) if UUID.match(s)})


def doubled(things):
    return sorted(x for x, n in Counter(things).items() if n > 1)


def grouped(rows, key):
    groups = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return sorted(groups.items())


def parse_text(text):
    """(year, month, day) of 6/27/2001, June 2001 or 2001, with None for what it leaves out; None for any other text."""
    m = re.match(r"(?:(\d\d?)/(\d\d?)/|([a-z]+) )?(\d{4})$", text.lower())
    if not m or (m.group(3) or "") not in MONTHS:
        return None
    month = MONTHS.index(m.group(3)) if m.group(3) else int(m.group(1) or 0)
    return int(m.group(4)), month or None, int(m.group(2) or 0) or None


def from_columns(year, month, day):
    """The ISO partial date of three columns (their longest valid prefix) and what is wrong with them."""
    iso, cells = "", (("year", year), ("month", month), ("day", day))
    for i, (part, cell) in enumerate(cells):
        if not cell:
            left = [p for p, c in cells[i:] if c]
            return iso, "impossible columns: %s without %s" % (left[0], part) if left else ""
        low, high = ((1800, 2099), (1, 12), (1, calendar.monthrange(int(year), int(month))[1] if i == 2 else 0))[i]
        if not (cell.isdigit() and low <= int(cell) <= high):
            return iso, "impossible columns: " + part
        iso += "-%02d" % int(cell) if iso else cell
    return iso, ""


class Checker:
    def __init__(self, folder):  # units.tsv is not quoted: notes and aliases that begin with a quotation mark are text
        self.units = read(folder, "units.tsv", delimiter="\t", quoting=csv.QUOTE_NONE)
        self.persons, self.sheet_sources = read(folder, "persons.csv"), read(folder, "sources.csv")
        self.typos, self.odd = [], defaultdict(list)

    def note(self, finding, when=True, **what):
        if when and what not in self.odd[finding]:
            self.odd[finding].append(what)

    def date(self, file, row, cols, key):
        """A date's fields for an output object. The columns are the date, the text only where they give none; faults are typos."""
        t, m, d, y = (row[c] for c in cols[:4])
        iso, problem = from_columns(y, m, d)
        problems, said = [problem] if problem else [], parse_text(t)
        if bool(t) != bool(y or m or d):
            problems.append("text without columns" if t else "columns without text")
        elif t and not said:
            problems.append("text cannot be parsed")
        elif t:
            problems += ["%s: text says %s, column %s" % (part, seen or "none", col or "none")
                         for part, seen, col in zip(("year", "month", "day"), said, (y, m, d)) if str(seen or "") != col.lstrip("0")]
        iso = iso or from_columns(*(str(x or "") for x in said or ("", "", "")))[0]
        self.typo(file, row, cols, "; ".join(problems))
        return {key: iso, key + "_text": t, key + "_sources": sources(row[cols[4]]), key + "_confidence": row[cols[5]]}

    def typo(self, file, row, cols, problem):
        text, month, day, year = cols[:4]
        if problem:
            self.typos.append({"file": file, "row": row["_row"], "column": text, "text": row[text], "year": row[year],
                               "month": row[month], "day": row[day], "problem": problem})

    def period(self, file, row, dates):
        first, last, end_flag, end_name = dates
        out = self.date(file, row, first, "first")
        out.update(self.date(file, row, last, "last"))
        out["start_exact"], out[end_name] = row[first[6]], row[end_flag]
        a, b = out["first"], out["last"]
        n = min(len(a), len(b))  # compare as far as both are known: 2013-04 and 2013 do not contradict
        self.typo(file, row, last, b[:n] < a[:n] and "last %s is before first %s" % (b, a))
        for flag, date, text in ((first[6], a, first[0]), (end_flag, b, last[0])):
            where = dict(file=file, row=row["_row"], column=flag)
            ends = end_name == "open_ended" and flag == end_flag  # a flag that may be Y, N or E, and may stand without a date
            self.note("flag_without_date", row[flag] and not date and not ends, flag=row[flag], **where)
            self.note("date_without_flag", row[text] and not row[flag], text=row[text], **where)
            self.note("ended_without_last_date", ends and row[flag] in ("N", "E") and not date, flag=row[flag], **where)
            self.note("flag_outside_its_letters", row[flag] not in ("", "Y", "N", "E" if ends else "N"), flag=row[flag], **where)
        return out

    def check_cells(self, file, rows, triplets, dates):
        trip = list(triplets.values()) + [(c[0], c[4], c[5]) for pair in dates.values() for c in pair[:2]]
        name, lists = triplets["name"][0], [triplets[k][0] for k in ("aliases", "classifications") if k in triplets]
        for row in rows:
            for value, source, conf in trip:
                v, s, c = row[value], row[source], row[conf]
                where = dict(file=file, row=row["_row"], column=value)
                for finding, found in (("value_without_source", v and not s), ("source_without_value", s and not v),
                                       ("value_without_confidence", v and not c), ("confidence_without_value", c and not v),
                                       ("confidence_outside_scale", c not in ("", "Low", "Medium", "High"))):
                    self.note(finding, found, value=v, source=s, confidence=c, **where)
                where["column"] = source
                parts = [p.strip() for p in s.split(";")] if s else []
                for p in parts:
                    self.note("nan_source_cells" if p == "nan" else "source_not_a_uuid", not UUID.match(p), cell=s, **where)
                for p in doubled(parts):
                    self.note("source_repeated_in_cell", source=p, **where)
                self.note("source_cell_with_spaces", re.search(r"\s", row["_raw"][source]), **where)
            for column, raw in row["_raw"].items():
                self.note("cell_with_outer_spaces", raw != raw.strip(), file=file, row=row["_row"], column=column, cell=raw)
                bad = {ch for ch in raw if unicodedata.category(ch) in ("Cf", "Cc", "Zs", "Zl", "Zp")} - {" "}
                self.note("unusual_characters", bad, file=file, row=row["_row"], column=column, characters=sorted(map(ascii, bad)))
            for column in lists:
                parts = [p.strip() for p in row[column].split(";")] if row[column] else []
                bad = doubled(parts) + [p for p in parts if not p]
                self.note("list_with_repeated_or_empty_piece", bad, file=file, row=row["_row"], column=column, pieces=bad)
                self.note("alias_equals_name", row[name] in parts, file=file, row=row["_row"], name=row[name])

    def claims(self, row):
        """The independent claims of one unit row: (list, object)."""
        t = {k: (row[v], sources(row[s]), row[c]) for k, (v, s, c) in U_TRIPLETS.items()}
        cited = lambda k: {"sources": t[k][1], "confidence": t[k][2]}  # noqa: E731
        base = dict(zip(SITE, (t["headquarters"][0], row[OSM_ID], t["place"][0], row["Site:geonames_id"], t["admin"][0],
                               row["Site:admin_level_1_geonames_id"])), exact_name=t["exact"][0], country=row["Site:division_id"])
        for k in ("headquarters", "exact", "place", "admin"):
            base[k + "_sources"], base[k + "_confidence"] = t[k][1:]
        parent = {"parent": t["parent"][0], "class": t["class"][0], "class_sources": t["class"][1], "class_confidence": t["class"][2]}
        area = {"place": t["area"][0], "place_id": row[AREA + " GeonameID"], "country": row[AREA + " division_id"]}
        for to, there, obj in (("parents", t["parent"][0], dict(parent, **cited("parent"))),
                               ("bases", any(base[k] for k in SITE), base), ("areas", t["area"][0], dict(area, **cited("area"))),
                               ("memberships", t["member_of"][0], dict(member_of=t["member_of"][0], **cited("member_of"))),
                               ("dates", False, {})):
            first, last, flag = U_DATES[to][:3]
            dates = any(row[c] for c in first[:4] + last[:4] + (flag, first[6]))
            if there or (dates and to == "dates"):
                yield to, dict(obj, **self.period("units.tsv", row, U_DATES[to]))
            elif dates:
                self.note("dates_without_claim", row=row["_row"], claim=to)

    def build_units(self):
        out = []
        for name, rows in grouped(self.units, O + "Name"):
            ids = sorted({r["o_id"] for r in rows} - {""})
            self.note("several_ids_for_a_name", len(ids) > 1, name=name, ids=ids)
            unit = {"name": name, "o_id": ids[0] if len(ids) == 1 else "", "rows": [r["_row"] for r in rows],
                    "rows_without_id": [r["_row"] for r in rows if not r["o_id"]], "notes": sorted({r["Notes"] for r in rows} - {""}),
                    "country": sorted({r["Organization division_id"] for r in rows} - {""})}
            self.merge_lists(unit, rows, U_TRIPLETS, ("name", "aliases", "classifications"), "units.tsv")
            # How the sheet marks its 35 placeholders: Organization:classification is the one word "Placeholder". They are exactly
            # the 35 names that begin with "Unknown" (see counts); the word Placeholder is in no name and no other column.
            unit["placeholder"] = "Placeholder" in unit["classifications"]
            lists = {to: {} for to in U_DATES}
            for row in rows:
                for to, obj in self.claims(row):
                    lists[to].setdefault(json.dumps(obj, sort_keys=True), dict(obj, rows=[]))["rows"].append(row["_row"])
            for to, found in lists.items():
                unit[to] = [found[k] for k in sorted(found)]
            self.note("unit_country_not_one", len(unit["country"]) != 1, name=name, countries=unit["country"])
            for to, keys in (("parents", ("parent", "class")), ("areas", ("place_id",)), ("memberships", ("member_of",)),
                             ("bases", SITE), ("dates", ())):
                same = defaultdict(list)
                for c in unit[to]:
                    said = c["first"], c["last"], c["start_exact"], c.get("open_ended", c.get("end")), c["rows"]
                    same[tuple(c[k] for k in keys)].append(said)
                for k, periods in same.items():
                    self.note("same_claim_said_twice", len(periods) > 1, unit=name, claim=to, key=list(k), periods=periods)
            self.note("placeholder_with_places", unit["placeholder"] and (unit["bases"] or unit["areas"]), name=name, rows=unit["rows"])
            out.append(unit)
        ids = doubled(u["o_id"] for u in out if u["o_id"])
        self.note("several_names_for_an_id", ids, of=[(u["o_id"], u["name"]) for u in out if u["o_id"] in ids])
        return out

    def merge_lists(self, obj, rows, triplets, keys, file):
        """Lists merged over a name's rows, with their sources and confidences; a note where the rows disagree."""
        for k in keys:
            value, source, conf = triplets[k]
            if k != "name":
                obj[k] = sorted({p for r in rows for p in split(r[value])})
            obj[k + "_sources"] = sorted({s for r in rows for s in sources(r[source])})
            obj[k + "_confidences"] = sorted({r[conf] for r in rows} - {""})
            seen = defaultdict(list)
            for r in rows:
                seen[(tuple(sorted(split(r[value]))), tuple(sources(r[source])), r[conf])].append(r["_row"])
            what = [w for i, w in enumerate(("value", "sources", "confidence")) if len({s[i] for s in seen}) > 1]
            self.note("rows_of_one_name_disagree", what, file=file, name=obj["name"], field=k, what=what, rows=sorted(seen.values()))

    def build_persons(self):
        out = []
        for name, rows in grouped(self.persons, "Name"):
            person, alike = {"name": name, "country": sorted({r["division_id"] for r in rows} - {""}), "postings": []}, defaultdict(list)
            self.merge_lists(person, rows, P_TRIPLETS, ("name", "aliases"), "persons.csv")
            for row in rows:
                p = {k: row[c[0]] for k, c in P_TRIPLETS.items() if k not in ("name", "aliases")}
                p.update(self.period("persons.csv", row, P_DATES["postings"]), row=row["_row"], notes=row["Notes"])
                p["start"] = p.pop("start_exact")
                p["sources"] = {k: sources(row[c[1]]) for k, c in P_TRIPLETS.items()}
                p["confidence"] = {k: row[c[2]] for k, c in P_TRIPLETS.items()}
                for k in ("first", "last"):
                    p["sources"][k], p["confidence"][k] = p.pop(k + "_sources"), p.pop(k + "_confidence")
                alike[tuple(p[k] for k in ("organization", "role", "title", "rank", "first", "last"))].append(row["_row"])
                person["postings"].append(p)
            for k, lines in alike.items():
                self.note("posting_rows_alike", len(lines) > 1, person=name, key=list(k), rows=lines)
            out.append(person)
        return out

    def check_names(self, units, persons):
        names = {u["name"]: u for u in units}
        fields = (("parents", "parent"), ("memberships", "member_of"))
        refs = [(u["name"], to, c[to], c["rows"]) for u in units for k, to in fields for c in u[k]]
        refs += [(p["name"], "organization", x["organization"], [x["row"]]) for p in persons for x in p["postings"]]
        for who, field, name, rows in refs:
            self.note("name_without_unit", name not in names, field=field, name=name, rows=rows)
            self.note("self_reference", field != "organization" and name == who, field=field, name=name, rows=rows)
            vague = field != "parent" and name in names and names[name]["placeholder"]
            self.note("placeholder_with_person_or_member", vague, field=field, name=name, who=who, rows=rows)
        above = {u["name"]: {c["parent"] for c in u["parents"]} for u in units}
        for u in units:
            both = above[u["name"]] & {c["member_of"] for c in u["memberships"]}
            self.note("parent_and_membership_alike", both, name=u["name"], of=sorted(both))
        left, size = set(above), 0
        while size != len(left):  # take away the units with nothing above them: a cycle stays, with all that hangs below it
            size, left = len(left), {name for name in left if above[name] & left}
        self.note("parent_cycle", left, names=sorted(left))
        for kind, things in (("unit", units), ("person", persons)):
            everyone, owner = {t["name"] for t in things}, defaultdict(set)
            alike = doubled(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", name).casefold()).strip() for name in everyone)
            self.note("names_alike_when_normalised", alike, kind=kind, names=alike)
            for a, name in ((a, t["name"]) for t in things for a in t["aliases"]):
                owner[a].add(name)
            for a, who in owner.items():
                self.note("alias_is_anothers_name", a in everyone - who, kind=kind, alias=a, of=sorted(who))
                self.note("alias_shared", len(who) > 1, kind=kind, alias=a, of=sorted(who))

    def check_places(self):
        by_id, by_name = defaultdict(set), defaultdict(set)
        for row in self.units:
            for kind, n, i in (("place", PLACE, "Site:geonames_id"), ("admin", ADMIN, "Site:admin_level_1_geonames_id"),
                               ("area", AREA + " Geoname", AREA + " GeonameID"), ("exact", EXACT, OSM_ID)):
                self.note("place_name_or_id_alone", bool(row[n]) != bool(row[i]), row=row["_row"], column=n, name=row[n], id=row[i])
                if row[i]:
                    by_id[row[i]].add((kind, row[n]))
                    by_name[row[n]].add((row[i], kind))
        for finding, key, found in (("place_id_with_several_names", 1, by_id), ("place_name_with_several_ids", 0, by_name)):
            for this, others in found.items():
                self.note(finding, len({o[key] for o in others}) > 1, of=this, has=sorted(others))
        return len(by_id)

    def check_sources(self):
        by_id, cited = dict(grouped(self.sheet_sources, "source_id")), set()
        for r in self.sheet_sources:
            i, lookup = r["source_id"], r["source_id_lookup"]
            self.note("source_lookup_differs", i != lookup, row=r["_row"], source_id=i, lookup=lookup)
            day, stamp = r["published_on"], r["archive_timestamp"]
            bad = not re.match(r"(\d{4}(-\d\d){0,2})?$", day) or from_columns(*(day.split("-") + ["", ""])[:3])[1]
            self.note("published_on_irregular", bad, row=r["_row"], text=day)
            bad = not re.match(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)?$", stamp)
            self.note("archive_timestamp_irregular", bad, row=r["_row"], text=stamp)
            for k in ("source_url", "archive_url"):
                bad = not re.match(r"https?://\S+$|Accessed|No archive|$", r[k])
                self.note("source_url_irregular", bad, row=r["_row"], column=k, text=r[k])
        for i, rs in by_id.items():
            if len(rs) > 1:
                differ = sorted({k for k in rs[0] if k[0] != "_" for r in rs if r[k] != rs[0][k]})
                self.note("source_id_twice", source_id=i, rows=[r["_row"] for r in rs], columns_that_differ=differ)
        for rs, triplets, dates in ((self.units, U_TRIPLETS, U_DATES), (self.persons, P_TRIPLETS, P_DATES)):
            cols = [c[1] for c in triplets.values()] + [c[4] for pair in dates.values() for c in pair[:2]]
            cited.update(s for r in rs for c in cols for s in sources(r[c]))
        for a, rs in grouped(self.sheet_sources, "alias_source_id"):
            of = sorted(r["source_id"] for r in rs)
            self.note("alias_source_id", a, alias=a, of=of, in_sheet=a in by_id, alias_cited=a in cited, cited=sorted(set(of) & cited))
        return by_id, cited


def main(folder):
    c = Checker(folder)
    c.check_cells("units.tsv", c.units, U_TRIPLETS, U_DATES)
    c.check_cells("persons.csv", c.persons, P_TRIPLETS, P_DATES)
    units, persons, place_ids, (by_id, cited) = c.build_units(), c.build_persons(), c.check_places(), c.check_sources()
    c.check_names(units, persons)
    postings = [dict(p, person=x["name"]) for x in persons for p in x["postings"]]
    of = {k: [dict(x, unit=u["name"]) for u in units for x in u[k]] for k in U_DATES}

    def distinct(things, *keys):  # how many different keys, where the last one is filled
        return len({tuple(x[k] for k in keys) for x in things if x[keys[-1]]})

    combinations = {(p["unit"], p["parent"], p["class"]) for p in of["parents"]}
    classes, unknown = Counter(x[:2] for x in combinations), [u for u in units if u["name"].startswith("Unknown ")]
    bases = {(b["unit"],) + tuple(b[k] for k in SITE): b for b in of["bases"]}.values()
    counts = {
        "unit_rows": len(c.units), "units": len(units), "units_without_any_id": sum(not u["o_id"] for u in units),
        "names_with_and_without_id": sum(bool(u["o_id"] and u["rows_without_id"]) for u in units),
        "placeholder_units": sum(u["placeholder"] for u in units), "units_named_unknown": len(unknown),
        "placeholder_units_named_unknown": sum(u["placeholder"] for u in unknown),
        "persons": len(persons), "postings": len(postings), "postings_as_commander": sum(p["role"] == "Commander" for p in postings),
        "postings_by_role": Counter(p["role"] for p in postings), "posting_pairs": distinct(postings, "person", "organization"),
        "postings_without_dates": sum(not (p["first"] or p["last"]) for p in postings), "unit_parent_pairs": len(classes),
        "pair_class_combinations": len(combinations), "pairs_with_two_classes": sum(n == 2 for n in classes.values()),
        "bases": len(bases), "bases_by_finest": Counter(next(k for k in ("headquarters", "place", "admin") if b[k]) for b in bases),
        "unit_headquarters_pairs": distinct(bases, "unit", "headquarters"), "unit_place_pairs": distinct(bases, "unit", "place_id"),
        "unit_admin_pairs": distinct(bases, "unit", "admin_id"),
        "areas_of_operations": distinct(of["areas"], "unit", "place_id"), "memberships": distinct(of["memberships"], "unit", "member_of"),
        "place_ids": place_ids, "units_with_dates": len({d["unit"] for d in of["dates"] if d["first"] or d["last"]}),
        "statements": {k: len(v) for k, v in of.items()}, "statement_rows": {k: sum(len(x["rows"]) for x in v) for k, v in of.items()},
        "nan_source_cells": len(c.odd["nan_source_cells"]), "triplets_without_confidence": len(c.odd["value_without_confidence"]),
        "source_rows": len(c.sheet_sources), "sources_in_sheet": len(by_id), "sources_cited": len(cited),
        "sources_cited_absent": sorted(cited - set(by_id)), "date_typos": len(c.typos), "odd": {k: len(v) for k, v in c.odd.items() if v}}
    typos = sorted(c.typos, key=lambda t: (t["file"], t["row"], t["column"]))
    odd = {k: sorted(v, key=lambda x: json.dumps(x, sort_keys=True)) for k, v in c.odd.items() if v}
    facts = {"counts": counts, "units": units, "persons": persons, "date_typos": typos, "odd": odd, "sources_cited": sorted(cited)}
    print(json.dumps(facts, indent=1, sort_keys=True))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
