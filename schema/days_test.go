package schema

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestUnionDays(t *testing.T) {
	for _, c := range []struct {
		name        string
		periods     []string
		chains      [][]int
		least, most int
	}{
		{"nothing", nil, nil, 0, 0},
		{"one", []string{"2012-01-01/2012-12-31"}, [][]int{{0}}, 366, 366},
		{"one day", []string{"2012-01-01"}, [][]int{{0}}, 1, 1},
		{"some day of a year", []string{"2012"}, [][]int{{0}}, 1, 366},
		{"never at once", []string{"2012", "2013"}, [][]int{{0, 1}}, 0, 0},
		{
			"two posts under one surgeon",
			[]string{"2012-01-01/2012-12-31", "2013-01-01/2013-12-31", "2012-01-01/2013-12-31"},
			[][]int{{0, 2}, {1, 2}},
			731, 731,
		},
		{"hand-over under a guest of two days: the hour is not known", []string{
			"2012-06-01/2013-05-31", "2013-06-01/2014-05-31",
			"2013-05-31/2013-06-01",
		}, [][]int{{0, 2}, {1, 2}}, 0, 2},
		{"bounds", []string{"2014-01-01/2014-08-31", "2014-09-01/..", "2011/2016"}, [][]int{{0, 2}, {1, 2}}, 731, 1096},
		{
			"overlapping posts count once",
			[]string{"2012-01-01/2012-06-30", "2012-04-01/2012-12-31", "2010-01-01/2015-12-31"},
			[][]int{{0, 2}, {1, 2}},
			366, 366,
		},
		{"the same post on two ways", []string{"2012-01-01/2012-12-31", "2000/..", "2001/.."}, [][]int{{0, 1}, {0, 2}}, 366, 366},
		{"a visit on a day of somebody's year", []string{"2012-05", "2012-01-01/2012-12-31"}, [][]int{{0, 1}}, 1, 31},
		{"two visits that may fall on one day", []string{"2012-05", "2012-05-10~2012-05-12", "2011/2013"}, [][]int{{0, 2}, {1, 2}}, 1, 31},
		{"two visits that may not", []string{"2012-05", "2012-06", "2011/2013"}, [][]int{{0, 2}, {1, 2}}, 2, 61},
		{"a visit, perhaps within a stay", []string{"2012", "2012-05-01/2012-05-10", "2010-01-01/2015-12-31"}, [][]int{{0, 2}, {1, 2}}, 10, 366},
		{"it goes on", []string{"2012/..", "2014/.."}, [][]int{{0, 1}}, 0, -1},
		{"it goes on after ten days", []string{"2012-01-01/2012-01-10", "2014/..", "2010/.."}, [][]int{{0, 2}, {1, 2}}, 10, -1},
		{"nothing known", []string{"", "2012"}, [][]int{{0, 1}}, 0, 366},
		{"first cited, last cited", []string{"~2012-01-05/2012-01-08~", "2012-01-01/2012-01-31"}, [][]int{{0, 1}}, 4, 31},
	} {
		periods := make([]*Period, len(c.periods))
		for i, text := range c.periods {
			p, err := ParsePeriod(text)
			if err != nil {
				t.Fatal(err)
			}
			periods[i] = &p
		}
		if least, most := UnionDays(chainsOf(periods, c.chains)); least != c.least || most != c.most {
			t.Errorf("%s: %d to %d days, not %d to %d", c.name, least, most, c.least, c.most)
		}
	}
}

func chainsOf(periods []*Period, numbers [][]int) [][]*Period {
	chains := make([][]*Period, len(numbers))
	for i, chain := range numbers {
		for _, n := range chain {
			chains[i] = append(chains[i], periods[n])
		}
	}
	return chains
}

// ticksADay are the moments of a day in TestUnionDaysOverWorlds: its first, its last and three between. Bounds stand on
// every second of them, so that there is a moment between any two.
const ticksADay, tickDays = 5, 3

func tickTime(tick int) time.Time {
	at := time.Date(2000, 1, 1+tick/ticksADay, 0, 0, 0, 0, time.UTC)
	if tick%ticksADay == ticksADay-1 {
		return at.Add(24*time.Hour - 1)
	}
	return at.Add(time.Duration(tick%ticksADay) * 5 * time.Hour)
}

