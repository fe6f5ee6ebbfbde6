package loader

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"

	"orbat/loader/commit"
	"orbat/loader/validate"
	"orbat/schema"
)

// delta is what an input that changes a data set says of which of its records: each of them says what the input says of
// it now, as if the whole of the data set had been loaded to replace it (law 1). It is held in memory.
type delta struct {
	changed map[string][32]byte // by id of the record: what becomes of it
	keys    map[[16]byte]bool   // of the input's claims, digested
	groups  map[string]bool     // that the input says something about
	cited   map[string]bool     // documents that the input cites
}

// DeltaError refuses a delta that cannot be applied, or applied so.
type DeltaError struct{ schema.Fault }

// change takes the change of a record. The first makes the load one that changes a data set: nobody else loads it
// meanwhile, and as much may be rejected as where it is replaced.
func (l *load) change(ctx context.Context, in *intake, change *schema.RecordChange) error {
	refuse := func(reason, hint string) error {
		return &DeltaError{schema.Fault{Pos: change.Pos, Value: schema.Brief(change.ID), Reason: reason, Hint: hint}}
	}
	if l.delta == nil {
		switch {
		case l.opts.Replace:
			return refuse("a delta is not the whole of a data set", "load it without replacing: it says itself what it retracts")
		case l.counters.accepted() > 0:
			return refuse("a delta among other files", "load it by itself")
		}
		l.delta = &delta{
			changed: map[string][32]byte{}, keys: map[[16]byte]bool{}, groups: map[string]bool{}, cited: map[string]bool{},
		}
		l.rejects = newRejectNames(l.Ontology, l.opts.Dataset)
		if l.counters.read() > 0 { // and rejected: nobody knows what of
			l.rejects.add(validate.Checked{})
		}
		in.rejected = l.rejects.add
		if l.opts.MaxRejects == nil {
			in.maxRejects = 0
		}
		l.sets.retracts, l.sets.changes = true, true
		if _, err := l.sets.open(ctx, l.dataset()); err != nil {
			return err
		}
	}
	id := schema.CanonicalText(change.ID)
	if into, known := l.delta.changed[id]; known && into != change.Into {
		return refuse("the delta changes one record in two ways",
			"load deltas one after the other, the oldest first: within one nothing tells which change is the later")
	}
	l.delta.changed[id] = change.Into
	return in.checkRejects()
}

// dataset is the data set of records that name none, and that a delta changes.
func (l *load) dataset() string { return cmp.Or(l.opts.Dataset, schema.DefaultDataset) }

// note takes a claim of the input.
func (d *delta) note(ch commit.Change) error {
	if d == nil {
		return nil
	}
	if _, known := d.changed[ch.Claim.Record]; ch.Claim.Record != "" && !known {
		return &DeltaError{schema.Fault{
			Pos: schema.Position{File: ch.Origin.File, Line: ch.Origin.Row}, Value: schema.Brief(ch.Claim.Record),
			Reason: "a record that the delta does not change: it is of another file", Hint: "load the delta by itself",
		}}
	}
	d.keys[keyDigest(ch.Key)] = true
	d.groups[schema.GroupOf(ch.Key)] = true
	for _, cite := range ch.Claim.Cites {
		d.cited[cite.Source] = true
	}
	return nil
}

func (d *delta) says(key string) bool { return d.keys[keyDigest(key)] }

// retractChanged has retracted what the data set said as the records that the delta changes, and what it only said of
// documents because these records cite them.
func (l *load) retractChanged(p *commit.Pool) error {
	set := l.sets.opened(l.dataset())
	count := retractCount{counters: l.counters}
	gone := map[string]bool{}
	retract := func(claim *schema.StoredClaim) error {
		keep := l.rejects.keep(claim)
		group := schema.GroupOf(claim.StoredKey)
		if count.add(group, l.delta.groups[group], keep); keep {
			return nil
		}
		gone[claim.StoredKey] = true
		return p.Put(p.Ctx, commit.Change{Kind: commit.Retract, Claim: &claim.Claim, Key: claim.StoredKey, Load: set.load})
	}
	documents := map[string]bool{}
	err := l.changedClaims(p.Ctx, set.inventory, func(claim *schema.StoredClaim) error {
		for _, cite := range claim.Cites {
			documents[cite.Source] = true // also of what a run that was killed has retracted
		}
		if !claim.Stands {
			return nil
		}
		return retract(claim)
	})
	if err != nil {
		return err
	}
	for _, xid := range slices.Sorted(maps.Keys(documents)) {
		if l.delta.cited[xid] {
			continue
		}
		idle, err := l.idleDescriptions(p.Ctx, xid, gone)
		if err != nil {
			return err
		}
		for _, claim := range idle {
			if err := retract(claim); err != nil {
				return err
			}
		}
	}
	count.end()
	return nil
}

