package view

import (
	"context"
	"fmt"

	"orbat/queries/canned"
	"orbat/schema"
)

// readAll learns from all claims what may be seen, and returns the entities that a data set's touch, or any data set's:
// an export meets every entity, and asking for each would read most claims several times.
func (r *redactor) readAll(ctx context.Context, dataset string) (inSet map[string]bool, err error) {
	if dataset == "" {
		err = r.eachPassing(ctx, func(*schema.StoredClaim, string) error { return nil })
		inSet = r.touched
	} else {
		inSet = map[string]bool{}
		err = r.eachPassing(ctx, func(c *schema.StoredClaim, _ string) error {
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
	for _, xid := range c.XIDs() {
		if !schema.IsDatasetSource(xid) {
			touched[xid] = true
		}
	}
}

// eachPassing returns the claims that pass, decisions apart, with the keys that they had. It reads all claims twice,
// first for how entities are marked, and notes the entities.
func (r *redactor) eachPassing(ctx context.Context, do func(c *schema.StoredClaim, was string) error) error {
	m, err := r.readDrawnMerges(ctx)
	if err != nil {
		return err
	}
	err = r.eachClaim(ctx, func(c *schema.StoredClaim) error {
		r.mark(m, c, m.Rejects(c.StoredKey))
		return nil
	})
	if err != nil {
		return err
	}
	r.complete = true
	return r.eachClaim(ctx, func(c *schema.StoredClaim) error {
		was := c.StoredKey
		switch {
		case c.Decision():
			return nil
		case !r.passes(c):
			if c.Stands {
				r.withheld.Claims++
			}
			return nil
		case c.Stands:
			touch(r.touched, c)
		}
		return do(c, was)
	})
}

// eachRecord returns what a canonical export up to the limits holds. A judgement names its claim by the key that this
// has there, and says no more of it: a passage may be withheld.
func (r *redactor) eachRecord(ctx context.Context, do func(*schema.Claim) error) error {
	drawn, err := r.readDrawnMerges(ctx)
	if err != nil {
		return err
	}
	keys := map[string]string{} // of judged claims that pass
	judged := map[string]bool{}
	for c, err := range r.pages(ctx, schema.EveryDecision) {
		if err != nil {
			return fmt.Errorf("read decisions: %w", err)
		}
		if c.Judgement() {
			judged[c.Claim.Value] = true
		}
	}
	err = r.eachPassing(ctx, func(c *schema.StoredClaim, was string) error {
		if judged[was] {
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
	for c, err := range r.pages(ctx, schema.EveryDecision) {
		switch {
		case err != nil:
			return fmt.Errorf("read decisions: %w", err)
		case !r.holds(drawn, c):
			continue
		case c.Judgement():
			key, passes := keys[c.Claim.Value]
			if !passes {
				continue
			}
			c.Claim.Value = key
			delete(c.Claim.Extra, schema.StatementKey)
		case r.marked[c.Subject] != canned.Allowed || r.marked[c.Object] != canned.Allowed || !r.touched[c.Subject] || !r.touched[c.Object]:
			continue
		}
		if err := do(&c.Claim); err != nil {
			return err
		}
	}
	return nil
}
