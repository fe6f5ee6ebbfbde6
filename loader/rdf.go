package loader

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"
	"go.yaml.in/yaml/v3"

	"orbat/loader/commit"
	"orbat/loader/validate"
	"orbat/schema"
	"orbat/schema/externalsort"
)

// RDF renders records as the N-Quads that their first load leaves in an empty database, by the same validation,
// identity and derivation (law 4): claims, what entities show, direct edges, and the loads. Dgraph's own loaders take
// them, once [Migrate] has made the database ready.
//
// Claims are sorted on disk, so that memory holds some tens of thousands of them whatever their number, and all
// decisions.
type RDF struct {
	Ontology *schema.Ontology

	// What becomes of the input, as in [Options]; but without OnReject the first reject ends the writing.
	Dataset    string
	MaxRejects *int
	OnReject   func(*schema.RecordError) error
	OnNotice   func(*schema.Notice) error
	Progress   func(Progress) // told while records are read, by one goroutine at a time

	By string // who loads, kept beside each load; empty: nobody is

	// ByXID names nodes by IRIs and writes no xid, for `dgraph live -U xid`, which gives every node its IRI as xid.
	// Claims and loads, which have none in orbat's graph, get one so; an xid that is no IRI for Dgraph is an error.
	// Otherwise nodes are blank, and have the same labels in every rendering of the same data set.
	ByXID bool

	Temp string // folder for what does not fit into memory; empty: the system's

	// Ready writes what [Migrate] notes too, so that with the ontology's DgraphSchema the database needs no migration.
	Ready bool
}

// RDFCount says what was written.
type RDFCount struct {
	Records  int // that left claims
	Rejected int // records that left none, and values that left none
	Values   int // of these: values of records of which the rest is in
	Notices  int // oddities of the input that rejected nothing
	Claims   int
	Nodes    int // with an xid in orbat's graph: entities, described or not, and the data sets' implicit sources
	Loads    int // one for each data set
	Blocks   int // of their journals
	Edges    int // direct ones, between entities
	Quads    int // lines
}

// Write renders all records, which end as those of [Loader.Load] do.
func (r *RDF) Write(ctx context.Context, w io.Writer, records iter.Seq2[*schema.Record, error]) (RDFCount, error) {
	ctx, cancel := context.WithCancel(ctx) // ends what sorts, too
	defer cancel()
	out := &rdfWriter{RDF: r, w: bufio.NewWriterSize(w, 1<<16), loads: map[string]string{}, written: commit.Journal{}}
	counters := &counters{started: time.Now(), progress: r.Progress}
	input, err := r.read(ctx, records, counters)
	report := counters.finish()
	out.count.Rejected, out.count.Values, out.count.Notices = report.Rejected, report.RejectedValues, report.Notices
	out.count.Records = report.Records.Read - (report.Rejected - report.RejectedValues)
	if err != nil {
		return out.count, err
	}
	err = out.write(ctx, input)
	return out.count, errors.Join(err, out.w.Flush())
}

// rdfInput is all that the records claim.
type rdfInput struct {
	claims    *externalsort.Sorter[rdfClaim]
	decisions []*schema.Claim
	texts     *externalsort.Sorter[commit.Text]
}

func appendTextKey(b []byte, t *commit.Text) []byte { return append(b, t.Key...) }

// rdfClaim is a claim on its way, with where it was found. Its fields are exported for the disk.
type rdfClaim struct {
	Key   string
	Claim schema.Claim
	File  string
	Row   int
	Nth   int // of all that were read
}

// appendClaimKey orders claims by their keys, which have one length, and those of one key as they were read.
func appendClaimKey(b []byte, c *rdfClaim) []byte {
	return binary.BigEndian.AppendUint64(append(b, c.Key...), uint64(c.Nth)) //nolint:gosec // a count
}

func (r *RDF) read(ctx context.Context, records iter.Seq2[*schema.Record, error], c *counters) (*rdfInput, error) {
	in := intake{
		validator: validate.Validator{Ontology: r.Ontology, Dataset: r.Dataset}, counters: c, maxRejects: -1,
		onReject: r.OnReject, onNotice: r.OnNotice,
	}
	if r.MaxRejects != nil {
		in.maxRejects = *r.MaxRejects
	}
	if in.onReject == nil {
		in.onReject = func(bad *schema.RecordError) error { return bad }
	}
	input := &rdfInput{claims: externalsort.New(ctx, r.Temp, appendClaimKey), texts: externalsort.New(ctx, r.Temp, appendTextKey)}
	c.setPhase("reading")
	n := 0
	for chunk, err := range in.chunks(ctx, records) {
		if err != nil {
			return nil, err
		}
		for _, checked := range chunk {
			if piece := checked.Record.Piece; piece != nil {
				dataset, err := in.validator.DatasetOf(checked.Record)
				if err != nil {
					return nil, err
				}
				if err := input.texts.Add(commit.Text{Key: piece.Key(dataset), Content: piece.Content}); err != nil {
					return nil, err
				}
			}
			pos := checked.Record.Pos
			for i, claim := range checked.Claims {
				n++
				one := rdfClaim{Key: checked.Keys[i], Claim: *claim, File: pos.File, Row: pos.Line, Nth: n}
				if err := input.claims.Add(one); err != nil {
					return nil, err
				}
				if claim.Decision() {
					input.decisions = append(input.decisions, claim)
				}
			}
		}
		c.show()
	}
	return input, nil
}

