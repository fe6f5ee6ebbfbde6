package loader

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"orbat/loader/commit"
	"orbat/loader/validate"
	"orbat/schema"
)

// RereadOptions say how a document is read again.
type RereadOptions struct {
	Dataset string // that has the document; empty: "default"
	Source  string // the xid of the document that the records are a version of, or read from; empty: as they say
	NoText  bool   // keep nothing of the text but its hash and length

	// Replaces reports whether a statement was made by an earlier reading, which the records replace; nil: none was.
	// What is not in the records is retracted then, unless somebody accepted it, and a judgement of it goes to the
	// statement that says the same of the same passage.
	Replaces func(*schema.Claim) bool

	OnReject func(*schema.RecordError) error // told of each; an error ends it. nil: the first reject ends it
	OnNotice func(*schema.Notice) error      // told of each oddity that rejects nothing; an error ends it
	Progress func(Progress)                  // told after each transaction, by one goroutine at a time
}

// Rereading says what became of a document that was read again.
type Rereading struct {
	*Report
	Source string `json:"source"`

	Statements int `json:"statements"` // that cite a passage of it, but for those that were replaced
	Anchored   int `json:"anchored"`   // whose span is another now
	Carried    int `json:"carried"`    // judgements that hold for a statement's new form
	// Lost are the statements whose passage the new text has no more, and the judgements that could not be carried. The
	// statements stand as they were.
	Lost []LostPassage `json:"lost,omitempty"`
}

// LostPassage is a statement whose passage a document no longer has.
type LostPassage struct {
	Statement string `json:"statement"`
	Claim     string `json:"claim"` // its key
	Quote     string `json:"quote,omitempty"`
	Rejected  bool   `json:"rejected,omitempty"` // a person rejected it
	Replaced  bool   `json:"replaced,omitempty"` // it was of an earlier reading, and is retracted
}

// String returns it in a line.
func (p LostPassage) String() string {
	line := p.Statement
	if p.Quote != "" {
		line += fmt.Sprintf(": %q", schema.Shorten(p.Quote))
	}
	if p.Rejected {
		line += " (rejected)"
	}
	return line
}

// Reread takes a document that a data set has in a later version: records as a reader makes them of it, its text and
// its Source, and perhaps statements read from it; or these alone, read anew from the text that is kept. The new text
// and description replace those before, every span is moved to where its passage stands now, and a rejection goes with
// its statement. It is no load, which only adds (law 1); what was before is kept as history.
//
// A statement whose passage the new text has no more stands as it was, and is named in the result. The error is a
// *[NoSourceError] where the data set has no such document. Killed anywhere it is completed by running it again with
// the same records: a statement's new form is written before the old one is retracted, before it the rejection that it
// inherits, and the old description goes last.
func (l *Loader) Reread(ctx context.Context, records iter.Seq2[*schema.Record, error], opts RereadOptions) (*Rereading, error) {
	r := &rereading{opts: opts, result: &Rereading{}}
	report, err := l.session(ctx, false, opts.Progress, func(s *commit.Session, c *counters) (*Report, error) {
		r.Session, r.counters, r.sets = s, c, newOpenDatasets(s, Options{}, 0, c)
		err := r.run(ctx, records)
		report := c.finish()
		if err == nil {
			err = complete(ctx, r.sets, report)
		}
		return report, err
	})
	r.result.Report = report
	return r.result, err
}

// rereading is one document on its way from a version of it to the next.
//
// Which claims are of the version before is told by the load that the rereading is: what stands and was not touched by
// it, and what it has retracted. So a run that goes on with a killed one's load works out the same, whatever that had
// written by then.
type rereading struct {
	*commit.Session
	heldDocument
	opts     RereadOptions
	counters *counters
	sets     *openDatasets
	result   *Rereading

	pieces []*schema.TextPiece
	sum    string
	said   map[string]*schema.Claim // by key: what the records say
	load   string                   // uid

	text     *schema.Passages            // the new one; nil: the document has none
	texts    map[string]*schema.Passages // by hash: those before, as far as they are kept
	aligned  map[string]*schema.Alignment
	parts    map[[2]int]*schema.Passages // of the new text
	before   []*schema.StoredClaim       // of the version before: its descriptions
	cited    []*schema.StoredClaim       // and the statements that cite a passage
	history  []*schema.StoredClaim       // retracted earlier, and judged
	becomes  map[string]*schema.Claim
	replaced map[string]bool // statements of an earlier reading, by key
	judged   *judgements
	sums     map[string]bool // of the document's texts; true: of the version before
}

