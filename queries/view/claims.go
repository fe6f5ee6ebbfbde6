package view

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"orbat/schema"
)

// evidenceFields add to a claim's what a reader wants to know of where it was loaded from; what of its sources, each
// once, citedSources asks for.
const (
	evidenceFields = `uid claim.key claim.value claim.assertion claim.standing claim.superseded claim.method claim.marking
	claim.attributed { uid xid name title marking entity.rep { name title marking } }
	claim.subject @facets { uid xid }
	claim.object { uid xid }
	cited as claim.cites @facets { uid xid }
	claim.load @facets { uid }`
	citedSources = ` cited(func: uid(cited)) { xid name title publisher published reliability url marking } `
)

// reading is what is read of claims.
type reading struct {
	fields, sources string // of each claim; a block for what it cites
	uncited         bool   // without it
}

func wholeClaims() reading { return reading{evidenceFields, citedSources, false} }

func saidClaims() reading { return reading{schema.SaidFields, "", true} }

// GroupsAtOnce is how many ranges of claims one request asks for.
const GroupsAtOnce = 200

// Claim is a stored claim with its evidence, as it may be seen.
type Claim struct {
	*schema.StoredClaim
	Evidence *Evidence
}

// Groups returns the claims of groups that may be seen, in the order of their keys.
func (s *Snapshot) Groups(ctx context.Context, groups []string) ([]Claim, error) {
	claims, err := s.readAllGroups(ctx, groups, wholeClaims())
	if err != nil {
		return nil, err
	}
	return s.redactor.visibleClaims(ctx, claims)
}

// Said is [Snapshot.Groups] without the sources of the claims: for who looks for a few among many. Those of what the
// answer shows are read in the end ([Snapshot.Cite]). Under a marking limit they are read at once: it looks at them.
func (s *Snapshot) Said(ctx context.Context, groups []string) ([]Claim, error) {
	if s.redactor != nil {
		return s.Groups(ctx, groups)
	}
	return s.readAllGroups(ctx, groups, saidClaims())
}

// Cite reads the sources of claims that were read without them.
func (s *Snapshot) Cite(ctx context.Context, claims []*Evidence) error {
	uncited := map[string][]*Evidence{}
	for _, e := range claims {
		if e.uncited != nil {
			uncited[e.uncited.UID] = append(uncited[e.uncited.UID], e)
		}
	}
	if len(uncited) == 0 {
		return nil
	}
	whole, err := s.ClaimsByUID(ctx, slices.Sorted(maps.Keys(uncited)))
	if err != nil {
		return err
	}
	for _, c := range whole {
		for _, e := range uncited[c.UID] {
			if e.uncited == nil { // it came twice
				continue
			}
			*e.uncited = *c.StoredClaim
			when := e.When
			*e = *c.Evidence
			e.When = when
		}
	}
	return nil
}

// TellLoads reads which loads wrote claims, and when. Under a limit it tells none: a load may have brought or changed
// what may not be seen, and its id, its time and who loaded would tell of that.
func (s *Snapshot) TellLoads(ctx context.Context, claims []*Evidence) error {
	if s.redactor != nil {
		return nil
	}
	uids := map[string]bool{}
	for _, e := range claims {
		for _, uid := range e.loads {
			uids[uid] = true
		}
	}
	if len(uids) == 0 {
		return nil
	}
	found, err := s.blocks(ctx, `query q($uids: string) { q(func: uid($uids)) { uid load.id load.started load.by } }`,
		map[string]string{"$uids": UIDList(slices.Sorted(maps.Keys(uids)))})
	if err != nil {
		return fmt.Errorf("read loads: %w", err)
	}
	known := map[string]Load{}
	for _, v := range found["q"].GetArray() {
		started, err := time.Parse(time.RFC3339, textIn(v, "load.started"))
		if err != nil {
			return fmt.Errorf("read when a load began: %w", err)
		}
		known[textIn(v, "uid")] = Load{textIn(v, "load.id"), started, textIn(v, "load.by")}
	}
	for _, e := range claims {
		e.Loads = nil
		for _, uid := range e.loads {
			if load, there := known[uid]; there {
				e.Loads = append(e.Loads, load)
			}
		}
		slices.SortFunc(e.Loads, func(a, b Load) int { return cmp.Or(a.Started.Compare(b.Started), strings.Compare(a.ID, b.ID)) })
	}
	return nil
}

// CiteEdges is [Snapshot.Cite] of the claims behind edges.
func (s *Snapshot) CiteEdges(ctx context.Context, edges []*GraphEdge, more []*Evidence) error {
	for _, e := range edges {
		more = append(more, e.evidence...)
	}
	return s.Cite(ctx, more)
}

