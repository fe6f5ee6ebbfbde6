package commit

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// writer applies changes in transactions. Each worker has one; fence is nil for a plan.
type writer struct {
	*Session
	fence  *fence
	repair bool // compare facts to what nodes show, not to what their claims drew before
}

// Result is what one batch did.
type Result struct {
	Outcomes  []Outcome               // of its changes, in their order
	Facts     map[string]schema.Facts // by representative: what each touched entity now shows
	Described []string                // entities that nobody described before
	Quads     int
	Retried   int
}

// apply writes one batch: the claims and all they change, in one transaction (law 4). extra names targets to derive
// again although no claim of theirs changes. Changes are applied in their order.
func (w *writer) apply(ctx context.Context, changes []Change, extra []schema.Target) (*Result, error) {
	targets := slices.Clone(extra)
	for _, c := range changes {
		if !c.Claim.Decision() {
			targets = append(targets, schema.TargetOf(w.Ontology, w.Merges, c.Claim))
		}
	}
	slices.SortFunc(targets, schema.Target.Compare)
	b := &batch{writer: w, changes: changes, targets: slices.Compact(targets)}
	if !w.plan {
		var err error
		if b.nodes, err = w.uids.ensure(ctx, b.xids()); err != nil {
			return nil, err
		}
	}
	var result *Result
	attempts := 0
	err := w.Retry(ctx, "write claims", func() error {
		attempts++
		return w.limiter.attempt(ctx, func() (err error) {
			result, err = b.attempt(ctx)
			return err
		})
	})
	if result != nil {
		result.Retried = attempts - 1
	}
	return result, err
}

// claimGroups are claims by group and key.
type claimGroups map[string]map[string]*schema.StoredClaim

// batch is one set of changes on its way into one transaction.
type batch struct {
	*writer
	changes []Change
	targets []schema.Target
	nodes   map[string]string // uids of all xids the batch names

	// changedOnly writes only what is derived otherwise than before: for who is alone with the graph, where no rival
	// has to be met.
	changedOnly bool
}