func (r *rereading) run(ctx context.Context, records iter.Seq2[*schema.Record, error]) error {
	if r.dataset = r.opts.Dataset; r.dataset == "" {
		r.dataset = schema.DefaultDataset
	}
	r.counters.setPhase("reading")
	if err := r.read(ctx, records); err != nil {
		return err
	}
	r.result.Source = r.xid
	if err := r.HoldDataset(ctx, r.dataset, commit.Exclusive); err != nil {
		return err
	}
	if r.sum == "" {
		if err := r.keptVersion(ctx); err != nil {
			return err
		}
	}
	if err := r.begin(ctx); err != nil {
		return err
	}
	r.counters.setPhase("comparing")
	if err := r.compare(ctx); err != nil {
		return err
	}
	if err := r.keepText(ctx); err != nil {
		return err
	}
	again := false
	carried, err := copyJudgements(ctx, r.Session, r.sets, r.dataset, func([]*schema.Claim) (copies, error) {
		if again { // its data set was given back before: somebody may have loaded
			if err := r.compare(ctx); err != nil {
				return nil, err
			}
		}
		again = true
		return r.inherited(), nil
	})
	r.result.Carried = carried
	if err != nil {
		return err
	}
	r.counters.setPhase("writing")
	return r.write(ctx)
}

// read takes the records: one document's, whatever else they say.
func (r *rereading) read(ctx context.Context, records iter.Seq2[*schema.Record, error]) error {
	r.said = map[string]*schema.Claim{}
	reject := r.opts.OnReject
	if reject == nil {
		reject = func(bad *schema.RecordError) error { return bad }
	}
	in := &intake{
		validator: validate.Validator{Ontology: r.Ontology, Dataset: r.dataset}, counters: r.counters, maxRejects: -1,
		onReject: reject, onNotice: r.opts.OnNotice,
	}
	for chunk, err := range in.chunks(ctx, r.versions(records)) {
		if err != nil {
			return err
		}
		for _, checked := range chunk {
			if piece := checked.Record.Piece; piece != nil {
				r.pieces = append(r.pieces, piece)
			}
			for i, claim := range checked.Claims {
				if sum := schema.TextOf(claim); sum != "" {
					if r.xid != "" && r.xid != claim.Subject {
						return &ManySourcesError{
							Fault: schema.Fault{
								Reason: fmt.Sprintf("the records hold several documents: %s and %s", r.xid, claim.Subject),
								Hint:   "read one document again at a time",
							},
							Candidates: []string{r.xid, claim.Subject},
						}
					}
					r.xid, r.sum = claim.Subject, sum
				}
				r.said[checked.Keys[i]] = claim
			}
		}
	}
	switch {
	case r.xid != "":
		return r.joinPieces()
	case r.opts.Source != "":
		r.xid = r.opts.Source
		return nil
	}
	return &NoSourceError{schema.Fault{Reason: "the records hold no document with a text", Hint: "read a page, a mail or a text"}}
}

