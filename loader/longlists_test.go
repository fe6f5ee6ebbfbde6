package loader

import (
	"testing"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// Rebuilding the lists of edges backwards changes nothing that shows, and what a rebuild that was cut short left
// without them, the next load or rebuild makes.
func TestRebuildLists(t *testing.T) {
	b := newBench(t)
	b.load(postings(200), Options{})
	b.clean("loaded")
	cutShort := func() {
		if err := b.DB.Alter(t.Context(), &api.Operation{Schema: b.Ontology.Reversed()["claim.load"][1]}); err != nil {
			t.Fatal(err)
		}
	}
	for _, again := range []func() error{
		func() error { cutShort(); return b.RebuildLists(t.Context()) },
		func() error {
			cutShort()
			_, err := Migrate(t.Context(), b.DB, b.Ontology) // as every load does first
			return err
		},
	} {
		if err := again(); err != nil {
			t.Fatal(err)
		}
		b.clean("rebuilt")
		b.load([]*schema.Record{person("t:one", "One")}, Options{Replace: true, Dataset: "p"})
	}
	sets, err := b.Datasets(t.Context())
	if err != nil || len(sets) != 2 {
		t.Fatalf("%+v, %v", sets, err)
	}
}
