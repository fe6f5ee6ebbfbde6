#!/usr/bin/env python3
"""What orbat's canned questions must answer over the Security Force Monitor sheets, worked out from the sheets alone.

    python3 sfm_answers.py FOLDER [SEED]        (FOLDER holds persons.csv, units.tsv and sources.csv)

Prints one JSON object: {"seed": …, "questions": [{"query", "params", "columns", "rows" | "edges" | "lengths", …}]}.
It shares no code with orbat and none with sfm_facts.py: it reads the statements of the sheets into a list and answers by looking
through that list, slowly. A period is four days, from_min, from_max, to_min, to_max, as numbers of days; unknown is infinite.
"""
import calendar
import csv
import datetime
import itertools
import json
import os
import random
import re
import sys
import unicodedata
from collections import Counter, defaultdict, namedtuple

NEVER, EVER = float("-inf"), float("inf")
ALWAYS = (NEVER, EVER, NEVER, EVER)  # nothing known
DEPUTY = re.compile(r"deputy|chief of staff|second|assistant|vice", re.I)
UP = ("subordinate_to", "attached_to")
AT = ("based_at", "operates_in", "located_at")
POSTS = ("commands", "posted_to", "member_of")
HORIZON = 5
Claim = namedtuple("Claim", "of relation to role rank base period confidence sources rest said")  # said: the period as stated
GRADES = {"Low": 30, "Medium": 60, "High": 90}


# --- reading -----------------------------------------------------------------------------------------------------------------


def read(folder, name, **how):
    with open(os.path.join(folder, name), encoding="utf-8-sig", newline="") as f:
        for row in csv.DictReader(f, **how):
            yield {k: "" if v.strip() == "-" else v.strip() for k, v in row.items() if k is not None}


def pieces(cell):
    return [p.strip() for p in cell.split(";") if p.strip()]


def cited(row, *columns):
    return frozenset("sfm-source:" + p for c in columns for p in pieces(row[c]) if p.lower() not in ("nan", "#n/a", "#ref!"))


def day(text, year, month, digits):
    """The first and last day of a date: its columns, or its text where they are empty. None where there is no date."""
    parts = [int(p) for p in itertools.takewhile(lambda p: p.isdigit(), (year, month, digits))]
    if not parts:
        m = re.match(r"(?:(\d\d?)/(\d\d?)/|([A-Za-z]+) )?(\d{4})$", text)
        if not m:
            return None
        names = {n[:3].lower(): i for i, n in enumerate(calendar.month_name) if n}
        middle = names.get((m.group(3) or "")[:3].lower()) or int(m.group(1) or 0)
        parts = [p for p in (int(m.group(4)), middle, int(m.group(2) or 0)) if p]
    if len(parts) > 1 and not 1 <= parts[1] <= 12:
        parts = parts[:1]
    if len(parts) > 2 and not 1 <= parts[2] <= calendar.monthrange(*parts[:2])[1]:
        parts = parts[:2]
    first = datetime.date(*(parts + [1, 1])[:3])
    last = datetime.date(*(parts + [12])[:2], parts[2] if len(parts) > 2 else calendar.monthrange(*(parts + [12])[:2])[1])
    return first.toordinal(), last.toordinal()


def period(row, first, last, begins, ends, goes_on=False):
    """first and last: text, year, month and day columns. Dates of citation bound a period from inside; a flag makes them its ends."""
    first, last = day(*(row[c] for c in first)), day(*(row[c] for c in last))
    low, high = [NEVER, EVER], [NEVER, EVER]
    if first:
        low = [first[0] if begins else NEVER, first[1]]
    if last:
        high = [last[0], last[1] if ends else EVER]
    if first and last and last[1] < first[0]:  # cited last before it was cited first: neither is an end
        low, high = [NEVER, first[1]], [last[0], EVER]
    if goes_on:
        high = [EVER, EVER]
    return low[0], low[1], high[0], high[1]


def folded(text):
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in text).split())


