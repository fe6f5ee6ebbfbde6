package loader

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"orbat/schema"
)

// run is one load on its way.
type run struct {
	*Loader
	opts      Options
	validator validator
	tally     *tally
	types     *typeWatch // nil unless records are loaded

	lease    *lease // nil for a plan
	resolver *resolver
	courtesy *courtesy
	decided  *schema.Merges

	loads     map[string]string     // by data set: the uid of this run's load
	known     map[string]*inventory // by data set, of those that had loads before this run: what they held
	room      int                   // claims that they may still take
	long      bool                  // there are thousands of records
	said      *spill[string]        // with Replace: the keys of the input's claims
	seen      map[[16]byte]bool     // the decisions of the input; of a plan, all its claims
	described map[string]bool       // keys of the descriptions that references gave: one is enough
	newcomers newcomers
	others    bool     // there were data sets before this load
	decisions []change // kept to the end: they are applied under a lease on the whole graph
}

// open takes the leases and reads the decisions that stand.
func (l *Loader) open(ctx context.Context, opts Options) (*run, error) {
	r := &run{
		Loader: l, opts: opts, validator: validator{l.Ontology, opts.Dataset},
		tally:    &tally{started: time.Now(), progress: opts.Progress},
		resolver: newResolver(l.DB), courtesy: newCourtesy(l.workers()), loads: map[string]string{}, known: map[string]*inventory{}, room: cmp.Or(l.maxInventory, maxInventory),
		seen: map[[16]byte]bool{}, described: map[string]bool{},
	}
	if err := r.openGraph(ctx); err != nil {
		return nil, errors.Join(err, r.close(ctx))
	}
	return r, nil
}

func (r *run) openGraph(ctx context.Context) (err error) {
	if !r.opts.Plan {
		if r.lease, err = newLease(ctx, r.DB, r.workers()+1, r.Waiting); err != nil {
			return err
		}
		if err := r.shareGraph(ctx); err != nil {
			return err
		}
	}
	if r.others, err = r.anyData(ctx); err != nil {
		return err
	}
	r.decided, err = r.readMerges(ctx)
	return err
}

func (r *run) close(ctx context.Context) error {
	if r.lease == nil {
		return nil
	}
	return r.lease.close(ctx)
}

// load runs the phases in their order: what retracts and what decides comes last, when every input was read to its end.
func (r *run) load(ctx context.Context, records iter.Seq2[*schema.Record, error]) error {
	ctx, cancel := context.WithCancel(ctx) // ends what sorts, too
	defer cancel()
	r.types = newTypeWatch(ctx, r.Ontology, r.opts.Plan)
	if r.opts.Replace {
		r.said = newTextSpill(ctx, "")
	}
	if err := r.change(ctx, records); err != nil {
		return err
	}
	if len(r.decisions) > 0 || r.opts.Replace && r.loads[schema.DecisionsDataset] != "" {
		r.tally.enter("deciding")
		if err := r.applyDecisions(ctx, retract); err != nil {
			return err
		}
	}
	r.tally.enter("checking")
	return r.types.settle(ctx, r.Loader, &r.tally.report)
}

// complete marks this run's loads complete.
func (r *run) complete(ctx context.Context, report *Report) error {
	for _, dataset := range sortedNames(r.loads) {
		if err := r.end(ctx, r.loads[dataset], report); err != nil {
			return err
		}
	}
	r.tally.enter("done")
	return nil
}

// change adds what the records claim and, with Replace, retracts what they do not: by the same pool, so that what a record says
// now and what it said before are written together.
func (r *run) change(ctx context.Context, records iter.Seq2[*schema.Record, error]) error {
	p := r.startPool(ctx)
	r.tally.enter("reading")
	err := r.add(ctx, p, records)
	if err == nil && r.opts.Replace {
		r.tally.enter("retracting")
		err = r.retractUnseen(p)
	}
	if err != nil {
		return p.fail(err)
	}
	return p.finish()
}

// add reads and validates all records and has their claims written.
func (r *run) add(ctx context.Context, p *pool, records iter.Seq2[*schema.Record, error]) error {
	if r.opts.Replace && r.opts.Dataset != "" { // an empty input replaces the data set by nothing
		if _, err := r.loadOf(ctx, r.opts.Dataset); err != nil {
			return err
		}
	}
	for stretch := range r.validator.ahead(p.ctx, records) { //nolint:contextcheck // the pool's, which ends with its first error
		r.long = r.long || len(stretch) >= recordsAtOnce
		good, err := r.sort(stretch)
		if err == nil {
			err = r.dispatch(ctx, p, good)
		}
		if err != nil {
			return err
		}
	}
	return p.ctx.Err() // where it has ended the input was not read to its end
}

