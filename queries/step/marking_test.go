package step

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

func TestMain(m *testing.M) { os.Exit(deploytest.Main(m)) }

// marked is a graph in which all that says hidden is above TLP:GREEN: an entity, and a claim between two that are not.
const marked = `{"type":"Person","xid":"t:alice","name":"Alice"}
{"type":"Unit","xid":"t:unit","name":"Unit"}
{"type":"Unit","xid":"t:shared","name":"Shared"}
{"type":"Person","xid":"t:hidden","name":"Hidden One","marking":"TLP:RED"}
{"relation":"commands","from":"t:hidden","to":"t:unit","role":"hidden role"}
{"relation":"commands","from":"t:alice","to":"t:unit","role":"known role"}
{"relation":"posted_to","from":"t:alice","to":"t:unit","marking":"TLP:RED","role":"hidden post"}
{"relation":"posted_to","from":"t:alice","to":"t:shared","role":"known post"}
{"relation":"posted_to","from":"t:hidden","to":"t:shared","role":"hidden share"}`

// careless are steps of somebody who has not thought of markings: each shows all that one kind of read gives it.
func careless() map[string]func(ctx context.Context, x *Execution) ([]Row, error) {
	text := func(said ...any) Row {
		written, _ := json.Marshal(said) //nolint:errchkjson // a test's
		return Row{Of: string(written)}
	}
	entities := func(ctx context.Context, x *Execution) (all []view.Candidate, uids []string, err error) {
		for page, err := range x.EntitiesWith(ctx, "entity.type") {
			if err != nil {
				return nil, nil, err
			}
			for _, c := range page {
				all, uids = append(all, c), append(uids, c.UID)
			}
		}
		return all, uids, nil
	}
	along := func(ctx context.Context, x *Execution) ([]*view.GraphEdge, error) {
		_, uids, err := entities(ctx, x)
		if err != nil {
			return nil, err
		}
		return x.along(ctx, uids, view.BothWays([]string{"commands", "posted_to"})...)
	}
	return map[string]func(ctx context.Context, x *Execution) ([]Row, error){
		"DQL as it is": func(ctx context.Context, x *Execution) ([]Row, error) {
			answer, err := x.Unredacted(ctx, "{ q(func: has(xid)) { xid name ~claim.subject @facets { uid } } }", nil)
			return []Row{text(string(answer))}, err
		},
		"entities by uid": func(ctx context.Context, x *Execution) ([]Row, error) {
			all, uids, err := entities(ctx, x)
			return []Row{{Also: uids, Of: ""}, text(all)}, err
		},
		"nodes": func(ctx context.Context, x *Execution) ([]Row, error) {
			_, uids, err := entities(ctx, x)
			if err != nil {
				return nil, err
			}
			nodes, err := x.Nodes(ctx, uids, true)
			return []Row{text(nodes)}, err
		},
		"names": func(ctx context.Context, x *Execution) ([]Row, error) {
			known, err := x.LookUp(ctx, "Hidden One")
			if err != nil {
				return nil, err
			}
			like, err := x.Suggest(ctx, "Hidden", 100)
			return []Row{text(known, like)}, err
		},
		"claims": func(ctx context.Context, x *Execution) (rows []Row, err error) {
			all, _, err := entities(ctx, x)
			if err != nil {
				return nil, err
			}
			for _, c := range all {
				claims, _, err := x.ClaimsAt(ctx, c, "claim.subject", "claim.object")
				if err != nil {
					return nil, err
				}
				for _, claim := range claims {
					rows = append(rows, text(claim.Subject, claim.Predicate, claim.Object, claim.Values, claim.Evidence))
				}
			}
			return rows, nil
		},
		"edges drawn without proof": func(ctx context.Context, x *Execution) ([]Row, error) {
			edges, err := along(ctx, x)
			x.draw(edges...)
			return nil, err
		},
		"edges told without proof": func(ctx context.Context, x *Execution) (rows []Row, err error) {
			edges, err := along(ctx, x)
			for _, e := range edges {
				rows = append(rows, text(e.From, e.Relation, e.To, e.Confidence, e.Show(true)))
			}
			return rows, err
		},
		"edges made up": func(ctx context.Context, x *Execution) ([]Row, error) {
			all, _, err := entities(ctx, x)
			for _, from := range all {
				for _, to := range all {
					x.draw(x.EdgeBetween(from, "posted_to", to))
				}
			}
			return nil, err
		},
		"ties of the topology": func(ctx context.Context, x *Execution) (rows []Row, err error) {
			t := view.NewTopology(x.Snapshot, []string{"commands", "posted_to"})
			_, uids, err := entities(ctx, x)
			if err != nil {
				return nil, err
			}
			var ties []view.Tie
			for _, uid := range uids {
				from, err := view.ParseUID(uid)
				if err != nil {
					return nil, err
				}
				found, err := t.Links(ctx, []uint64{from}, 100, false)
				if err != nil {
					return nil, err
				}
				for _, n := range found {
					rows = append(rows, text(n))
					for _, l := range n.Links {
						for _, to := range l.UIDs {
							if !l.Reverse {
								ties = append(ties, view.Tie{From: n.UID, To: to, Relation: l.Relation})
							}
						}
					}
				}
			}
			edges, err := t.Prove(ctx, ties)
			x.draw(edges...)
			return rows, err
		},
	}
}

