package intake

import (
	"context"
	"iter"
	"strings"

	"orbat/loader/text"
	"orbat/schema"
)

// DefaultConfidence is the confidence from which on statements read of texts are loaded: by the gold of package text
// the lowest ten of which any were measured, 70 to 79, whose precision is above .8 (orbat text eval). Below nothing
// was.
const DefaultConfidence = 70

// Reading says how the texts of documents are read, and takes what was.
type Reading struct {
	Published     string // of documents that do not say it themselves
	MinConfidence int    // statements below it are no part of the load
	Gazetteer     text.Gazetteer

	// Below is told of each record that MinConfidence keeps out; nil: nobody is.
	Below func(*schema.Record) error
	// Read is told of what was read of each document, with its text; nil: nobody is.
	Read func(source *schema.Record, content string, reading *text.Reading)

	sources []schema.Ref
}

// Sources returns the documents that were read so far.
func (r *Reading) Sources() []schema.Ref { return r.sources }

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
	options := text.Options{Gazetteer: r.Gazetteer}
	if list := source.Values["published"]; len(list) > 0 {
		options.Published = list[0].Text
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
	if r.Below == nil {
		return true
	}
	for _, record := range below.Records(self, dataset) {
		if err := r.Below(record); err != nil {
			yield(nil, err)
			return false
		}
	}
	return true
}
