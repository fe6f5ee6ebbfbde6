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
// read now is retracted, once the input was read to its end. What others say of the documents stays, and what somebody
// accepted. A judgement goes to the statement that says the same of the same passage (law 10).
type Readings struct {
	Sources func() []schema.Ref // the documents, asked for at the end
	// Keep reports whether a statement was read again, though it is no part of the input; nil: none was.
	Keep func(key string) bool
}

// judgements are what analysts rejected and accepted of the statements that were read of texts (law 10). Each names a
// claim by its key, and what it says, so that another reading's claim is known for the same statement.
type judgements struct {
	kinds  map[string]string // reject or accept, by key
	judged []judgedStatement
	said   map[string]bool // what those say
}

// judgedStatement is a statement that was judged.
type judgedStatement struct {
	*schema.Statement
	key, kind string
}

// readJudgements reads the judgements that stand among decisions. What an older one does not say of its statement is
// read of the claim that it names.
func readJudgements(ctx context.Context, g *commit.Graph, decisions []*schema.Claim) (*judgements, error) {
	j := &judgements{kinds: map[string]string{}, said: map[string]bool{}}
	named := map[string]*schema.Statement{}
	for _, d := range decisions {
		if !d.Judgement() || !d.Draws() {
			continue
		}
		if j.kinds[d.Value] != schema.Reject { // which is the stronger
			j.kinds[d.Value] = d.Predicate
		}
		if s := schema.JudgedStatement(d); s != nil || named[d.Value] == nil {
			named[d.Value] = s
		}
	}
	var groups []string
	for key := range named {
		groups = append(groups, schema.GroupOf(key))
	}
	slices.Sort(groups)
	claims, err := claimsOfGroups(ctx, g, slices.Compact(groups))
	if err != nil {
		return nil, err
	}
	for _, claim := range claims {
		if s, judged := named[claim.StoredKey]; judged && claim.IsReading() {
			text := ""
			if s != nil {
				text = s.Text
			}
			named[claim.StoredKey] = schema.StatementOf(&claim.Claim, text)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(named)) {
		if s := named[key]; s != nil {
			j.judged = append(j.judged, judgedStatement{s, key, j.kinds[key]})
			j.said[s.Said()] = true
		}
	}
	return j, nil
}

// standingJudgements reads the judgements that stand now.
func standingJudgements(ctx context.Context, g *commit.Graph) (*judgements, error) {
	decisions, err := g.StandingDecisions(ctx)
	if err != nil {
		return nil, err
	}
	return readJudgements(ctx, g, decisions)
}

// of returns how a statement was judged, by the key that its claim has now or had in another reading; empty: it was
// not, or what is like it was judged in both ways.
func (j *judgements) of(key string, s *schema.Statement) string {
	if kind := j.kinds[key]; kind != "" || !j.said[s.Said()] {
		return kind
	}
	best, kind := schema.Unlike, ""
	for _, judged := range j.judged {
		switch how := judged.Likeness(s); {
		case how == schema.Unlike || how < best:
		case how > best:
			best, kind = how, judged.kind
		case kind != judged.kind:
			kind = ""
		}
	}
	return kind
}

// Judgements are what analysts decided about statements that were read of texts.
type Judgements struct{ all *judgements }

// Judgements returns what analysts decided about statements that were read of texts, by any reading.
func (l *Loader) Judgements(ctx context.Context) (*Judgements, error) {
	all, err := standingJudgements(ctx, l.graph())
	return &Judgements{all}, err
}

// Of returns how a claim that was read of a text of a hash was judged: [schema.Reject], [schema.Accept], or nothing.
func (j *Judgements) Of(claim *schema.Claim, text string) string {
	return j.all.of(claim.Key(), schema.StatementOf(claim, text))
}

// Judgement returns the decision about a claim of a key, with what it says where it was read of a text, so that the
// decision holds for every later reading.
func (l *Loader) Judgement(ctx context.Context, d Decision) (Decision, error) {
	g := l.graph()
	claims, err := claimsOf(ctx, g, []string{d.Claim})
	if err != nil || len(claims) == 0 || !claims[0].IsReading() {
		return d, err
	}
	text, err := textOfSource(ctx, g, claims[0].Dataset, claims[0].Cites[0].Source)
	d.Statement = schema.StatementOf(&claims[0].Claim, text)
	return d, err
}

// textOfSource returns the hash of the text that a data set says a document has; empty where it says none, or several.
func textOfSource(ctx context.Context, g *commit.Graph, dataset, source string) (string, error) {
	facts, err := claimsOfGroups(ctx, g, []string{schema.FactsKey(source)})
	if err != nil {
		return "", err
	}
	found := ""
	for _, claim := range facts {
		switch sum := schema.TextOf(&claim.Claim); {
		case sum == "" || !claim.Stands || claim.Dataset != dataset:
		case found != "" && found != sum:
			return "", nil
		default:
			found = sum
		}
	}
	return found, nil
}

// heldReadings are what is read of texts that may say the same as a statement that was judged: it is written after the
// judgement that it inherits, so that it does not stand without it wherever the load is killed.
type heldReadings struct {
	*judgements
	texts   map[string]string              // of the documents: hashes, by xid
	said    map[string][]*schema.Statement // that are said again, of what was judged
	held    []commit.Change
	replace *openDatasets // with Replace: the decisions' load; the input's sets are one alone
}

// newHeldReadings reads what was judged.
func newHeldReadings(ctx context.Context, g *commit.Graph) (*heldReadings, error) {
	judged, err := standingJudgements(ctx, g)
	return &heldReadings{judgements: judged, texts: map[string]string{}, said: map[string][]*schema.Statement{}}, err
}

func (h *heldReadings) statementOf(c *schema.Claim) *schema.Statement {
	return schema.StatementOf(c, h.texts[c.Cites[0].Source])
}

// noteReading remembers the key of what was read of a text, and what may have been judged.
func (l *load) noteReading(ch commit.Change) {
	if l.held == nil {
		return
	}
	if sum := schema.TextOf(ch.Claim); sum != "" {
		l.held.texts[ch.Claim.Subject] = sum
	}
	if !strings.HasPrefix(ch.Claim.Method, schema.ReadMethod) {
		return
	}
	l.readings[ch.Key] = true
	if ch.Claim.IsReading() {
		if s := l.held.statementOf(ch.Claim); l.held.judgements.said[s.Said()] {
			l.held.said[s.Said()] = append(l.held.said[s.Said()], s)
		}
	}
}

// hold holds back what may inherit a judgement, and reports whether it does.
func (l *load) hold(ch commit.Change) bool {
	h := l.held
	if h == nil || !l.readings[ch.Key] || !ch.Claim.IsReading() || h.kinds[ch.Key] != "" ||
		!h.judgements.said[h.statementOf(ch.Claim).Said()] {
		return false
	}
	h.held = append(h.held, ch)
	return true
}

// carryJudgements copies the judgements of statements to those that say the same now, before these are written. No
// writer is at work: the data sets are given back meanwhile.
func (l *load) carryJudgements(ctx context.Context) error {
	sets := l.sets
	if l.opts.Replace {
		l.held.replace = newOpenDatasets(l.Session, Options{}, 0, l.counters)
		sets = l.held.replace
	}
	open := slices.Sorted(maps.Keys(l.sets.byName))
	first := l.held.held[0].Claim.Dataset
	written, err := copyJudgements(ctx, l.Session, sets, first, func(decisions []*schema.Claim) (copies, error) {
		return l.inherited(ctx, decisions)
	})
	if err != nil || written == 0 {
		return err
	}
	for _, name := range open {
		if name != first {
			if err := l.HoldDataset(ctx, name, commit.Exclusive); err != nil {
				return err
			}
		}
	}
	return nil
}

// inherited returns which judgements are to be copied to which of the claims that are held back: those of the
// statements that are most like one, unless one of these stands and nobody judged it so.
func (l *load) inherited(ctx context.Context, decisions []*schema.Claim) (copies, error) {
	judged, err := readJudgements(ctx, l.Graph, decisions)
	if err != nil {
		return nil, err
	}
	groups := map[string]bool{}
	for _, ch := range l.held.held {
		groups[schema.GroupOf(ch.Key)] = true
	}
	known, err := claimsOfGroups(ctx, l.Graph, slices.Sorted(maps.Keys(groups)))
	if err != nil {
		return nil, err
	}
	candidates := slices.Clone(judged.judged)
	for _, c := range known {
		if c.IsReading() && c.Stands && judged.kinds[c.StoredKey] == "" {
			candidates = append(candidates, judgedStatement{l.held.statementOf(&c.Claim), c.StoredKey, ""})
		}
	}
	to := copies{}
	copied := map[string]bool{}
	for _, ch := range l.held.held {
		if copied[ch.Key] || judged.kinds[ch.Key] != "" {
			continue
		}
		copied[ch.Key] = true
		is := l.held.statementOf(ch.Claim)
		alike := map[schema.Likeness][]judgedStatement{}
		for _, c := range candidates {
			how := c.Likeness(is)
			alike[how] = append(alike[how], c)
		}
		for how := schema.SameStatement; how > schema.Unlike; how-- {
			if len(alike[how]) == 0 {
				continue
			}
			kind := alike[how][0].kind
			if kind != "" && !slices.ContainsFunc(alike[how], func(c judgedStatement) bool { return c.kind != kind }) {
				for _, c := range alike[how] {
					to[c.key] = append(to[c.key], copyTo{ch.Key, is})
				}
			}
			break
		}
	}
	return to, nil
}

// retractReadings has retracted what was read of documents before. What somebody accepted stays, with what describes
// its ends, unless it is read again in another form.
func (l *load) retractReadings(p *commit.Pool) error {
	name := l.dataset()
	set := l.sets.opened(name)
	if set == nil || set.inventory == nil {
		return nil // the data set held nothing
	}
	l.counters.setPhase("retracting")
	count := retractCount{counters: l.counters}
	for _, ref := range l.opts.Readings.Sources() {
		xid, err := ref.Absolute(name)
		if err != nil {
			return err
		}
		var before []*schema.StoredClaim
		for claim, err := range l.Graph.ClaimsAt(p.Ctx, "read what was read of a document", readingsOf, xid,
			pageSize) {
			if err != nil {
				return err
			}
			if claim.Stands && claim.Dataset == name && strings.HasPrefix(claim.Method, schema.ReadMethod) &&
				!l.readings[claim.StoredKey] && (l.opts.Readings.Keep == nil || !l.opts.Readings.Keep(claim.StoredKey)) {
				before = append(before, claim)
			}
		}
		for _, claim := range withoutAccepted(before, func(c *schema.StoredClaim) bool {
			return l.held.kinds[c.StoredKey] == schema.Accept && !l.held.again(&c.Claim)
		}) {
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

// again reports whether a statement that was judged is said again.
func (h *heldReadings) again(c *schema.Claim) bool {
	s := h.statementOf(c)
	return slices.ContainsFunc(h.said[s.Said()], func(now *schema.Statement) bool { return now.Likeness(s) != schema.Unlike })
}

// withoutAccepted returns those of some readings' claims that are not kept, nor describe who is in one that is.
func withoutAccepted(claims []*schema.StoredClaim, keep func(*schema.StoredClaim) bool) []*schema.StoredClaim {
	ends, kept := map[string]bool{}, map[string]bool{}
	for _, c := range claims {
		if c.IsReading() && keep(c) {
			kept[c.StoredKey] = true
			ends[c.Subject], ends[c.Object], ends[c.AttributedTo] = true, true, true
		}
	}
	return slices.DeleteFunc(claims, func(c *schema.StoredClaim) bool {
		return kept[c.StoredKey] || c.Predicate == schema.Describes && ends[c.Subject]
	})
}

const readingsOf = `query q($at: string, $after: string, $first: int) {
	q(func: eq(xid, $at)) { claims: ~claim.cites (first: $first, after: $after) { ` + schema.ClaimFields + ` } } }`

// copies are claims that inherit the judgements of others, by the key of these.
type copies map[string][]copyTo

// copyTo is a claim that inherits a judgement.
type copyTo struct {
	key string
	is  *schema.Statement // nil: the judgement says what it said
}

// copyJudgements copies the judgements of some claims to other claims, alone with the graph if there are any: which
// tells them by the decisions that stand, nil where it is asked for the first time, and is asked again then. It returns
// how many it wrote.
func copyJudgements(
	ctx context.Context, s *commit.Session, sets *openDatasets, dataset string, which func(decisions []*schema.Claim) (copies, error),
) (written int, err error) {
	decisions, err := s.StandingDecisions(ctx)
	if err != nil {
		return 0, err
	}
	if to, err := which(decisions); err != nil || len(to) == 0 {
		return 0, err
	}
	_, err = s.Decide(ctx, func(decisions []*schema.Claim) ([]commit.Change, error) {
		to, err := which(decisions)
		if err != nil || len(to) == 0 {
			return nil, err
		}
		set, err := sets.open(ctx, schema.DecisionsDataset)
		if err != nil {
			return nil, err
		}
		var changes []commit.Change
		for _, decision := range decisions {
			if !decision.Judgement() {
				continue
			}
			for _, one := range to[decision.Value] {
				copied := decision.Clone()
				copied.Value = one.key
				if one.is != nil && copied.Extra[schema.StatementKey] != "" {
					text, err := schema.CanonicalJSON(one.is.JSON())
					if err != nil {
						return nil, err
					}
					copied.Extra[schema.StatementKey] = text
				}
				changes = append(changes, commit.Change{Kind: commit.Add, Claim: copied, Key: copied.Key(), Load: set.load})
			}
		}
		written = len(changes)
		return changes, nil
	}, func([]commit.Change, *commit.Result) error { return nil }) // counted by who asks
	if err != nil {
		return 0, err
	}
	return written, s.HoldDataset(ctx, dataset, commit.Exclusive) // it was given back
}
