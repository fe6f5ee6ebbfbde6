package loader

import (
	"strings"

	"orbat/loader/commit"
	"orbat/schema"
)

// Readings says that texts of documents are read anew: what was read of them before, in the same data set, and is not
// read now is retracted, once the input was read to its end. What others say of the documents stays.
type Readings struct {
	Method  string              // what the method of a statement that was read of a text begins with
	Sources func() []schema.Ref // the documents, asked for at the end
	// Keep reports whether a statement was read again, though it is no part of the input; nil: none was.
	Keep func(key string) bool
}

// retractReadings has retracted what was read of documents before.
func (l *load) retractReadings(p *commit.Pool) error {
	name := l.opts.Dataset
	if name == "" {
		name = schema.DefaultDataset
	}
	set := l.sets.opened(name)
	if set == nil || set.inventory == nil {
		return nil // the data set held nothing
	}
	count := retractCount{counters: l.counters}
	for _, ref := range l.opts.Readings.Sources() {
		xid, err := ref.Absolute(name)
		if err != nil {
			return err
		}
		for claim, err := range l.Graph.ClaimsAt(p.Ctx, "read what was read of a document", readingsOf, xid,
			pageSize) {
			if err != nil {
				return err
			}
			if !claim.Stands || claim.Dataset != name || !strings.HasPrefix(claim.Method, l.opts.Readings.Method) ||
				l.readings[claim.StoredKey] || l.opts.Readings.Keep != nil && l.opts.Readings.Keep(claim.StoredKey) {
				continue
			}
			count.add(schema.GroupOf(claim.StoredKey), false, false)
			if err := p.Put(p.Ctx, commit.Change{
				Kind: commit.Retract, Claim: &claim.Claim, Key: claim.StoredKey,
				Load: set.load,
			}); err != nil {
				return err
			}
		}
	}
	count.end()
	return nil
}

const readingsOf = `query q($at: string, $after: string, $first: int) {
	q(func: eq(xid, $at)) { claims: ~claim.cites (first: $first, after: $after) { ` + schema.ClaimFields + ` } } }`

// noteReading remembers the key of what was read of a text.
func (l *load) noteReading(ch commit.Change) {
	if l.opts.Readings != nil && strings.HasPrefix(ch.Claim.Method, l.opts.Readings.Method) {
		l.readings[ch.Key] = true
	}
}
