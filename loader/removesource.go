package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/commit"
	"orbat/schema"
)

// NoSourceError says that a data set has nothing of a document, or none has. Value is the document's xid.
type NoSourceError struct{ schema.Fault }

// ManySourcesError refuses a document that may mean several: of several data sets, or of several that decisions made
// one. Candidates are these.
type ManySourcesError struct {
	schema.Fault
	Datasets   []string
	Candidates []string
}

// RemoveSource deletes what a data set has of one document, given by its xid: its text, what is known of it, and the
// statements that rest on it alone, with what only these name. The graph is then the one in which it was never loaded
// (law 1). A statement that other documents support too keeps those. Decisions stay (law 9), and a rejection of such a
// statement goes with it.
//
// Without a data set it is the only one that has the document. The error is a *[NoSourceError] or a *[ManySourcesError]
// where what is asked for is to blame. Killed anywhere it is completed by running it again: the document's own claims
// go last.
func (l *Loader) RemoveSource(ctx context.Context, dataset, source string, progress func(Progress)) (*Report, error) {
	return l.session(ctx, false, progress, func(s *commit.Session, c *counters) (*Report, error) {
		d := &documentRemoval{Session: s, counters: c, sets: newOpenDatasets(s, Options{}, 0, c)}
		err := d.run(ctx, dataset, source)
		report := c.finish()
		if d.dataset != "" { // which none of the claims that are kept need have opened
			report.Datasets = []string{d.dataset}
		}
		if err == nil {
			err = complete(ctx, d.sets, report)
		}
		return report, err
	})
}

// documentRemoval is the removal of one document.
type documentRemoval struct {
	*commit.Session
	counters *counters
	sets     *openDatasets
	heldDocument

	groups map[string]bool // subjects and relations of which something was removed
	voided map[string]bool // loads whose journals say no longer what is there
}

// heldDocument is one document as a data set has it.
type heldDocument struct{ dataset, xid string }

// own reports whether a claim says something of the document itself, and not on the word of another.
func (d heldDocument) own(c *schema.Claim) bool {
	return c.OwnFact() && c.Subject == d.xid && c.Dataset == d.dataset && d.alone(c)
}

// cites reports whether a claim cites the document.
func (d heldDocument) cites(c *schema.Claim) bool {
	return slices.ContainsFunc(c.Cites, func(cite schema.Citation) bool { return cite.Source == d.xid })
}

// alone reports whether a claim cites nothing but the document, or no document.
func (d heldDocument) alone(c *schema.Claim) bool {
	return !slices.ContainsFunc(c.Cites, func(cite schema.Citation) bool {
		return cite.Source != d.xid && cite.Source != schema.DatasetSource(d.dataset)
	})
}

// rests reports whether a claim would not be there without the document: it is of its data set, names it, and nobody
// else says so.
func (d heldDocument) rests(c *schema.Claim) bool {
	return c.Dataset == d.dataset && !c.Decision() && d.alone(c) && slices.Contains(c.XIDs(), d.xid)
}

// without returns a claim as the other documents that it cites support it.
func (d heldDocument) without(c *schema.Claim) *schema.Claim {
	other := c.Clone()
	other.Cites = slices.DeleteFunc(other.Cites, func(cite schema.Citation) bool { return cite.Source == d.xid })
	return other
}

func (d *documentRemoval) run(ctx context.Context, dataset, source string) (err error) {
	if d.heldDocument, err = findDocument(ctx, d.Graph, d.Merges, dataset, source); err != nil {
		return err
	}
	if err := d.HoldDataset(ctx, d.dataset, commit.Exclusive); err != nil {
		return err
	}
	d.counters.setPhase("removing")
	d.groups, d.voided = map[string]bool{}, map[string]bool{}
	defer func() { d.counters.addRetracted(commit.Remove, len(d.groups)) }()
	if err := d.carryRejections(ctx); err != nil {
		return err
	}
	if err := d.removeStatements(ctx); err != nil {
		return err
	}
	own, err := d.ownClaims(ctx)
	if err != nil {
		return err
	}
	if err := d.removeTexts(ctx, own); err != nil {
		return err
	}
	if err := d.remove(ctx, own); err != nil {
		return err
	}
	return d.forgetEmpty(ctx)
}

