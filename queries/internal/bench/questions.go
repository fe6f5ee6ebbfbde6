package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"orbat/queries"
)

// question is asked through orbat and, as the DQL of its file alone, over dgo, in turn: what slows the machine for a while slows both.
// orbat also looks the name up, describes the entities, applies filters and decodes; plain DQL is only received.
type question struct {
	name   string
	query  string
	params map[string]string
	vars   map[string]string // of the DQL: parameter or frontier → xid, as whose uid it travels
	most   float64           // the ratio that is wanted

	edges          int
	answers, plain []time.Duration
}

// contests are the questions, small and large, without filters and with them.
func contests(c crowd) []*question {
	someone, unit := xid("Person", c.of("Person")/2), xid("Unit", hubs+5)
	large := xid("Organisation", min(hubs+20, c.of("Organisation")-1))
	return []*question{
		{name: "`ego-network` of a person", query: "ego-network", params: map[string]string{"entity": someone}, vars: map[string]string{"frontier": someone}, most: 1.15},
		{name: "`ego-network` of an organisation", query: "ego-network", params: map[string]string{"entity": large, "limit": "2000"}, vars: map[string]string{"frontier": large}, most: 1.15},
		{name: "`subordinate-tree`, one level", query: "subordinate-tree", params: map[string]string{"unit": unit, "depth": "1"}, vars: map[string]string{"frontier": unit}, most: 1.15},
		{name: "`commanders-of-unit`", query: "commanders-of-unit", params: map[string]string{"unit": unit}, vars: map[string]string{"unit": unit}, most: 1.15},
		{name: "`ego-network` of a person `as_of=2010`", query: "ego-network", params: map[string]string{"entity": someone, "as_of": "2010"}, vars: map[string]string{"frontier": someone}, most: 2},
		{name: "`commanders-of-unit as_of=2010 min_confidence=50`", query: "commanders-of-unit", params: map[string]string{"unit": unit, "as_of": "2010", "min_confidence": "50"}, vars: map[string]string{"unit": unit}, most: 2},
	}
}

// fanout is how many links of one kind orbat asks a look for.
const fanout = "2000"

func (q *question) ask(ctx context.Context, db *database, turns int) error {
	file, err := db.runner.Library.Find(q.query)
	if err != nil {
		return err
	}
	dql := db.expand(file)
	vars := map[string]string{}
	if strings.Contains(dql, "$fanout:") {
		vars["$fanout"] = fanout
	}
	for name, xid := range q.vars {
		if vars["$"+name], err = db.uid(ctx, xid); err != nil {
			return err
		}
	}
	for range turns {
		start := time.Now()
		if _, err := db.NewReadOnlyTxn().QueryWithVars(ctx, dql, vars); err != nil {
			return fmt.Errorf("%s as plain DQL: %w", q.name, err)
		}
		q.plain = append(q.plain, time.Since(start))
		start = time.Now()
		result, err := db.runner.Run(ctx, q.query, q.params, queries.Ask{})
		if err != nil {
			return err
		}
		q.answers = append(q.answers, time.Since(start))
		q.edges = len(result.Edges)
	}
	return nil
}

func (q *question) ratio() float64 {
	return float64(median(q.answers)) / float64(median(q.plain))
}

func median(list []time.Duration) time.Duration {
	list = slices.Sorted(slices.Values(list))
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

// expand writes the lines of %out and %in out, as orbat does.
func (db *database) expand(file *queries.Query) string {
	relations := file.Relations
	if slices.Contains(relations, "all") {
		relations = nil
		for _, r := range db.runner.Ontology.Relations {
			if r.Name != "mentions" {
				relations = append(relations, r.Name)
			}
		}
	}
	var out []string
	for line := range strings.Lines(file.DQL) {
		for way, sign := range map[string]string{"%out": "", "%in": "~"} {
			if strings.Contains(line, way) {
				for _, r := range relations {
					out = append(out, strings.Replace(line, way, sign+r, 1))
				}
			}
		}
		if !strings.Contains(line, "%") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

func (db *database) uid(ctx context.Context, xid string) (string, error) {
	answer, err := db.NewReadOnlyTxn().QueryWithVars(ctx, `query q($xid: string) { q(func: eq(xid, $xid)) { uid } }`, map[string]string{"$xid": xid})
	if err != nil {
		return "", err
	}
	var found struct{ Q []struct{ UID string } }
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return "", err
	}
	if len(found.Q) != 1 {
		return "", fmt.Errorf("%s is not in the graph", xid)
	}
	return found.Q[0].UID, nil
}
