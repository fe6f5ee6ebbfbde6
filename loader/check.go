package loader

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dgraph-io/dgo/v230"

	"orbat/loader/commit"
	"orbat/schema"
)

// Finding is something that check found wrong or in dispute.
type Finding struct {
	Kind   string   `json:"kind"`
	What   string   `json:"what"`
	Have   string   `json:"have,omitempty"`
	Want   string   `json:"want,omitempty"`
	Places []string `json:"places,omitempty"`
}

// The kinds of findings. The first group means that the graph does not show what its claims say; the second that the
// claims disagree among themselves, or with the texts that they quote.
const (
	BrokenClaim   = "broken claim"
	WrongKey      = "wrong key"
	DuplicateKey  = "duplicate claim"
	DuplicateXID  = "duplicate xid"
	MissingEdge   = "missing edge"
	StrayEdge     = "stray edge"
	WrongFacets   = "wrong facets"
	WrongVersion  = "wrong version"
	WrongFacts    = "wrong facts"
	WrongRep      = "wrong representative"
	Unsettled     = "decisions half applied"
	OldFormat     = "old format"
	LostClaim     = "claim of no data set"
	WrongJournal  = "wrong journal"
	ShortList     = "list lacks edges"
	WrongText     = "wrong text"
	DisputedType  = "disputed type"
	UnfittingEnds = "ends do not fit"
	LeftOut       = "decision left out"

	MissingPassage = "passage not in its text" // what a statement quotes is not where it says, nor elsewhere
)

// String returns the finding in a line.
func (f Finding) String() string {
	s := f.Kind + ": " + f.What
	if f.Have != "" || f.Want != "" {
		s += ": is " + strconv.Quote(schema.Shorten(f.Have)) + ", should be " + strconv.Quote(schema.Shorten(f.Want))
	}
	if len(f.Places) > 0 {
		s += " (" + strings.Join(f.Places, ", ") + ")"
	}
	return s
}

// CheckResult is what a check looked at and found.
type CheckResult struct {
	Claims    int       `json:"claims"`
	Entities  int       `json:"entities"` // touched by at least one claim
	Edges     int       `json:"edges"`
	Retracted int       `json:"retracted"`
	Dangling  int       `json:"dangling"` // entities that claims refer to and none describes: no finding
	Findings  []Finding `json:"findings"`
	Evidence  *Evidence `json:"evidence,omitempty"` // nil: it was not looked at
}

// graphCheck compares the graph with what its claims say, in one snapshot.
type graphCheck struct {
	*commit.Graph
	*checkSorts
	decided *schema.Merges
	result  *CheckResult
	pending bool                  // what entities show is yet to be derived anew: bookkeeping says so
	older   bool                  // the graph is yet to be brought to this format: texts may lack their index
	loads   map[string]*loadCheck // by uid: the loads of named data sets
	noted   recentTexts           // of what is touched

	evidence *evidenceCheck // nil: it is not looked at
	phase    string
	begun    time.Time
	progress func(Progress) // nil: nobody is told
}

// CheckOptions say what is checked besides. The zero value checks the graph alone.
type CheckOptions struct {
	Evidence bool           // find every passage that is cited in the text that its data set keeps, too
	Progress func(Progress) // told now and then
}

// Check is [Loader.CheckWith] without options.
func (l *Loader) Check(ctx context.Context) (*CheckResult, error) {
	return l.CheckWith(ctx, CheckOptions{})
}

