package queries

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"

	"orbat/queries/canned"
)

// evidenceFields add to a claim's what a reader wants to know of its sources and where it was loaded from.
const evidenceFields = `uid claim.key claim.value claim.assertion claim.standing claim.method claim.marking
	claim.attributed { uid xid }
	claim.subject @facets { uid xid }
	claim.object { uid xid }
	claim.cites @facets { uid xid name title publisher published reliability url }
	claim.load @facets { uid }`

// groupsAtOnce is how many ranges of claims one look asks for.
const groupsAtOnce = 200

// found is a stored claim with its evidence.
type foundClaim struct {
	*schema.StoredClaim
	evidence *Evidence
}

// readGroups gives the claims of groups that may be seen, in the order of their keys.
func (s *snapshot) readGroups(ctx context.Context, groups []string) ([]foundClaim, error) {
	claims, err := s.readAllGroups(ctx, groups, evidenceFields)
	if err != nil || s.sight == nil {
		return claims, err
	}
	if claims, err = s.sight.see(ctx, claims); err != nil {
		return nil, err
	}
	return claims, s.sight.cite(ctx, claims)
}

// readAllGroups gives the claims of groups, in the order of their keys, with what fields bring: schema.ClaimFields or more.
func (s *snapshot) readAllGroups(ctx context.Context, groups []string, fields string) ([]foundClaim, error) {
	rejected, err := s.readRejected(ctx)
	if err != nil {
		return nil, err
	}
	slices.Sort(groups)
	groups = slices.Compact(groups)
	var claims []foundClaim
	for batch := range slices.Chunk(groups, groupsAtOnce) {
		var declared, ranges, names []string
		vars := map[string]string{}
		for i, group := range batch {
			n := strconv.Itoa(i)
			vars["$a"+n], vars["$b"+n] = schema.KeyRange(group)
			declared = append(declared, "$a"+n+": string, $b"+n+": string")
			ranges = append(ranges, "g"+n+" as var(func: between(claim.key, $a"+n+", $b"+n+"))")
			names = append(names, "g"+n)
		}
		var found struct{ Claims json.RawMessage }
		err := s.query(ctx, "query q("+strings.Join(declared, ", ")+") {\n"+strings.Join(ranges, "\n")+
			"\nclaims(func: uid("+strings.Join(names, ",")+")) { "+fields+" } }", vars, &found)
		if err != nil {
			return nil, fmt.Errorf("read evidence: %w", err)
		}
		read, err := readEvidence(found.Claims, rejected)
		if err != nil {
			return nil, err
		}
		claims = append(claims, read...)
	}
	slices.SortFunc(claims, func(a, b foundClaim) int { return strings.Compare(a.StoredKey, b.StoredKey) })
	return claims, nil
}

func readEvidence(block json.RawMessage, rejected map[string]bool) ([]foundClaim, error) {
	stored, err := schema.DecodeClaims(block)
	if err != nil || len(stored) == 0 {
		return nil, err
	}
	var details []struct {
		Cites []struct {
			XID         string
			Name        string `json:"name"`
			Title       string `json:"title"`
			Publisher   string `json:"publisher"`
			Published   string `json:"published"`
			Reliability string `json:"reliability"`
			URL         string `json:"url"`
		} `json:"claim.cites"`
		Load []struct {
			File string `json:"claim.load|file"`
			Row  int    `json:"claim.load|row"`
		} `json:"claim.load"`
	}
	if err := json.Unmarshal(block, &details); err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	claims := make([]foundClaim, len(stored))
	for i, c := range stored {
		e := &Evidence{
			Key: c.StoredKey, Dataset: c.Dataset, Predicate: c.Predicate, Value: c.Claim.Value, Values: c.Values,
			Assertion: c.Assertion, AttributedTo: c.AttributedTo, Period: c.Period.Text(), Credibility: c.Credibility,
			Method: c.Method, Marking: c.Marking, Record: c.Record, Retracted: !c.Stands, Rejected: rejected[c.StoredKey],
		}
		if c.Confidence != schema.NoConfidence {
			e.Confidence = &c.Confidence
		}
		for _, load := range details[i].Load {
			if load.File != "" {
				e.File, e.Row = load.File, load.Row
			}
		}
		for _, cite := range c.Cites {
			out := Citation{Source: cite.Source, Quote: cite.Quote, Locator: cite.Locator, Begin: spanOf(cite.Begin), End: spanOf(cite.End)}
			for _, d := range details[i].Cites {
				if d.XID == cite.Source {
					out.Title, out.Publisher, out.Published = cmp.Or(d.Title, d.Name), d.Publisher, d.Published
					out.Reliability, out.URL = d.Reliability, d.URL
				}
			}
			if out.Locator == "" && schema.IsDatasetSource(cite.Source) && e.File != "" {
				out.Locator = e.File + ":" + strconv.Itoa(e.Row) // there is no better one
			}
			e.Cites = append(e.Cites, out)
		}
		claims[i] = foundClaim{c, e}
	}
	return claims, nil
}

func spanOf(n int) *int {
	if n == schema.NoSpan {
		return nil
	}
	return &n
}

// counts reports whether a claim draws its edge or value (laws 9 and 10).
func (c foundClaim) counts() bool { return c.Stands && c.Draws() && !c.evidence.Rejected }

// edgeGroups lists the claim groups behind an edge between representatives: those of all pairs of members.
func (s *snapshot) edgeGroups(m *merges, from, relation, to string) []string {
	symmetric := false
	if r := s.ontology.Relation(relation); r != nil {
		symmetric = r.Symmetric
	}
	var groups []string
	for _, a := range m.all(from) {
		for _, b := range m.all(to) {
			if symmetric && b < a {
				groups = append(groups, schema.GroupKey(b, relation, a))
			} else {
				groups = append(groups, schema.GroupKey(a, relation, b))
			}
		}
	}
	return groups
}

// prove reads the claims behind edges and applies the filters: what is left has at least one claim that satisfies all
// of them (law 8). Each edge counts its claims that failed only for want of a grade.
func (s *snapshot) prove(ctx context.Context, edges []*rawEdge, filter *canned.Filter) (left []*rawEdge, err error) {
	m, err := s.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	byGroup := map[string]*rawEdge{}
	var groups []string
	for _, e := range edges {
		if e.ruledOut(filter) {
			continue
		}
		for _, group := range s.edgeGroups(m, e.from, e.relation, e.to) {
			byGroup[group] = e
			groups = append(groups, group)
		}
	}
	claims, err := s.readGroups(ctx, groups)
	if err != nil {
		return nil, err
	}
	if s.sight != nil {
		if edges, err = s.sight.split(ctx, byGroup, claims); err != nil {
			return nil, err
		}
	}
	for _, e := range edges {
		e.evidence, e.passed, e.filtered, e.narrowed, e.possible, e.ungraded = nil, nil, filter.Active(), filter.Narrows(), true, 0
	}
	for _, c := range claims {
		e := byGroup[schema.GroupOf(c.StoredKey)]
		if !c.Stands || e == nil {
			continue
		}
		e.evidence = append(e.evidence, c.evidence)
		if !c.counts() {
			continue
		}
		switch v := filter.Judge(&c.Claim); {
		case v.Ungraded:
			e.ungraded++
		case v.Shown:
			e.passed = append(e.passed, c.evidence)
			e.possible = e.possible && v.Possible
		}
	}
	for _, e := range edges {
		if len(e.passed) > 0 {
			left = append(left, e)
		}
	}
	return left, nil
}