// keptVersion takes the text that the data set keeps of the document for the later version: the records are what was
// read from it.
func (r *rereading) keptVersion(ctx context.Context) error {
	found, err := r.ownDescriptions(ctx)
	if err != nil {
		return err
	}
	for _, claim := range found {
		sum := schema.TextOf(&claim.Claim)
		switch {
		case !claim.Stands:
			continue
		case r.sum != "" && r.sum != sum:
			return &ManySourcesError{Fault: schema.Fault{
				Value: r.xid, Reason: fmt.Sprintf("data set %q has several texts of %s", r.dataset, schema.Shorten(r.xid)),
				Hint: "read the file of the later one again",
			}, Candidates: []string{r.sum, sum}}
		}
		r.sum, r.said[claim.StoredKey] = sum, &claim.Claim
	}
	if r.sum == "" {
		return r.unknown(ctx)
	}
	content, whole, err := readText(ctx, r.Graph, r.dataset, r.sum)
	if err == nil && !whole {
		err = &NoSourceError{schema.Fault{
			Value: r.xid, Reason: fmt.Sprintf("data set %q keeps no text of %s", r.dataset, schema.Shorten(r.xid)),
			Hint: "read the document's file again",
		}}
	}
	r.text = schema.NewPassages(content)
	return err
}