// CheckWith verifies that every claim is whole and that every edge and value is what derivation makes of the claims
// (law 4), and reports what the claims dispute (law 5).
//
// Where others load for longer than the database keeps the snapshot that is checked, what it finds may be nothing but
// what is gone of that: it is checked anew then ([schema.Readings]), and what both found is returned.
func (l *Loader) CheckWith(ctx context.Context, opts CheckOptions) (*CheckResult, error) {
	lasts := cmp.Or(l.snapshotLasts, schema.SnapshotLasts)
	var before []Finding
	for n := 1; ; n++ {
		begun, txn := time.Now(), l.DB.NewReadOnlyTxn()
		g := l.graph()
		g.DB = pinned{l.DB, txn}
		result, err := check(ctx, g, l.sortBytes, opts)
		if err != nil {
			return nil, err
		}
		whole := len(result.Findings) == 0
		if !whole {
			if whole, err = kept(ctx, time.Since(begun), lasts, txn, l.DB.NewReadOnlyTxn()); err != nil {
				return nil, fmt.Errorf("check: %w", err)
			}
		}
		if !whole && n > 1 {
			result.Findings = slices.DeleteFunc(result.Findings, func(f Finding) bool {
				return !slices.ContainsFunc(before, func(b Finding) bool { return b.Kind == f.Kind && b.What == f.What })
			})
		}
		if whole || n == schema.Readings || n > 1 && len(result.Findings) == 0 {
			return result, nil
		}
		before = result.Findings
		if l.OnRetry != nil {
			l.OnRetry(Retry{What: "check the graph", Reason: "it was loaded into for longer than the database keeps what was before, " +
				"or removed from, and is checked anew"})
		}
	}
}

// kept reports whether a snapshot of some age holds all it did ([schema.Kept]).
func kept(ctx context.Context, age, lasts time.Duration, snapshot, fresh *dgo.Txn) (bool, error) {
	before, err := snapshot.Query(ctx, schema.Writing)
	if err != nil {
		return false, err
	}
	now, err := fresh.Query(ctx, schema.Writing)
	if err != nil {
		return false, err
	}
	return schema.Kept(age, lasts, before.GetJson(), now.GetJson())
}

// check looks once; most is how much of each kind of what it sorts is in memory, 0: as much as in a load.
func check(ctx context.Context, g *commit.Graph, most int, opts CheckOptions) (*CheckResult, error) {
	ctx, cancel := context.WithCancel(ctx) // ends what sorts, too
	defer cancel()
	decided, err := g.ReadMerges(ctx)
	if err != nil {
		return nil, err
	}
	c := &graphCheck{
		Graph: g, checkSorts: newCheckSorts(ctx, most), decided: decided, result: &CheckResult{Findings: []Finding{}},
		loads: map[string]*loadCheck{}, begun: time.Now(), progress: opts.Progress,
	}
	if opts.Evidence {
		c.evidence = newEvidenceCheck(ctx, most)
	}
	if meta, err := g.Meta(ctx); err != nil {
		return nil, fmt.Errorf("check: %w", err)
	} else if meta != nil {
		c.pending, c.older = meta.FactsPending(), meta.Older() != nil
	}
	for _, step := range []struct {
		phase string
		do    func(context.Context) error
	}{
		{"reading the loads", c.readLoads},
		{"reading the claims", c.readClaims},
		{"comparing keys", c.compareKeys},
		{"comparing journals", c.compareJournals},
		{"comparing links", c.compareLinks},
		{"comparing entities", c.compareFacts},
		{"comparing lists", c.compareLists},
		{"comparing texts", c.compareTexts},
		{"looking for what is quoted", c.compareEvidence},
		{"comparing types", c.compareTypes},
		{"comparing the bookkeeping", c.bookkeeping},
	} {
		c.phase = step.phase
		c.showProgress(true)
		if err := step.do(ctx); err != nil {
			return nil, fmt.Errorf("check: %w", err)
		}
	}
	slices.SortFunc(c.result.Findings, func(a, b Finding) int {
		return slices.Compare([]string{a.Kind, a.What}, []string{b.Kind, b.What})
	})
	return c.result, nil
}

// showProgress tells how far the check is: where a step begins, and now and then within one.
func (c *graphCheck) showProgress(begins bool) {
	if c.progress != nil && (begins || c.result.Claims%schema.ClaimsPerPage == 0 || c.result.Evidence != nil) {
		c.progress(Progress{Phase: c.phase, Claims: c.result.Claims, Seconds: time.Since(c.begun).Seconds()})
	}
}

// pinned is a database as one snapshot shows it.
type pinned struct {
	commit.DB
	txn *dgo.Txn
}