// rdfWriter writes N-Quads. The names of nodes in them are RDF's already: <…> or _:….
type rdfWriter struct {
	*RDF
	w     *bufio.Writer
	line  []byte
	count RDFCount
	loads map[string]string // by data set: the name of its load

	written commit.Journal // what is not in a block yet
}

// write writes the claims in the order of their keys, each once, and after those of one group what those of them that
// count make of it; then the nodes that they name; then what merged entities show.
func (w *rdfWriter) write(ctx context.Context, input *rdfInput) error {
	if w.Ready {
		text, err := yaml.Marshal(w.Ontology)
		if err != nil {
			return fmt.Errorf("write the ontology: %w", err)
		}
		if err := w.quads(metaQuads("_:meta", string(text))...); err != nil {
			return err
		}
	}
	decided := schema.Decide(input.decisions)
	xids, merged := externalsort.Texts(ctx, w.Temp), externalsort.New(ctx, w.Temp, appendShownKey)
	if err := w.claims(input, decided, xids, merged); err != nil {
		return err
	}
	for _, load := range slices.Sorted(maps.Keys(w.written)) {
		if err := w.block(load); err != nil {
			return err
		}
	}
	if err := w.nodes(xids, decided); err != nil {
		return err
	}
	if err := w.texts(input.texts); err != nil {
		return err
	}
	return w.targets(merged)
}

// texts writes each piece of a text once.
func (w *rdfWriter) texts(texts *externalsort.Sorter[commit.Text]) error {
	last := ""
	for text, err := range texts.Sorted() {
		if err != nil {
			return err
		}
		if text.Key == last {
			continue
		}
		last = text.Key
		if err := w.quads(commit.TextQuads(w.claim(text.Key), text.Key, text.Content)...); err != nil {
			return err
		}
	}
	return nil
}

// claims writes the claims, notes whom they name, and writes what each target shows after its last claim. Those of
// merged entities have claims in several places: they are put off.
func (w *rdfWriter) claims(input *rdfInput, decided *schema.Merges, xids *externalsort.Sorter[string],
	merged *externalsort.Sorter[rdfShown],
) error {
	var noted recentTexts
	last := ""
	var at targetClaims
	for claim, err := range input.claims.Sorted() {
		if err != nil {
			return err
		}
		if claim.Key == last {
			continue // said before
		}
		last = claim.Key
		if err := w.one(&claim); err != nil {
			return err
		}
		if err := noteXIDs(xids, &noted, &claim.Claim); err != nil {
			return err
		}
		if claim.Claim.Decision() {
			continue
		}
		if s := w.shown(&claim, decided); severalGroups(decided, s.target()) {
			err = merged.Add(s)
		} else {
			err = w.next(&at, &s)
		}
		if err != nil {
			return err
		}
	}
	return w.target(&at)
}

func noteXIDs(xids *externalsort.Sorter[string], noted *recentTexts, claim *schema.Claim) error {
	for _, xid := range append(claim.XIDs(), schema.DatasetSource(claim.Dataset)) {
		if noted.again(xid) {
			continue
		}
		if err := xids.Add(xid); err != nil {
			return err
		}
	}
	return nil
}

// one writes a claim.
func (w *rdfWriter) one(claim *rdfClaim) error {
	load, err := w.loadOf(claim.Claim.Dataset)
	if err != nil {
		return err
	}
	w.count.Claims++
	w.written.Note(load, commit.EntryStands, claim.Key)
	if len(w.written[load]) >= commit.ClaimsPerTxn*commit.EntryLength {
		if err := w.block(load); err != nil {
			return err
		}
	}
	where := commit.Origin{File: claim.File, Row: claim.Row}
	return w.quads(commit.ClaimQuads(w.claim(claim.Key), &claim.Claim, claim.Key, load, where, w.entity)...)
}

// block writes what a load's journal has not in a block yet.
func (w *rdfWriter) block(load string) error {
	w.count.Blocks++
	block := "_:block." + strconv.Itoa(w.count.Blocks)
	if w.ByXID {
		block = "<" + strings.Trim(load, "<>") + "/" + strconv.Itoa(w.count.Blocks) + ">"
	}
	entries := w.written[load]
	w.written[load] = entries[:0]
	return w.quads(commit.BlockQuads(block, load, entries)...)
}

