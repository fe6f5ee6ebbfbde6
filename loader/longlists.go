package loader

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/loader/commit"
)

// longList is the length from which a list of edges backwards is compared with the edges forward. Dgraph keeps lists
// beyond half a megabyte in parts, and can lose of those alone; an edge with long facets takes a few kilobytes there.
const longList = 100

// shortLooks is how often a list that lacks edges is looked at, a second apart: one that the database is rewriting just
// then lacks them for a moment, with the same snapshot.
const shortLooks = 3

// listLength is how many edges lead into a node, and how many of them it has backwards.
type listLength struct {
	UID, XID    string
	Want, Count int
}

// compareLists compares, of each predicate, the edges into a node with those that the node has backwards. An alpha that
// is killed while it rewrites a list of several parts (v25.4.0) leaves one that lacks edges, or that cannot be read.
func (c *graphCheck) compareLists(ctx context.Context) error {
	for _, predicate := range slices.Sorted(maps.Keys(c.Ontology.Reversed())) {
		short, err := c.shortLists(ctx, predicate)
		for look := 1; err == nil && len(short) > 0 && look < shortLooks; look++ {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
			}
			short, err = c.shortLists(ctx, predicate)
		}
		if err != nil && strings.Contains(err.Error(), "could not read list part") {
			c.found(ShortList, "~"+predicate+" of a node cannot be read", "", "")
			continue
		}
		if err != nil {
			return err
		}
		for _, l := range short {
			c.found(ShortList, "~"+predicate+" of "+cmp.Or(l.XID, l.UID), strconv.Itoa(l.Count)+" edges", strconv.Itoa(l.Want))
		}
	}
	return nil
}

// shortLists returns the long lists of a predicate that are not as long as they should be.
func (c *graphCheck) shortLists(ctx context.Context, predicate string) ([]listLength, error) {
	// The predicate is one of ours, not data (law 13). What fails is not asked again: it is what is looked for.
	answer, err := c.DB.NewReadOnlyTxn().QueryWithVars(ctx, fmt.Sprintf(`query q($long: int) {
		var(func: has(%[1]s)) @groupby(%[1]s) { n as count(uid) }
		q(func: uid(n)) @filter(ge(val(n), $long)) { uid xid want: val(n) count: count(~%[1]s) } }`, predicate),
		map[string]string{"$long": strconv.Itoa(longList)})
	if err != nil {
		return nil, err
	}
	var found struct{ Q []listLength }
	err = json.Unmarshal(answer.GetJson(), &found)
	return slices.DeleteFunc(found.Q, func(l listLength) bool { return l.Want == l.Count }), err
}

// RebuildLists has the database make the lists of edges backwards anew, out of the edges forward, of every predicate
// that has them, alone with the graph: who loads or removes meanwhile would take what is not there yet for what is not
// there. Who asks may miss edges. Cut short it leaves a predicate without such lists, which the next load or rebuild
// makes (law 18).
func (l *Loader) RebuildLists(ctx context.Context) error {
	var without, with strings.Builder
	for _, lines := range l.Ontology.Reversed() {
		with.WriteString(lines[0] + "\n")
		without.WriteString(lines[1] + "\n")
	}
	alter := func(schema string) error {
		return l.graph().Retry(ctx, "rebuild the lists of edges", func() error {
			return l.DB.Alter(ctx, &api.Operation{Schema: schema})
		})
	}
	// One that was cut short left none, and a lease needs them; where they are it changes nothing.
	if err := alter(with.String()); err != nil {
		return err
	}
	_, err := l.session(ctx, false, nil, func(s *commit.Session, _ *counters) (*Report, error) {
		err := s.AloneWithGraph(ctx)
		if err == nil {
			err = alter(without.String())
		}
		if err == nil {
			err = alter(with.String())
		}
		return &Report{}, err
	})
	return err
}
