package queries

import (
	"context"
	"slices"
	"strings"

	"orbat/schema"

	"orbat/queries/canned"
)

// Withheld counts what a marking limit left out. It is for whoever asked, not for the answer: that something was left out is
// itself more than the limit may allow others to know.
type Withheld struct {
	Entities int            // marked above the limit
	Claims   int            // marked above it themselves, or about, by or from nothing but what is
	Unknown  map[string]int // markings that orbat cannot read, by text: how many entities and claims bear each
}

// sight is what marking limits let see of one snapshot. All claims pass through it, and whatever an answer shows is made of those
// that pass, as if the others had never been loaded:
//
//   - An entity is marked as any claim that stands and is not rejected says, whatever its assertion; with it goes all that
//     decisions made one with it, and every claim about, to, by (attributed) or from (cited) any of these. A claim that cites
//     others as well loses the one citation, and gets the key that it has without.
//   - A claim is marked as it says itself.
//   - A decision passes where all that it names is seen: two entities that are touched by claims that pass, or a claim that does.
//     Entities that only one left out holds together come apart.
//   - Values, names, types, edges and the details of sources are derived from what passes.
//
// A question looks up what it meets; an export reads all claims beforehand. What a .dql file itself filters by (the type of a node,
// say) is what the whole graph shows: it may leave an edge out, or find one that may be seen, never show what may not.
type sight struct {
	*snapshot
	limits []*canned.MaxMarking

	marked   map[string]canned.Clearance // by xid
	touched  map[string]bool             // by xid: whether a claim that passes touches it
	complete bool                        // marked and touched know all: what is not in them is not marked, not touched
	seen     *merges                     // what is one; nil: not known yet
	asked    map[string]bool             // uids from which edges were asked for
	sources  map[string]Citation         // by xid: what to show of it
	own      map[string][]foundClaim     // by group: a question first learns how an entity is marked, then what it shows

	withheld Withheld
	counted  map[string]bool // claims and entities in withheld, where a question may meet one twice
}

// limit puts marking limits on a snapshot; all of them hold. Without any it stays as it is.
func (s *snapshot) limit(limits ...*canned.MaxMarking) {
	limits = slices.DeleteFunc(limits, func(m *canned.MaxMarking) bool { return m == nil })
	if len(limits) == 0 {
		return
	}
	s.sight = &sight{
		snapshot: s, limits: limits, marked: map[string]canned.Clearance{}, touched: map[string]bool{}, asked: map[string]bool{},
		sources: map[string]Citation{}, own: map[string][]foundClaim{}, withheld: Withheld{Unknown: map[string]int{}}, counted: map[string]bool{},
	}
}

// worst compares markings with every limit, and notes those that nobody can read, once for what is called name.
func (v *sight) worst(name string, markings []string) canned.Clearance {
	worst := canned.Allowed
	for _, marking := range markings {
		for _, limit := range v.limits {
			c := limit.Judge(marking)
			if c == canned.Unknown && !v.counted[name+marking] {
				v.counted[name+marking] = true
				v.withheld.Unknown[schema.Shorten(marking)]++
			}
			worst = max(worst, c)
		}
	}
	return worst
}

// judge learns how entities are marked.
func (v *sight) judge(ctx context.Context, xids []string) error {
	if v.complete {
		return nil
	}
	m, err := v.readDrawnMerges(ctx)
	if err != nil {
		return err
	}
	var groups []string
	learning := map[string]bool{}
	for _, xid := range xids {
		if _, known := v.marked[xid]; known || xid == "" || learning[xid] {
			continue
		}
		for _, member := range m.whole(xid) {
			learning[member] = true
			groups = append(groups, schema.FactsKey(member))
		}
	}
	if len(groups) == 0 {
		return nil
	}
	claims, err := v.readFacts(ctx, groups)
	if err != nil {
		return err
	}
	for xid := range learning {
		v.marked[xid] = canned.Allowed
	}
	for _, c := range claims {
		v.mark(m, c.StoredClaim, c.evidence.Rejected)
	}
	return nil
}

// readFacts gives the claims of groups of own facts, all of them.
func (v *sight) readFacts(ctx context.Context, groups []string) (claims []foundClaim, err error) {
	if v.complete { // an export comes by each entity once
		return v.readAllGroups(ctx, groups, schema.ClaimFields)
	}
	const most = 20_000
	if len(v.own) > most {
		v.own = map[string][]foundClaim{}
	}
	var missing []string
	for _, group := range groups {
		if have, known := v.own[group]; known {
			claims = append(claims, have...)
		} else {
			missing = append(missing, group)
		}
	}
	read, err := v.readAllGroups(ctx, missing, schema.ClaimFields)
	if err != nil {
		return nil, err
	}
	for _, group := range missing {
		v.own[group] = nil
	}
	for _, c := range read {
		group := schema.GroupOf(c.StoredKey)
		v.own[group] = append(v.own[group], c)
	}
	return append(claims, read...), nil
}

