package mcp

import (
	"strconv"
	"testing"
	"time"

	"orbat/queries"
)

// As many rows as a question may be asked for are cut in time: nothing interrupts that.
func TestManyRowsAreCutInTime(t *testing.T) {
	const n = 100_000
	r := &queries.Result{Query: "q", Shape: "table", Columns: []string{"name"}}
	for i := range n {
		xid := "t:" + strconv.Itoa(i)
		r.Nodes = append(r.Nodes, &queries.Node{XID: xid, Name: "name " + xid})
		r.Edges = append(r.Edges, &queries.Edge{ID: "e" + xid, From: xid, Relation: "within", To: "t:0"})
		r.Rows = append(r.Rows, []string{"name " + xid})
		r.RowEdge = append(r.RowEdge, "e"+xid)
	}
	done := make(chan *answer, 1)
	go func() { done <- answerOf(&queries.Query{}, r) }()
	select {
	case a := <-done:
		if a.main != n || len(a.units) != 3*n {
			t.Errorf("%d rows in %d units", a.main, len(a.units))
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it takes the square of them")
	}
}

// The rows of a question are bounded here as everywhere.
func TestRowsAreBounded(t *testing.T) {
	f := New(Options{Rows: 10})
	const spaced = " 11 "
	for limit, refused := range map[string]bool{"": false, "10": false, "11": true, spaced: true, "many": false} {
		if err := f.boundRows(&queries.Query{}, map[string]string{"limit": limit}); (err != nil) != refused {
			t.Errorf("%q: %v", limit, err)
		}
	}
}
