// Package paths finds the shortest chains of links between two entities ([Find]).
//
// It reads the links around both ends (graph.go) until no chain of a length can hide in what is not read (search.go),
// lists the chains of that length (chains.go), proves what they run over (proof.go), and ranks them (rank.go). When the
// budget runs out it says what it knows.
package paths

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"orbat/queries/view"
)

const (
	// Chains of one length that are ranked, for each that is shown, and bounds of it; beyond it the answer says that
	// there are more.
	comparedForEach          = 3
	minCompared, maxCompared = 300, 1000
)

// Rules say what a chain may run over, and how much is looked for.
type Rules struct {
	Relations    []string
	Types        []string // of what lies between the ends; nil: any
	NotTypes     []string
	MaxHops      int
	MaxLinks     int // of what lies between the ends; 0: any number
	Alternatives int // chains to find, longer ones where there are too few of the shortest
	Limit        int // chains to return
	Budget       time.Duration
	Fanout       int // links of one entity by one relation that one request brings; 0: as many as suits Dgraph
}

// Link is an edge of a chain and the way it is walked.
type Link struct {
	Edge    *view.GraphEdge
	Forward bool
}

// Answer is what a search found.
type Answer struct {
	Chains    [][]Link // the best first
	Possible  []bool   // of each: all its links held at one moment of the time asked for only possibly
	Notes     []string // what a reader must know of the search
	Truncated bool     // there are more
}

// note tells the reader something.
func (a *Answer) note(format string, args ...any) {
	a.Notes = append(a.Notes, fmt.Sprintf(format, args...))
}

// Find returns the shortest loopless chains between two entities, by uid: all of the shortest length, then longer ones
// until there are as many as were asked for. Dgraph's own shortest fails on hubs and cannot search from both ends.
// Relations are walked both ways (law 12); Sources and mentions are no part of a chain (law 16).
func Find(ctx context.Context, on *view.Snapshot, from, to string, rules Rules) (*Answer, error) {
	s, err := newSearch(on, rules, from, to)
	if err != nil {
		return nil, err
	}
	timed, cancel := context.WithTimeout(ctx, rules.Budget)
	defer cancel()
	chains, err := s.find(timed)
	if err == nil {
		found := chains
		if chains, err = s.rank(timed, found); err != nil && len(chains) == 0 {
			chains, s.toRank = found, false
		}
	}
	switch {
	case err == nil && len(chains) == 0:
		s.answer.note("No path within %d hops.", rules.MaxHops)
	case err != nil:
		why := fmt.Sprintf("Ran out of time after %s", rules.Budget)
		switch {
		case errors.Is(err, errTooMuch):
			why = "Gave up: these are too many links"
			if s.Withheld() == nil {
				why = fmt.Sprintf("Gave up after reading %d links", s.graph.read)
			}
		case ctx.Err() != nil || !outOfTime(err):
			return nil, err
		}
		if chains, err = s.salvage(ctx, chains); err != nil {
			return nil, err
		}
		s.answer.Truncated = true
		s.answer.note("%s", s.ranOut(why, chains))
	}
	if err := s.noteHubs(ctx); err != nil {
		return nil, err
	}
	s.take(chains)
	return &s.answer, nil
}

// outOfTime knows a deadline by the server's word too: that may come before the clock on this side.
func outOfTime(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || status.Code(err) == codes.DeadlineExceeded
}

// passes reports whether a chain may run through an entity of a type.
func (r *Rules) passes(entityType string) bool {
	return (r.Types == nil || slices.Contains(r.Types, entityType)) && !slices.Contains(r.NotTypes, entityType)
}