// readAllGroups returns the claims of groups, in the order of their keys.
func (s *Snapshot) readAllGroups(ctx context.Context, groups []string, r reading) ([]Claim, error) {
	decided, err := s.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	slices.Sort(groups)
	groups = slices.Compact(groups)
	var claims []Claim
	for batch := range slices.Chunk(groups, GroupsAtOnce) {
		declared, blocks, vars := schema.GroupsQuery(batch, r.fields)
		found, err := s.blocks(ctx, "query q("+declared+") {\n"+blocks+r.sources+"}", vars)
		if err != nil {
			return nil, fmt.Errorf("read evidence: %w", err)
		}
		read, err := readEvidence(found["claims"], found["cited"], decided, r.uncited)
		if err != nil {
			return nil, err
		}
		claims = append(claims, read...)
	}
	slices.SortFunc(claims, func(a, b Claim) int { return strings.Compare(a.StoredKey, b.StoredKey) })
	return claims, nil
}

// readEvidence reads a block of claims, and one of the sources that they cite, unless none were asked for.
func readEvidence(block, cited *fastjson.Value, decided *Merges, uncited bool) ([]Claim, error) {
	read := schema.ClaimsIn
	if uncited {
		read = schema.SaidIn
	}
	stored, err := read(block)
	if err != nil || len(stored) == 0 {
		return nil, err
	}
	sources := map[string]*Citation{}
	for _, v := range cited.GetArray() {
		sources[textIn(v, "xid")] = &Citation{
			Title: cmp.Or(textIn(v, "title"), textIn(v, "name")), Publisher: textIn(v, "publisher"), Published: textIn(v, "published"),
			Reliability: textIn(v, "reliability"), URL: textIn(v, "url"), Marking: markingIn(v),
		}
	}
	claims := make([]Claim, len(stored))
	for i, c := range stored {
		e := &Evidence{
			Key: c.StoredKey, Dataset: c.Dataset, Predicate: c.Predicate, Value: c.Claim.Value, Values: c.Values,
			Assertion: c.Assertion, AttributedTo: c.AttributedTo, Period: c.Period.Text(), Credibility: c.Credibility,
			Method: c.Method, Marking: c.Marking, Record: c.Record, Version: c.Version,
			Retracted: !c.Stands, Superseded: c.Superseded, Rejected: decided.Rejects(c.StoredKey),
			File: c.File, Row: c.Row, When: c.Period, loads: c.Loads,
		}
		if uncited {
			e.uncited = c
		}
		if c.Confidence != schema.NoConfidence {
			e.Confidence = &c.Confidence
		}
		for _, by := range block.GetArray()[i].GetArray("claim.attributed") {
			rep := by.Get("entity.rep")
			e.attributedMarking = strings.Join([]string{markingIn(by), markingIn(rep)}, ";")
			e.AttributedName = cmp.Or(textIn(by, "title"), textIn(by, "name"), textIn(rep, "title"), textIn(rep, "name"))
		}
		for _, cite := range c.Cites {
			out := Citation{}
			if known := sources[cite.Source]; known != nil {
				out = *known
			}
			out.Source, out.Quote, out.Locator = cite.Source, cite.Quote, cite.Locator
			out.Begin, out.End = spanOf(cite.Begin), spanOf(cite.End)
			if out.Locator == "" && schema.IsDatasetSource(cite.Source) && e.File != "" {
				out.Locator = e.File + ":" + strconv.Itoa(e.Row) // there is no better one
			}
			e.Cites = append(e.Cites, out)
		}
		claims[i] = Claim{c, e}
	}
	return claims, nil
}

// markingIn reads how a node is marked.
func markingIn(v *fastjson.Value) string {
	if v = v.Get("marking"); v == nil {
		return ""
	}
	return strings.Join(PropertyTexts(v), "; ")
}

func spanOf(n int) *int {
	if n == schema.NoSpan {
		return nil
	}
	return &n
}

// InForce reports whether a claim draws its edge or value (laws 9 and 10).
func (c Claim) InForce() bool { return c.Counts(c.Evidence.Rejected) }

// claimsAtOnce is how many claims one request for an entity brings, maxClaimsAt how many one question reads of one
// entity.
const (
	claimsAtOnce = 1000
	MaxClaimsAt  = 20_000
)

