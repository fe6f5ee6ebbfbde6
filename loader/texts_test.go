package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/loader/commit"
	"orbat/loader/format"
	"orbat/loader/format/document"
	"orbat/queries"
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
	if os.Getenv("ORBAT_DOCUMENTS") != "" { // as make laws has it
		texts["long"] = strings.Repeat("The 7th Brigade moved to Bama, 𐎠 said.\r\n", 10<<20/45)
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
			change := func(from, predicate, to string) {
				t.Helper()
				m := &api.Mutation{CommitNow: true, Set: []*api.NQuad{commit.ValueQuad(b.pieceWith(from), predicate, to)}}
				if _, err := b.DB.NewTxn().Mutate(t.Context(), m); err != nil {
					t.Fatal(err)
				}
			}
			finds := func(what string, findings int) {
				t.Helper()
				result, err := b.Check(t.Context())
				if err != nil || len(result.Findings) != findings || result.Findings[0].Kind != WrongText {
					t.Errorf("%s: %+v, %v", what, result, err)
				}
			}
			const plain = "The 5th Brigade moved to Bama.\n\nIts commander is Col. Ahmed Diri."
			change("The 5th Brigade", "text.piece", "The 6th Brigade")
			finds("a changed text", 2)
			change("The 6th Brigade", "text.piece", plain)
			change("The 5th Brigade", "text.words", " the 6th")
			finds("a changed index", 1)
			change("The 5th Brigade", "text.words", schema.NewText(plain).Pieces()[0].WordStarts())
			if left := b.count("has(text.key)"); left*2 != pieces {
				t.Errorf("%d pieces left of %d", left, pieces)
			}

			fewer := slices.DeleteFunc(slices.Clone(records), func(r *schema.Record) bool {
				return r.Dataset != "one" || r.Subject.XID == "doc:astral" || r.Subject.Name == "Ahmed Diri astral" ||
					r.Object.Name == "Whoever astral" ||
					r.Piece != nil && strings.HasPrefix(r.Piece.Content, "𐎠é")
			})
			b.killed(r, func(ctx context.Context, l *Loader) error {
				_, err := l.Load(ctx, sequence(fewer), Options{Dataset: "one", Replace: true})
				return err
			})
			b.holds("replaced, killed", expected(t, b.Ontology, nil, fewer))
			b.killed(r, func(ctx context.Context, l *Loader) error {
				_, err := l.Load(ctx, sequence(shuffled(r, records)), Options{})
				return err
			})
			b.holds("loaded again, killed", want)

			b.killed(r, func(ctx context.Context, l *Loader) error {
				_, err := l.Remove(ctx, "one", nil)
				if errors.As(err, new(*NoDatasetError)) { // it was killed behind its end
					return nil
				}
				return err
			})
			b.remove("two")
			b.holds("emptied", "")
			for _, of := range []string{"has(text.key)", "has(text.piece)", "has(text.words)"} {
				if left := b.count(of); left != 0 {
					t.Errorf("%d pieces left: %s", left, of)
				}
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

// markedDocuments returns documents and statements, each with the limits under which it may be seen, and the texts that
// may be seen only under others: a text counts as marked as highly as what stands and cites it, or is cited.
func markedDocuments(dataset string) (records []*schema.Record, limits map[*schema.Record]string) {
	const all = "TLP:CLEAR TLP:GREEN TLP:RED SECRET"
	limits = map[*schema.Record]string{}
	add := func(seen string, record *schema.Record) {
		records, limits[record] = append(records, record), seen
	}
	person := func(xid, marking string) *schema.Record {
		return &schema.Record{
			Kind: schema.EntityRecord, Dataset: dataset, Subject: schema.Ref{Type: "Person", XID: xid},
			Values: map[string][]schema.Value{"name": {{Text: "Name of " + xid}}, "marking": {{Text: marking}}},
		}
	}
	unmarked := person("test:ann", "")
	delete(unmarked.Values, "marking")
	add(all, unmarked)
	add("SECRET", person("test:secret", "SECRET"))
	for _, d := range []struct{ name, marking, seen, who, saidAs, said string }{
		{"clear", "", all, "test:ann", "", all},
		{"green", "TLP:GREEN", "TLP:GREEN TLP:RED", "test:ann", "", "TLP:GREEN TLP:RED"},
		{"secret", "SECRET", "SECRET", "test:ann", "", "SECRET"},
		{"cited", "", all, "test:ann", "TLP:RED", "TLP:RED"},
		{"about", "", all, "test:secret", "", "SECRET"},
	} {
		text := "Quoted" + d.name + " text, and " + strings.Repeat("hidden"+d.name+" ", 5)
		for _, record := range page(dataset, "doc:"+d.name, text) {
			seen := d.seen
			if record.Piece != nil {
				seen = d.said
			} else if d.marking != "" {
				record.Values["marking"] = []schema.Value{{Text: d.marking}}
			}
			add(seen, record)
		}
		statement := says(dataset, "", "", quotes("doc:"+d.name, "Quoted"+d.name))
		statement.Subject, statement.Object, statement.Marking = schema.Ref{XID: d.who}, schema.Ref{XID: "test:unit"}, d.saidAs
		add(d.said, statement)
	}
	return records, limits
}

// Laws 8 and 14: under each marking limit the export is that of what may be seen, and loads into the same; and nothing
// tells of what may not: no list, text, question or error differs from those of a graph that holds no more.
func TestLawsWithMarkedDocuments(t *testing.T) {
	b := newBench(t)
	records, limits := markedDocuments("one")
	others, more := markedDocuments("two") // the same texts
	maps.Copy(limits, more)
	records = append(records, others...)
	library, err := queries.Builtin(b.Ontology)
	if err != nil {
		t.Fatal(err)
	}
	where := regexp.MustCompile(`,"(file":"[^"]*"|row":\d+)`) // something was loaded from
	answers := func(limit string) (canonical, said string) {
		most, err := queries.ParseMaxMarking(limit)
		if err != nil {
			t.Fatal(err)
		}
		runner := &queries.Runner{DB: b.DB, Ontology: b.Ontology, Library: library, MaxMarking: most}
		var out, all strings.Builder
		if _, _, err := runner.Canonical(t.Context(), &out, ""); err != nil {
			t.Fatal(err)
		}
		tell := func(what string, answer any, err error) {
			text, wrong := json.Marshal(answer)
			text = where.ReplaceAll(text, nil)
			fmt.Fprintf(&all, "%s: %s %q %v\n", what, text, fmt.Sprint(err), wrong)
		}
		documents, _, err := runner.Documents(t.Context(), queries.DocumentList{})
		tell("documents", documents, err)
		for _, name := range []string{"clear", "green", "secret", "cited", "about", "nothing"} {
			document, err := runner.Document(t.Context(), "doc:"+name)
			tell(name, document, err)
			document, err = runner.Document(t.Context(), "About doc:"+name)
			tell("title "+name, document, err)
			for _, word := range []string{"Quoted" + name, "hidden" + name} {
				result, err := runner.Run(t.Context(), "text-in-evidence", map[string]string{"text": word}, queries.Ask{})
				tell(word, result, err)
			}
		}
		return strings.TrimSuffix(out.String(), "\n"), all.String()
	}
	b.load(records, Options{})
	canonical, said := map[string]string{}, map[string]string{}
	for _, limit := range []string{"TLP:CLEAR", "TLP:GREEN", "TLP:RED", "SECRET"} {
		canonical[limit], said[limit] = answers(limit)
		seen := slices.DeleteFunc(slices.Clone(records), func(r *schema.Record) bool {
			return !slices.Contains(strings.Fields(limits[r]), limit)
		})
		if want := expected(t, b.Ontology, nil, seen); canonical[limit] != want {
			t.Errorf("%s: %s", limit, firstDifference(canonical[limit], want))
		}
	}
	for limit, want := range canonical {
		for _, dataset := range []string{"one", "two"} {
			if _, err := b.Remove(t.Context(), dataset, nil); err != nil {
				t.Fatal(err)
			}
		}
		file := format.Stream("export.ndjson", strings.NewReader(want))
		if _, err := b.Load(t.Context(), format.Read(t.Context(), file, format.Options{}),
			Options{OnReject: func(bad *schema.RecordError) error { return bad }}); err != nil {
			t.Fatal(err)
		}
		b.holds("from the export up to "+limit, want)
		_, alone := answers(limit)
		for i, line := range strings.Split(alone, "\n") {
			if have := strings.Split(said[limit], "\n")[i]; have != line {
				t.Errorf("up to %s something is told of what is above: %s\nalone it is %s", limit, have, line)
			}
		}
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
