package loader

import (
	"context"
	"maps"
	"slices"
	"strings"

	"orbat/loader/commit"
	"orbat/schema"
)

// Readings says that texts of documents are read anew: what was read of them before, in the same data set, and is not
// read now is retracted, once the input was read to its end. What others say of the documents stays. A rejection goes
// to the statement that says the same of the same passage (law 10).
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

// judgedReadings are what is read of texts that may say the same as a rejected statement: it is written after the
// rejection that it inherits, so that it does not stand without it wherever the load is killed.
type judgedReadings struct {
	groups  map[string]bool // of rejected claims
	held    []commit.Change
	replace *openDatasets // with Replace: the decisions' load; the input's sets are one alone
}

// rejectedGroups returns the groups of the claims that a person rejected.
func rejectedGroups(m *schema.Merges) map[string]bool {
	groups := map[string]bool{}
	for _, key := range m.Rejected() {
		groups[schema.GroupOf(key)] = true
	}
	return groups
}

// hold holds back what may inherit a rejection, and reports whether it does.
func (l *load) hold(ch commit.Change) bool {
	if !l.readings[ch.Key] || !l.judged.groups[schema.GroupOf(ch.Key)] || l.Merges.Rejects(ch.Key) {
		return false
	}
	l.judged.held = append(l.judged.held, ch)
	return true
}

// carryRejections copies the rejections of statements to those that say the same now, before these are written. No
// writer is at work: the data sets are given back meanwhile.
func (l *load) carryRejections(ctx context.Context) error {
	sets := l.sets
	if l.opts.Replace {
		l.judged.replace = newOpenDatasets(l.Session, Options{}, 0, l.counters)
		sets = l.judged.replace
	}
	open := slices.Sorted(maps.Keys(l.sets.byName))
	written, err := copyRejections(ctx, l.Session, sets, l.judged.held[0].Claim.Dataset, func(bool) (map[string][]string, error) {
		return l.inherited(ctx)
	})
	if err != nil || written == 0 {
		return err
	}
	for _, name := range open {
		if name != l.judged.held[0].Claim.Dataset {
			if err := l.HoldDataset(ctx, name, commit.Exclusive); err != nil {
				return err
			}
		}
	}
	return nil
}

// inherited returns which rejections are to be copied to which of the claims that are held back, by keys: those of the
// statements that say the same, unless one of these stands and nobody rejects it.
func (l *load) inherited(ctx context.Context) (map[string][]string, error) {
	groups := map[string]bool{}
	for _, ch := range l.judged.held {
		groups[schema.GroupOf(ch.Key)] = true
	}
	known, err := claimsOfGroups(ctx, l.Graph, slices.Sorted(maps.Keys(groups)))
	if err != nil {
		return nil, err
	}
	known = slices.DeleteFunc(known, func(c *schema.StoredClaim) bool {
		return !strings.HasPrefix(c.Method, l.opts.Readings.Method) || !c.Stands && !l.Merges.Rejects(c.StoredKey)
	})
	to := map[string][]string{}
	copied := map[string]bool{}
	for _, ch := range l.judged.held {
		if copied[ch.Key] {
			continue
		}
		copied[ch.Key] = true
		alike := map[likeness][]*schema.StoredClaim{}
		for _, claim := range known {
			how := likenessOf(&claim.Claim, ch.Claim)
			alike[how] = append(alike[how], claim)
		}
		for how := equal; how > unlike; how-- {
			if len(alike[how]) == 0 {
				continue
			}
			if !slices.ContainsFunc(alike[how], func(c *schema.StoredClaim) bool { return !l.Merges.Rejects(c.StoredKey) }) {
				for _, claim := range alike[how] {
					to[claim.StoredKey] = append(to[claim.StoredKey], ch.Key)
				}
			}
			break
		}
	}
	return to, nil
}

// likeness is how far two readings say the same of the same passage. A text may say it twice, and of one span several
// things: the most alike are each other's.
type likeness int

const (
	unlike likeness = iota
	sameQuote
	sameQuoteAndValues // in another place: the text may be a later version
	sameSpan
	equal // but for what a judgement does not name: the confidence, the rule, the date
)

func likenessOf(a, b *schema.Claim) likeness {
	if a.Dataset != b.Dataset || a.Group() != b.Group() || a.Predicate != b.Predicate || a.Value != b.Value ||
		a.Assertion != b.Assertion || len(a.Cites) == 0 || len(b.Cites) == 0 {
		return unlike
	}
	x, y := a.Cites[0], b.Cites[0] // a reading cites its sentence alone
	var how likeness
	switch {
	case x.Source != y.Source || x.Quote != y.Quote:
		return unlike
	case x.Begin == y.Begin && x.End == y.End:
		how = sameSpan
	case x.Quote != "":
		how = sameQuote
	default:
		return unlike
	}
	if maps.EqualFunc(a.Values, b.Values, slices.Equal) {
		how++
	}
	return how
}
