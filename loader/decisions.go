package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// unsettled is what orbat.unsettled holds while decisions are being applied: the entities and claims whose derivation
// may not reflect the decisions in the graph. It is written before them, so that a run killed half-way is finished by
// whoever comes next.
type unsettled struct {
	All  bool     `json:"all,omitempty"`  // every entity's facts: the ontology grew
	XIDs []string `json:"xids,omitempty"` // entities whose component may change
	Keys []string `json:"keys,omitempty"` // claims whose rejection may change
}

// readMerges returns what the decisions that stand amount to.
func (l *Loader) readMerges(ctx context.Context) (*schema.Merges, error) {
	decisions, err := l.standingDecisions(ctx)
	return schema.Decide(decisions), err
}

func (l *Loader) standingDecisions(ctx context.Context) ([]*schema.Claim, error) {
	var standing []*schema.Claim
	for claim, err := range l.everyDecision(ctx) {
		if err != nil {
			return nil, err
		}
		if claim.Stands {
			standing = append(standing, &claim.Claim)
		}
	}
	return standing, nil
}

// everyDecision returns the decisions, standing and undone.
func (l *Loader) everyDecision(ctx context.Context) iter.Seq2[*schema.StoredClaim, error] {
	return l.claimPages(ctx, "read the decisions", schema.EveryDecision, schema.ClaimsPerPage)
}

// shareGraph takes a share of the graph, finishing first what a killed run left unsettled.
func (r *run) shareGraph(ctx context.Context) error {
	if err := r.lease.acquire(ctx, graphScope, shared); err != nil {
		return err
	}
	for {
		left, err := r.readUnsettled(ctx)
		if err != nil || left == nil {
			return err
		}
		if err := r.aloneAndSettled(ctx); err != nil {
			return err
		}
		if err := r.lease.yield(ctx, graphScope); err != nil {
			return err
		}
		if err := r.lease.acquire(ctx, graphScope, shared); err != nil {
			return err
		}
	}
}

// aloneWithGraph turns a share of the graph into the whole. It gives back all it holds first: two that waited for each
// other's share would wait for ever, and so would one that waits for the graph with one that shares it and waits for a
// data set. Only one scope is ever waited for with others held: a data set's, with a share of the graph.
func (r *run) aloneWithGraph(ctx context.Context) error {
	for _, scope := range r.lease.held() {
		if err := r.lease.yield(ctx, scope); err != nil {
			return err
		}
	}
	return r.lease.acquire(ctx, graphScope, exclusive)
}

// aloneAndSettled takes the whole graph and finishes what a killed run or a rival left.
func (r *run) aloneAndSettled(ctx context.Context) error {
	if err := r.aloneWithGraph(ctx); err != nil {
		return err
	}
	return r.settle(ctx)
}

// applyDecisions writes the decisions read and derives anew all that they change, alone with the graph (law 10). Those
// in the graph that the run does not name are retracted under --replace, and removed where the data set is.
func (r *run) applyDecisions(ctx context.Context, others changeKind) error {
	if !r.opts.Plan {
		if err := r.aloneAndSettled(ctx); err != nil {
			return err
		}
	}
	before, err := r.standingDecisions(ctx)
	if err != nil {
		return err
	}
	if r.opts.Refuse {
		if err := contradicted(before, r.decisions); err != nil {
			return err
		}
	}
	if others == remove || r.opts.Replace {
		if err := r.undoOthers(ctx, others); err != nil {
			return err
		}
	}
	if r.opts.Plan {
		return r.writeDecisions(ctx)
	}
	return r.writeAndSettle(ctx, before)
}

