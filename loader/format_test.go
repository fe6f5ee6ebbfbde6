package loader

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/deploy/deploytest"
	"orbat/loader/commit"
	"orbat/loader/format"
	"orbat/schema"
)

// testdata/format1 is a graph as the last orbat of format 1 left it: Dgraph's own export of it, and the canonical
// export that this orbat made. It holds values in two spellings each, by a mapping that wrote & as \u0026 and by files:
// side by side, retracted, standing again, rejected by the key of one spelling, of both; decisions with texts in two
// spellings; three units made one.
func format1(t *testing.T, conn DB) {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("testdata", "format1", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if err := conn.Alter(t.Context(), &api.Operation{Schema: read("schema.dql")}); err != nil {
		t.Fatal(err)
	}
	blank := regexp.MustCompile(`<(0x[0-9a-f]+)>`).ReplaceAllString(read("graph.rdf"), "_:n$1")
	if _, err := conn.NewTxn().Mutate(t.Context(), &api.Mutation{CommitNow: true, SetNquads: []byte(blank)}); err != nil {
		t.Fatal(err)
	}
}

// dying is a database of a program that is killed when it begins one more transaction than it may.
type dying struct {
	DB
	left atomic.Int64
	kill context.CancelFunc
}

func (d *dying) NewTxn() *dgo.Txn {
	if d.left.Add(-1) < 0 {
		d.kill()
	}
	return d.DB.NewTxn()
}

// Law 18: a graph of format 1 is repaired, and is then what a load of the same data into an empty database makes; so it
// is wherever the repair was cut short.
func TestLaw18Format1(t *testing.T) {
	conn := deploytest.Shared(t)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	want := freshlyLoaded(t, conn, ontology)
	loadsOf := func(b *bench) []string {
		sets, err := b.Datasets(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var loads []string
		for _, set := range sets {
			for _, load := range set.Loads {
				loads = append(loads, set.Name+" "+load.ID)
				if !load.whole {
					t.Errorf("the journal of %s is given up", load.ID)
				}
			}
		}
		return loads
	}

	deploytest.Empty(t, conn)
	format1(t, conn)
	b := &bench{Loader: &Loader{DB: conn, Ontology: ontology}, t: t}
	if found, err := b.Check(t.Context()); err != nil || len(found.Findings) != 1 || found.Findings[0].Kind != OldFormat {
		t.Fatalf("before: %+v, %v", found, err)
	}
	if _, err := b.Load(t.Context(), sequence(nil), Options{Plan: true}); !errors.As(err, new(*OlderFormatError)) {
		t.Errorf("a plan counts what a load, which repairs first, does not: %v", err)
	}
	var steps []string
	b.OnRepair = func(step string) { steps = append(steps, step) }
	if b.Ontology, err = b.Migrate(t.Context(), ontology); err != nil {
		t.Fatal(err)
	}
	repaired := b.canonical()
	b.clean("repaired")
	loads := strings.Join(loadsOf(b), "\n")
	if len(steps) != 4 || len(loads) == 0 {
		t.Errorf("the steps are %v, the loads %v", steps, loads)
	}
	if have := withoutRejections(repaired); have != want {
		t.Fatalf("repaired: %s", firstDifference(have, want))
	}
	for _, line := range strings.Split(repaired, "\n") {
		key := regexp.MustCompile(`"claim":"([^"]*)"`).FindStringSubmatch(line)
		if len(key) == 2 && b.count(`eq(claim.key, "`+key[1]+`")`) != 1 {
			t.Errorf("a rejection names no claim: %s", line)
		}
	}
	if strings.Count(repaired, `"decision":"reject"`) != 3 {
		t.Errorf("the rejections are\n%s", repaired)
	}
	if m, err := PlanMigration(t.Context(), conn, ontology); err != nil || m.needed || len(m.Repairs) > 0 {
		t.Errorf("repaired, and still something to do: %+v, %v", m, err)
	}
	b.remove("staff")
	b.remove("decisions")
	b.clean("without a data set")

	t.Run("killed", func(t *testing.T) {
		deploytest.Empty(t, conn)
		format1(t, conn)
		b.migrateDying(&Loader{rewrites: 2})
		if have := b.canonical(); have != repaired {
			t.Fatalf("killed and gone on with: %s", firstDifference(have, repaired))
		}
		b.clean("killed and gone on with")
		if have := strings.Join(loadsOf(b), "\n"); have != loads {
			t.Errorf("the loads are %s", have)
		}
	})
	t.Run("by a removal", func(t *testing.T) { // by which nobody thinks of migrating
		deploytest.Empty(t, conn)
		format1(t, conn)
		b := &bench{Loader: &Loader{DB: conn}, t: t}
		if b.Ontology, err = Applied(t.Context(), conn); err != nil {
			t.Fatal(err)
		}
		if !b.Ontology.Relation("within").Timeless {
			t.Error("before the repair, within is not timeless")
		}
		b.remove("amp")
		b.clean("after a removal")
	})
}

// Law 18: a graph of format 2, which knew of no rivals among values and let others win, shows what a fresh load makes,
// wherever the repair was cut short.
func TestLaw18Format2(t *testing.T) {
	for _, seed := range seeds(t, 1) {
		b := newBench(t)
		records := newWorld(seed, "one", "two").records(250)
		b.load(records, Options{})
		want := expected(t, b.Ontology, nil, records)
		const q = `{ q(func: has(entity.differs)) { uid } rank(func: has(rank)) { uid } }`
		var found struct{ Q, Rank []struct{ UID string } }
		if err := b.graph().Ask(t.Context(), "find rivals", q, nil, &found); err != nil || len(found.Q) == 0 || len(found.Rank) == 0 {
			t.Fatalf("seed %d: no rivals to lose: %v", seed, err)
		}
		before := &api.Mutation{CommitNow: true}
		for _, n := range found.Q {
			before.Del = append(before.Del, commit.StarQuad(n.UID, schema.DiffersPredicate))
		}
		for _, n := range found.Rank {
			before.Set = append(before.Set, commit.ValueQuad(n.UID, "rank", "another that won"))
		}
		meta, err := b.graph().Meta(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		before.Set = append(before.Set, commit.ValueQuad(meta.UID, "orbat.format", "2"))
		if _, err := b.DB.NewTxn().Mutate(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		if found, err := b.Check(t.Context()); err != nil || len(found.Findings) != 1 || found.Findings[0].Kind != OldFormat {
			t.Fatalf("seed %d: before: %+v, %v", seed, found, err)
		}
		steps := b.migrateDying(&Loader{})
		b.holds(fmt.Sprintf("seed %d: brought up to date", seed), want)
		if len(steps) != 2 {
			t.Errorf("the steps are %v", steps)
		}
	}
}

// Law 18: the texts of a graph of format 3, which had no index, have that of a fresh load, wherever the repair was cut
// short.
func TestLaw18Format3(t *testing.T) {
	b := newBench(t)
	records := documents("one", "two")
	b.load(records, Options{})
	want := b.canonical()
	indexed := b.count("has(text.words)")
	var found struct{ Q []struct{ UID string } }
	if err := b.graph().Ask(t.Context(), "find texts", "{ q(func: has(text.words)) { uid } }", nil, &found); err != nil || indexed == 0 {
		t.Fatalf("%d texts have an index: %v", indexed, err)
	}
	meta, err := b.graph().Meta(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := &api.Mutation{CommitNow: true, Set: []*api.NQuad{commit.ValueQuad(meta.UID, "orbat.format", "3")}}
	for _, n := range found.Q {
		before.Del = append(before.Del, commit.StarQuad(n.UID, "text.words"))
	}
	if _, err := b.DB.NewTxn().Mutate(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	if found, err := b.Check(t.Context()); err != nil || len(found.Findings) != 1 || found.Findings[0].Kind != OldFormat {
		t.Fatalf("before: %+v, %v", found, err)
	}
	steps := b.migrateDying(&Loader{})
	b.holds("brought up to date", want)
	if now := b.count("has(text.words)"); now != indexed {
		t.Errorf("%d texts have an index; there were %d", now, indexed)
	}
	if len(steps) != 1 {
		t.Errorf("the steps are %v", steps)
	}
}

// freshlyLoaded returns the canonical export of what the old orbat exported, loaded into an empty database; without
// rejections, which name claims by their old keys.
func freshlyLoaded(t *testing.T, conn DB, ontology *schema.Ontology) string {
	t.Helper()
	b := &bench{Loader: &Loader{DB: conn, Ontology: ontology}, t: t}
	var err error
	if b.Ontology, err = Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "format1", "export.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	file := format.Stream("export.ndjson", strings.NewReader(withoutRejections(string(text))))
	if _, err := b.Load(t.Context(), format.Read(t.Context(), file, format.Options{}),
		Options{OnReject: func(bad *schema.RecordError) error { return bad }}); err != nil {
		t.Fatal(err)
	}
	b.clean("freshly loaded")
	return b.canonical()
}

func withoutRejections(export string) string {
	return regexp.MustCompile(`(?m)^.*"decision":"reject".*\n?`).ReplaceAllString(export, "")
}

// migrateDying has a loader bring the graph up to date that is killed again and again, one transaction further each
// time, on what the one before has left; it returns the steps that were taken.
func (b *bench) migrateDying(l *Loader) (steps []string) {
	b.t.Helper()
	l.OnRepair = func(step string) { steps = append(steps, step) }
	for n := int64(1); n <= 200; n++ {
		ctx, kill := context.WithCancel(b.t.Context())
		db := &dying{DB: b.DB, kill: kill}
		db.left.Store(n)
		l.DB = db
		_, err := l.Migrate(ctx, b.Ontology)
		kill()
		if err == nil {
			b.t.Logf("done with at most %d transactions at once", n)
			return slices.Compact(steps)
		}
	}
	b.t.Fatal("it never ends")
	return nil
}
