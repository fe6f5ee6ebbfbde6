package step

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

const (
	maxShared   = 500  // sources that one question looks into
	maxPerShare = 2000 // claims that it reads of each
)

// coMention finds the entities that are named in the same sources as another without any link between them: in a claim
// that cites the source, or as what it mentions. A data set that stands in for a source is none: that two are in one
// spreadsheet says nothing.
func coMention() Step {
	return Step{
		Name: "co-mention", Doc: "finds who is named in the same sources without being linked", Entities: 1,
		Time: canned.Timing{Shows: "who is named in the same sources by claims that held", History: true},
		Columns: columns(
			column[*shareholder]{"entity", func(n names, s *shareholder) string { return n.of(s.node.XID) }},
			column[*shareholder]{"type", func(_ names, s *shareholder) string { return s.node.Type }},
			column[*shareholder]{"sources", func(_ names, s *shareholder) string { return strconv.Itoa(len(s.in)) }},
			column[*shareholder]{"named in", func(n names, s *shareholder) string { return n.list(slices.Sorted(maps.Values(s.in))) }},
			column[*shareholder]{"possible", func(_ names, s *shareholder) string { return possibly(!s.sure) }},
			column[*shareholder]{"quote", func(_ names, s *shareholder) string { return quoted(s.quote) }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			entity, err := x.entity(0)
			if err != nil {
				return nil, err
			}
			others, err := x.namedBeside(ctx, entity)
			if err != nil {
				return nil, err
			}
			linked, err := x.linkedTo(ctx, entity, others)
			var list []*shareholder
			for xid, other := range others {
				link, isLinked := linked[xid]
				if want := x.text("type"); (!isLinked || link.Possible) && (want == "" || other.node.Type == want) {
					other.sure = other.sure && !isLinked // possibly linked: possibly not
					list = append(list, other)
				}
			}
			slices.SortFunc(list, func(a, b *shareholder) int {
				return cmp.Or(cmp.Compare(len(b.in), len(a.in)), strings.Compare(a.node.XID, b.node.XID))
			})
			return rowsOf(list, func(s *shareholder) Row { return Row{Also: []string{s.node.UID}, Possible: !s.sure, Of: s} }), err
		},
	}
}

// namedBeside returns, by xid, who is named in the sources that name an entity.
func (x *Execution) namedBeside(ctx context.Context, entity view.Candidate) (map[string]*shareholder, error) {
	own, more, err := x.ClaimsAt(ctx, entity, "claim.subject", "claim.object")
	if err != nil {
		return nil, err
	}
	x.cut(more)
	shared := map[string]string{} // by xid: the uid
	sure := map[string]bool{}
	for _, c := range own {
		if v := x.naming(c); v.Shown {
			for source := range sourcesNaming(c) {
				shared[source] = c.CiteUIDs[source]
				sure[source] = sure[source] || !v.Possible
			}
		}
	}
	sources := slices.Sorted(maps.Keys(shared))
	if len(sources) > maxShared {
		sources, x.truncated = sources[:maxShared], true
	}
	others, err := x.namedIn(ctx, sources, shared, sure)
	delete(others, entity.XID)
	return others, err
}

// shareholder is an entity and the sources that name it, by xid: what to call them.
type shareholder struct {
	node  *view.Node
	in    map[string]string
	quote string
	sure  bool // some claim that names it, and one that names the other in the same source, are certainly of the time asked for
}

// naming says whether a claim counts as naming its ends: one that is current, nobody rejected, and the filters let
// pass. What a source denies it names all the same.
func (x *Execution) naming(c view.Claim) canned.Verdict {
	if !c.Current() || c.Evidence.Rejected {
		return canned.Verdict{}
	}
	return x.Judge(&c.Claim)
}

// sourcesNaming returns the sources of a claim, by xid what to call them.
func sourcesNaming(c view.Claim) map[string]string {
	titles := map[string]string{}
	for _, cite := range c.Evidence.Cites {
		if !schema.IsDatasetSource(cite.Source) {
			titles[cite.Source] = cmp.Or(cite.Title, cite.Source)
		}
	}
	return titles
}

// namedIn returns what the claims that cite some sources are about, by the xid of what stands for it.
// sure are the sources of which it is certain that they name the one asked about.
func (x *Execution) namedIn(ctx context.Context, sources []string, uids map[string]string, sure map[string]bool) (map[string]*shareholder,
	error,
) {
	asked := map[string]bool{}
	var at []string
	for _, source := range sources {
		asked[source] = true
		at = append(at, uids[source])
	}
	others, of := map[string]*shareholder{}, map[string]int{}
	read := 0
	err := x.EachClaimAt(ctx, at, "~claim.cites", maxPerShare, func(page []view.Claim) error {
		for _, c := range page {
			for source := range c.CiteUIDs {
				of[source]++
			}
		}
		read += len(page)
		x.Tell("read the sources", "claims", read, 0)
		return x.shareOut(ctx, page, asked, sure, others)
	})
	if err != nil {
		return nil, err
	}
	for _, source := range sources {
		x.cut(of[source] >= maxPerShare)
	}
	return others, x.describeOthers(ctx, others)
}

// shareOut notes what some claims are about beside the sources asked for that they cite.
func (x *Execution) shareOut(ctx context.Context, claims []view.Claim, asked, sure map[string]bool,
	others map[string]*shareholder,
) error {
	stand, err := x.StandIns(ctx, claims)
	if err != nil {
		return err
	}
	for _, c := range claims {
		v := x.naming(c)
		if c.Decision() || !v.Shown {
			continue
		}
		for _, xid := range []string{c.Subject, c.Object} {
			who, there := stand[xid]
			if !there || xid == "" {
				continue
			}
			if others[who.XID] == nil {
				others[who.XID] = &shareholder{node: &view.Node{XID: who.XID, UID: who.UID}, in: map[string]string{}}
			}
			for source, title := range sourcesNaming(c) {
				if asked[source] {
					others[who.XID].in[source] = title
					others[who.XID].sure = others[who.XID].sure || sure[source] && !v.Possible
				}
			}
			for _, cite := range c.Evidence.Cites {
				if cite.Quote != "" && (others[who.XID].quote == "" || cite.Quote < others[who.XID].quote) {
					others[who.XID].quote = cite.Quote
				}
			}
		}
	}
	return nil
}

// describeOthers returns the entities their types, and takes out the sources: that a document stands beside another is
// no news.
func (x *Execution) describeOthers(ctx context.Context, others map[string]*shareholder) error {
	var uids []string
	for _, other := range others {
		uids = append(uids, other.node.UID)
	}
	nodes, err := x.describe(ctx, slices.Sorted(slices.Values(uids)))
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if others[n.XID] != nil {
			others[n.XID].node = n
		}
	}
	maps.DeleteFunc(others, func(xid string, other *shareholder) bool {
		return other.node.Type == schema.SourceType || schema.IsDatasetSource(xid) || len(other.in) == 0
	})
	return nil
}

// linkedTo returns which of some entities are linked to another, as far as the filters let see: by xid the surest link.
func (x *Execution) linkedTo(ctx context.Context, entity view.Candidate, others map[string]*shareholder) (map[string]*view.GraphEdge,
	error,
) {
	linked := map[string]*view.GraphEdge{}
	var uids []string
	for _, other := range others {
		uids = append(uids, other.node.UID)
	}
	relations := slices.DeleteFunc(x.Ontology.RelationNames(), func(name string) bool { return name == "mentions" })
	edges, err := x.between(ctx, slices.Sorted(slices.Values(uids)), []string{entity.UID}, view.BothWays(relations)...)
	if err != nil {
		return nil, err
	}
	edges, err = x.keep(ctx, edges)
	for _, e := range edges {
		_, xid := e.Far(entity.UID)
		if have := linked[xid]; have == nil || have.Possible {
			linked[xid] = e
		}
	}
	return linked, err
}
