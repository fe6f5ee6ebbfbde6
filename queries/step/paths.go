package step

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"orbat/queries/canned"
	"orbat/schema"
)

const (
	// Chains of one length that are ranked, for each that is shown, and bounds of it; beyond it the answer says that there are more.
	comparedForEach          = 3
	minCompared, maxCompared = 300, 1000

	defaultBudget = 2 * time.Second
)

// paths finds the shortest loopless chains between two entities: all of the shortest length, then longer ones until there are as
// many as were asked for. Dgraph's own shortest fails on hubs and cannot search from both ends. Relations are
// walked both ways (law 12); Sources and mentions are no part of a chain (law 16).
//
// It reads the links around both ends (paths_graph.go) until no chain of a length can hide in what is not read
// (paths_search.go), lists the chains of that length (paths_chains.go), proves what they run over (paths_proof.go), and ranks
// them (paths_rank.go). When the budget runs out it says what it knows.
func paths(ctx context.Context, a *Execution) error {
	from, err := a.entityParam(0)
	if err != nil {
		return err
	}
	to, err := a.entityParam(1)
	if err != nil {
		return err
	}
	rules, err := a.pathRules()
	if err != nil {
		return err
	}
	if from.UID == to.UID {
		a.note("both are one entity")
		return nil
	}
	if splits, err := a.SplitsEntities(ctx); err != nil || splits {
		return cmp.Or(err, error(canned.NewParamError(
			a.query.Name, "max_marking", "no paths are searched where it leaves out a decision that makes entities one: the graph has their links on one of them",
			"ego-network does not need the whole",
		)))
	}
	s, err := newPathSearch(a, rules, from.UID, to.UID)
	if err != nil {
		return err
	}
	budget := time.Duration(a.values.Ints["budget"]) * time.Second
	if budget == 0 {
		budget = defaultBudget
	}
	timed, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	chains, err := s.find(timed)
	if err == nil {
		found := chains
		if chains, err = s.rank(timed, found); err != nil && len(chains) == 0 {
			chains, s.toRank = found, false
		}
	}
	if err != nil {
		why := fmt.Sprintf("Ran out of time after %s", budget)
		switch {
		case errors.Is(err, errTooMuch):
			why = fmt.Sprintf("Gave up after reading %d links", s.graph.read)
		case ctx.Err() != nil || !outOfTime(err):
			return err
		}
		if chains, err = s.salvage(ctx, chains); err != nil {
			return err
		}
		a.result.Truncated = true
		a.note("%s", s.ranOut(why, chains))
	} else if len(chains) == 0 {
		a.note("No path within %d hops.", rules.maxHops)
	}
	if err := s.noteHubs(ctx); err != nil {
		return err
	}
	s.show(chains)
	return nil
}

// outOfTime knows a deadline by the server's word too: that may come before the clock on this side.
func outOfTime(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || status.Code(err) == codes.DeadlineExceeded
}

func (a *Execution) note(format string, args ...any) {
	a.result.Notes = append(a.result.Notes, fmt.Sprintf(format, args...))
}

// pathRules say what a chain may run over.
type pathRules struct {
	relations    []string
	types        []string // of what lies between the ends; nil: any
	notTypes     []string
	maxHops      int
	maxLinks     int // of what lies between the ends; 0: any number
	alternatives int
}

func (a *Execution) pathRules() (pathRules, error) {
	r := pathRules{
		maxHops: a.values.Ints["max_hops"], maxLinks: a.values.Ints["max_links"], alternatives: max(1, a.values.Ints["alternatives"]),
		relations: slices.DeleteFunc(slices.Clone(a.relations), func(name string) bool { return name == "mentions" }),
	}
	except, err := a.listParam("not_relations", func(name string) string {
		if a.Ontology.Relation(name) != nil {
			return ""
		}
		return fmt.Sprintf("unknown relation %q", schema.Shorten(name))
	}, a.suggestRelation)
	if err != nil {
		return r, err
	}
	r.relations = slices.DeleteFunc(r.relations, func(name string) bool { return slices.Contains(except, name) })
	unknown := func(name string) string {
		if a.Ontology.Type(name) != nil {
			return ""
		}
		return fmt.Sprintf("unknown type %q", schema.Shorten(name))
	}
	suggest := func(name string) string {
		if near := a.Ontology.Suggest("type", name); near != "" {
			return "did you mean " + near + "?"
		}
		return "orbat schema types"
	}
	if r.types, err = a.listParam("types", unknown, suggest); err != nil {
		return r, err
	}
	r.notTypes, err = a.listParam("not_types", unknown, suggest)
	return r, err
}

// listParam reads names with commas between.
func (a *Execution) listParam(param string, wrong, fix func(name string) string) ([]string, error) {
	var names []string
	text := a.values.Text[param]
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if reason := wrong(name); reason != "" {
			return nil, canned.NewParamError(a.query.Name, param, reason, fix(name))
		}
		names = append(names, name)
	}
	if text != "" && len(names) == 0 {
		return nil, canned.NewParamError(a.query.Name, param, "names nothing", "orbat schema types")
	}
	return names, nil
}

// passes reports whether a chain may run through an entity of a type.
func (r *pathRules) passes(entityType string) bool {
	switch {
	case r.types != nil && !slices.Contains(r.types, entityType), slices.Contains(r.notTypes, entityType):
		return false
	default:
		return true
	}
}
