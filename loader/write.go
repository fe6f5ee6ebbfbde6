package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// change is what becomes of one claim.
type change struct {
	kind  changeKind
	claim *schema.Claim
	key   string
	where origin
	load  string // uid of the load that asks for it
	rec   *recordTally
}

type changeKind int

const (
	add     changeKind = iota // write it, or let it stand again
	retract                   // keep it as history (law 9)
	remove                    // delete it
)

// outcome is what a committed batch did, per change, in their order.
type outcome struct {
	kind  outcomeKind
	known bool // the data set had claims about the same subject or relation from an earlier load
}

type outcomeKind int

const (
	stood outcomeKind = iota // in place already
	created
	reinstated
	retracted
	removed
	absent // nothing to retract or remove
)

// writer applies changes in transactions. Each worker has one; fence is nil for a dry run.
type writer struct {
	db       DB
	ontology *schema.Ontology
	decided  *schema.Merges
	resolver *resolver
	fence    *fence
	courtesy *courtesy // of the load's workers together
	dry      bool
	fresh    bool // the database has no schema yet: there is nothing to read
	repair   bool // compare facts to what nodes show, not to what their claims drew before
}

// result of one batch.
type batchResult struct {
	outcomes []outcome
	facts    map[string]schema.Facts // by representative: what each touched entity now shows
	// described are the entities that nobody described before.
	described []string
	quads     int
	retried   int
}

// apply writes one batch: the claims and all they change, in one transaction (law 4). extra names targets to derive
// again although no claim of theirs changes. Changes are applied in their order.
func (w *writer) apply(ctx context.Context, changes []change, extra []schema.Target) (*batchResult, error) {
	targets := slices.Clone(extra)
	for _, c := range changes {
		if !c.claim.Decision() {
			targets = append(targets, schema.TargetOf(w.ontology, w.decided, c.claim))
		}
	}
	slices.SortFunc(targets, schema.Target.Compare)
	b := &batch{writer: w, changes: changes, targets: slices.Compact(targets)}
	if !w.dry {
		var err error
		if b.uids, err = w.resolver.ensure(ctx, b.xids()); err != nil {
			return nil, err
		}
	}
	var result *batchResult
	attempts := 0
	err := retry(ctx, "write claims", func() error {
		attempts++
		return w.courtesy.attempt(ctx, func() (err error) {
			result, err = b.attempt(ctx)
			return err
		})
	})
	if result != nil {
		result.retried = attempts - 1
	}
	return result, err
}

// batch is one set of changes on its way into one transaction.
type batch struct {
	*writer
	changes []change
	targets []schema.Target
	uids    map[string]string // of all xids the batch names
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
		for _, xid := range c.claim.XIDs() {
			set[xid] = true
		}
	}
	for xid := range set {
		set[b.decided.Rep(xid)] = true
	}
	return sortedNames(set)
}

// attempt runs the transaction once: read what stands, change it, derive, write, commit.
func (b *batch) attempt(ctx context.Context) (*batchResult, error) {
	txn := b.newTxn()
	defer discard(ctx, txn)
	before, err := b.read(ctx, txn)
	if err != nil {
		return nil, err
	}
	result := &batchResult{facts: map[string]schema.Facts{}}
	m := &api.Mutation{}
	after := b.change(before, result, m)
	for _, t := range b.targets {
		groups := t.Groups(b.ontology, b.decided)
		old, now := b.counting(before, groups), b.counting(after, groups)
		if b.merged(t) { // it shows at its representative
			now = nil
		}
		if t.Facts() {
			facts := schema.DeriveFacts(b.ontology, now)
			result.facts[t.Subject] = facts
			past := schema.DeriveFacts(b.ontology, old)
			if past.Type == "" && facts.Type != "" {
				result.described = append(result.described, t.Subject)
			}
			shown := past.Values
			if b.repair {
				if shown, err = readShown(ctx, txn, b.ontology, b.uids[t.Subject]); err != nil {
					return nil, err
				}
				b.writeRep(m, t.Subject)
			}
			b.writeFacts(m, t.Subject, shown, facts)
		} else {
			b.writeLink(m, t, schema.DeriveLink(now))
		}
	}
	if b.dry {
		return result, nil
	}
	b.fence.write(m)
	byPredicate := func(x, y *api.NQuad) int { return strings.Compare(x.Predicate, y.Predicate) }
	slices.SortStableFunc(m.Set, byPredicate)
	slices.SortStableFunc(m.Del, byPredicate)
	result.quads = len(m.Set) + len(m.Del)
	_, err = txn.Do(ctx, &api.Request{Mutations: []*api.Mutation{m}, CommitNow: true})
	return result, err
}