// sort gives the records that are in order, and rejects or notes the others; an error of another kind ends the load.
func (r *run) sort(stretch []checked) ([]checked, error) {
	good := stretch[:0]
	for _, c := range stretch {
		var bad *schema.RecordError
		var notice *schema.Notice
		switch {
		case c.err == nil:
			r.tally.read()
			good = append(good, c)
			continue
		case errors.As(c.err, &notice):
			c.err = r.notice(notice)
		case errors.As(c.err, &bad):
			c.err = r.reject(bad)
		}
		if c.err != nil {
			return nil, c.err
		}
	}
	return good, nil
}

// notice counts and passes on what the reader found odd.
func (r *run) notice(notice *schema.Notice) error {
	r.tally.noticed()
	if r.opts.Noticed == nil {
		return nil
	}
	return r.opts.Noticed(notice)
}

func (r *run) reject(bad *schema.RecordError) error {
	rejected := r.tally.rejected()
	if r.opts.Rejected != nil {
		if err := r.opts.Rejected(bad); err != nil {
			return err
		}
	}
	most := -1
	if r.opts.Replace {
		most = 0
	}
	if r.opts.MaxRejects != nil {
		most = *r.opts.MaxRejects
	}
	if most >= 0 && rejected > most {
		return &TooManyRejects{rejected, most}
	}
	return nil
}

// dispatch sends the claims of a stretch of records to the workers, leaving out those that are in place already.
func (r *run) dispatch(ctx context.Context, p *pool, records []checked) error {
	var changes []change
	for _, record := range records {
		rec := &recordTally{left: record.own}
		for i, claim := range record.claims {
			ch := change{kind: add, claim: claim, key: record.keys[i], where: record.where()}
			var err error
			if ch.load, err = r.loadOf(ctx, claim.Dataset); err != nil {
				return err
			}
			if i < record.own {
				ch.rec = rec
			} else if r.describedAlready(ch.key) {
				continue
			}
			if claim.Decision() {
				r.seen[keyDigest(ch.key)] = true
				r.decisions = append(r.decisions, ch)
			} else {
				if err := r.types.note(claim); err != nil {
					return err
				}
				changes = append(changes, ch)
			}
		}
	}
	all := len(changes)
	changes, err := r.missing(ctx, changes)
	if err != nil {
		return err
	}
	if !r.opts.Plan && len(changes) > all/4 { // else the few are resolved by their writers, together with those of other stretches
		var xids []string
		for _, ch := range changes {
			xids = append(xids, ch.claim.XIDs()...)
		}
		if _, err := r.resolver.ensure(ctx, xids); err != nil {
			return err
		}
	}
	for _, ch := range changes {
		if err := p.put(ctx, ch); err != nil {
			return err
		}
	}
	return nil
}

// maxDescribed bounds the memory of descriptions: forgetting costs a look-up, nothing else.
const maxDescribed = 1 << 18

func (r *run) describedAlready(key string) bool {
	if r.described[key] {
		return true
	}
	if len(r.described) >= maxDescribed {
		clear(r.described)
	}
	r.described[key] = true
	return false
}

// missing drops the changes whose claims stand already: what they change was written with them. This is only a short
// cut for a re-load; the writing transaction looks again.
func (r *run) missing(ctx context.Context, changes []change) ([]change, error) {
	if err := r.readOn(ctx, changes); err != nil {
		return nil, err
	}
	var ask []string
	keep := make([]change, 0, len(changes))
	var twice, inPlace []*recordTally
	for _, ch := range changes {
		digest := keyDigest(ch.key)
		if r.opts.Replace {
			if err := r.said.add(ch.key); err != nil {
				return nil, err
			}
		}
		if r.opts.Plan {
			again := r.seen[digest]
			r.seen[digest] = true
			if again {
				twice = append(twice, ch.rec)
				continue
			}
		}
		if held := r.known[ch.claim.Dataset]; held != nil {
			if held.stands(digest) {
				if err := r.found(ch); err != nil {
					return nil, err
				}
				inPlace = append(inPlace, ch.rec)
				continue
			}
			if !held.complete() {
				ask = append(ask, ch.key)
			}
		}
		keep = append(keep, ch)
	}
	if len(twice) > 0 {
		r.tally.inPlace(twice)
	}
	if len(ask) > 0 {
		stands, err := r.lookUp(ctx, ask)
		if err != nil {
			return nil, err
		}
		for _, ch := range keep {
			if !stands[ch.key] {
				continue
			}
			if err := r.found(ch); err != nil {
				return nil, err
			}
			inPlace = append(inPlace, ch.rec)
		}
		keep = slices.DeleteFunc(keep, func(ch change) bool { return stands[ch.key] })
	}
	if len(inPlace) > 0 {
		r.tally.inPlace(inPlace)
	}
	return keep, nil
}

