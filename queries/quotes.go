package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"

	"orbat/queries/canned"
)

func quoteColumns() []string {
	return []string{"quote", "source", "about", "what", "value", "assertion", "period", "confidence", "dataset", "claim"}
}

// quotes finds claims whose quotes hold all words of a text, each as the beginning of a word, in any order and without regard to
// case and marks; what stands between double quotes as it stands there. Facets have no index: all quotes are read, a page at
// a time, and only the claims found are read whole.
func quotes(ctx context.Context, a *asking) error {
	wanted := newPhrase(a.values.Text["text"])
	if wanted.empty() {
		return canned.NewParamError(a.query.Name, "text", "holds no letter or digit", "")
	}
	limit := a.values.Ints["limit"]
	var list []foundClaim
	for after := "0x0"; len(list) <= limit; {
		var page struct {
			Q []struct {
				UID   string
				Cites []struct {
					Quote string `json:"claim.cites|quote"`
				} `json:"claim.cites"`
			}
		}
		err := a.snapshot.query(ctx, `query q($after: string) { q(func: has(claim.cites), first: `+strconv.Itoa(claimPage)+`, after: $after) { uid claim.cites @facets(quote) { uid } } }`,
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
		found, err := a.readClaims(ctx, hits)
		if err != nil {
			return err
		}
		for _, c := range found {
			switch v := a.values.Filter.Judge(&c.Claim); {
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
	slices.SortFunc(list, func(x, y foundClaim) int { return strings.Compare(x.StoredKey, y.StoredKey) })
	edges, ends, err := a.drawn(ctx, list)
	if err != nil {
		return err
	}
	a.proven = true
	var rows []row
	for _, c := range list {
		for _, cite := range c.evidence.Cites {
			if !wanted.in(cite.Quote) {
				continue
			}
			r := row{also: []string{ends[c.Subject].uid}}
			if c.Object != "" {
				r.also = append(r.also, ends[c.Object].uid)
			}
			if e := edges[c.Group()]; e != nil && c.counts() {
				r.edges = []*rawEdge{e}
			}
			r.possible = a.values.Filter.Judge(&c.Claim).Possible
			r.cell = func(field string) string {
				switch field {
				case "quote":
					return quoted(cite.Quote)
				case "source":
					return SourceLine(cite)
				}
				return a.claimCell(c, ends, field)
			}
			rows = append(rows, r)
		}
	}
	a.tabulate(rows)
	return nil
}

// readClaims reads claims whole, by uid.
func (s *snapshot) readClaims(ctx context.Context, uids []string) ([]foundClaim, error) {
	var claims []foundClaim
	for batch := range slices.Chunk(uids, claimsAtOnce) {
		var found struct{ Q json.RawMessage }
		if err := s.query(ctx, `query q($uids: string) { q(func: uid($uids)) { `+evidenceFields+` } }`, map[string]string{"$uids": uidList(batch)}, &found); err != nil {
			return nil, fmt.Errorf("read claims: %w", err)
		}
		page, _, err := s.readSeen(ctx, found.Q)
		if err != nil {
			return nil, err
		}
		claims = append(claims, page...)
	}
	return claims, nil
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