class Sheets:
    def __init__(self, folder):
        self.units = list(read(folder, "units.tsv", delimiter="\t", quoting=csv.QUOTE_NONE))
        self.persons = list(read(folder, "persons.csv"))
        self.source = {}
        for row in read(folder, "sources.csv"):
            self.source.setdefault("sfm-source:" + row["source_id"], row)
        self.ids = {}
        for row in self.units:
            if row["o_id"]:
                self.ids.setdefault(row["Organization:Name"], "sfm:" + row["o_id"])
        self.name, self.type = {}, {}
        self.claims, self.naming = set(), defaultdict(set)  # naming: source → who its values are about
        for row in self.units:
            self.unit_row(row)
        for row in self.persons:
            self.person_row(row)
        self.out, self.into = defaultdict(list), defaultdict(list)
        for c in self.claims:
            self.out[c.of].append(c)
            self.into[c.to].append(c)

    def unit(self, name):
        return self.entity("Unit", self.ids.get(name) or "orbat:nigeria/Unit/" + folded(name), name)

    def entity(self, kind, xid, name):
        self.name.setdefault(xid, name)
        self.type[xid] = kind
        return xid

    def says(self, of, *sources):
        for source in frozenset().union(*sources):
            self.naming[source].add(of)

    def add(self, of, relation, to, row, confidence, sources, when=ALWAYS, role="", rank="", base="", rest=()):
        sources = sources or frozenset(["dataset:nigeria"])
        self.claims.add(Claim(of, relation, to, role, rank, base, when, GRADES.get(row[confidence]), sources, tuple(row[c] for c in rest), when))
        self.says(of, sources)
        self.says(to, sources)

    def unit_row(self, row):
        unit = self.unit(row["Organization:Name"])
        self.says(unit, cited(row, "Source: Name"))
        for value, source in (("Organization:other_names", "Aliases or alternative spellings"), ("Organization:classification", "Classification")):
            if row[value]:
                self.says(unit, cited(row, "Source: " + source))
        if row["Organization:date_first_cited"] or row["Organization:date_last_cited"] or row["firstcited_year"] or row["lastcited_year"] \
                or row["Organization:open_ended? Y/N/E"] == "Y":
            self.says(unit, cited(row, "Source: Organization date_first_cited", "Source: Organization date_last_cited"))
        oo, os_, aoo, om = "OrganizationOrganization:", "OrganizationSite:", " citation for area of operations", "OrganizationMembership:member_id"
        if row[oo + "parent_id"]:
            kind = "Administrative, Command, or Informal parent relationship"
            self.add(unit, "subordinate_to", self.unit(row[oo + "parent_id"]), row, "Confidence: " + oo + "parent_id",
                     cited(row, "Source: " + oo + "parent_id", "UUID: " + kind, "Source: Date of first citation for parent organization",
                           "Source: Date of last citation for parent organization"),
                     period(row, (oo + "date_first_cited", "year", "month", "day"), (oo + "date_last_cited", "oo_year", "oo_month", "oo_day"),
                            row["Start date of OrganizationOrganization Y/N?"] == "Y", row[oo + "open_ended"] == "E", row[oo + "open_ended"] == "Y"),
                     rest=(oo + "classification", "Confidence: " + kind, "Confidence: Date of first citation for parent organization",
                           oo + "date_last_cited", "Confidence: Date of last citation for parent organization"))
        self.sites(unit, row, os_)
        if row["Area of Operations GeonameID"]:
            area = self.entity("Location", "sfm-place:" + row["Area of Operations GeonameID"], row["Area of Operations Geoname"])
            flag = row["Assume Area of Operations to Current Date? (Y/N/E)"]
            self.says(area, cited(row, "Source: Area of Operations"))
            self.add(unit, "operates_in", area, row, "Confidence: Area of Operations",
                     cited(row, "Source: Area of Operations", "Source: Date of first" + aoo, "Source: Date of last" + aoo),
                     period(row, ("Date of first" + aoo, "aoo_start_year", "aoo_start_month", "aoo_start_day"),
                            ("Date of last" + aoo, "aoo_last_year", "aoo_last_month", "aoo_last_day"),
                            row["start date of area of operation? Y/N"] == "Y", flag == "E", flag == "Y"),
                     rest=("Confidence: Date of first" + aoo, "Date of last" + aoo, "Confidence: Date of last" + aoo))
        if row[om]:
            self.add(unit, "attached_to", self.unit(row[om]), row, "Confidence: " + om,
                     cited(row, "Source: " + om, "Source: Date of first citation for " + om, "Source: Date of last citation for " + om),
                     period(row, ("Date of first citation for " + om, "om_first_year", "om_first_month", "om_first_day"),
                            ("Date of last citation for " + om, "om_last_year", "om_last_month", "om_last_day"),
                            row["start date of OrganizationMembership? Y/N"] == "Y", row["end date of OrganizationMembership? Y/N"] in ("Y", "E")),
                     rest=("Confidence: Date of first citation for " + om, "Confidence: Date of last citation for " + om))

    def sites(self, unit, row, os_):
        lat, lon = row["Site: Exact Location - Latitude or OSM Node ID"], row["Site: Exact Location - Longitude or OSM Node Name"]
        site, admin = "Site:geonames_name", "Site:admin_level_1_geonames_name"
        flag = row[os_ + "open_ended (Y/N/E)"]
        when = period(row, (os_ + "date_first_cited", "os_year", "os_month", "os_day"), (os_ + "date_last_cited", "os_last_year", "os_last_month", "os_last_day"),
                      row["Is this the founding date? (Y/N)"] == "Y", flag == "E", flag == "Y")
        headquarters = "Headquarters (Barracks, Base, Physical Asset)"
        rest = ("Confidence: Headquarters", "Confidence: " + os_ + "date_first_cited", os_ + "date_last_cited", "Confidence: " + os_ + "date_last_cited")
        town = region = exact = None
        if row["Site:geonames_id"]:
            town = self.entity("Location", "sfm-place:" + row["Site:geonames_id"], row[site])
            self.says(town, cited(row, "Source: " + site))
        if row["Site:admin_level_1_geonames_id"]:
            region = self.entity("Location", "sfm-place:" + row["Site:admin_level_1_geonames_id"], row[admin])
            self.says(region, cited(row, "Source: " + admin))
        if re.match(r"\d{5,}$", lat):
            exact = self.entity("Location", "osm-node:" + lat, lon)
        elif lat:
            sys.exit("an exact location that is no node: " + lat)  # the sheet has none; they would be places with positions
        based = [(town, site, ("Source: " + site, "Source: " + admin)), (None if town else region, admin, ("Source: " + admin,)),
                 (exact, "Site Exact Location", ("Source: Site Exact Location",))]
        for place, confidence, sources in based:
            if place:
                self.add(unit, "based_at", place, row, "Confidence: " + confidence,
                         cited(row, *sources, "Source: Headquarters", "Source: " + os_ + "date_first_cited", "Source: " + os_ + "date_last_cited"),
                         when, base=row[headquarters], rest=rest)
        if town and region:
            self.add(town, "within", region, row, "Confidence: " + admin, cited(row, "Source: " + site, "Source: " + admin))
        if exact and town:
            self.add(exact, "within", town, row, "Confidence: Site Exact Location", cited(row, "Source: Site Exact Location", "Source: " + site))
        if exact:
            self.says(exact, cited(row, "Source: Site Exact Location"))

    def person_row(self, row):
        person = self.entity("Person", "orbat:nigeria/Person/" + folded(row["Name"]), row["Name"])
        values = (("Name", "Name"), ("Aliases or alternative spellings (semi-colon separated)", "Aliases or alternative spellings"), ("Rank", "Rank"),
                  ("Gender", "Gender"), ("Date of Birth", "Date of Birth"), ("Death Date", "Death Date"), ("Biography", "Biography"))
        for value, source in values:
            if row[value]:
                self.says(person, cited(row, "Source: " + source))
        sources = cited(row, *("Source: " + c for c in ("Organization", "Role", "Title", "Rank", "First citation", "Context for start date",
                                                        "Last citation", "Context for end date")))
        commander = row["Role"] == "Commander"
        self.add(person, "commands" if commander else "posted_to", self.unit(row["Organization"]), row, "Confidence: Organization", sources,
                 period(row, ("First citation", "first_year", "first_month", "first_day"), ("Last citation", "last_year", "last_month", "last_day"),
                        row["Start date? (Y/N)"] == "Y", row["End date? (Y/N)"] == "Y"),
                 role="commander" if commander else row["Role"], rank=row["Rank"],
                 rest=("Title (official title)", "Confidence: Role", "Confidence: Title", "Confidence: Rank", "Context for start date",
                       "Confidence: Context for start date", "Context for end date", "Confidence: Context for end date",
                       "Confidence: First citation", "Confidence: Last citation", "Notes"))
        for column in ("Facebook Page", "Twitter Account"):
            if re.match(r"https?://[^\s/]+\S*$", row[column]):
                account = self.entity("Account", row[column], "")
                self.says(account, cited(row, "Source: " + column))
                self.add(person, "uses_account", account, row, "Confidence: " + column, cited(row, "Source: " + column))


