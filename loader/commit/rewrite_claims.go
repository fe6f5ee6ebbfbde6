package commit

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// A repair may change what claims say, or how. A claim's key is made of what it says (law 3), so that it is called
// otherwise then; what named it by its key, a person's rejection and the journals of loads, must follow. Each
// transaction leaves a graph in which all but the journals agree, so that a repair killed anywhere is gone on with.

// rewritesPerTxn is how many claims one transaction rewrites, unless [Options] say otherwise: behind each stand more
// groups than where one is written.
const rewritesPerTxn = 200

// rewriteClaims goes through all claims, retracted ones too, and stores each that change changes in its new form, under
// its new key. Where a claim of that key is there already the two become one, which stands if either did. change is
// given a copy; applied to what it made it must change nothing.
//
// A claim whose key is not its own is left for check to tell: nobody knows what it was meant to say.
func (s *Session) rewriteClaims(ctx context.Context, change func(*schema.Claim) bool) error {
	r := &rewriter{writer: s.writer(0), change: change, judged: map[string]bool{}}
	for decision, err := range s.Decisions(ctx) {
		if err != nil && !errors.As(err, new(*schema.BrokenClaimError)) {
			return err
		}
		if err == nil && decision.Judgement() {
			r.judged[decision.Value] = true
		}
	}
	var err error
	if r.whole, err = s.loadsWith(ctx, WholeJournal); err != nil {
		return err
	}
	most := cmp.Or(s.rewrites, rewritesPerTxn)
	var keys []string
	for claim, err := range s.Claims(ctx, "read the claims", schema.EveryClaim, schema.ClaimsPerPage) {
		if errors.As(err, new(*schema.BrokenClaimError)) {
			continue // check tells
		}
		if err != nil {
			return err
		}
		if !r.changes(claim) {
			continue
		}
		if keys = append(keys, claim.StoredKey); len(keys) == most {
			if err := r.rewrite(ctx, keys); err != nil {
				return err
			}
			keys = nil
		}
	}
	return r.rewrite(ctx, keys)
}

// changes reports whether a claim is to be stored in another form.
func (r *rewriter) changes(claim *schema.StoredClaim) bool {
	return r.change(claim.Clone()) && claim.Key() == claim.StoredKey
}

// rewriter rewrites claims.
type rewriter struct {
	*writer
	change func(*schema.Claim) bool
	whole  map[string]bool // uids of the loads whose journals are whole

	judged map[string]bool // keys of claims that decisions name, undone ones too; nobody else decides meanwhile
}

// rewrite rewrites the claims of some keys in one transaction.
func (r *rewriter) rewrite(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	return r.Retry(ctx, "rewrite claims", func() error { return r.attempt(ctx, keys) })
}

// rewritten is what becomes of one node of a claim.
type rewritten struct {
	was   *schema.StoredClaim
	is    *schema.StoredClaim // nil: it is deleted, since another says the same
	loads map[string]string   // that it names from now on, each with the uid of the claim from which it has it
}

// rewriting is one transaction of a rewriter.
type rewriting struct {
	*rewriter
	txn    *dgo.Txn
	before claimGroups // as they were read
	after  claimGroups
	nodes  map[string]*rewritten // by uid
	same   []Change              // decisions that may join others than before: they are taken in the order of their keys
	reject bool                  // a rejection has got another key to name: what was rejected before is no longer known
}

func (r *rewriter) attempt(ctx context.Context, keys []string) error {
	t := &rewriting{rewriter: r, txn: r.DB.NewTxn(), before: claimGroups{}, after: claimGroups{}, nodes: map[string]*rewritten{}}
	defer discard(ctx, t.txn)
	if err := t.readAll(ctx, keys); err != nil {
		return err
	}
	for _, key := range keys {
		if err := t.claim(ctx, key); err != nil {
			return err
		}
	}
	m := &api.Mutation{}
	if err := t.derive(ctx, m); err != nil {
		return err
	}
	if err := t.store(ctx, m); err != nil {
		return err
	}
	if err := t.noteDecisions(ctx, m); err != nil {
		return err
	}
	return (&batch{writer: r.writer}).commit(ctx, t.txn, &Result{}, m)
}

func groupsOf(keys []string) []string {
	groups := make([]string, len(keys))
	for i, key := range keys {
		groups[i] = schema.GroupOf(key)
	}
	return groups
}

// read reads those of some groups that were not read before.
func (t *rewriting) read(ctx context.Context, groups []string) error {
	groups = slices.DeleteFunc(slices.Clone(groups), func(group string) bool { return t.before[group] != nil })
	slices.Sort(groups)
	if groups = slices.Compact(groups); len(groups) == 0 {
		return nil
	}
	claims, err := readGroups(ctx, t.txn, groups, t.fence)
	if err != nil {
		return err
	}
	t.before.add(groups, claims)
	for _, group := range groups {
		t.after[group] = maps.Clone(t.before[group])
	}
	return nil
}

