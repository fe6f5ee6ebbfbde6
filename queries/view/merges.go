package view

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"orbat/schema"
)

// Merges says which entities decisions made one (law 10), with the uids that they have.
type Merges struct {
	*schema.Merges
	uid   map[string]string // of all of them, by xid
	byUID map[string]string // their xids
}

// Others returns what is one with a representative, itself left out, sorted.
func (m *Merges) Others(xid string) []string {
	if m.Rep(xid) != xid || !m.Merged(xid) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(m.Members(xid)), func(member string) bool { return member == xid })
}

// All returns a representative and all that is one with it; of what is merged into another only itself.
func (m *Merges) All(xid string) []string { return append([]string{xid}, m.Others(xid)...) }

// Merges returns what is one for those who ask.
func (s *Snapshot) Merges(ctx context.Context) (*Merges, error) {
	drawn, err := s.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	return s.redactor.seenMerges(ctx, drawn)
}

// mergesPerPage is how many merged entities one request brings.
const mergesPerPage = 5000

// readDrawnMerges returns what all decisions make one, and what they reject: the graph has edges and values on the
// representatives alone. Both are wanted together, and mostly there is nothing of either.
func (s *Snapshot) readDrawnMerges(ctx context.Context) (*Merges, error) {
	if s.decided != nil {
		return s.decided, nil
	}
	m := &Merges{uid: map[string]string{}, byUID: map[string]string{}}
	reps := map[string]string{} // by member
	var rejections []*schema.StoredClaim
	decisions := schema.DatasetSource(schema.DecisionsDataset)
	for after, full := "0x0", true; full; decisions = "" {
		var page struct {
			Reps []struct {
				UID, XID string
				Rep      struct{ UID, XID string } `json:"entity.rep"`
			}
			Decisions []struct{ Claims json.RawMessage }
		}
		err := s.query(ctx, `query q($after: string, $first: int, $decisions: string) {
			reps(func: has(entity.rep), first: $first, after: $after) { uid xid entity.rep { uid xid } }
			decisions(func: eq(xid, $decisions)) { claims: ~claim.subject { `+schema.ClaimFields+` } } }`,
			map[string]string{"$after": after, "$first": strconv.Itoa(mergesPerPage), "$decisions": decisions}, &page)
		if err != nil {
			return nil, fmt.Errorf("read decisions: %w", err)
		}
		for _, n := range page.Reps {
			after = n.UID
			reps[n.XID] = n.Rep.XID
			m.uid[n.XID], m.uid[n.Rep.XID] = n.UID, n.Rep.UID
			m.byUID[n.UID], m.byUID[n.Rep.UID] = n.XID, n.Rep.XID
		}
		for _, n := range page.Decisions {
			claims, err := schema.DecodeClaims(n.Claims)
			if err != nil {
				return nil, err
			}
			rejections = append(rejections, claims...)
		}
		full = len(page.Reps) == mergesPerPage
	}
	m.Merges = schema.MergesOf(reps)
	for _, c := range rejections {
		if c.Stands && c.Predicate == schema.Reject {
			m.Add(&c.Claim)
		}
	}
	s.decided = m
	return m, nil
}

// What asks whether a claim touches an entity, or what is merged into it (law 5): one that stands and is no decision.
const (
	standing      = ` (first: 1) @filter(NOT has(claim.standing) AND NOT uid(decided)) { uid } `
	touchingSides = ` s: ~claim.subject` + standing + `o: ~claim.object` + standing + `c: ~claim.cites` + standing +
		`a: ~claim.attributed` + standing
	touchingFields = touchingSides + `m: ~entity.rep {` + touchingSides + `}`
)

// touched reports whether any claim touches an entity. A bare node may stay when its claims go (law 5).
func (s *Snapshot) touched(ctx context.Context, uid string) (bool, error) {
	var found struct{ Q []json.RawMessage }
	err := s.query(ctx, "query q($uid: string) { "+schema.DecidedVar+" q(func: uid($uid)) {"+touchingFields+"} }",
		map[string]string{"$uid": uid}, &found)
	return len(found.Q) > 0, err
}

// pages returns the claims of a query that answers in pages ([schema.ClaimPages]).
func (s *Snapshot) pages(ctx context.Context, dql string) iter.Seq2[*schema.StoredClaim, error] {
	return schema.ClaimPages(func(after string) (json.RawMessage, error) {
		var page struct{ Q json.RawMessage }
		err := s.query(ctx, dql, map[string]string{"$after": after, "$first": strconv.Itoa(schema.ClaimsPerPage)}, &page)
		return page.Q, err
	})
}
