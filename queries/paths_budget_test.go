package queries_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"google.golang.org/grpc"

	"orbat/loader"
	"orbat/queries"
)

// stalling answers so many looks of a search for paths, and then none before the time is over.
type stalling struct {
	api.DgraphClient
	answered int
	looks    int
}

func (d *stalling) Query(ctx context.Context, in *api.Request, opts ...grpc.CallOption) (*api.Response, error) {
	if _, timed := ctx.Deadline(); timed {
		if d.looks++; d.looks > d.answered {
			<-ctx.Done()
		}
	}
	return d.DgraphClient.Query(ctx, in, opts...)
}

// TestPathsOutOfTime stops a search after each of its looks: the answer says that it ran out and what it knows, and all
// of that is true.
func TestPathsOutOfTime(t *testing.T) {
	s := newSession(t)
	var lines []string
	relate := func(from, to string) {
		lines = append(lines, fmt.Sprintf(`{"relation":"associate_of","from":"t:%s","to":"t:%s","confidence":60}`, from, to))
	}
	relate("a", "b")
	relate("b", "c")
	relate("c", "d")
	relate("d", "e")
	relate("b", "x") // a second way of four
	relate("x", "d")
	s.load(loader.Options{}, lines...)
	runner := *s.Runner
	for _, filter := range []string{"", "min_confidence=50"} {
		for answered, done := 0, false; !done; answered++ {
			slow := &stalling{DgraphClient: s.sent, answered: answered}
			runner.DB = dgo.NewDgraphClient(slow)
			given := params("from=t:a", "to=t:e", "max_hops=5", "budget=1", "alternatives=2")
			if filter != "" {
				given["min_confidence"] = "50"
			}
			result, err := runner.Run(t.Context(), "shortest-path", given, queries.Ask{Evidence: true})
			if err != nil {
				t.Fatal(err)
			}
			done = slow.looks <= answered
			if answered > 30 {
				t.Fatal("it never ends")
			}
			said := strings.Join(result.Notes, " ")
			if ranOut := strings.HasPrefix(said, "Ran out of time after 1s, having reached "); ranOut == done || result.Truncated == done {
				t.Errorf("%q, %d looks answered: truncated %t, %q", filter, answered, result.Truncated, said)
			}
			for _, wrong := range []string{"no path of 4 hops", "no path of 5 hops"} {
				if strings.Contains(said, wrong) {
					t.Errorf("%q, %d looks answered: %q", filter, answered, said)
				}
			}
			for _, text := range chainsOf(s, result) {
				if text != "t:a -associate_of> t:b; t:b -associate_of> t:c; t:c -associate_of> t:d; t:d -associate_of> t:e; " &&
					text != "t:a -associate_of> t:b; t:b -associate_of> t:x; t:x <associate_of- t:d; t:d -associate_of> t:e; " {
					t.Errorf("%q, %d looks answered: %s", filter, answered, text)
				}
			}
			if done && len(result.Paths) != 2 {
				t.Errorf("%q: %d paths", filter, len(result.Paths))
			}
		}
	}
}

// TestPathsCost: what a search sends does not grow with a hub that the other end answers for, and a hub passed by is
// named.
func TestPathsCost(t *testing.T) {
	s := newSession(t)
	var lines []string
	relate := func(from, to string) {
		lines = append(lines, fmt.Sprintf(`{"relation":"associate_of","from":"t:%s","to":"t:%s"}`, from, to))
	}
	for i := range 300 {
		relate("hub", fmt.Sprintf("h%d", i))
	}
	relate("h1", "y1")
	relate("y1", "y2")
	relate("y2", "h2")
	s.load(loader.Options{}, lines...)
	for _, c := range []struct {
		args  string
		hops  int
		looks int
		note  string
	}{
		{"from=t:h1 to=t:h2", 2, 4, ""}, // types, both ends, what lies between; claims beside
		// and the middle is weighed
		{"from=t:h1 to=t:h2 max_links=100", 3, 8, "Passed by 1 entities with more than 100 links, such as t:hub."},
		{"from=t:hub to=t:y2", 2, 4, ""},
		{"from=t:h5 to=t:y2 max_hops=2", 0, 4, "No path within 2 hops."},
	} {
		counted := &stalling{DgraphClient: s.sent, answered: 1000}
		runner := *s.Runner
		runner.DB = dgo.NewDgraphClient(counted)
		result, err := runner.Run(t.Context(), "shortest-path", params(append(strings.Fields(c.args), "budget=600")...), queries.Ask{})
		if err != nil {
			t.Fatal(err)
		}
		hops := 0
		if len(result.Paths) > 0 {
			hops = len(result.Paths[0])
		}
		const evidence = 3 // names, decisions, claims
		if said := strings.Join(result.Notes, " "); hops != c.hops || counted.looks > c.looks+evidence || said != c.note {
			t.Errorf("%s: %d hops, %d looks, %q", c.args, hops, counted.looks, said)
		}
	}
	if result := s.ask("shortest-path", "from=t:h1", "to=t:h2", "not_types=Person"); len(result.Paths) != 1 {
		t.Errorf("nobody says what t:hub is: %d paths", len(result.Paths))
	}
	for param, want := range map[string]string{
		"types=Persn": `types: unknown type "Persn"`, "not_types=,": "not_types: names nothing", "not_relations=x": `not_relations: unknown relation "x"`,
	} {
		if err := s.fails("shortest-path", "from=t:h1", "to=t:h2", param); err.Error() != "shortest-path: "+want {
			t.Errorf("%s: %v", param, err)
		}
	}
}
