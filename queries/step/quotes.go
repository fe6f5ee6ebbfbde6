package step

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// quotes finds the claims whose quotes, and the sentences of the texts that are kept of documents, which hold all words
// of a text, each as the beginning of a word, in any order and without regard to case and marks; what stands between
// double quotes as it stands there. A claim whose quote stands in such a sentence is one row with it.
func quotes() Step {
	return Step{
		Name: "quotes", Doc: "finds words in the quotes of claims and in the texts that are kept of documents", Needs: "text",
		Time: canned.Timing{Shows: "the claims that held", History: true},
		Columns: withContested(columns(
			column[*quoteRow]{"quote", ofClaim(func(_ names, c *claimRow) string { return quoted(c.cite.Quote) })},
			column[*quoteRow]{"sentence", func(_ names, q *quoteRow) string { return quoted(q.sentence()) }},
			column[*quoteRow]{"source", func(_ names, q *quoteRow) string { return view.SourceLine(q.source()) }},
			column[*quoteRow]{"document", func(_ names, q *quoteRow) string { return q.source().Source }},
			column[*quoteRow]{"span", func(_ names, q *quoteRow) string { return q.span() }},
			column[*quoteRow]{"about", ofClaim(func(n names, c *claimRow) string { return c.about(n) })},
			column[*quoteRow]{"what", ofClaim(func(_ names, c *claimRow) string { return c.Predicate })},
			column[*quoteRow]{"value", ofClaim(func(n names, c *claimRow) string { return c.said(n) })},
			column[*quoteRow]{"possible", func(_ names, q *quoteRow) string { return possibly(q.possible) }},
			column[*quoteRow]{"assertion", ofClaim(func(_ names, c *claimRow) string { return c.assertion() })},
			column[*quoteRow]{"period", ofClaim(func(_ names, c *claimRow) string { return c.Evidence.Period })},
			column[*quoteRow]{"confidence", ofClaim(func(_ names, c *claimRow) string { return number(c.Evidence.Confidence) })},
			column[*quoteRow]{"dataset", func(_ names, q *quoteRow) string { return q.dataset() }},
			column[*quoteRow]{"claim", ofClaim(func(_ names, c *claimRow) string { return c.StoredKey })},
		)),
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
			if err != nil {
				return nil, err
			}
			var rows []Row
			var said []*quoteRow
			for _, c := range list {
				for _, cite := range c.Evidence.Cites {
					q := &quoteRow{claim: &claimRow{Claim: c, ends: ends, cite: cite}, possible: x.Judge(&c.Claim).Possible}
					row := q.claim.row(edges)
					row.Of, row.Possible = q, q.possible
					rows, said = append(rows, row), append(said, q)
				}
			}
			found, err := x.inTexts(ctx, wanted, said)
			return append(rows, found...), err
		},
	}
}

// quoting returns the claims that quote a phrase and satisfy the filters, until there are more than the answer may
// hold.
func (x *Execution) quoting(ctx context.Context, wanted phrase) (list []view.Claim, err error) {
	err = x.EachClaimQuoting(ctx, wanted.in, func(claims []view.Claim) bool {
		for _, c := range claims {
			if c.Current() && x.shows(c) {
				list = append(list, c)
			}
		}
		return len(list) > x.limit()
	})
	return list, err
}

// namedUnsearched is how many documents whose texts are not kept are named.
const namedUnsearched = 3

