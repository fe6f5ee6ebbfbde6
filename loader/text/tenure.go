package text

import (
	"time"

	"orbat/schema"
)

// held returns when somebody held a post of which a date tells, as periods are written; empty where the date does not
// say. Of what is past a date alone ("in 2019") is some time within, and all of it lies before the publication.
func (s *sentence) held(e *dateExpr, isPast bool) string {
	if e == nil || e.period.IsZero() {
		return ""
	}
	p, published := e.period, publishedOn(s.published)
	switch e.how {
	case "since":
		p.To = schema.Bound{}
	case "until", "till", "through", "from", "between":
	case "":
		if !(schema.Period{From: p.From, To: p.From}).Equal(p) {
			break // "2015-2017"
		}
		if !isPast {
			return ""
		}
		within := p.From.Range
		p.From = schema.Bound{Range: schema.Range{Max: within.Max}}
		p.To = schema.Bound{Range: schema.Range{Min: within.Min}}
	default:
		return "" // "before 2019" bounds nothing that lasted
	}
	if isPast && !published.IsZero() {
		if p.From.Min.After(published.Max) || p.To.Min.After(published.Max) {
			return ""
		}
		if p.To.Max.IsZero() {
			p.To.Max = published.Max
		}
	}
	return p.String()
}

// isDay reports whether a date is one day, or less.
func (e *dateExpr) isDay() bool {
	return e.how == "" && !e.period.IsZero() && e.period.To.Max.Sub(e.period.From.Min) <= 24*time.Hour
}

// tenure returns the period of a command that a verb tells of, if any; not told: it tells of what is past, and not of
// when, or of no command.
func (d *doc) tenure(s *sentence, v, who, what int) (period string, told bool) {
	c := &s.chunks[v]
	subject, object := who, what
	if c.passive {
		subject, object = what, who
	}
	date := s.tenureOf(v, subject, object)
	switch first := s.words[c.first].key; {
	case first == "has" || first == "have": // "has commanded it since May"
		if date != nil && date.how == "since" {
			return s.held(date, false), true
		}
		return "", c.passive
	case !c.passive && s.words[c.main].form&past != 0, c.passive && !c.participle && (first == "was" || first == "were" ||
		first == "had"):
		period = s.held(date, true)
		return period, period != ""
	}
	if date != nil && (date.how != "" || c.participle) {
		period = s.held(date, false)
	}
	return period, true
}

// tenureOf returns the date of what lasted that a verb tells of an object: behind it, or at the beginning of its
// clause. Of "led" it is right behind the object: what else stands there says where he led it.
func (s *sentence) tenureOf(v, subject, object int) *dateExpr {
	i := max(v, object) + 1
	lead := s.chunks[v].verb.lemma == "lead"
	for ; i < len(s.chunks); i++ {
		switch c := &s.chunks[i]; c.kind {
		case cDate:
			if i+1 < len(s.chunks) && s.chunks[i+1].kind == cNoun { // "the 2019 war"
				return nil
			}
			date := s.dateAt(c.first)
			if date != nil && lead && date.isDay() {
				return nil
			}
			return date
		case cPrep:
			if i+1 < len(s.chunks) && s.chunks[i+1].kind == cDate {
				continue
			}
			if lead || i+1 >= len(s.chunks) || s.chunks[i+1].kind != cNoun || s.chunks[i+1].mention == nil ||
				!s.chunks[i+1].mention.isPlace() {
				return nil
			}
			i++ // "in Dzor"
			continue
		case cAdverb:
			continue
		case cVerb:
			return nil
		default:
			i = len(s.chunks) // the clause has no more
		}
	}
	first := subject - 1
	if first > 0 && s.chunks[first].kind == cComma {
		first--
	}
	if first < 0 || s.chunks[first].kind != cDate || first > 1 || first == 1 && s.chunks[0].kind != cPrep {
		return nil
	}
	if date := s.dateAt(s.chunks[first].first); date != nil && !date.isDay() {
		return date
	}
	return nil
}

// dateBehind returns the date right behind a word: "from 2015 to 2017", "in 2019", "(2015-2017)".
func (s *sentence) dateBehind(word int) *dateExpr {
	next := word + 1
	if next < len(s.words) && (s.words[next].Text == "(" || s.words[next].key == "in") {
		next++
	}
	if next >= len(s.words) {
		return nil
	}
	if date := s.dateAt(next); date != nil {
		return date
	}
	if date := s.dateAt(min(next+1, len(s.words)-1)); date != nil && date.how != "" && date.first == next+1 {
		return date // its preposition is none of its words
	}
	return nil
}

// tenures sets the period of posts that end at a word, or with what they are in, to the one right behind.
func (d *doc) tenures(s *sentence, last int, said []*Statement) {
	for _, st := range said {
		end := last
		for i := last + 1; i < len(s.words) && i <= last+3; i++ {
			if m := s.words[i].mention; m != nil && m.Entity == st.To.Entity {
				end = m.Last
				break
			}
		}
		date := s.dateBehind(end)
		former := len(st.Period) > 0 && st.Period[0] == '/'
		if date == nil || st.Period != "" && !former {
			continue
		}
		if period := s.held(date, former); period != "" {
			st.Period = period
		}
	}
}
