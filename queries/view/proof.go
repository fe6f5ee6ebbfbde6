package view

import (
	"context"

	"orbat/queries/canned"
	"orbat/schema"
)

// Judge holds a claim against the filters.
func (s *Snapshot) Judge(c *schema.Claim) canned.Verdict {
	return s.Filter.Judge(c, s.timeless(c.Predicate))
}

func (s *Snapshot) timeless(relation string) bool {
	r := s.Ontology.Relation(relation)
	return r != nil && r.Timeless
}

// judgeBehind holds a claim behind an edge against the filters.
func (s *Snapshot) judgeBehind(e *GraphEdge, c *schema.Claim) canned.Verdict {
	if e.Scaffold {
		return s.Filter.JudgeScaffold(c, e.LeansOn())
	}
	return s.Filter.Judge(c, e.LeansOn())
}

// Prove reads the claims behind edges and applies the filters: what is left has at least one claim that satisfies all
// of them (law 8), certain aside ([canned.Filter.LeavesOut]). What was proven before stays as it is.
func (s *Snapshot) Prove(ctx context.Context, edges []*GraphEdge) (left []*GraphEdge, err error) {
	return s.proveBy(ctx, edges, s.Groups)
}

// ProveSaid is [Snapshot.Prove] without the sources of the claims, as [Snapshot.Said] reads them.
func (s *Snapshot) ProveSaid(ctx context.Context, edges []*GraphEdge) (left []*GraphEdge, err error) {
	return s.proveBy(ctx, edges, s.Said)
}

// proveBy proves edges by the claims that read returns.
func (s *Snapshot) proveBy(ctx context.Context, edges []*GraphEdge, read func(context.Context, []string) ([]Claim, error)) (
	left []*GraphEdge, err error,
) {
	drawn, err := s.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	byGroup := map[string]*GraphEdge{}
	var unproven []*GraphEdge
	var groups []string
	for _, e := range edges {
		if e.Proven {
			if len(e.Passed) > 0 {
				left = append(left, e)
			}
			continue
		}
		unproven = append(unproven, e)
		if e.ruledOut(&s.Filter) {
			continue
		}
		for _, group := range schema.EdgeOf(s.Ontology, e.From, e.Relation, e.To).Groups(s.Ontology, drawn.Merges) {
			byGroup[group] = e
			groups = append(groups, group)
		}
	}
	claims, err := read(ctx, groups)
	if err != nil {
		return nil, err
	}
	if unproven, err = s.redactor.splitByMarking(ctx, unproven, byGroup, claims); err != nil {
		return nil, err
	}
	for _, e := range unproven {
		e.Proven, e.filtered, e.narrowed = true, s.Filter.Active(), s.Filter.Narrows()
		e.denialsRead = true
		e.Timeless = s.timeless(e.Relation)
	}
	inForce := map[*GraphEdge][]Claim{}
	for _, c := range claims {
		e := byGroup[schema.GroupOf(c.StoredKey)]
		if !c.Current() || e == nil {
			continue
		}
		e.evidence = append(e.evidence, c.Evidence)
		if c.Evidence.Denies() {
			e.denials = append(e.denials, c)
		}
		if c.InForce() {
			inForce[e] = append(inForce[e], c)
		}
	}
	for _, e := range unproven {
		if s.judge(e, inForce[e]); len(e.Passed) > 0 {
			left = append(left, e)
		}
	}
	return left, nil
}

// judge holds the claims that draw an edge against the filters: first whatever their time, and together, then by it.
func (s *Snapshot) judge(e *GraphEdge, claims []Claim) {
	for _, c := range claims {
		if s.judgeBehind(e, &c.Claim).InScope {
			e.InScope, e.dated = append(e.InScope, c), e.dated || !c.Period.IsZero()
		}
	}
	s.ungraded[e.ID()] = 0 // a search may find one twice
	for _, c := range claims {
		if s.judgeBehind(e, &c.Claim).Ungraded {
			s.ungraded[e.ID()]++
		}
	}
	e.judgePosts()
	e.Possible = true
	for _, c := range e.InScope {
		judged := c.Claim
		judged.Period = c.Evidence.When
		if v := s.judgeBehind(e, &judged); v.Shown {
			e.pass(c, v.Possible)
		}
	}
}

// Stated returns an edge that leads to an answer as one that a row states: with the claims that satisfy the whole
// filter, which count as left out where nobody graded them. It is for links that are no posts, whose claims stand each
// for itself.
func (s *Snapshot) Stated(e *GraphEdge) *GraphEdge {
	if !e.Scaffold {
		return e
	}
	own := *e
	own.Scaffold, own.dated, own.InScope, own.Passed, own.counted, own.doubtful = false, false, nil, nil, nil, nil
	s.judge(&own, e.InScope)
	return &own
}

// pass notes a claim that satisfies the filters together.
func (e *GraphEdge) pass(c Claim, possible bool) {
	e.Possible = possible && (e.Possible || len(e.Passed) == 0)
	e.Passed, e.counted, e.doubtful = append(e.Passed, c.Evidence), append(e.counted, c.StoredClaim), append(e.doubtful, possible)
}

// KeepCertain leaves behind an edge that certainly holds only the claims by which it does.
func (e *GraphEdge) KeepCertain() {
	var passed []*Evidence
	var counted []*schema.StoredClaim
	for i, doubtful := range e.doubtful {
		if !doubtful {
			passed, counted = append(passed, e.Passed[i]), append(counted, e.counted[i])
		}
	}
	if len(passed) > 0 {
		e.Passed, e.counted, e.doubtful = passed, counted, make([]bool, len(passed))
	}
}

// Add puts a claim behind an edge that was made of its ends alone.
func (e *GraphEdge) Add(c Claim, possible bool) {
	e.Proven, e.evidence = true, append(e.evidence, c.Evidence)
	e.pass(c, possible)
}

// EdgesDrawn returns the edges that claims draw, each with those of the claims that do, by the group of their keys, and
// what stands for the entities that the claims name.
func (s *Snapshot) EdgesDrawn(ctx context.Context, claims []Claim) (map[string]*GraphEdge, map[string]Candidate, error) {
	ends, err := s.StandIns(ctx, claims)
	if err != nil {
		return nil, nil, err
	}
	byID, byGroup := map[string]*GraphEdge{}, map[string]*GraphEdge{}
	for _, c := range claims {
		v := s.Judge(&c.Claim)
		if s.Ontology.Relation(c.Predicate) == nil || !c.InForce() || !v.Shown {
			continue
		}
		e := s.EdgeBetween(ends[c.Subject], c.Predicate, ends[c.Object])
		if have := byID[e.ID()]; have != nil {
			e = have
		} else {
			byID[e.ID()] = e
		}
		e.Add(c, v.Possible)
		byGroup[c.Group()] = e
	}
	return byGroup, ends, nil
}