// ClaimsAt reads the claims that name an entity, or one that decisions made one with it, on some sides: claim.subject,
// claim.object. It reports whether there are more than it reads.
func (s *Snapshot) ClaimsAt(ctx context.Context, entity Candidate, sides ...string) (claims []Claim, more bool, err error) {
	members, err := s.MembersOf(ctx, entity)
	if err != nil {
		return nil, false, err
	}
	seen := map[string]bool{}
	for _, member := range members {
		for _, side := range sides {
			err := s.EachClaimPage(ctx, member, "~"+side, func(page []Claim) bool {
				for _, c := range page {
					if !seen[c.StoredKey] && !c.Decision() {
						seen[c.StoredKey] = true
						claims = append(claims, c)
					}
				}
				more = len(claims) >= MaxClaimsAt
				return !more
			})
			if err != nil || more {
				return claims, more, err
			}
		}
	}
	slices.SortFunc(claims, func(x, y Claim) int { return strings.Compare(x.StoredKey, y.StoredKey) })
	return claims, false, nil
}

// EachClaimPage returns the claims that an edge of a node leads to, a page at a time, until do says that it has enough.
func (s *Snapshot) EachClaimPage(ctx context.Context, uid, edge string, do func([]Claim) bool) error {
	return s.eachClaimPage(ctx, uid, edge, wholeClaims(), do)
}

// EachSaidPage is [Snapshot.EachClaimPage] without the sources of the claims, as [Snapshot.Said] reads them.
func (s *Snapshot) EachSaidPage(ctx context.Context, uid, edge string, do func([]Claim) bool) error {
	if s.redactor != nil {
		return s.EachClaimPage(ctx, uid, edge, do)
	}
	return s.eachClaimPage(ctx, uid, edge, saidClaims(), do)
}

func (s *Snapshot) eachClaimPage(ctx context.Context, uid, edge string, r reading, do func([]Claim) bool) error {
	dql := "query q($uid: string, $first: int, $after: string) { q(func: uid($uid)) { claims: " + edge +
		" (first: $first, after: $after) { " + r.fields + " } }" + r.sources + "}"
	read := 0
	for after := "0x0"; ; {
		found, err := s.blocks(ctx, dql, map[string]string{"$uid": uid, "$first": strconv.Itoa(claimsAtOnce), "$after": after})
		if err != nil {
			return fmt.Errorf("read claims: %w", err)
		}
		page, n, last, err := s.readSeen(ctx, found["q"].Get("0", "claims"), found["cited"], r.uncited)
		if read += n; err == nil && last == "" {
			return s.confirmCount(ctx, uid, edge, read)
		}
		if err != nil || !do(page) {
			return err
		}
		after = last
	}
}

// EachClaimAt hands on the claims that an edge of some nodes leads to, each once though several of the nodes lead to
// it, of each node the first most: fewer requests than a page of each would take, where the nodes are many.
func (s *Snapshot) EachClaimAt(ctx context.Context, uids []string, edge string, most int, do func([]Claim) error) error {
	var found struct {
		Q []struct {
			UID string
			N   int
		}
	}
	err := s.query(ctx, "query q($uids: string) { q(func: uid($uids)) { uid n: count("+edge+") } }",
		map[string]string{"$uids": UIDList(uids)}, &found)
	if err != nil {
		return fmt.Errorf("count claims: %w", err)
	}
	seen := map[string]bool{}
	var at []string
	sum := 0
	readShort := func() error {
		err := s.eachClaimAtOnce(ctx, at, edge, sum, seen, do)
		at, sum = nil, 0
		return err
	}
	for _, n := range found.Q {
		switch {
		case n.N > most:
			read := 0
			var failed error
			err := s.EachClaimPage(ctx, n.UID, edge, func(page []Claim) bool {
				read += len(page)
				unread := slices.DeleteFunc(page, func(c Claim) bool { return seen[c.UID] })
				for _, c := range unread {
					seen[c.UID] = true
				}
				failed = do(unread)
				return failed == nil && read < most
			})
			if err = errors.Join(err, failed); err != nil {
				return err
			}
			continue
		case sum+n.N > claimsListed:
			if err := readShort(); err != nil {
				return err
			}
		}
		at, sum = append(at, n.UID), sum+n.N
	}
	return readShort()
}

// claimsListed is how many uids of claims one request lists.
const claimsListed = 20_000

// eachClaimAtOnce reads the claims that an edge of some nodes leads to, of which they have so many.
func (s *Snapshot) eachClaimAtOnce(ctx context.Context, at []string, edge string, count int, seen map[string]bool,
	do func([]Claim) error,
) error {
	if count == 0 {
		return nil
	}
	found, err := s.blocks(ctx, "query q($uids: string) { q(func: uid($uids)) { claims: "+edge+" { uid } } }",
		map[string]string{"$uids": UIDList(at)})
	if err != nil {
		return fmt.Errorf("list claims: %w", err)
	}
	var unread []string
	listed := 0
	for _, n := range found["q"].GetArray() {
		for _, c := range n.GetArray("claims") {
			listed++
			if uid := textIn(c, "uid"); !seen[uid] {
				seen[uid] = true
				unread = append(unread, uid)
			}
		}
	}
	if listed < count {
		return fewerClaims()
	}
	for batch := range slices.Chunk(unread, claimsAtOnce) {
		claims, err := s.ClaimsByUID(ctx, batch)
		if err != nil {
			return err
		}
		if err := do(claims); err != nil {
			return err
		}
	}
	return nil
}

