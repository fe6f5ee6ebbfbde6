package view

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"orbat/queries/canned"
	"orbat/schema"
)

// GraphEdge is a direct edge as a query found it.
type GraphEdge struct {
	key             string // its id, once somebody asked
	From, To        string // xids
	Near            string // xid of the end that was asked from
	FromUID, ToUID  string
	Relation        string
	claims, sources int
	Confidence      *int
	period          string
	fromMin, toMax  time.Time
	qualifiers      map[string]string
	Possible        bool
	Contested       bool         // claims deny or negate what it shows (law 9); [Snapshot.Contest] says so
	above           []*GraphEdge // those through which a nested answer came to it; nil among them: it was asked for itself
	evidence        []*Evidence
	denials         []Claim               // those of them that deny or negate, and count for that
	denialsRead     bool                  // denials has them all
	contesting      []Claim               // those of them that do so to what the edge shows
	Passed          []*Evidence           // the claims that satisfy the filters together
	counted         []*schema.StoredClaim // the same
	doubtful        []bool                // the same: whether it holds only possibly
	InScope         []Claim               // those that satisfy the filters whatever their time
	filtered        bool                  // the claims that passed are not all that the facets sum up
	narrowed        bool                  // by what was asked for, so that the other claims are no evidence of it
	summed          bool                  // its facets were not read: its claims describe it
	Proven          bool                  // its claims were read and held against the filters
	Scaffold        bool                  // it only leads to the answer
	Timeless        bool                  // where no claim dates it, it holds at any time
	dated           bool                  // some claim that satisfies the filters, whatever their time, dates it
	tellPeriods     bool                  // its claims' periods are shown where they do not agree
	asked           map[string]bool       // xids of all the ends that it was asked from
}

// ID is the key of the edge's claims as a group, by which answers name it.
func (e *GraphEdge) ID() string {
	if e.key == "" {
		e.key = schema.GroupKey(e.From, e.Relation, e.To)
	}
	return e.key
}

// collectEdges walks an answer and takes every nested node below a relation's name as an edge. Nodes must ask for uid
// and xid.
func collectEdges(ontology *schema.Ontology, block *fastjson.Value) ([]*GraphEdge, error) {
	edges := map[string]*GraphEdge{}
	for _, node := range block.GetArray() {
		if err := walkNode(ontology, node, nil, edges); err != nil {
			return nil, err
		}
	}
	return slices.SortedFunc(maps.Values(edges), CompareEdges), nil
}

func (e *GraphEdge) askedFrom(xids ...string) {
	if e.asked == nil {
		e.asked = map[string]bool{}
	}
	for _, xid := range xids {
		e.asked[xid] = true
	}
}

// AskedFrom reports whether the edge was found from one of its ends, by xid.
func (e *GraphEdge) AskedFrom(xid string) bool { return e.asked[xid] }

// Above returns the edges of a nested answer through which it came to this one; nil among them: it was asked for
// itself.
func (e *GraphEdge) Above() []*GraphEdge { return e.above }

