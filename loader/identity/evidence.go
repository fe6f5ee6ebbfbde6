package identity

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"orbat/schema"
)

// Share is what one feature adds to a pair's evidence.
type Share struct {
	Feature string  `json:"feature"`
	Bits    float64 `json:"bits"` // log2 of how many times likelier it makes the pair; below 0 it speaks against
	Finding string  `json:"says"`
}

// weight is how a property with few values counts: at most so many bits where a value agrees (less where the value is
// common), and so many against where all values differ.
type weight struct {
	agree, differ float64
	body          float64 // set: against two units or organisations, which do not change it as people do
}

// qualities are the properties compared as they stand.
func qualities() map[string]weight {
	return map[string]weight{
		"country":        {3, 3, 8},
		"nationality":    {3, 2, 0},
		"rank":           {2, 0, 0},
		"rank_code":      {1, 0, 0},
		"gender":         {0.5, 6, 0},
		"branch":         {1, 2, 3},
		"echelon":        {1, 5, 5},
		"classification": {1, 0.5, 0},
		"designator":     {2, 8, 8},
		"org_kind":       {0.5, 2, 2},
		"equip_kind":     {1, 6, 0},
		"level":          {0.5, 4, 0},
		"serial":         {12, 12, 0},
		"loc_kind":       {0.5, 3, 0},
		"event_kind":     {1, 4, 0},
		"platform":       {1, 6, 0},
		"handle":         {12, 6, 0},
		"callsign":       {8, 4, 0},
		"url":            {12, 0, 0},
		"is_placeholder": {0, 0, 0}, // left out: see compile
		"geo":            {0, 0, 0},
		"external_ids":   {0, 0, 0},
	}
}

// evidence collects the shares of one pair.
type evidence struct {
	*scorer
	a, b    *entity
	explain bool // words are wanted too
	bits    float64
	shares  []Share
	against []string // what rules the pair out
}

func (ev *evidence) add(feature string, bits float64, says func() string) {
	if bits == 0 {
		return
	}
	ev.bits += bits
	if ev.explain {
		ev.shares = append(ev.shares, Share{feature, math.Round(bits*10) / 10, says()})
	}
}

// compareNames weighs the names, last, since that is dear: where the rest leaves no hope it is not done to the end. It
// is shown first.
func (ev *evidence) compareNames(shared []sharedTie, least float64) {
	al, bits, alike := ev.nameEvidence(ev.a, ev.b, ev.explained(shared), least-ev.bits)
	if !alike {
		return
	}
	at := len(ev.shares)
	ev.add("name", bits, func() string { return ev.say(&al) })
	if at < len(ev.shares) {
		name := ev.shares[at]
		ev.shares = slices.Insert(ev.shares[:at], 1, name)
	}
}

// compareQualities compares the properties with few values, in the order of their names.
func (ev *evidence) compareQualities() {
	for _, property := range ev.qualities {
		as, bs := ev.a.values[property], ev.b.values[property]
		if len(as) == 0 || len(bs) == 0 {
			continue
		}
		w := ev.weights[property]
		shared, count := int32(-1), int32(math.MaxInt32)
		for _, v := range as {
			if n := ev.census.values[quality{property, v}]; n < count && slices.Contains(bs, v) {
				shared, count = v, n
			}
		}
		if shared >= 0 {
			ev.add(property, min(w.agree, ev.rarity(count)/2), func() string { return "both " + ev.texts[shared] })
			continue
		}
		against := w.differ
		if ev.a.kind == "body" && w.body > 0 {
			against = w.body
		}
		ev.add(property, -against, func() string { return ev.texts[as[0]] + " and " + ev.texts[bs[0]] })
	}
	ev.compareExternalIDs()
}

// compareExternalIDs: one id in another collection is as good as a decision; two ids of one collection speak against.
func (ev *evidence) compareExternalIDs() {
	schemes := map[string]string{}
	for _, v := range ev.a.values["external_ids"] {
		scheme, _, _ := strings.Cut(ev.texts[v], ":")
		schemes[scheme] = ev.texts[v]
	}
	other := ""
	for _, v := range ev.b.values["external_ids"] {
		if slices.Contains(ev.a.values["external_ids"], v) {
			ev.add("external id", 20, func() string { return "both " + ev.texts[v] })
			return
		}
		scheme, _, _ := strings.Cut(ev.texts[v], ":")
		if schemes[scheme] != "" {
			other = schemes[scheme] + " and " + ev.texts[v]
		}
	}
	if other != "" {
		ev.add("external id", -6, func() string { return other })
	}
}