// longList is the length from which a list may be so long that the database keeps it in parts, of which it may give
// less than all while it writes them (deploy/README.md, "Long lists"): an edge with long facets takes a few kilobytes.
const longList = 100

// confirmCount returns a [*LessError] where a node has more edges than were read.
func (s *Snapshot) confirmCount(ctx context.Context, uid, edge string, read int) error {
	if read < longList {
		return nil
	}
	var found struct{ Q []struct{ N int } }
	err := s.query(ctx, "query q($uid: string) { q(func: uid($uid)) { n: count("+edge+") } }", map[string]string{"$uid": uid}, &found)
	if err != nil {
		return fmt.Errorf("count claims: %w", err)
	}
	if len(found.Q) == 0 || found.Q[0].N <= read {
		return nil
	}
	return fewerClaims()
}

func fewerClaims() error {
	return &LessError{schema.Fault{
		Reason: "the database gave fewer claims than it has, while it rewrote the list of them", // no number: some may not be seen
		Hint:   "ask again; where it stays so, have the graph checked",
	}}
}

// readSeen reads a block of n claims, those of them that may be seen. last is the uid of the block's last claim; empty:
// it has none.
func (s *Snapshot) readSeen(ctx context.Context, block, cited *fastjson.Value, uncited bool) (claims []Claim, n int, last string,
	err error,
) {
	decided, err := s.readDrawnMerges(ctx)
	if err != nil {
		return nil, 0, "", err
	}
	if claims, err = readEvidence(block, cited, decided, uncited); err != nil || len(claims) == 0 {
		return nil, 0, "", err
	}
	n, last = len(claims), claims[len(claims)-1].UID
	claims, err = s.redactor.visibleClaims(ctx, claims)
	return claims, n, last, err
}

// MembersOf returns the uids of an entity and of all that decisions made one with it.
func (s *Snapshot) MembersOf(ctx context.Context, entity Candidate) ([]string, error) {
	m, err := s.Merges(ctx)
	if err != nil {
		return nil, err
	}
	uids := []string{entity.UID}
	for _, xid := range m.Others(entity.XID) {
		uids = append(uids, m.uid[xid])
	}
	return uids, nil
}

// StandIns returns for the entities that claims name, by xid, the one that stands for each: itself, or what decisions
// made it one with.
func (s *Snapshot) StandIns(ctx context.Context, claims []Claim) (map[string]Candidate, error) {
	m, err := s.Merges(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]Candidate{}
	for _, c := range claims {
		for xid, uid := range map[string]string{c.Subject: c.SubjectUID, c.Object: c.ObjectUID, c.AttributedTo: c.ByUID} {
			if rep := m.Rep(xid); rep != xid {
				found[xid] = Candidate{XID: rep, UID: m.uid[rep]}
			} else if xid != "" {
				found[xid] = Candidate{XID: xid, UID: uid}
			}
		}
	}
	return found, nil
}

// ClaimsByUID reads claims whole, by uid.
func (s *Snapshot) ClaimsByUID(ctx context.Context, uids []string) ([]Claim, error) {
	var claims []Claim
	for batch := range slices.Chunk(uids, claimsAtOnce) {
		found, err := s.blocks(ctx, `query q($uids: string) { q(func: uid($uids)) { `+evidenceFields+` }`+citedSources+`}`,
			map[string]string{"$uids": UIDList(batch)})
		if err != nil {
			return nil, fmt.Errorf("read claims: %w", err)
		}
		page, _, _, err := s.readSeen(ctx, found["q"], found["cited"], false)
		if err != nil {
			return nil, err
		}
		claims = append(claims, page...)
	}
	return claims, nil
}

// LinksNotAsserted returns the claims that link entities, which stand on one side, but do not simply assert it: they
// are few.
func (s *Snapshot) LinksNotAsserted(ctx context.Context, uids []string, side string) ([]Claim, error) {
	found, err := s.blocks(ctx, `query q($uids: string) { var(func: uid($uids)) { ~`+side+
		` @filter(has(claim.assertion) AND has(claim.object)) { c as uid } }
		claims(func: uid(c)) { `+evidenceFields+` }`+citedSources+`}`, map[string]string{"$uids": UIDList(uids)})
	if err != nil {
		return nil, err
	}
	claims, _, _, err := s.readSeen(ctx, found["claims"], found["cited"], false)
	return claims, err
}
