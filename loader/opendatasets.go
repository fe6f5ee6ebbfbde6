package loader

import (
	"cmp"
	"context"
	"fmt"

	"orbat/loader/commit"
	"orbat/schema"
)

// openDatasets are the data sets that a run has begun to load, each with its lease.
type openDatasets struct {
	*commit.Session
	replace  bool // there is one only, and nobody else loads it meanwhile
	retracts bool // nobody else loads them meanwhile
	changes  bool // a delta is loaded, which has to have something that it changes
	budget   int  // claims that inventories may still take
	counters *counters
	byName   map[string]*openDataset
}

// openDataset is a data set that a run loads.
type openDataset struct {
	load      string     // uid of this run's load
	inventory *inventory // what it held before; nil: nothing
}

func newOpenDatasets(s *commit.Session, opts Options, budget int, c *counters) *openDatasets {
	return &openDatasets{
		Session: s, replace: opts.Replace, retracts: opts.Replace || opts.Readings != nil, budget: cmp.Or(budget, maxInventory),
		counters: c, byName: map[string]*openDataset{},
	}
}

// opened returns a data set if it is open.
func (o *openDatasets) opened(name string) *openDataset { return o.byName[name] }

// only returns the one data set of a replacement; nil where the input named none.
func (o *openDatasets) only() (string, *openDataset) {
	for name, set := range o.byName {
		return name, set
	}
	return "", nil
}

// open returns a data set, beginning this run's load of it where it is the first record's.
func (o *openDatasets) open(ctx context.Context, name string) (*openDataset, error) {
	if set := o.byName[name]; set != nil {
		return set, nil
	}
	mode := commit.Shared
	if o.retracts {
		mode = commit.Exclusive
	}
	if o.replace {
		if other, set := o.only(); set != nil {
			return nil, &ManyDatasetsError{schema.Fault{
				Value: name, Reason: fmt.Sprintf("one data set is replaced at a time; the records name %q and %q", other, name),
				Hint: "load each data set by itself",
			}}
		}
	}
	if err := o.HoldDataset(ctx, name, mode); err != nil {
		return nil, err
	}
	known, err := dataset(ctx, o.Graph, name) // under its lease: nothing is retracted after it was listed
	if err != nil {
		return nil, err
	}
	if known == nil && o.changes {
		return nil, nothingToChange(name)
	}
	set := &openDataset{}
	if known != nil {
		set.inventory = newInventory(o.Graph, known.Loads, &o.budget)
	}
	if set.load, err = o.Begin(ctx, name); err != nil {
		return nil, err
	}
	o.byName[name] = set
	o.counters.update(func(r *Report) { r.Datasets = append(r.Datasets, name) })
	return set, nil
}

// prefetch reads on in the inventories that changes are about.
func (o *openDatasets) prefetch(ctx context.Context, changes []commit.Change) error {
	read := map[string]bool{}
	for _, ch := range changes {
		name := ch.Claim.Dataset
		if held := o.byName[name].inventory; held != nil && !read[name] {
			read[name] = true
			if err := held.more(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// standing returns the keys of the changes whose claims certainly stand.
func (o *openDatasets) standing(ctx context.Context, changes []commit.Change) (map[string]bool, error) {
	stands := map[string]bool{}
	var ask []string
	for _, ch := range changes {
		switch held := o.byName[ch.Claim.Dataset].inventory; {
		case held == nil:
		case held.stands(ch.Key):
			stands[ch.Key] = true
		case !held.complete():
			ask = append(ask, ch.Key)
		}
	}
	if len(ask) == 0 {
		return stands, nil
	}
	var found struct {
		Q []struct {
			Key      string `json:"claim.key"`
			Standing string `json:"claim.standing"`
		}
	}
	err := o.AskEach(ctx, "look up claims", "claim.key", ask, "claim.key claim.standing", &found)
	for _, claim := range found.Q {
		stands[claim.Key] = claim.Standing != schema.Retracted
	}
	return stands, err
}
