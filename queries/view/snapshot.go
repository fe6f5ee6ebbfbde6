package view

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"github.com/valyala/fastjson"

	"orbat/queries/canned"
	"orbat/schema"
)

// DB is what queries need of a connection: read-only transactions, which see one snapshot each. *dgo.Dgraph
// satisfies it.
type DB interface{ NewReadOnlyTxn() *dgo.Txn }

// Snapshot is one read-only transaction, which all requests of one answer share, so that they agree. What it returns is
// what may be seen up to a marking limit, and nothing else ([redactor]).
type Snapshot struct {
	// Filter is what the question asks for, the marking limit included: edges are proven by it.
	Filter canned.Filter
	// Lasts is how old the snapshot may be and still be taken at its word ([Snapshot.Confirm]).
	Lasts time.Duration
	// Markings has the nodes and edges of what is given say how they are marked ([Snapshot.Mark]).
	Markings bool
	// OnProgress is told how far the answer has come, after each request and where a step says more; nil: nobody is.
	OnProgress func(Progress)

	db       DB
	txn      *dgo.Txn
	Ontology *schema.Ontology
	redactor *redactor // nil: everything may be seen
	decided  *Merges   // nil: not read yet
	denied   *denied   // nil: not read yet
	ungraded map[string]int
	begun    time.Time
	spent    Cost
	progress Progress
	sent     func(dql string, vars map[string]string) // nil: nobody wants to know
}

// Limits bound what may be seen, whatever is asked for: what is beyond them is as if it had never been loaded. The zero
// value bounds nothing.
type Limits struct {
	Markings []*canned.MaxMarking // all of them hold; a nil one bounds nothing
	Datasets []string             // the only ones of which claims are seen, beside the decisions on what is; nil: all
}

// Open begins a transaction. The limits hold beside the filter's own; sent is told each request before it is
// sent, nil for nobody.
func Open(db DB, ontology *schema.Ontology, filter canned.Filter, limits Limits, sent func(dql string,
	vars map[string]string),
) *Snapshot {
	s := &Snapshot{
		Filter: filter, Lasts: schema.SnapshotLasts, db: db, txn: db.NewReadOnlyTxn(), begun: time.Now(), Ontology: ontology,
		ungraded: map[string]int{}, sent: sent,
	}
	for _, limit := range limits.Markings {
		s.Filter.MaxMarking = cmp.Or(s.Filter.MaxMarking, limit)
	}
	limits.Markings = append([]*canned.MaxMarking{filter.MaxMarking}, limits.Markings...)
	s.redactor = newRedactor(s, limits)
	s.Filter.Limited = s.redactor != nil
	return s
}

// LessError says that the database may have given less than the snapshot holds, or did. What was asked is asked again,
// on a fresh one.
type LessError struct{ schema.Fault }

// Confirm returns a [*LessError] where what was read may lack something: the snapshot is so old that the database need
// no longer hold what others have changed since, and somebody has written, or something was removed meanwhile (see
// [schema.Kept]). What took no time to read is taken at its word.
func (s *Snapshot) Confirm(ctx context.Context) error {
	if time.Since(s.begun) < min(s.Lasts, time.Second) {
		return nil
	}
	return s.confirm(ctx)
}

// confirm is Confirm however short a time it took.
func (s *Snapshot) confirm(ctx context.Context) error {
	return s.confirmAged(ctx, time.Since(s.begun))
}

// confirmAged is confirm as if the snapshot were of that age: of none, only a removal counts.
func (s *Snapshot) confirmAged(ctx context.Context, age time.Duration) error {
	before, err := s.txn.Query(ctx, schema.Writing)
	if err != nil {
		return err
	}
	now, err := s.db.NewReadOnlyTxn().Query(ctx, schema.Writing)
	if err != nil {
		return err
	}
	if kept, err := schema.Kept(age, s.Lasts, before.GetJson(), now.GetJson()); kept || err != nil {
		return err
	}
	how := "loaded into"
	if age < s.Lasts {
		how = "removed from"
	}
	return &LessError{schema.Fault{
		Reason: fmt.Sprintf("the graph was %s while it was read, for %s: the database may have dropped what was changed meanwhile",
			how, time.Since(s.begun).Round(time.Second)),
		Hint: "read it while nobody loads, or less of it at once",
	}}
}

// Cost returns what the requests so far took.
func (s *Snapshot) Cost() Cost {
	cost := s.spent
	cost.Elapsed = time.Since(s.begun)
	return cost
}

// Ungraded returns how many claims the proofs so far left out for want of a grade alone.
func (s *Snapshot) Ungraded() int {
	sum := 0
	for _, n := range s.ungraded {
		sum += n
	}
	return sum
}

// ForgetUngraded forgets what the proofs left out for want of a grade, but behind some edges: up to a marking limit how
// much a search met on its way tells what else there is.
func (s *Snapshot) ForgetUngraded(but []*GraphEdge) {
	kept := map[string]int{}
	for _, e := range but {
		kept[e.ID()] = s.ungraded[e.ID()]
	}
	s.ungraded = kept
}

// send sends one request.
func (s *Snapshot) send(ctx context.Context, dql string, vars map[string]string) (*api.Response, error) {
	if s.sent != nil {
		s.sent(dql, vars)
	}
	answer, err := s.txn.QueryWithVars(ctx, dql, vars)
	if err == nil {
		s.spent.add(answer)
		s.report()
	}
	return answer, err
}

// query runs DQL with variables and decodes the answer.
func (s *Snapshot) query(ctx context.Context, dql string, vars map[string]string, into any) error {
	answer, err := s.send(ctx, dql, vars)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer.GetJson(), into); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// blocks runs DQL with variables and returns the blocks of its answer by name. What is read of them is most of orbat's
// own share in the time of an answer: they are parsed once, and walked.
func (s *Snapshot) blocks(ctx context.Context, dql string, vars map[string]string) (map[string]*fastjson.Value, error) {
	answer, err := s.send(ctx, dql, vars)
	if err != nil {
		return nil, err
	}
	all, err := fastjson.ParseBytes(answer.GetJson())
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	object, err := all.Object()
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	blocks := map[string]*fastjson.Value{}
	object.Visit(func(name []byte, block *fastjson.Value) { blocks[string(name)] = block })
	return blocks, nil
}

// ErrUnredacted says that a question needs what only the whole graph shows, where a marking limit lets see a part of
// it.
var ErrUnredacted = errors.New("the whole graph is read, and a marking limit holds")

// Unredacted runs DQL as it is and returns its answer: the one door to what no marking limit looks at. Under a limit it
// is shut, so that what takes it is refused rather than shows what it must not.
func (s *Snapshot) Unredacted(ctx context.Context, dql string, vars map[string]string) (json.RawMessage, error) {
	if s.redactor != nil {
		return nil, ErrUnredacted
	}
	answer, err := s.send(ctx, dql, vars)
	return answer.GetJson(), err
}

// UnredactedInto is [Snapshot.Unredacted] with the answer decoded.
func (s *Snapshot) UnredactedInto(ctx context.Context, dql string, vars map[string]string, into any) error {
	answer, err := s.Unredacted(ctx, dql, vars)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// Shows reports whether an answer may show an edge: under a marking limit one that claims which pass were read for.
func (s *Snapshot) Shows(e *GraphEdge) bool { return s.redactor == nil || len(e.Passed) > 0 }

// textIn returns a field's text, empty where it has none.
func textIn(v *fastjson.Value, field string) string { return string(v.GetStringBytes(field)) }
