package loader

import (
	"bufio"
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

	"orbat/schema"
)

// RDF renders records as the N-Quads that their first load leaves in an empty database, by the same validation, identity
// and derivation (law 4): claims, what entities show, direct edges, and the loads. Dgraph's own loaders take them, once
// [Migrate] has made the database ready.
//
// It holds all claims in memory until the decisions among them are known.
type RDF struct {
	Ontology *schema.Ontology
	Dataset  string                        // of records that name none, as in [Options]
	Rejected func(*schema.BadRecord) error // told of each; an error ends the writing. nil: the first reject does

	// ByXID names nodes by IRIs and writes no xid, for `dgraph live -U xid`, which gives every node its IRI as xid. Claims
	// and loads, which have none in orbat's graph, get one so; an xid that is no IRI for Dgraph is an error. Otherwise
	// nodes are blank, and have the same labels in every rendering of the same data set.
	ByXID bool

	// Ready writes what [Migrate] notes too, so that with the ontology's DgraphSchema the database needs no migration.
	Ready bool
}

// RDFCount says what was written.
type RDFCount struct {
	Records int
	Claims  int
	Nodes   int // with an xid in orbat's graph: entities, described or not, and the data sets' implicit sources
	Loads   int // one for each data set
	Edges   int // direct ones, between entities
	Quads   int // lines
}

// Write renders all records, which end as those of [Loader.Load] do.
func (r *RDF) Write(w io.Writer, records iter.Seq2[*schema.Record, error]) (RDFCount, error) {
	out := &rdfWriter{RDF: r, w: bufio.NewWriterSize(w, 1<<16), loads: map[string]string{}}
	input, err := r.read(records)
	if err != nil {
		return out.count, err
	}
	out.count.Records = input.records
	err = out.write(input)
	return out.count, errors.Join(err, out.w.Flush())
}

// rdfInput is all that the records claim, each claim once.
type rdfInput struct {
	records   int
	claims    []rdfClaim
	decisions []*schema.Claim
}

type rdfClaim struct {
	*schema.Stored
	where origin
}