// documentSides are the edges that lead from a claim to what it names.
func documentSides() []string {
	return []string{"~claim.cites", "~claim.subject", "~claim.object", "~claim.attributed"}
}

// pages calls do with the claims that name the document and are of its data set, retracted ones among them, some
// hundred at a time.
func (d *documentRemoval) pages(ctx context.Context, do func([]*schema.StoredClaim) error) error {
	for _, side := range documentSides() {
		var page []*schema.StoredClaim
		for claim, err := range claimsNaming(ctx, d.Graph, side, d.xid) {
			if err != nil {
				return err
			}
			if claim.Dataset != d.dataset || claim.Decision() {
				continue
			}
			if page = append(page, claim); len(page) == commit.ClaimsPerTxn {
				if err := do(page); err != nil {
					return err
				}
				page = nil
			}
		}
		if len(page) > 0 {
			if err := do(page); err != nil {
				return err
			}
		}
	}
	return nil
}

// claimsNaming returns the claims from which an edge leads to an entity.
func claimsNaming(ctx context.Context, g *commit.Graph, side, xid string) func(func(*schema.StoredClaim, error) bool) {
	q := `query q($at: string, $after: string, $first: int) {
		q(func: eq(xid, $at)) { claims: ` + side + ` (first: $first, after: $after) { ` + schema.ClaimFields + ` } } }`
	return g.ClaimsAt(ctx, "read the claims that name an entity", q, xid, pageSize)
}

// carryRejections sees to it that a statement which somebody rejected is rejected without the document too, before it
// is written so.
func (d *documentRemoval) carryRejections(ctx context.Context) error {
	inherited := func([]*schema.Claim) (copies, error) {
		from := map[string]string{} // a rejected statement, by what it becomes
		accepted := map[string]bool{}
		err := d.pages(ctx, func(page []*schema.StoredClaim) error {
			for _, claim := range page {
				if !claim.Stands || !d.cites(&claim.Claim) || d.alone(&claim.Claim) {
					continue
				}
				if key := d.without(&claim.Claim).Key(); d.Merges.Rejects(claim.StoredKey) {
					from[key] = claim.StoredKey
				} else {
					accepted[key] = true
				}
			}
			return nil
		})
		to := copies{}
		for key, rejected := range from {
			if err != nil || accepted[key] || d.Merges.Rejects(key) {
				continue
			}
			var stands bool
			if stands, err = standing(ctx, d.Graph, key); !stands {
				to[rejected] = append(to[rejected], copyTo{key: key})
			}
		}
		return to, err
	}
	_, err := copyJudgements(ctx, d.Session, d.sets, d.dataset, inherited)
	return err
}

// standing reports whether the claim of a key stands.
func standing(ctx context.Context, g *commit.Graph, key string) (bool, error) {
	claims, err := claimsOf(ctx, g, []string{key})
	return err == nil && len(claims) > 0 && claims[0].Stands, err
}

// removeStatements removes the statements that rest on the document, before them the descriptions that only they asked
// for, and has those that others support too cite these alone.
func (d *documentRemoval) removeStatements(ctx context.Context) error {
	for range maxRemovals { // a list may be short for a moment: until nothing is found
		left := 0
		err := d.pages(ctx, func(page []*schema.StoredClaim) error {
			var gone []*schema.StoredClaim
			var shared []*schema.StoredClaim
			for _, claim := range page {
				switch {
				case d.own(&claim.Claim):
				case d.rests(&claim.Claim):
					gone = append(gone, claim)
				case d.cites(&claim.Claim):
					shared = append(shared, claim)
				}
			}
			left += len(gone) + len(shared)
			bare, err := orphans(ctx, d.Graph, d.dataset, namedBy(gone, d.xid), d.rests)
			if err == nil {
				err = d.remove(ctx, bare)
			}
			if err == nil {
				err = d.support(ctx, shared)
			}
			if err == nil {
				err = d.remove(ctx, gone)
			}
			return err
		})
		if err != nil || left == 0 {
			return err
		}
	}
	return errClaimsLeft
}

