package step

import (
	"cmp"
	"context"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// linkRow is a claim that links two entities, with one of its citations.
type linkRow struct {
	view.Claim
	by       view.Candidate // whom it is attributed to; zero: nobody
	cite     view.Citation
	possible bool
}

// assertion says in which way the claim says it, who is said to say so, and whether it still counts.
func (l *linkRow) assertion(n names) string {
	text := string(l.Assertion)
	if l.AttributedTo != "" {
		text += ", by " + n.of(l.by.XID)
	}
	if l.Evidence.Rejected {
		text += ", rejected"
	}
	if past := l.Evidence.Past(); past != "" {
		text += ", " + past
	}
	return text
}

// links lists every claim between two entities, of any relation, assertion and standing: the denied, the hedged, the
// rejected, the superseded and the retracted stand beside the asserted, and draw no edge.
func links() Step {
	return Step{
		Name: "links", Doc: "lists all claims between the first two entity parameters", Entities: 2,
		Time: canned.Timing{Shows: "the claims that held", History: true},
		Columns: withContested(columns(
			column[*linkRow]{"claim", func(_ names, l *linkRow) string { return l.StoredKey }},
			column[*linkRow]{"relation", func(_ names, l *linkRow) string { return l.Predicate }},
			column[*linkRow]{"assertion", func(n names, l *linkRow) string { return l.assertion(n) }},
			column[*linkRow]{"qualifiers", func(n names, l *linkRow) string {
				return schema.QualifierText(n.qualifiers(l.Predicate, l.Values))
			}},
			column[*linkRow]{"period", func(_ names, l *linkRow) string { return l.Evidence.Period }},
			column[*linkRow]{"confidence", func(_ names, l *linkRow) string { return number(l.Evidence.Confidence) }},
			column[*linkRow]{"possible", func(_ names, l *linkRow) string { return possibly(l.possible) }},
			column[*linkRow]{"source", func(_ names, l *linkRow) string { return view.SourceLine(l.cite) }},
			column[*linkRow]{"quote or place", func(_ names, l *linkRow) string { return cmp.Or(quoted(l.cite.Quote), l.cite.Locator) }},
		)),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			edges, claims, err := x.claimsBetween(ctx)
			if err != nil {
				return nil, err
			}
			ends, err := x.StandIns(ctx, claims)
			if err != nil {
				return nil, err
			}
			rows := x.linkRows(edges, claims, ends)
			if len(rows) == 0 {
				x.note("No claim links the two directly; shortest-path looks further.")
			}
			return rows, nil
		},
	}
}

// claimsBetween returns all claims between the two entities asked about, and by group the edge that they are behind.
func (x *Execution) claimsBetween(ctx context.Context) (map[string]*view.GraphEdge, []view.Claim, error) {
	from, to, err := x.pair()
	if err != nil {
		return nil, nil, err
	}
	m, err := x.Merges(ctx)
	if err != nil {
		return nil, nil, err
	}
	relations := x.relations
	if len(relations) == 0 {
		relations = x.query.Selected(x.Ontology)
	}
	edges := map[string]*view.GraphEdge{}
	var groups []string
	for _, relation := range relations {
		for _, pair := range [][2]view.Candidate{{from, to}, {to, from}} {
			for _, group := range schema.EdgeOf(x.Ontology, pair[0].XID, relation, pair[1].XID).Groups(x.Ontology, m.Merges) {
				if edges[group] == nil { // a symmetric relation has one group for both ways
					edges[group] = x.EdgeBetween(pair[0], relation, pair[1])
					groups = append(groups, group)
				}
			}
		}
	}
	claims, err := x.Groups(ctx, groups)
	return edges, claims, err
}

// linkRows makes a row of each citation of the claims that satisfy the filters, until the answer is full. What counts
// draws its edge. ends are what stands for the entities that claims name, by xid.
func (x *Execution) linkRows(edges map[string]*view.GraphEdge, claims []view.Claim, ends map[string]view.Candidate) (rows []Row) {
	drawn := map[string]*view.GraphEdge{} // merged entities have one edge for several groups
	for _, c := range claims {
		v := x.Judge(&c.Claim)
		switch {
		case v.Ungraded && c.Current():
			x.ungraded++
		case !v.Shown || x.Filter.LeavesOut(v.Possible):
		case len(rows) >= x.limit():
			x.truncated = true
		default:
			e := edges[schema.GroupOf(c.StoredKey)]
			var draws []*view.GraphEdge
			if c.InForce() {
				if drawn[e.ID()] == nil {
					drawn[e.ID()] = e
				}
				draws = []*view.GraphEdge{drawn[e.ID()]}
				draws[0].Add(c, v.Possible)
			}
			by, also := ends[c.AttributedTo], []string(nil)
			if c.AttributedTo != "" {
				also = append(also, by.UID)
			}
			for _, cite := range c.Evidence.Cites {
				row := &linkRow{Claim: c, by: by, cite: cite, possible: v.Possible}
				rows = append(rows, Row{
					About: e, Claims: []*view.Evidence{row.Evidence}, Edges: draws, Also: also, Possible: v.Possible, Of: row,
				})
			}
		}
	}
	return rows
}
