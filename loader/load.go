package loader

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"orbat/schema"
)

// recordsAtOnce is how many records go from reading to writing together: enough for one full claim of xids.
const recordsAtOnce = 1000

// run is one load on its way.
type run struct {
	*Loader
	opts      Options
	validator validator
	tally     *tally
	types     *typeWatch

	lease    *lease // nil for a plan
	resolver *resolver
	decided  *closure

	loads     map[string]string     // by data set: the uid of this run's load
	known     map[string]*inventory // data sets that had loads before this run, with what they held
	chunks    int                   // of the input, that have come
	seen      map[[16]byte]bool     // with Replace or Plan: the claims of the input
	about     map[string]bool       // with Replace: the groups of the input's claims
	described map[string]bool       // keys of the descriptions that references gave: one is enough
	newcomers newcomers
	decisions []change // kept to the end: they are applied under a lease on the whole graph
}

// open takes the leases and reads the decisions that stand.
func (l *Loader) open(ctx context.Context, opts Options) (*run, error) {
	r := &run{
		Loader: l, opts: opts, validator: validator{l.Ontology, opts.Dataset}, types: newTypeWatch(l.Ontology, opts.Plan),
		tally:    &tally{started: time.Now(), progress: opts.Progress},
		resolver: newResolver(l.DB), loads: map[string]string{}, known: map[string]*inventory{},
		seen: map[[16]byte]bool{}, about: map[string]bool{}, described: map[string]bool{},
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
	sets, err := r.datasets(ctx)
	if err != nil {
		return err
	}
	for _, set := range sets {
		r.known[set.Name] = inventoryOf(set.Loads)
	}
	r.decided, err = r.closure(ctx)
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
	r.tally.enter("reading")
	if err := r.add(ctx, records); err != nil {
		return err
	}
	if r.opts.Replace {
		r.tally.enter("retracting")
		if err := r.retractUnseen(ctx); err != nil {
			return err
		}
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

// chunk is a stretch of records on its way from the reader to the writers.
type chunk []recordClaims

type recordClaims struct {
	claims []*schema.Claim
	own    int // the first claims are the record's own; the rest describe what it refers to
	where  origin
}

// add reads, validates and writes all records.
func (r *run) add(ctx context.Context, records iter.Seq2[*schema.Record, error]) error {
	if r.opts.Replace && r.opts.Dataset != "" { // an empty input replaces the data set by nothing
		if _, err := r.loadOf(ctx, r.opts.Dataset); err != nil {
			return err
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	chunks := make(chan chunk, 2)
	g.Go(func() error {
		defer close(chunks)
		return r.read(ctx, records, chunks)
	})
	g.Go(func() error {
		p := r.startPool(ctx)
		for c := range chunks {
			idle, err := r.dispatch(ctx, p, c)
			if err != nil {
				return p.fail(err)
			}
			if idle {
				g.Go(func() error { return r.types.ahead(ctx, r.Loader) })
			}
		}
		return p.finish()
	})
	return g.Wait()
}

// read turns records into chunks of claims; what is no record is rejected and reading goes on.
func (r *run) read(ctx context.Context, records iter.Seq2[*schema.Record, error], chunks chan<- chunk) error {
	var c chunk
	bytes := 0
	send := func() error {
		select {
		case chunks <- c:
			c, bytes = nil, 0
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for record, err := range records {
		var claims []*schema.Claim
		if err == nil {
			claims, err = r.validator.claims(record)
		}
		var bad *schema.BadRecord
		var notice *schema.Notice
		switch {
		case errors.As(err, &notice):
			if err := r.notice(notice); err != nil {
				return err
			}
			continue
		case errors.As(err, &bad):
			if err := r.reject(bad); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		r.tally.read()
		c = append(c, recordClaims{claims, ownClaims(record, claims), origin{record.Pos.File, record.Pos.Line}})
		for _, claim := range claims {
			bytes += claimSize(claim)
		}
		if len(c) >= recordsAtOnce || bytes >= bytesAtOnce {
			if err := send(); err != nil {
				return err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(c) > 0 {
		return send()
	}
	return nil
}

// ownClaims counts the claims that a record makes beside descriptions of what it refers to.
func ownClaims(record *schema.Record, claims []*schema.Claim) int {
	if record.Kind != schema.EntityRecord {
		return 1
	}
	own := 1
	for own < len(claims) && claims[own].Predicate != schema.Describes {
		own++
	}
	return own
}

// notice counts and passes on what the reader found odd.
func (r *run) notice(notice *schema.Notice) error {
	r.tally.noticed()
	if r.opts.Noticed == nil {
		return nil
	}
	return r.opts.Noticed(notice)
}

func (r *run) reject(bad *schema.BadRecord) error {
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

// dispatch sends a chunk's claims to the workers, leaving out those that are in place already. It reports whether that left
// nothing for the database to do.
func (r *run) dispatch(ctx context.Context, p *pool, c chunk) (idle bool, err error) {
	var changes []change
	for _, record := range c {
		rec := &recordTally{left: record.own}
		for i, claim := range record.claims {
			ch := change{kind: add, claim: claim, key: claim.Key(), where: record.where}
			if ch.load, err = r.loadOf(ctx, claim.Dataset); err != nil {
				return false, err
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
				r.types.note(claim)
				changes = append(changes, ch)
			}
		}
	}
	changes, err = r.missing(ctx, changes)
	if err != nil {
		return false, err
	}
	if !r.opts.Plan {
		var xids []string
		for _, ch := range changes {
			xids = append(xids, claimXIDs(ch.claim)...)
		}
		if _, err := r.resolver.ensure(ctx, xids); err != nil {
			return false, err
		}
	}
	for _, ch := range changes {
		if err := p.put(ctx, ch); err != nil {
			return false, err
		}
	}
	return len(changes) == 0 && r.chunks > 1, nil
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
	r.chunks++
	var ask []string
	ahead := map[*inventory]bool{}
	keep := make([]change, 0, len(changes))
	var twice, inPlace []*recordTally
	for _, ch := range changes {
		if r.opts.Replace || r.opts.Plan {
			digest := keyDigest(ch.key)
			again := r.seen[digest]
			r.seen[digest] = true
			if r.opts.Replace {
				r.about[schema.GroupOf(ch.key)] = true
			}
			if again && r.opts.Plan {
				twice = append(twice, ch.rec)
				continue
			}
		}
		held := r.known[ch.claim.Dataset]
		switch {
		case held == nil:
		case held.complete():
			if held.held[keyDigest(ch.key)].stands {
				inPlace = append(inPlace, ch.rec)
				continue
			}
		default:
			ask = append(ask, ch.key)
			if r.chunks > 1 {
				ahead[held] = true
			}
		}
		keep = append(keep, ch)
	}
	if len(twice) > 0 {
		r.tally.inPlace(twice)
	}
	if len(ask) > 0 {
		stands, err := r.standing(ctx, ask, ahead)
		if err != nil {
			return nil, err
		}
		keep = slices.DeleteFunc(keep, func(ch change) bool {
			if stands[ch.key] {
				inPlace = append(inPlace, ch.rec)
				return true
			}
			return false
		})
	}
	if len(inPlace) > 0 {
		r.tally.inPlace(inPlace)
	}
	return keep, nil
}

// standing tells which of the keys are of claims that stand, and has inventories read on meanwhile.
func (r *run) standing(ctx context.Context, keys []string, ahead map[*inventory]bool) (map[string]bool, error) {
	g, ctx := errgroup.WithContext(ctx)
	for inventory := range ahead {
		g.Go(func() error { return inventory.more(ctx, r.Loader) })
	}
	var stands map[string]bool
	g.Go(func() (err error) {
		stands, err = r.lookUp(ctx, keys)
		return err
	})
	return stands, g.Wait()
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
		var err error
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

// retractUnseen retracts what the data set claims and the input no longer holds.
func (r *run) retractUnseen(ctx context.Context) error {
	names := sortedNames(r.loads)
	if len(names) == 0 {
		return &NoReplaced{}
	}
	if names[0] == schema.DecisionsDataset {
		return nil // decisions are retracted where they are applied, alone with the graph
	}
	gone := map[string]bool{}
	p := r.startPool(ctx)
	err := r.eachUnseen(ctx, names[0], func(claims []*schema.Stored) error {
		for _, claim := range claims {
			if !claim.Stands || r.seen[keyDigest(claim.StoredKey)] {
				continue
			}
			if group := schema.GroupOf(claim.StoredKey); !r.about[group] {
				gone[group] = true
			}
			ch := change{kind: retract, claim: &claim.Claim, key: claim.StoredKey, load: r.loads[names[0]]}
			if err := p.put(p.ctx, ch); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return p.fail(err)
	}
	r.tally.gone(retract, len(gone))
	return p.finish()
}

// eachUnseen reads the claims of a data set that the input did not repeat, or, of one too large for an inventory, all.
func (r *run) eachUnseen(ctx context.Context, dataset string, do func([]*schema.Stored) error) error {
	set, err := r.dataset(ctx, dataset)
	if err != nil || set == nil {
		return err
	}
	held := r.known[dataset]
	if held == nil {
		held = inventoryOf(nil)
	}
	// The loads were listed before the data set's lease was ours: others may have come between. Our own repeats nothing.
	held.also(slices.DeleteFunc(slices.Clone(set.Loads), func(load LoadInfo) bool { return load.uid == r.loads[dataset] }))
	if err := held.finish(ctx, r.Loader); err != nil {
		return err
	}
	if held.complete() {
		return r.claimsAt(ctx, held.unseen(r.seen), do)
	}
	return r.eachClaim(ctx, set.Loads, do)
}
