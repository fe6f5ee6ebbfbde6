package view

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"orbat/queries/canned"
	"orbat/schema"
)

// Visible returns which of some entities may be seen, by xid; where there is no limit all.
func (s *Snapshot) Visible(ctx context.Context, xids []string) (map[string]bool, error) {
	if s.redactor != nil {
		return s.redactor.visible(ctx, xids)
	}
	all := map[string]bool{}
	for _, xid := range xids {
		all[xid] = true
	}
	return all, nil
}

// visible tells which entities may be seen, and are: an allowed claim touches them.
func (r *redactor) visible(ctx context.Context, xids []string) (map[string]bool, error) {
	if err := r.learnMarkings(ctx, xids); err != nil {
		return nil, err
	}
	var open []string
	for _, xid := range xids {
		if _, known := r.touched[xid]; !known && !r.complete && r.marked[xid] == canned.Allowed {
			open = append(open, xid)
		}
	}
	for batch := range slices.Chunk(open, GroupsAtOnce) {
		if err := r.lookForTouch(ctx, batch); err != nil {
			return nil, fmt.Errorf("look at markings: %w", err)
		}
	}
	seen := map[string]bool{}
	for _, xid := range xids {
		seen[xid] = r.marked[xid] == canned.Allowed && r.touched[xid]
	}
	return seen, nil
}

// nameable returns those of some entities that an answer may name: what a claim that passes names, standing or not, and
// what may be seen.
func (r *redactor) nameable(ctx context.Context, xids []string) ([]string, error) {
	if r.complete { // an export asks for what it has seen
		return xids, nil
	}
	visible, err := r.visible(ctx, slices.DeleteFunc(slices.Clone(xids), func(xid string) bool { return r.named[xid] }))
	return slices.DeleteFunc(xids, func(xid string) bool { return !r.named[xid] && !visible[xid] }), err
}

// entities takes their xids from entities that may not be seen.
func (r *redactor) entities(ctx context.Context, list []Candidate) error {
	if r == nil {
		return nil
	}
	var xids []string
	for _, c := range list {
		xids = append(xids, c.XID)
	}
	visible, err := r.visible(ctx, xids)
	for i, c := range list {
		if !visible[c.XID] {
			list[i].XID = ""
		}
	}
	return err
}

// lookForTouch looks for claims that pass and touch entities: at a few of each first, then at all of those that it
// must.
func (r *redactor) lookForTouch(ctx context.Context, xids []string) error {
	const few, many = 20, 2000
	first := few
	for _, side := range []string{"subject", "object", "cites", "attributed"} {
		open := slices.DeleteFunc(slices.Clone(xids), func(xid string) bool { return r.touched[xid] })
		if err := r.touchedOn(ctx, side, first, open, nil); err != nil {
			return err
		}
	}
	for _, xid := range xids {
		for _, side := range []string{"subject", "object", "cites", "attributed"} {
			if r.touched[xid] {
				break
			}
			after := "0x0"
			for after != "" && !r.touched[xid] {
				if err := r.touchedOn(ctx, side, many, []string{xid}, &after); err != nil {
					return err
				}
			}
		}
		if !r.touched[xid] {
			r.touched[xid] = false // known from here on
		}
	}
	return nil
}

// touchedOn looks at the first claims that name entities on one side; with after, at those behind it, and sets it to
// the last or "".
func (r *redactor) touchedOn(ctx context.Context, side string, first int, xids []string, after *string) error {
	if len(xids) == 0 {
		return nil
	}
	vars := map[string]string{"$first": strconv.Itoa(first), "$after": "0x0"}
	if after != nil {
		vars["$after"] = *after
	}
	declared, used := xidVariables(vars, xids)
	var found struct {
		Q []struct {
			XID    string
			Claims json.RawMessage
		}
	}
	err := r.query(ctx, "query q($first: int, $after: string, "+declared+") { q(func: eq(xid, ["+used+
		"])) { xid claims: ~claim."+side+" (first: $first, after: $after) { "+schema.ClaimFields+" } } }", vars, &found)
	if err != nil {
		return err
	}
	last := ""
	for _, n := range found.Q {
		claims, err := schema.DecodeClaims(n.Claims)
		if err != nil {
			return err
		}
		var xids []string
		for _, c := range claims {
			xids = append(xids, c.XIDs()...)
			last = c.UID
		}
		if err := r.learnMarkings(ctx, xids); err != nil {
			return err
		}
		for _, c := range claims {
			if c.Stands && !c.Decision() && r.passes(c) && slices.Contains(c.XIDs(), n.XID) {
				r.touched[n.XID] = true
				break
			}
		}
	}
	if after != nil {
		*after = last
	}
	return nil
}