// merged reports whether an end of a target is no representative.
func (b *batch) merged(t schema.Target) bool {
	return b.decided.Rep(t.Subject) != t.Subject || b.decided.Rep(t.Object) != t.Object
}

// writeRep points a merged entity to its representative.
func (b *batch) writeRep(m *api.Mutation, xid string) {
	if rep := b.decided.Rep(xid); rep != xid {
		m.Set = append(m.Set, edgeQuad(b.uids[xid], "entity.rep", b.uids[rep]))
	} else {
		m.Del = append(m.Del, starQuad(b.uids[xid], "entity.rep"))
	}
}

func (b *batch) newTxn() *dgo.Txn {
	if b.dry {
		return b.db.NewReadOnlyTxn()
	}
	return b.db.NewTxn()
}

// read gives the claims behind the batch's targets and changes, by group and key.
func (b *batch) read(ctx context.Context, txn *dgo.Txn) (map[string]map[string]*schema.StoredClaim, error) {
	set := map[string]bool{}
	for _, t := range b.targets {
		for _, group := range t.Groups(b.ontology, b.decided) {
			set[group] = true
		}
	}
	for _, c := range b.changes {
		set[schema.GroupOf(c.key)] = true
	}
	claims, err := b.standing(ctx, txn, sortedNames(set))
	if err != nil {
		return nil, err
	}
	groups := make(map[string]map[string]*schema.StoredClaim, len(set))
	for group := range set {
		groups[group] = map[string]*schema.StoredClaim{}
	}
	for _, claim := range claims {
		groups[schema.GroupOf(claim.StoredKey)][claim.StoredKey] = claim
	}
	return groups, nil
}

// standing reads the claims of groups.
func (b *batch) standing(ctx context.Context, txn *dgo.Txn, groups []string) ([]*schema.StoredClaim, error) {
	switch {
	case b.fresh:
		return nil, nil
	case b.fence == nil || !b.fence.alone.lasts():
		return readGroups(ctx, txn, groups, b.fence)
	}
	if _, err := readGroups(ctx, txn, nil, b.fence); err != nil { // the snapshot, and whether we are still alone in it
		return nil, err
	}
	if before := b.fence.alone.write(groups); b.fence.alone.lasts() {
		groups = before
	}
	if len(groups) == 0 {
		return nil, nil
	}
	return readGroups(ctx, txn, groups, nil)
}

// errLeaseLost ends a load whose lease was taken over: it was thought dead.
var errLeaseLost = errors.New("the load's lease was taken over, since it had not been renewed in time; run the load again")

