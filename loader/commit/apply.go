package commit

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// shareGraph takes a share of the graph, finishing first what a killed run, or an older format, left to do.
func (s *Session) shareGraph(ctx context.Context) error {
	if err := s.lease.acquire(ctx, graphScope, Shared); err != nil {
		return err
	}
	for {
		meta, err := s.Meta(ctx) // under the lease: nobody brings the database to another format meanwhile
		if err != nil || meta == nil {
			return err
		}
		if meta.Format < Format {
			return meta.Older()
		}
		if meta.Unsettled.IsZero() {
			return nil
		}
		if err := s.aloneAndSettled(ctx); err != nil {
			return err
		}
		if err := s.lease.yield(ctx, graphScope); err != nil {
			return err
		}
		if err := s.lease.acquire(ctx, graphScope, Shared); err != nil {
			return err
		}
	}
}

// AloneWithGraph turns a share of the graph into the whole. It gives back all it holds first: two that waited for each
// other's share would wait for ever, and so would one that waits for the graph with one that shares it and waits for a
// data set. Only one scope is ever waited for with others held: a data set's, with a share of the graph.
func (s *Session) AloneWithGraph(ctx context.Context) error {
	for _, scope := range s.lease.held() {
		if err := s.lease.yield(ctx, scope); err != nil {
			return err
		}
	}
	return s.lease.acquire(ctx, graphScope, Exclusive)
}

// aloneAndSettled takes the whole graph and finishes what a killed run or a rival left.
func (s *Session) aloneAndSettled(ctx context.Context) error {
	if err := s.AloneWithGraph(ctx); err != nil {
		return err
	}
	return s.settle(ctx)
}

// Decide writes decisions and derives anew all that they change, alone with the graph (law 10). choose is given the
// decisions that stand, when nobody else can change them any more, and returns the changes. Decide returns the same
// decisions that contradict a different one.
func (s *Session) Decide(
	ctx context.Context, choose func(standing []*schema.Claim) ([]Change, error), committed func([]Change, *Result) error,
) ([]schema.Contradiction, error) {
	if !s.plan {
		if err := s.aloneAndSettled(ctx); err != nil {
			return nil, err
		}
	}
	before, err := s.StandingDecisions(ctx)
	if err != nil {
		return nil, err
	}
	changes, err := choose(before)
	if err != nil {
		return nil, err
	}
	if s.plan {
		return nil, s.writeDecisions(ctx, changes, committed)
	}
	if err := s.writeUnsettled(ctx, affected(before, changes)); err != nil {
		return nil, err
	}
	if err := s.writeDecisions(ctx, changes, committed); err != nil {
		return nil, err
	}
	err = s.settle(ctx)
	return s.Merges.LeftOut, err
}

