package queries

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
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
	limits []*MaxMarking

	marked   map[string]clearance    // by xid
	touched  map[string]bool         // by xid: whether a claim that passes touches it
	complete bool                    // marked and touched know all: what is not in them is not marked, not touched
	seen     *merges                 // what is one; nil: not known yet
	asked    map[string]bool         // uids from which edges were asked for
	sources  map[string]Citation     // by xid: what to show of it
	own      map[string][]foundClaim // by group: a question first learns how an entity is marked, then what it shows

	withheld Withheld
	counted  map[string]bool // claims and entities in withheld, where a question may meet one twice
}

// limit puts marking limits on a snapshot; all of them hold. Without any it stays as it is.
func (s *snapshot) limit(limits ...*MaxMarking) {
	limits = slices.DeleteFunc(limits, func(m *MaxMarking) bool { return m == nil })
	if len(limits) == 0 {
		return
	}
	s.sight = &sight{
		snapshot: s, limits: limits, marked: map[string]clearance{}, touched: map[string]bool{}, asked: map[string]bool{},
		sources: map[string]Citation{}, own: map[string][]foundClaim{}, withheld: Withheld{Unknown: map[string]int{}}, counted: map[string]bool{},
	}
}

// worst compares markings with every limit, and notes those that nobody can read, once for what is called name.
func (v *sight) worst(name string, markings []string) clearance {
	worst := allowed
	for _, marking := range markings {
		for _, limit := range v.limits {
			c := limit.judge(marking)
			if c == unknown && !v.counted[name+marking] {
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
		v.marked[xid] = allowed
	}
	for _, c := range claims {
		v.mark(m, c.Stored, c.evidence.Rejected)
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
func (v *sight) mark(m *merges, c *schema.Stored, rejected bool) {
	_, entity := statedMarkings(&c.Claim)
	if len(entity) == 0 || !c.Stands || rejected {
		return
	}
	worst := v.worst(c.Subject, entity)
	if worst == allowed {
		return
	}
	for _, member := range m.whole(c.Subject) {
		if v.marked[member] == allowed {
			v.withheld.Entities++
		}
		v.marked[member] = max(v.marked[member], worst)
	}
}

// passes reports whether a claim may be seen, and takes from it the citations that may not. The entities it names were judged
// before.
func (v *sight) passes(c *schema.Stored) bool {
	key := c.StoredKey
	own, entity := statedMarkings(&c.Claim)
	worst := v.worst(key, own)
	if worst == allowed {
		for _, limit := range v.limits { // a claim that no longer stands, or was rejected, marks nobody but itself
			for _, marking := range entity {
				worst = max(worst, limit.judge(marking))
			}
		}
	}
	for _, xid := range []string{c.Subject, c.Object, c.AttributedTo} {
		worst = max(worst, v.marked[xid])
	}
	left := slices.DeleteFunc(slices.Clone(c.Cites), func(cite schema.Citation) bool { return v.marked[cite.Source] != allowed })
	if worst == allowed && len(left) > 0 {
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
	claims = slices.DeleteFunc(claims, func(c foundClaim) bool { return !v.passes(c.Stored) })
	for _, c := range claims {
		c.evidence.Key = c.StoredKey
		c.evidence.Cites = slices.DeleteFunc(c.evidence.Cites, func(cite Citation) bool { return v.marked[cite.Source] != allowed })
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

// cite fills in what may be seen of the sources of claims.
func (v *sight) cite(ctx context.Context, claims []foundClaim) error {
	const most = 100_000
	if len(v.sources) > most {
		v.sources = map[string]Citation{}
	}
	m, err := v.readMerges(ctx)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, c := range claims {
		for _, cite := range c.Cites {
			if _, known := v.sources[cite.Source]; !known && m.repOf(cite.Source) == cite.Source { // a part of another shows nothing itself
				wanted[cite.Source] = true
			}
		}
	}
	facts, err := v.facts(ctx, slices.Collect(maps.Keys(wanted)))
	if err != nil {
		return err
	}
	for xid, f := range facts {
		v.sources[xid] = Citation{
			Title: first(f.Values, "title", "name"), Publisher: first(f.Values, "publisher"), Published: first(f.Values, "published"),
			Reliability: first(f.Values, "reliability"), URL: first(f.Values, "url"),
		}
	}
	for _, c := range claims {
		for i := range c.evidence.Cites {
			cite := &c.evidence.Cites[i]
			shown := v.sources[cite.Source]
			cite.Title, cite.Publisher, cite.Published, cite.Reliability, cite.URL = shown.Title, shown.Publisher, shown.Published, shown.Reliability, shown.URL
		}
	}
	return nil
}

// first gives the first value of the first property that has any.
func first(values map[string][]string, properties ...string) string {
	for _, property := range properties {
		if of := values[property]; len(of) > 0 {
			return of[0]
		}
	}
	return ""
}

// facts derives what entities show (law 4), by xid, of the claims that may be seen.
func (v *sight) facts(ctx context.Context, xids []string) (map[string]schema.Facts, error) {
	if len(xids) == 0 {
		return nil, nil
	}
	m, err := v.readMerges(ctx)
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, xid := range xids {
		for _, member := range m.all(xid) {
			groups = append(groups, schema.FactsKey(member))
		}
	}
	claims, err := v.readFacts(ctx, groups)
	if err != nil {
		return nil, err
	}
	if claims, err = v.see(ctx, claims); err != nil {
		return nil, err
	}
	about := map[string][]*schema.Stored{}
	for _, c := range claims {
		if c.counts() {
			rep := m.repOf(c.Subject)
			about[rep] = append(about[rep], c.Stored)
		}
	}
	facts := map[string]schema.Facts{}
	for _, xid := range xids {
		facts[xid] = schema.DeriveFacts(v.ontology, about[xid])
	}
	return facts, nil
}

// describe gives entities as nodes, by uid.
func (v *sight) describe(ctx context.Context, uids []string, full bool) ([]*Node, error) {
	m, err := v.readMerges(ctx)
	if err != nil {
		return nil, err
	}
	var nodes []*Node
	for batch := range slices.Chunk(uids, groupsAtOnce) {
		var found struct{ Q []struct{ UID, XID string } }
		if err := v.query(ctx, "query q($uids: string) { q(func: uid($uids)) { uid xid } }", map[string]string{"$uids": uidList(batch)}, &found); err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		var xids []string
		for _, n := range found.Q {
			if n.XID != "" {
				xids = append(xids, n.XID)
			}
		}
		facts, err := v.facts(ctx, xids)
		if err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		for _, n := range found.Q {
			if n.XID != "" {
				nodes = append(nodes, nodeOf(n.UID, n.XID, facts[n.XID], m.members[n.XID], full))
			}
		}
	}
	return nodes, nil
}

func nodeOf(uid, xid string, facts schema.Facts, merged []string, full bool) *Node {
	node := &Node{uid: uid, XID: xid, Type: facts.Type, Properties: map[string][]string{}, Merged: merged}
	named := len(facts.Values[labelProperties()[0]]) > 0
	for property, values := range facts.Values {
		label := slices.Index(labelProperties(), property)
		if strings.Contains(property, ".") || !full && property != "country" && (label < 0 || label > 0 && named) {
			continue
		}
		node.Properties[property] = values
	}
	node.callIt()
	return node
}

// visible tells which entities may be seen, and are: an allowed claim touches them.
func (v *sight) visible(ctx context.Context, xids []string) (map[string]bool, error) {
	if err := v.judge(ctx, xids); err != nil {
		return nil, err
	}
	var open []string
	for _, xid := range xids {
		if _, known := v.touched[xid]; !known && !v.complete && v.marked[xid] == allowed {
			open = append(open, xid)
		}
	}
	for batch := range slices.Chunk(open, groupsAtOnce) {
		if err := v.lookForTouch(ctx, batch); err != nil {
			return nil, fmt.Errorf("look at markings: %w", err)
		}
	}
	seen := map[string]bool{}
	for _, xid := range xids {
		seen[xid] = v.marked[xid] == allowed && v.touched[xid]
	}
	return seen, nil
}

// lookForTouch looks for claims that pass and touch entities: at a few of each first, then at all of those that it must.
func (v *sight) lookForTouch(ctx context.Context, xids []string) error {
	const few, many = 20, 2000
	first := few
	for _, side := range []string{"subject", "object", "cites", "attributed"} {
		open := slices.DeleteFunc(slices.Clone(xids), func(xid string) bool { return v.touched[xid] })
		if err := v.touchedOn(ctx, side, first, open, nil); err != nil {
			return err
		}
	}
	for _, xid := range xids {
		for _, side := range []string{"subject", "object", "cites", "attributed"} {
			if v.touched[xid] {
				break
			}
			after := "0x0"
			for after != "" && !v.touched[xid] {
				if err := v.touchedOn(ctx, side, many, []string{xid}, &after); err != nil {
					return err
				}
			}
		}
		if !v.touched[xid] {
			v.touched[xid] = false // known from here on
		}
	}
	return nil
}

// touchedOn looks at the first claims that name entities on one side; with after, at those behind it, and sets it to the last or "".
func (v *sight) touchedOn(ctx context.Context, side string, first int, xids []string, after *string) error {
	if len(xids) == 0 {
		return nil
	}
	var declared, used []string
	vars := map[string]string{"$first": strconv.Itoa(first), "$after": "0x0"}
	if after != nil {
		vars["$after"] = *after
	}
	for i, xid := range xids {
		name := "$x" + strconv.Itoa(i)
		vars[name] = xid
		declared, used = append(declared, name+": string"), append(used, name)
	}
	var found struct {
		Q []struct {
			XID    string
			Claims json.RawMessage
		}
	}
	err := v.query(ctx, "query q($first: int, $after: string, "+strings.Join(declared, ", ")+") { q(func: eq(xid, ["+strings.Join(used, ", ")+
		"])) { xid claims: ~claim."+side+" (first: $first, after: $after) { "+schema.ClaimFields+" } } }", vars, &found)
	if err != nil {
		return err
	}
	last := ""
	for _, n := range found.Q {
		claims, err := schema.DecodeClaims(n.Claims)
		if err != nil {
			return err
		}
		var xids []string
		for _, c := range claims {
			xids = append(xids, named(&c.Claim)...)
			last = c.UID
		}
		if err := v.judge(ctx, xids); err != nil {
			return err
		}
		for _, c := range claims {
			if c.Stands && !c.Decision() && v.passes(c) && slices.Contains(named(&c.Claim), n.XID) {
				v.touched[n.XID] = true
				break
			}
		}
	}
	if after != nil {
		*after = last
	}
	return nil
}

// readSeenMerges computes what is one for those who see no more: by the same decisions that hold and whose both ends are seen.
func (v *sight) readSeenMerges(ctx context.Context) (*merges, error) {
	if v.seen != nil {
		return v.seen, nil
	}
	drawn, err := v.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	v.seen = &merges{rep: map[string]string{}, members: map[string][]string{}, uid: drawn.uid}
	if len(drawn.rep) == 0 {
		return v.seen, nil
	}
	visible, err := v.visible(ctx, slices.Collect(maps.Keys(drawn.uid)))
	if err != nil {
		return nil, err
	}
	group := map[string][]string{} // by member: all that is one with it
	err = v.eachDecision(ctx, func(c *schema.Stored) {
		a, b := c.Subject, c.Object
		if !v.holds(drawn, c) || c.Predicate != schema.Same || !visible[a] || !visible[b] || slices.Contains(group[a], b) {
			return
		}
		one := slices.Sorted(slices.Values(slices.Concat(group[a], group[b], []string{a, b})))
		one = slices.Compact(one)
		for _, member := range one {
			group[member] = one
		}
	})
	if err != nil {
		return nil, err
	}
	for member, one := range group {
		if member != one[0] {
			v.seen.rep[member] = one[0]
		} else {
			v.seen.members[member] = one[1:]
		}
	}
	return v.seen, nil
}

// torn reports whether a marking limit leaves out decisions that make entities one in the graph.
func (s *snapshot) torn(ctx context.Context) (bool, error) {
	if s.sight == nil {
		return false, nil
	}
	drawn, err := s.readDrawnMerges(ctx)
	if err != nil {
		return false, err
	}
	seen, err := s.readMerges(ctx)
	if err != nil {
		return false, err
	}
	for xid := range drawn.uid {
		if drawn.repOf(xid) != seen.repOf(xid) {
			return true, nil
		}
	}
	return false, nil
}

// holds reports whether a decision is in force: one that contradicts others is left out of the derivation (law 10).
func (v *sight) holds(drawn *merges, c *schema.Stored) bool {
	return c.Stands && c.Draws() && (c.Predicate != schema.Same || drawn.repOf(c.Subject) == drawn.repOf(c.Object))
}

// eachDecision gives the claims of the reserved data set.
func (s *snapshot) eachDecision(ctx context.Context, do func(*schema.Stored)) error {
	for after := "0x0"; ; {
		var page struct{ Q json.RawMessage }
		err := s.query(ctx, `query q($after: string, $first: int) { `+decidedBlock+` q(func: uid(decided), first: $first, after: $after) { `+schema.ClaimFields+` } }`,
			map[string]string{"$after": after, "$first": strconv.Itoa(claimPage)}, &page)
		if err != nil {
			return fmt.Errorf("read decisions: %w", err)
		}
		claims, err := schema.DecodeClaims(page.Q)
		if err != nil || len(claims) == 0 {
			return err
		}
		for _, c := range claims {
			do(c)
			after = c.UID
		}
	}
}

// drawnAt gives the uids on which the graph has the edges of entities: those of the representatives that all decisions make.
func (s *snapshot) drawnAt(ctx context.Context, uids ...string) ([]string, error) {
	if s.sight == nil {
		return uids, nil
	}
	m, err := s.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	var at []string
	for _, uid := range uids {
		s.sight.asked[uid] = true
		if xid, merged := m.byUID[uid]; merged {
			uid = m.uid[m.repOf(xid)]
		}
		if !slices.Contains(at, uid) {
			at = append(at, uid)
		}
	}
	return at, nil
}

// split gives edges the ends that are seen: where decisions that are not seen join entities, one drawn edge is several. byGroup
// says afterwards which edge a group of claims is behind.
func (v *sight) split(ctx context.Context, byGroup map[string]*rawEdge, claims []foundClaim) ([]*rawEdge, error) {
	drawn, err := v.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	m, err := v.readMerges(ctx)
	if err != nil {
		return nil, err
	}
	focused := map[string]bool{} // merged entities that were asked for under one of their parts
	for uid := range v.asked {
		if xid, merged := drawn.byUID[uid]; merged {
			focused[drawn.repOf(xid)] = true
		}
	}
	type part struct {
		edge     *rawEdge
		from, to end
		near     string
	}
	byID, used, done := map[string]*rawEdge{}, map[*rawEdge]bool{}, map[string]bool{}
	var parts []part
	for _, c := range claims {
		group := schema.GroupOf(c.StoredKey)
		if done[group] {
			continue
		}
		done[group] = true
		whole := byGroup[group]
		from, to := m.end(c.Subject, c.SubjectUID), m.end(c.Object, c.ObjectUID)
		near, far := from, to
		if drawn.repOf(c.Subject) != whole.near {
			near, far = to, from
		}
		if focused[whole.near] && !v.asked[near.uid] {
			if near = far; !v.asked[far.uid] {
				delete(byGroup, group) // it is another part's than that which was asked for
				continue
			}
		}
		if r := v.ontology.Relation(whole.relation); r != nil && r.Symmetric && to.xid < from.xid {
			from, to = to, from
		}
		id := schema.GroupKey(from.xid, whole.relation, to.xid)
		if byID[id] == nil {
			edge := whole
			if used[whole] {
				own := *whole
				edge = &own
			}
			used[whole], byID[id] = true, edge
			parts = append(parts, part{edge, from, to, near.xid})
		}
		byGroup[group] = byID[id]
	}
	var edges []*rawEdge
	for _, p := range parts {
		e := p.edge
		e.key, e.from, e.to, e.fromUID, e.toUID, e.near = "", p.from.xid, p.to.xid, p.from.uid, p.to.uid, p.near
		edges = append(edges, e)
	}
	slices.SortFunc(edges, compareEdges)
	return edges, nil
}

// end is an entity at one end of an edge.
type end struct{ xid, uid string }

// end gives what a claim's end is seen as.
func (m *merges) end(xid, uid string) end {
	rep := m.repOf(xid)
	if known, merged := m.uid[rep]; merged {
		uid = known
	}
	return end{rep, uid}
}

// bound puts the question's marking limit and the runner's on the answer. A step that takes anything from the graph but by claims
// would show what they hide, so only those pass that are known to take nothing else.
func (a *asking) bound(most *MaxMarking) error {
	filter := &a.values.filter
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
		if a.query.Shape == GraphShape || a.query.Shape == TreeShape {
			return nil
		}
	}
	return &ParamError{a.query.Name, "max_marking", "this question shows values of the graph whose markings nobody looks at", "ask ego-network or entity-card, which do"}
}

// lookUp gives those of the entities found that may be seen and still match: what they are called is derived anew.
func (v *sight) lookUp(ctx context.Context, nodes []*candidateNode, match string, matches func(xid string, f *schema.Facts) bool) ([]Candidate, error) {
	drawn, err := v.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	m, err := v.readMerges(ctx)
	if err != nil {
		return nil, err
	}
	uids := map[string]string{}
	for _, n := range nodes {
		uids[n.XID] = n.UID
		for _, xid := range drawn.whole(n.XID) {
			uids[xid] = cmp.Or(drawn.uid[xid], n.UID)
		}
	}
	visible, err := v.visible(ctx, slices.Sorted(maps.Keys(uids)))
	if err != nil {
		return nil, err
	}
	byRep := map[string][]string{} // representatives, and the xids they are found by
	for _, xid := range slices.Sorted(maps.Keys(uids)) {
		if visible[xid] && !schema.IsDatasetSource(xid) {
			byRep[m.repOf(xid)] = append(byRep[m.repOf(xid)], xid)
		}
	}
	facts, err := v.facts(ctx, slices.Sorted(maps.Keys(byRep)))
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, rep := range slices.Sorted(maps.Keys(byRep)) {
		f := facts[rep]
		if !slices.ContainsFunc(byRep[rep], func(xid string) bool { return matches(xid, &f) }) {
			continue
		}
		node := nodeOf(uids[rep], rep, f, nil, true)
		list = append(list, Candidate{
			XID: rep, Type: node.Type, Name: node.Name, Country: first(f.Values, "country"), Aliases: node.Properties["aliases"],
			About: first(f.Values, "description"), Match: match, uid: node.uid,
		})
	}
	return list, nil
}