// changedClaims calls do, in the order of their keys, with the claims that the data set ever made as the records that
// the delta changes, and that the input does not say.
func (l *load) changedClaims(ctx context.Context, held *inventory, do func(*schema.StoredClaim) error) error {
	ctx, cancel := context.WithCancel(ctx) // ends what sorts, too
	defer cancel()
	keys, err := held.keys(ctx)
	if err != nil {
		return err
	}
	var batch []string
	read := func() error {
		defer func() { batch = batch[:0] }()
		ours, err := l.ofChanged(ctx, batch)
		if err != nil || len(ours) == 0 {
			return err
		}
		claims, err := claimsOf(ctx, l.Graph, ours)
		for _, claim := range claims {
			if err == nil {
				err = do(claim)
			}
		}
		return err
	}
	last := ""
	for key, err := range keys.Sorted() {
		if err != nil {
			return err
		}
		if key == last || l.delta.says(key) {
			continue
		}
		last = key
		if batch = append(batch, key); len(batch) == claimsPerRequest {
			if err := read(); err != nil {
				return err
			}
		}
	}
	return read()
}

// ofChanged returns those of some keys whose claims are of records that the delta changes.
func (l *load) ofChanged(ctx context.Context, keys []string) ([]string, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	const fields = "claim.key claim.subject @facets(" + schema.FacetRecord + ") { uid }"
	var found struct {
		Q []struct {
			Key     string `json:"claim.key"`
			Subject []struct {
				Record string `json:"claim.subject|record"`
			} `json:"claim.subject"`
		}
	}
	if err := l.AskEach(ctx, "look up records", "claim.key", keys, fields, &found); err != nil {
		return nil, err
	}
	var ours []string
	for _, claim := range found.Q {
		for _, subject := range claim.Subject {
			if _, changed := l.delta.changed[subject.Record]; changed && subject.Record != "" {
				ours = append(ours, claim.Key)
			}
		}
	}
	return ours, nil
}

// idleDescriptions returns the claims of the data set that only describe a document for being cited, where no claim of
// it that stands cites that any more.
func (l *load) idleDescriptions(ctx context.Context, xid string, gone map[string]bool) ([]*schema.StoredClaim, error) {
	dataset := l.dataset()
	facts, err := claimsOfGroups(ctx, l.Graph, []string{schema.FactsKey(xid)})
	if err != nil {
		return nil, err
	}
	idle := slices.DeleteFunc(facts, func(c *schema.StoredClaim) bool {
		return c.Dataset != dataset || !c.Stands || c.Record != "" || !isReference(&c.Claim) || l.delta.says(c.StoredKey)
	})
	if len(idle) == 0 {
		return nil, nil
	}
	for claim, err := range l.ClaimsAt(ctx, "read what cites a document", readingsOf, xid, claimsPerRequest) {
		if err != nil {
			return nil, err
		}
		if claim.Stands && claim.Dataset == dataset && !gone[claim.StoredKey] {
			return nil, nil
		}
	}
	return idle, nil
}

// nothingToChange refuses a delta of a data set that nobody loaded.
func nothingToChange(dataset string) error {
	return &DeltaError{schema.Fault{
		Value: dataset, Reason: "a delta of the data set " + strconv.Quote(dataset) + ", of which nothing is loaded",
		Hint: "load the whole of the data set first, or name the one that the delta changes", Option: schema.Option{Name: "dataset"},
		See: schema.SeeDatasets,
	}}
}
