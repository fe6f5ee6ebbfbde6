package loader

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"orbat/loader/commit"
	"orbat/schema"
	"orbat/schema/externalsort"
)

// maxDisputes is how many disputes a report names; all are counted.
const maxDisputes = 20

// typeChecker sees the types that a load derives, and finds at its end what no single record shows (law 5): entities
// whose type is disputed, relations whose ends do not fit, and references to what nobody described.
//
// It takes notes of each entity, sorts them on disk, and joins them when all types are known: memory does not grow with
// the load.
type typeChecker struct {
	graph   *commit.Graph
	workers int  // that look up at once
	plan    bool // batches do not see each other's claims: what they derive is put together here
	notes   *externalsort.Sorter[string]
	ends    *externalsort.Sorter[string]

	mu     sync.Mutex
	nth    int         // of the derivations
	recent recentTexts // notes that need not be taken twice, as far as they are remembered
}

// The kinds of notes of an entity, in the order in which they are read: what it was derived to be, then what it was
// found to be described as, then that it is referred to, and as which end of a relation.
const (
	noteDerived  = "1"
	noteClaimed  = "2"
	noteReferred = "3"
	noteEnd      = "4"
)

// The ends of a relation.
const (
	fromEnd = "f"
	toEnd   = "t"
)

func newTypeChecker(ctx context.Context, g *commit.Graph, workers int, plan bool) *typeChecker {
	return &typeChecker{
		graph: g, workers: workers, plan: plan, notes: externalsort.Texts(ctx, ""), ends: externalsort.Texts(ctx, ""),
	}
}

// fields joins what a note says. No xid, type or predicate holds a NUL.
func fields(f ...string) string { return strings.Join(f, "\x00") }

// add takes a claim of the load's input.
func (w *typeChecker) add(claim *schema.Claim) error {
	xids := claim.XIDs()
	if claim.Object != "" {
		xids = xids[2:]
		if err := w.notes.Add(fields(claim.Subject, noteEnd, fromEnd, claim.Predicate, claim.Object)); err != nil {
			return err
		}
		if err := w.notes.Add(fields(claim.Object, noteEnd, toEnd, claim.Predicate, claim.Subject)); err != nil {
			return err
		}
	}
	for _, xid := range xids {
		if schema.IsDatasetSource(xid) {
			continue
		}
		if err := w.once(fields(xid, noteReferred)); err != nil {
			return err
		}
	}
	return nil
}

// inPlace takes a description that counts and stood before this load. The entity shows its type, or that of a rival
// with whom it was reported by the load that brought the second of them: there is nothing to look up.
func (w *typeChecker) inPlace(claim *schema.Claim) error {
	return w.once(fields(claim.Subject, noteClaimed, claim.Type))
}

// once takes a note that is enough once.
func (w *typeChecker) once(note string) error {
	w.mu.Lock()
	known := w.recent.again(note)
	w.mu.Unlock()
	if known {
		return nil
	}
	return w.notes.Add(note)
}

// derived takes what a transaction derived.
func (w *typeChecker) derived(facts map[string]schema.Facts) error {
	w.mu.Lock()
	w.nth++
	nth := fmt.Sprintf("%016d", w.nth)
	w.mu.Unlock()
	for xid, f := range facts {
		if err := w.notes.Add(fields(xid, noteDerived, nth, f.Type, strings.Join(f.Types, ","))); err != nil {
			return err
		}
	}
	return nil
}

// finish joins the notes, looking up the types that they do not tell, and puts its findings into the report.
func (w *typeChecker) finish(ctx context.Context, report *Report) error {
	s := &merge{typeChecker: w, report: report}
	for note, err := range w.notes.Sorted() {
		if err == nil {
			err = s.read(ctx, strings.Split(note, "\x00"))
		}
		if err != nil {
			return err
		}
	}
	s.finishEntity()
	if err := s.lookUp(ctx); err != nil {
		return err
	}
	if err := s.checkEnds(); err != nil {
		return err
	}
	slices.SortFunc(report.Disputes, compareDisputes)
	return placeDisputes(ctx, w.graph, report.Disputes)
}

