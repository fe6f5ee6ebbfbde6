package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"orbat/loader/text/token"
)

// dateExpr is a date as a sentence writes it.
type dateExpr struct {
	first, last int // words
	text        string
	value       string // as orbat writes dates; empty: nobody knows which day it was
}

// published is when a document was, as far as it is known.
type published struct {
	day   time.Time // the zero time: unknown
	whole bool      // the day is known, not just month or year
}

// publishedOn reads a date of publication: 2006-01-02, 2006-01 or 2006, and more that is cut off.
func publishedOn(text string) published {
	for _, layout := range []string{"2006-01-02", "2006-01", "2006"} {
		if len(text) >= len(layout) {
			if day, err := time.Parse(layout, text[:len(layout)]); err == nil {
				return published{day, layout == "2006-01-02"}
			}
		}
	}
	return published{}
}

const dayLayout = "2006-01-02"

// datesOf finds the dates of a sentence and marks their words.
func datesOf(words []word, when published) (found []dateExpr) {
	for i := 0; i < len(words); i++ {
		value, last := dateAt(words, i, when)
		if last < i {
			continue
		}
		for j := i; j <= last; j++ {
			words[j].date = true
		}
		found = append(found, dateExpr{i, last, textOf(words, i, last), value})
		i = last
	}
	return found
}

// dateAt returns the date that begins at a word, and its last word; less than i: none does.
func dateAt(words []word, i int, when published) (value string, last int) {
	w := &words[i]
	switch {
	case w.Kind == token.Number && len(w.Text) == 10 && w.Text[4] == '-':
		if _, err := time.Parse(dayLayout, w.Text); err == nil {
			return w.Text, i
		}
	case w.is(month) && w.capital:
		return monthAt(words, i, when)
	case w.is(weekday) && w.capital && w.Kind == token.Word:
		if j := i + 1; j < len(words) { // "Friday, 5 May 2023"
			if words[j].Text == "," {
				j++
			}
			if j < len(words) {
				if value, last := dateAt(words, j, when); last >= j && (words[j].is(month) || words[j].Kind == token.Number) {
					return value, last
				}
			}
		}
		return when.weekday(w.key), i
	case isDay(w) && i+1 < len(words) && words[i+1].is(month) && words[i+1].capital:
		return dayMonth(words, i, when)
	case w.Kind == token.Number && isYear(w.Text) && i > 0 && (words[i-1].key == "in" || words[i-1].key == "since" || words[i-1].key == "of" ||
		words[i-1].key == "by" || words[i-1].key == "until" || words[i-1].key == "early" || words[i-1].key == "late"):
		return w.Text, i
	case w.key == "today" || w.key == "tonight":
		return when.days(0), i
	case w.key == "yesterday":
		return when.days(-1), i
	case w.key == "tomorrow":
		return when.days(1), i
	case (w.key == "last" || w.key == "this" || w.key == "next" || w.key == "past") && i+1 < len(words):
		return lastAt(words, i, when)
	}
	return "", i - 1
}

func isDay(w *word) bool {
	n := dayOf(w)
	return n >= 1 && n <= 31
}