// compareRanks compares grades where the words differ: people rise, but no private becomes a general between two
// reports.
func (ev *evidence) compareRanks() {
	as, bs := ev.grades(ev.a), ev.grades(ev.b)
	if len(as) == 0 || len(bs) == 0 {
		return
	}
	least := 100
	for _, x := range as {
		for _, y := range bs {
			least = min(least, max(x-y, y-x))
		}
	}
	if least >= 4 {
		ev.add("grade", -float64(least)/2, func() string { return fmt.Sprintf("%d grades apart", least) })
	}
}

func (sc *scorer) grades(e *entity) []int {
	var grades []int
	for _, v := range e.values["rank"] {
		text := strings.Join(split(strings.ToLower(sc.texts[v])), " ")
		if r, known := sc.vocabulary.ranks[text]; known && r.grade != 0 {
			grades = append(grades, r.grade)
		}
	}
	for _, v := range e.values["rank_code"] {
		if g := gradeOf(sc.texts[v]); g != 0 {
			grades = append(grades, g)
		}
	}
	return grades
}

// The bounds of what ties and sources tell: people of one unit share them without being one.
const (
	mostFromTies    = 5
	mostFromSources = 1
)

// sharedTie is a tie that both have.
type sharedTie struct {
	bits float64
	a    *tie
}

// sharedTies returns the ties that both have, the most telling first. Ties that hold at one time tell more, those that
// surely do not less: successors share their posts.
func (ev *evidence) sharedTies() []sharedTie {
	best := map[uint64]sharedTie{}
	for i := range ev.a.ties {
		x := &ev.a.ties[i]
		for j := range ev.b.ties {
			y := &ev.b.ties[j]
			if x.key != y.key {
				continue
			}
			bits := ev.rarity(ev.tied[x.key]) / 2
			switch meet(x.period, y.period) {
			case schema.Certain:
				bits++
			case schema.No:
				bits /= 2
			case schema.Possible:
			}
			if bits > best[x.key].bits {
				best[x.key] = sharedTie{bits, x}
			}
		}
	}
	return slices.SortedFunc(maps.Values(best), func(p, q sharedTie) int {
		if p.bits == q.bits {
			return strings.Compare(ev.sayTie(p.a), ev.sayTie(q.a))
		}
		return cmp.Compare(q.bits, p.bits)
	})
}

// compareTies weighs who and what both are tied to, rarer ties telling more.
func (ev *evidence) compareTies(shared []sharedTie) {
	total := 0.0
	for i, s := range shared {
		total += s.bits / float64(i+1) // ties come together: the second tells less
	}
	ev.add("ties", min(total, mostFromTies), func() string {
		var parts []string
		for _, s := range shared[:min(3, len(shared))] {
			parts = append(parts, ev.sayTie(s.a))
		}
		return "both " + strings.Join(parts, "; ")
	})
}

// explained are the words of the names of what both are tied to.
func (ev *evidence) explained(shared []sharedTie) map[int32]bool {
	words := map[int32]bool{}
	for _, s := range shared {
		for _, f := range ev.byXID[s.a.other].forms {
			for _, w := range f.words {
				words[w] = f.main || words[w]
			}
		}
	}
	return words
}

func (sc *scorer) sayTie(t *tie) string {
	relation := strings.ReplaceAll(sc.texts[t.relation], "_", " ")
	other := sc.shownName(sc.byXID[t.other])
	if t.out {
		return relation + " " + other
	}
	return relation + " (from) " + other
}

// meet reports whether two periods overlap.
func meet(p, q schema.Period) schema.Certainty {
	pFrom, _, _, pTo := p.Bounds()
	qFrom, _, _, qTo := q.Bounds()
	if before(pTo, qFrom) || before(qTo, pFrom) {
		return schema.No
	}
	pa, pb, sureP := span(p)
	qa, qb, sureQ := span(q)
	if sureP && sureQ && !pb.Before(qa) && !qb.Before(pa) {
		return schema.Certain
	}
	return schema.Possible
}

func before(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.Before(b) }