func (r *RDF) read(records iter.Seq2[*schema.Record, error]) (*rdfInput, error) {
	v := validator{r.Ontology, r.Dataset}
	input, seen := &rdfInput{}, map[string]bool{}
	for record, err := range records {
		var claims []*schema.Claim
		if err == nil {
			claims, err = v.claims(record)
		}
		var bad *schema.BadRecord
		switch {
		case errors.As(err, &bad) && r.Rejected != nil:
			if err := r.Rejected(bad); err != nil {
				return nil, err
			}
			continue
		case err != nil:
			return nil, err
		}
		input.records++
		for _, claim := range claims {
			key := claim.Key()
			if seen[key] {
				continue
			}
			seen[key] = true
			stored := &schema.Stored{Claim: *claim, StoredKey: key, Stands: true}
			input.claims = append(input.claims, rdfClaim{stored, origin{record.Pos.File, record.Pos.Line}})
			if claim.Decision() {
				input.decisions = append(input.decisions, &stored.Claim)
			}
		}
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
}

func (w *rdfWriter) write(input *rdfInput) error {
	if w.Ready {
		text, err := yaml.Marshal(w.Ontology)
		if err != nil {
			return fmt.Errorf("write the ontology: %w", err)
		}
		if err := w.quads(metaQuads("_:meta", string(text))...); err != nil {
			return err
		}
	}
	decided := decide(input.decisions)
	xids, targets := map[string]bool{}, map[target][]*schema.Stored{}
	for _, claim := range input.claims {
		load, err := w.loadOf(claim.Dataset)
		if err != nil {
			return err
		}
		xids[schema.DatasetSource(claim.Dataset)] = true
		for _, xid := range claimXIDs(&claim.Claim) {
			xids[xid] = true
		}
		w.count.Claims++
		if err := w.quads(claimQuads(w.claim(claim.StoredKey), &claim.Claim, claim.StoredKey, load, claim.where, w.entity)...); err != nil {
			return err
		}
		if claim.Decision() {
			continue
		}
		t := targetOf(w.Ontology, decided, &claim.Claim)
		if counting := targets[t]; decided.counts(claim.Stored) {
			targets[t] = append(counting, claim.Stored)
		} else {
			targets[t] = counting // what only claims that do not count are about is a target too
		}
	}
	for _, xid := range sortedNames(xids) {
		if err := w.node(xid, decided.Rep(xid)); err != nil {
			return err
		}
	}
	for _, t := range slices.SortedFunc(maps.Keys(targets), compareTargets) {
		if err := w.target(t, targets[t]); err != nil {
			return err
		}
	}
	return nil
}

// loadOf names the load of a data set, writing its node where it is the first claim's.
func (w *rdfWriter) loadOf(dataset string) (string, error) {
	if load := w.loads[dataset]; load != "" {
		return load, nil
	}
	id, now := rand.Text(), schema.Stamp(time.Now())
	load := "_:load." + id
	if w.ByXID {
		load = "<load:" + id + ">"
	}
	w.loads[dataset] = load
	w.count.Loads++
	set := w.entity(schema.DatasetSource(dataset))
	return load, w.quads(
		valueQuad(set, "dataset.name", dataset),
		valueQuad(load, "load.id", id),
		valueQuad(load, "load.state", complete),
		valueQuad(load, "load.started", now),
		valueQuad(load, "load.finished", now),
		valueQuad(load, "dgraph.type", "Load"),
		edgeQuad(load, "load.dataset", set),
	)
}

// node writes what an entity's node holds whatever is claimed of it.
func (w *rdfWriter) node(xid, rep string) error {
	w.count.Nodes++
	if w.ByXID && !isIRI(xid) {
		return fmt.Errorf("xid %q holds a character that Dgraph takes in no IRI", schema.Shorten(xid))
	}
	var quads []*api.NQuad
	if !w.ByXID {
		quads = append(quads, valueQuad(w.entity(xid), "xid", xid))
	}
	if rep != xid {
		quads = append(quads, edgeQuad(w.entity(xid), "entity.rep", w.entity(rep)))
	}
	return w.quads(quads...)
}

// target writes what derivation makes of the claims that count, an entity's facts or an edge.
func (w *rdfWriter) target(t target, claims []*schema.Stored) error {
	slices.SortFunc(claims, func(a, b *schema.Stored) int { return strings.Compare(a.StoredKey, b.StoredKey) })
	if !t.facts() {
		link := deriveLink(claims)
		if !link.Drawn {
			return nil
		}
		w.count.Edges++
		return w.quads(edgeQuad(w.entity(t.subject), t.predicate, w.entity(t.object), facetList(link.Facets)...))
	}
	shown := schema.DeriveFacts(w.Ontology, claims).Values
	for _, predicate := range sortedNames(shown) {
		for _, value := range shown[predicate] {
			if err := w.quads(valueQuad(w.entity(t.subject), predicate, value)); err != nil {
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

// isIRI reports whether Dgraph reads the text back from <…>. It takes \u escapes there too, but leaves them as they are.
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
			return b, fmt.Errorf("value of %s is of a type that valueQuad does not write: %v", q.GetPredicate(), q.GetObjectValue())
		}
		b = appendLiteral(b, text.StrVal)
		if text.StrVal == star { // untyped it would be a deletion
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
		return strconv.AppendInt(b, int64(binary.LittleEndian.Uint64(f.GetValue())), 10), nil //nolint:gosec // as intFacet wrote it
	case api.Facet_DATETIME:
		var t time.Time
		err := t.UnmarshalBinary(f.GetValue())
		return append(b, schema.Stamp(t)...), err
	default:
		return b, fmt.Errorf("facet %s is of a type that orbat does not write: %s", f.GetKey(), f.GetValType())
	}
}

// appendLiteral quotes text with the escapes that RDF and Dgraph have in common; strconv's \a and \x are not among them.
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