// readAll reads, in two requests, what rewriting the claims of some keys is likely to touch.
func (t *rewriting) readAll(ctx context.Context, keys []string) error {
	if err := t.read(ctx, groupsOf(keys)); err != nil {
		return err
	}
	var groups []string
	for _, key := range keys {
		was := t.before[schema.GroupOf(key)][key]
		if was == nil {
			continue
		}
		is := was.Clone()
		t.change(is)
		to := is.Key()
		groups = append(append(groups, schema.GroupOf(to)), t.judgements(key, to)...)
		for _, claim := range []*schema.Claim{&was.Claim, is} {
			if !claim.Decision() {
				groups = append(groups, schema.TargetOf(t.Ontology, t.Merges, claim).Groups(t.Ontology, t.Merges)...)
			}
		}
	}
	return t.read(ctx, groups)
}

// claim rewrites the claim of a key, if it is there and needs it, and the rejections that name it.
func (t *rewriting) claim(ctx context.Context, key string) error {
	was := t.after[schema.GroupOf(key)][key]
	if was == nil || !t.changes(was) {
		return nil // rewritten with another, or by an attempt whose answer was lost
	}
	is := was.Clone()
	t.change(is)
	return t.move(ctx, was, is)
}

// move stores a claim in another form, under the key that this makes.
func (t *rewriting) move(ctx context.Context, was *schema.StoredClaim, is *schema.Claim) error {
	key := is.Key()
	if err := t.read(ctx, append(groupsOf([]string{key}), t.judgements(was.StoredKey, key)...)); err != nil {
		return err
	}
	if t.judged[was.StoredKey] {
		t.judged[key] = true
	}
	now := *was
	now.Claim, now.StoredKey = *is, key
	delete(t.after[schema.GroupOf(was.StoredKey)], was.StoredKey)
	node := t.node(was)
	if there := t.after[schema.GroupOf(key)][key]; there != nil {
		one := *there
		one.Stands = there.Stands || was.Stands
		t.after[schema.GroupOf(key)][key] = &one
		into := t.node(there)
		into.is = &one
		for load, from := range node.loads {
			if into.loads[load] == "" {
				into.loads[load] = from
			}
		}
		node.is, node.loads = nil, nil
	} else {
		t.after[schema.GroupOf(key)][key] = &now
		node.is = &now
	}
	if was.Stands && (is.Predicate == schema.Same || is.Predicate == schema.Different) {
		t.same = append(t.same, Change{Kind: Add, Claim: is, Key: key})
	}
	if was.Stands && is.Predicate == schema.Reject && is.Draws() {
		_ = t.Merges.Add(is) // a rejection contradicts nothing
		t.reject = true
	}
	for _, group := range judgementsOf(was.StoredKey) {
		for _, judgement := range sortedClaims(t.after[group]) {
			follows := judgement.Clone()
			follows.Value = key
			t.change(follows)
			if err := t.move(ctx, judgement, follows); err != nil {
				return err
			}
		}
	}
	return nil
}

// node returns what becomes of a claim's node: nothing, so far, if it was not met before.
func (t *rewriting) node(claim *schema.StoredClaim) *rewritten {
	if t.nodes[claim.UID] == nil {
		t.nodes[claim.UID] = &rewritten{was: claim, is: claim, loads: map[string]string{}}
		for _, load := range claim.Loads {
			t.nodes[claim.UID].loads[load] = claim.UID
		}
	}
	return t.nodes[claim.UID]
}

// judgements returns the groups of the decisions that judge a claim under the key it has or that it gets, if any does.
func (t *rewriting) judgements(was, is string) []string {
	if !t.judged[was] {
		return nil
	}
	return append(judgementsOf(was), judgementsOf(is)...)
}

// judgementsOf returns the groups of the decisions that reject a claim, and that accept it.
func judgementsOf(key string) []string {
	return []string{schema.GroupKey("", schema.Reject, key), schema.GroupKey("", schema.Accept, key)}
}

// sortedClaims returns the claims of a group in the order of their keys.
func sortedClaims(group map[string]*schema.StoredClaim) []*schema.StoredClaim {
	return slices.SortedFunc(maps.Values(group), func(x, y *schema.StoredClaim) int { return strings.Compare(x.StoredKey, y.StoredKey) })
}

// derive derives all that the rewritten claims showed or show.
func (t *rewriting) derive(ctx context.Context, m *api.Mutation) error {
	w := *t.writer
	w.repair = t.reject
	b := &batch{writer: &w, changedOnly: !t.reject}
	set := map[string]bool{}
	for _, node := range t.nodes {
		for _, claim := range []*schema.StoredClaim{node.was, node.is} {
			if claim == nil {
				continue
			}
			for _, xid := range claim.XIDs() {
				set[xid] = true
			}
			if !claim.Decision() {
				b.targets = append(b.targets, schema.TargetOf(t.Ontology, t.Merges, &claim.Claim))
			}
		}
	}
	slices.SortFunc(b.targets, schema.Target.Compare)
	b.targets = slices.Compact(b.targets)
	var groups []string
	for _, target := range b.targets {
		groups = append(groups, target.Groups(t.Ontology, t.Merges)...)
	}
	if err := t.read(ctx, groups); err != nil {
		return err
	}
	for _, xid := range b.xids() {
		set[xid] = true
	}
	var err error
	if b.nodes, err = t.uids.ensure(ctx, slices.Sorted(maps.Keys(set))); err != nil {
		return err
	}
	return b.derive(ctx, t.txn, t.before, t.after, &Result{Facts: map[string]schema.Facts{}}, m)
}

