package text

import (
	"orbat/loader/text/token"
	"orbat/loader/text/when"
	"orbat/schema"
)

// dateExpr is a date as a sentence writes it.
type dateExpr struct {
	first, last int // words
	text        string
	value       string        // of what happened, as orbat writes dates; empty: nobody knows when it was
	ahead       string        // of what is to come
	how         string        // the preposition that says how it bounds what it belongs to: "since", "until"; empty: none
	period      schema.Period // of what lasted; zero: nobody knows when
}

// publishedOn reads a date of publication: 2006-01-02, 2006-01 or 2006, and more that is cut off.
func publishedOn(text string) schema.Range {
	for _, length := range []int{len("2006-01-02"), len("2006-01"), len("2006")} {
		if len(text) >= length {
			if r, err := schema.ParseDate(text[:length]); err == nil {
				return r
			}
		}
	}
	return schema.Range{}
}

// datesOf finds the dates of a sentence and marks their words.
func datesOf(tokens []token.Token, words []word, published schema.Range) (found []dateExpr) {
	for _, d := range when.Find(tokens, published) {
		e := dateExpr{first: d.Begin, last: d.End - 1, value: moment(d.Period), ahead: moment(d.Ahead)}
		e.text = textOf(words, e.first, e.last)
		e.period = d.Period
		if !d.Lasting.IsZero() {
			e.period = d.Lasting
		}
		switch words[e.first].key {
		case "since", "until", "till", "through", "by", "before", "after", "from", "between":
			e.how = words[e.first].key
			e.first++ // it says how the date belongs to the rest, as any preposition does
		}
		for j := e.first; j <= e.last; j++ {
			words[j].date = true
		}
		found = append(found, e)
	}
	return found
}

// moment returns the date of what happened once; empty for a time that lasted.
func moment(p schema.Period) string {
	if p.From.Open || !(schema.Period{From: p.From, To: p.From}).Equal(p) {
		return ""
	}
	return p.From.String()
}