// NewReadOnlyTxn returns the one transaction.
func (p pinned) NewReadOnlyTxn() *dgo.Txn { return p.txn }

func (c *graphCheck) found(kind, what, have, want string) {
	c.result.Findings = append(c.result.Findings, Finding{Kind: kind, What: what, Have: have, Want: want})
}

// readLoads notes the loads that lead to a data set: a claim of no other could not be removed.
func (c *graphCheck) readLoads(ctx context.Context) error {
	sets, err := datasets(ctx, c.Graph)
	for _, set := range sets {
		for _, load := range set.Loads {
			c.loads[load.uid] = &loadCheck{LoadInfo: load, dataset: set.Name}
		}
	}
	return err
}

// readClaims reads all claims. A broken one does not hide the rest.
func (c *graphCheck) readClaims(ctx context.Context) error {
	for claim, err := range c.Claims(ctx, "read the claims", schema.EveryClaim, schema.ClaimsPerPage) {
		var broken *schema.BrokenClaimError
		switch {
		case errors.As(err, &broken):
			c.found(BrokenClaim, err.Error(), "", "")
		case err != nil:
			return err
		default:
			if err := c.claim(claim); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *graphCheck) claim(claim *schema.StoredClaim) error {
	c.result.Claims++
	c.showProgress(false)
	if err := c.keys.Add(claim.StoredKey); err != nil {
		return err
	}
	if key := claim.Key(); key != claim.StoredKey {
		c.found(WrongKey, claim.UID, claim.StoredKey, key)
	}
	lost := true
	for _, uid := range claim.Loads {
		if load := c.loads[uid]; load != nil {
			lost = false
			load.claims++
			mix(&load.claimed, claim.StoredKey)
		}
	}
	if lost {
		c.found(LostClaim, claim.StoredKey, "", "")
	}
	if !claim.Stands {
		c.result.Retracted++
		if claim.Superseded != "" {
			c.found(WrongVersion, claim.StoredKey, claim.Superseded, "")
		}
		return c.retracted.Add(claim.StoredKey)
	}
	if claim.Decision() {
		return nil
	}
	if c.evidence != nil {
		if err := c.evidence.add(claim, c.decided); err != nil {
			return err
		}
	}
	for _, xid := range claim.Claim.XIDs() {
		if schema.IsDatasetSource(xid) || c.noted.again(xid) {
			continue
		}
		if err := c.touched.Add(xid); err != nil {
			return err
		}
	}
	counts := c.decided.Counts(claim)
	if !counts && claim.Record == "" && claim.Superseded == "" { // it is no version of a record either
		return nil
	}
	t := schema.TargetOf(c.Ontology, c.decided, &claim.Claim)
	if t.Facts() {
		return c.facts.Add(countedClaim{t.Subject, claim})
	}
	return c.links.Add(countedClaim{targetText(t), claim})
}

// current returns those of the claims of one target that count, having compared which are superseded with what is
// stored.
func (c *graphCheck) current(target []countedClaim) []*schema.StoredClaim {
	claims := make([]*schema.StoredClaim, len(target))
	for i, claim := range target {
		claims[i] = claim.Claim
	}
	var counting []*schema.StoredClaim
	for i, claim := range schema.Judge(claims) {
		if stored := claims[i].Superseded; stored != claim.Superseded {
			c.found(WrongVersion, claim.StoredKey, stored, claim.Superseded)
		}
		if c.decided.Counts(claim) {
			counting = append(counting, claim)
		}
	}
	return counting
}

// compareKeys looks for claims that stand twice.
func (c *graphCheck) compareKeys(context.Context) error {
	last := ""
	for key, err := range c.keys.Sorted() {
		if err != nil {
			return err
		}
		if key == last {
			c.found(DuplicateKey, key, "", "")
		}
		last = key
	}
	return nil
}

// loadCheck compares a load's journal with the claims that name the load. Both are sums over the keys, which come in
// any order.
type loadCheck struct {
	LoadInfo
	dataset          string
	claims, entries  int
	claimed, entered [16]byte
}

func mix(sum *[16]byte, key string) {
	for i, b := range keyDigest(key) {
		sum[i] ^= b
	}
}

// compareJournals reads the journals that say they are whole: they name the claims that name their load, and of those
// that are retracted, say so.
func (c *graphCheck) compareJournals(ctx context.Context) error {
	var whole []LoadInfo
	told := true // each journal tells what it retracted
	for _, uid := range slices.Sorted(maps.Keys(c.loads)) {
		load := c.loads[uid]
		if load.whole {
			whole = append(whole, load.LoadInfo)
		} else {
			told = false
		}
	}
	for journals := commit.ReadJournals(loadUIDs(whole)); !journals.Done(); {
		err := journals.Next(ctx, c.Graph, lastBlocks, func(uid string, sign byte, key string) error {
			load := c.loads[uid]
			load.entries++
			mix(&load.entered, key)
			if sign == commit.EntryRetracted {
				return c.undone.Add(key)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, load := range whole {
		if l := c.loads[load.uid]; l.entries != l.claims || l.entered != l.claimed {
			c.found(WrongJournal, "of load "+l.ID+" of "+l.dataset,
				strconv.Itoa(l.entries)+" entries", "those of the "+strconv.Itoa(l.claims)+" claims that name it")
		}
	}
	if !told {
		return nil
	}
	undone, err := readGroups(c.undone.Sorted(), itself)
	defer undone.stop()
	if err != nil {
		return err
	}
	last := ""
	for key, err := range c.retracted.Sorted() {
		if err != nil {
			return err
		}
		if key == last {
			continue
		}
		last = key
		by, err := undone.take(key)
		if err != nil {
			return err
		}
		if len(by) == 0 {
			c.found(WrongJournal, "none retracts "+key, "", "")
		}
	}
	return nil
}

// compareFacts walks all nodes with an xid, and then compares them, in the order of these, with the claims about them.
// On the way it tells the ends of edges their types.
func (c *graphCheck) compareFacts(ctx context.Context) error {
	if err := c.readNodes(ctx); err != nil {
		return err
	}
	nodes, err := readGroups(c.nodes.Sorted(), func(n shownNode) string { return n.XID })
	defer nodes.stop()
	facts, wrong := readGroups(c.facts.Sorted(), func(f countedClaim) string { return f.At })
	defer facts.stop()
	touched, wrongToo := readGroups(c.touched.Sorted(), itself)
	defer touched.stop()
	ends, wrongAsWell := readGroups(c.ends.Sorted(), head)
	defer ends.stop()
	if err := errors.Join(err, wrong, wrongToo, wrongAsWell); err != nil {
		return err
	}
	for {
		xid, more := ends.first("", false)
		if xid, more = nodes.first(xid, more); !more {
			return nil
		}
		same, err := nodes.take(xid)
		claims, wrong := facts.take(xid)
		of, wrongToo := touched.take(xid)
		edges, wrongAsWell := ends.take(xid)
		if err := errors.Join(err, wrong, wrongToo, wrongAsWell); err != nil {
			return err
		}
		about := c.current(claims)
		shown := ""
		for i, node := range same {
			if i > 0 {
				c.found(DuplicateXID, xid, same[i-1].UID+" and "+node.UID, "one node")
			}
			shown = c.compareNode(node, about, len(of) > 0)
		}
		for _, edge := range edges {
			parts := strings.SplitN(edge, "\x00", 3) // the xid, which end, the edge
			if err := c.types.Add(fields(parts[2], parts[1], shown)); err != nil {
				return err
			}
		}
	}
}

// readNodes notes what the nodes show.
func (c *graphCheck) readNodes(ctx context.Context) error {
	fields := strings.Join(commit.FactPredicates(c.Ontology), " ")
	for node, err := range c.Nodes(ctx, "xid", "entity.rep { xid } "+fields) {
		if err != nil {
			return err
		}
		var rep struct{ XID string }
		if raw := node.Fields["entity.rep"]; raw != nil {
			if err := json.Unmarshal(raw, &rep); err != nil {
				return err
			}
			delete(node.Fields, "entity.rep")
		}
		shown, err := commit.FactValues(node.Fields)
		if err == nil {
			err = c.nodes.Add(shownNode{node.XID, node.UID, rep.XID, shown})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// compareNode compares a node with the claims about it that count, sorted by their keys, and returns the type that they
// give it.
func (c *graphCheck) compareNode(node shownNode, about []*schema.StoredClaim, touched bool) string {
	xid, rep, shown := node.XID, node.Rep, node.Values
	wantRep := c.decided.Rep(xid)
	if wantRep == xid {
		wantRep = ""
	}
	if rep != wantRep {
		c.found(WrongRep, xid, rep, wantRep)
	}
	facts := schema.DeriveFacts(c.Ontology, about)
	if touched {
		c.result.Entities++
		if facts.Type == "" && wantRep == "" {
			c.result.Dangling++
		}
	}
	if len(facts.Types) > 1 {
		c.found(DisputedType, xid+" is a "+strings.Join(facts.Types, " and a ")+"; shown as "+facts.Type, "", "")
	}
	for _, predicate := range commit.FactPredicates(c.Ontology) {
		have, want := slices.Sorted(slices.Values(shown[predicate])), slices.Sorted(slices.Values(facts.Values[predicate]))
		if predicate == "entity.type" && len(have) == 0 {
			have = []string{schema.NoType} // a bare node was never derived
		}
		if p := c.Ontology.Property("", predicate); p != nil && sameNumbers(p, have, want) {
			continue
		}
		if !slices.Equal(have, want) && !c.pending {
			c.found(WrongFacts, xid+" "+predicate, strings.Join(have, " | "), strings.Join(want, " | "))
		}
	}
	return facts.Type
}

// sameNumbers compares what Dgraph prints in its own way: floats and GeoJSON.
func sameNumbers(p *schema.Property, have, want []string) bool {
	if len(have) != 1 || len(want) != 1 {
		return false
	}
	switch p.Kind {
	case schema.KindFloat:
		x, errX := strconv.ParseFloat(have[0], 64)
		y, errY := strconv.ParseFloat(want[0], 64)
		return errX == nil && errY == nil && x == y
	case schema.KindGeo:
		canonical, err := p.Parse(have[0])
		return err == nil && canonical == want[0]
	default:
		return false
	}
}

// compareLinks walks all direct edges, and then compares them, in the order of their ends, with the claims that draw
// them.
func (c *graphCheck) compareLinks(ctx context.Context) error {
	if err := c.readEdges(ctx); err != nil {
		return err
	}
	claims, err := readGroups(c.links.Sorted(), func(l countedClaim) string { return l.At })
	defer claims.stop()
	edges, wrong := readGroups(c.edges.Sorted(), func(e shownEdge) string { return e.At })
	defer edges.stop()
	if err := errors.Join(err, wrong); err != nil {
		return err
	}
	for {
		at, more := claims.first("", false)
		if at, more = edges.first(at, more); !more {
			return nil
		}
		target, err := claims.take(at)
		shown, wrong := edges.take(at)
		if err := errors.Join(err, wrong); err != nil {
			return err
		}
		t, said := targetIn(at), c.current(target)
		c.compareLink(t, said, shown)
		if len(said) > 0 {
			err := errors.Join(c.ends.Add(fields(t.Subject, fromEnd, at)), c.ends.Add(fields(t.Object, toEnd, at)))
			if err != nil {
				return err
			}
		}
	}
}

// readEdges notes the direct edges.
func (c *graphCheck) readEdges(ctx context.Context) error {
	for _, relation := range c.Ontology.Relations {
		for node, err := range c.Nodes(ctx, relation.Name, relation.Name+" @facets { xid }") {
			if err != nil {
				return err
			}
			var ends []map[string]any
			if err := json.Unmarshal(node.Fields[relation.Name], &ends); err != nil {
				return err
			}
			for _, end := range ends {
				object, _ := end["xid"].(string)
				t := schema.Target{Subject: node.XID, Predicate: relation.Name, Object: object}
				if err := c.edges.Add(shownEdge{targetText(t), facetTexts(relation.Name, end)}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// facetTexts returns the facets of an edge as texts, from the fields of its end.
func facetTexts(relation string, end map[string]any) map[string]string {
	facets := map[string]string{}
	for key, value := range end {
		facet, ok := strings.CutPrefix(key, relation+"|")
		if !ok {
			continue
		}
		switch value := value.(type) {
		case float64:
			facets[facet] = strconv.FormatFloat(value, 'f', -1, 64)
		case string:
			facets[facet] = value
		}
	}
	return facets
}

func (c *graphCheck) compareLink(t schema.Target, said []*schema.StoredClaim, shown []shownEdge) {
	c.result.Edges += len(shown)
	name := t.Subject + " " + t.Predicate + " " + t.Object
	if len(said)+len(shown) == 0 { // only older versions of what shows elsewhere, or nowhere
		return
	}
	if len(shown) == 0 {
		c.found(MissingEdge, name, "", "")
		return
	}
	if len(said) > 0 {
		want := map[string]string{}
		for key, value := range schema.DeriveLink(said).Facets() {
			want[key] = facetText(value)
		}
		if !maps.Equal(shown[0].Facets, want) {
			c.found(WrongFacets, name, fmt.Sprint(shown[0].Facets), fmt.Sprint(want))
		}
		shown = shown[1:]
	}
	for range shown {
		c.found(StrayEdge, name, "", "")
	}
}

// compareTypes reports relations whose ends do not fit the ontology, which no single record showed.
func (c *graphCheck) compareTypes(ctx context.Context) error {
	var from string
	for note, err := range c.types.Sorted() {
		if err != nil {
			return err
		}
		parts := strings.Split(note, "\x00") // the edge, which end, the type: its beginning comes first
		if parts[3] == fromEnd {
			from = parts[4]
			continue
		}
		t, to := schema.Target{Subject: parts[0], Predicate: parts[1], Object: parts[2]}, parts[4]
		if r := c.Ontology.Relation(t.Predicate); r != nil && !r.Fits(from, to) {
			c.found(UnfittingEnds, t.Subject+" "+t.Predicate+" "+t.Object+": does not go from "+from+" to "+to, "", "")
			edge := schema.GroupKey(t.Subject, t.Predicate, t.Object)
			if err := c.place(ctx, edge, schema.FactsKey(t.Subject), schema.FactsKey(t.Object)); err != nil {
				return err
			}
		}
	}
	for i := range c.result.Findings {
		f := &c.result.Findings[i]
		if f.Kind == DisputedType {
			at, err := places(ctx, c.Graph, schema.FactsKey(strings.Split(f.What, " is a ")[0]))
			if err != nil {
				return err
			}
			f.Places = at
		}
	}
	return nil
}

// place adds positions to the newest finding.
func (c *graphCheck) place(ctx context.Context, groups ...string) error {
	f := &c.result.Findings[len(c.result.Findings)-1]
	for _, group := range groups {
		at, err := places(ctx, c.Graph, group)
		if err != nil {
			return err
		}
		f.Places = append(f.Places, at...)
	}
	return nil
}

func (c *graphCheck) bookkeeping(ctx context.Context) error {
	meta, err := c.Meta(ctx)
	switch {
	case err != nil:
		return err
	case meta == nil:
	case meta.Older() != nil:
		c.found(OldFormat, "the next load, removal or change of the schema brings the graph up to date",
			strconv.Itoa(meta.Format), strconv.Itoa(Format))
	case !meta.Unsettled.IsZero():
		c.found(Unsettled, "the next load or removal finishes them", "", "")
	}
	for _, d := range c.decided.LeftOut {
		same, different := strings.Join(d.Between, " and "), strings.Join(d.Different, " and ")
		c.found(LeftOut, d.Key+" says that "+same+" are the same, but "+different+" are different", "", "")
	}
	return nil
}

// facetText prints a facet for comparison.
func facetText(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return schema.Stamp(v)
	case string:
		return v
	default:
		return ""
	}
}
