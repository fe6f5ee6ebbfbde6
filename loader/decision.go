package loader

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"orbat/loader/commit"
	"orbat/schema"
)

// Decision is an analyst's judgement as it stands in the graph.
type Decision struct {
	Key     string   `json:"key"`
	Kind    string   `json:"decision"` // same, different, unsure, reject, accept
	Between []string `json:"between,omitempty"`
	Claim   string   `json:"claim,omitempty"` // reject, accept: the judged claim's key
	By      string   `json:"by,omitempty"`
	At      string   `json:"at,omitempty"`
	Why     string   `json:"why,omitempty"`
	Session string   `json:"session,omitempty"`
	Undone  bool     `json:"undone,omitempty"`
	LeftOut bool     `json:"left_out,omitempty"` // contradicts a different decision (law 10)
	// Statement is what was judged, where it was read of a text: the judgement holds for every later reading.
	Statement *schema.Statement `json:"statement,omitempty"`
}

// Record returns the record that makes a decision: its key is its own to find.
func (d Decision) Record() *schema.Record {
	r := &schema.Record{Kind: schema.DecisionRecord, Predicate: d.Kind, Value: d.Claim, Values: map[string][]schema.Value{}}
	if len(d.Between) == 2 {
		r.Subject, r.Object = schema.Ref{XID: d.Between[0]}, schema.Ref{XID: d.Between[1]}
	}
	for name, text := range map[string]string{"by": d.By, "at": d.At, "why": d.Why, "session": d.Session} {
		if text != "" {
			r.Values[name] = []schema.Value{{Text: text}}
		}
	}
	if d.Statement != nil {
		r.Extra = map[string]string{schema.StatementKey: d.Statement.JSON()}
	}
	return r
}