// dayOf returns the day that a word numbers: 7, 7th; 0: it is none.
func dayOf(w *word) int {
	text := w.key
	for _, end := range []string{"st", "nd", "rd", "th"} {
		text = strings.TrimSuffix(text, end)
	}
	if len(text) == 0 || len(text) > 2 || text[0] < '0' || text[0] > '9' {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

func isYear(text string) bool { return len(text) == 4 && (text[:2] == "19" || text[:2] == "20") }

func monthOf(key string) int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	if len(key) < 3 {
		return 0
	}
	if i := strings.Index(names, key[:3]); i >= 0 && i%3 == 0 {
		return i/3 + 1
	}
	return 0
}

// monthAt reads "July 21, 2016", "July 21", "July 2016", "July".
func monthAt(words []word, i int, when published) (string, int) {
	m := monthOf(words[i].key)
	at := func(j int) *word {
		if j < len(words) {
			return &words[j]
		}
		return &noWord
	}
	switch {
	case isDay(at(i + 1)):
		day := dayOf(at(i + 1))
		if j := i + 2; at(j).Text == "," && isYear(at(j+1).Text) {
			return dayIn(at(j+1).Text, m, day), j + 1
		} else if isYear(at(j).Text) {
			return dayIn(at(j).Text, m, day), j
		}
		return when.near(m, day), i + 1
	case isYear(at(i + 1).Text):
		return fmt.Sprintf("%s-%02d", at(i+1).Text, m), i + 1
	case words[i].key == "may" || words[i].key == "march":
		if i == 0 || words[i-1].key != "in" && words[i-1].key != "since" && words[i-1].key != "last" {
			return "", i - 1
		}
	}
	return when.month(m), i
}

// dayMonth reads "21 July 2016", "21 July".
func dayMonth(words []word, i int, when published) (string, int) {
	day, m := dayOf(&words[i]), monthOf(words[i+1].key)
	last := i + 1
	j := i + 2
	if j < len(words) && words[j].Text == "," {
		j++
	}
	if j < len(words) && isYear(words[j].Text) {
		return dayIn(words[j].Text, m, day), j
	}
	return when.near(m, day), last
}

func dayIn(year string, m, day int) string {
	text := fmt.Sprintf("%s-%02d-%02d", year, m, day)
	if _, err := time.Parse(dayLayout, text); err != nil {
		return ""
	}
	return text
}

// lastAt reads "last week", "this month", "last Sunday", "last December".
func lastAt(words []word, i int, when published) (string, int) {
	next := &words[i+1]
	known := !when.day.IsZero()
	switch which := words[i].key; {
	case next.is(weekday) && next.capital && which == "last":
		if known && when.whole && when.day.Weekday() == weekdayOf(next.key) {
			return when.days(-7), i + 1
		}
		return when.weekday(next.key), i + 1
	case next.is(month) && next.capital && which == "last":
		return when.month(monthOf(next.key)), i + 1
	case next.key == "week" && which == "last":
		if !known || !when.whole {
			return "", i + 1
		}
		return when.days(-13) + "~" + when.days(-1), i + 1
	case next.key == "month" && which == "last":
		if !known {
			return "", i + 1
		}
		first := time.Date(when.day.Year(), when.day.Month(), 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, -1, 0).Format("2006-01"), i + 1
	case next.key == "year" && which == "last":
		if !known {
			return "", i + 1
		}
		return strconv.Itoa(when.day.Year() - 1), i + 1
	case next.key == "week" || next.key == "month" || next.key == "year" || next.key == "night":
		return "", i + 1
	}
	return "", i - 1
}

func (p published) days(n int) string {
	if !p.whole {
		return ""
	}
	return p.day.AddDate(0, 0, n).Format(dayLayout)
}

func weekdayOf(key string) time.Weekday {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(d.String(), key) {
			return d
		}
	}
	return -1
}

// weekday returns the last such day up to the day of publication.
func (p published) weekday(key string) string {
	day := weekdayOf(key)
	if !p.whole || day < 0 {
		return ""
	}
	return p.days(-((int(p.day.Weekday()-day) + 7) % 7))
}

// near returns the day of a month that lies nearest to publication.
func (p published) near(m, day int) string {
	if p.day.IsZero() {
		return ""
	}
	best, distance := "", time.Duration(1<<62)
	for year := p.day.Year() - 1; year <= p.day.Year()+1; year++ {
		text := dayIn(strconv.Itoa(year), m, day)
		if text == "" {
			continue
		}
		at, _ := time.Parse(dayLayout, text) // it was made of one
		if d := at.Sub(p.day).Abs(); d < distance {
			best, distance = text, d
		}
	}
	return best
}

// month returns the last such month up to publication.
func (p published) month(m int) string {
	if p.day.IsZero() || m == 0 {
		return ""
	}
	year := p.day.Year()
	if m > int(p.day.Month()) {
		year--
	}
	return fmt.Sprintf("%04d-%02d", year, m)
}
