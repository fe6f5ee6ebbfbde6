package schema

import (
	"maps"
	"slices"
	"strings"
)

// Merges is what decisions amount to (law 10): which entities are one, which are apart, and which claims are rejected.
// It is the closure of the decisions that stand ([Decide]), or what a graph shows of it ([MergesOf]). A nil one and the
// zero one decide nothing.
type Merges struct {
	LeftOut []Contradiction // same decisions that contradict a different one

	members  map[string][]string // by representative, sorted; components of two and more only
	rep      map[string]string   // by member, the representative included
	apart    map[string][]string // by xid: those it is decided to be different from
	rejected map[string]bool     // keys of claims
}

// Contradiction is a decision that others leave no room for, and that derivation leaves out.
type Contradiction struct {
	Key       string   `json:"key"`
	Between   []string `json:"between"`
	Different []string `json:"different"` // the two that were declared different
}

func newMerges() *Merges {
	return &Merges{members: map[string][]string{}, rep: map[string]string{}, apart: map[string][]string{}, rejected: map[string]bool{}}
}

// Decide returns the closure of decisions: different first, then same in the order of keys, leaving out what
// contradicts. The representative of a component is its smallest xid. The order of the decisions does not matter.
func Decide(decisions []*Claim) *Merges {
	m := newMerges()
	type keyed struct {
		key string
		*Claim
	}
	var sames []keyed
	for _, d := range decisions {
		switch {
		case d.Predicate == Same && d.Draws():
			sames = append(sames, keyed{d.Key(), d})
		default:
			m.Add(d)
		}
	}
	slices.SortFunc(sames, func(x, y keyed) int { return strings.Compare(x.key, y.key) })
	for _, d := range sames {
		if left := m.Add(d.Claim); left != nil {
			m.LeftOut = append(m.LeftOut, *left)
		}
	}
	return m
}

// MergesOf returns what representatives make one, given by the xids of those that are merged into another.
func MergesOf(representatives map[string]string) *Merges {
	m := newMerges()
	for xid, rep := range representatives {
		m.rep[xid], m.rep[rep] = rep, rep
		m.members[rep] = append(m.members[rep], xid)
	}
	for rep := range m.members {
		m.members[rep] = append(m.members[rep], rep)
		slices.Sort(m.members[rep])
		m.members[rep] = slices.Compact(m.members[rep])
	}
	return m
}

// Add takes one more decision, unless it contradicts those taken before: then it returns how. A claim that draws
// nothing, or is no decision, changes nothing.
func (m *Merges) Add(d *Claim) *Contradiction {
	if !d.Draws() {
		return nil
	}
	switch d.Predicate {
	case Reject:
		m.rejected[d.Value] = true
	case Different:
		if m.Rep(d.Subject) == m.Rep(d.Object) {
			return &Contradiction{Key: d.Key(), Between: []string{d.Subject, d.Object}, Different: []string{d.Subject, d.Object}}
		}
		m.apart[d.Subject] = append(m.apart[d.Subject], d.Object)
		m.apart[d.Object] = append(m.apart[d.Object], d.Subject)
	case Same:
		a, b := m.Members(d.Subject), m.Members(d.Object)
		if m.Rep(d.Subject) == m.Rep(d.Object) {
			return nil
		}
		if x, y, apart := m.firstApart(a, b); apart {
			return &Contradiction{Key: d.Key(), Between: []string{d.Subject, d.Object}, Different: []string{x, y}}
		}
		m.join(a, b)
	}
	return nil
}

// firstApart finds one of each side that are decided to be different.
func (m *Merges) firstApart(a, b []string) (x, y string, found bool) {
	for _, x := range a {
		for _, y := range m.apart[x] {
			if slices.Contains(b, y) {
				return x, y, true
			}
		}
	}
	return "", "", false
}

func (m *Merges) join(a, b []string) {
	delete(m.members, m.Rep(a[0]))
	delete(m.members, m.Rep(b[0]))
	all := slices.Sorted(slices.Values(slices.Concat(a, b)))
	for _, member := range all {
		m.rep[member] = all[0]
	}
	m.members[all[0]] = all
}

// Rep returns the representative of an entity: itself where no decision merged it.
func (m *Merges) Rep(xid string) string {
	if m != nil {
		if rep, merged := m.rep[xid]; merged {
			return rep
		}
	}
	return xid
}

// Members returns all that are one with an entity, itself included, sorted.
func (m *Merges) Members(xid string) []string {
	if m != nil {
		if members := m.members[m.Rep(xid)]; members != nil {
			return members
		}
	}
	return []string{xid}
}

// Merged reports whether an entity is one with any other.
func (m *Merges) Merged(xid string) bool { return len(m.Members(xid)) > 1 }

// Rejects reports whether a person rejected the claim of a key.
func (m *Merges) Rejects(key string) bool { return m != nil && m.rejected[key] }

// Rejected returns the keys of the claims that a person rejected, sorted.
func (m *Merges) Rejected() []string {
	if m == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(m.rejected))
}

// Counts reports whether a claim takes part in derivation (laws 9 and 10).
func (m *Merges) Counts(claim *StoredClaim) bool { return claim.Counts(m.Rejects(claim.StoredKey)) }
