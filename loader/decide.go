package loader

import (
	"slices"
	"strings"

	"orbat/schema"
)

// closure is what the decisions that stand amount to (law 10): which entities are one, and which claims are rejected.
// The zero closure decides nothing.
type closure struct {
	members  map[string][]string // by representative, sorted; components of two and more only
	rep      map[string]string   // by member, the representative included
	apart    map[string][]string // by xid: those it is decided to be different from
	rejected map[string]bool     // keys of claims
	LeftOut  []Contradiction     // same decisions that contradict a different one
}

// Contradiction is a decision that derivation leaves out, with the chain it contradicts.
type Contradiction struct {
	Key       string   `json:"key"`
	Between   []string `json:"between"`
	Different []string `json:"different"` // the two that were declared different
}

// decide computes the closure of decisions: different first, then same in the order of keys, leaving out what
// contradicts. The representative of a component is its smallest xid.
func decide(decisions []*schema.Claim) *closure {
	c := &closure{members: map[string][]string{}, rep: map[string]string{}, apart: map[string][]string{}, rejected: map[string]bool{}}
	type same struct {
		key  string
		a, b string
	}
	var sames []same
	for _, d := range decisions {
		if !d.Draws() {
			continue
		}
		switch d.Predicate {
		case schema.Reject:
			c.rejected[d.Value] = true
		case schema.Different:
			c.part(d.Subject, d.Object)
		case schema.Same:
			sames = append(sames, same{d.Key(), d.Subject, d.Object})
		}
	}
	slices.SortFunc(sames, func(x, y same) int { return strings.Compare(x.key, y.key) })
	for _, s := range sames {
		a, b := c.membersOf(s.a), c.membersOf(s.b)
		if c.Rep(s.a) == c.Rep(s.b) {
			continue
		}
		if x, y, contradicts := c.firstApart(a, b); contradicts {
			c.LeftOut = append(c.LeftOut, Contradiction{Key: s.key, Between: []string{s.a, s.b}, Different: []string{x, y}})
			continue
		}
		c.join(a, b)
	}
	return c
}

func (c *closure) part(a, b string) {
	c.apart[a] = append(c.apart[a], b)
	c.apart[b] = append(c.apart[b], a)
}

// firstApart finds one of each side that are decided to be different.
func (c *closure) firstApart(a, b []string) (x, y string, found bool) {
	for _, x := range a {
		for _, y := range c.apart[x] {
			if slices.Contains(b, y) {
				return x, y, true
			}
		}
	}
	return "", "", false
}

func (c *closure) join(a, b []string) {
	delete(c.members, c.Rep(a[0]))
	delete(c.members, c.Rep(b[0]))
	all := slices.Sorted(slices.Values(slices.Concat(a, b)))
	for _, member := range all {
		c.rep[member] = all[0]
	}
	c.members[all[0]] = all
}

// Rep gives the representative of an entity: itself where no decision merged it.
func (c *closure) Rep(xid string) string {
	if rep, merged := c.rep[xid]; merged {
		return rep
	}
	return xid
}

// membersOf gives all that are one with an entity, itself included, sorted.
func (c *closure) membersOf(xid string) []string {
	if members := c.members[c.Rep(xid)]; members != nil {
		return members
	}
	return []string{xid}
}

// merges reports whether a target shows the claims of several groups: an end of it is several entities.
func (c *closure) merges(t target) bool {
	return len(c.members[t.subject]) > 1 || len(c.members[t.object]) > 1
}

// counts reports whether a claim takes part in derivation (laws 9 and 10).
func (c *closure) counts(claim *schema.StoredClaim) bool {
	return claim.Stands && claim.Draws() && !c.rejected[claim.StoredKey]
}