// nodes writes each node once.
func (w *rdfWriter) nodes(xids *externalsort.Sorter[string], decided *schema.Merges) error {
	last := ""
	for xid, err := range xids.Sorted() {
		if err != nil {
			return err
		}
		if xid == last {
			continue
		}
		last = xid
		if err := w.node(xid, decided.Rep(xid)); err != nil {
			return err
		}
	}
	return nil
}

// rdfShown is a claim with the target it is about. Its fields are exported for the disk.
type rdfShown struct {
	Subject, Predicate, Object string
	Key                        string
	Claim                      *schema.Claim // nil: it does not count; its target is one all the same
	Idle                       bool          // it does not count, and is here as a version of its record
}

func (s *rdfShown) target() schema.Target {
	return schema.Target{Subject: s.Subject, Predicate: s.Predicate, Object: s.Object}
}

// appendShownKey orders claims by their targets, of which no part holds a NUL, and those of one by their keys.
func appendShownKey(b []byte, s *rdfShown) []byte {
	return append(b, fields(s.Subject, s.Predicate, s.Object, s.Key)...)
}

// shown returns what derivation takes of a claim that was written: all of one target are held at once, so without what
// they quote.
func (w *rdfWriter) shown(claim *rdfClaim, decided *schema.Merges) rdfShown {
	claim.Claim.Extra, claim.Claim.Method = nil, ""
	for i := range claim.Claim.Cites {
		claim.Claim.Cites[i].Quote, claim.Claim.Cites[i].Locator = "", ""
	}
	t := schema.TargetOf(w.Ontology, decided, &claim.Claim)
	s := rdfShown{Subject: t.Subject, Predicate: t.Predicate, Object: t.Object, Key: claim.Key}
	s.Idle = !decided.Counts(&schema.StoredClaim{Claim: claim.Claim, StoredKey: claim.Key, Stands: true})
	if !s.Idle || claim.Claim.Record != "" {
		s.Claim = &claim.Claim
	}
	return s
}

// severalGroups reports whether a target shows the claims of several groups: an end of it is several entities.
func severalGroups(decided *schema.Merges, t schema.Target) bool {
	return decided.Merged(t.Subject) || decided.Merged(t.Object)
}

// targetClaims are the claims that count for one target, with the versions of their records, in the order of their
// keys.
type targetClaims struct {
	target schema.Target
	claims []*schema.StoredClaim
	idle   map[string]bool // keys of those that count for nothing but as versions
}

// next takes one more claim; where it is about another target than those before it, theirs is complete and written.
func (w *rdfWriter) next(at *targetClaims, s *rdfShown) error {
	if t := s.target(); t != at.target {
		if err := w.target(at); err != nil {
			return err
		}
		*at = targetClaims{target: t}
	}
	if s.Claim != nil && s.Idle {
		if at.idle == nil {
			at.idle = map[string]bool{}
		}
		at.idle[s.Key] = true
	}
	if s.Claim != nil {
		at.claims = append(at.claims, &schema.StoredClaim{Claim: *s.Claim, StoredKey: s.Key, Stands: true})
	}
	return nil
}

// targets writes what the targets of merged entities show, whose claims have keys of several groups.
func (w *rdfWriter) targets(merged *externalsort.Sorter[rdfShown]) error {
	var at targetClaims
	for s, err := range merged.Sorted() {
		if err == nil {
			err = w.next(&at, &s)
		}
		if err != nil {
			return err
		}
	}
	return w.target(&at)
}

// loadOf names the load of a data set, writing its node where it is the first claim's.
func (w *rdfWriter) loadOf(dataset string) (string, error) {
	if load := w.loads[dataset]; load != "" {
		return load, nil
	}
	id := rand.Text()
	load := "_:load." + id
	if w.ByXID {
		load = "<load:" + id + ">"
	}
	w.loads[dataset] = load
	w.count.Loads++
	set := w.entity(schema.DatasetSource(dataset))
	quads := commit.LoadQuads(load, set, dataset, id, commit.Complete, w.By)
	return load, w.quads(append(quads, commit.ValueQuad(load, "load.finished", schema.Stamp(time.Now())))...)
}

// node writes what an entity's node holds whatever is claimed of it.
func (w *rdfWriter) node(xid, rep string) error {
	w.count.Nodes++
	if w.ByXID && !isIRI(xid) {
		return fmt.Errorf("xid %q holds a character that Dgraph takes in no IRI", schema.Shorten(xid))
	}
	var quads []*api.NQuad
	if !w.ByXID {
		quads = append(quads, commit.ValueQuad(w.entity(xid), "xid", xid))
	}
	if rep != xid {
		quads = append(quads, commit.EdgeQuad(w.entity(xid), "entity.rep", w.entity(rep)))
	}
	return w.quads(quads...)
}

