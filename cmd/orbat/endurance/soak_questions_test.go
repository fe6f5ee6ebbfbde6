//go:build unix

package endurance_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"orbat/queries"
)

// ask asks one question; nil where the round has ended meanwhile, it asks about what nobody speaks of yet, or any more,
// or it failed.
func (s *soak) ask(ctx context.Context, t *testing.T, name string, params map[string]string) *queries.Result {
	result, err := s.runner.Run(ctx, name, params, queries.Ask{})
	if ctx.Err() != nil {
		return nil
	}
	s.questions.Add(1)
	var unknown *queries.UnknownEntityError
	if errors.As(err, &unknown) && len(unknown.Of) == 0 && !s.touched[unknown.Text] {
		return nil
	}
	if err != nil {
		t.Errorf("%s %v: %v", name, params, err)
		return nil
	}
	if slices.ContainsFunc(result.Notes, func(note string) bool { return strings.HasPrefix(note, "This may lack something") }) {
		s.unsettled.Add(1)
		return nil
	}
	return result
}

// stillAnswers asks all that is asked of what nobody changes.
func (s *soak) stillAnswers(ctx context.Context, t *testing.T) (answers []string) {
	for _, q := range []struct {
		name   string
		params map[string]string
	}{
		{"commanders-of-unit", map[string]string{"unit": "still:u0"}},
		{"commanders-of-unit", map[string]string{"unit": "still:u1", "as_of": "1999-07"}},
		{"career", map[string]string{"person": "still:p0"}},
		{"ego-network", map[string]string{"entity": "still:u0", "depth": "2"}},
		{"ego-network", map[string]string{"entity": "still:p3", "depth": "2", "from": "1995", "to": "2001"}},
		{"served-together", map[string]string{"person": "still:p1"}},
		{"superiors-of-person", map[string]string{"person": "still:p1"}},
		{"shortest-path", map[string]string{"from": "still:p0", "to": "still:p9"}},
		{"common-neighbours", map[string]string{"first": "still:p0", "second": "still:p9"}},
		{"connect-set", map[string]string{"entities": "still:p2; still:p5; still:p8"}},
		{"entity-card", map[string]string{"entity": "still:p4"}},
		{"corroboration", map[string]string{"entity": "still:u2"}},
		{"conflicting-claims", map[string]string{"entity": "still:u0"}},
		{"weak-and-stale", map[string]string{"entity": "still:p0"}},
	} {
		params := maps.Clone(q.params)
		params["dataset"] = "still"
		result := s.ask(ctx, t, q.name, params)
		if result == nil {
			return nil
		}
		text, err := json.Marshal(result)
		if err != nil {
			t.Errorf("%s: %v", q.name, err)
		}
		answers = append(answers, string(text))
	}
	return answers
}

// asksStill holds the answers of what nobody changes against those of the beginning.
func (s *soak) asksStill(ctx context.Context, t *testing.T) {
	for i, answer := range s.stillAnswers(ctx, t) {
		if answer != s.still[i] {
			t.Errorf("nobody has changed what this asks for, yet it was %.2000s\nand is %.2000s", s.still[i], answer)
		}
	}
}

// asksMoving asks about what changes: what it answers, somebody says.
func (s *soak) asksMoving(ctx context.Context, t *testing.T, r *rand.Rand, said map[string][]*soakClaim) {
	unit := fmt.Sprintf("test:u%d", r.IntN(25))
	for _, params := range []map[string]string{
		{"entity": unit, "depth": "1", "limit": "10000"},
		{"entity": unit, "depth": "2", "limit": "500", "as_of": fmt.Sprint(1992 + r.IntN(18))},
	} {
		result := s.ask(ctx, t, "ego-network", params)
		if result == nil {
			continue
		}
		for _, e := range result.Edges {
			if len(said[e.From+" "+e.Relation+" "+e.To]) == 0 {
				t.Errorf("%v: nobody says that %s %s %s", params, e.From, e.Relation, e.To)
			}
		}
	}
	begun := time.Now()
	err := s.runner.Anew(func() error {
		begun = time.Now()
		graph := s.runner.Export(ctx, "")
		for _, err := range graph.Nodes {
			if err != nil {
				return err
			}
		}
		for e, err := range graph.Edges {
			if err != nil {
				return err
			}
			if len(said[e.From+" "+e.Relation+" "+e.To]) == 0 {
				t.Errorf("export: nobody says that %s %s %s", e.From, e.Relation, e.To)
			}
		}
		return nil
	})
	s.exports.Add(1)
	if ctx.Err() == nil && !s.less(err) {
		t.Errorf("export, after %s: %v", time.Since(begun), err)
	}
}

// less reports whether an error is none, or only says that the others loaded for longer than the database keeps what
// was before, which happens on a machine that has other things to do: it is counted.
func (s *soak) less(err error) bool {
	if errors.As(err, new(*queries.LessError)) {
		s.unsettled.Add(1)
		return true
	}
	return err == nil
}
