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
)

// claimsAtOnce is how many claims one look at an entity brings, maxClaimsAt how many one question reads of one entity.
const (
	claimsAtOnce = 1000
	maxClaimsAt  = 20_000
)

// claimsAt reads the claims that name an entity, or one that decisions made one with it, on some sides: claim.subject,
// claim.object. It reports whether there are more than it reads.
func (s *snapshot) claimsAt(ctx context.Context, entity Candidate, sides ...string) (claims []foundClaim, more bool, err error) {
	members, err := s.membersOf(ctx, entity)
	if err != nil {
		return nil, false, err
	}
	seen := map[string]bool{}
	for _, member := range members {
		for _, side := range sides {
			err := s.eachClaimPage(ctx, member, "~"+side, func(page []foundClaim) bool {
				for _, c := range page {
					if !seen[c.StoredKey] && !c.Decision() {
						seen[c.StoredKey] = true
						claims = append(claims, c)
					}
				}
				more = len(claims) >= maxClaimsAt
				return !more
			})
			if err != nil || more {
				return claims, more, err
			}
		}
	}
	slices.SortFunc(claims, func(x, y foundClaim) int { return strings.Compare(x.StoredKey, y.StoredKey) })
	return claims, false, nil
}

// eachClaimPage gives the claims that an edge of a node leads to, a page at a time, until do says that it has enough.
func (s *snapshot) eachClaimPage(ctx context.Context, uid, edge string, do func([]foundClaim) bool) error {
	dql := "query q($uid: string, $first: int, $after: string) { q(func: uid($uid)) { claims: " + edge + " (first: $first, after: $after) { " + evidenceFields + " } } }"
	for after := "0x0"; ; {
		var found struct {
			Q []struct{ Claims json.RawMessage }
		}
		if err := s.query(ctx, dql, map[string]string{"$uid": uid, "$first": strconv.Itoa(claimsAtOnce), "$after": after}, &found); err != nil {
			return fmt.Errorf("read claims: %w", err)
		}
		if len(found.Q) == 0 {
			return nil
		}
		page, last, err := s.readSeen(ctx, found.Q[0].Claims)
		if err != nil || last == "" || !do(page) {
			return err
		}
		after = last
	}
}

// readSeen reads a block of claims, those of them that may be seen. last is the uid of the block's last claim; empty: it has none.
func (s *snapshot) readSeen(ctx context.Context, block json.RawMessage) (claims []foundClaim, last string, err error) {
	rejected, err := s.readRejected(ctx)
	if err != nil {
		return nil, "", err
	}
	if claims, err = readEvidence(block, rejected); err != nil || len(claims) == 0 {
		return nil, "", err
	}
	last = claims[len(claims)-1].UID
	if s.sight == nil {
		return claims, last, nil
	}
	if claims, err = s.sight.see(ctx, claims); err != nil {
		return nil, "", err
	}
	return claims, last, s.sight.cite(ctx, claims)
}

// membersOf gives the uids of an entity and of all that decisions made one with it.
func (s *snapshot) membersOf(ctx context.Context, entity Candidate) ([]string, error) {
	m, err := s.readMerges(ctx)
	if err != nil {
		return nil, err
	}
	uids := []string{entity.uid}
	for _, xid := range m.members[entity.XID] {
		uids = append(uids, m.uid[xid])
	}
	return uids, nil
}

// standIns gives for the entities that claims name, by xid, the one that stands for each: itself, or what decisions made it one
// with.
func (s *snapshot) standIns(ctx context.Context, claims []foundClaim) (map[string]Candidate, error) {
	m, err := s.readMerges(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]Candidate{}
	for _, c := range claims {
		for xid, uid := range map[string]string{c.Subject: c.SubjectUID, c.Object: c.ObjectUID, c.AttributedTo: c.ByUID} {
			if rep := m.repOf(xid); rep != xid {
				found[xid] = Candidate{XID: rep, uid: m.uid[rep]}
			} else if xid != "" {
				found[xid] = Candidate{XID: xid, uid: uid}
			}
		}
	}
	return found, nil
}