// store writes the nodes of the claims.
func (t *rewriting) store(ctx context.Context, m *api.Mutation) error {
	uids := slices.Sorted(maps.Keys(t.nodes))
	origins, err := t.origins(ctx, uids)
	if err != nil {
		return err
	}
	stale := map[string]bool{}
	for _, uid := range uids {
		node := t.nodes[uid]
		loads := slices.Sorted(maps.Keys(node.loads))
		for _, load := range slices.Concat(node.was.Loads, loads) {
			if t.whole[load] && !stale[load] {
				stale[load] = true
				m.Set = append(m.Set, ValueQuad(load, "load.journal", staleJournal))
			}
		}
		if node.is == nil {
			for _, predicate := range claimPredicates(node.was) {
				m.Del = append(m.Del, StarQuad(uid, predicate))
			}
			continue
		}
		if err := t.restore(ctx, node, m); err != nil {
			return err
		}
		for _, load := range loads {
			if from := node.loads[load]; from != uid { // a claim that has become one with this
				m.Set = append(m.Set, EdgeQuad(uid, "claim.load", load, origins[from+" "+load].facets()...))
			}
		}
		if node.is.Stands && !node.was.Stands {
			m.Del = append(m.Del, StarQuad(uid, "claim.standing"))
		}
	}
	return nil
}

// restore writes what a claim says in its new form at the node where it stands.
func (t *rewriting) restore(ctx context.Context, node *rewritten, m *api.Mutation) error {
	was, is := node.was, node.is
	if was.StoredKey == is.StoredKey {
		return nil
	}
	uids, err := t.uids.ensure(ctx, append(was.XIDs(), is.XIDs()...))
	if err != nil {
		return err
	}
	has := map[string]bool{"claim.load": true, "claim.standing": true, "claim.superseded": true} // which stay
	set := map[string]bool{}
	for _, quad := range ClaimQuads(was.UID, &is.Claim, is.StoredKey, "", Origin{}, func(xid string) string { return uids[xid] }) {
		if quad.Predicate == "claim.load" {
			continue
		}
		has[quad.Predicate] = true
		set[quad.Predicate+" "+quad.ObjectId] = true
		m.Set = append(m.Set, quad)
	}
	for _, predicate := range claimPredicates(was) {
		if !has[predicate] {
			m.Del = append(m.Del, StarQuad(was.UID, predicate))
		}
	}
	gone := func(predicate, xid string) {
		if xid != "" && has[predicate] && !set[predicate+" "+uids[xid]] {
			m.Del = append(m.Del, EdgeQuad(was.UID, predicate, uids[xid]))
		}
	}
	gone("claim.subject", was.Subject)
	gone("claim.object", was.Object)
	gone("claim.attributed", was.AttributedTo)
	for _, cite := range was.Cites {
		gone("claim.cites", cite.Source)
	}
	return nil
}

// origins returns where the claims that are deleted were read, by claim and load.
func (t *rewriting) origins(ctx context.Context, uids []string) (map[string]Origin, error) {
	uids = slices.DeleteFunc(slices.Clone(uids), func(uid string) bool { return t.nodes[uid].is != nil })
	if len(uids) == 0 {
		return nil, nil //nolint:nilnil // none
	}
	answer, err := t.txn.QueryWithVars(ctx, `query q($uids: string) { q(func: uid($uids)) { uid claim.load @facets { uid } } }`,
		map[string]string{"$uids": "[" + strings.Join(uids, ",") + "]"})
	if err != nil {
		return nil, err
	}
	var found struct {
		Q []struct {
			UID   string
			Loads []struct {
				UID  string
				File string `json:"claim.load|file"`
				Row  int    `json:"claim.load|row"`
			} `json:"claim.load"`
		}
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return nil, fmt.Errorf("read where claims come from: %w", err)
	}
	origins := map[string]Origin{}
	for _, claim := range found.Q {
		for _, load := range claim.Loads {
			origins[claim.UID+" "+load.UID] = Origin{File: load.File, Row: load.Row}
		}
	}
	return origins, nil
}

// noteDecisions notes whom decisions may join otherwise, now that their keys have another order (law 10).
func (t *rewriting) noteDecisions(ctx context.Context, m *api.Mutation) error {
	if len(t.same) == 0 {
		return nil
	}
	standing, err := t.StandingDecisions(ctx)
	if err != nil {
		return err
	}
	meta, err := readMeta(ctx, t.txn, "")
	if err != nil || meta == nil {
		return err
	}
	m.Set = append(m.Set, meta.Unsettled.Join(affected(standing, t.same)).Quad(meta.UID))
	return nil
}