// readGroups queries the claims of groups, by one range of the key index each, and checks the fence in the same
// snapshot.
func readGroups(ctx context.Context, txn *dgo.Txn, groups []string, f *fence) ([]*schema.StoredClaim, error) {
	var declared, ranges, names strings.Builder
	vars := make(map[string]string, 2*len(groups)+1)
	for i, group := range groups {
		n := strconv.Itoa(i)
		vars["$a"+n], vars["$b"+n] = schema.KeyRange(group)
		if i > 0 {
			declared.WriteString(", ")
			names.WriteString(",")
		}
		declared.WriteString("$a" + n + ": string, $b" + n + ": string")
		ranges.WriteString("g" + n + " as var(func: between(claim.key, $a" + n + ", $b" + n + "))\n")
		names.WriteString("g" + n)
	}
	fenced := ""
	if f != nil {
		vars["$w"] = f.uid
		declared.WriteString(", $w: string")
		fenced = "fence(func: uid($w)) { lease.beat }"
		if f.alone.lasts() {
			vars["$gate"] = f.alone.gate
			declared.WriteString(", $gate: string")
			fenced += "\ngate(func: uid($gate)) { lease.beat }"
		}
	}
	if len(groups) > 0 {
		ranges.WriteString("claims(func: uid(" + names.String() + ")) { " + schema.ClaimFields + " }\n")
	}
	answer, err := txn.QueryWithVars(ctx, "query q("+strings.TrimPrefix(declared.String(), ", ")+") {\n"+ranges.String()+fenced+"}", vars)
	if err != nil {
		return nil, err
	}
	var found struct {
		Claims json.RawMessage
		Fence  []beat
		Gate   []beat
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	if f != nil {
		if len(found.Fence) == 0 {
			return nil, errLeaseLost
		}
		f.beat = found.Fence[0].Beat
		if f.alone.lasts() {
			f.alone.see(found.Gate)
		}
	}
	return schema.DecodeClaims(found.Claims)
}

// beat is the counter of a fence or a gate.
type beat struct {
	Beat int64 `json:"lease.beat"`
}

// change applies the batch's changes to what stands and gives the result, without touching before.
func (b *batch) change(before map[string]map[string]*schema.StoredClaim, result *batchResult, m *api.Mutation) map[string]map[string]*schema.StoredClaim {
	after := make(map[string]map[string]*schema.StoredClaim, len(before))
	for group, claims := range before {
		after[group] = make(map[string]*schema.StoredClaim, len(claims))
		for key, claim := range claims {
			after[group][key] = claim
		}
	}
	written := journal{}
	for i, c := range b.changes {
		group := after[schema.GroupOf(c.key)]
		now := group[c.key]
		o := outcome{known: hadBefore(before[schema.GroupOf(c.key)], c)}
		switch {
		case c.kind == add && now == nil:
			o.kind = created
			written.note(c.load, entryStands, c.key)
			group[c.key] = &schema.StoredClaim{Claim: *c.claim, StoredKey: c.key, Stands: true, Loads: []string{c.load}}
			if !b.dry {
				m.Set = append(m.Set, claimQuads("_:c"+strconv.Itoa(i), c.claim, c.key, c.load, c.where, func(xid string) string { return b.uids[xid] })...)
			}
		case c.kind == add && now.Stands:
			o.kind = stood
		case c.kind == add:
			o.kind = reinstated
			written.note(c.load, entryStands, c.key)
			group[c.key] = standing(now, true)
			m.Del = append(m.Del, starQuad(now.UID, "claim.standing"))
			m.Set = append(m.Set, edgeQuad(now.UID, "claim.load", c.load, c.where.facets()...))
		case now == nil || c.kind == retract && !now.Stands:
			o.kind = absent
		case c.kind == retract:
			o.kind = retracted
			written.note(c.load, entryRetracted, c.key)
			group[c.key] = standing(now, false)
			m.Set = append(m.Set, valueQuad(now.UID, "claim.standing", schema.Retracted), edgeQuad(now.UID, "claim.load", c.load))
		default:
			o.kind = removed
			delete(group, c.key)
			for _, predicate := range claimPredicates(now) {
				m.Del = append(m.Del, starQuad(now.UID, predicate))
			}
		}
		result.outcomes = append(result.outcomes, o)
	}
	m.Set = append(m.Set, written.quads()...)
	return after
}

// hadBefore reports whether the data set had said something about the same subject or relation before this load.
func hadBefore(group map[string]*schema.StoredClaim, c change) bool {
	for _, claim := range group {
		if claim.Dataset == c.claim.Dataset && claim.StoredKey != c.key && !slices.Contains(claim.Loads, c.load) {
			return true
		}
	}
	return false
}

func standing(claim *schema.StoredClaim, stands bool) *schema.StoredClaim {
	now := *claim
	now.Stands = stands
	return &now
}

// counting picks the claims of groups that take part in derivation, in the order of their keys.
func (b *batch) counting(claims map[string]map[string]*schema.StoredClaim, groups []string) []*schema.StoredClaim {
	var counting []*schema.StoredClaim
	for _, group := range groups {
		for _, key := range sortedNames(claims[group]) {
			if claim := claims[group][key]; b.decided.Counts(claim) {
				counting = append(counting, claim)
			}
		}
	}
	return counting
}

// writeFacts sets what an entity shows, always, even if unchanged, and deletes what it no longer shows. entity.type is
// what rivals collide on.
func (b *batch) writeFacts(m *api.Mutation, xid string, old map[string][]string, now schema.Facts) {
	uid := b.uids[xid]
	for _, predicate := range sortedNames(now.Values) {
		for _, value := range now.Values[predicate] {
			m.Set = append(m.Set, valueQuad(uid, predicate, value))
		}
	}
	for _, predicate := range sortedNames(old) {
		switch {
		case len(now.Values[predicate]) == 0:
			m.Del = append(m.Del, starQuad(uid, predicate))
		case listPredicate(b.ontology, predicate):
			for _, value := range old[predicate] {
				if !slices.Contains(now.Values[predicate], value) {
					m.Del = append(m.Del, valueQuad(uid, predicate, value))
				}
			}
		}
	}
}

func listPredicate(ontology *schema.Ontology, predicate string) bool {
	switch predicate {
	case "dgraph.type", "name.key", "name.sound":
		return true
	}
	p := ontology.Property("", predicate)
	return p != nil && p.List
}

// writeLink sets or deletes a direct edge, always, even if unchanged: it is what rivals collide on.
func (b *batch) writeLink(m *api.Mutation, t schema.Target, now schema.Link) {
	quad := edgeQuad(b.uids[t.Subject], t.Predicate, b.uids[t.Object])
	if !now.Drawn() {
		m.Del = append(m.Del, quad)
		return
	}
	quad.Facets = facetList(now.Facets())
	m.Set = append(m.Set, quad)
}