// compareSources: two that one document names are likelier one than two that share none, but not by much.
func (ev *evidence) compareSources() {
	shared, count := int32(-1), int32(math.MaxInt32)
	for _, s := range ev.a.sources {
		if n := ev.cited[s]; n < count && slices.Contains(ev.b.sources, s) {
			shared, count = s, n
		}
	}
	if shared < 0 {
		return
	}
	ev.add("sources", min(ev.rarity(count)/6, mostFromSources), func() string {
		if source := ev.byXID[shared]; source != nil {
			return "both in " + ev.shownName(source)
		}
		return "both in " + ev.texts[shared]
	})
}

// compareDates counts how surprising it is that two dates of birth (or founding) agree.
func (ev *evidence) compareDates() {
	for _, x := range ev.a.born {
		for _, y := range ev.b.born {
			if apart(x, y) || x.Min.IsZero() || y.Min.IsZero() || x.Max.IsZero() || y.Max.IsZero() {
				continue
			}
			years := max(x.Max.Sub(x.Min), y.Max.Sub(y.Min)).Hours() / (24 * 365.25)
			const spread = 60 // of the years in which those who are compared were born
			ev.add("born", min(max(math.Log2(spread/max(years, 1.0/365))-1, 0), 12), func() string { return "both " + x.String() })
			return
		}
	}
}

// compareLinks: what has a relation to itself is two things.
func (ev *evidence) compareLinks() {
	for i := range ev.a.ties {
		t := &ev.a.ties[i]
		relation := ev.texts[t.relation]
		if t.other == ev.b.xid && relation != "related_to" {
			ev.rule("one is " + strings.ReplaceAll(relation, "_", " ") + " the other")
			return
		}
	}
}

// comparePosts: one officer seldom holds two commands at a time.
func (ev *evidence) comparePosts() {
	if ev.a.kind != "Person" {
		return
	}
	for x, y := range ev.commandsAtOnce() {
		if x.key != y.key {
			ev.add("posts", -3, func() string { return "at one time " + ev.sayTie(x) + " and " + ev.sayTie(y) })
			return
		}
	}
}

// commandsAtOnce returns each command of the one with each of the other that surely was held at the same time.
func (ev *evidence) commandsAtOnce() iter.Seq2[*tie, *tie] {
	return func(yield func(x, y *tie) bool) {
		for i := range ev.a.ties {
			x := &ev.a.ties[i]
			if !ev.command(x) {
				continue
			}
			for j := range ev.b.ties {
				y := &ev.b.ties[j]
				if ev.command(y) && meet(x.period, y.period) == schema.Certain && !yield(x, y) {
					return
				}
			}
		}
	}
}

func (sc *scorer) command(t *tie) bool { return t.out && sc.texts[t.relation] == "commands" }

// comparePlaces compares positions; two points far apart are two places.
func (ev *evidence) comparePlaces() {
	km := math.Inf(1)
	for _, x := range ev.a.values["geo"] {
		for _, y := range ev.b.values["geo"] {
			if p, q := pointOf(ev.texts[x]), pointOf(ev.texts[y]); p != nil && q != nil {
				km = min(km, distance(*p, *q))
			}
		}
	}
	switch says := func() string { return fmt.Sprintf("%.1f km apart", km) }; {
	case math.IsInf(km, 1):
	case km <= 1:
		ev.add("position", 6, says)
	case km <= 10:
		ev.add("position", 3, says)
	case km > 100:
		ev.against = append(ev.against, fmt.Sprintf("%.0f km apart", km))
	case km > 30:
		ev.add("position", -4, says)
	}
}

// pointOf returns the longitude and latitude of a GeoJSON Point; areas are not compared.
func pointOf(text string) *[2]float64 {
	var g struct {
		Type        string
		Coordinates json.RawMessage
	}
	var at []float64
	if json.Unmarshal([]byte(text), &g) != nil || g.Type != "Point" || json.Unmarshal(g.Coordinates, &at) != nil || len(at) < 2 {
		return nil
	}
	return &[2]float64{at[0], at[1]}
}

// distance is the great circle's, in kilometres (haversine).
func distance(p, q [2]float64) float64 {
	rad := func(d float64) float64 { return d * math.Pi / 180 }
	dLat, dLon := rad(q[1]-p[1]), rad(q[0]-p[0])
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(rad(p[1]))*math.Cos(rad(q[1]))*math.Pow(math.Sin(dLon/2), 2)
	return 2 * 6371 * math.Asin(math.Sqrt(min(h, 1)))
}