// namedBy returns the entities that claims name, but for one.
func namedBy(claims []*schema.StoredClaim, but string) []string {
	set := map[string]bool{}
	for _, claim := range claims {
		for _, xid := range claim.Claim.XIDs() {
			if xid != but && !schema.IsDatasetSource(xid) {
				set[xid] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// support has claims that other documents support, too, cite these alone.
func (d *documentRemoval) support(ctx context.Context, shared []*schema.StoredClaim) error {
	if len(shared) == 0 {
		return nil
	}
	set, err := d.sets.open(ctx, d.dataset)
	if err != nil {
		return err
	}
	if err := d.void(ctx, shared); err != nil {
		return err
	}
	p := d.Pool(ctx, d.counters.committed)
	for _, claim := range shared {
		d.groups[schema.GroupOf(claim.StoredKey)] = true
		if claim.Stands { // of history nothing is written anew
			other := d.without(&claim.Claim)
			if err := p.Put(ctx, commit.Change{Kind: commit.Add, Claim: other, Key: other.Key(), Load: set.load}); err != nil {
				return p.Fail(err)
			}
		}
		if err := p.Put(ctx, commit.Change{Kind: commit.Remove, Claim: &claim.Claim, Key: claim.StoredKey}); err != nil {
			return p.Fail(err)
		}
	}
	return p.Finish()
}

// remove deletes claims.
func (d *documentRemoval) remove(ctx context.Context, claims []*schema.StoredClaim) error {
	if len(claims) == 0 {
		return nil
	}
	if err := d.void(ctx, claims); err != nil {
		return err
	}
	p := d.Pool(ctx, d.counters.committed)
	for _, claim := range claims {
		d.groups[schema.GroupOf(claim.StoredKey)] = true
		if err := p.Put(ctx, commit.Change{Kind: commit.Remove, Claim: &claim.Claim, Key: claim.StoredKey}); err != nil {
			return p.Fail(err)
		}
	}
	return p.Finish()
}

// void says of the journals that name claims that these are no longer there.
func (d *documentRemoval) void(ctx context.Context, claims []*schema.StoredClaim) error {
	loads := map[string]bool{}
	for _, claim := range claims {
		for _, load := range claim.Loads {
			if !d.voided[load] {
				loads[load], d.voided[load] = true, true
			}
		}
	}
	if len(loads) == 0 {
		return nil
	}
	return d.VoidJournals(ctx, slices.Sorted(maps.Keys(loads)))
}

// ownClaims returns what the data set says of the document itself, retracted claims among it; what only others'
// references ask for stays.
func (d *documentRemoval) ownClaims(ctx context.Context) ([]*schema.StoredClaim, error) {
	facts, err := claimsOfGroups(ctx, d.Graph, []string{schema.FactsKey(d.xid)})
	if err != nil {
		return nil, err
	}
	bare, err := orphans(ctx, d.Graph, d.dataset, []string{d.xid}, d.rests)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(facts, func(claim *schema.StoredClaim) bool {
		return !d.own(&claim.Claim) || isBare(&claim.Claim) && claim.Stands &&
			!slices.ContainsFunc(bare, func(b *schema.StoredClaim) bool { return b.StoredKey == claim.StoredKey })
	}), nil
}

// removeTexts deletes the texts that the document's claims name, but for those that are the text of another, too.
func (d *documentRemoval) removeTexts(ctx context.Context, own []*schema.StoredClaim) error {
	sums := map[string]bool{}
	for _, claim := range own {
		if sum := schema.TextOf(&claim.Claim); sum != "" {
			sums[sum] = true
		}
	}
	for _, sum := range slices.Sorted(maps.Keys(sums)) {
		others, err := d.otherDocuments(ctx, sum)
		if err != nil {
			return err
		}
		if others {
			continue
		}
		removed, err := d.RemoveTexts(ctx, d.dataset, sum)
		d.counters.update(func(r *Report) { r.Texts.Removed += removed })
		if err != nil {
			return err
		}
	}
	return nil
}

// otherDocuments reports whether a claim of the data set that stands says of another document that a text is its. Such
// a claim shows at its document, unless another wins there or it is rejected.
func (d *documentRemoval) otherDocuments(ctx context.Context, sum string) (bool, error) {
	says := func(claims []*schema.StoredClaim) bool {
		return slices.ContainsFunc(claims, func(c *schema.StoredClaim) bool {
			return c.Stands && c.Dataset == d.dataset && c.Subject != d.xid && schema.TextOf(&c.Claim) == sum
		})
	}
	rejected := d.Merges.Rejected()
	for batch := range slices.Chunk(rejected, claimsPerRequest) {
		claims, err := claimsOf(ctx, d.Graph, batch)
		if err != nil || says(claims) {
			return true, err
		}
	}
	const most = 200
	for after := "0x0"; ; {
		var found struct {
			Q []struct{ UID, XID string }
		}
		err := d.Ask(ctx, "find who shows a text", `query q($sum: string, $after: string, $first: int) {
			shows as var(func: eq(`+schema.TextHash+`, $sum))
			differs as var(func: has(`+schema.TextHash+`)) @filter(eq(`+schema.DiffersPredicate+`, "`+schema.TextHash+`"))
			q(func: uid(shows, differs), first: $first, after: $after) { uid xid } }`,
			map[string]string{"$sum": sum, "$after": after, "$first": strconv.Itoa(most)}, &found)
		if err != nil {
			return false, err
		}
		if len(found.Q) == 0 {
			return false, nil
		}
		var groups []string
		for _, node := range found.Q {
			after = node.UID
			for _, xid := range d.Merges.Members(node.XID) {
				groups = append(groups, schema.FactsKey(xid))
			}
		}
		claims, err := claimsOfGroups(ctx, d.Graph, groups)
		if err != nil || says(claims) {
			return true, err
		}
	}
}

// forgetEmpty deletes the bookkeeping of a data set of which nothing is left.
func (d *documentRemoval) forgetEmpty(ctx context.Context) error {
	set, err := dataset(ctx, d.Graph, d.dataset)
	if err != nil || set == nil {
		return err
	}
	if left, err := countClaims(ctx, d.Graph, set.Loads); err != nil || left > 0 {
		return err
	}
	for _, err := range journalClaims(ctx, d.Graph, set.Loads) { // a list may be short
		return err
	}
	if _, err := d.RemoveTexts(ctx, d.dataset, ""); err != nil {
		return err
	}
	delete(d.sets.byName, d.dataset)
	return d.Forget(ctx, set.uid, loadUIDs(set.Loads))
}

// claimsOfGroups returns the claims of groups.
func claimsOfGroups(ctx context.Context, g *commit.Graph, groups []string) ([]*schema.StoredClaim, error) {
	var all []*schema.StoredClaim
	const atOnce = 200
	for batch := range slices.Chunk(groups, atOnce) {
		declared, blocks, vars := schema.GroupsQuery(batch, schema.ClaimFields)
		var found struct{ Claims json.RawMessage }
		if err := g.Ask(ctx, "read claims", "query q("+declared+") {\n"+blocks+"}", vars, &found); err != nil {
			return nil, err
		}
		claims, err := schema.DecodeClaims(found.Claims)
		if err != nil {
			return nil, err
		}
		all = append(all, claims...)
	}
	slices.SortFunc(all, func(a, b *schema.StoredClaim) int { return strings.Compare(a.StoredKey, b.StoredKey) })
	return all, nil
}

// isBare reports whether a claim says no more than a reference by type and name does.
func isBare(c *schema.Claim) bool {
	bare := schema.Claim{
		Dataset: c.Dataset, Subject: c.Subject, Predicate: schema.Describes, Type: c.Type, Values: map[string][]string{},
		Assertion: schema.Asserted, Confidence: schema.NoConfidence,
		Cites: []schema.Citation{{Source: schema.DatasetSource(c.Dataset), Begin: schema.NoSpan, End: schema.NoSpan}},
	}
	if names := c.Values["name"]; len(names) == 1 {
		bare.Values["name"] = names
	}
	return c.Predicate == schema.Describes && c.Key() == bare.Key()
}

// orphans returns the bare descriptions that a data set has of some entities and that nothing asks for which stays: no
// claim of the data set that stands names them but those that are gone. Where it was said in a record of its own that
// there is such an entity, and nothing else of it, nobody can tell that from a reference (law 3).
func orphans(
	ctx context.Context, g *commit.Graph, dataset string, xids []string, gone func(*schema.Claim) bool,
) ([]*schema.StoredClaim, error) {
	var groups []string
	for _, xid := range xids {
		groups = append(groups, schema.FactsKey(xid))
	}
	facts, err := claimsOfGroups(ctx, g, groups)
	if err != nil {
		return nil, err
	}
	bare := map[string][]*schema.StoredClaim{}
	for _, claim := range facts {
		if claim.Dataset == dataset && isBare(&claim.Claim) {
			bare[claim.Subject] = append(bare[claim.Subject], claim)
		}
	}
	var orphaned []*schema.StoredClaim
	for _, xid := range slices.Sorted(maps.Keys(bare)) {
		asked, err := isNamed(ctx, g, dataset, xid, gone)
		if err != nil {
			return nil, err
		}
		if !asked {
			orphaned = append(orphaned, bare[xid]...)
		}
	}
	return orphaned, nil
}

// isNamed reports whether a claim of a data set that stands names an entity, other than by describing it, and is not
// gone.
func isNamed(ctx context.Context, g *commit.Graph, dataset, xid string, gone func(*schema.Claim) bool) (bool, error) {
	const first = 100 // most entities have fewer
	for _, side := range documentSides() {
		q := `query q($at: string, $after: string, $first: int) {
			q(func: eq(xid, $at)) { claims: ` + side + ` (first: $first, after: $after) { ` + schema.ClaimFields + ` } } }`
		for claim, err := range g.ClaimsAt(ctx, "find who names an entity", q, xid, first) {
			if err != nil {
				return false, err
			}
			about := claim.Predicate == schema.Describes && claim.Subject == xid && side == "~claim.subject"
			if claim.Stands && claim.Dataset == dataset && !about && !gone(&claim.Claim) {
				return true, nil
			}
		}
	}
	return false, nil
}

// findDocument finds the one document that is meant, in the one data set that has it.
func findDocument(ctx context.Context, g *commit.Graph, decided *schema.Merges, dataset, source string) (heldDocument, error) {
	if schema.IsDatasetSource(source) || dataset == schema.DecisionsDataset {
		return heldDocument{}, &NoSourceError{schema.Fault{
			Value: source, Reason: "not a document: it stands for a data set as a whole", See: schema.SeeDatasets,
		}}
	}
	has := map[string][]string{} // by data set: the documents
	add := func(in, xid string) {
		if !slices.Contains(has[in], xid) {
			has[in] = append(has[in], xid)
		}
	}
	for _, xid := range decided.Members(source) {
		for _, side := range documentSides() {
			for claim, err := range claimsNaming(ctx, g, side, xid) {
				if err != nil {
					return heldDocument{}, err
				}
				if d := (heldDocument{claim.Dataset, xid}); d.cites(&claim.Claim) || d.rests(&claim.Claim) {
					add(claim.Dataset, xid)
				}
			}
		}
	}
	if dataset == "" && len(has) == 1 {
		for dataset = range has {
		}
	}
	names := slices.Sorted(maps.Keys(has))
	switch xids := has[dataset]; {
	case len(has) == 0:
		return heldDocument{}, &NoSourceError{schema.Fault{
			Value: source, Reason: fmt.Sprintf("no data set has a document %q", schema.Shorten(source)), See: schema.SeeSources,
		}}
	case dataset == "":
		return heldDocument{}, &ManySourcesError{Fault: schema.Fault{
			Value: source, Reason: fmt.Sprintf("%q is in several data sets: %s", schema.Shorten(source), strings.Join(names, ", ")),
			Hint: "say which is meant", Option: schema.Option{Name: "dataset", Value: names[0]},
		}, Datasets: names}
	case len(xids) == 0:
		return heldDocument{}, &NoSourceError{schema.Fault{
			Value: source, Reason: fmt.Sprintf("data set %q has no document %q; it is in %s", dataset, schema.Shorten(source),
				strings.Join(names, ", ")),
			Hint: "say which is meant", Option: schema.Option{Name: "dataset", Value: names[0]},
		}}
	case slices.Contains(xids, source):
		return heldDocument{dataset, source}, nil
	case len(xids) > 1:
		slices.Sort(xids)
		return heldDocument{}, &ManySourcesError{Fault: schema.Fault{
			Value: source, Reason: fmt.Sprintf("%q is one with several documents of %s: %s", schema.Shorten(source), dataset,
				strings.Join(xids, ", ")),
			Hint: "name one of them by its xid",
		}, Candidates: xids}
	default:
		return heldDocument{dataset, xids[0]}, nil
	}
}