func (b *batch) xids() []string {
	set := map[string]bool{}
	for _, t := range b.targets {
		set[t.Subject] = true
		if !t.Facts() {
			set[t.Object] = true
		}
	}
	for _, c := range b.changes {
		for _, xid := range c.Claim.XIDs() {
			set[xid] = true
		}
	}
	for xid := range set {
		set[b.Merges.Rep(xid)] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// attempt runs the transaction once: read what stands, change it, derive, write, commit.
func (b *batch) attempt(ctx context.Context) (*Result, error) {
	txn := b.newTxn()
	defer discard(ctx, txn)
	before, err := b.read(ctx, txn)
	if err != nil {
		return nil, err
	}
	result := &Result{Facts: map[string]schema.Facts{}}
	m := &api.Mutation{}
	after := b.change(before, result, m)
	if err := b.derive(ctx, txn, before, after, result, m); err != nil || b.plan {
		return result, err
	}
	return result, b.commit(ctx, txn, result, m)
}

// derive writes what the claims of the batch's targets show, after its changes.
func (b *batch) derive(ctx context.Context, txn *dgo.Txn, before, after claimGroups, result *Result, m *api.Mutation) (err error) {
	b.judge(after, m)
	for _, t := range b.targets {
		groups := t.Groups(b.Ontology, b.Merges)
		old, now := b.counting(before, groups), b.counting(after, groups)
		if b.merged(t) { // it shows at its representative
			now = nil
		}
		if t.Facts() {
			facts := schema.DeriveFacts(b.Ontology, now)
			result.Facts[t.Subject] = facts
			past := schema.DeriveFacts(b.Ontology, old)
			if past.Type == "" && facts.Type != "" {
				result.Described = append(result.Described, t.Subject)
			}
			if b.changedOnly && past.Type == facts.Type && maps.EqualFunc(past.Values, facts.Values, slices.Equal) {
				continue
			}
			shown := past.Values
			if b.repair {
				if shown, err = readStoredFacts(ctx, txn, b.Ontology, b.nodes[t.Subject]); err != nil {
					return err
				}
				b.writeRep(m, t.Subject)
			}
			b.writeFacts(m, t.Subject, shown, facts)
			continue
		}
		past, link := schema.DeriveLink(old), schema.DeriveLink(now)
		if !b.changedOnly || past.Drawn() != link.Drawn() || !maps.Equal(past.Facets(), link.Facets()) {
			b.writeLink(m, t, link)
		}
	}
	return nil
}

// judge notes at the claims of groups which are superseded now, and writes it where it is not what is stored. Rivals
// collide on what the groups show.
func (b *batch) judge(groups claimGroups, m *api.Mutation) {
	for _, group := range groups {
		claims := slices.Collect(maps.Values(group))
		for i, now := range schema.Judge(claims) {
			if now == claims[i] {
				continue
			}
			group[now.StoredKey] = now
			switch {
			case b.plan:
			case now.Superseded == "":
				m.Del = append(m.Del, StarQuad(now.UID, "claim.superseded"))
			default:
				m.Set = append(m.Set, ValueQuad(now.UID, "claim.superseded", now.Superseded))
			}
		}
	}
}

// commit commits what the batch changes, under its fence.
func (b *batch) commit(ctx context.Context, txn *dgo.Txn, result *Result, m *api.Mutation) error {
	b.fence.write(m)
	byPredicate := func(x, y *api.NQuad) int { return strings.Compare(x.Predicate, y.Predicate) }
	slices.SortStableFunc(m.Set, byPredicate)
	slices.SortStableFunc(m.Del, byPredicate)
	result.Quads = len(m.Set) + len(m.Del)
	_, err := txn.Do(ctx, &api.Request{Mutations: []*api.Mutation{m}, CommitNow: true})
	return err
}

// merged reports whether an end of a target is no representative.
func (b *batch) merged(t schema.Target) bool {
	return b.Merges.Rep(t.Subject) != t.Subject || b.Merges.Rep(t.Object) != t.Object
}

// writeRep points a merged entity to its representative.
func (b *batch) writeRep(m *api.Mutation, xid string) {
	if rep := b.Merges.Rep(xid); rep != xid {
		m.Set = append(m.Set, EdgeQuad(b.nodes[xid], "entity.rep", b.nodes[rep]))
	} else {
		m.Del = append(m.Del, StarQuad(b.nodes[xid], "entity.rep"))
	}
}

func (b *batch) newTxn() *dgo.Txn {
	if b.plan {
		return b.DB.NewReadOnlyTxn()
	}
	return b.DB.NewTxn()
}

// read returns the claims behind the batch's targets and changes, by group and key.
func (b *batch) read(ctx context.Context, txn *dgo.Txn) (claimGroups, error) {
	set := map[string]bool{}
	for _, t := range b.targets {
		for _, group := range t.Groups(b.Ontology, b.Merges) {
			set[group] = true
		}
	}
	for _, c := range b.changes {
		set[schema.GroupOf(c.Key)] = true
	}
	groups := claimGroups{}
	if b.Empty {
		groups.add(slices.Collect(maps.Keys(set)), nil)
		return groups, nil
	}
	wanted := slices.Sorted(maps.Keys(set))
	claims, err := b.fence.read(ctx, txn, wanted)
	groups.add(wanted, claims)
	return groups, err
}

// add adds groups that were read, with the claims found in them.
func (g claimGroups) add(groups []string, claims []*schema.StoredClaim) {
	for _, group := range groups {
		g[group] = map[string]*schema.StoredClaim{}
	}
	for _, claim := range claims {
		g[schema.GroupOf(claim.StoredKey)][claim.StoredKey] = claim
	}
}

// change applies the batch's changes to what stands and returns the result, without touching before.
func (b *batch) change(before claimGroups, result *Result, m *api.Mutation) claimGroups {
	after := make(claimGroups, len(before))
	for group, claims := range before {
		after[group] = maps.Clone(claims)
	}
	written := Journal{}
	for i, c := range b.changes {
		group := after[schema.GroupOf(c.Key)]
		now := group[c.Key]
		o := Outcome{Known: hadBefore(before[schema.GroupOf(c.Key)], c)}
		switch {
		case c.Kind == Add && now == nil:
			o.Kind = Created
			written.Note(c.Load, EntryStands, c.Key)
			node := "_:c" + strconv.Itoa(i)
			group[c.Key] = &schema.StoredClaim{Claim: *c.Claim, UID: node, StoredKey: c.Key, Stands: true, Loads: []string{c.Load}}
			if !b.plan {
				uid := func(xid string) string { return b.nodes[xid] }
				m.Set = append(m.Set, ClaimQuads(node, c.Claim, c.Key, c.Load, c.Origin, uid)...)
			}
		case c.Kind == Add && now.Stands:
			o.Kind = Stood
		case c.Kind == Add:
			o.Kind = Reinstated
			written.Note(c.Load, EntryStands, c.Key)
			group[c.Key] = standing(now, true)
			m.Del = append(m.Del, StarQuad(now.UID, "claim.standing"))
			m.Set = append(m.Set, EdgeQuad(now.UID, "claim.load", c.Load, c.Origin.facets()...))
		case now == nil || c.Kind == Retract && !now.Stands:
			o.Kind = Absent
		case c.Kind == Retract:
			o.Kind = Retracted
			written.Note(c.Load, EntryRetracted, c.Key)
			group[c.Key] = standing(now, false)
			m.Set = append(m.Set, ValueQuad(now.UID, "claim.standing", schema.Retracted), EdgeQuad(now.UID, "claim.load", c.Load))
		default:
			o.Kind = Removed
			delete(group, c.Key)
			for _, predicate := range claimPredicates(now) {
				m.Del = append(m.Del, StarQuad(now.UID, predicate))
			}
		}
		result.Outcomes = append(result.Outcomes, o)
	}
	m.Set = append(m.Set, written.Quads()...)
	return after
}

func standing(claim *schema.StoredClaim, stands bool) *schema.StoredClaim {
	now := *claim
	now.Stands = stands
	return &now
}

// counting picks the claims of groups that take part in derivation, in the order of their keys.
func (b *batch) counting(claims claimGroups, groups []string) []*schema.StoredClaim {
	var counting []*schema.StoredClaim
	for _, group := range groups {
		before := len(counting)
		for _, claim := range claims[group] {
			if b.Merges.Counts(claim) {
				counting = append(counting, claim)
			}
		}
		slices.SortFunc(counting[before:], func(x, y *schema.StoredClaim) int { return strings.Compare(x.StoredKey, y.StoredKey) })
	}
	return counting
}

// writeFacts sets what an entity shows, always, even if unchanged, and deletes what it no longer shows. entity.type is
// what rivals collide on.
func (b *batch) writeFacts(m *api.Mutation, xid string, old map[string][]string, now schema.Facts) {
	uid := b.nodes[xid]
	for predicate, values := range now.Values { // in any order: the mutation is sorted by predicates
		for _, value := range values {
			m.Set = append(m.Set, ValueQuad(uid, predicate, value))
		}
	}
	for predicate, values := range old {
		switch {
		case len(now.Values[predicate]) == 0:
			m.Del = append(m.Del, StarQuad(uid, predicate))
		case listPredicate(b.Ontology, predicate):
			for _, value := range values {
				if !slices.Contains(now.Values[predicate], value) {
					m.Del = append(m.Del, ValueQuad(uid, predicate, value))
				}
			}
		}
	}
}

func listPredicate(ontology *schema.Ontology, predicate string) bool {
	switch predicate {
	case "dgraph.type", "name.key", "name.sound", schema.DiffersPredicate:
		return true
	}
	p := ontology.Property("", predicate)
	return p != nil && p.List
}

// writeLink sets or deletes a direct edge, always, even if unchanged: it is what rivals collide on.
func (b *batch) writeLink(m *api.Mutation, t schema.Target, now schema.Link) {
	quad := EdgeQuad(b.nodes[t.Subject], t.Predicate, b.nodes[t.Object])
	if !now.Drawn() {
		m.Del = append(m.Del, quad)
		return
	}
	quad.Facets = FacetList(now.Facets())
	m.Set = append(m.Set, quad)
}