// writeAndSettle writes the decisions queued and derives anew what they change.
func (r *run) writeAndSettle(ctx context.Context, before []*schema.Claim) error {
	if err := r.writeUnsettled(ctx, r.affected(before)); err != nil {
		return err
	}
	if err := r.writeDecisions(ctx); err != nil {
		return err
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	r.tally.leftOut(r.decided.LeftOut)
	return nil
}

// undoOthers queues the decisions in the graph that the run has not read.
func (r *run) undoOthers(ctx context.Context, kind changeKind) error {
	gone := map[string]bool{}
	defer func() { r.tally.gone(kind, len(gone)) }()
	for claim, err := range r.everyDecision(ctx) {
		if err != nil {
			return err
		}
		if kind == remove || claim.Stands && !r.seen[keyDigest(claim.StoredKey)] {
			gone[schema.GroupOf(claim.StoredKey)] = true
			r.decisions = append(r.decisions, change{kind: kind, claim: &claim.Claim, key: claim.StoredKey, load: r.loads[schema.DecisionsDataset]})
		}
	}
	return nil
}

func (r *run) writeDecisions(ctx context.Context) error {
	w := r.writer(0)
	for batch := range slices.Chunk(r.decisions, claimsAtOnce) {
		result, err := w.apply(ctx, batch, nil)
		if err != nil {
			return err
		}
		r.tally.committed(batch, result)
	}
	return nil
}

// affected lists all whose derivation the decisions may change, however few of them are written before a kill: every
// entity linked by same decisions, old or new, to an end of a decision that changes, whatever different decisions say.
func (r *run) affected(before []*schema.Claim) unsettled {
	var same []*schema.Claim
	keys, reached := map[string]bool{}, map[string]bool{}
	for _, d := range before {
		if d.Predicate == schema.Same {
			same = append(same, d)
		}
	}
	for _, ch := range r.decisions {
		if ch.claim.Predicate == schema.Same {
			same = append(same, ch.claim)
		}
	}
	linked := schema.Decide(same)
	for _, ch := range r.decisions {
		if ch.claim.Predicate == schema.Reject {
			keys[ch.claim.Value] = true
			continue
		}
		for _, end := range []string{ch.claim.Subject, ch.claim.Object} {
			for _, xid := range linked.Members(end) {
				reached[xid] = true
			}
		}
	}
	return unsettled{XIDs: sortedNames(reached), Keys: sortedNames(keys)}
}

// settle derives anew what orbat.unsettled names, by the decisions that stand now, and clears it. The caller is alone
// with the graph. It may be repeated.
func (r *run) settle(ctx context.Context) error {
	left, err := r.readUnsettled(ctx)
	if err != nil {
		return err
	}
	if r.decided, err = r.readMerges(ctx); err != nil {
		return err
	}
	if left == nil {
		return nil
	}
	if _, err := r.resolver.ensure(ctx, left.XIDs); err != nil {
		return err
	}
	targets := map[schema.Target]bool{}
	for _, xid := range left.XIDs {
		targets[schema.FactsOf(xid)] = true
		if err := r.linksOf(ctx, xid, targets); err != nil {
			return err
		}
	}
	for _, key := range left.Keys {
		claims, err := readGroups(ctx, r.DB.NewReadOnlyTxn(), []string{schema.GroupOf(key)}, nil)
		if err != nil {
			return fmt.Errorf("find a rejected claim: %w", err)
		}
		for _, claim := range claims {
			if claim.StoredKey == key && !claim.Decision() {
				targets[schema.TargetOf(r.Ontology, r.decided, &claim.Claim)] = true
			}
		}
	}
	if err := r.repair(ctx, slices.SortedFunc(maps.Keys(targets), schema.Target.Compare)); err != nil {
		return err
	}
	if left.All {
		if err := r.repairFacts(ctx); err != nil {
			return err
		}
	}
	return r.clearUnsettled(ctx)
}

// repair derives targets anew, comparing with what their nodes show.
func (r *run) repair(ctx context.Context, targets []schema.Target) error {
	w := r.writer(0)
	w.repair = true
	for batch := range slices.Chunk(targets, claimsAtOnce) {
		if _, err := w.apply(ctx, nil, batch); err != nil {
			return err
		}
	}
	return nil
}

// repairFacts derives the facts of every entity anew.
func (r *run) repairFacts(ctx context.Context) error {
	for after := "0x0"; ; {
		var page struct {
			Q []struct{ UID, XID string }
		}
		err := r.ask(ctx, "list entities", `query q($after: string) { q(func: has(xid), first: 2000, after: $after) { uid xid } }`,
			map[string]string{"$after": after}, &page)
		if err != nil || len(page.Q) == 0 {
			return err
		}
		var targets []schema.Target
		for _, n := range page.Q {
			after = n.UID
			targets = append(targets, schema.FactsOf(n.XID))
		}
		if err := r.repair(ctx, targets); err != nil {
			return err
		}
	}
}

// Settle finishes what a killed run or a growing ontology left to derive anew.
func (l *Loader) Settle(ctx context.Context) error {
	r, err := l.open(ctx, Options{})
	if err != nil {
		return err
	}
	return r.close(ctx)
}

// linksOf adds the edges that an entity's claims draw, by the decisions that stand now, and those drawn at its node.
func (r *run) linksOf(ctx context.Context, xid string, targets map[schema.Target]bool) error {
	for _, side := range []string{"~claim.subject", "~claim.object"} {
		q := `query q($xid: string, $after: string, $first: int) {
			q(func: eq(xid, $xid)) { claims: ` + side + ` (first: $first, after: $after) { ` + schema.ClaimFields + ` } } }`
		for claim, err := range r.nestedPages(ctx, "read an entity's claims", q, "$xid", xid, schema.ClaimsPerPage) {
			if err != nil {
				return err
			}
			if claim.Object != "" && !claim.Decision() {
				targets[schema.TargetOf(r.Ontology, r.decided, &claim.Claim)] = true
			}
		}
	}
	drawn, err := r.drawnAt(ctx, xid)
	for _, t := range drawn {
		targets[t] = true
	}
	return err
}

// drawnAt lists the edges at an entity's node.
func (r *run) drawnAt(ctx context.Context, xid string) ([]schema.Target, error) {
	fields := ""
	for _, relation := range r.Ontology.Relations {
		fields += relation.Name + " { xid } ~" + relation.Name + " { xid } "
	}
	var found struct {
		Q []map[string][]struct{ XID string }
	}
	err := r.ask(ctx, "read an entity's edges", "query q($xid: string) { q(func: eq(xid, $xid)) { "+fields+"} }", map[string]string{"$xid": xid}, &found)
	if err != nil {
		return nil, err
	}
	var drawn []schema.Target
	for _, node := range found.Q {
		for predicate, ends := range node {
			for _, end := range ends {
				if predicate[0] == '~' {
					drawn = append(drawn, schema.Target{Subject: end.XID, Predicate: predicate[1:], Object: xid})
				} else {
					drawn = append(drawn, schema.Target{Subject: xid, Predicate: predicate, Object: end.XID})
				}
			}
		}
	}
	return drawn, nil
}

func (l *Loader) readUnsettled(ctx context.Context) (*unsettled, error) {
	var found struct {
		Q []struct {
			Unsettled string `json:"orbat.unsettled"`
		}
	}
	if err := l.ask(ctx, "look for unfinished decisions", `{ q(func: has(orbat.unsettled)) { orbat.unsettled } }`, nil, &found); err != nil {
		return nil, err
	}
	if len(found.Q) == 0 {
		return nil, nil //nolint:nilnil // nothing unsettled is an answer
	}
	var left unsettled
	if err := json.Unmarshal([]byte(found.Q[0].Unsettled), &left); err != nil {
		return nil, fmt.Errorf("read unfinished decisions: %w", err)
	}
	return &left, nil
}

func (r *run) writeUnsettled(ctx context.Context, left unsettled) error {
	text, err := json.Marshal(left)
	if err != nil {
		return fmt.Errorf("note the decisions: %w", err)
	}
	return r.changeMeta(ctx, func(meta string, m *api.Mutation) {
		m.Set = append(m.Set, valueQuad(meta, unsettledPredicate, string(text)))
	})
}

func (r *run) clearUnsettled(ctx context.Context) error {
	return r.changeMeta(ctx, func(meta string, m *api.Mutation) {
		m.Del = append(m.Del, starQuad(meta, unsettledPredicate))
	})
}

const unsettledPredicate = "orbat.unsettled"

// changeMeta changes the node that says what this database is.
func (r *run) changeMeta(ctx context.Context, change func(meta string, m *api.Mutation)) error {
	return r.fenced(ctx, "note the decisions", func(ctx context.Context, txn *dgo.Txn, m *api.Mutation) (func(map[string]string), error) {
		meta, err := uidOf(ctx, txn, "orbat.meta", metaName)
		if err == nil && meta == "" {
			err = &NoSchema{}
		}
		if err == nil {
			change(meta, m)
		}
		return nil, err
	})
}