# --- periods -----------------------------------------------------------------------------------------------------------------


def tight(p):
    """It ends no earlier than it may begin, and begins no later than it may end."""
    return (p[0], min(p[1] if p[1] < EVER else EVER, p[3]), max(p[2], p[0]), p[3])


def surely(p):
    """The days that a period surely holds on: from its last first day to its first last one; None where that is no time at all.
    Of the two days themselves nobody knows the hour."""
    p = tight(p)
    return (p[1], p[2]) if p[1] < p[2] else None


def meet(periods, within=None):
    """What periods have in common, within some dates: four bounds, and whether there is any: None, "possibly" or "" for certainly."""
    if within:
        periods = periods + [(within[0], within[0], within[1], within[1])]
    low, high = max(p[0] for p in periods), min(p[3] for p in periods)
    common = (low, min(max(p[1] for p in periods), high) if max(p[1] for p in periods) < EVER else EVER,
              max(min(p[2] for p in periods), low) if min(p[2] for p in periods) > NEVER else NEVER, high)
    if low > high:
        return common, None
    if low == high:  # one day is all that is left
        common = (low, min(common[1], high), max(common[2], low), high)
    free = [tight(p) for p in (periods[:-1] if within else periods)]
    sure = all(a[1] < b[2] for a in free for b in free if a is not b) and (not within or all(p[1] <= within[1] and p[2] >= within[0] for p in free))
    return common, "" if sure else "possibly"


def holds(p, dates):
    """Law 7, at some time within (first, last): None, "possibly" or ""."""
    if p[0] > dates[1] or p[3] < dates[0]:
        return None
    p = tight(p)
    return "" if p[1] <= dates[1] and p[2] >= dates[0] else "possibly"


def joined(spans, gap):
    """Spans sorted and joined that are at most so many days apart."""
    out = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1] + gap:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        else:
            out.append((a, b))
    return out


