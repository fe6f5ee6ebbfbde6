package queries

import (
	"context"

	"orbat/schema"

	"orbat/queries/canned"
)

// readAll learns from all claims what may be seen, and gives the entities that a data set's touch, or any data set's: an export
// meets every entity, and asking for each would read most claims several times.
func (v *sight) readAll(ctx context.Context, dataset string) (inSet map[string]bool, err error) {
	if dataset == "" {
		err = v.eachPassing(ctx, func(*schema.StoredClaim, string) error { return nil })
		inSet = v.touched
	} else {
		inSet = map[string]bool{}
		err = v.eachPassing(ctx, func(c *schema.StoredClaim, _ string) error {
			if c.Stands && c.Dataset == dataset {
				touch(inSet, c)
			}
			return nil
		})
	}
	return inSet, err
}

// touch notes the entities that a claim touches.
func touch(touched map[string]bool, c *schema.StoredClaim) {
	for _, xid := range named(&c.Claim) {
		if !schema.IsDatasetSource(xid) {
			touched[xid] = true
		}
	}
}

// eachPassing gives the claims that pass, decisions apart, with the keys that they had. It reads all claims twice, first for how
// entities are marked, and notes the entities.
func (v *sight) eachPassing(ctx context.Context, do func(c *schema.StoredClaim, was string) error) error {
	m, err := v.readDrawnMerges(ctx)
	if err != nil {
		return err
	}
	rejected, err := v.readRejected(ctx)
	if err != nil {
		return err
	}
	err = v.eachClaim(ctx, func(c *schema.StoredClaim) error {
		v.mark(m, c, rejected[c.StoredKey])
		return nil
	})
	if err != nil {
		return err
	}
	v.complete = true
	return v.eachClaim(ctx, func(c *schema.StoredClaim) error {
		was := c.StoredKey
		switch {
		case c.Decision():
			return nil
		case !v.passes(c):
			if c.Stands {
				v.withheld.Claims++
			}
			return nil
		case c.Stands:
			touch(v.touched, c)
		}
		return do(c, was)
	})
}

// eachRecord gives what a canonical export up to the limits holds. A rejection names its claim by the key that this has there.
func (v *sight) eachRecord(ctx context.Context, do func(*schema.Claim) error) error {
	rejected, err := v.readRejected(ctx)
	if err != nil {
		return err
	}
	keys := map[string]string{} // of rejected claims that pass
	err = v.eachPassing(ctx, func(c *schema.StoredClaim, was string) error {
		if rejected[was] {
			keys[was] = c.StoredKey
		}
		if !c.Stands {
			return nil
		}
		return do(&c.Claim)
	})
	if err != nil {
		return err
	}
	drawn, err := v.readDrawnMerges(ctx)
	if err != nil {
		return err
	}
	var decisions []*schema.Claim
	err = v.eachDecision(ctx, func(c *schema.StoredClaim) {
		switch {
		case !v.holds(drawn, c):
			return
		case c.Predicate == schema.Reject:
			key, passes := keys[c.Claim.Value]
			if !passes {
				return
			}
			c.Claim.Value = key
		case v.marked[c.Subject] != canned.Allowed || v.marked[c.Object] != canned.Allowed || !v.touched[c.Subject] || !v.touched[c.Object]:
			return
		}
		decisions = append(decisions, &c.Claim)
	})
	if err != nil {
		return err
	}
	for _, c := range decisions {
		if err := do(c); err != nil {
			return err
		}
	}
	return nil
}