// drawn gives the edges that claims draw, each with those of the claims that do, by the group of their keys.
func (a *asking) drawn(ctx context.Context, claims []foundClaim) (map[string]*rawEdge, map[string]Candidate, error) {
	ends, err := a.standIns(ctx, claims)
	if err != nil {
		return nil, nil, err
	}
	byID, byGroup := map[string]*rawEdge{}, map[string]*rawEdge{}
	for _, c := range claims {
		if a.ontology.Relation(c.Predicate) == nil || !c.counts() || !a.values.Filter.Judge(&c.Claim).Shown {
			continue
		}
		e := a.edgeBetween(ends[c.Subject], c.Predicate, ends[c.Object])
		if have := byID[e.id()]; have != nil {
			e = have
		} else {
			byID[e.id()] = e
			e.filtered, e.narrowed, e.possible = true, true, true
		}
		e.passed = append(e.passed, c.evidence)
		e.evidence = append(e.evidence, c.evidence)
		e.possible = e.possible && a.values.Filter.Judge(&c.Claim).Possible
		byGroup[c.Group()] = e
	}
	return byGroup, ends, nil
}

func claimColumns() []string {
	return []string{"from", "relation", "to", "role", "assertion", "by", "period", "confidence", "possible", "source", "quote", "dataset", "claim"}
}

// claimsOf lists every claim of the header's relations that touches an entity, whatever its assertion: what is denied or hearsay
// stands beside what is asserted, the surest first.
func claimsOf(ctx context.Context, a *asking) error {
	entity, err := a.entityParam(0)
	if err != nil {
		return err
	}
	claims, more, err := a.claimsAt(ctx, entity, "claim.subject", "claim.object")
	if err != nil {
		return err
	}
	a.result.Truncated = a.result.Truncated || more
	edges, ends, err := a.drawn(ctx, claims)
	if err != nil {
		return err
	}
	a.proven = true
	var kept []foundClaim
	for _, c := range claims {
		if !slices.Contains(a.relations, c.Predicate) || !c.Stands {
			continue
		}
		switch v := a.values.Filter.Judge(&c.Claim); {
		case v.Ungraded:
			a.result.Ungraded++
		case v.Shown:
			kept = append(kept, c)
		}
	}
	slices.SortFunc(kept, func(x, y foundClaim) int {
		return cmp.Or(strings.Compare(x.Predicate, y.Predicate), cmp.Compare(rankOf(x), rankOf(y)), cmp.Compare(y.Confidence, x.Confidence), strings.Compare(x.StoredKey, y.StoredKey))
	})
	var rows []row
	for _, c := range kept {
		possible := a.values.Filter.Judge(&c.Claim).Possible
		for _, cite := range c.evidence.Cites {
			r := row{also: []string{ends[c.Subject].uid, ends[c.Object].uid}, possible: possible}
			if c.AttributedTo != "" {
				r.also = append(r.also, ends[c.AttributedTo].uid)
			}
			if e := edges[c.Group()]; e != nil && c.counts() {
				r.edges = []*rawEdge{e}
			}
			r.cell = func(field string) string {
				switch field {
				case "from":
					return a.nameOf(ends[c.Subject].XID)
				case "relation":
					return c.Predicate
				case "to":
					return a.nameOf(ends[c.Object].XID)
				case "role":
					return words(", ", strings.Join(c.Values["role"], ", "), strings.Join(c.Values["outcome"], ", "), strings.Join(c.Values["quantity"], ", "))
				case "by":
					return a.nameOf(ends[c.AttributedTo].XID)
				case "possible":
					return possibly(possible)
				case "source":
					return SourceLine(cite)
				case "quote":
					return cmp.Or(quoted(cite.Quote), cite.Locator)
				}
				return a.claimCell(c, ends, field)
			}
			rows = append(rows, r)
		}
	}
	a.tabulate(rows)
	return nil
}

// claimCell fills the columns that the questions share whose rows are claims.
func (a *asking) claimCell(c foundClaim, ends map[string]Candidate, field string) string {
	switch field {
	case "about":
		return a.nameOf(ends[c.Subject].XID)
	case "what":
		return c.Predicate
	case "value":
		return a.saidOf(c, ends)
	case "assertion":
		return words(", ", string(c.Assertion), map[bool]string{true: "rejected"}[c.evidence.Rejected])
	case "period":
		return c.evidence.Period
	case "confidence":
		return number(c.evidence.Confidence)
	case "dataset":
		return c.Dataset
	case "claim":
		return c.StoredKey
	}
	return ""
}

// rankOf orders assertions: what is asserted first, what is rejected last.
func rankOf(c foundClaim) int {
	if c.evidence.Rejected {
		return 100
	}
	return slices.Index(schema.Assertions(), c.Assertion)
}
