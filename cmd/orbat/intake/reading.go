package intake

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"

	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/text"
	"orbat/schema"
)

// DefaultConfidence is the confidence from which on statements read of texts are loaded: by the gold of package text
// the lowest ten of which any were measured, 70 to 79, whose precision is above .8 (orbat text eval). Below nothing
// was.
const DefaultConfidence = 70

// Reading says how the texts of documents are read, and knows what was.
type Reading struct {
	Ontology      *schema.Ontology
	Published     string // of documents that do not say it themselves
	MinConfidence int    // statements below it are no part of the load
	Gazetteer     text.Gazetteer

	// Below is told of each claim that MinConfidence keeps out; nil: nobody is.
	Below func(*schema.Claim) error
	// Read is told of what was read of each document, with its text; nil: nobody is.
	Read func(source *schema.Record, content string, reading *text.Reading)

	sources []schema.Ref
	leftOut map[string]bool // keys of claims
	below   int
}

// HoldsDocuments reports whether any of some files is a document, which has a text to read.
func HoldsDocuments(files []format.File, options format.Options) bool {
	return slices.ContainsFunc(files, func(f format.File) bool { return format.IsDocument(f, options) })
}

// Readings returns what a load must know of the reading; nil for none.
func (r *Reading) Readings() *loader.Readings {
	if r == nil {
		return nil
	}
	return &loader.Readings{
		Sources: func() []schema.Ref { return r.sources }, Keep: func(key string) bool { return r.leftOut[key] },
	}
}

// Replaces reports whether a claim is of an earlier reading, and not of this one.
func (r *Reading) Replaces(c *schema.Claim) bool {
	return strings.HasPrefix(c.Method, schema.ReadMethod) && !r.leftOut[c.Key()]
}

// LeaveOut notes that a claim was read and is no part of the load: what an earlier load has of it stays.
func (r *Reading) LeaveOut(c *schema.Claim) {
	if r.leftOut == nil {
		r.leftOut = map[string]bool{}
	}
	r.leftOut[c.Key()] = true
}

// CountBelow returns how many statements that MinConfidence kept out so far.
func (r *Reading) CountBelow() int { return r.below }

// records adds to the records of a document those of what its text says.
func (r *Reading) records(
	ctx context.Context, dataset string, records iter.Seq2[*schema.Record, error],
) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		var content strings.Builder
		for record, err := range records {
			if err == nil && record.Kind == schema.TextRecord {
				content.WriteString(record.Piece.Content)
			}
			source := err == nil && record.Kind == schema.EntityRecord && len(record.Values[schema.TextHash]) > 0
			if source && r.Published != "" && len(record.Values["published"]) == 0 {
				record.Values["published"] = []schema.Value{{Text: r.Published}}
			}
			if !yield(record, err) {
				return
			}
			if source && !r.read(ctx, dataset, record, content.String(), yield) {
				return
			}
		}
	}
}

// Statements returns the records of what a text says that is kept already; source names its document, and says when
// that was published.
func (r *Reading) Statements(ctx context.Context, dataset string, source *schema.Record, content string) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) { r.read(ctx, dataset, source, content, yield) }
}

func (r *Reading) read(ctx context.Context, dataset string, source *schema.Record, content string, yield func(*schema.Record,
	error) bool,
) bool {
	options := text.Options{Gazetteer: r.Gazetteer, Published: source.FirstText("published"), Board: boardOf(source)}
	if list := source.Extra[schema.TextPosts]; list != "" {
		parts, err := text.Posts(list)
		if err != nil && !yield(nil, &schema.Notice{Fault: schema.Fault{
			Pos: source.Pos, Column: schema.TextPosts, Reason: "no list of posts: nobody knows who wrote which of them when",
		}}) {
			return false
		}
		options.Parts = parts
	}
	reading, err := text.Read(ctx, content, options)
	if err != nil {
		yield(nil, err)
		return false
	}
	if r.Read != nil {
		r.Read(source, content, reading)
	}
	if reading.Foreign && !yield(nil, &schema.Notice{Fault: schema.Fault{
		Pos: source.Pos, Reason: "the text is not English: it is kept, and no statement is read of it",
	}}) {
		return false
	}
	self := schema.Ref{XID: source.Subject.XID, ID: source.Subject.ID}
	r.sources = append(r.sources, source.Subject)
	var kept, below text.Reading
	for _, s := range reading.Statements {
		if s.Confidence < r.MinConfidence {
			below.Statements = append(below.Statements, s)
		} else {
			kept.Statements = append(kept.Statements, s)
		}
	}
	for _, record := range kept.Records(self, dataset) {
		record.Pos = source.Pos
		if !yield(record, nil) {
			return false
		}
	}
	for _, record := range below.Records(self, dataset) {
		if err := r.leave(record, dataset); err != nil {
			yield(nil, err)
			return false
		}
	}
	return true
}

// boardOf returns where those who wrote a document's posts have their accounts: the host of its address or, without,
// whoever published it; empty: it says neither.
func boardOf(source *schema.Record) string {
	for _, address := range []string{source.FirstText("url"), source.Subject.XID} {
		if at, err := url.Parse(address); err == nil && at.Hostname() != "" {
			return strings.TrimPrefix(strings.ToLower(at.Hostname()), "www.")
		}
	}
	return source.FirstText("publisher")
}

// leave takes a record that MinConfidence keeps out.
func (r *Reading) leave(record *schema.Record, dataset string) error {
	claims, err := loader.Claims(r.Ontology, dataset, record)
	if err != nil {
		return fmt.Errorf("a statement below the least confidence: %w", err)
	}
	if record.Kind != schema.EntityRecord {
		r.below++
	}
	for _, claim := range claims {
		r.LeaveOut(claim)
		if r.Below != nil {
			if err := r.Below(claim); err != nil {
				return err
			}
		}
	}
	return nil
}
