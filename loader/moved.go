package loader

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/validate"
	"orbat/schema"
)

// movedRecords finds records of which an earlier version is about other ends than the latest: versions are judged among
// the claims of one edge (law 4), so that the earlier draws its own all the same. It remembers the versions of an
// input's relations, as far as its memory reaches; what it forgets, or what another load brought, costs a notice,
// nothing else.
type movedRecords struct {
	seed  maphash.Seed
	seen  map[uint64]*recordVersions // by data set and record id
	bytes int
}

// recordVersions is what an input holds of one record.
type recordVersions struct {
	id    string
	edges []versionedEdge
}

// versionedEdge is an edge in the latest version that states it.
type versionedEdge struct {
	edge    uint64
	version string
	pos     schema.Position
}

// movedBytes is what remembered versions may take, and movedEdges how many edges of one record are.
const (
	movedBytes = 16 << 20
	movedEdges = 1000
)

// add takes a record that is in order.
func (m *movedRecords) add(c validate.Checked) {
	if c.Record.Kind != schema.RelationRecord || c.Record.Version == "" || len(c.Claims) == 0 || c.Claims[0].Record == "" {
		return
	}
	const entry = 192
	claim := c.Claims[0]
	if m.seen == nil || m.bytes > movedBytes {
		m.seed, m.seen, m.bytes = maphash.MakeSeed(), map[uint64]*recordVersions{}, 0
	}
	at, edge := maphash.String(m.seed, claim.Dataset+"\x00"+claim.Record), maphash.String(m.seed, schema.GroupOf(c.Keys[0]))
	of := m.seen[at]
	if of == nil {
		of = &recordVersions{id: schema.Brief(claim.Record)}
		m.seen[at] = of
	}
	if i := slices.IndexFunc(of.edges, func(e versionedEdge) bool { return e.edge == edge }); i >= 0 {
		if schema.CompareVersions(of.edges[i].version, claim.Version) < 0 {
			m.bytes += len(claim.Version) - len(of.edges[i].version)
			of.edges[i].version, of.edges[i].pos = claim.Version, c.Record.Pos
		}
		return
	}
	if len(of.edges) < movedEdges {
		of.edges = append(of.edges, versionedEdge{edge: edge, version: claim.Version, pos: c.Record.Pos})
		m.bytes += entry + len(claim.Version)
	}
}

// notices tells of each record that has moved, in the order of the input.
func (m *movedRecords) notices() (notices []*schema.Notice) {
	for _, of := range m.seen {
		latest := slices.MaxFunc(of.edges, func(a, b versionedEdge) int { return schema.CompareVersions(a.version, b.version) }).version
		var left []versionedEdge
		for _, e := range of.edges {
			if schema.CompareVersions(e.version, latest) < 0 {
				left = append(left, e)
			}
		}
		if len(left) == 0 {
			continue
		}
		what := "a relation"
		if len(left) > 1 {
			what = strconv.Itoa(len(left)) + " relations"
		}
		notices = append(notices, &schema.Notice{Fault: schema.Fault{
			Pos: left[0].pos, Column: "record", Value: of.id,
			Reason: "version " + schema.Shorten(left[0].version) + " states " + what + " that version " + schema.Shorten(latest) +
				" does not state between the same ends: both are shown",
			Hint: "replace the data set by its latest state, or take the earlier version out",
		}})
	}
	slices.SortFunc(notices, func(a, b *schema.Notice) int {
		return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), strings.Compare(a.Value, b.Value))
	})
	return notices
}
