package view

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/schema"
)

// Withheld counts what a marking limit left out. It is for whoever asked, not for the answer: that something was left
// out is itself more than the limit may allow others to know.
type Withheld struct {
	Entities int            // marked above the limit
	Claims   int            // marked above it themselves, or about, by or from nothing but what is
	Unknown  map[string]int // markings that orbat cannot read, by text: how many entities and claims bear each
}

// redactor is what marking limits let see of one snapshot. All claims pass through it, and whatever an answer shows is
// made of those that pass, as if the others had never been loaded:
//
//   - An entity is marked as any claim that is current and not rejected says, whatever its assertion; with it goes all
//     that decisions made one with it, and every claim about, to, by (attributed) or from (cited) any of these. A claim
//     that cites others as well loses the one citation, and gets the key that it has without.
//   - A claim is superseded by a later version of its record only where that passes, too.
//   - A claim is marked as it says itself. One of a data set that may not be seen does not pass, but still marks its
//     entity: what is marked is no less so to those who see less.
//   - A decision passes where all that it names is seen: two entities that are touched by claims that pass, or a claim
//     that does. Entities that only one left out holds together come apart.
//   - Values, names, types, edges and the details of sources are derived from what passes.
//
// A question looks up what it meets; an export reads all claims beforehand. What a .dql file itself filters by (the
// type of a node, say) is what the whole graph shows: it may leave an edge out, or find one that may be seen, never
// show what may not.
type redactor struct {
	*Snapshot
	limits   []*canned.MaxMarking
	datasets []string // the only ones of which claims pass; nil: all

	marked   map[string]canned.Clearance // by xid
	touched  map[string]bool             // by xid: whether a claim that passes touches it
	named    map[string]bool             // by xid: a claim that passes names it, standing or not
	complete bool                        // marked and touched know all: what is not in them is not marked, not touched
	seen     *Merges                     // what is one; nil: not known yet
	asked    map[string]bool             // uids from which edges were asked for
	sources  map[string]Citation         // by xid: what to show of it
	versions *bool                       // whether any claim is superseded; nil: not known yet
	denials  map[string]bool             // by xid: a claim that passes may deny a value of it
	own      map[string][]Claim          // by group: a question first learns how an entity is marked, then what it shows

	withheld Withheld
	counted  map[string]bool // claims and entities in withheld, where a question may meet one twice
}

// newRedactor returns nil where there is no limit; all limits hold.
func newRedactor(s *Snapshot, limits Limits) *redactor {
	markings := slices.DeleteFunc(limits.Markings, func(m *canned.MaxMarking) bool { return m == nil })
	if len(markings) == 0 && limits.Datasets == nil {
		return nil
	}
	return &redactor{
		Snapshot: s, limits: markings, datasets: limits.Datasets,
		marked: map[string]canned.Clearance{}, touched: map[string]bool{}, named: map[string]bool{},
		asked: map[string]bool{}, denials: map[string]bool{},
		sources: map[string]Citation{}, own: map[string][]Claim{}, withheld: Withheld{Unknown: map[string]int{}},
		counted: map[string]bool{},
	}
}

// Withheld returns what a marking limit left out so far; nil where there is no limit.
func (s *Snapshot) Withheld() *Withheld {
	if s.redactor == nil {
		return nil
	}
	return &s.redactor.withheld
}

// checkMarkings compares markings with every limit, and notes those that nobody can read, once for what is called name.
func (r *redactor) checkMarkings(name string, markings []string) canned.Clearance {
	worst := canned.Allowed
	for _, marking := range markings {
		for _, limit := range r.limits {
			c := limit.Judge(marking)
			if c == canned.Unknown && !r.counted[name+marking] {
				r.counted[name+marking] = true
				r.withheld.Unknown[schema.Shorten(marking)]++
			}
			worst = max(worst, c)
		}
	}
	return worst
}

