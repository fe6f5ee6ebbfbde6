package step

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"

	"orbat/queries/view"
)

const (
	maxShared   = 500  // sources that one question looks into
	maxPerShare = 2000 // claims that it reads of each
)

func coMentionColumns() []string {
	return []string{"entity", "type", "sources", "named in", "quote"}
}

// coMention finds the entities that are named in the same sources as another without any link between them: in a claim that
// cites the source, or as what it mentions. A data set that stands in for a source is none: that two are in one
// spreadsheet says nothing.
func coMention(ctx context.Context, a *Execution) error {
	entity, err := a.entityParam(0)
	if err != nil {
		return err
	}
	own, more, err := a.ClaimsAt(ctx, entity, "claim.subject", "claim.object")
	if err != nil {
		return err
	}
	a.result.Truncated = a.result.Truncated || more
	shared := map[string]string{} // by xid: the uid
	for _, c := range own {
		if !a.namedBy(c) {
			continue
		}
		for source := range sourcesNaming(c) {
			shared[source] = c.CiteUIDs[source]
		}
	}
	sources := slices.Sorted(maps.Keys(shared))
	if len(sources) > maxShared {
		sources, a.result.Truncated = sources[:maxShared], true
	}
	others, err := a.namedIn(ctx, sources, shared)
	if err != nil {
		return err
	}
	delete(others, entity.XID)
	linked, err := a.linkedTo(ctx, entity, others)
	if err != nil {
		return err
	}
	want := a.values.Text["type"]
	var list []*shareholder
	for xid, other := range others {
		if !linked[xid] && (want == "" || other.node.Type == want) {
			list = append(list, other)
		}
	}
	slices.SortFunc(list, func(x, y *shareholder) int {
		return cmp.Or(cmp.Compare(len(y.in), len(x.in)), strings.Compare(x.node.XID, y.node.XID))
	})
	rows := make([]row, len(list))
	for i, other := range list {
		rows[i] = row{also: []string{other.node.UID}, cell: func(field string) string {
			switch field {
			case "entity":
				return a.nameOf(other.node.XID)
			case "type":
				return other.node.Type
			case "sources":
				return strconv.Itoa(len(other.in))
			case "named in":
				return firstThree(slices.Sorted(maps.Values(other.in)))
			case "quote":
				return quoted(other.quote)
			}
			return ""
		}}
	}
	a.tabulate(rows)
	return nil
}

// shareholder is an entity and the sources that name it, by xid: what to call them.
type shareholder struct {
	node  *view.Node
	in    map[string]string
	quote string
}

// namedBy reports whether a claim counts as naming its ends: one that stands, nobody rejected, and the filters let pass. What a
// source denies it names all the same.
func (a *Execution) namedBy(c view.Claim) bool {
	return c.Stands && !c.Evidence.Rejected && a.Filter.Judge(&c.Claim).Shown
}

// sourcesNaming gives the sources of a claim, by xid what to call them.
func sourcesNaming(c view.Claim) map[string]string {
	titles := map[string]string{}
	for _, cite := range c.Evidence.Cites {
		if !schema.IsDatasetSource(cite.Source) {
			titles[cite.Source] = cmp.Or(cite.Title, cite.Source)
		}
	}
	return titles
}

// namedIn gives what the claims that cite some sources are about, by the xid of what stands for it.
func (a *Execution) namedIn(ctx context.Context, sources []string, uids map[string]string) (map[string]*shareholder, error) {
	var claims []view.Claim
	for _, source := range sources {
		of := 0
		err := a.EachClaimPage(ctx, uids[source], "~claim.cites", func(page []view.Claim) bool {
			claims = append(claims, page...)
			of += len(page)
			return of < maxPerShare
		})
		if err != nil {
			return nil, err
		}
		a.result.Truncated = a.result.Truncated || of >= maxPerShare
	}
	asked := map[string]bool{}
	for _, source := range sources {
		asked[source] = true
	}
	stand, err := a.StandIns(ctx, claims)
	if err != nil {
		return nil, err
	}
	others := map[string]*shareholder{}
	for _, c := range claims {
		if c.Decision() || !a.namedBy(c) {
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
				}
			}
			for _, cite := range c.Evidence.Cites {
				if cite.Quote != "" && (others[who.XID].quote == "" || cite.Quote < others[who.XID].quote) {
					others[who.XID].quote = cite.Quote
				}
			}
		}
	}
	return others, a.describe(ctx, others)
}

// describe gives the entities their types, and takes out the sources: that a document stands beside another is no news.
func (a *Execution) describe(ctx context.Context, others map[string]*shareholder) error {
	var uids []string
	for _, other := range others {
		uids = append(uids, other.node.UID)
	}
	nodes, err := a.Nodes(ctx, slices.Sorted(slices.Values(uids)), false)
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

// linkedTo tells which of some entities are linked to another, as far as the filters let see.
func (a *Execution) linkedTo(ctx context.Context, entity view.Candidate, others map[string]*shareholder) (map[string]bool, error) {
	linked := map[string]bool{}
	var uids []string
	for _, other := range others {
		uids = append(uids, other.node.UID)
	}
	var relations []string
	for _, r := range a.Ontology.Relations {
		if r.Name != "mentions" {
			relations = append(relations, r.Name)
		}
	}
	edges, err := a.between(ctx, slices.Sorted(slices.Values(uids)), []string{entity.UID}, view.BothWays(relations)...)
	for _, e := range edges {
		_, xid := e.Far(entity.UID)
		linked[xid] = true
	}
	return linked, err
}
