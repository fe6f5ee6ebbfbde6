package step

import (
	"math/rand/v2"
	"testing"
	"time"

	"orbat/schema"
)

// day is a date as a number of days.
func day(n int) time.Time { return time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

// randomBound is an end between two days, or one of which a side is not known, or none.
func randomBound(r *rand.Rand, least, most int) schema.Bound {
	first := least + r.IntN(most-least)
	last := first + r.IntN(most-first)
	b := schema.Bound{Range: schema.Range{Min: day(first), Max: lastOfDay(day(last))}}
	switch r.IntN(8) {
	case 0:
		b.Min = time.Time{}
	case 1:
		b.Max = time.Time{}
	case 2:
		b = schema.Bound{Open: true}
	case 3:
		b = schema.Bound{}
	}
	return b
}

// possibleDays lists the days that an end may be within a number of days; an open one is far off.
func possibleDays(b schema.Bound, most, open int) (days []int) {
	if b.Open {
		return []int{open}
	}
	for n := range most {
		if !b.Min.IsZero() && day(n).Before(b.Min) || !b.Max.IsZero() && day(n).After(b.Max) {
			continue
		}
		days = append(days, n)
	}
	return days
}

// TestNearIsExact: whether something began, ended or held within some days of an event is what all possible worlds say
// together, each with its exact days: certain if all do, possible if one does, not at all if none does. What nobody
// bounds is bounded by the days looked at, so that "certain" is held against only where all bounds are known.
func TestNearIsExact(t *testing.T) {
	const most = 40
	r := rand.New(rand.NewPCG(2026, 4)) //nolint:gosec // a test's
	counted := map[schema.Certainty]int{}
	for range 600 {
		event := schema.Period{From: randomBound(r, 15, 25)}
		if event.To = event.From; r.IntN(3) == 0 { // one that lasts
			event.To = randomBound(r, 15, 25)
		}
		alike := event.From == event.To
		says := schema.Period{From: randomBound(r, 10, 30), To: randomBound(r, 10, 30)}
		days := r.IntN(6)
		n := &nearness{event: event, window: widened(event, days)}

		type world struct{ began, ended, first, last int }
		var worlds []world
		for _, first := range possibleDays(event.From, most, -1000) {
			for _, last := range possibleDays(event.To, most, 1000) {
				if alike && first != last && !event.From.Open || first > last {
					continue
				}
				for _, began := range possibleDays(says.From, most, -1000) {
					for _, ended := range possibleDays(says.To, most, 1000) {
						if began <= ended {
							worlds = append(worlds, world{began, ended, first, last})
						}
					}
				}
			}
		}
		if len(worlds) == 0 {
			continue // the dates contradict themselves
		}
		unbounded := func(b schema.Bound) bool { return !b.Open && (b.Min.IsZero() || b.Max.IsZero()) }
		vague := unbounded(event.From) || unbounded(event.To) || unbounded(says.From) || unbounded(says.To)
		_, held := n.window.Intersect(says)
		for _, c := range []struct {
			what string
			have schema.Certainty
			in   func(w world) bool
		}{
			{"began", n.holds(beginningIn(says)), func(w world) bool {
				return !says.From.Open && w.began >= w.first-days && w.began <= w.last+days
			}},
			{"ended", n.holds(endIn(says)), func(w world) bool {
				return !says.To.Open && w.ended >= w.first-days && w.ended <= w.last+days
			}},
			{"held", held, func(w world) bool { return w.began <= w.last+days && w.ended >= w.first-days }},
		} {
			some, all := false, true
			for _, w := range worlds {
				some, all = some || c.in(w), all && c.in(w)
			}
			want := schema.Possible
			switch {
			case all:
				want = schema.Certain
			case !some:
				want = schema.No
			}
			if vague && want == schema.Certain && c.have == schema.Possible {
				continue // beyond the days looked at there is a world in which it does not hold
			}
			if c.have != want {
				t.Errorf("%s of %s within %d days of %s: %s, want %s", c.what, says, days, event, c.have, want)
			}
			counted[want]++
		}
	}
	for _, certainty := range []schema.Certainty{schema.No, schema.Possible, schema.Certain} {
		if counted[certainty] < 100 {
			t.Errorf("only %d of %s", counted[certainty], certainty)
		}
	}
}
