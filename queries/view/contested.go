package view

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/valyala/fastjson"

	"orbat/schema"
)

// Denies reports whether a claim says that something is not so, and counts for that: it is current and nobody rejected
// it (law 9).
func (e *Evidence) Denies() bool {
	return e.Assertion.Denies() == schema.Certain && e.Past() == "" && !e.Rejected
}

// Past says why the claim is history: it was retracted, or a later version of its record took its place; empty where it
// is current.
func (e *Evidence) Past() string {
	switch {
	case e.Retracted:
		return "retracted"
	case e.Superseded != "":
		return "superseded by version " + e.Superseded
	}
	return ""
}

// Manner says what a reader must know of how a claim is said, such as denied, by whom, or that it was retracted or
// rejected; of one that plainly stands nothing.
func (e *Evidence) Manner() (says []string) {
	if e.Assertion != "" && e.Assertion != schema.Asserted {
		says = append(says, string(e.Assertion))
	}
	if e.AttributedTo != "" {
		says = append(says, "by "+cmp.Or(e.AttributedName, e.AttributedTo))
	}
	if past := e.Past(); past != "" {
		says = append(says, past)
	}
	if e.Rejected {
		says = append(says, "rejected")
	}
	return says
}

// SaidBy says how a claim puts it, who is called to say so and in which of its sources, one for each: "denied by Ghost
// Battalion in Statement, Gov, 2021: “he never led the unit”".
func (e *Evidence) SaidBy(who string) (list []string) {
	how := string(e.Assertion)
	if e.AttributedTo != "" {
		how += " by " + cmp.Or(who, e.AttributedTo)
	}
	for _, cite := range e.Cites {
		text := how + " in " + SourceLine(cite)
		if cite.Quote != "" {
			text += ": “" + cite.Quote + "”"
		}
		list = append(list, text)
	}
	return list
}

// Counts reports whether a claim says that something is so, and counts for that (law 9).
func (e *Evidence) Counts() bool {
	return e.Assertion.Draws() && e.Past() == "" && !e.Rejected
}

// Denials returns the claims that deny or negate what some qualifiers say of an edge for some time: with compatible
// qualifiers, for a time that may have a moment in common with it, within the time asked for where one is (law 9).
// Which data set they are of, and how sure, matters not. [Snapshot.Contest] has read them.
func (s *Snapshot) Denials(e *GraphEdge, qualifiers map[string][]string, period schema.Period) (denials []Claim) {
	relation := s.Ontology.Relation(e.Relation)
	for _, d := range e.denials {
		if !relation.Compatible(qualifiers, d.Values) {
			continue
		}
		if _, holding := s.Filter.Meet(period, d.Period); holding != schema.No {
			denials = append(denials, d)
		}
	}
	return denials
}

// Contest marks those of some edges of which claims deny what they show, having read what was not read yet. Of edges
// that no claim was read for it proves those that some claim may deny: mostly there is none, which one request tells.
func (s *Snapshot) Contest(ctx context.Context, edges []*GraphEdge) error {
	if err := s.readDenials(ctx, edges); err != nil {
		return err
	}
	for _, e := range edges {
		e.contesting = nil
		for _, c := range e.Passed {
			for _, d := range s.Denials(e, c.Values, c.When) {
				if !slices.ContainsFunc(e.contesting, func(c Claim) bool { return c.Evidence == d.Evidence }) {
					e.contesting = append(e.contesting, d)
				}
			}
		}
		e.Contested = len(e.contesting) > 0
	}
	return nil
}

// Contesting returns the claims that deny or negate what an edge shows.
func (e *GraphEdge) Contesting() []Claim { return e.contesting }

// readDenials reads the denials behind edges that were not proven, or made of some of their claims.
func (s *Snapshot) readDenials(ctx context.Context, edges []*GraphEdge) error {
	var open []*GraphEdge
	for _, e := range edges {
		if !e.denialsRead && !slices.Contains(open, e) {
			open = append(open, e)
		}
	}
	if len(open) == 0 {
		return nil
	}
	open, err := s.perhapsDenied(ctx, open)
	if err != nil || len(open) == 0 {
		return err
	}
	var unproven []*GraphEdge
	byGroup := map[string][]*GraphEdge{}
	var groups []string
	m, err := s.Merges(ctx)
	if err != nil {
		return err
	}
	for _, e := range open {
		if !e.Proven {
			unproven = append(unproven, e)
			continue
		}
		for _, group := range schema.EdgeOf(s.Ontology, e.From, e.Relation, e.To).Groups(s.Ontology, m.Merges) {
			byGroup[group] = append(byGroup[group], e)
			groups = append(groups, group)
		}
	}
	if _, err := s.Prove(ctx, unproven); err != nil {
		return err
	}
	claims, err := s.Groups(ctx, groups)
	if err != nil {
		return err
	}
	for _, c := range claims {
		for _, e := range byGroup[c.Group()] {
			if c.Evidence.Denies() {
				e.denials = append(e.denials, c)
			}
		}
	}
	for _, e := range open {
		e.denialsRead = true
	}
	return nil
}