// CompareEdges orders edges by relation and ends.
func CompareEdges(a, b *GraphEdge) int {
	return cmp.Or(strings.Compare(a.Relation, b.Relation), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
}

// Reachable leaves out the edges of a nested answer that only edges led to which the filters took out.
func Reachable(edges []*GraphEdge) []*GraphEdge {
	in := map[string]bool{}
	for grown := true; grown; {
		grown = false
		for _, e := range edges {
			if !in[e.ID()] && slices.ContainsFunc(e.above, func(up *GraphEdge) bool { return up == nil || in[up.ID()] }) {
				in[e.ID()], grown = true, true
			}
		}
	}
	return slices.DeleteFunc(edges, func(e *GraphEdge) bool { return !in[e.ID()] })
}

// walkNode takes the edges of a node and of all nested in it. above is the edge that led to it, nil at the root.
func walkNode(ontology *schema.Ontology, node *fastjson.Value, above *GraphEdge, edges map[string]*GraphEdge) error {
	uid, xid := textIn(node, "uid"), textIn(node, "xid")
	var links map[string]*fastjson.Value // most ends have none
	node.GetObject().Visit(func(key []byte, ends *fastjson.Value) {
		if ends.Type() == fastjson.TypeArray && ontology.Relation(strings.TrimPrefix(string(key), "~")) != nil {
			if links == nil {
				links = map[string]*fastjson.Value{}
			}
			links[string(key)] = ends
		}
	})
	for _, key := range slices.Sorted(maps.Keys(links)) {
		relation := strings.TrimPrefix(key, "~")
		for _, end := range links[key].GetArray() {
			endUID, endXID := textIn(end, "uid"), textIn(end, "xid")
			if uid == "" || endUID == "" || xid == "" || endXID == "" {
				return fmt.Errorf("the query does not ask for uid and xid on both sides of %s", key)
			}
			e := &GraphEdge{Near: xid, From: xid, To: endXID, FromUID: uid, ToUID: endUID, Relation: relation}
			if key != relation {
				e.From, e.To, e.FromUID, e.ToUID = e.To, e.From, e.ToUID, e.FromUID
			}
			id := e.ID()
			if have := edges[id]; have != nil {
				e = have
			} else {
				if err := e.readFacets(key+"|", end); err != nil {
					return err
				}
				edges[id] = e
			}
			e.askedFrom(xid)
			if !slices.Contains(e.above, above) {
				e.above = append(e.above, above)
			}
			if err := walkNode(ontology, end, e, edges); err != nil {
				return err
			}
		}
	}
	return nil
}

// readFacets reads what an edge's facets sum up of its claims, from the fields of its end.
func (e *GraphEdge) readFacets(prefix string, end *fastjson.Value) (err error) {
	e.qualifiers = map[string]string{}
	end.GetObject().Visit(func(key []byte, v *fastjson.Value) {
		facet, found := bytes.CutPrefix(key, []byte(prefix))
		if !found || err != nil {
			return
		}
		switch string(facet) {
		case schema.FacetClaims:
			e.claims, err = v.Int()
		case schema.FacetSources:
			e.sources, err = v.Int()
		case schema.FacetConfidence:
			var n int
			n, err = v.Int()
			e.Confidence = &n
		case schema.FacetPeriod:
			e.period = string(v.GetStringBytes())
		case schema.FacetFromMin:
			e.fromMin, err = time.Parse(time.RFC3339, string(v.GetStringBytes()))
		case schema.FacetToMax:
			e.toMax, err = time.Parse(time.RFC3339, string(v.GetStringBytes()))
		default:
			e.qualifiers[string(facet)] = string(v.GetStringBytes())
		}
		if err != nil {
			err = fmt.Errorf("read facet %s: %w", key, err)
		}
	})
	return err
}

// TellPeriods has edges whose claims do not agree on when they held say the periods of those that are shown.
func (s *Snapshot) TellPeriods(ctx context.Context, edges []*GraphEdge) error {
	var apart []*GraphEdge
	for _, e := range edges {
		if e.claims > 1 && e.period == "" {
			apart = append(apart, e)
		}
	}
	if _, err := s.ProveSaid(ctx, apart); err != nil {
		return err
	}
	for _, e := range apart {
		e.tellPeriods = true
	}
	return nil
}

// told returns the different periods of the claims that an edge shows, the earliest first.
func (e *GraphEdge) told() (texts []string) {
	var periods []schema.Period
	for _, c := range e.counted {
		if !c.Period.IsZero() && !slices.ContainsFunc(periods, c.Period.Equal) {
			periods = append(periods, c.Period)
		}
	}
	first := func(p schema.Period) time.Time {
		fromMin, fromMax, toMin, toMax := p.Bounds()
		return cmp.Or(fromMin, fromMax, toMin, toMax)
	}
	slices.SortStableFunc(periods, func(a, b schema.Period) int { return first(a).Compare(first(b)) })
	for _, p := range periods {
		texts = append(texts, p.Text())
	}
	return texts
}

// NotAsserted returns the claims behind an edge that was proven which do not simply assert it: denials, hearsay.
func (e *GraphEdge) NotAsserted() (claims []*Evidence) {
	for _, c := range e.evidence {
		if c.Assertion != schema.Asserted {
			claims = append(claims, c)
		}
	}
	return claims
}

// Show returns the edge as a result shows it. Where filters are on it sums up the claims that passed them.
func (e *GraphEdge) Show(evidence bool) *Edge {
	out := &Edge{
		ID: e.ID(), From: e.From, Relation: e.Relation, To: e.To, Period: e.period, Confidence: e.Confidence,
		Claims: e.claims, Sources: e.sources, Possible: e.Possible, Contested: e.Contested, Qualifiers: map[string][]string{},
	}
	for _, d := range e.contesting {
		out.DeniedBy = append(out.DeniedBy, d.Evidence.SaidBy(d.Evidence.AttributedName)...)
	}
	for name, text := range e.qualifiers {
		out.Qualifiers[name] = strings.Split(text, "; ")
	}
	if e.filtered || e.summed { // the claims that passed describe it
		link := schema.DeriveLink(e.counted)
		out.Period, out.Claims, out.Sources, out.Qualifiers, out.Confidence = link.Period, link.Claims, link.Sources, link.Qualifiers, nil
		if link.Confidence != schema.NoConfidence {
			out.Confidence = &link.Confidence
		}
	}
	if e.tellPeriods && out.Period == "" {
		out.Periods = e.told()
	}
	switch {
	case evidence && e.narrowed:
		// What fails the filters is no evidence of what they ask (law 8), but what contests that is shown with it.
		out.Evidence = slices.Clone(e.Passed)
		for _, d := range e.contesting {
			out.Evidence = append(out.Evidence, d.Evidence)
		}
	case evidence:
		out.Evidence = e.evidence
	}
	return out
}

// ruledOut reports whether the sum of the edge's claims excludes that any of them satisfies a filter. Facets only ever
// rule out (law 8): bounds stand where every claim has them, confidence is the highest.
func (e *GraphEdge) ruledOut(f *canned.Filter) bool {
	if f.MinConfidence > 0 && (e.Confidence == nil || *e.Confidence < f.MinConfidence) {
		// What may have an ungraded claim is looked at, to count what is left out.
		return e.Confidence != nil && e.claims == 1
	}
	return f.Excludes(e.fromMin, e.toMax)
}

// Outside reports whether the claims behind the edge, as far as it sums them up, all lie before a time or after it.
func (e *GraphEdge) Outside(first, last time.Time) bool {
	after := func(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.After(b) }
	return after(e.fromMin, last) || after(first, e.toMax)
}

// Far is the end of an edge that is not the one given, by uid.
func (e *GraphEdge) Far(uid string) (farUID, farXID string) {
	if e.FromUID == uid {
		return e.ToUID, e.To
	}
	return e.FromUID, e.From
}

// Grade is the highest confidence of the claims behind the edge, those that satisfy the filters; -1: nobody graded it.
func (e *GraphEdge) Grade() int {
	grade := -1
	if e.filtered || e.summed {
		for _, c := range e.counted {
			grade = max(grade, c.Confidence)
		}
	} else if e.Confidence != nil {
		grade = *e.Confidence
	}
	return grade
}