func decisionOf(claim *schema.Claim, key string) Decision {
	d := Decision{
		Key: key, Kind: claim.Predicate, By: first(claim.Values["by"]), At: first(claim.Values["at"]),
		Why: first(claim.Values["why"]), Session: first(claim.Values["session"]),
	}
	if claim.Judgement() {
		d.Claim, d.Statement = claim.Value, schema.JudgedStatement(claim)
	} else {
		d.Between = []string{claim.Subject, claim.Object}
	}
	return d
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// Decisions returns what analysts decided, undone decisions included, in the order of time and then of keys.
func (l *Loader) Decisions(ctx context.Context) ([]Decision, error) {
	list, _, err := l.decisions(ctx)
	return list, err
}

// Joining returns the decisions that make an entity one with others, in the order of time; none where it is one by
// itself.
func (l *Loader) Joining(ctx context.Context, xid string) ([]Decision, error) {
	list, merges, err := l.decisions(ctx)
	return slices.DeleteFunc(list, func(d Decision) bool {
		return d.Undone || d.LeftOut || d.Kind != schema.Same || merges.Rep(d.Between[0]) != merges.Rep(xid)
	}), err
}

func (l *Loader) decisions(ctx context.Context) ([]Decision, *schema.Merges, error) {
	var list []Decision
	var standing []*schema.Claim
	for claim, err := range l.graph().Decisions(ctx) {
		if err != nil {
			return nil, nil, err
		}
		d := decisionOf(&claim.Claim, claim.StoredKey)
		if d.Undone = !claim.Stands; !d.Undone {
			standing = append(standing, &claim.Claim)
		}
		list = append(list, d)
	}
	merges := schema.Decide(standing)
	for _, c := range merges.LeftOut {
		for i := range list {
			list[i].LeftOut = list[i].LeftOut || list[i].Key == c.Key
		}
	}
	slices.SortFunc(list, func(a, b Decision) int { return strings.Compare(a.At+"\x00"+a.Key, b.At+"\x00"+b.Key) })
	return list, merges, nil
}

// Decide writes decisions, all or none. One that contradicts those that stand is refused with a *[ContradictionError].
func (l *Loader) Decide(ctx context.Context, records []*schema.Record) (*Report, error) {
	if err := l.Contradiction(ctx, nil, records); err != nil { // asked again when nobody else decides
		return &Report{}, err
	}
	nothing := 0
	return l.Load(ctx, func(yield func(*schema.Record, error) bool) {
		for _, record := range records {
			if !yield(record, nil) {
				return
			}
		}
	}, Options{RejectContradictions: true, MaxRejects: &nothing})
}

// Contradiction returns a *[ContradictionError] of the first of the decisions that those that stand leave no room for,
// or those of known, which stand elsewhere (in a file that is yet to be loaded), or one before it. It writes nothing.
func (l *Loader) Contradiction(ctx context.Context, known, decisions []*schema.Record) error {
	before, err := l.graph().StandingDecisions(ctx)
	if err != nil {
		return err
	}
	elsewhere, err := l.decisionChanges(known)
	if err != nil {
		return err
	}
	for _, change := range elsewhere {
		before = append(before, change.Claim)
	}
	changes, err := l.decisionChanges(decisions)
	if err != nil {
		return err
	}
	return contradiction(before, changes)
}

// decisionChanges returns the claims that the records of decisions add.
func (l *Loader) decisionChanges(records []*schema.Record) ([]commit.Change, error) {
	var changes []commit.Change
	for _, record := range records {
		claims, err := Claims(l.Ontology, "", record)
		if err != nil {
			return nil, err
		}
		for _, claim := range claims {
			if !claim.Decision() {
				return nil, fmt.Errorf("%s is no decision", claim.Predicate)
			}
			changes = append(changes, commit.Change{Kind: commit.Add, Claim: claim, Key: claim.Key()})
		}
	}
	return changes, nil
}

// String returns the decision in a line.
func (d Decision) String() string {
	said := d.Claim + " is rejected"
	switch d.Kind {
	case schema.Accept:
		said = d.Claim + " is accepted"
	case schema.Same:
		said = strings.Join(d.Between, " is the same as ")
	case schema.Different:
		said = strings.Join(d.Between, " is different from ")
	case schema.Unsure:
		said = "unsure whether " + strings.Join(d.Between, " is the same as ")
	}
	var how []string
	for _, part := range []string{d.By, d.At, d.Why} {
		if part != "" {
			// data must not steer a terminal
			how = append(how, schema.Shorten(strings.Join(strings.FieldsFunc(part, unicode.IsControl), " ")))
		}
	}
	if len(how) > 0 {
		said += " (" + strings.Join(how, ", ") + ")"
	}
	return said
}

// contradiction returns the error of the first of the new decisions that contradicts those that stand or one before it.
func contradiction(before []*schema.Claim, changes []commit.Change) error {
	var links []Decision
	stands := map[string]bool{}
	for _, claim := range before {
		key := claim.Key()
		stands[key] = true
		links = append(links, decisionOf(claim, key))
	}
	slices.SortFunc(links, func(a, b Decision) int { return strings.Compare(a.Key, b.Key) })
	merges := schema.Decide(before)
	for _, ch := range changes {
		if stands[ch.Key] || ch.Kind != commit.Add {
			continue
		}
		d, claim := decisionOf(ch.Claim, ch.Key), ch.Claim
		if c := merges.Add(claim); c != nil {
			x, y := c.Different[0], c.Different[1]
			if d.Kind == schema.Different {
				return &ContradictionError{Decision: d, Chain: path(links, x, y)}
			}
			chain := slices.Concat(path(links, claim.Subject, x), find(links, schema.Different, x, y), path(links, y, claim.Object))
			return &ContradictionError{Decision: d, Chain: chain}
		}
		links = append(links, d)
	}
	return nil
}

// find returns the decision of a kind between two, if there is one.
func find(links []Decision, kind, a, b string) []Decision {
	for _, d := range links {
		if d.Kind == kind && (d.Between[0] == a && d.Between[1] == b || d.Between[0] == b && d.Between[1] == a) {
			return []Decision{d}
		}
	}
	return nil
}

// path returns the shortest chain of same decisions between two entities of a component.
func path(links []Decision, from, to string) []Decision {
	came := map[string]Decision{from: {}}
	for frontier := []string{from}; len(frontier) > 0 && from != to; {
		var next []string
		for _, d := range links {
			if d.Kind != schema.Same {
				continue
			}
			for i, end := range d.Between {
				other := d.Between[1-i]
				if _, known := came[other]; !known && slices.Contains(frontier, end) {
					came[other] = d
					next = append(next, other)
				}
			}
		}
		frontier = next
	}
	var chain []Decision
	for at := to; at != from; {
		d, known := came[at]
		if !known {
			return nil // a link that derivation leaves out
		}
		chain = append([]Decision{d}, chain...)
		if d.Between[0] == at {
			at = d.Between[1]
		} else {
			at = d.Between[0]
		}
	}
	return chain
}

// Undo retracts decisions by their keys and derives anew what they changed: the canonical export is then as it was
// without them. They remain in the graph as history. A key of which no decision stands is a *[NoDecisionError].
func (l *Loader) Undo(ctx context.Context, keys []string) (*Report, error) {
	return l.session(ctx, false, nil, func(s *commit.Session, c *counters) (*Report, error) {
		c.setPhase("deciding")
		sets := newOpenDatasets(s, Options{}, 0, c)
		leftOut, err := s.Decide(ctx, func(standing []*schema.Claim) ([]commit.Change, error) {
			return undoing(ctx, sets, standing, keys)
		}, c.committed)
		c.update(func(r *Report) { r.LeftOut = leftOut })
		report := c.finish()
		if err == nil {
			err = complete(ctx, sets, report)
		}
		return report, err
	})
}

// undoing returns the changes that retract decisions.
func undoing(ctx context.Context, sets *openDatasets, standing []*schema.Claim, keys []string) ([]commit.Change, error) {
	byKey := map[string]*schema.Claim{}
	for _, claim := range standing {
		byKey[claim.Key()] = claim
	}
	var changes []commit.Change
	for _, key := range keys {
		if byKey[key] == nil {
			reason := fmt.Sprintf("no decision %q stands", schema.Shorten(key))
			return nil, &NoDecisionError{schema.Fault{Value: key, Reason: reason, See: schema.SeeDecisions}}
		}
		changes = append(changes, commit.Change{Kind: commit.Retract, Claim: byKey[key], Key: key})
	}
	set, err := sets.open(ctx, schema.DecisionsDataset)
	if err != nil {
		return nil, err
	}
	for i := range changes {
		changes[i].Load = set.load
	}
	sets.counters.addRetracted(commit.Retract, len(keys))
	return changes, nil
}

// otherDecisions returns the changes of the decisions in the graph that are not among keys: those that stand are
// retracted, unless a rejected record may say them again, or all removed.
func otherDecisions(
	ctx context.Context, g *commit.Graph, c *counters, kind commit.Kind, load string, keys map[string]bool, rejects *rejectNames,
) ([]commit.Change, error) {
	var changes []commit.Change
	groups := map[string]bool{}
	for claim, err := range g.Decisions(ctx) {
		if err != nil {
			return nil, err
		}
		if kind == commit.Retract && claim.Stands && !keys[claim.StoredKey] && rejects.keep(claim) {
			c.update(func(r *Report) { r.Kept++ })
			continue
		}
		if kind == commit.Remove || claim.Stands && !keys[claim.StoredKey] {
			groups[schema.GroupOf(claim.StoredKey)] = true
			changes = append(changes, commit.Change{Kind: kind, Claim: &claim.Claim, Key: claim.StoredKey, Load: load})
		}
	}
	c.addRetracted(kind, len(groups))
	return changes, nil
}