// fewNotAsserted is how many claims that do not simply assert are looked at to learn which edges some may deny; where
// there are more, the edges are proven.
const fewNotAsserted = 1000

// perhapsDenied returns those of some edges that a claim may deny. What it sees no marking limit has looked at: under
// one it is asked for nothing.
func (s *Snapshot) perhapsDenied(ctx context.Context, edges []*GraphEdge) ([]*GraphEdge, error) {
	if s.redactor != nil {
		return edges, nil
	}
	if s.denied == nil {
		if err := s.readNotAsserted(ctx); err != nil {
			return nil, err
		}
	}
	if s.denied.more {
		return edges, nil
	}
	return slices.DeleteFunc(slices.Clone(edges), func(e *GraphEdge) bool { return !s.denied.links[e.drawn()] }), nil
}

// PerhapsDenied returns the uids of what a claim may deny that an entity is linked to; nil where that may be anything.
// No marking limit has looked at it.
func (s *Snapshot) PerhapsDenied(ctx context.Context, uid string) (far []string, err error) {
	if s.denied == nil {
		if err := s.readNotAsserted(ctx); err != nil {
			return nil, err
		}
	}
	if s.denied.more {
		return nil, nil
	}
	far = []string{}
	for link := range s.denied.links {
		switch uid {
		case link.end:
			far = append(far, link.other)
		case link.other:
			far = append(far, link.end)
		}
	}
	slices.Sort(far)
	return slices.Compact(far), nil
}

// drawnLink is where an edge is drawn, by the uids of its ends, the smaller first.
type drawnLink struct{ relation, end, other string }

func (e *GraphEdge) drawn() drawnLink { return drawnBetween(e.Relation, e.FromUID, e.ToUID) }

func drawnBetween(relation, end, other string) drawnLink {
	return drawnLink{relation, min(end, other), max(end, other)}
}

// denied are what some claim denies or negates, whether it counts or not: links, and those of whom values are denied,
// by uid.
type denied struct {
	links  map[drawnLink]bool
	values map[string]bool
	more   bool // than were looked at
}

// notAssertedBlock asks for the claims that do not simply assert.
func notAssertedBlock() string {
	return " orbat_not_asserted(func: has(claim.assertion), first: " + strconv.Itoa(fewNotAsserted+1) + ") { claim.assertion " +
		"claim.subject @facets(predicate) { uid entity.rep { uid } } claim.object { uid entity.rep { uid } } } "
}

// readNotAsserted looks at the claims that do not simply assert. Where the first so many are all, they tell what is
// denied.
func (s *Snapshot) readNotAsserted(ctx context.Context) error {
	found, err := s.blocks(ctx, "query q() {"+notAssertedBlock()+"}", nil)
	if err == nil {
		s.noteDenied(found["orbat_not_asserted"].GetArray())
	}
	return err
}

// noteDenied notes what the claims that do not simply assert deny.
func (s *Snapshot) noteDenied(claims []*fastjson.Value) {
	s.denied = &denied{links: map[drawnLink]bool{}, values: map[string]bool{}, more: len(claims) > fewNotAsserted}
	drawnAt := func(end *fastjson.Value) string {
		return cmp.Or(textIn(end.Get("entity.rep"), "uid"), textIn(end, "uid"))
	}
	for _, c := range claims {
		if schema.Assertion(textIn(c, "claim.assertion")).Denies() != schema.Certain {
			continue
		}
		objects := c.GetArray("claim.object")
		for _, subject := range c.GetArray("claim.subject") {
			if len(objects) == 0 {
				s.denied.values[drawnAt(subject)] = true
			}
			for _, object := range objects {
				s.denied.links[drawnBetween(textIn(subject, "claim.subject|predicate"), drawnAt(subject), drawnAt(object))] = true
			}
		}
	}
}
