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

// claimsAt reads the claims whose subject or object is an entity, or one that decisions made one with it. It reports whether there
// are more than it reads.
func (s *snapshot) claimsAt(ctx context.Context, uid string, sides ...string) (claims []foundClaim, more bool, err error) {
	rejected, err := s.readRejected(ctx)
	if err != nil {
		return nil, false, err
	}
	members, err := s.memberUIDs(ctx, uid)
	if err != nil {
		return nil, false, err
	}
	seen := map[string]bool{}
	for _, member := range members {
		for _, side := range sides {
			dql := "query q($uid: string, $after: string) { q(func: uid($uid)) { claims: ~" + side + " (first: " + strconv.Itoa(claimsAtOnce) + ", after: $after) { " + evidenceFields + " } } }"
			for after := "0x0"; ; {
				var found struct {
					Q []struct{ Claims json.RawMessage }
				}
				if err := s.query(ctx, dql, map[string]string{"$uid": member, "$after": after}, &found); err != nil {
					return nil, false, fmt.Errorf("read claims: %w", err)
				}
				if len(found.Q) == 0 {
					break
				}
				page, err := readEvidence(found.Q[0].Claims, rejected)
				if err != nil {
					return nil, false, err
				}
				for _, c := range page {
					after = c.UID
					if !seen[c.StoredKey] && !c.Decision() {
						seen[c.StoredKey] = true
						claims = append(claims, c)
					}
				}
				if len(claims) >= maxClaimsAt {
					return claims, true, nil
				}
				if len(page) < claimsAtOnce {
					break
				}
			}
		}
	}
	slices.SortFunc(claims, func(x, y foundClaim) int { return strings.Compare(x.StoredKey, y.StoredKey) })
	return claims, false, nil
}

// memberUIDs gives an entity and all that decisions made one with it.
func (s *snapshot) memberUIDs(ctx context.Context, uid string) ([]string, error) {
	var found struct {
		Q []struct {
			Members []struct{ UID string } `json:"~entity.rep"`
		}
	}
	if err := s.query(ctx, `query q($uid: string) { q(func: uid($uid)) { ~entity.rep { uid } } }`, map[string]string{"$uid": uid}, &found); err != nil {
		return nil, fmt.Errorf("read merges: %w", err)
	}
	uids := []string{uid}
	for _, n := range found.Q {
		for _, m := range n.Members {
			uids = append(uids, m.UID)
		}
	}
	return uids, nil
}

// standIns gives for entities, by xid, the one that stands for each: itself, or what decisions made it one with.
func (s *snapshot) standIns(ctx context.Context, xids []string) (map[string]Candidate, error) {
	found := map[string]Candidate{}
	for batch := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(xids))), groupsAtOnce) {
		var declared, names []string
		vars := map[string]string{}
		for i, xid := range batch {
			name := "$x" + strconv.Itoa(i)
			declared, names, vars[name] = append(declared, name+": string"), append(names, name), xid
		}
		var answer struct {
			Q []struct {
				UID, XID string
				Rep      *struct{ UID, XID string } `json:"entity.rep"`
			}
		}
		err := s.query(ctx, "query q("+strings.Join(declared, ", ")+") { q(func: eq(xid, ["+strings.Join(names, ", ")+"])) { uid xid entity.rep { uid xid } } }", vars, &answer)
		if err != nil {
			return nil, fmt.Errorf("look up entities: %w", err)
		}
		for _, n := range answer.Q {
			c := Candidate{XID: n.XID, uid: n.UID}
			if n.Rep != nil {
				c = Candidate{XID: n.Rep.XID, uid: n.Rep.UID}
			}
			found[n.XID] = c
		}
	}
	return found, nil
}

// drawn gives the edges that claims draw, each with those of the claims that do, by the group of their keys.
func (a *asking) drawn(ctx context.Context, claims []foundClaim) (map[string]*rawEdge, map[string]Candidate, error) {
	var xids []string
	for _, c := range claims {
		xids = append(xids, c.Subject)
		for _, xid := range []string{c.Object, c.AttributedTo} {
			if xid != "" {
				xids = append(xids, xid)
			}
		}
	}
	ends, err := a.standIns(ctx, xids)
	if err != nil {
		return nil, nil, err
	}
	byID, byGroup := map[string]*rawEdge{}, map[string]*rawEdge{}
	for _, c := range claims {
		if a.ontology.Relation(c.Predicate) == nil || !c.counts() || !a.values.filter.judge(&c.Claim).shown {
			continue
		}
		e := a.edgeBetween(ends[c.Subject], c.Predicate, ends[c.Object])
		if have := byID[e.id()]; have != nil {
			e = have
		} else {
			byID[e.id()] = e
			e.filtered, e.possible = true, true
		}
		e.passed = append(e.passed, c.evidence)
		e.evidence = append(e.evidence, c.evidence)
		e.possible = e.possible && a.values.filter.judge(&c.Claim).possible
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
	claims, more, err := a.claimsAt(ctx, entity.uid, "claim.subject", "claim.object")
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
		switch v := a.values.filter.judge(&c.Claim); {
		case v.ungraded:
			a.result.Ungraded++
		case v.shown:
			kept = append(kept, c)
		}
	}
	slices.SortFunc(kept, func(x, y foundClaim) int {
		return cmp.Or(strings.Compare(x.Predicate, y.Predicate), cmp.Compare(rankOf(x), rankOf(y)), cmp.Compare(y.Confidence, x.Confidence), strings.Compare(x.StoredKey, y.StoredKey))
	})
	var rows []row
	for _, c := range kept {
		possible := a.values.filter.judge(&c.Claim).possible
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
				case "assertion":
					return words(", ", string(c.Assertion), map[bool]string{true: "rejected"}[c.evidence.Rejected])
				case "by":
					return a.nameOf(ends[c.AttributedTo].XID)
				case "period":
					return c.evidence.Period
				case "confidence":
					return number(c.evidence.Confidence)
				case "possible":
					return possibly(possible)
				case "source":
					return SourceLine(cite)
				case "quote":
					return cmp.Or(quoted(cite.Quote), cite.Locator)
				case "dataset":
					return c.Dataset
				case "claim":
					return c.StoredKey
				}
				return ""
			}
			rows = append(rows, r)
		}
	}
	a.tabulate(rows)
	return nil
}

// rankOf orders assertions: what is asserted first, what is rejected last.
func rankOf(c foundClaim) int {
	if c.evidence.Rejected {
		return 100
	}
	return slices.Index(schema.Assertions(), c.Assertion)
}