// tickPeriod is a small uncertain period: the ticks at which it may begin, and end.
type tickPeriod struct{ fromMin, fromMax, toMin, toMax int }

func randomTickPeriod(r *rand.Rand) tickPeriod {
	edges := func() (int, int) { // precise to a day, to some days, or to the hour
		first, days := r.IntN(tickDays), 1
		if r.IntN(3) == 0 {
			days += r.IntN(tickDays - first)
		}
		low, high := first*ticksADay, (first+days)*ticksADay-1
		if r.IntN(5) == 0 {
			low += 2 * r.IntN(ticksADay/2+1)
		}
		return low, high
	}
	for {
		var p tickPeriod
		p.fromMin, p.fromMax = edges()
		p.toMin, p.toMax = edges()
		if r.IntN(3) == 0 {
			p.toMin, p.toMax = p.fromMin, p.fromMax
		}
		if p.fromMin <= p.toMax {
			return p
		}
	}
}

// worlds are the moments, a bit each, that a period may consist of.
func (p tickPeriod) worlds() []uint32 {
	var list []uint32
	for from := p.fromMin; from <= p.fromMax; from++ {
		for to := max(from, p.toMin); to <= p.toMax; to++ {
			list = append(list, (1<<(to+1)-1)&^(1<<from-1))
		}
	}
	return list
}

// TestUnionDaysOverWorlds compares the bounds with what counting in every possible world gives.
func TestUnionDaysOverWorlds(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any bits will do
	r := rand.New(rand.NewPCG(seed, 1))   //nolint:gosec // tests want to be repeated
	for range 1500 {
		var small []tickPeriod
		var periods []*Period
		for worlds := 1; len(small) < 2+r.IntN(3); {
			p := randomTickPeriod(r)
			if worlds *= len(p.worlds()); worlds > 60_000 {
				break
			}
			small = append(small, p)
			periods = append(periods, &Period{
				From: Bound{Range: Range{tickTime(p.fromMin), tickTime(p.fromMax)}},
				To:   Bound{Range: Range{tickTime(p.toMin), tickTime(p.toMax)}},
			})
		}
		var numbers [][]int
		for range 1 + r.IntN(3) {
			var chain []int
			for i := range small {
				if r.IntN(2) == 0 {
					chain = append(chain, i)
				}
			}
			if len(chain) > 0 {
				numbers = append(numbers, chain)
			}
		}
		wantLeast, wantMost := countWorlds(small, numbers)
		if least, most := UnionDays(chainsOf(periods, numbers)); least != wantLeast || most != wantMost {
			var texts []string
			for _, p := range periods {
				texts = append(texts, p.String())
			}
			t.Fatalf("%q %v %v: %d to %d days, in all worlds %d to %d; seed %d", texts, small, numbers, least, most, wantLeast, wantMost,
				seed)
		}
	}
}

func countWorlds(periods []tickPeriod, chains [][]int) (least, most int) {
	least = 1 << 30
	world := make([]uint32, len(periods))
	var choose func(i int)
	choose = func(i int) {
		if i < len(periods) {
			for _, w := range periods[i].worlds() {
				world[i] = w
				choose(i + 1)
			}
			return
		}
		var holds uint32
		for _, chain := range chains {
			common := ^uint32(0)
			for _, n := range chain {
				common &= world[n]
			}
			holds |= common
		}
		days := 0
		for day := range tickDays {
			if holds>>(day*ticksADay)&(1<<ticksADay-1) != 0 {
				days++
			}
		}
		least, most = min(least, days), max(most, days)
	}
	choose(0)
	return least, most
}

func ExampleUnionDays() {
	leader, _ := ParsePeriod("2012-01-01/2012-12-31")
	adjutant, _ := ParsePeriod("2013-01-01/2013-12-31")
	surgeon, _ := ParsePeriod("2012-01-01/2013-12-31")
	fmt.Println(UnionDays([][]*Period{{&leader, &surgeon}, {&adjutant, &surgeon}}))
	// Output: 731 731
}
