package loader

import (
	"fmt"
	"iter"
	"testing"
	"time"

	"orbat/deploy/deploytest"
	"orbat/schema"
)

func seq(recs []*schema.Record) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		for _, r := range recs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestSmoke(t *testing.T) {
	conn := deploytest.Shared(t)
	o, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	o, err = Migrate(t.Context(), conn.Dgraph, o)
	if err != nil {
		t.Fatal(err)
	}
	l := &Loader{DB: conn.Dgraph, Ontology: o}
	n := 30000
	var recs []*schema.Record
	for i := range n {
		recs = append(recs, &schema.Record{Kind: schema.EntityRecord, Subject: schema.Ref{Type: "Person", ID: fmt.Sprint("p", i)},
			Values: map[string][]schema.Value{"name": {{Text: fmt.Sprint("Person Number ", i)}}, "rank": {{Text: "General"}}}, Pos: schema.Position{File: "a", Line: i + 1}})
		for k := range 2 {
			recs = append(recs, &schema.Record{Kind: schema.RelationRecord, Predicate: "associate_of", Subject: schema.Ref{ID: fmt.Sprint("p", i)}, Object: schema.Ref{ID: fmt.Sprint("p", (i*7+k*13+1)%n)},
				Says: schema.Says{Period: "2014/2015", Confidence: "80"}, Pos: schema.Position{File: "a", Line: i + 1}})
		}
	}
	for range 2 {
		start := time.Now()
		rep, err := l.Load(t.Context(), seq(recs), Options{Dataset: "d"})
		t.Logf("%+v %v %v", rep, err, time.Since(start))
		if err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	c, err := l.Check(t.Context())
	t.Log(time.Since(start))
	if err != nil {
		t.Fatal(err)
	}
	t.Log(c.Claims, c.Entities, c.Edges, c.Dangling, len(c.Findings))
	for i, f := range c.Findings {
		if i < 10 {
			t.Log(f)
		}
	}
	start = time.Now()
	rep, err := l.Remove(t.Context(), "d", nil)
	t.Logf("%+v %v %v", rep, err, time.Since(start))
	c, err = l.Check(t.Context())
	t.Log(c, err)
}