func (s *Session) writeDecisions(ctx context.Context, changes []Change, committed func([]Change, *Result) error) error {
	w := s.writer(0)
	for batch := range slices.Chunk(changes, ClaimsPerTxn) {
		result, err := w.apply(ctx, batch, nil)
		if err == nil {
			err = committed(batch, result)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// affected returns all whose derivation the decisions may change, however few of them are written before a kill: every
// entity linked by same decisions, old or new, to an end of a decision that changes, whatever different decisions say.
func affected(before []*schema.Claim, changes []Change) Unsettled {
	var same []*schema.Claim
	keys, reached := map[string]bool{}, map[string]bool{}
	for _, d := range before {
		if d.Predicate == schema.Same {
			same = append(same, d)
		}
	}
	for _, ch := range changes {
		if ch.Claim.Predicate == schema.Same {
			same = append(same, ch.Claim)
		}
	}
	linked := schema.Decide(same)
	for _, ch := range changes {
		if ch.Claim.Judgement() {
			if ch.Claim.Predicate == schema.Reject { // what is accepted shows nothing else
				keys[ch.Claim.Value] = true
			}
			continue
		}
		for _, end := range []string{ch.Claim.Subject, ch.Claim.Object} {
			for _, xid := range linked.Members(end) {
				reached[xid] = true
			}
		}
	}
	return Unsettled{XIDs: slices.Sorted(maps.Keys(reached)), Keys: slices.Sorted(maps.Keys(keys))}
}

// settle does what orbat.unsettled names and clears it. The caller is alone with the graph. It may be repeated.
func (s *Session) settle(ctx context.Context) error {
	meta, err := s.Meta(ctx)
	if err != nil {
		return err
	}
	if meta == nil || meta.Unsettled.IsZero() {
		s.Merges, err = s.ReadMerges(ctx)
		return err
	}
	left := meta.Unsettled
	if len(left.Repairs) > 0 {
		// What was left before the repair is called what it was called then.
		if err := s.deriveAnew(ctx, Unsettled{XIDs: left.XIDs, Keys: left.Keys}); err != nil {
			return err
		}
		if err := s.writeUnsettled(ctx, Unsettled{Repairs: left.Repairs, All: left.All}); err != nil {
			return err
		}
		if err := s.repairGraph(ctx, left.Repairs); err != nil {
			return err
		}
		if meta, err = s.Meta(ctx); err != nil {
			return err
		}
		left = meta.Unsettled
	}
	if err := s.deriveAnew(ctx, left); err != nil {
		return err
	}
	return s.clearUnsettled(ctx)
}

// deriveAnew derives what is left to derive, by the decisions that stand now.
func (s *Session) deriveAnew(ctx context.Context, left Unsettled) (err error) {
	if s.Merges, err = s.ReadMerges(ctx); err != nil {
		return err
	}
	if left.IsZero() {
		return nil
	}
	if _, err := s.uids.ensure(ctx, left.XIDs); err != nil {
		return err
	}
	targets := map[schema.Target]bool{}
	for _, xid := range left.XIDs {
		targets[schema.FactsOf(xid)] = true
		if err := s.linksOf(ctx, xid, targets); err != nil {
			return err
		}
	}
	for _, key := range left.Keys {
		claims, err := readGroups(ctx, s.DB.NewReadOnlyTxn(), []string{schema.GroupOf(key)}, nil)
		if err != nil {
			return fmt.Errorf("find a rejected claim: %w", err)
		}
		for _, claim := range claims {
			if claim.StoredKey == key && !claim.Decision() {
				targets[schema.TargetOf(s.Ontology, s.Merges, &claim.Claim)] = true
			}
		}
	}
	if err := s.repair(ctx, slices.SortedFunc(maps.Keys(targets), schema.Target.Compare)); err != nil {
		return err
	}
	if left.All {
		return s.repairFacts(ctx)
	}
	return nil
}

// repair derives targets anew, comparing with what their nodes show.
func (s *Session) repair(ctx context.Context, targets []schema.Target) error {
	w := s.writer(0)
	w.repair = true
	for batch := range slices.Chunk(targets, ClaimsPerTxn) {
		if _, err := w.apply(ctx, nil, batch); err != nil {
			return err
		}
	}
	return nil
}

// repairFacts derives the facts of every entity anew.
func (s *Session) repairFacts(ctx context.Context) error {
	var targets []schema.Target
	for node, err := range s.Nodes(ctx, "xid", "") {
		if err != nil {
			return err
		}
		if targets = append(targets, schema.FactsOf(node.XID)); len(targets) < ClaimsPerTxn {
			continue
		}
		if err := s.repair(ctx, targets); err != nil {
			return err
		}
		targets = nil
	}
	return s.repair(ctx, targets)
}

// linksOf adds the edges that an entity's claims draw, by the decisions that stand now, and those drawn at its node.
func (s *Session) linksOf(ctx context.Context, xid string, targets map[schema.Target]bool) error {
	for _, side := range []string{"~claim.subject", "~claim.object"} {
		q := `query q($at: string, $after: string, $first: int) {
			q(func: eq(xid, $at)) { claims: ` + side + ` (first: $first, after: $after) { ` + schema.ClaimFields + ` } } }`
		for claim, err := range s.ClaimsAt(ctx, "read an entity's claims", q, xid, schema.ClaimsPerPage) {
			if err != nil {
				return err
			}
			if claim.Object != "" && !claim.Decision() {
				targets[schema.TargetOf(s.Ontology, s.Merges, &claim.Claim)] = true
			}
		}
	}
	drawn, err := s.drawnAt(ctx, xid)
	for _, t := range drawn {
		targets[t] = true
	}
	return err
}

// drawnAt returns the edges at an entity's node.
func (s *Session) drawnAt(ctx context.Context, xid string) ([]schema.Target, error) {
	fields := ""
	for _, relation := range s.Ontology.Relations {
		fields += relation.Name + " { xid } ~" + relation.Name + " { xid } "
	}
	var found struct {
		Q []map[string][]struct{ XID string }
	}
	if err := s.AskEach(ctx, "read an entity's edges", "xid", []string{xid}, fields, &found); err != nil {
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

func (s *Session) writeUnsettled(ctx context.Context, left Unsettled) error {
	return s.changeMeta(ctx, func(meta *Meta, m *api.Mutation) { m.Set = append(m.Set, left.Quad(meta.UID)) })
}

func (s *Session) clearUnsettled(ctx context.Context) error {
	return s.changeMeta(ctx, func(meta *Meta, m *api.Mutation) { m.Del = append(m.Del, StarQuad(meta.UID, unsettledPredicate)) })
}

// changeMeta changes what the database says of itself.
func (s *Session) changeMeta(ctx context.Context, change func(meta *Meta, m *api.Mutation)) error {
	_, err := s.fenced(ctx, "note what is left to do", func(txn *dgo.Txn, m *api.Mutation) error {
		meta, err := readMeta(ctx, txn, "")
		if err == nil && meta == nil {
			err = &NoSchemaError{}
		}
		if err == nil {
			change(meta, m)
		}
		return err
	})
	return err
}

// NoSchemaError says that a database holds nothing of orbat's.
type NoSchemaError struct{}

// Error says so.
func (e *NoSchemaError) Error() string { return e.Describe().Reason }

// Describe returns the fault.
func (*NoSchemaError) Describe() schema.Fault {
	return schema.Fault{Reason: "the database has no orbat schema yet", Hint: "load something, or apply an ontology"}
}
