package loader

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/loader/commit"
	"orbat/loader/validate"
	"orbat/schema"
)

// What RDF renders shows, in an empty database, what a load of the same records shows. Dgraph's server reads it with
// the parser that its live and bulk loaders have; the benchmark's test runs the live loader itself.
func TestRDFShowsWhatALoadShows(t *testing.T) {
	for _, seed := range seeds(t, 2) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			records := newWorld(seed, "one", "two").records(200)
			records = append(records, oddText("one"))
			v := validate.Validator{Ontology: b.Ontology}
			rejected, err := v.Claims(records[0])
			if err != nil {
				t.Fatal(err)
			}
			records = append(records,
				&schema.Record{
					Kind: schema.DecisionRecord, Predicate: schema.Same, Subject: schema.Ref{XID: "test:Person-1"},
					Object: schema.Ref{XID: "test:Person-2"},
				},
				&schema.Record{Kind: schema.DecisionRecord, Predicate: schema.Reject, Value: rejected[0].Key()},
			)
			var out bytes.Buffer
			count, err := (&RDF{Ontology: b.Ontology}).Write(t.Context(), &out, sequence(records))
			if err != nil {
				t.Fatal(err)
			}
			if lines := bytes.Count(out.Bytes(), []byte("\n")); lines != count.Quads || count.Records != len(records) || count.Loads != 3 {
				t.Errorf("%d lines, counted %+v", lines, count)
			}
			txn := b.DB.NewTxn()
			if _, err := txn.Mutate(t.Context(), &api.Mutation{SetNquads: out.Bytes(), CommitNow: true}); err != nil {
				t.Fatal(err)
			}
			b.holds("by RDF", expected(t, b.Ontology, nil, records))
			if check := b.clean("by RDF"); check.Claims != count.Claims || check.Edges != count.Edges {
				t.Errorf("checked %+v, wrote %+v", check, count)
			}
			if report := b.load(records, Options{}); report.Claims.Created != 0 || report.Claims.Unchanged == 0 {
				t.Errorf("a load after it wrote claims: %+v", report.Claims)
			}
			b.remove("one")
			b.remove("two")
			b.remove(schema.DecisionsDataset)
			b.holds("removed", "")
		})
	}
}

func oddText(dataset string) *schema.Record {
	odd := "tab\t, line\r\nand \\ \"quoted\" \\u0041 \a\v\x01\x7f <b> _:x . # \u2028 €😀"
	return &schema.Record{
		Kind: schema.RelationRecord, Dataset: dataset, Predicate: "commands",
		Subject: schema.Ref{XID: "test:a \"b\" <c> \\u0020 é"}, Object: schema.Ref{XID: "test:z"},
		Values: map[string][]schema.Value{"role": {{Text: "x = (y), z"}}},
		Extra:  map[string]string{"x_odd": `"a\\b\n"`},
		Provenance: schema.Provenance{
			Period: "~0001/9999-12-31", Method: odd, Marking: commit.Star,
			Cites: []schema.Cite{{Quote: odd, Locator: ")"}},
		},
	}
}

func TestRDFByXID(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	records := newWorld(1, "one").records(100)
	for _, rec := range records {
		for _, ref := range []*schema.Ref{&rec.Subject, &rec.Object, &rec.AttributedTo} {
			if ref.Name != "" { // a name with a space would be an xid with one
				ref.XID, ref.Name = "test:"+strings.ReplaceAll(ref.Name, " ", ""), ""
			}
		}
	}
	var named, blank bytes.Buffer
	byXID, err := (&RDF{Ontology: ontology, ByXID: true}).Write(t.Context(), &named, sequence(records))
	if err != nil {
		t.Fatal(err)
	}
	byLabel, err := (&RDF{Ontology: ontology}).Write(t.Context(), &blank, sequence(records))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(named.String(), "_:") || strings.Contains(named.String(), "<xid>") || strings.Contains(blank.String(), "<test:") {
		t.Error("names of both kinds")
	}
	if byXID.Quads+byXID.Nodes != byLabel.Quads || byXID.Nodes != strings.Count(blank.String(), " <xid> ") {
		t.Errorf("by xid %+v, by label %+v", byXID, byLabel)
	}
	_, err = (&RDF{Ontology: ontology, ByXID: true}).Write(t.Context(), &named, sequence([]*schema.Record{oddText("one")}))
	if err == nil || !strings.Contains(err.Error(), "no IRI") {
		t.Errorf("an xid that is no IRI: %v", err)
	}
}

func TestRDFRejects(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	records := []*schema.Record{{Kind: schema.RelationRecord, Predicate: "no_such"}, oddText("one")}
	var out bytes.Buffer
	_, err = (&RDF{Ontology: ontology}).Write(t.Context(), &out, sequence(records))
	if bad := badRecord(t, err); bad.Column != "relation" {
		t.Errorf("rejected for another reason: %v", bad)
	}
	told := 0
	count, err := (&RDF{Ontology: ontology, OnReject: func(*schema.RecordError) error { told++; return nil }}).Write(t.Context(), &out,
		sequence(records))
	if err != nil || told != 1 || count.Records != 1 || count.Claims != 1 {
		t.Errorf("told of %d, wrote %+v, %v", told, count, err)
	}
	stop := errors.New("stop")
	_, err = (&RDF{Ontology: ontology, OnReject: func(*schema.RecordError) error { return stop }}).Write(t.Context(), &out,
		sequence(records))
	if !errors.Is(err, stop) {
		t.Errorf("want the error of Rejected, have %v", err)
	}
}

// RDF takes its input as a load does: a notice is passed on and rejects nothing, and what was read is counted.
func TestRDFNotices(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	odd, most := &schema.Notice{Fault: schema.Fault{Reason: "odd"}}, 1
	input := func(yield func(*schema.Record, error) bool) {
		_ = yield(nil, odd) && yield(oddText("one"), nil) && yield(nil, &schema.RecordError{}) && yield(nil, odd)
	}
	var out bytes.Buffer
	var progress Progress
	told, rejected := 0, 0
	rdf := &RDF{
		Ontology: ontology, MaxRejects: &most, Progress: func(p Progress) { progress = p },
		OnNotice: func(*schema.Notice) error { told++; return nil }, OnReject: func(*schema.RecordError) error { rejected++; return nil },
	}
	count, err := rdf.Write(t.Context(), &out, input)
	if err != nil || told != 2 || rejected != 1 || count.Notices != 2 || count.Rejected != 1 || count.Records != 1 ||
		progress.Records != 2 || progress.Rejected != 1 {
		t.Errorf("told of %d, rejected %d, wrote %+v, showed %+v: %v", told, rejected, count, progress, err)
	}
	most = 0
	var many *TooManyRejectsError
	if _, err = rdf.Write(t.Context(), &out, input); !errors.As(err, &many) {
		t.Errorf("more is rejected than may be: %v", err)
	}
}