// learnMarkings learns how entities are marked.
func (r *redactor) learnMarkings(ctx context.Context, xids []string) error {
	if r.complete {
		return nil
	}
	m, err := r.readDrawnMerges(ctx)
	if err != nil {
		return err
	}
	var groups []string
	learning := map[string]bool{}
	for _, xid := range xids {
		if _, known := r.marked[xid]; known || xid == "" || learning[xid] {
			continue
		}
		for _, member := range m.Members(xid) {
			learning[member] = true
			groups = append(groups, schema.FactsKey(member))
		}
	}
	if len(groups) == 0 {
		return nil
	}
	claims, err := r.readFacts(ctx, groups)
	if err != nil {
		return err
	}
	for xid := range learning {
		r.marked[xid] = canned.Allowed
	}
	for _, c := range claims {
		r.mark(m, c.StoredClaim, c.Evidence.Rejected)
	}
	return nil
}

// readFacts returns the claims of groups of own facts, all of them.
func (r *redactor) readFacts(ctx context.Context, groups []string) (claims []Claim, err error) {
	if r.complete { // an export comes by each entity once
		return r.readAllGroups(ctx, groups, reading{fields: schema.ClaimFields})
	}
	const most = 20_000
	if len(r.own) > most {
		r.own = map[string][]Claim{}
	}
	var missing []string
	for _, group := range groups {
		if have, known := r.own[group]; known {
			claims = append(claims, have...)
		} else {
			missing = append(missing, group)
		}
	}
	read, err := r.readAllGroups(ctx, missing, reading{fields: schema.ClaimFields})
	if err != nil {
		return nil, err
	}
	for _, group := range missing {
		r.own[group] = nil
	}
	for _, c := range read {
		group := schema.GroupOf(c.StoredKey)
		r.own[group] = append(r.own[group], c)
	}
	return append(claims, read...), nil
}

// mark takes what a claim says of how its subject is marked, for all that is one with it.
func (r *redactor) mark(m *Merges, c *schema.StoredClaim, rejected bool) {
	_, entity := canned.MarkingsOf(&c.Claim)
	if len(entity) == 0 || !c.Current() || rejected {
		return
	}
	worst := r.checkMarkings(c.Subject, entity)
	if worst == canned.Allowed {
		return
	}
	for _, member := range m.Members(c.Subject) {
		if r.marked[member] == canned.Allowed {
			r.withheld.Entities++
		}
		r.marked[member] = max(r.marked[member], worst)
	}
}

// passes reports whether a claim may be seen, and takes from it the citations that may not. The entities it names were
// judged before.
func (r *redactor) passes(c *schema.StoredClaim) bool {
	key := c.StoredKey
	own, entity := canned.MarkingsOf(&c.Claim)
	worst := r.checkMarkings(key, own)
	if worst == canned.Allowed {
		for _, limit := range r.limits { // a claim that no longer stands, or was rejected, marks nobody but itself
			for _, marking := range entity {
				worst = max(worst, limit.Judge(marking))
			}
		}
	}
	for _, xid := range []string{c.Subject, c.Object, c.AttributedTo} {
		worst = max(worst, r.marked[xid])
	}
	if r.datasets != nil && !c.Decision() && !slices.Contains(r.datasets, c.Dataset) {
		worst = max(worst, canned.Unknown)
	}
	left := slices.DeleteFunc(slices.Clone(c.Cites), func(cite schema.Citation) bool { return r.marked[cite.Source] != canned.Allowed })
	if worst == canned.Allowed && len(left) > 0 {
		if len(left) < len(c.Cites) {
			c.Cites = left
			c.StoredKey = c.Key() // the old one tells what was cited to whoever guesses it
		}
		for _, xid := range c.XIDs() {
			r.named[xid] = true
		}
		return true
	}
	if c.Stands && !r.complete && !r.counted[key] {
		r.counted[key] = true
		r.withheld.Claims++
	}
	return false
}

