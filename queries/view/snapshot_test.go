package view_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

func TestMain(m *testing.M) { os.Exit(deploytest.Main(m)) }

// TestReads: one snapshot resolves a name, reads links and the claims behind them, and describes their ends; under a
// marking limit it takes no DQL as it is.
func TestReads(t *testing.T) {
	conn := deploytest.Shared(t)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if ontology, err = loader.Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	in := format.Stream("example.yaml", bytes.NewReader(loader.Example()))
	l := &loader.Loader{DB: conn, Ontology: ontology}
	if _, err := l.Load(t.Context(), format.Read(t.Context(), in, format.Options{}), loader.Options{}); err != nil {
		t.Fatal(err)
	}
	said, err := commanders(t.Context(), conn, ontology)
	if want := "[Brad Cooper Kenneth McKenzie Michael Kurilla]"; err != nil || said != want {
		t.Errorf("%s, %v; want %s", said, err, want)
	}
	limit, err := canned.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	s := view.Open(conn, ontology, canned.Filter{MinConfidence: -1}, view.Limits{Markings: []*canned.MaxMarking{limit}}, nil)
	if _, err := s.Unredacted(t.Context(), "{ q(func: has(xid)) { xid } }", nil); err != view.ErrUnredacted { //nolint:errorlint // as it is
		t.Errorf("DQL as it is, up to a limit: %v", err)
	}
	if s.Cost().Requests != 0 {
		t.Error("it was sent")
	}
}

// commanders returns who is said to have commanded a unit.
func commanders(ctx context.Context, db view.DB, ontology *schema.Ontology) (string, error) {
	s := view.Open(db, ontology, canned.Filter{MinConfidence: -1}, view.Limits{}, nil)
	unit, err := s.Resolve(ctx, "commanders", &canned.Param{Name: "unit"}, "CENTCOM", false)
	if err != nil {
		return "", err
	}
	edges, _, err := s.Along(ctx, []string{unit.UID}, nil, "~commands")
	if err != nil {
		return "", err
	}
	if edges, err = s.Prove(ctx, edges); err != nil {
		return "", err
	}
	var uids, names []string
	for _, e := range edges {
		uids = append(uids, e.FromUID)
	}
	nodes, err := s.Nodes(ctx, uids, false)
	for _, n := range nodes {
		names = append(names, n.Name)
	}
	slices.Sort(names)
	return fmt.Sprint(names), err
}