// mark takes what a claim says of how its subject is marked, for all that is one with it.
func (v *sight) mark(m *merges, c *schema.StoredClaim, rejected bool) {
	_, entity := canned.MarkingsOf(&c.Claim)
	if len(entity) == 0 || !c.Stands || rejected {
		return
	}
	worst := v.worst(c.Subject, entity)
	if worst == canned.Allowed {
		return
	}
	for _, member := range m.whole(c.Subject) {
		if v.marked[member] == canned.Allowed {
			v.withheld.Entities++
		}
		v.marked[member] = max(v.marked[member], worst)
	}
}

// passes reports whether a claim may be seen, and takes from it the citations that may not. The entities it names were judged
// before.
func (v *sight) passes(c *schema.StoredClaim) bool {
	key := c.StoredKey
	own, entity := canned.MarkingsOf(&c.Claim)
	worst := v.worst(key, own)
	if worst == canned.Allowed {
		for _, limit := range v.limits { // a claim that no longer stands, or was rejected, marks nobody but itself
			for _, marking := range entity {
				worst = max(worst, limit.Judge(marking))
			}
		}
	}
	for _, xid := range []string{c.Subject, c.Object, c.AttributedTo} {
		worst = max(worst, v.marked[xid])
	}
	left := slices.DeleteFunc(slices.Clone(c.Cites), func(cite schema.Citation) bool { return v.marked[cite.Source] != canned.Allowed })
	if worst == canned.Allowed && len(left) > 0 {
		if len(left) < len(c.Cites) {
			c.Cites = left
			c.StoredKey = c.Key() // the old one tells what was cited to whoever guesses it
		}
		return true
	}
	if c.Stands && !v.complete && !v.counted[key] {
		v.counted[key] = true
		v.withheld.Claims++
	}
	return false
}

// named lists the entities that a claim names.
func named(c *schema.Claim) []string {
	xids := []string{c.Subject, c.Object, c.AttributedTo}
	for _, cite := range c.Cites {
		xids = append(xids, cite.Source)
	}
	return slices.DeleteFunc(xids, func(xid string) bool { return xid == "" })
}

// see leaves those of some claims that may be seen, as they may be seen, in the order of their keys.
func (v *sight) see(ctx context.Context, claims []foundClaim) ([]foundClaim, error) {
	var xids []string
	for _, c := range claims {
		xids = append(xids, named(&c.Claim)...)
	}
	if err := v.judge(ctx, xids); err != nil {
		return nil, err
	}
	claims = slices.DeleteFunc(claims, func(c foundClaim) bool { return !v.passes(c.StoredClaim) })
	for _, c := range claims {
		c.evidence.Key = c.StoredKey
		c.evidence.Cites = slices.DeleteFunc(c.evidence.Cites, func(cite Citation) bool { return v.marked[cite.Source] != canned.Allowed })
	}
	slices.SortStableFunc(claims, func(a, b foundClaim) int { return strings.Compare(a.StoredKey, b.StoredKey) })
	var one []foundClaim // without what they cited some are alike
	for _, c := range claims {
		if len(one) == 0 || one[len(one)-1].StoredKey != c.StoredKey {
			one = append(one, c)
			continue
		}
		same := one[len(one)-1]
		same.Stands = same.Stands || c.Stands
		same.evidence.Retracted = !same.Stands
		same.evidence.Rejected = same.evidence.Rejected || c.evidence.Rejected
	}
	return one, nil
}

// bound puts the question's marking limit and the runner's on the answer. A step that takes anything from the graph but by claims
// would show what they hide, so only those pass that are known to take nothing else.
func (a *asking) bound(most *canned.MaxMarking) error {
	filter := &a.values.Filter
	a.limit(filter.MaxMarking, most)
	if a.sight == nil {
		return nil
	}
	if filter.MaxMarking == nil {
		filter.MaxMarking = most
	}
	switch a.query.Step {
	case "expand", "paths", "statements", "card", "links", "search",
		"common", "served", "superiors", "in-command", "claims", "encounters", "co-mention", "conflicts", "support":
		return nil
	case "":
		if a.query.Shape == canned.GraphShape || a.query.Shape == canned.TreeShape {
			return nil
		}
	}
	return canned.NewParamError(a.query.Name, "max_marking", "this question shows values of the graph whose markings nobody looks at", "ask ego-network or entity-card, which do")
}
