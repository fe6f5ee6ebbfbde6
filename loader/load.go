package loader

import (
	"context"
	"errors"
	"iter"
	"slices"

	"orbat/loader/commit"
	"orbat/loader/validate"
	"orbat/schema"
	"orbat/schema/externalsort"
)

// load is one load on its way.
type load struct {
	*commit.Session
	opts     Options
	counters *counters
	sets     *openDatasets
	types    *typeChecker
	entities newEntities

	inputKeys *externalsort.Sorter[string] // with Replace: the keys of the input's claims
	rejects   *rejectNames                 // with Replace, or of a delta: what must not be retracted
	decisions []commit.Change              // kept to the end: they are applied alone with the graph
	described recentTexts                  // descriptions that references gave: one is enough
	planned   *digestSet                   // of a plan: the claims of the input
	digests   int                          // in memory; 0: as many as the constant says
	readings  map[string]bool              // with Readings: the keys of what was read of texts
	held      *heldReadings                // with Readings: what may inherit a judgement
	named     namedEntities                // with Link: whom the input names
	delta     *delta                       // the input changes a data set; nil: it adds, or replaces
	large     bool                         // there are thousands of records
}

// run goes through the phases in their order: what retracts and what decides comes last, when every input was read to
// its end.
func (l *load) run(ctx context.Context, records iter.Seq2[*schema.Record, error], workers int) error {
	ctx, cancel := context.WithCancel(ctx) // ends what sorts, too
	defer cancel()
	l.types = newTypeChecker(ctx, l.Graph, workers, l.opts.Plan)
	l.planned = newDigestSet(ctx, l.digests)
	l.readings = map[string]bool{}
	if l.opts.Readings != nil {
		var err error
		if l.held, err = newHeldReadings(ctx, l.Graph); err != nil {
			return err
		}
	}
	if l.opts.Replace {
		l.inputKeys = externalsort.Texts(ctx, "")
		l.rejects = newRejectNames(l.Ontology, l.opts.Dataset)
	}
	if err := l.write(ctx, records); err != nil {
		return err
	}
	if len(l.decisions) > 0 || l.opts.Replace && l.sets.opened(schema.DecisionsDataset) != nil {
		l.counters.setPhase("deciding")
		leftOut, err := l.Decide(ctx, func(standing []*schema.Claim) ([]commit.Change, error) { return l.decide(ctx, standing) },
			l.committed)
		if err != nil {
			return err
		}
		l.counters.update(func(r *Report) { r.LeftOut = leftOut })
	}
	l.counters.setPhase("checking")
	return l.types.finish(ctx, &l.counters.report)
}

// committed takes what a transaction did.
func (l *load) committed(batch []commit.Change, result *commit.Result) error {
	l.entities.add(result.Described)
	return errors.Join(l.types.derived(result.Facts), l.counters.committed(batch, result))
}

// write adds what the records claim and, with Replace, retracts what they do not: by the same pool, so that what a
// record says now and what it said before are written together.
func (l *load) write(ctx context.Context, records iter.Seq2[*schema.Record, error]) error {
	p := l.Pool(ctx, l.committed)
	l.counters.setPhase("reading")
	err := l.add(ctx, p, records)
	if err == nil && l.held != nil && len(l.held.held) > 0 {
		if err := p.Finish(); err != nil {
			return err
		}
		if err := l.carryJudgements(ctx); err != nil {
			return err
		}
		p = l.Pool(ctx, l.committed)
		err = l.putAll(ctx, p, l.held.held)
	}
	if err == nil && l.opts.Replace {
		l.counters.setPhase("retracting")
		err = l.retractUnseen(p)
	}
	if err == nil && l.delta != nil {
		l.counters.setPhase("retracting")
		err = l.retractChanged(p)
	}
	if err == nil && l.opts.Readings != nil {
		err = l.retractReadings(p)
	}
	if err != nil {
		return p.Fail(err)
	}
	return p.Finish()
}

// add reads and validates all records and has their claims written.
func (l *load) add(ctx context.Context, p *commit.Pool, records iter.Seq2[*schema.Record, error]) error {
	err := l.read(ctx, p, records)
	if !l.opts.Replace {
		return err
	}
	if err == nil && l.counters.read() == 0 && !l.opts.AllowEmpty {
		return &PartialInputError{schema.Fault{
			Reason: "the input holds no records, and to replace a data set by nothing retracts all that it says",
			Hint:   "see whether it was read in full; if nothing is meant, say so", Option: schema.Option{Name: "allow-empty"},
		}}
	}
	if l.opts.Dataset != "" && (err == nil || l.counters.read() > 0) { // records that are rejected open none
		_, opening := l.sets.open(ctx, l.opts.Dataset)
		return errors.Join(err, opening)
	}
	return err
}