// target writes what derivation makes of the claims that count, in the order of their keys: an entity's facts or an
// edge; and at those that later versions supersede, by which.
func (w *rdfWriter) target(at *targetClaims) error {
	t := at.target
	if t == (schema.Target{}) {
		return nil // before the first
	}
	var claims []*schema.StoredClaim
	for _, claim := range schema.Judge(at.claims) {
		if claim.Superseded != "" {
			if err := w.quads(commit.ValueQuad(w.claim(claim.StoredKey), "claim.superseded", claim.Superseded)); err != nil {
				return err
			}
		} else if !at.idle[claim.StoredKey] {
			claims = append(claims, claim)
		}
	}
	if !t.Facts() {
		link := schema.DeriveLink(claims)
		if !link.Drawn() {
			return nil
		}
		w.count.Edges++
		return w.quads(commit.EdgeQuad(w.entity(t.Subject), t.Predicate, w.entity(t.Object), commit.FacetList(link.Facets())...))
	}
	shown := schema.DeriveFacts(w.Ontology, claims).Values
	for _, predicate := range slices.Sorted(maps.Keys(shown)) {
		for _, value := range shown[predicate] {
			if err := w.quads(commit.ValueQuad(w.entity(t.Subject), predicate, value)); err != nil {
				return err
			}
		}
	}
	return nil
}

// entity names an entity's node. A label is a hash: an xid holds characters that no label may.
func (w *rdfWriter) entity(xid string) string {
	if w.ByXID {
		return "<" + xid + ">"
	}
	return "_:" + schema.FactsKey(xid)
}

// claim names a claim's node. A key holds a dot, so that no entity has its label.
func (w *rdfWriter) claim(key string) string {
	if w.ByXID {
		return "<" + key + ">"
	}
	return "_:" + key
}

func (w *rdfWriter) quads(quads ...*api.NQuad) error {
	for _, q := range quads {
		var err error
		if w.line, err = appendQuad(w.line[:0], q); err != nil {
			return err
		}
		if _, err := w.w.Write(w.line); err != nil {
			return fmt.Errorf("write N-Quads: %w", err)
		}
		w.count.Quads++
	}
	return nil
}

// isIRI reports whether Dgraph reads the text back from <…>. It takes \u escapes there too, but leaves them as they
// are.
func isIRI(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>\"{}|^`\\", r) })
}

// appendQuad appends one line of RDF as Dgraph reads it: facets are Dgraph's own addition.
func appendQuad(b []byte, q *api.NQuad) ([]byte, error) {
	b = append(append(b, q.GetSubject()...), " <"...)
	b = append(append(b, q.GetPredicate()...), "> "...)
	if object := q.GetObjectId(); object != "" {
		b = append(b, object...)
	} else {
		text, ok := q.GetObjectValue().GetVal().(*api.Value_StrVal)
		if !ok {
			return b, fmt.Errorf("value of %s is of a type that ValueQuad does not write: %v", q.GetPredicate(), q.GetObjectValue())
		}
		b = appendLiteral(b, text.StrVal)
		if text.StrVal == commit.Star { // untyped it would be a deletion
			b = append(b, "^^<xs:string>"...)
		}
	}
	for i, facet := range q.GetFacets() {
		if i == 0 {
			b = append(b, " ("...)
		} else {
			b = append(b, ", "...)
		}
		var err error
		if b, err = appendFacet(b, facet); err != nil {
			return b, err
		}
	}
	if len(q.GetFacets()) > 0 {
		b = append(b, ')')
	}
	return append(b, " .\n"...), nil
}

func appendFacet(b []byte, f *api.Facet) ([]byte, error) {
	b = append(append(b, f.GetKey()...), '=')
	switch f.GetValType() {
	case api.Facet_STRING:
		return appendLiteral(b, string(f.GetValue())), nil
	case api.Facet_INT:
		return strconv.AppendInt(b, int64(binary.LittleEndian.Uint64(f.GetValue())), 10), nil //nolint:gosec // as FacetList wrote it
	case api.Facet_DATETIME:
		var t time.Time
		err := t.UnmarshalBinary(f.GetValue())
		return append(b, schema.Stamp(t)...), err
	default:
		return b, fmt.Errorf("facet %s is of a type that orbat does not write: %s", f.GetKey(), f.GetValType())
	}
}

// appendLiteral quotes text with the escapes that RDF and Dgraph have in common; strconv's \a and \x are not among
// them.
func appendLiteral(b []byte, text string) []byte {
	b = append(b, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c < ' ' || c == 0x7f:
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
