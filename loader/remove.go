package loader

import (
	"context"
	"errors"

	"orbat/loader/commit"
	"orbat/schema"
)

// Remove deletes a data set: its claims, what only they drew, and its loads. What other data sets claim stays. Removing
// decisions undoes them. Where there is no such data set the error is a *[NoDatasetError].
func (l *Loader) Remove(ctx context.Context, name string, progress func(Progress)) (*Report, error) {
	return l.session(ctx, false, progress, func(s *commit.Session, c *counters) (*Report, error) {
		err := remove(ctx, s, c, name)
		return c.finish(), err
	})
}

func remove(ctx context.Context, s *commit.Session, c *counters, name string) error {
	if err := s.HoldDataset(ctx, name, commit.Exclusive); err != nil {
		return err
	}
	set, err := dataset(ctx, s.Graph, name)
	if err != nil {
		return err
	}
	if set == nil {
		return &NoDatasetError{Name: name}
	}
	c.update(func(r *Report) { r.Datasets = append(r.Datasets, name) })
	c.setPhase("removing")
	if err := s.VoidJournals(ctx, loadUIDs(set.Loads)); err != nil {
		return err
	}
	if name == schema.DecisionsDataset {
		var leftOut []schema.Contradiction
		leftOut, err = s.Decide(ctx, func([]*schema.Claim) ([]commit.Change, error) {
			return otherDecisions(ctx, s.Graph, c, commit.Remove, "", nil, nil)
		}, c.committed)
		c.update(func(r *Report) { r.LeftOut = leftOut })
	} else {
		err = removeClaims(ctx, s, c, set.Loads)
	}
	if err != nil {
		return err
	}
	if _, err := s.RemoveTexts(ctx, name, ""); err != nil {
		return err
	}
	return s.Forget(ctx, set.uid, loadUIDs(set.Loads))
}

// maxRemovals bounds how often what is left of a data set is looked for.
const maxRemovals = 5

// removeClaims removes the claims that the journals name, and then what the lists of the loads' claims still have,
// until they have none: neither alone is sure to name them all, and what is left would belong to no data set.
func removeClaims(ctx context.Context, s *commit.Session, c *counters, loads []LoadInfo) error {
	groups := map[string]bool{}
	defer func() { c.addRetracted(commit.Remove, len(groups)) }()
	claims := journalClaims(ctx, s.Graph, loads)
	for range maxRemovals {
		p := s.Pool(ctx, c.committed)
		for claim, err := range claims {
			if err == nil {
				groups[schema.GroupOf(claim.StoredKey)] = true
				err = p.Put(p.Ctx, commit.Change{Kind: commit.Remove, Claim: &claim.Claim, Key: claim.StoredKey})
			}
			if err != nil {
				return p.Fail(err)
			}
		}
		if err := p.Finish(); err != nil {
			return err
		}
		if left, err := countClaims(ctx, s.Graph, loads); err != nil || left == 0 {
			return err
		}
		claims = loadClaims(ctx, s.Graph, loads)
	}
	return errClaimsLeft
}

var errClaimsLeft = errors.New("the data set still has claims after they were removed")
