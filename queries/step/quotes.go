package step

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

//go:embed quotes.dql
var quotesDQL string

// quotes finds claims whose quotes hold all words of a text, each as the beginning of a word, in any order and without
// regard to case and marks; what stands between double quotes as it stands there.
func quotes() Step {
	return Step{
		Name: "quotes", Doc: "finds words in the quotes of claims", Needs: "text",
		Time: canned.Timing{Shows: "the claims that held", History: true},
		Columns: claimColumns(
			column[*claimRow]{"quote", func(_ names, c *claimRow) string { return quoted(c.cite.Quote) }},
			column[*claimRow]{"source", func(_ names, c *claimRow) string { return view.SourceLine(c.cite) }},
			column[*claimRow]{"about", func(n names, c *claimRow) string { return c.about(n) }},
			column[*claimRow]{"what", func(_ names, c *claimRow) string { return c.Predicate }},
			column[*claimRow]{"value", func(n names, c *claimRow) string { return c.said(n) }},
			column[*claimRow]{"possible", func(_ names, c *claimRow) string { return possibly(c.possible) }},
			column[*claimRow]{"assertion", func(_ names, c *claimRow) string { return c.assertion() }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			wanted := newPhrase(x.text("text"))
			if wanted.empty() {
				return nil, x.wrong("text", "holds no letter or digit", "")
			}
			list, err := x.quoting(ctx, wanted)
			if err != nil {
				return nil, err
			}
			if limit := x.limit(); len(list) > limit {
				list, x.truncated = list[:limit], true
			}
			slices.SortFunc(list, func(a, b view.Claim) int { return strings.Compare(a.StoredKey, b.StoredKey) })
			edges, ends, err := x.EdgesDrawn(ctx, list)
			var rows []Row
			for _, c := range list {
				for _, cite := range c.Evidence.Cites {
					if wanted.in(cite.Quote) {
						row := &claimRow{Claim: c, ends: ends, cite: cite, possible: x.Judge(&c.Claim).Possible}
						rows = append(rows, row.row(edges))
					}
				}
			}
			return rows, err
		},
	}
}

// quoting returns the claims that quote a phrase and satisfy the filters, until there are more than the answer may
// hold. Facets have no index: all quotes are read, a page at a time, and only the claims found are read whole.
func (x *Execution) quoting(ctx context.Context, wanted phrase) (list []view.Claim, err error) {
	for after := "0x0"; len(list) <= x.limit(); {
		var page struct {
			Q []struct {
				UID   string
				Cites []struct {
					Quote string `json:"claim.cites|quote"`
				} `json:"claim.cites"`
			}
		}
		err := x.UnredactedInto(ctx, quotesDQL, map[string]string{"$after": after, "$first": strconv.Itoa(schema.ClaimsPerPage)}, &page)
		if err != nil {
			return nil, fmt.Errorf("read quotes: %w", err)
		}
		if len(page.Q) == 0 {
			break
		}
		var hits []string
		for _, c := range page.Q {
			after = c.UID
			for _, cite := range c.Cites {
				if wanted.in(cite.Quote) {
					hits = append(hits, c.UID)
					break
				}
			}
		}
		found, err := x.ClaimsByUID(ctx, hits)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			if c.Stands && x.shows(c) {
				list = append(list, c)
			}
		}
	}
	return list, nil
}

// phrase is what a text is searched for: beginnings of words, and whole runs of words.
type phrase struct{ words, runs []string }

func newPhrase(text string) phrase {
	var p phrase
	for i, part := range strings.Split(strings.NewReplacer("“", `"`, "”", `"`).Replace(text), `"`) {
		key := schema.Folded(part)
		if i%2 == 0 {
			p.words = append(p.words, strings.Fields(key)...)
		} else if key != "" {
			p.runs = append(p.runs, key)
		}
	}
	return p
}

func (p phrase) empty() bool { return len(p.words)+len(p.runs) == 0 }

// in reports whether a text holds all of it.
func (p phrase) in(text string) bool {
	if text == "" {
		return false
	}
	key := " " + schema.Folded(text) + " "
	missing := func(word string, after string) bool { return !strings.Contains(key, " "+word+after) }
	return !slices.ContainsFunc(p.words, func(w string) bool { return missing(w, "") }) &&
		!slices.ContainsFunc(p.runs, func(r string) bool { return missing(r, " ") })
}
