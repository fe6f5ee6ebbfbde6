package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"orbat/queries"
)

// question is asked in three ways in turn, so that what slows the machine for a while slows all: through orbat; by the
// requests that orbat sends for it, sent raw over dgo and received; and by the DQL of its file alone, around an entity
// whose uid is known. Those requests also look the name up and describe what is found, and with filters read claims,
// which no answer can do without.
type question struct {
	name   string
	query  string
	params map[string]string
	vars   map[string]string // of the DQL: parameter or frontier → xid, as whose uid it travels
	most   int               // requests that are wanted; 0: as many as the claims to read take

	edges              int
	requests           int
	answers, raw, bare []time.Duration
}

// plainRequests is how many requests a plain question around a known name may take: its name, its DQL, what that found,
// and what denies it (law 9).
const plainRequests = 4

// contests are the questions, small and large, without filters and with them.
func contests(c crowd) []*question {
	someone, unit := xid("Person", c.of("Person")/2), xid("Unit", hubs+5)
	large := xid("Organisation", min(hubs+20, c.of("Organisation")-1))
	return []*question{
		{
			name: "`ego-network` of a person", query: "ego-network", params: map[string]string{"entity": someone},
			vars: map[string]string{"frontier": someone}, most: plainRequests,
		},
		{
			name: "`ego-network` of an organisation", query: "ego-network", params: map[string]string{"entity": large, "limit": "2000"},
			vars: map[string]string{"frontier": large}, most: plainRequests,
		},
		{
			name: "`subordinate-tree`, one level", query: "subordinate-tree", params: map[string]string{"unit": unit, "depth": "1"},
			vars: map[string]string{"frontier": unit}, most: plainRequests,
		},
		{
			name: "`commanders-of-unit`", query: "commanders-of-unit", params: map[string]string{"unit": unit},
			vars: map[string]string{"unit": unit},
		},
		{
			name: "`ego-network` of a person `as_of=2010`", query: "ego-network",
			params: map[string]string{"entity": someone, "as_of": "2010"},
			vars:   map[string]string{"frontier": someone},
		},
		{name: "`commanders-of-unit as_of=2010 min_confidence=50`", query: "commanders-of-unit", params: map[string]string{
			"unit":  unit,
			"as_of": "2010", "min_confidence": "50",
		}, vars: map[string]string{"unit": unit}},
	}
}

// fanout is how many links of one kind orbat asks a look for.
const fanout = "2000"

func (q *question) ask(ctx context.Context, db *database, turns int) error {
	bare, err := q.bareRequest(ctx, db)
	if err != nil {
		return err
	}
	sent, err := q.requestsOf(ctx, db, queries.Ask{})
	if err != nil {
		return err
	}
	if q.requests = len(sent); q.most > 0 && q.requests > q.most {
		return fmt.Errorf("%s took %d requests; %d are wanted at most", q.name, q.requests, q.most)
	}
	for range turns {
		start := time.Now()
		if err := db.send(ctx, bare); err != nil {
			return fmt.Errorf("%s as the DQL of its file: %w", q.name, err)
		}
		q.bare = append(q.bare, time.Since(start))
		start = time.Now()
		if err := db.send(ctx, sent...); err != nil {
			return fmt.Errorf("%s as raw requests: %w", q.name, err)
		}
		q.raw = append(q.raw, time.Since(start))
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

// bareRequest is the DQL of the question's file alone.
func (q *question) bareRequest(ctx context.Context, db *database) (request, error) {
	file, err := db.runner.Library.Find(q.query)
	if err != nil {
		return request{}, err
	}
	bare := request{text: db.expand(file), vars: map[string]string{}}
	if strings.Contains(bare.text, "$fanout:") {
		bare.vars["$fanout"] = fanout
	}
	for name, xid := range q.vars {
		if bare.vars["$"+name], err = db.uid(ctx, xid); err != nil {
			return request{}, err
		}
	}
	return bare, nil
}

// requestsOf are those that orbat sends to answer the question when it is asked so.
func (q *question) requestsOf(ctx context.Context, db *database, ask queries.Ask) ([]request, error) {
	var sent []request
	ask.Sent = func(dql string, vars map[string]string) { sent = append(sent, request{dql, maps.Clone(vars)}) }
	_, err := db.runner.Run(ctx, q.query, q.params, ask)
	return sent, err
}

// send asks all in one transaction, as orbat does, and does nothing with the answers.
func (db *database) send(ctx context.Context, requests ...request) error {
	txn := db.NewReadOnlyTxn()
	for _, r := range requests {
		if _, err := txn.QueryWithVars(ctx, r.text, r.vars); err != nil {
			return err
		}
	}
	return nil
}

// ratio is what orbat adds to what it asks the database.
func (q *question) ratio() float64 { return float64(median(q.answers)) / float64(median(q.raw)) }

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
	answer, err := db.NewReadOnlyTxn().QueryWithVars(ctx, `query q($xid: string) { q(func: eq(xid, $xid)) { uid } }`,
		map[string]string{"$xid": xid})
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