// found takes note of a change whose claim is in place.
func (r *run) found(ch change) error {
	c := ch.claim
	if c.Predicate != schema.Describes || !c.Draws() || r.decided.Rejects(ch.key) || r.decided.Merged(c.Subject) {
		return nil
	}
	return r.types.inPlace(c)
}

// readOn has the inventories of data sets read on that a stretch of a long input is about.
func (r *run) readOn(ctx context.Context, changes []change) error {
	if !r.long {
		return nil
	}
	read := map[*inventory]bool{}
	for _, ch := range changes {
		held := r.known[ch.claim.Dataset]
		if held == nil || read[held] {
			continue
		}
		read[held] = true
		if err := held.more(ctx, r.Loader); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) lookUp(ctx context.Context, keys []string) (map[string]bool, error) {
	stands := make(map[string]bool, len(keys))
	list, vars := listVariables("k", keys)
	var found struct {
		Q []struct {
			Key      string `json:"claim.key"`
			Standing string `json:"claim.standing"`
		}
	}
	err := r.ask(ctx, "look up claims", "query q("+list.declared+") { q(func: eq(claim.key, ["+list.used+"])) { claim.key claim.standing } }", vars, &found)
	for _, claim := range found.Q {
		stands[claim.Key] = claim.Standing != schema.Retracted
	}
	return stands, err
}

// loadOf gives this run's load of a data set, beginning it where it is the first record's.
func (r *run) loadOf(ctx context.Context, dataset string) (string, error) {
	if load := r.loads[dataset]; load != "" {
		return load, nil
	}
	mode := shared
	if r.opts.Replace {
		mode = exclusive
		if len(r.loads) > 0 {
			return "", &ManyDatasets{sortedNames(r.loads)[0], dataset}
		}
	}
	load := planned
	if !r.opts.Plan {
		if err := r.holdDataset(ctx, dataset, mode); err != nil {
			return "", err
		}
	}
	set, err := r.dataset(ctx, dataset) // under its lease: nothing is retracted after it was listed
	if err != nil {
		return "", err
	}
	if set != nil {
		r.known[dataset] = inventoryOf(set.Loads, &r.room)
	}
	if !r.opts.Plan {
		if load, err = r.begin(ctx, dataset); err != nil {
			return "", err
		}
	}
	r.loads[dataset] = load
	r.tally.dataset(dataset)
	return load, nil
}

// planned stands for the uid of a load that a plan does not begin.
const planned = "planned"

// holdDataset takes a data set's lease. Decisions need none: they are applied alone with the graph.
func (r *run) holdDataset(ctx context.Context, dataset, mode string) error {
	if dataset == schema.DecisionsDataset {
		return nil
	}
	return r.lease.acquire(ctx, scopeOf(dataset), mode)
}

// NoReplaced refuses a replacement that names no data set (law 6).
type NoReplaced struct{}

func (*NoReplaced) Error() string { return "--replace of an empty input needs to know which data set" }

// Hint says what to type.
func (*NoReplaced) Hint() string { return "--dataset NAME" }

// ManyDatasets refuses a replacement whose records belong to more than one data set (law 6).
type ManyDatasets struct{ One, Other string }

func (e *ManyDatasets) Error() string {
	return fmt.Sprintf("--replace takes one data set; the records name %q and %q", e.One, e.Other)
}

// Hint says what to type.
func (e *ManyDatasets) Hint() string { return "load each data set by itself" }

// retractUnseen has retracted what the data set claims and the input, which was read to its end, no longer holds.
func (r *run) retractUnseen(p *pool) error {
	names := sortedNames(r.loads)
	if len(names) == 0 {
		return &NoReplaced{}
	}
	if names[0] == schema.DecisionsDataset {
		return nil // decisions are retracted where they are applied, alone with the graph
	}
	gone := 0 // subjects and relations of which nothing is said any more
	last := ""
	err := r.eachUnseen(p.ctx, names[0], func(claim *schema.StoredClaim, about bool) error {
		if !claim.Stands {
			return nil
		}
		if group := schema.GroupOf(claim.StoredKey); !about && group != last {
			gone++
			last = group
		}
		return p.put(p.ctx, change{kind: retract, claim: &claim.Claim, key: claim.StoredKey, load: r.loads[names[0]]})
	})
	if err != nil {
		return err
	}
	r.tally.gone(retract, gone)
	return nil
}