// TestCarelessSteps: a step that somebody adds without a thought for markings is refused under a limit, or shows what
// may be seen, whatever it reads; without a limit it shows what it reads.
func TestCarelessSteps(t *testing.T) {
	conn := deploytest.Shared(t)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if ontology, err = loader.Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	l := &loader.Loader{DB: conn, Ontology: ontology}
	in := format.Stream("test.ndjson", strings.NewReader(marked))
	if report, err := l.Load(t.Context(), format.Read(t.Context(), in, format.Options{}), loader.Options{}); err != nil ||
		report.Rejected > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	limit, err := canned.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	library := canned.NewLibrary(ontology, Signatures())
	q, err := canned.Parse("careless.dql",
		"# name: careless\n# purpose: p\n# shape: table\n# columns: [text]\n# example: e\n{ q(func: uid(0x1)) { uid } }", ontology,
		Signatures())
	if err != nil {
		t.Fatal(err)
	}
	library.Put(q)
	refused := 0
	for what, run := range careless() {
		s := Step{Name: "careless", Columns: columns(column[string]{"text", func(_ names, of string) string { return of }}), Run: run}
		ask := func(limit *canned.MaxMarking) (string, error) {
			values, err := q.Read(map[string]string{"limit": "1000"})
			if err != nil {
				t.Fatal(err)
			}
			snapshot := view.Open(conn, ontology, values.Filter, view.Limits{Markings: []*canned.MaxMarking{limit}}, nil)
			result, err := s.answer(t.Context(), snapshot, q, values,
				Options{Evidence: true, Full: true})
			written, _ := json.Marshal(result) //nolint:errchkjson // a test's
			return strings.ToLower(string(written)), err
		}
		whole, err := ask(nil)
		if err != nil || what != "names" && !strings.Contains(whole, "alice") ||
			!strings.Contains(whole, "hidden") && what != "edges made up" {
			t.Errorf("%s: without a limit: %v, %s", what, err, whole)
		}
		seen, err := ask(limit)
		if bad := (*canned.ParamError)(nil); errors.As(err, &bad) && bad.Column == "max_marking" {
			refused++
			continue
		}
		if err != nil || strings.Contains(seen, "hidden") {
			t.Errorf("%s: up to %s: %v, %s", what, limit, err, seen)
		}
	}
	if refused < 2 {
		t.Errorf("%d are refused", refused)
	}
}

// TestColumns: every column of every step says what fills it, and no two of a step have one name.
func TestColumns(t *testing.T) {
	for _, s := range Steps() {
		known := map[string]bool{}
		for _, c := range s.Columns {
			if c.Cell == nil || c.Name == "" || known[c.Name] {
				t.Errorf("%s: column %q", s.Name, c.Name)
			}
			known[c.Name] = true
		}
		if s.Run == nil || s.Doc == "" || named(s.Name).Doc != s.Doc {
			t.Errorf("step %q", s.Name)
		}
	}
}
