package main

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"

	"orbat/schema"
)

// dataset is what all statements belong to.
const dataset = "bench"

// crowd is a graph as skewed as real ones are: always the same for the same seed and number. Each of its hubs has a
// twentieth of all relations, 50,000 of a million; a quarter of the relations lead to hubs, and many of the others to
// ends that a few hundred or thousand share.
type crowd struct {
	relations int
	seed      uint64
}

// hubs are the organisations that a twentieth of all relations lead to; one place has as many.
const hubs = 4

// kinds are the entities by type. Every type has at least hubs, and every name is its own.
func (c crowd) kinds() []kind {
	n := c.relations
	return []kind{
		{"Source", 200},
		{"Organisation", max(2*hubs, n/100)},
		{"Location", max(2*hubs, n/100)},
		{"Equipment", max(2*hubs, n/200)},
		{"Event", max(2*hubs, n/50)},
		{"Unit", max(2*hubs, n/25)},
		{"Person", n / 5},
	}
}

type kind struct {
	name string
	n    int
}

func (c crowd) of(name string) int {
	for _, k := range c.kinds() {
		if k.name == name {
			return k.n
		}
	}
	return 0
}

// entities is how many there are but for the Sources, which are no part of a path.
func (c crowd) entities() (n int) {
	for _, k := range c.kinds() {
		n += k.n
	}
	return n - c.of("Source")
}

// entity returns the n-th of all but the Sources.
func (c crowd) entity(n int) string {
	for _, k := range c.kinds()[1:] {
		if n < k.n {
			return xid(k.name, n)
		}
		n -= k.n
	}
	return ""
}

func xid(kind string, n int) string { return "bench:" + kind + "-" + strconv.Itoa(n) }

func nameOf(kind string, n int) string { return kind + " number " + strconv.Itoa(n) }

// records are the crowd as a file would have it: entities, then relations, each once.
func (c crowd) records() iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		for _, k := range c.kinds() {
			for i := range k.n {
				if !yield(describe(k.name, i), nil) {
					return
				}
			}
		}
		d := draw{crowd: c, r: rand.New(rand.NewPCG(c.seed, 1)), seen: map[edge]bool{}} //nolint:gosec // the same crowd again is wanted
		for len(d.seen) < c.relations {
			e := d.edge()
			if e.from == e.to || d.seen[e] {
				continue
			}
			d.seen[e] = true
			if !yield(d.record(e), nil) {
				return
			}
		}
	}
}

func describe(kind string, n int) *schema.Record {
	r := &schema.Record{
		Kind: schema.EntityRecord, Dataset: dataset, Subject: schema.Ref{XID: xid(kind, n), Type: kind},
		Values: map[string][]schema.Value{"name": {{Text: nameOf(kind, n)}}},
	}
	if kind == "Source" {
		r.Values["title"] = []schema.Value{{Text: "Report " + strconv.Itoa(n)}}
		r.Values["publisher"] = []schema.Value{{Text: "Agency " + strconv.Itoa(n%40)}}
	}
	return r
}

type edge struct{ relation, from, to string }

// draw makes relations at random.
type draw struct {
	crowd
	r    *rand.Rand
	seen map[edge]bool
}

func (d *draw) anyOf(kind string) string { return xid(kind, d.r.IntN(d.of(kind))) }

// often returns some ends more often than others: the first of a kind are in a hundredth or less of what is drawn.
func (d *draw) often(kind string) string {
	n := d.of(kind)
	x := d.r.Float64()
	return xid(kind, hubs+int(x*x*x*float64(n-hubs)))
}

func (d *draw) edge() edge {
	switch n := d.r.IntN(100); {
	case n < 5*hubs:
		return edge{"member_of", d.anyOf("Person"), xid("Organisation", n/5)}
	case n < 25:
		return edge{"located_at", d.anyOf("Person"), xid("Location", 0)}
	case n < 37:
		return edge{"posted_to", d.anyOf("Person"), d.often("Unit")}
	case n < 42:
		return edge{"commands", d.anyOf("Person"), d.anyOf("Unit")}
	case n < 50:
		return edge{"member_of", d.anyOf("Person"), d.often("Organisation")}
	case n < 54:
		unit := 1 + d.r.IntN(d.of("Unit")-1)
		return edge{"subordinate_to", xid("Unit", unit), xid("Unit", unit/5+d.r.IntN(2))}
	case n < 60:
		return edge{"based_at", d.anyOf("Unit"), d.often("Location")}
	case n < 65:
		return edge{"operates", d.anyOf("Unit"), d.often("Equipment")}
	case n < 73:
		return edge{"carried_out", d.anyOf("Unit"), d.often("Event")}
	case n < 80:
		return edge{"affected_by", d.anyOf("Person"), d.anyOf("Event")}
	default:
		from, to := d.anyOf("Person"), d.anyOf("Person")
		return edge{"associate_of", min(from, to), max(from, to)}
	}
}

// record says a relation once, with a source, mostly a confidence, and mostly a period.
func (d *draw) record(e edge) *schema.Record {
	r := &schema.Record{
		Kind: schema.RelationRecord, Dataset: dataset, Predicate: e.relation, Subject: schema.Ref{XID: e.from},
		Object: schema.Ref{XID: e.to},
		Provenance: schema.Provenance{Cites: []schema.Cite{{Source: schema.Ref{XID: d.anyOf("Source")}, Locator: fmt.Sprintf("p. %d",
			1+d.r.IntN(300))}}},
	}
	if d.r.IntN(4) > 0 {
		r.Confidence = strconv.Itoa(10 + 5*d.r.IntN(18))
	}
	switch year := 2000 + d.r.IntN(20); d.r.IntN(4) {
	case 0:
		r.Period = fmt.Sprintf("%d/", year)
	case 1:
		r.Period = fmt.Sprintf("%d/..", year)
	case 2:
		r.Period = fmt.Sprintf("%d/%d", year, year+d.r.IntN(6))
	}
	return r
}
