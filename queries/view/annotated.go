package view

import (
	"context"
	"maps"
	"slices"
	"strings"

	"orbat/schema"
)

// Annotated is one text of a document with the claims of its data set that cite the document: what a format of
// annotated texts is written from.
type Annotated struct {
	Dataset string
	Text    string
	Self    *schema.Claim            // what the data set says of the document
	Claims  []*schema.Claim          // in the order of their keys
	Named   map[string]*schema.Claim // by xid: the type and name that references of the data set give it
}

// AnnotatedOf returns the text that a data set keeps of the document that a text names; an empty name of a data set is
// the one that keeps a text, if there is but one.
func (s *Snapshot) AnnotatedOf(ctx context.Context, name, dataset string) (*Annotated, error) {
	c, d, err := s.findDocument(ctx, name)
	if err != nil {
		return nil, err
	}
	a, sum, err := d.keptBy(dataset)
	if err != nil {
		return nil, err
	}
	whole, ok, err := s.readText(ctx, keptText{a.Dataset, sum})
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, noText(d)
	}
	a.Text = whole
	members, err := s.Merges(ctx)
	if err != nil {
		return nil, err
	}
	own := members.All(c.XID)
	groups := map[string]bool{}
	for _, xid := range own {
		groups[schema.FactsKey(xid)] = true
	}
	nodes, err := s.MembersOf(ctx, c)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, uid := range nodes {
		err := s.EachClaimPage(ctx, uid, "~claim.cites", func(page []Claim) bool {
			for _, claim := range page {
				if !claim.Stands || claim.Dataset != a.Dataset || seen[claim.StoredKey] {
					continue
				}
				seen[claim.StoredKey] = true
				a.Claims = append(a.Claims, &claim.Claim)
				for _, xid := range []string{claim.Subject, claim.Object} {
					if xid != "" {
						groups[schema.FactsKey(xid)] = true
					}
				}
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(a.Claims, func(x, y *schema.Claim) int { return strings.Compare(x.Key(), y.Key()) })
	facts, err := s.Groups(ctx, slices.Collect(maps.Keys(groups)))
	if err != nil {
		return nil, err
	}
	a.Named = map[string]*schema.Claim{}
	for _, claim := range facts {
		switch {
		case !claim.Stands || claim.Dataset != a.Dataset || claim.Predicate != schema.Describes:
		case a.Self == nil && slices.Contains(own, claim.Subject) && schema.TextOf(&claim.Claim) == sum:
			a.Self = &claim.Claim
		case a.Named[claim.Subject] == nil:
			a.Named[claim.Subject] = &claim.Claim
		}
	}
	if a.Self == nil { // it says in a value of its own that the text is kept
		a.Self = &schema.Claim{Subject: c.XID, Type: "Source"}
	}
	return a, nil
}

// keptBy finds the text that is meant.
func (d *Document) keptBy(dataset string) (a *Annotated, sum string, err error) {
	for _, t := range d.Texts {
		switch {
		case !t.Kept || dataset != "" && t.Dataset != dataset:
		case a != nil && a.Dataset != t.Dataset:
			return nil, "", &schema.Fault{
				Value: d.XID, Reason: "several data sets keep a text of the document: " + a.Dataset + " and " + t.Dataset,
				Hint: "say which", Option: schema.Option{Name: "dataset", Value: a.Dataset},
			}
		case a == nil:
			a, sum = &Annotated{Dataset: t.Dataset}, t.SHA256
		}
	}
	if a == nil {
		return nil, "", noText(d)
	}
	return a, sum, nil
}

// noText is the error of a document of which no text is kept, or none that may be seen.
func noText(d *Document) error {
	return &NoTextError{schema.Fault{Value: d.XID, Reason: "no text of the document is kept", Hint: "load the document with its text"}}
}
