package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"

	"orbat/queries/canned"
)

// visible tells which entities may be seen, and are: an allowed claim touches them.
func (v *sight) visible(ctx context.Context, xids []string) (map[string]bool, error) {
	if err := v.judge(ctx, xids); err != nil {
		return nil, err
	}
	var open []string
	for _, xid := range xids {
		if _, known := v.touched[xid]; !known && !v.complete && v.marked[xid] == canned.Allowed {
			open = append(open, xid)
		}
	}
	for batch := range slices.Chunk(open, groupsAtOnce) {
		if err := v.lookForTouch(ctx, batch); err != nil {
			return nil, fmt.Errorf("look at markings: %w", err)
		}
	}
	seen := map[string]bool{}
	for _, xid := range xids {
		seen[xid] = v.marked[xid] == canned.Allowed && v.touched[xid]
	}
	return seen, nil
}

// lookForTouch looks for claims that pass and touch entities: at a few of each first, then at all of those that it must.
func (v *sight) lookForTouch(ctx context.Context, xids []string) error {
	const few, many = 20, 2000
	first := few
	for _, side := range []string{"subject", "object", "cites", "attributed"} {
		open := slices.DeleteFunc(slices.Clone(xids), func(xid string) bool { return v.touched[xid] })
		if err := v.touchedOn(ctx, side, first, open, nil); err != nil {
			return err
		}
	}
	for _, xid := range xids {
		for _, side := range []string{"subject", "object", "cites", "attributed"} {
			if v.touched[xid] {
				break
			}
			after := "0x0"
			for after != "" && !v.touched[xid] {
				if err := v.touchedOn(ctx, side, many, []string{xid}, &after); err != nil {
					return err
				}
			}
		}
		if !v.touched[xid] {
			v.touched[xid] = false // known from here on
		}
	}
	return nil
}

// touchedOn looks at the first claims that name entities on one side; with after, at those behind it, and sets it to the last or "".
func (v *sight) touchedOn(ctx context.Context, side string, first int, xids []string, after *string) error {
	if len(xids) == 0 {
		return nil
	}
	var declared, used []string
	vars := map[string]string{"$first": strconv.Itoa(first), "$after": "0x0"}
	if after != nil {
		vars["$after"] = *after
	}
	for i, xid := range xids {
		name := "$x" + strconv.Itoa(i)
		vars[name] = xid
		declared, used = append(declared, name+": string"), append(used, name)
	}
	var found struct {
		Q []struct {
			XID    string
			Claims json.RawMessage
		}
	}
	err := v.query(ctx, "query q($first: int, $after: string, "+strings.Join(declared, ", ")+") { q(func: eq(xid, ["+strings.Join(used, ", ")+
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
			xids = append(xids, named(&c.Claim)...)
			last = c.UID
		}
		if err := v.judge(ctx, xids); err != nil {
			return err
		}
		for _, c := range claims {
			if c.Stands && !c.Decision() && v.passes(c) && slices.Contains(named(&c.Claim), n.XID) {
				v.touched[n.XID] = true
				break
			}
		}
	}
	if after != nil {
		*after = last
	}
	return nil
}
