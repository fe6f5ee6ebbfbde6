package step

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/schema"

	"orbat/queries/view"
)

func quoteColumns() []string {
	return []string{"quote", "source", "about", "what", "value", "assertion", "period", "confidence", "dataset", "claim"}
}

// quotes finds claims whose quotes hold all words of a text, each as the beginning of a word, in any order and without regard to
// case and marks; what stands between double quotes as it stands there. Facets have no index: all quotes are read, a page at
// a time, and only the claims found are read whole.
func quotes(ctx context.Context, a *Execution) error {
	wanted := newPhrase(a.values.Text["text"])
	if wanted.empty() {
		return canned.NewParamError(a.query.Name, "text", "holds no letter or digit", "")
	}
	limit := a.values.Ints["limit"]
	var list []view.Claim
	for after := "0x0"; len(list) <= limit; {
		var page struct {
			Q []struct {
				UID   string
				Cites []struct {
					Quote string `json:"claim.cites|quote"`
				} `json:"claim.cites"`
			}
		}
		err := a.UnredactedInto(ctx, `query q($after: string) { q(func: has(claim.cites), first: `+strconv.Itoa(schema.ClaimsPerPage)+`, after: $after) { uid claim.cites @facets(quote) { uid } } }`,
			map[string]string{"$after": after}, &page)
		if err != nil {
			return fmt.Errorf("read quotes: %w", err)
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
		found, err := a.ClaimsByUID(ctx, hits)
		if err != nil {
			return err
		}
		for _, c := range found {
			switch v := a.Filter.Judge(&c.Claim); {
			case !c.Stands:
			case v.Ungraded:
				a.result.Ungraded++
			case v.Shown:
				list = append(list, c)
			}
		}
	}
	if len(list) > limit {
		list, a.result.Truncated = list[:limit], true
	}
	slices.SortFunc(list, func(x, y view.Claim) int { return strings.Compare(x.StoredKey, y.StoredKey) })
	edges, ends, err := a.EdgesDrawn(ctx, list)
	if err != nil {
		return err
	}
	var rows []row
	for _, c := range list {
		for _, cite := range c.Evidence.Cites {
			if !wanted.in(cite.Quote) {
				continue
			}
			r := row{also: []string{ends[c.Subject].UID}}
			if c.Object != "" {
				r.also = append(r.also, ends[c.Object].UID)
			}
			if e := edges[c.Group()]; e != nil && c.InForce() {
				r.edges = []*view.GraphEdge{e}
			}
			r.possible = a.Filter.Judge(&c.Claim).Possible
			r.cell = func(field string) string {
				switch field {
				case "quote":
					return quoted(cite.Quote)
				case "source":
					return view.SourceLine(cite)
				}
				return a.claimCell(c, ends, field)
			}
			rows = append(rows, r)
		}
	}
	a.tabulate(rows)
	return nil
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