// merge goes through the notes, entity by entity.
type merge struct {
	*typeChecker
	report *Report

	xid      string // whose notes are being read
	derived  string
	types    []string // those it was derived from
	claimed  []string // found in place
	referred bool     // by the input, and not only touched by what it retracts
	finished bool
	kind     string // once finished; empty: to be looked up, or unknown

	asked   []string // xids to be looked up
	waiting []end    // of those
	bytes   int      // that wait
}

// end is one end of a relation.
type end struct{ xid, side, predicate, other string }

// waitingBytes bounds the memory of what waits for types to be looked up.
const waitingBytes = 16 << 20

func (e *end) size() int { return 64 + len(e.xid) + len(e.predicate) + len(e.other) }

func (s *merge) read(ctx context.Context, note []string) error {
	if note[0] != s.xid {
		s.finishEntity()
		s.xid, s.derived, s.types, s.claimed, s.referred, s.finished, s.kind = note[0], "", nil, nil, false, false, ""
	}
	switch note[1] {
	case noteDerived:
		types := strings.Split(note[4], ",")
		if s.plan {
			types = slices.Concat(types, s.types)
			s.derived = cmp.Or(note[3], s.derived)
		} else {
			s.derived = note[3]
		}
		slices.Sort(types)
		s.types = slices.DeleteFunc(slices.Compact(types), func(t string) bool { return t == "" })
	case noteClaimed:
		if !slices.Contains(s.claimed, note[2]) {
			s.claimed = append(s.claimed, note[2])
		}
	case noteReferred:
		s.referred = true
	case noteEnd:
		s.referred = true
		s.finishEntity()
		e := end{s.xid, note[2], note[3], note[4]}
		if s.kind != "" {
			return s.writeEnd(e, s.kind)
		}
		s.waiting = append(s.waiting, e)
		s.bytes += e.size()
	}
	if s.bytes >= waitingBytes || len(s.asked) >= s.workers*xidsPerRequest {
		return s.lookUp(ctx)
	}
	return nil
}

// finishEntity decides the type of the entity whose notes have been read.
func (s *merge) finishEntity() {
	if s.finished || s.xid == "" {
		return
	}
	s.finished = true
	if len(s.types) > 1 {
		s.dispute(Dispute{XID: s.xid, Types: s.types, Shown: s.derived})
	}
	if s.kind = s.derived; s.kind == "" && len(s.claimed) == 1 {
		s.kind = s.claimed[0]
	}
	if s.kind == "" && s.referred {
		s.asked = append(s.asked, s.xid)
	}
}

func (s *merge) dispute(d Dispute) {
	s.report.Disputed++
	if len(s.report.Disputes) < maxDisputes {
		s.report.Disputes = append(s.report.Disputes, d)
	}
}

// lookUp looks up what is to be, and passes on what has waited for it.
func (s *merge) lookUp(ctx context.Context) error {
	shown, err := shownTypes(ctx, s.graph, s.workers, s.asked)
	if err != nil {
		return err
	}
	for _, xid := range s.asked {
		if shown[xid] == "" {
			s.report.Dangling++
		}
	}
	for _, e := range s.waiting {
		kind := shown[e.xid]
		if kind == "" && e.xid == s.xid {
			kind = s.kind
		}
		if err := s.writeEnd(e, kind); err != nil {
			return err
		}
	}
	if kind := shown[s.xid]; kind != "" {
		s.kind = kind // further ends of it may follow
	}
	s.asked, s.waiting, s.bytes = nil, nil, 0
	return nil
}

// writeEnd notes the type of one end with the relation, so that both ends of it come together.
func (s *merge) writeEnd(e end, kind string) error {
	from, to := e.xid, e.other
	if e.side == toEnd {
		from, to = to, from
	}
	return s.ends.Add(fields(from, e.predicate, to, e.side, kind))
}

