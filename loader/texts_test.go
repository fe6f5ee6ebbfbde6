package loader

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/loader/commit"
	"orbat/loader/format"
	"orbat/loader/format/document"
	"orbat/schema"
)

// documents returns the records of documents with texts of every kind, and a statement that quotes each.
func documents(datasets ...string) []*schema.Record {
	texts := map[string]string{
		"empty":  "",
		"plain":  "The 5th Brigade moved to Bama.\n\nIts commander is Col. Ahmed Diri.",
		"mixed":  "one\r\ntwo\rthree\n\x00four\u2028five",
		"astral": strings.Repeat("𐎠é", 1000),
		"below":  strings.Repeat("a", schema.MaxPiece-1),
		"piece":  strings.Repeat("b", schema.MaxPiece),
		"above":  strings.Repeat("c", schema.MaxPiece-1) + "𐎠",
	}
	var records []*schema.Record
	for _, dataset := range datasets {
		for name, text := range texts {
			d := document.Document{Text: text, Title: name, ID: "doc:" + name, Date: "2015-03-11"}
			for _, record := range d.Records() {
				record.Dataset = dataset
				records = append(records, record)
			}
			records = append(records, &schema.Record{
				Kind: schema.RelationRecord, Dataset: dataset, Predicate: "commands",
				Subject: schema.Ref{Type: "Person", Name: "Ahmed Diri " + name}, Object: schema.Ref{Type: "Unit", Name: "5th Brigade"},
				Provenance: schema.Provenance{Cites: []schema.Cite{{Source: schema.Ref{XID: "doc:" + name}, Quote: "Col. Ahmed Diri"}}},
			}, &schema.Record{
				Kind: schema.RelationRecord, Dataset: dataset, Predicate: "mentions", Subject: schema.Ref{XID: "doc:" + name},
				Object: schema.Ref{Type: "Person", Name: "Whoever " + name}, Provenance: schema.Provenance{Cites: []schema.Cite{
					{Source: schema.Ref{XID: "doc:" + name}, Begin: "0", End: strconv.Itoa(min(20, utf8.RuneCountInString(text)))},
				}},
			})
		}
	}
	return records
}

// Laws 1 and 14 with documents: any order, any number of times, cut short anywhere, removed, replaced, exported.
func TestLawsWithDocuments(t *testing.T) {
	for _, seed := range seeds(t, 1) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			r := rand.New(rand.NewPCG(seed, 22))
			records := documents("one", "two")
			want := expected(t, b.Ontology, nil, records)
			one := expected(t, b.Ontology, []string{"one"}, records)

			stop := errors.New("killed")
			_, err := b.Load(t.Context(), cutShort(shuffled(r, records), len(records)/2, stop), Options{})
			if !errors.Is(err, stop) {
				t.Fatal(err)
			}
			for _, part := range parts(r, shuffled(r, records), 3) {
				b.load(part, Options{})
			}
			b.holds("in parts, after one cut short", want)
			report := b.load(records, Options{})
			if report.Texts.Created != 0 || report.Texts.Unchanged == 0 || report.Quads > 20 {
				t.Errorf("loaded again: %+v", report)
			}
			pieces := b.count("has(text.key)")
			b.remove("two")
			b.holds("two removed", one)
			change := func(from, to string) {
				t.Helper()
				m := &api.Mutation{CommitNow: true, Set: []*api.NQuad{commit.ValueQuad(b.pieceWith(from), "text.piece", to)}}
				if _, err := b.DB.NewTxn().Mutate(t.Context(), m); err != nil {
					t.Fatal(err)
				}
			}
			change("The 5th Brigade", "The 6th Brigade")
			if result, err := b.Check(t.Context()); err != nil || len(result.Findings) != 2 || result.Findings[0].Kind != WrongText {
				t.Errorf("a changed text: %+v, %v", result, err)
			}
			change("The 6th Brigade", "The 5th Brigade moved to Bama.\n\nIts commander is Col. Ahmed Diri.")
			if left := b.count("has(text.key)"); left*2 != pieces {
				t.Errorf("%d pieces left of %d", left, pieces)
			}

			fewer := slices.DeleteFunc(slices.Clone(records), func(r *schema.Record) bool {
				return r.Dataset != "one" || r.Subject.XID == "doc:astral" || r.Subject.Name == "Ahmed Diri astral" ||
					r.Object.Name == "Whoever astral" ||
					r.Piece != nil && strings.HasPrefix(r.Piece.Content, "𐎠é")
			})
			b.load(fewer, Options{Dataset: "one", Replace: true})
			b.holds("replaced", expected(t, b.Ontology, nil, fewer))
			b.load(records, Options{})
			b.holds("loaded again", want)

			for _, dataset := range []string{"one", "two"} {
				b.remove(dataset)
			}
			b.holds("emptied", "")
			if left := b.count("has(text.key)"); left != 0 {
				t.Errorf("%d pieces left", left)
			}
			file := format.Stream("export.ndjson", strings.NewReader(want))
			if _, err := b.Load(t.Context(), format.Read(t.Context(), file, format.Options{}),
				Options{OnReject: func(bad *schema.RecordError) error { return bad }}); err != nil {
				t.Fatal(err)
			}
			b.holds("from its export", want)
			b.remove("one")
			b.remove("two")

			b.load(records, Options{NoText: true})
			if kept := b.count("has(text.key)"); kept != 0 {
				t.Errorf("%d pieces kept", kept)
			}
			b.clean("without texts")
		})
	}
}

// pieceWith returns the node of the piece of a text that begins so.
func (b *bench) pieceWith(start string) string {
	b.t.Helper()
	var found struct {
		Q []struct {
			UID   string `json:"uid"`
			Piece string `json:"text.piece"`
		}
	}
	if err := b.graph().Ask(b.t.Context(), "look", "{ q(func: has(text.key)) { uid text.piece } }", nil, &found); err != nil {
		b.t.Fatal(err)
	}
	for _, node := range found.Q {
		if strings.HasPrefix(node.Piece, start) {
			return node.UID
		}
	}
	b.t.Fatal("no piece begins with", start)
	return ""
}

// cutShort yields some records, then an error.
func cutShort(records []*schema.Record, n int, err error) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		for _, record := range records[:n] {
			if !yield(record, nil) {
				return
			}
		}
		yield(nil, err)
	}
}