// visibleClaims returns those of some claims that may be seen, with what may be seen of their sources.
func (r *redactor) visibleClaims(ctx context.Context, claims []Claim) ([]Claim, error) {
	if r == nil {
		return claims, nil
	}
	claims, err := r.redact(ctx, claims)
	if err != nil {
		return nil, err
	}
	return claims, r.cite(ctx, claims)
}

// redact leaves those of some claims that may be seen, as they may be seen, in the order of their keys.
func (r *redactor) redact(ctx context.Context, claims []Claim) ([]Claim, error) {
	var xids []string
	for _, c := range claims {
		xids = append(xids, c.XIDs()...)
	}
	if err := r.learnMarkings(ctx, xids); err != nil {
		return nil, err
	}
	claims = slices.DeleteFunc(claims, func(c Claim) bool { return !r.passes(c.StoredClaim) })
	less := func(c Claim) int { // what was loaded as it may be seen comes first: where it stands in a file is shown
		if c.Evidence.Key == c.StoredKey {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(claims, func(a, b Claim) int { return cmp.Or(strings.Compare(a.StoredKey, b.StoredKey), less(a)-less(b)) })
	for _, c := range claims {
		c.Evidence.Key = c.StoredKey
		c.Evidence.Cites = slices.DeleteFunc(c.Evidence.Cites, func(cite Citation) bool { return r.marked[cite.Source] != canned.Allowed })
	}
	var one []Claim // without what they cited some are alike
	for _, c := range claims {
		if len(one) == 0 || one[len(one)-1].StoredKey != c.StoredKey {
			one = append(one, c)
			continue
		}
		same := one[len(one)-1]
		if c.Stands && !same.Stands { // what was retracted is superseded by none
			same.Superseded, same.Evidence.Superseded = c.Superseded, c.Evidence.Superseded
		}
		same.Stands = same.Stands || c.Stands
		same.Evidence.Retracted = !same.Stands
		same.Evidence.Rejected = same.Evidence.Rejected || c.Evidence.Rejected
	}
	return one, r.judgeVersions(ctx, one)
}

// judgeVersions judges anew, among the versions of a record that may be seen, which of some claims are superseded. Only
// where the one that supersedes a claim for all is not among them are the versions read.
func (r *redactor) judgeVersions(ctx context.Context, claims []Claim) error {
	stated := map[string]map[string]bool{} // by group: the versions that claims state
	for _, c := range claims {
		if c.Version == "" {
			continue
		}
		group := schema.GroupOf(c.StoredKey)
		if stated[group] == nil {
			stated[group] = map[string]bool{}
		}
		version := c.Dataset + "\x00" + c.Record + "\x00" + c.Version
		stated[group][version] = stated[group][version] || c.Stands
	}
	open := map[string]bool{}
	for _, c := range claims {
		group := schema.GroupOf(c.StoredKey)
		if c.Superseded != "" && !stated[group][c.Dataset+"\x00"+c.Record+"\x00"+c.Superseded] {
			open[group] = true
		}
	}
	if len(open) == 0 {
		return nil
	}
	versions, err := r.readAllGroups(ctx, slices.Collect(maps.Keys(open)), reading{fields: schema.ClaimFields})
	if err != nil {
		return err
	}
	var xids []string
	for _, c := range versions {
		xids = append(xids, c.XIDs()...)
	}
	if err := r.learnMarkings(ctx, xids); err != nil {
		return err
	}
	var seen []*schema.StoredClaim
	for _, c := range versions {
		if r.passes(c.StoredClaim) {
			seen = append(seen, c.StoredClaim)
		}
	}
	superseded := map[string]string{}
	for _, c := range schema.Judge(seen) {
		superseded[c.StoredKey] = c.Superseded
	}
	for _, c := range claims {
		if open[schema.GroupOf(c.StoredKey)] {
			c.Superseded = superseded[c.StoredKey]
			c.Evidence.Superseded = c.Superseded
		}
	}
	return nil
}
