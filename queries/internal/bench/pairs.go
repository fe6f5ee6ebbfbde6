package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/queries"
)

// path is the answer for one pair.
type path struct {
	hops    int // of the shortest chain; 0: none was found
	elapsed time.Duration
	ranOut  bool // it says that the time was too short
	late    bool // it took longer than the budget and does not say so
}

// pathsUnder asks for the paths between the same random pairs by one set of rules.
type pathsUnder struct {
	name   string
	params map[string]string
	paths  []path
}

func pathContests() []*pathsUnder {
	return []*pathsUnder{
		{name: "none"},
		{name: "`as_of=2010 min_confidence=50`", params: map[string]string{"as_of": "2010", "min_confidence": "50"}},
		{name: "`max_links=2000`", params: map[string]string{"max_links": "2000"}},
		{name: "`alternatives=20`", params: map[string]string{"alternatives": "20"}},
	}
}

func (u *pathsUnder) ask(ctx context.Context, db *database, c crowd, pairs int, budget time.Duration) error {
	r := rand.New(rand.NewPCG(c.seed, 2)) //nolint:gosec // the same pairs again are wanted
	for range pairs {
		from, to := c.entity(r.IntN(c.entities())), c.entity(r.IntN(c.entities()))
		params := map[string]string{"from": from, "to": to, "max_hops": "4", "budget": strconv.Itoa(int(budget.Seconds()))}
		for name, value := range u.params {
			params[name] = value
		}
		start := time.Now()
		result, err := db.runner.Run(ctx, "shortest-path", params, queries.Ask{})
		if err != nil {
			return fmt.Errorf("paths from %s to %s: %w", from, to, err)
		}
		p := path{elapsed: time.Since(start)}
		if len(result.Paths) > 0 {
			p.hops = len(result.Paths[0])
		}
		p.ranOut = slices.ContainsFunc(result.Notes, func(note string) bool { return strings.HasPrefix(note, "Ran out") })
		p.late = !p.ranOut && p.elapsed > budget
		u.paths = append(u.paths, p)
	}
	return nil
}