// inTexts returns rows of the sentences of kept texts that hold a phrase, but for those that rows of claims quote:
// these are told the sentence.
func (x *Execution) inTexts(ctx context.Context, wanted phrase, said []*quoteRow) (rows []Row, err error) {
	switch {
	case len(said) >= x.limit():
		x.truncated = true
		return nil, nil
	case x.Filter.MinConfidence > 0:
		x.note("Texts are not searched: nobody graded them.")
		return nil, nil
	}
	m, err := x.Merges(ctx)
	if err != nil {
		return nil, err
	}
	searched, err := x.EachTextHolding(ctx, view.TextSearch{
		Dataset: x.Filter.Dataset, Words: wanted.all(), Holds: func(text string) bool { return len(wanted.sentences(text)) > 0 },
		Do: func(f *view.FoundText) bool {
			at, points := 0, 0 // code points before a byte
			for _, p := range wanted.sentences(f.Text.Text) {
				points += utf8.RuneCountInString(f.Text.Text[at:p.begin])
				sentence := f.Text.Text[p.begin:p.end]
				begin := points
				at, points = p.end, points+utf8.RuneCountInString(sentence)
				q := &quoteRow{
					text: f, said: sentence, hit: part{p.hit.begin - p.begin, p.hit.end - p.begin}, begin: begin, end: points,
					possible: x.Filter.Timed(),
				}
				if !q.tell(m, said) {
					rows = append(rows, Row{Of: q, Also: []string{f.UID}, Claims: []*view.Evidence{}, Possible: q.possible})
				}
				if len(rows)+len(said) > x.limit() {
					x.truncated = true
					return true
				}
			}
			return false
		},
	})
	if err != nil || x.truncated {
		return rows, err
	}
	if x.Filter.Limited {
		x.note("Texts that are not kept, or not for you to see, are not searched.")
		return rows, nil
	}
	unsearched, err := x.NotKept(ctx, x.Filter.Dataset, searched, namedUnsearched+1)
	if n := len(unsearched); n > 0 {
		var called []string
		for _, d := range unsearched[:min(n, namedUnsearched)] {
			called = append(called, view.SourceLine(view.Citation{Source: d.XID, Title: d.Name}))
		}
		more := ""
		if n > namedUnsearched {
			more = " and others"
		}
		x.note("Not searched, since their texts are not kept: %s%s.", strings.Join(called, "; "), more)
	}
	return rows, err
}

// quoteRow is what a row of this question is about: a citation of a claim, a sentence of a text, or both.
type quoteRow struct {
	claim      *claimRow       // nil: no claim that is shown quotes the sentence
	text       *view.FoundText // nil: the quote was found in no text
	said       string          // the sentence, as it stands in the text
	hit        part            // in it, in bytes
	begin, end int             // of it in the text, in code points
	possible   bool
}

// tell tells the rows of claims that quote the sentence, or a part of it, and reports whether there are any.
func (q *quoteRow) tell(m *view.Merges, rows []*quoteRow) (told bool) {
	folded := " " + schema.Folded(q.said) + " "
	for _, r := range rows {
		if r.text != nil || m.Rep(r.claim.cite.Source) != q.text.Document.XID {
			continue
		}
		if quote := " " + schema.Folded(r.claim.cite.Quote) + " "; strings.Contains(folded, quote) || strings.Contains(quote, folded) {
			r.text, r.said, r.hit, r.begin, r.end, told = q.text, q.said, q.hit, q.begin, q.end, true
		}
	}
	return told
}

// ofClaim fills the cell of a row that a claim is behind.
func ofClaim(cell func(names, *claimRow) string) func(names, *quoteRow) string {
	return func(n names, q *quoteRow) string {
		if q.claim == nil {
			return ""
		}
		return cell(n, q.claim)
	}
}

// source is what the row cites.
func (q *quoteRow) source() view.Citation {
	if q.claim != nil {
		return q.claim.cite
	}
	return q.text.Source()
}

func (q *quoteRow) dataset() string {
	if q.claim != nil {
		return q.claim.Dataset
	}
	return q.text.Text.Dataset
}

// span is where the sentence stands in the text.
func (q *quoteRow) span() string {
	if q.text == nil {
		return ""
	}
	return strconv.Itoa(q.begin) + "-" + strconv.Itoa(q.end)
}

// aroundHit is how many bytes of a sentence are shown before and behind what was found.
const aroundHit = 300

// sentence is the sentence on one line; of a long one what is around the hit.
func (q *quoteRow) sentence() string {
	said, before, behind := q.said, "", ""
	if end := q.hit.end + aroundHit; end < len(said) {
		said, behind = said[:end], "…"
	}
	if begin := q.hit.begin - aroundHit; begin > 0 {
		said, before = said[begin:], "…"
	}
	return before + strings.Join(strings.Fields(strings.ToValidUTF8(said, "")), " ") + behind
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

// all returns the beginnings of words that a text must have.
func (p phrase) all() []string {
	all := slices.Clone(p.words)
	for _, run := range p.runs {
		all = append(all, strings.Fields(run)...)
	}
	return all
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