func (l *load) read(ctx context.Context, p *commit.Pool, records iter.Seq2[*schema.Record, error]) error {
	for chunk, err := range l.intake().chunks(p.Ctx, records) { //nolint:contextcheck // the pool's, which ends with its first error
		if err == nil {
			l.large = l.large || l.counters.read() >= validate.ChunkRecords
			err = l.dispatch(ctx, p, chunk)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// intake returns the consumer of the load's input.
func (l *load) intake() *intake {
	most := -1
	if l.opts.Replace {
		most = 0
	}
	if l.opts.MaxRejects != nil {
		most = *l.opts.MaxRejects
	}
	in := &intake{
		validator: validate.Validator{Ontology: l.Ontology, Dataset: l.opts.Dataset}, counters: l.counters, maxRejects: most,
		onReject: l.opts.OnReject, onNotice: l.opts.OnNotice,
	}
	if l.opts.Replace {
		in.rejected = l.rejects.add
	}
	in.onChange = func(ctx context.Context, change *schema.RecordChange) error { return l.change(ctx, in, change) }
	return in
}

// dispatch sends the claims of a chunk of records to the workers, leaving out those that are in place already.
func (l *load) dispatch(ctx context.Context, p *commit.Pool, records []validate.Checked) error {
	if err := l.keepTexts(ctx, records); err != nil {
		return err
	}
	changes, err := l.changes(ctx, records)
	if err != nil {
		return err
	}
	all := len(changes)
	if l.opts.Replace {
		for _, ch := range changes {
			if err := l.inputKeys.Add(ch.Key); err != nil {
				return err
			}
		}
	}
	if l.opts.Plan {
		changes, err = l.dropRepeated(changes)
	}
	if err == nil {
		changes, err = l.dropStanding(ctx, changes)
	}
	if err != nil {
		return err
	}
	if !l.opts.Plan && len(changes) > all/4 { // else the few are resolved by their writers, together with those of other chunks
		var xids []string
		for _, ch := range changes {
			xids = append(xids, ch.Claim.XIDs()...)
		}
		if err := l.Allocate(ctx, xids); err != nil {
			return err
		}
	}
	return l.putAll(ctx, p, slices.DeleteFunc(changes, l.hold))
}

// putAll has changes written.
func (l *load) putAll(ctx context.Context, p *commit.Pool, changes []commit.Change) error {
	for _, ch := range changes {
		if err := p.Put(ctx, ch); err != nil {
			return err
		}
	}
	return nil
}

// keepTexts writes the texts among records: before the claims of the same chunk and of all that follow, so that who
// finds a document's claims finds its text.
func (l *load) keepTexts(ctx context.Context, records []validate.Checked) error {
	var texts []commit.Text
	validator := l.intake().validator
	for _, checked := range records {
		record := checked.Record
		if record.Kind != schema.TextRecord {
			continue
		}
		dataset, err := validator.DatasetOf(record)
		if err != nil {
			return err
		}
		if _, err := l.sets.open(ctx, dataset); err != nil {
			return err
		}
		if !l.opts.NoText {
			texts = append(texts, commit.Text{Key: record.Piece.Key(dataset), Content: record.Piece.Content})
		}
	}
	if len(texts) == 0 {
		return nil
	}
	known, err := l.KeepTexts(ctx, texts)
	if err != nil {
		return err
	}
	l.counters.update(func(r *Report) {
		for _, text := range texts {
			if known[text.Key] {
				r.Texts.Unchanged++
			} else {
				r.Texts.Created++
				r.Quads += 2
			}
		}
	})
	return nil
}

// changes returns what records claim as changes, and keeps decisions for the end.
func (l *load) changes(ctx context.Context, records []validate.Checked) ([]commit.Change, error) {
	var changes []commit.Change
	for _, record := range records {
		state := &commit.RecordState{Left: record.Own}
		for i, claim := range record.Claims {
			set, err := l.sets.open(ctx, claim.Dataset)
			if err != nil {
				return nil, err
			}
			pos := record.Record.Pos
			ch := commit.Change{
				Kind: commit.Add, Claim: claim, Key: record.Keys[i], Load: set.load, Origin: commit.Origin{File: pos.File, Row: pos.Line},
			}
			if err := l.delta.note(ch); err != nil {
				return nil, err
			}
			if i < record.Own {
				ch.Record = state
			} else if l.described.again(ch.Key) {
				continue
			}
			l.noteReading(ch)
			l.named.add(claim)
			if claim.Decision() {
				l.decisions = append(l.decisions, ch)
				continue
			}
			if err := l.types.add(claim); err != nil {
				return nil, err
			}
			changes = append(changes, ch)
		}
	}
	return changes, nil
}

// recentTexts remembers texts, as far as its memory reaches: forgetting one costs a look-up or a second note, nothing
// else. The zero value remembers none.
type recentTexts struct {
	seen  map[string]bool
	bytes int
}

// recentBytes is what remembered texts may take.
const recentBytes = 16 << 20

// again reports whether a text was seen before, and remembers it.
func (s *recentTexts) again(text string) bool {
	const entry = 64
	if s.seen[text] {
		return true
	}
	if s.seen == nil || s.bytes > recentBytes {
		s.seen, s.bytes = map[string]bool{}, 0
	}
	s.seen[text] = true
	s.bytes += entry + len(text)
	return false
}

// dropRepeated drops the claims that a plan has seen in its input before: nothing is written that would show them.
func (l *load) dropRepeated(changes []commit.Change) ([]commit.Change, error) {
	var repeated []*commit.RecordState
	left := make([]commit.Change, 0, len(changes))
	for _, ch := range changes {
		known, err := l.planned.add(keyDigest(ch.Key))
		switch {
		case err != nil:
			return nil, err
		case known:
			repeated = append(repeated, ch.Record)
		default:
			left = append(left, ch)
		}
	}
	l.counters.stood(repeated)
	return left, nil
}

// dropStanding drops the claims that stand already: what they change was written with them. This is only a short cut
// for a re-load; the writing transaction looks again.
func (l *load) dropStanding(ctx context.Context, changes []commit.Change) ([]commit.Change, error) {
	if l.large {
		if err := l.sets.prefetch(ctx, changes); err != nil {
			return nil, err
		}
	}
	stands, err := l.sets.standing(ctx, changes)
	if err != nil {
		return nil, err
	}
	var inPlace []*commit.RecordState
	left := make([]commit.Change, 0, len(changes))
	for _, ch := range changes {
		if !stands[ch.Key] {
			left = append(left, ch)
			continue
		}
		inPlace = append(inPlace, ch.Record)
		if c := ch.Claim; c.Predicate == schema.Describes && c.Draws() && !l.Merges.Rejects(ch.Key) && !l.Merges.Merged(c.Subject) {
			if err := l.types.inPlace(c); err != nil {
				return nil, err
			}
		}
	}
	l.counters.stood(inPlace)
	return left, nil
}

// retractUnseen has retracted what the data set claims and the input, which was read to its end, no longer holds.
func (l *load) retractUnseen(p *commit.Pool) error {
	name, set := l.sets.only()
	if set == nil {
		return &NoReplacedError{schema.Fault{
			Reason: "replacing by an empty input needs to know which data set", Option: schema.Option{Name: "dataset", Value: "NAME"},
		}}
	}
	if name == schema.DecisionsDataset || set.inventory == nil {
		return nil // decisions are retracted where they are applied, alone with the graph
	}
	count := retractCount{counters: l.counters}
	err := set.inventory.eachUnseen(p.Ctx, l.inputKeys, func(claim *schema.StoredClaim, about bool) error {
		if !claim.Stands {
			return nil
		}
		keep := l.rejects.keep(claim)
		if count.add(schema.GroupOf(claim.StoredKey), about, keep); keep {
			return nil
		}
		return p.Put(p.Ctx, commit.Change{Kind: commit.Retract, Claim: &claim.Claim, Key: claim.StoredKey, Load: set.load})
	})
	if err != nil {
		return err
	}
	count.end()
	return nil
}

// retractCount counts, of claims in the order of their groups, the subjects and relations of which nothing is said any
// more, and the claims that are kept.
type retractCount struct {
	counters  *counters
	group     string
	said      bool // something is
	retracted int
	kept      int
}

// add takes a claim of the data set that the input does not hold.
func (c *retractCount) add(group string, said, keep bool) {
	if group != c.group {
		c.endGroup()
		c.group, c.said = group, said
	}
	if keep {
		c.said = true
		c.kept++
	}
}

func (c *retractCount) endGroup() {
	if c.group != "" && !c.said {
		c.retracted++
	}
}

func (c *retractCount) end() {
	c.endGroup()
	c.counters.addRetracted(commit.Retract, c.retracted)
	c.counters.update(func(r *Report) { r.Kept += c.kept })
}

// decide returns the decisions to be written: those read, and with Replace the retraction of those that were not.
func (l *load) decide(ctx context.Context, standing []*schema.Claim) ([]commit.Change, error) {
	if l.opts.RejectContradictions {
		if err := contradiction(standing, l.decisions); err != nil {
			return nil, err
		}
	}
	if !l.opts.Replace {
		return l.decisions, nil
	}
	input := map[string]bool{}
	for _, ch := range l.decisions {
		input[ch.Key] = true
	}
	load := l.sets.opened(schema.DecisionsDataset).load
	others, err := otherDecisions(ctx, l.Graph, l.counters, commit.Retract, load, input, l.rejects)
	return append(l.decisions, others...), err
}
