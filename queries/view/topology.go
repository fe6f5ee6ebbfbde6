package view

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/queries/canned"
)

// The requests of a topology. Facets are asked for nowhere: a list with them is built whole (dgraph#9807), and claims
// prove what matters. Where a filter is on, facets rule out before anything is sent (law 8); a link without the facet
// passes.
var (
	//go:embed links.dql
	linksDQL string
	//go:embed linksfiltered.dql
	linksFilteredDQL string
	//go:embed linksbetween.dql
	linksBetweenDQL string
	//go:embed linkends.dql
	linkEndsDQL string
)

// Topology reads which entities are linked, many at a time, and not what any claim says of it. No marking limit looks
// at it: what a search finds by it must be proven before it is shown.
type Topology struct {
	*Snapshot
	Filtered  bool            // facets can rule links out
	relations map[string]bool // those that count
	names     []string
	xids      map[uint64]string // a claim's key is made of them; nobody is told before a claim says so
}

// NewTopology returns the topology of some relations.
func NewTopology(s *Snapshot, relations []string) *Topology {
	t := &Topology{
		Snapshot: s, Filtered: s.Filter.Timed() || s.Filter.MinConfidence > 0, relations: map[string]bool{}, names: relations,
		xids: map[uint64]string{},
	}
	for _, relation := range relations {
		t.relations[relation] = true
	}
	return t
}

// Neighbours are the links of one entity.
type Neighbours struct {
	UID   uint64
	Type  string
	Links []LinksBy
	Most  int // links by one relation and way
	Sum   int
}

// LinksBy are the entities to which one relation leads, or from which it comes.
type LinksBy struct {
	Relation string
	Reverse  bool
	UIDs     []uint64
}

// Links returns the links of entities, of each by one relation at most so many. With filtered those that facets rule
// out are left out.
func (t *Topology) Links(ctx context.Context, uids []uint64, fanout int, filtered bool) ([]*Neighbours, error) {
	vars := map[string]string{"$fanout": strconv.Itoa(fanout)}
	versions, err := t.redactor.hasVersions(ctx)
	if err != nil {
		return nil, err
	}
	if versions { // facets sum up the latest alone
		found, err := t.read(ctx, linksDQL, uids, vars)
		if err != nil {
			return nil, err
		}
		return t.addUndrawn(ctx, found, uids, nil)
	}
	if !filtered || !t.Filtered {
		return t.read(ctx, linksDQL, uids, vars)
	}
	asked := t.Filter.Time()
	vars["$start"], vars["$end"] = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
	vars["$min"] = strconv.Itoa(max(0, t.Filter.MinConfidence))
	if !asked.Min.IsZero() {
		vars["$start"] = asked.Min.Format(time.RFC3339)
	}
	if !asked.Max.IsZero() {
		vars["$end"] = asked.Max.Format(time.RFC3339)
	}
	return t.read(ctx, linksFilteredDQL, uids, vars)
}

// Between returns the links of an entity to some others.
func (t *Topology) Between(ctx context.Context, uid uint64, others []uint64) ([]*Neighbours, error) {
	found, err := t.read(ctx, linksBetweenDQL, []uint64{uid}, map[string]string{"$others": numberedUIDs(others)})
	if versions, bad := t.redactor.hasVersions(ctx); err != nil || bad != nil || !versions {
		return found, errors.Join(err, bad)
	}
	return t.addUndrawn(ctx, found, []uint64{uid}, others)
}

// addUndrawn adds to the links of some entities those that may be seen up to a limit and are not drawn
// ([redactor.undrawn]), to others alone where that is not nil.
func (t *Topology) addUndrawn(ctx context.Context, found []*Neighbours, uids, others []uint64) ([]*Neighbours, error) {
	var at []string
	for _, uid := range uids {
		at = append(at, FormatUID(uid))
	}
	edges, err := t.redactor.undrawn(ctx, at, BothWays(t.names))
	if err != nil {
		return nil, err
	}
	byUID := map[uint64]*Neighbours{}
	for _, n := range found {
		byUID[n.UID] = n
	}
	for _, e := range edges {
		far, farXID := e.farEnd()
		near, _ := e.Far(far)
		nearUID, err := ParseUID(near)
		if err != nil {
			return nil, err
		}
		farUID, err := ParseUID(far)
		if err != nil {
			return nil, err
		}
		if n := byUID[nearUID]; n != nil && (others == nil || slices.Contains(others, farUID)) {
			n.add(e.Relation, e.Near == e.To, farUID)
			t.xids[farUID] = farXID
		}
	}
	return found, nil
}

