// Package re3d reads re3d, Dstl's relationship and entity extraction evaluation data set: documents.json,
// entities.json and relations.json side by side, an object a line.
//
// [Read] is the reader of the list of formats; package annotation says what becomes of what it reads. Offsets count
// code points of the text, and the passage is what stands there, whatever value the row gives. The annotators worked
// in rounds: a row of confidence 0 is a type that they rejected. It states nothing, and is counted. A relation names
// its ends by where they stand; where several entities do, the one of the highest confidence is meant. Where all were
// rejected the relation still says something of what stands there, of which nothing is known but the words.
package re3d

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"

	"orbat/loader/format/annotation"
	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// The names of the files.
const (
	Documents = "documents.json"
	Entities  = "entities.json"
	Relations = "relations.json"
)

// maxRows bounds how many entities and relations are held.
const maxRows = 1_000_000

// Sniff reports whether a file holds documents of re3d, by its first object.
func Sniff(head []byte) bool {
	has := map[string]bool{}
	for key := range decode.FirstMembers(decode.FirstObject(bytes.TrimPrefix(head, []byte("\uFEFF")))) {
		has[key] = true
	}
	return has["_id"] && (has["sourceName"] || has["sourceUrl"]) && (has["wordCount"] || has["sentenceCount"] || has["text"])
}