def days(chains):
    """On how many days at least one of some chains of periods holds: at least, at most. Each period is (anything, four bounds), and the
    same in two chains if it is equal. Moments are numbers: a day begins at its own and ends at .9, and there is none between the end of
    one and the beginning of the next. What is called asked holds from the first moment of its days to the last."""
    def core(x):
        p = tight(x[1])
        if x[0] == "asked":
            return p[0], p[3] + .9
        return (p[1] + .9, p[2]) if p[1] < p[2] else None

    most = sum(b - a + 1 for a, b in joined([(max(p[0] for _, p in c), min(p[3] for _, p in c)) for c in chains], 0))
    sure, moments = [], defaultdict(list)
    for chain in map(frozenset, chains):
        rest = [core(x) for x in chain if core(x)]
        first, last = max([r[0] for r in rest], default=NEVER), min([r[1] for r in rest], default=EVER)
        brief = [x for x in chain if not core(x)]
        if first <= last and not brief:
            sure.append((first, last))
        elif first <= last and len(brief) == 1:
            moments[brief[0]].append((first, last))
    counted = joined([tuple(x if abs(x) == EVER else x // 1 for x in span) for span in joined(sure, .11)], 0)
    least = int(sum(b - a + 1 for a, b in counted if b - a < EVER))
    forced = []
    for (_, p), rest in moments.items():  # somewhere in those days there is a moment; must it be one that completes a chain?
        p = tight(p)
        if any(a <= p[2] and p[1] + .9 <= b for a, b in joined(rest, .11)) and not any(a <= p[1] and p[2] <= b for a, b in counted):
            forced.append((p[1], p[2]))
    shared = NEVER
    for last, first in sorted(forced):  # as many as can share a day do
        if first > shared or shared == NEVER:
            shared, least = last, least + 1
    return least, most


def in_words(least, most):
    if most == EVER:
        return "at least %d" % least if least else "unknown"
    if not least:
        return "at most %d" % most
    return "%d" % least if least == most else "%d to %d" % (least, most)


def window(text):
    return day("", *(text.split("-") + ["", ""])[:3])


def attested(p):
    """The days for which a period is attested; None where no date attests anything."""
    known = [d for d in p[1:3] if abs(d) < EVER]
    if not known:
        return None
    return min(known), EVER if p[2] == EVER else max(known)


def implies(p, q):
    return p[0] >= q[0] and p[1] <= q[1] and p[2] >= q[2] and p[3] <= q[3]


def overruled(claims):
    """The claims behind one edge judged together (law 8): a precise one overrules what a vague one merely allows, within one position,
    if the days for which that is attested lie inside it."""
    out = []
    for vague in claims:
        period, inside = list(vague.period), attested(vague.period)
        for c in sorted(claims, key=lambda c: c.period):
            if c is vague or folded(vague.role) not in ("", folded(c.role)):
                continue
            p = c.period
            if not inside:
                if implies(p, vague.period) and not implies(vague.period, p):
                    period[0], period[3] = max(period[0], p[0]), min(period[3], p[3])
                    break
                continue
            own = attested(p) or ((p[0], p[3]) if p[0] > NEVER and p[3] < EVER else None)
            if own and inside[0] >= (p[0] if p[0] > NEVER else own[0]) and inside[1] <= (p[3] if p[3] < EVER else own[1]):
                period[0], period[3] = max(period[0], p[0]), min(period[3], p[3])
        out.append(vague._replace(period=tuple(period)))
    return out


def follows(p, q):
    """No whole day lies between two periods, whatever they may be exactly."""
    if p == q:
        return True
    own, other = surely(p), surely(q)
    a, b = own or tight(p)[2:0:-1], other or tight(q)[2:0:-1]
    if own and other:
        return a[0] <= b[1] + 1 and b[0] <= a[1] + 1
    if own:
        return b[0] >= a[0] - 1 and b[1] <= a[1] + 1
    return bool(other) and a[0] >= b[0] - 1 and a[1] <= b[1] + 1


def covered(p, q):
    """The time of two periods between which no day lies."""
    return (min(p[0], q[0]), min(p[1], q[1]), max(p[2], q[2]), max(p[3], q[3]))


def tours(claims):
    """The claims of one position parted by gaps: (period, claims)."""
    out = [(c.period, [c]) for c in sorted(claims, key=repr)]
    merged(out)
    return out


def merged(times):
    """Periods joined where no day lies between; what attests nothing belongs to what implies it."""
    under = {}
    for i, (p, _) in enumerate(times):
        if not attested(p):
            over = [(q, j) for j, (q, _) in enumerate(times) if j != i and implies(q, p) and (not implies(p, q) or j < i)]
            if over:
                under[i] = min(over)[1]
    tops = [[p, list(of), {i}] for i, (p, of) in enumerate(times) if i not in under]
    for i in under:
        top = i
        while top in under:
            top = under[top]
        for t in tops:
            if top in t[2]:
                t[1].extend(times[i][1])
    found = True
    while found:
        found = False
        for i, j in itertools.combinations(range(len(tops)), 2):
            if follows(tops[i][0], tops[j][0]):
                tops[i] = [covered(tops[i][0], tops[j][0]), tops[i][1] + tops[j][1], set()]
                del tops[j]
                found = True
                break
    times[:] = [(p, of) for p, of, _ in tops]
    return [p for p, _ in times]


def says_all(p, q):
    """q adds nothing to p, of the same position."""
    return not attested(q) and implies(p, q) or follows(p, q) and covered(p, q) == p


def hull(p):
    """From the first date known of a period to the last."""
    known = [b for b in p if abs(b) < EVER]
    return (min(known), EVER if p[2] == EVER else max(known)) if known else None


def distant(p, dates):
    """Every bound is more than HORIZON years from some dates."""
    def years(day, n):
        if abs(day) == EVER:
            return day
        d = datetime.date.fromordinal(int(day))
        return (d.replace(year=d.year + n) if (d.month, d.day) != (2, 29) else datetime.date(d.year + n, 3, 1)).toordinal()
    known = [b for b in p if abs(b) < EVER]
    return bool(known) and all(b > years(dates[1], HORIZON) or b < years(dates[0], -HORIZON) for b in known)


def written(p):
    """Four bounds of days, as the test writes them too."""
    return " ".join(datetime.date.fromordinal(int(d)).isoformat() if abs(d) < EVER else "-" for d in p[:2]) + " / " + (
        ".." if p[2] == EVER else " ".join(datetime.date.fromordinal(int(d)).isoformat() if abs(d) < EVER else "-" for d in p[2:]))


# --- answers -----------------------------------------------------------------------------------------------------------------


class Answers:
    """What the questions' common filters leave of the sheets, and the answers from that."""

    def __init__(self, sheets, as_of=None, min_confidence=None, certain=None, dataset=None, **_):
        self.s, self.certain, self.date = sheets, certain == "true", as_of and window(as_of)
        self.least = int(min_confidence or 0)
        self.nobody = dataset not in (None, "nigeria")

    def possible(self, claim):
        """None where a filter leaves the claim out, else what its mark says."""
        if self.nobody or (self.least and (claim.confidence or 0) < self.least):
            return None
        mark = holds(claim.period, self.date) if self.date else ""
        return None if mark and self.certain else mark

    def scoped(self, claims, *relations):
        """What all filters but the time leave, the posts judged together."""
        claims = [c for c in claims if (not relations or c.relation in relations) and not self.nobody and
                  not (self.least and (c.confidence or 0) < self.least)]
        posts = defaultdict(list)
        for c in claims:
            if c.relation in POSTS:
                posts[c.of, c.relation, c.to].append(c)
        return [c for c in claims if c.relation not in POSTS] + [c for group in posts.values() for c in overruled(group)]

    def scaffold(self, claims, *relations):
        """Links that only lead to an answer: one that no claim dates is leaned on, what nobody graded counts, and the data set is no matter."""
        counting = [c for c in claims if c.relation in relations and not (self.least and c.confidence and c.confidence < self.least)]
        dated = {(c.of, c.relation, c.to) for c in counting if c.period != ALWAYS}
        for c in counting:
            if (c.of, c.relation, c.to) not in dated:
                yield c._replace(period=(NEVER, NEVER, EVER, EVER))
            elif not self.date or holds(c.period, self.date) is not None:
                yield c

    def kept(self, claims, *relations):
        return [c for c in self.scoped(claims, *relations) if self.possible(c) is not None]

    def posts(self, claims, *relations):
        """A list of each time without a gap that somebody held a position: relation, ends, role, its period, all claims of it, and those
        that add something to the others."""
        groups = defaultdict(list)
        for c in self.scoped(claims, *relations):
            groups[c.of, c.relation, c.to, folded(c.role)].append(c)
        found = [(key[:3] + (of[0].role,), period, of) for key, group in groups.items() for period, of in tours(group)]
        for vague in [x for x in found if not x[0][3]]:  # without a role: the same as one that has one, where it says no more
            for x in found:
                if x[0][3] and x[0][:3] == vague[0][:3] and says_all(x[1], vague[1]):
                    x[2].extend(vague[2])
                    found.remove(vague)
                    break

        def adds(c, group):
            return not any(d.period != c.period and says_all(d.period, c.period) for d in group)
        return [(key, period, group, [c for c in group if adds(c, group)]) for key, period, group in found]

    def facts(self, claims, *relations):
        for (of, relation, to, role), period, group, adding in self.posts(claims, *relations):
            marks = [self.possible(c) for c in adding]
            if all(m is None for m in marks):
                continue
            mark = "" if "" in marks else "possibly"
            if mark and distant(period, self.date):
                continue
            ranks = []
            for c in sorted(group, key=lambda c: (next((day for day in c.period if NEVER < day < EVER), EVER), c.rank)):
                if c.rank and c.rank not in ranks:
                    ranks.append(c.rank)
            surest = defaultdict(int)  # of the claims that give the same time; as all the times are needed, the weakest of them counts
            for c in adding:
                surest[c.period] = max(surest[c.period], c.confidence or 0)
            yield of, [relation, self.s.name[to], role, ", ".join(ranks), written(period), str(min(surest.values()) or ""), mark]

    def career(self, person):
        return [row for _, row in self.facts(self.s.out[person], *POSTS)]

    def commanders(self, unit):
        return [[self.s.name[of]] + row[2:] for of, row in self.facts(self.s.into[unit], "commands")]

    def down(self, unit, depth):
        return self.levels(unit, depth, lambda x: [(c, c.of) for c in self.kept(self.s.into[x], *UP)])

    def up(self, entity, depth):
        return self.levels(entity, depth, lambda x: [(c, c.to) for c in self.kept(self.s.out[x], "commands", "posted_to", *UP)])

    def levels(self, start, depth, step):
        """The edges met in so many levels, and the entities."""
        seen, layer, edges = {start}, [start], set()
        for _ in range(depth):
            following = []
            for x in layer:
                for c, other in step(x):
                    edges.add((c.of, c.relation, c.to))
                    if other not in seen:
                        seen.add(other)
                        following.append(other)
            layer = following
        return edges, seen

    def overlaps(self, pairs, dates=None, clip=None):
        """pairs: whose total it counts to, key, row, own tour (None: none), theirs, and a chain of claims. One row a key: all that its chains
        cover together."""
        rows, total = defaultdict(list), defaultdict(list)
        for whose, key, row, own, theirs, chain in pairs:
            common, how = meet([c.period for c in chain], dates)
            if how is None:
                continue
            periods = [(c, c.period) for c in chain]
            if clip:
                periods.append(("asked", (clip[0], clip[0], clip[1], clip[1])))
            else:
                common = meet([c.period for c in chain])[0]
            rows[key].append((row, own, theirs, common, how, periods))
            total[whose].append(periods)
        for key, found in rows.items():
            how = "" if any(f[4] == "" for f in found) else "possibly"
            row, own, theirs = found[0][:3]
            row = [min(f[0][i] for f in found) for i in range(len(row))]  # the least level
            near = [d for d in (own and hull(own), dates) if d]
            if how and (self.certain or any(distant(theirs, d) for d in near) or own and dates and distant(own, dates)):
                continue
            commons = {f[3] for f in found}
            times = [(p, []) for p in commons if not any(q != p and implies(q, p) and q[0] == p[0] and q[3] == p[3] for q in commons)]  # without those that say no more
            yield key, row + ["; ".join(sorted(written(p) for p in merged(times))), in_words(*days([f[5] for f in found])),
                              in_words(*days(total[key[0]])), how]

    def together(self, person):
        pairs = []
        for own in self.posts(self.s.out[person], "commands", "posted_to"):
            for other in self.posts(self.s.into[own[0][2]], "commands", "posted_to"):
                if other[0][0] != person:
                    row = [self.s.name[other[0][0]], other[0][3] or other[0][1], self.s.name[own[0][2]], own[0][3] or own[0][1]]
                    pairs += [(other[0][0], (other[0][0], other[:2], own[:2]), row, own[1], other[1], [c, d])
                              for c in own[3] for d in other[3] if self.possible(c) is not None and self.possible(d) is not None]
        return [row for _, row in self.overlaps(pairs, self.date)]

    def above(self, unit, depth, chain, path=()):
        """Chains upwards, claim by claim, as long as all their periods may overlap."""
        yield unit, len(path), chain
        if len(path) < depth:
            for link in self.scaffold(self.s.out[unit], *UP):
                if link.to not in path + (unit,) and meet([c.period for c in chain + [link]], self.date)[1] is not None:
                    yield from self.above(link.to, depth, chain + [link], path + (unit,))

    def leaders(self, unit):
        return [t for t in self.posts(self.s.into[unit], "commands") if not DEPUTY.search(t[0][3])]

    def superiors(self, person, depth):
        pairs = []
        for own in self.posts(self.s.out[person], "commands", "posted_to"):
            led = own[0][1] == "commands" and not DEPUTY.search(own[0][3])
            for start in own[3]:
                if self.possible(start) is None:
                    continue
                for unit, level, chain in self.above(own[0][2], depth, [start]):
                    if level or not led:
                        for lead in self.leaders(unit):
                            who = lead[0][0]
                            row = [self.s.name[who], self.s.name[unit], str(level), own[0][3] or own[0][1]]
                            if who != person:
                                pairs += [(who, (who, lead[:2], own[:2]), row, own[1], lead[1], chain + [c]) for c in lead[3]
                                          if self.possible(c) is not None]
        return [row for _, row in self.overlaps(pairs, self.date)]

    def places(self, place, down=True):
        """The place and what lies within it, or what it lies within."""
        seen, todo = {place}, [place]
        while todo:
            x = todo.pop()
            for c in self.scaffold((self.s.into if down else self.s.out)[x], "within"):  # none has a date
                other = c.of if down else c.to
                if other not in seen:
                    seen.add(other)
                    todo.append(other)
        return seen

    def in_command(self, place, depth):
        """Who is alone there is so whether or not the possible is left out."""
        whole = Answers(self.s, min_confidence=self.least)
        whole.date, whole.nobody = self.date, self.nobody
        return [row for row in whole.commands_at(place, depth) if not (self.certain and row[-1])]

    def commands_at(self, place, depth):
        inside, around = self.places(place), self.places(place, down=False)

        def there(found):  # what says where a unit was: to a commander it only leads, and alone it is the answer
            return [c for p in inside | around for c in found(self.s.into[p], *AT) if p in inside or c.relation == "operates_in"]
        pairs, units = [], defaultdict(list)
        for c in there(self.kept):
            units[c.of].append((("", c.of), (c.of,), ["", self.s.name[c.of], "0"], None, ALWAYS, [c]))
        for c in there(self.scaffold):
            for unit, level, chain in self.above(c.of, depth, [c]):
                for lead in self.leaders(unit):
                    row = [self.s.name[lead[0][0]], self.s.name[unit], str(level)]
                    pairs += [(lead[0][0], (lead[0][0], lead[:2]), row, None, lead[1], chain + [d]) for d in lead[3]
                              if self.possible(d) is not None]
        led, rows = set(), []
        for key, row in self.overlaps(pairs, self.date, self.date):
            led.add(key[1][0][2])
            rows.append(row[:-2] + row[-1:])
        for unit, alone in units.items():  # nobody is known to have led it
            if unit not in led:
                rows += [row[:-2] + row[-1:] for _, row in self.overlaps(alone, self.date, self.date)]
        return rows

    def in_area(self, places):
        return [[self.s.name[c.of]] + self.place(c, c.period) + [self.possible(c)] for p in places for c in self.kept(self.s.into[p], *AT)]

    def place(self, c, period):
        return [c.relation, self.s.name[c.to], c.base, written(period), str(c.confidence or "")]

    def footprint(self, unit, depth):
        """Where the unit and those below it were while they belonged to it: a row for each such time."""
        times = defaultdict(set)
        for x, _, chain in self.below(unit, depth, []):
            for c in self.kept(self.s.out[x], *AT):
                common, how = meet([d.period for d in chain] + [c.period], self.date)
                if how is not None and not (how and self.certain):
                    times[c].add((meet([d.period for d in chain] + [c.period])[0], how))
        rows = []
        for c, found in times.items():
            for p in merged([(p, []) for p, _ in found]):
                how = "" if any(h == "" and covered(p, q) == p for q, h in found) else "possibly"
                rows.append([self.s.name[c.of]] + self.place(c, p) + [how])
        return rows

    def below(self, unit, depth, chain, path=()):
        """Chains downwards, claim by claim, as long as all their periods may overlap."""
        yield unit, len(path), chain
        if len(path) < depth:
            for link in self.scaffold(self.s.into[unit], *UP):
                if link.of not in path + (unit,) and meet([c.period for c in chain + [link]], self.date)[1] is not None:
                    yield from self.below(link.of, depth, chain + [link], path + (unit,))

    def links(self, entity):
        return {(c.of, c.relation, c.to) for c in self.kept(self.s.out[entity] + self.s.into[entity])}

    def neighbours(self, entity):
        return {end for of, _, to in self.links(entity) for end in (of, to)} - {entity}

    def common(self, first, second):
        both = self.neighbours(first) & self.neighbours(second) - {first, second}
        return [[self.s.name[x] or x, self.s.type[x]] for x in both]

    def far(self, entity):
        """Hops to everything."""
        hops, layer = {entity: 0}, [entity]
        while layer:
            following = []
            for x in layer:
                for y in self.neighbours(x) - hops.keys():
                    hops[y] = hops[x] + 1
                    following.append(y)
            layer = following
        return hops

    def shortest(self, a, b):
        """How many hops, and every edge on a shortest chain."""
        here, there = self.far(a), self.far(b)
        if b not in here:
            return None, []
        on = [x for x in here if x in there and here[x] + there[x] == here[b]]
        return here[b], sorted({e for x in on for e in self.links(x) for y in e[::2]
                                if y != x and y in there and here.get(y) == here[x] + 1 and here[y] + there[y] == here[b]})

    def support(self, entity, other=None):
        edges = defaultdict(list)
        for c in self.kept(self.s.out[entity] + self.s.into[entity]):
            if not other or other in (c.of, c.to):
                edges[c.of, c.relation, c.to].append(c)
        for (of, relation, to), claims in edges.items():
            claims = set(claims)
            sources = set().union(*(c.sources for c in claims))
            publishers = {folded(self.s.source.get(x, {}).get("publication_title", "")) or x for x in sources}
            best = max((c.confidence or 0 for c in claims), default=0)
            yield [self.s.name[of], relation, self.s.name[to] or to], publishers, sources, claims, best

    def evidence(self, a, b):
        """A row for every source of every claim."""
        claims = {c for c in self.kept(self.s.out[a] + self.s.into[a]) if {c.of, c.to} == {a, b}}
        return [[c.relation, written(c.said), str(c.confidence or "")] for c in claims for _ in c.sources]

    def corroboration(self, entity, other=None):
        return [edge + [str(len(publishers)), str(len(sources)), str(len(claims)), str(best or "")]
                for edge, publishers, sources, claims, best in self.support(entity, other)]

    def weak(self, entity, most, below):
        return [edge + [str(len(claims)), str(best or "")] for edge, publishers, _, claims, best in self.support(entity)
                if len(publishers) <= most or best < below]

    def mentioned(self, entity, kind=None):
        shared, linked = Counter(), self.neighbours(entity) | {entity}
        for source, of in self.s.naming.items():
            if entity in of and source != "dataset:nigeria":
                shared.update(of - linked)
        return [[self.s.name[x] or x, self.s.type[x], str(n)] for x, n in shared.items() if kind in (None, self.s.type[x])]

    def ranking(self, kind=None, relations=None):
        out, into = Counter(), Counter()
        for of, relation, to in {(c.of, c.relation, c.to) for c in self.kept(self.s.claims) if not relations or c.relation in relations.split(",")}:
            out[of] += 1
            into[to] += 1
        ends = {x: out[x] + into[x] for x in set(out) | set(into) if kind in (None, self.s.type[x])}
        return [[self.s.name[x] or x, self.s.type[x], str(n), str(out[x]), str(into[x]), x] for x, n in ends.items()]

    def join(self, ends):
        """The least number of edges of a tree that joins up to four ends (Dreyfus and Wagner, with hops for lengths)."""
        hops = {x: self.far(x) for x in ends}
        reach = set.intersection(*(set(h) for h in hops.values())) | set(ends)
        least = {frozenset([x]): hops[x] for x in ends}
        for size in range(2, len(ends)):
            for some in map(frozenset, itertools.combinations(ends, size)):
                met = {v: min(least[frozenset(a)].get(v, EVER) + least[some - frozenset(a)].get(v, EVER)
                              for n in range(1, size) for a in itertools.combinations(some, n)) for v in reach}
                least[some] = self.spread(met)
        last, rest = ends[0], frozenset(ends[1:])
        return min(least[frozenset(a)].get(v, EVER) + least[rest - frozenset(a)].get(v, EVER) + hops[last].get(v, EVER)
                   for n in range(1, len(rest)) for a in itertools.combinations(rest, n) for v in reach) if len(rest) > 1 else hops[last][ends[1]]

    def spread(self, met):
        near = dict(met)
        layers = defaultdict(list)
        for v, n in met.items():
            layers[n].append(v)
        n = 0
        while n < EVER and any(k >= n and k < EVER for k in layers):
            for v in layers[n]:
                if near[v] == n:
                    for y in self.neighbours(v):
                        if near.get(y, EVER) > n + 1:
                            near[y] = n + 1
                            layers[n + 1].append(y)
            n += 1
        return near


# --- what is asked -----------------------------------------------------------------------------------------------------------


class Asked:
    def __init__(self, sheets, seed):
        self.s, self.random, self.questions = sheets, random.Random(seed), []

    def ask(self, query, params, answer, columns=(), kind="rows", **more):
        params = {k: str(v) for k, v in params.items() if v is not None}
        answers = Answers(self.s, **{k: v for k, v in params.items() if k in ("as_of", "min_confidence", "certain", "dataset")})
        value = answer(answers)
        self.questions.append(dict(query=query, params=params, columns=list(columns), **{kind: value}, **more))

    def most(self, kind, n, *relations):
        """The n of a type with the most claims, and n more by chance."""
        count = Counter()
        for c in self.s.claims:
            for x in (c.of, c.to):
                if self.s.type[x] == kind and (not relations or c.relation in relations):
                    count[x] += 1
        order = sorted(count, key=lambda x: (-count[x], x))
        return order[:n] + self.random.sample(order[n:], min(n, len(order) - n))

    def all(self):
        dates = [None, "2012", "2015-06", "2017-03-15"]
        variants = itertools.cycle([{}, {"as_of": "2014-06"}, {"min_confidence": 60}, {"as_of": "2016", "certain": "true"}, {"dataset": "nigeria"},
                                    {"as_of": "2017-03-15", "min_confidence": 60}])
        overlaps = itertools.cycle([{}, {"certain": "true"}, {"min_confidence": 60}, {}, {"as_of": "2015-06"}])
        persons = self.most("Person", 20, "commands", "posted_to")
        leading, tops = self.most("Unit", 20, "commands"), self.most("Unit", 12, *UP)
        based, towns = self.most("Unit", 15, *AT), self.most("Location", 10, *AT)
        facts = ["relation", "to", "role", "rank", "period", "confidence", "possible"]
        for x in persons:
            for more in ({}, next(variants)):
                self.ask("career", dict(more, person=x), lambda a: a.career(x), facts, order=None if "as_of" in more else "period")
            more = next(overlaps)
            self.ask("served-together", dict(person=x, **more), lambda a: a.together(x), ["person", "role", "unit", "own role", "period", "days", "in all", "possible"])
            self.superiors(x, self.random.choice([0, 1, 3, 5]), more)
            more = next(variants)
            self.tree("chain-of-command-up", "entity", x, self.random.choice([1, 2, 5]), more)
        for x in leading:
            for more in ({}, next(variants)):
                self.ask("commanders-of-unit", dict(more, unit=x), lambda a: a.commanders(x), ["from"] + facts[2:],
                         order=None if "as_of" in more else "period")
        for x in tops:
            self.tree("subordinate-tree", "unit", x, self.random.choice([1, 2, 10]), next(variants))
            self.tree("chain-of-command-up", "entity", x, self.random.choice([1, 2, 10]), next(variants))
        there = ["unit", "relation", "place", "base_name", "period", "confidence", "possible"]
        for x in based:
            depth = self.random.choice([0, 1, 3])
            self.ask("unit-footprint", dict(next(variants), unit=x, depth=depth), lambda a: a.footprint(x, depth), there, order="period")
        for x in towns:
            self.ask("units-in-area", dict(next(variants), place=x), lambda a: a.in_area(a.places(x)), there, order="period")
            for date in dates[1:]:
                depth, more = self.random.choice([0, 1, 3]), self.random.choice([{}, {}, {"min_confidence": 60}, {"certain": "true"}])
                self.ask("who-was-in-command", dict(more, place=x, as_of=date, depth=depth), lambda a: a.in_command(x, depth),
                         ["commander", "unit", "level", "period", "days", "possible"])
        self.linked(tops + persons[:10] + towns[:6])

    def beside(self, everyone, x, n):
        """x, and by chance somebody so many hops away."""
        return x, self.random.choice(sorted(y for y, hops in everyone.far(x).items() if hops == n) or sorted(everyone.neighbours(x)))

    def superiors(self, x, depth, more):
        self.ask("superiors-of-person", dict(person=x, depth=depth, **more), lambda a: a.superiors(x, depth),
                 ["superior", "unit", "level", "own role", "period", "days", "in all", "possible"])

    def tree(self, query, name, x, depth, more):
        step = "up" if name == "entity" else "down"
        self.ask(query, dict(more, **{name: x, "depth": depth}), lambda a: sorted(getattr(a, step)(x, depth)[0]), kind="edges")

    def linked(self, some):
        filters = itertools.cycle([{}, {"min_confidence": 60}, {"as_of": "2015-06"}])
        for x in some:
            more = next(filters)
            self.ask("corroboration", dict(more, entity=x), lambda a: a.corroboration(x),
                     ["from", "relation", "to", "publishers", "sources", "claims", "confidence"], descending="publishers")
            self.ask("weak-and-stale", dict(more, entity=x, max_publishers=1, below=50), lambda a: a.weak(x, 1, 50), ["from", "relation", "to", "claims", "confidence"])
            kind = self.random.choice([None, "Person", "Unit"])
            self.ask("co-mention", dict(entity=x, type=kind), lambda a: a.mentioned(x, kind), ["entity", "type", "sources"], descending="sources")
        everyone = Answers(self.s)
        pairs = [self.random.sample(some, 2) for _ in range(10)] + [self.beside(everyone, x, 2) for x in some[:20]]
        for x, y in pairs:
            self.ask("common-neighbours", dict(next(filters), first=x, second=y), lambda a: a.common(x, y), ["entity", "type"])
        for x, y in pairs[:16]:
            length = everyone.shortest(x, y)[0]
            if length and length <= 4:
                self.ask("shortest-path", {"from": x, "to": y}, lambda a: a.shortest(x, y)[1], kind="edges", length=length)
        for n, x in zip(itertools.cycle((3, 4, 3, 2)), some[::2]):
            hops = everyone.far(x)
            ends = [x] + self.random.sample(sorted(y for y, n in hops.items() if 1 <= n <= 3), n - 1)
            self.ask("connect-set", dict(entities="; ".join(ends), max_hops=6), lambda a: a.join(ends), kind="size")
        for c in self.random.sample(sorted((c for c in self.s.claims if c.relation != "within"), key=repr), 15):
            self.ask("evidence-for-link", {"from": c.of, "to": c.to}, lambda a: a.evidence(c.of, c.to), ["relation", "period", "confidence"])
        for more in ({}, {"type": "Person"}, {"type": "Unit"}, {"type": "Location"}, {"type": "Unit", "relations": "subordinate_to"},
                     {"min_confidence": 60}, {"type": "Person", "as_of": "2015-06"}):
            self.ask("degree-ranking", dict(more, limit=50), lambda a: a.ranking(more.get("type"), more.get("relations")),
                     ["entity", "type", "links", "out", "in", "xid"], kind="top", descending="links")


def main(folder, seed="20261123"):
    asked = Asked(Sheets(folder), seed)
    asked.all()
    print(json.dumps({"seed": seed, "questions": asked.questions}, ensure_ascii=False))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