// add adds a link, if it is not there.
func (n *Neighbours) add(relation string, reverse bool, uid uint64) {
	for i := range n.Links {
		l := &n.Links[i]
		if l.Relation != relation || l.Reverse != reverse {
			continue
		}
		if !slices.Contains(l.UIDs, uid) {
			l.UIDs = append(l.UIDs, uid)
			n.Sum, n.Most = n.Sum+1, max(n.Most, len(l.UIDs))
		}
		return
	}
	n.Links = append(n.Links, LinksBy{relation, reverse, []uint64{uid}})
	n.Sum, n.Most = n.Sum+1, max(n.Most, 1)
}

// Ends returns the types of entities.
func (t *Topology) Ends(ctx context.Context, uids []uint64) ([]*Neighbours, error) {
	return t.read(ctx, linkEndsDQL, uids, map[string]string{})
}

// Tie is a link as the topology knows it.
type Tie struct {
	From, To uint64
	Relation string
}

// Prove reads the claims behind ties and returns their edges, in the same order. Of one that has no claims which
// satisfy the filters Passed is empty.
func (t *Topology) Prove(ctx context.Context, ties []Tie) ([]*GraphEdge, error) {
	var unnamed []uint64
	for _, tie := range ties {
		for _, uid := range []uint64{tie.From, tie.To} {
			if _, named := t.xids[uid]; !named {
				unnamed = append(unnamed, uid)
			}
		}
	}
	slices.Sort(unnamed)
	for batch := range slices.Chunk(slices.Compact(unnamed), 10*FrontierAtOnce) {
		if _, err := t.Ends(ctx, batch); err != nil {
			return nil, err
		}
	}
	edges := make([]*GraphEdge, len(ties))
	for i, tie := range ties {
		edges[i] = t.EdgeBetween(t.candidate(tie.From), tie.Relation, t.candidate(tie.To))
	}
	_, err := t.Snapshot.Prove(ctx, edges)
	return edges, err
}

func (t *Topology) candidate(uid uint64) Candidate {
	return Candidate{XID: t.xids[uid], UID: FormatUID(uid)}
}

func (t *Topology) read(ctx context.Context, dql string, uids []uint64, vars map[string]string) ([]*Neighbours, error) {
	vars["$frontier"] = numberedUIDs(uids)
	var found struct {
		Q []map[string]json.RawMessage
	}
	if err := t.query(ctx, canned.ExpandRelations(dql, t.names), vars, &found); err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	list := make([]*Neighbours, 0, len(found.Q))
	for _, raw := range found.Q {
		n, err := t.readOne(raw)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

func (t *Topology) readOne(raw map[string]json.RawMessage) (*Neighbours, error) {
	n := &Neighbours{Type: shownType(textOf(raw["entity.type"]))}
	var err error
	if n.UID, err = ParseUID(textOf(raw["uid"])); err != nil {
		return nil, err
	}
	if xid := textOf(raw["xid"]); xid != "" {
		t.xids[n.UID] = xid
	}
	// What is read first is listed first where there is more than is listed: always the same.
	for _, key := range slices.SortedFunc(maps.Keys(raw), func(x, y string) int {
		return cmp.Or(strings.Compare(strings.TrimPrefix(x, "~"), strings.TrimPrefix(y, "~")), strings.Compare(x, y))
	}) {
		relation, reverse := strings.CutPrefix(key, "~")
		if !t.relations[relation] {
			continue
		}
		uids, err := uidsIn(raw[key])
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", key, err)
		}
		n.Sum, n.Most = n.Sum+len(uids), max(n.Most, len(uids))
		n.Links = append(n.Links, LinksBy{relation, reverse, uids})
	}
	return n, nil
}

func textOf(raw json.RawMessage) string {
	var s string
	if raw != nil {
		_ = json.Unmarshal(raw, &s) // anything but a text is not asked for
	}
	return s
}

// uidsIn reads [{"uid":"0x1"},…]. A hub's list is long, and encoding/json takes five times as long for it; the answer
// it stands in was checked to be JSON.
func uidsIn(list json.RawMessage) ([]uint64, error) {
	uids := make([]uint64, 0, len(list)/16)
	for rest := string(list); ; {
		_, after, found := strings.Cut(rest, `"0x`)
		if !found {
			return uids, nil
		}
		digits, left, _ := strings.Cut(after, `"`)
		uid, err := strconv.ParseUint(digits, 16, 64)
		if err != nil {
			return nil, err
		}
		uids, rest = append(uids, uid), left
	}
}

// FormatUID returns a uid as Dgraph writes it.
func FormatUID(uid uint64) string { return "0x" + strconv.FormatUint(uid, 16) }

// ParseUID reads a uid as Dgraph writes it.
func ParseUID(text string) (uint64, error) {
	uid, err := strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 64)
	if err != nil {
		return 0, fmt.Errorf("read a uid: %w", err)
	}
	return uid, nil
}

func numberedUIDs(uids []uint64) string {
	texts := make([]string, len(uids))
	for i, uid := range uids {
		texts[i] = FormatUID(uid)
	}
	return UIDList(texts)
}