// document is a row of documents.json.
type document struct {
	ID    string `json:"_id"`
	Name  string `json:"sourceName"`
	URL   string `json:"sourceUrl"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// row is one of entities.json or relations.json.
type row struct {
	ID         string   `json:"_id"`
	Document   string   `json:"documentId"`
	Type       string   `json:"type"`
	Begin      *int     `json:"begin"`
	End        *int     `json:"end"`
	Confidence *float64 `json:"confidence"`

	SourceBegin *int `json:"sourceBegin"`
	SourceEnd   *int `json:"sourceEnd"`
	TargetBegin *int `json:"targetBegin"`
	TargetEnd   *int `json:"targetEnd"`

	pos schema.Position
	raw []byte
}

// reader reads one set.
type reader struct {
	ctx       context.Context
	in        *input.Input
	mapping   *annotation.Mapping
	entities  map[string][]*row // by document
	relations map[string][]*row
	rows      int
	seen      map[string]bool // documents
	refused   map[string]int  // rows of confidence 0, by file and type
}

// Read reads the documents of one set with what is marked in them.
func Read(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		r := &reader{ctx: ctx, in: in, seen: map[string]bool{}, refused: map[string]int{}}
		more := true
		pass := func(records iter.Seq2[*schema.Record, error]) {
			for record, err := range records {
				if more = more && yield(record, err) && !input.Ends(err); !more {
					return
				}
			}
		}
		if err := r.open(); err != nil {
			yield(nil, input.ErrorAt(ctx, schema.Position{File: in.Name}, err))
			return
		}
		for _, name := range []string{Entities, Relations} {
			if pass(r.marks(name)); !more {
				return
			}
		}
		pass(decode.ReadJSON(ctx, in, func(f *decode.JSONReader) error {
			return each(f, func(raw *decode.RawRecord) error { return r.document(f, raw) })
		}))
		if more {
			pass(r.rest())
		}
	}
}

// each hands the objects of a file to take, one a line or in one list.
func each(f *decode.JSONReader, take func(*decode.RawRecord) error) error {
	head, err := f.Head()
	if err != nil {
		return err
	}
	if bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("[")) {
		if _, err := f.Next(); err != nil {
			return err
		}
		if err := f.ListOf(take); err != nil {
			return err
		}
		return f.End()
	}
	return f.Lines(take)
}

// open reads what says how types become ours.
func (r *reader) open() error {
	in, err := r.in.Companion(r.ctx, annotation.FileName)
	if err != nil {
		return err
	}
	if in == nil {
		r.mapping, err = annotation.Builtin("re3d")
		return err
	}
	defer in.Close()
	if err := in.Decode(); err != nil {
		return err
	}
	r.mapping, err = annotation.ParseFile(in)
	return err
}

// marks reads the rows of entities or relations, and yields those that cannot be read.
func (r *reader) marks(name string) iter.Seq2[*schema.Record, error] {
	in, err := r.in.Companion(r.ctx, name)
	if err == nil && in == nil {
		err = input.Fail(schema.Fault{
			Pos: schema.Position{File: r.in.Name}, Reason: "no " + name + " beside it",
			Hint: "load the folder that holds documents, entities and relations",
		})
	}
	if err == nil {
		err = in.Decode()
	}
	if err != nil {
		return func(yield func(*schema.Record, error) bool) { yield(nil, err) }
	}
	rows := map[string][]*row{}
	if name == Entities {
		r.entities = rows
	} else {
		r.relations = rows
	}
	ids := map[string]int{}
	return func(yield func(*schema.Record, error) bool) {
		defer in.Close()
		decode.ReadJSON(r.ctx, in, func(f *decode.JSONReader) error {
			return each(f, func(raw *decode.RawRecord) error {
				one := &row{pos: raw.Pos, raw: raw.Kept()}
				if wrong := r.readRow(raw, one, name == Relations); wrong != nil {
					return f.Send(nil, raw.Reject(wrong))
				}
				if first, twice := ids[one.ID]; twice && one.ID != "" {
					return f.Send(nil, raw.Reject(decode.At(0, schema.Fault{
						Column: "_id", Value: one.ID, Reason: fmt.Sprintf("the id stands twice: in line %d too", first),
						Hint: "each row has an id of its own",
					})))
				}
				ids[one.ID] = raw.Pos.Line
				if r.rows++; r.rows > maxRows {
					return f.Fail(schema.Fault{
						Reason: "more than " + strconv.Itoa(maxRows) + " entities and relations", Hint: "split the set by documents",
					})
				}
				rows[one.Document] = append(rows[one.Document], one)
				return nil
			})
		})(yield)
	}
}

// readRow reads an entity or a relation.
func (r *reader) readRow(raw *decode.RawRecord, one *row, relation bool) *decode.ValueError {
	if err := json.Unmarshal(raw.Raw, one); err != nil {
		return notRow(err)
	}
	for _, need := range []struct {
		name  string
		given bool
	}{
		{"documentId", one.Document != ""},
		{"type", one.Type != ""},
		{"begin", one.Begin != nil},
		{"end", one.End != nil},
		{"sourceBegin", !relation || one.SourceBegin != nil},
		{"sourceEnd", !relation || one.SourceEnd != nil},
		{"targetBegin", !relation || one.TargetBegin != nil},
		{"targetEnd", !relation || one.TargetEnd != nil},
	} {
		if !need.given {
			return decode.Missing(need.name, "", "a row of re3d has it")
		}
	}
	if c := one.Confidence; c != nil && (*c < 0 || *c > 1) {
		return decode.At(0, schema.Fault{
			Column: "confidence", Value: strconv.FormatFloat(*c, 'g', -1, 64), Reason: "not a confidence", Hint: "a number from 0 to 1",
		})
	}
	return nil
}

// notRow returns the error of what is no row of re3d.
func notRow(err error) *decode.ValueError {
	fault := schema.Fault{Reason: "not a row of re3d", Hint: "an object with _id, documentId, type, begin, end and confidence"}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		fault.Column, fault.Value, fault.Reason = wrong.Field, wrong.Value, "a "+wrong.Value+" where re3d has another kind of value"
	}
	return decode.At(0, fault)
}

// percent returns the confidence of a row as ours are written: what is more than none is 1 at least.
func (o *row) percent() string {
	if o.Confidence == nil {
		return ""
	}
	return strconv.Itoa(max(1, int(math.Round(*o.Confidence*100))))
}

// rejected reports whether the annotators rejected the type.
func (o *row) rejected() bool { return o.Confidence != nil && *o.Confidence == 0 }

func (o *row) confidence() float64 {
	if o.Confidence == nil {
		return 1
	}
	return *o.Confidence
}

func (o *row) mark() annotation.Mark {
	return annotation.Mark{Pos: o.pos, Raw: o.raw, ID: o.ID, Label: o.Type, Confidence: o.percent()}
}

// document reads a document and sends what is said in it.
func (r *reader) document(f *decode.JSONReader, raw *decode.RawRecord) error {
	var one document
	if err := json.Unmarshal(raw.Raw, &one); err != nil {
		return f.Send(nil, raw.Reject(notRow(err)))
	}
	switch {
	case one.ID == "":
		return f.Send(nil, raw.Reject(decode.Missing("_id", "", "entities and relations name their document by it")))
	case r.seen[one.ID]:
		return f.Send(nil, raw.Reject(decode.At(0, schema.Fault{
			Column: "_id", Value: one.ID, Reason: "the document stands twice", Hint: "each has an id of its own",
		})))
	}
	r.seen[one.ID] = true
	d := (&annotation.Document{
		Pos: raw.Pos, Text: one.Text, Mapping: r.mapping, Source: sourceOf(one.ID),
		Values: map[string]string{"title": one.Title, "url": one.URL, "publisher": one.Name, "media_type": "text/plain"},
	}).Begin()
	r.fill(d, one.ID)
	for record, err := range d.Records() {
		var bad *schema.RecordError
		switch {
		case err == nil:
			err = f.Send([]*schema.Record{record}, nil)
		case errors.As(err, &bad):
			err = f.Send(nil, bad)
		}
		if err != nil {
			return err
		}
	}
	return r.ctx.Err()
}

// sourceOf returns what a document is known by: its id, unless that cannot be one.
func sourceOf(id string) schema.Ref {
	if ref := (schema.Ref{ID: id}); len(id) <= schema.MaxXID/2 {
		if _, err := ref.Absolute(schema.DefaultDataset); err == nil {
			return ref
		}
	}
	return schema.Ref{ID: "text-" + schema.TextSum(id)}
}

// fill puts the entities and relations of a document into it.
func (r *reader) fill(d *annotation.Document, id string) {
	length := d.Passages().Length()
	within := func(o *row, column string, begin, end int) (annotation.Span, bool) {
		if begin >= 0 && begin < end && end <= length {
			return annotation.Span{Begin: begin, End: end}, true
		}
		d.Reject(schema.Fault{
			Pos: o.pos, Column: column, Value: fmt.Sprintf("%d-%d", begin, end),
			Reason: fmt.Sprintf("no passage of the text, which has %d characters", length),
			Hint:   "are they of the same release as the documents?",
		}, o.raw)
		return annotation.Span{}, false
	}
	best := map[annotation.Span]*row{}
	found := map[annotation.Span]*annotation.Mention{}
	for _, o := range r.entities[id] {
		span, ok := within(o, "begin", *o.Begin, *o.End)
		if !ok {
			continue
		}
		m := &annotation.Mention{Mark: o.mark(), Spans: []annotation.Span{span}}
		if o.rejected() {
			r.refused[Entities+" "+o.Type]++
			m = d.Unnamed(m)
		} else {
			d.Mention(m)
		}
		before := best[span]
		if before == nil || cmp.Or(cmp.Compare(o.confidence(), before.confidence()), cmp.Compare(before.ID, o.ID)) > 0 {
			best[span], found[span] = o, m
		}
	}
	for _, o := range r.relations[id] {
		if o.rejected() {
			r.refused[Relations+" "+o.Type]++
			continue
		}
		span, ok := within(o, "begin", *o.Begin, *o.End)
		if !ok {
			continue
		}
		source, ok := within(o, "sourceBegin", *o.SourceBegin, *o.SourceEnd)
		if !ok {
			continue
		}
		target, ok := within(o, "targetBegin", *o.TargetBegin, *o.TargetEnd)
		if !ok {
			continue
		}
		from, to := found[source], found[target]
		if from == nil || to == nil {
			lacks := source
			if from != nil {
				lacks = target
			}
			d.Reject(schema.Fault{
				Pos: o.pos, Column: "source", Value: fmt.Sprintf("%d-%d", lacks.Begin, lacks.End),
				Reason: "no entity stands there", Hint: "is " + Entities + " complete?",
			}, o.raw)
			continue
		}
		d.Relation(&annotation.Relation{Mark: o.mark(), From: from, To: to, Words: &span})
	}
	delete(r.entities, id)
	delete(r.relations, id)
}

// rest yields what is of no document, and how much the annotators rejected.
func (r *reader) rest() iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		var left []*row
		for _, rows := range []map[string][]*row{r.entities, r.relations} {
			for _, id := range slices.Sorted(maps.Keys(rows)) {
				left = append(left, rows[id]...)
			}
		}
		for _, o := range left {
			if !yield(nil, schema.Rejected(schema.Fault{
				Pos: o.pos, Column: "documentId", Value: o.Document, Reason: "there is no such document",
				Hint: "is " + Documents + " complete?",
			}, o.raw)) {
				return
			}
		}
		for _, what := range slices.Sorted(maps.Keys(r.refused)) {
			reason := strconv.Itoa(r.refused[what]) + " of " + what +
				" have confidence 0: the annotators rejected them, and so they state nothing"
			if !yield(nil, annotation.Notice(schema.Position{File: r.in.Name}, reason)) {
				return
			}
		}
	}
}