// versions makes the records those of the document that they are a version of, where that is named.
func (r *rereading) versions(records iter.Seq2[*schema.Record, error]) iter.Seq2[*schema.Record, error] {
	if r.opts.Source == "" {
		return records
	}
	as := schema.Ref{XID: r.opts.Source}
	was := "" // as the records call it
	replaced := func(ref schema.Ref) schema.Ref {
		if xid, err := ref.Absolute(r.dataset); err != nil || xid != was {
			return ref
		}
		return schema.Ref{XID: as.XID, Type: ref.Type}
	}
	cites := func(p *schema.Provenance) {
		p.Cites = slices.Clone(p.Cites)
		for i := range p.Cites {
			p.Cites[i].Source = replaced(p.Cites[i].Source)
		}
	}
	return func(yield func(*schema.Record, error) bool) {
		for record, err := range records {
			if err == nil && record.Piece == nil {
				copied := *record
				if copied.Kind == schema.EntityRecord && len(copied.Values[schema.TextHash]) > 0 && was == "" {
					was, _ = copied.Subject.Absolute(r.dataset) // what is wrong with it is told when it is checked
				}
				copied.Subject, copied.Object = replaced(copied.Subject), replaced(copied.Object)
				cites(&copied.Provenance)
				copied.Values = maps.Clone(copied.Values)
				for name, values := range copied.Values {
					values = slices.Clone(values)
					for i := range values {
						if values[i].Own != nil {
							own := *values[i].Own
							cites(&own)
							values[i].Own = &own
						}
					}
					copied.Values[name] = values
				}
				record = &copied
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

// joinPieces makes the new text of its pieces.
func (r *rereading) joinPieces() error {
	var text strings.Builder
	n := 0
	for _, piece := range r.pieces {
		if piece.SHA256 == r.sum && piece.Number == n+1 {
			text.WriteString(piece.Content)
			n++
		}
	}
	if n == 0 || schema.TextSum(text.String()) != r.sum {
		return &NoSourceError{schema.Fault{
			Value: r.xid, Reason: fmt.Sprintf("the records hold no whole text of %s", schema.Shorten(r.xid)),
			Hint: "a text comes in all its pieces, in their order",
		}}
	}
	r.text = schema.NewPassages(text.String())
	return nil
}

// rereadMark is what the ids of the loads begin with that read a document again.
func (r *rereading) rereadMark() string {
	return "reread-" + schema.TextSum(r.xid)[:16] + "-" + r.sum[:16] + "-"
}

// begin begins the rereading's load, or goes on with that of a run that was killed, where nothing was loaded since.
func (r *rereading) begin(ctx context.Context) error {
	set, err := dataset(ctx, r.Graph, r.dataset)
	if err != nil {
		return err
	}
	if set != nil && len(set.Loads) > 0 {
		last := set.Loads[len(set.Loads)-1]
		if last.State == commit.Incomplete && last.whole && strings.HasPrefix(last.ID, r.rereadMark()) {
			r.load = last.uid
		}
	}
	found, err := r.ownDescriptions(ctx)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return r.unknown(ctx)
	}
	if r.load == "" {
		if r.load, err = r.BeginAs(ctx, r.dataset, r.rereadMark()+rand.Text()); err != nil {
			return err
		}
	}
	r.sets.byName[r.dataset] = &openDataset{load: r.load}
	r.counters.update(func(c *Report) { c.Datasets = append(c.Datasets, r.dataset) })
	return nil
}

// unknown says that the data set has no such document, and which has.
func (r *rereading) unknown(ctx context.Context) error {
	_, err := findDocument(ctx, r.Graph, nil, r.dataset, r.xid)
	var none *NoSourceError
	if err != nil && !errors.As(err, &none) {
		return err
	}
	if none == nil || none.Option.Name == "" {
		none = &NoSourceError{schema.Fault{
			Value: r.xid, Reason: fmt.Sprintf("data set %q has no text of a document %q", r.dataset, schema.Shorten(r.xid)),
			Hint: "load it, or say which document it is a version of", Option: schema.Option{Name: "source", Value: "NAME"},
			See: schema.SeeSources,
		}}
	}
	return none
}

// ownDescriptions returns the claims by which the data set says which text the document has, of any time.
func (r *rereading) ownDescriptions(ctx context.Context) ([]*schema.StoredClaim, error) {
	facts, err := claimsOfGroups(ctx, r.Graph, []string{schema.FactsKey(r.xid)})
	return slices.DeleteFunc(facts, func(c *schema.StoredClaim) bool {
		return c.Dataset != r.dataset || schema.TextOf(&c.Claim) == ""
	}), err
}

// isOld reports whether a claim is of the version before.
func (r *rereading) isOld(c *schema.StoredClaim) bool {
	return c.Stands != slices.Contains(c.Loads, r.load)
}

// compare works out what there was, and what becomes of it.
func (r *rereading) compare(ctx context.Context) error {
	r.before, r.cited, r.history = nil, nil, nil
	r.becomes, r.replaced = map[string]*schema.Claim{}, map[string]bool{}
	*r.result = Rereading{Source: r.xid}
	var err error
	if r.judged, err = standingJudgements(ctx, r.Graph); err != nil {
		return err
	}
	descriptions, err := r.ownDescriptions(ctx)
	if err != nil {
		return err
	}
	r.sums = map[string]bool{r.sum: false}
	for _, claim := range descriptions {
		sum := schema.TextOf(&claim.Claim)
		r.sums[sum] = r.sums[sum] || r.isOld(claim)
		if r.isOld(claim) {
			r.before = append(r.before, claim)
		}
	}
	if err := r.readTexts(ctx); err != nil {
		return err
	}
	for claim, err := range claimsNaming(ctx, r.Graph, "~claim.cites", r.xid) {
		if err != nil {
			return err
		}
		old := r.isOld(claim)
		if claim.Dataset != r.dataset || claim.Decision() || schema.TextOf(&claim.Claim) != "" && claim.Subject == r.xid ||
			!old && (claim.Stands || r.judged.kinds[claim.StoredKey] == "") {
			continue
		}
		switch {
		case !old:
			r.history = append(r.history, claim)
		case r.opts.Replaces != nil && r.opts.Replaces(&claim.Claim):
			r.replaced[claim.StoredKey] = true
			r.cited = append(r.cited, claim)
		case r.passage(&claim.Claim) >= 0:
			r.cited = append(r.cited, claim)
		}
	}
	r.keepAccepted()
	slices.SortFunc(r.cited, func(a, b *schema.StoredClaim) int { return strings.Compare(a.StoredKey, b.StoredKey) })
	for _, claim := range r.cited {
		r.statement(claim)
	}
	return nil
}

// keepAccepted keeps the statements of an earlier reading that somebody accepted and the records do not hold, with what
// describes their ends.
func (r *rereading) keepAccepted() {
	earlier := slices.DeleteFunc(slices.Clone(r.cited), func(c *schema.StoredClaim) bool { return !r.replaced[c.StoredKey] })
	gone := withoutAccepted(earlier, func(c *schema.StoredClaim) bool {
		if r.judged.kinds[c.StoredKey] != schema.Accept || r.said[c.StoredKey] != nil {
			return false
		}
		is, _ := r.anchor(&c.Claim)
		for _, said := range r.said {
			if r.sameStatement(is, said) {
				return false
			}
		}
		return true
	})
	r.replaced = map[string]bool{}
	for _, claim := range gone {
		r.replaced[claim.StoredKey] = true
	}
}

// readTexts reads the texts that the document has had, as far as they are kept.
func (r *rereading) readTexts(ctx context.Context) error {
	if r.texts == nil {
		r.texts, r.aligned = map[string]*schema.Passages{r.sum: r.text}, map[string]*schema.Alignment{}
	}
	for _, sum := range slices.Sorted(maps.Keys(r.sums)) {
		if _, read := r.texts[sum]; read {
			continue
		}
		content, whole, err := readText(ctx, r.Graph, r.dataset, sum)
		if err != nil {
			return err
		}
		if r.texts[sum] = nil; whole {
			r.texts[sum] = schema.NewPassages(content)
			r.aligned[sum] = schema.Align(content, r.text.Text())
		}
	}
	return nil
}

// passage returns which of a claim's citations gives a passage of the document; -1: none.
func (r *rereading) passage(c *schema.Claim) int {
	return slices.IndexFunc(c.Cites, func(cite schema.Citation) bool {
		return cite.Source == r.xid && (cite.Quote != "" || cite.Begin != schema.NoSpan)
	})
}

// statement works out what becomes of a statement.
func (r *rereading) statement(claim *schema.StoredClaim) {
	to, found := r.anchor(&claim.Claim)
	if r.replaced[claim.StoredKey] {
		if !found && r.Merges.Rejects(claim.StoredKey) { // its passage is gone, and with it what was judged
			r.lose(claim, to)
		}
		return
	}
	r.result.Statements++
	r.becomes[claim.StoredKey] = to
	switch {
	case !found:
		r.lose(claim, to)
	case to.Key() != claim.StoredKey:
		r.result.Anchored++
	}
}

// lose names a statement whose passage is gone.
func (r *rereading) lose(claim *schema.StoredClaim, to *schema.Claim) {
	r.result.Lost = append(r.result.Lost, LostPassage{
		Statement: statementText(to), Claim: to.Key(), Quote: to.Cites[r.passage(&claim.Claim)].Quote,
		Rejected: r.Merges.Rejects(claim.StoredKey), Replaced: r.replaced[claim.StoredKey],
	})
}

// anchor returns a claim with its span where the new text has its passage; false: it has it no more. A span without a
// quote is given that of its text then, so that it is not taken for whatever stands there now.
func (r *rereading) anchor(claim *schema.Claim) (*schema.Claim, bool) {
	at := r.passage(claim)
	if at < 0 {
		return claim, true
	}
	to := claim.Clone()
	cite := &to.Cites[at]
	if cite.Begin == schema.NoSpan {
		return to, r.text.Find(*cite, schema.NoSpan).Found != schema.FoundMissing
	}
	was, sum := r.stood(*cite)
	quote, exact := cite.Quote, ""
	if was.Found != schema.FoundMissing {
		exact, _ = r.texts[sum].Slice(was.Begin, was.End)
		if quote == "" {
			quote = schema.CanonicalText(exact)
		}
	} else if quote == "" {
		return to, false // nobody knows what was there
	}
	found := r.place(was, sum, quote, exact)
	if found.Found == schema.FoundMissing {
		if cite.Quote == "" {
			cite.Quote = clipped(quote)
			to.Normalise()
		}
		return to, false
	}
	cite.Begin = found.Begin
	if cite.End != schema.NoSpan {
		cite.End = found.End
	}
	to.Normalise()
	return to, true
}

// place returns where the new text has a passage that stood in a text before: in the same sentence; between the same
// sentences, where that one was changed; or wherever it is, if it was and is there but once. What has one word in
// common with another place is not moved there.
func (r *rereading) place(was schema.Passage, sum, quote, exact string) schema.Passage {
	missing := schema.Passage{Found: schema.FoundMissing, Begin: schema.NoSpan, End: schema.NoSpan}
	switch {
	case sum == "" || sum == r.sum && was.Found == schema.FoundMoved && !r.sums[sum]:
		return r.text.Once(quote)
	case sum == r.sum:
		return was
	}
	at, same := r.aligned[sum].At(was.Begin)
	if slice, ok := r.text.Slice(at, at+was.End-was.Begin); same && ok && slice == exact {
		return schema.Passage{Found: schema.FoundExact, Begin: at, End: at + was.End - was.Begin}
	}
	if quote == "" {
		return missing
	}
	from, to := r.aligned[sum].Between(was.Begin, was.End)
	within := schema.Citation{Quote: quote, Begin: schema.NoSpan, End: schema.NoSpan}
	if found := r.part(from, to).Find(within, max(0, at-from)); found.Found != schema.FoundMissing {
		return schema.Passage{Found: found.Found, Begin: from + found.Begin, End: from + found.End}
	}
	if r.texts[sum].Once(quote).Found == schema.FoundMissing {
		return missing
	}
	return r.text.Once(quote)
}

// part returns a part of the new text.
func (r *rereading) part(from, to int) *schema.Passages {
	const most = 100 // parts; where most was changed there are few
	at := [2]int{from, to}
	if r.parts[at] == nil {
		if r.parts == nil || len(r.parts) >= most {
			r.parts = map[[2]int]*schema.Passages{}
		}
		slice, _ := r.text.Slice(from, to)
		r.parts[at] = schema.NewPassages(slice)
	}
	return r.parts[at]
}

// maxQuote bounds the quote that a lost span is given, in bytes.
const maxQuote = 2000

// clipped returns the beginning of a text.
func clipped(text string) string {
	if len(text) <= maxQuote {
		return text
	}
	at := maxQuote
	for !utf8.RuneStart(text[at]) {
		at--
	}
	return schema.CanonicalText(text[:at])
}

// stood returns where a citation's passage stood, and in which text: where it says, in the version before, else in
// another, the new one among them; else elsewhere in the version before, else in another.
func (r *rereading) stood(cite schema.Citation) (best schema.Passage, in string) {
	newLast := func(a, b string) int {
		if (a == r.sum) != (b == r.sum) {
			return map[bool]int{true: 1, false: -1}[a == r.sum]
		}
		return strings.Compare(a, b)
	}
	sums := slices.SortedFunc(maps.Keys(r.sums), newLast)
	best = schema.Passage{Found: schema.FoundMissing, Begin: schema.NoSpan, End: schema.NoSpan}
	for _, there := range []bool{true, false} {
		for _, old := range []bool{true, false} {
			for _, sum := range sums {
				if r.sums[sum] != old || r.texts[sum] == nil {
					continue
				}
				found := r.texts[sum].Find(cite, schema.NoSpan)
				if found.Found.Better(schema.FoundMoved) == there && found.Found.Better(best.Found) {
					best, in = found, sum
				}
			}
			if in != "" {
				return best, in
			}
		}
	}
	return best, in
}

// inherited returns which judgements are to be copied to which claims, by keys: a rejection to what all that become it
// are rejected, an acceptance to what its statement becomes, and both to what says the same of the same passage as a
// judged statement that is replaced.
func (r *rereading) inherited() copies {
	to := copies{}
	add := func(from, key string, is *schema.Claim) {
		to[from] = append(to[from], copyTo{key, schema.StatementOf(is, r.sum)})
	}
	becomes := map[string]*schema.Claim{}
	from := map[string][]string{} // by what it becomes
	stands := map[string]bool{}
	for _, claim := range r.cited {
		is := r.becomes[claim.StoredKey]
		if is == nil {
			continue
		}
		key := is.Key()
		if becomes[key] = is; r.Merges.Rejects(claim.StoredKey) {
			from[key] = append(from[key], claim.StoredKey)
			continue
		}
		stands[key] = true
		if r.judged.kinds[claim.StoredKey] == schema.Accept && r.judged.kinds[key] == "" {
			add(claim.StoredKey, key, is)
		}
	}
	for key, rejected := range from {
		if !stands[key] && !r.Merges.Rejects(key) {
			for _, one := range rejected {
				add(one, key, becomes[key])
			}
		}
	}
	for _, claim := range slices.Concat(r.cited, r.history) {
		if r.becomes[claim.StoredKey] != nil || r.judged.kinds[claim.StoredKey] == "" {
			continue
		}
		is, _ := r.anchor(&claim.Claim)
		for key, said := range r.said {
			if r.sameStatement(is, said) && r.judged.kinds[key] == "" {
				add(claim.StoredKey, key, said)
			}
		}
	}
	return to
}

// sameStatement reports whether two claims say the same of the same passage: a judgement names no more of a statement
// that was read from a text (law 10).
func (r *rereading) sameStatement(a, b *schema.Claim) bool {
	at, other := r.passage(a), r.passage(b)
	if at < 0 || other < 0 || schema.StatementOf(a, "").Said() != schema.StatementOf(b, "").Said() {
		return false
	}
	x, y := a.Cites[at], b.Cites[other]
	if x.Begin == schema.NoSpan || y.Begin == schema.NoSpan {
		return x.Quote == y.Quote
	}
	return x.Begin == y.Begin && x.End == y.End
}

// keepText keeps the new text, before anything says that it is kept.
func (r *rereading) keepText(ctx context.Context) error {
	if r.opts.NoText {
		return nil
	}
	var texts []commit.Text
	for _, piece := range r.pieces {
		texts = append(texts, commit.Text{Key: piece.Key(r.dataset), Content: piece.Content})
	}
	known, err := r.KeepTexts(ctx, texts)
	r.counters.update(func(c *Report) { c.Texts = Texts{Created: len(texts) - len(known), Unchanged: len(known)} })
	return err
}

// write writes what is said now, then retracts what was said before and is no more, the descriptions of the document
// last: by them a run that goes on knows which text the others were read from.
func (r *rereading) write(ctx context.Context) error {
	now := maps.Clone(r.said)
	for _, claim := range r.becomes {
		now[claim.Key()] = claim
	}
	stands := map[string]bool{}
	for _, claim := range slices.Concat(r.cited, r.before) {
		stands[claim.StoredKey] = claim.Stands
	}
	var adds []commit.Change
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if !stands[key] {
			adds = append(adds, commit.Change{Kind: commit.Add, Claim: now[key], Key: key, Load: r.load})
		}
	}
	if err := r.apply(ctx, adds); err != nil {
		return err
	}
	gone := func(c *schema.Claim) bool { return r.replaced[c.Key()] && now[c.Key()] == nil }
	var replaced []*schema.StoredClaim
	for _, claim := range r.cited {
		if gone(&claim.Claim) {
			replaced = append(replaced, claim)
		}
	}
	bare, err := orphans(ctx, r.Graph, r.dataset, namedBy(replaced, r.xid), gone)
	if err == nil {
		err = r.retract(ctx, slices.Concat(bare, r.cited), now)
	}
	if err == nil {
		err = r.retract(ctx, r.before, now)
	}
	return err
}

// retract retracts those of some claims that are not said now.
func (r *rereading) retract(ctx context.Context, claims []*schema.StoredClaim, now map[string]*schema.Claim) error {
	var changes []commit.Change
	for _, claim := range claims {
		if claim.Stands && now[claim.StoredKey] == nil {
			changes = append(changes, commit.Change{Kind: commit.Retract, Claim: &claim.Claim, Key: claim.StoredKey, Load: r.load})
		}
	}
	return r.apply(ctx, changes)
}

func (r *rereading) apply(ctx context.Context, changes []commit.Change) error {
	p := r.Pool(ctx, r.counters.committed)
	for _, change := range changes {
		if err := p.Put(ctx, change); err != nil {
			return p.Fail(err)
		}
	}
	return p.Finish()
}