// checkEnds finds the relations whose ends do not fit.
func (s *merge) checkEnds() error {
	var link [3]string
	var from, to string
	look := func() {
		relation := s.graph.Ontology.Relation(link[1])
		if relation != nil && !relation.Fits(from, to) {
			s.dispute(Dispute{XID: link[0], Relation: link[1], To: link[2], Types: []string{from, to}})
		}
	}
	for note, err := range s.ends.Sorted() {
		if err != nil {
			return err
		}
		f := strings.Split(note, "\x00")
		if next := [3]string(f[:3]); next != link {
			look()
			link = next
		}
		if f[3] == fromEnd {
			from = f[4]
		} else {
			to = f[4]
		}
	}
	look()
	return nil
}

// shownTypes returns the types that entities show; absent: the xid is unknown. A merged entity shows its
// representative's.
func shownTypes(ctx context.Context, graph *commit.Graph, workers int, xids []string) (map[string]string, error) {
	types := make(map[string]string, len(xids))
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for batch := range slices.Chunk(xids, xidsPerRequest) {
		g.Go(func() error {
			type node struct {
				XID  string
				Type string `json:"entity.type"`
				Rep  *struct {
					Type string `json:"entity.type"`
				} `json:"entity.rep"`
			}
			var found struct{ Q []node }
			err := graph.AskEach(ctx, "look up types", "xid", batch, "xid entity.type entity.rep { entity.type }", &found)
			mu.Lock()
			defer mu.Unlock()
			for _, n := range found.Q {
				kind := n.Type
				if n.Rep != nil {
					kind = n.Rep.Type
				}
				if kind != schema.NoType {
					types[n.XID] = kind
				}
			}
			return err
		})
	}
	return types, g.Wait()
}

// placeDisputes adds the positions of the claims that disagree: of both types, or of the relation and its ends' types.
func placeDisputes(ctx context.Context, g *commit.Graph, disputes []Dispute) error {
	for i := range disputes {
		d := &disputes[i]
		groups := []string{schema.FactsKey(d.XID)}
		if d.Relation != "" {
			groups = []string{schema.GroupKey(d.XID, d.Relation, d.To), schema.FactsKey(d.XID), schema.FactsKey(d.To)}
		}
		for _, group := range groups {
			found, err := places(ctx, g, group)
			if err != nil {
				return err
			}
			d.Places = append(d.Places, found...)
		}
	}
	return nil
}

// places returns file:row of the first claims of a group, one for each type claimed.
func places(ctx context.Context, g *commit.Graph, group string) ([]string, error) {
	from, to := schema.KeyRange(group)
	return placesBetween(ctx, g, from, to)
}

// placesBetween is [places] of the claims whose keys lie within two.
func placesBetween(ctx context.Context, g *commit.Graph, from, to string) ([]string, error) {
	const q = `query q($a: string, $b: string) { q(func: between(claim.key, $a, $b), first: 50) { claim.value claim.load @facets { uid } } }`
	var found struct {
		Q []struct {
			Value string `json:"claim.value"`
			Loads []struct {
				File string `json:"claim.load|file"`
				Row  int    `json:"claim.load|row"`
			} `json:"claim.load"`
		}
	}
	if err := g.Ask(ctx, "find positions", q, map[string]string{"$a": from, "$b": to}, &found); err != nil {
		return nil, err
	}
	var places []string
	seen := map[string]bool{}
	for _, claim := range found.Q {
		var value schema.StoredValue
		if claim.Value != "" {
			if err := json.Unmarshal([]byte(claim.Value), &value); err != nil {
				return nil, fmt.Errorf("find positions: %w", err)
			}
		}
		for _, load := range claim.Loads {
			if load.File != "" && !seen[value.Type] {
				seen[value.Type] = true
				places = append(places, load.File+":"+strconv.Itoa(load.Row))
			}
		}
	}
	slices.Sort(places)
	return places, nil
}

func compareDisputes(a, b Dispute) int {
	return slices.Compare([]string{a.Relation, a.XID, a.To}, []string{b.Relation, b.XID, b.To})
}
