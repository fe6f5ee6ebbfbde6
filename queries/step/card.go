package step

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"

	"orbat/queries/view"
)

// entityCard shows an entity: every value claimed of it, who says so, and how many links it has of each kind.
func entityCard(ctx context.Context, a *Execution) error {
	entity, err := a.entityParam(0)
	if err != nil {
		return err
	}
	m, err := a.Merges(ctx)
	if err != nil {
		return err
	}
	var groups []string
	for _, xid := range m.All(entity.XID) {
		groups = append(groups, schema.FactsKey(xid))
	}
	claims, err := a.Groups(ctx, groups)
	if err != nil {
		return err
	}
	nodes, err := a.Nodes(ctx, []string{entity.UID}, true)
	if err != nil {
		return err
	}
	a.result.Columns = []string{"property", "value", "shown", "period", "confidence", "assertion", "sources"}
	a.result.Rows = append(a.result.Rows, []string{"xid", entity.XID, "yes", "", "", "", ""})
	for _, xid := range m.Others(entity.XID) {
		a.result.Rows = append(a.result.Rows, []string{"same as", xid, "", "", "", "", "decisions"})
	}
	var facts []cardRow
	for _, c := range claims {
		v := a.Filter.Judge(&c.Claim)
		if v.Ungraded && c.Stands {
			a.result.Ungraded++
		}
		if !v.Shown {
			continue
		}
		if v.Possible && c.Stands {
			a.result.Possible++
		}
		facts = append(facts, factsOf(c)...)
	}
	a.result.Rows = append(a.result.Rows, mergeFacts(facts, nodes)...)
	if a.Filter.Active() {
		err = a.countFiltered(ctx, entity)
	} else {
		err = a.countLinks(ctx, entity)
	}
	if limit := a.values.Ints["limit"]; len(a.result.Rows) > limit {
		a.result.Rows, a.result.Truncated = a.result.Rows[:limit], true
	}
	return err
}

// cardRow is one value as one or more claims state it.
type cardRow struct {
	property, value, period, assertion string
	confidence                         *int
	sources                            []string
}

func factsOf(c view.Claim) []cardRow {
	row := cardRow{period: c.Evidence.Period, confidence: c.Evidence.Confidence}
	if c.Assertion != schema.Asserted {
		row.assertion = string(c.Assertion)
	}
	if c.Evidence.Rejected {
		row.assertion = "rejected"
	}
	if c.Evidence.Retracted {
		row.assertion = "retracted"
	}
	for _, cite := range c.Evidence.Cites {
		row.sources = append(row.sources, cmp.Or(cite.Title, cite.Source))
	}
	if c.Predicate != schema.Describes {
		row.property, row.value = c.Predicate, c.Claim.Value
		return []cardRow{row}
	}
	typed := row
	typed.property, typed.value = "type", c.Type
	rows := []cardRow{typed}
	for property, values := range c.Values {
		for _, value := range values {
			own := row
			own.property, own.value = property, value
			rows = append(rows, own)
		}
	}
	for property, value := range c.Extra {
		own := row
		own.property, own.value = property, value
		rows = append(rows, own)
	}
	return rows
}

// mergeFacts makes one row of what several claims say alike, and marks what the entity shows.
func mergeFacts(facts []cardRow, nodes []*view.Node) [][]string {
	merged := map[string]*cardRow{}
	var order []string
	for _, f := range facts {
		key := f.property + "\x00" + f.value + "\x00" + f.period + "\x00" + f.assertion
		if have := merged[key]; have != nil {
			have.sources = append(have.sources, f.sources...)
			if f.confidence != nil && (have.confidence == nil || *f.confidence > *have.confidence) {
				have.confidence = f.confidence
			}
			continue
		}
		merged[key] = &f
		order = append(order, key)
	}
	slices.SortFunc(order, func(x, y string) int {
		return cmp.Or(cmp.Compare(cardOrder(merged[x].property), cardOrder(merged[y].property)), strings.Compare(x, y))
	})
	var rows [][]string
	for _, key := range order {
		f := merged[key]
		shown := ""
		for _, n := range nodes {
			if slices.Contains(n.Properties[f.property], f.value) || f.property == "type" && n.Type == f.value {
				shown = "yes"
			}
		}
		slices.Sort(f.sources)
		rows = append(rows, []string{f.property, f.value, shown, f.period, number(f.confidence), f.assertion, firstThree(slices.Compact(f.sources))})
	}
	return rows
}

// cardOrder puts first what a reader looks for first.
func cardOrder(property string) int {
	first := []string{"type", "name", "title", "aliases", "description", "country"}
	if i := slices.Index(first, property); i >= 0 {
		return i
	}
	return len(first)
}

func (a *Execution) countLinks(ctx context.Context, entity view.Candidate) error {
	var fields []string
	for i, r := range a.Ontology.Relations {
		fields = append(fields, fmt.Sprintf("o%d: count(%s) i%d: count(~%s)", i, r.Name, i, r.Name))
	}
	var found struct{ Q []map[string]json.Number }
	err := a.UnredactedInto(ctx, "query q($uid: string) { q(func: uid($uid)) { "+strings.Join(fields, " ")+" } }",
		map[string]string{"$uid": entity.UID}, &found)
	if err != nil || len(found.Q) == 0 {
		return err
	}
	for i, r := range a.Ontology.Relations {
		a.linkRow("→ "+r.Name, found.Q[0][fmt.Sprintf("o%d", i)].String())
		a.linkRow("← "+r.Name, found.Q[0][fmt.Sprintf("i%d", i)].String())
	}
	return nil
}

func (a *Execution) linkRow(way, count string) {
	if count != "" && count != "0" {
		a.result.Rows = append(a.result.Rows, []string{way, count, "", "", "", "", ""})
	}
}

// countFiltered counts the links that satisfy the filters: only their claims know.
func (a *Execution) countFiltered(ctx context.Context, entity view.Candidate) error {
	var all []string
	for _, r := range a.Ontology.Relations {
		all = append(all, r.Name)
	}
	edges, err := a.hop(ctx, []string{entity.UID}, view.BothWays(all)...)
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, e := range edges {
		if e.FromUID == entity.UID {
			count["→ "+e.Relation]++
		}
		if e.ToUID == entity.UID {
			count["← "+e.Relation]++
		}
	}
	for _, r := range a.Ontology.Relations {
		a.linkRow("→ "+r.Name, strconv.Itoa(count["→ "+r.Name]))
		a.linkRow("← "+r.Name, strconv.Itoa(count["← "+r.Name]))
	}
	return nil
}
