package queries_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries"
	"orbat/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { os.Exit(deploytest.Main(m)) }

// session is a migrated, empty database with everything that loads into it and asks it.
type session struct {
	testing.TB
	*queries.Runner
	loader *loader.Loader
	sent   *recorder
}

func newSession(t testing.TB) *session {
	t.Helper()
	conn := deploytest.Shared(t)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if ontology, err = loader.Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	// A second connection, on which everything that package queries sends is seen.
	cc, err := grpc.NewClient(conn.Target().Hosts[0], grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(256<<20)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cc.Close() })
	sent := &recorder{DgraphClient: api.NewDgraphClient(cc)}
	return &session{
		TB: t, sent: sent, loader: &loader.Loader{DB: conn, Ontology: ontology},
		Runner: &queries.Runner{DB: dgo.NewDgraphClient(sent), Ontology: ontology, Library: library},
	}
}

// remedy is what an error says would mend it: its hint, and what lists what may stand there.
func remedy(err error) string {
	f := schema.FaultOf(err)
	if f.See == "" {
		return f.Hint
	}
	return strings.TrimSpace(f.Hint + " see " + string(f.See))
}

// in returns the session to a subtest.
func (s *session) in(t testing.TB) *session {
	own := *s
	own.TB = t
	return &own
}

// recorder notes the texts of all queries.
type recorder struct {
	api.DgraphClient
	mu    sync.Mutex
	texts map[string]bool
	wrote bool

	refuse string // queries that hold this fail; empty: none
}

func (r *recorder) Query(ctx context.Context, in *api.Request, opts ...grpc.CallOption) (*api.Response, error) {
	r.mu.Lock()
	if r.texts == nil {
		r.texts = map[string]bool{}
	}
	r.texts[in.GetQuery()] = true
	r.wrote = r.wrote || !in.GetReadOnly() || len(in.GetMutations()) > 0
	refused := r.refuse != "" && strings.Contains(in.GetQuery(), r.refuse)
	r.mu.Unlock()
	if refused {
		return nil, errors.New("refused by the test")
	}
	return r.DgraphClient.Query(ctx, in, opts...)
}

// take returns the texts since the last take.
func (r *recorder) take() map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	texts := r.texts
	r.texts = map[string]bool{}
	return texts
}

// loadRecords loads and fails on a reject.
func (s *session) loadRecords(records iter.Seq2[*schema.Record, error], opts loader.Options) {
	s.Helper()
	opts.OnReject = func(bad *schema.RecordError) error { return bad }
	if _, err := s.loader.Load(s.Context(), records, opts); err != nil {
		s.Fatal(err)
	}
}

// load loads orbat NDJSON.
func (s *session) load(opts loader.Options, lines ...string) {
	s.Helper()
	in := format.Stream("test.ndjson", strings.NewReader(strings.Join(lines, "\n")))
	s.loadRecords(format.Read(s.Context(), in, format.Options{}), opts)
}

func (s *session) loadExample() {
	s.Helper()
	in := format.Stream("example.yaml", bytes.NewReader(loader.Example()))
	s.loadRecords(format.Read(s.Context(), in, format.Options{}), loader.Options{})
}

// list makes a sequence of records.
func list(records []*schema.Record) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// params reads "name=value" pairs.
func params(pairs ...string) map[string]string {
	m := map[string]string{}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		m[name] = value
	}
	return m
}

// ask answers a question, or fails.
func (s *session) ask(query string, pairs ...string) *queries.Result {
	s.Helper()
	result, err := s.Run(s.Context(), query, params(pairs...), queries.Ask{Evidence: true})
	if err != nil {
		s.Fatalf("%s %q: %v", query, pairs, err)
	}
	return result
}

// fails asks a question that has no answer.
func (s *session) fails(query string, pairs ...string) error {
	s.Helper()
	result, err := s.Run(s.Context(), query, params(pairs...), queries.Ask{})
	if err == nil {
		s.Fatalf("%s %q: no error but %s", query, pairs, asJSON(s, result))
	}
	return err
}

func (s *session) canonical(dataset string) []string {
	s.Helper()
	var out bytes.Buffer
	lines, err := queries.Canonical(s.Context(), s.DB, &out, dataset)
	if err != nil {
		s.Fatal(err)
	}
	if out.Len() == 0 {
		return nil
	}
	all := strings.SplitAfter(out.String(), "\n")
	all = all[:len(all)-1]
	if len(all) != lines {
		s.Fatalf("%d lines reported, %d written", lines, len(all))
	}
	return all
}

// graph drains an export: nodes and edges by id.
func (s *session) graph(dataset string) (nodes map[string]*queries.Node, edges map[string]*queries.Edge) {
	s.Helper()
	g := s.Export(s.Context(), dataset)
	nodes, edges = map[string]*queries.Node{}, map[string]*queries.Edge{}
	for n, err := range g.Nodes {
		if err != nil {
			s.Fatal(err)
		}
		if nodes[n.XID] != nil {
			s.Errorf("node %s twice", n.XID)
		}
		nodes[n.XID] = n
	}
	for e, err := range g.Edges {
		if err != nil {
			s.Fatal(err)
		}
		if edges[e.ID] != nil {
			s.Errorf("edge %s %s %s twice", e.From, e.Relation, e.To)
		}
		if nodes[e.From] == nil || nodes[e.To] == nil {
			s.Errorf("an end of %s %s %s is not among the nodes", e.From, e.Relation, e.To)
		}
		edges[e.ID] = e
	}
	return nodes, edges
}

func (s *session) check() *loader.CheckResult {
	s.Helper()
	result, err := s.loader.Check(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return result
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// golden compares with a file, or rewrites it.
func golden(t testing.TB, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s; look at it with: go test ./queries -update && git diff\n%s", file, got)
	}
}

// seeded returns a random source and prints its seed; ORBAT_SEED repeats a run.
func seeded(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any bits will do
	if text := os.Getenv("ORBAT_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("ORBAT_SEED: %v", err)
		}
		seed = n
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("repeat with ORBAT_SEED=%d go test ./queries -run '^%s$'", seed, t.Name())
		}
	})
	t.Logf("ORBAT_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // tests want to be repeated
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func sorted(texts []string) []string { return slices.Sorted(slices.Values(texts)) }
