package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"orbat/queries"
	"orbat/schema"
)

// timed is a row of a timeline.
type timed struct {
	row                            int
	label                          string
	when                           string // as the column says it
	period                         schema.Period
	fromMin, fromMax, toMin, toMax time.Time // zero: unknown or open
}

// timeline draws rows as bars along a common axis: solid where a row certainly held, light where it possibly did, with
// an arrow where an end is open. Rows without a date follow below.
func (p *printer) timeline(r *queries.Result, evidence bool) {
	dated, undated := timedRows(r)
	if len(dated)+len(undated) == 0 {
		p.printf("Nothing found.\n")
		return
	}
	shown := map[string]bool{}
	below := func(row int, indent string) {
		if !evidence {
			return
		}
		if e := r.EdgeOf(row); e != nil {
			shown[e.ID] = true
			p.printf("%s", p.claims(r.Behind(row), indent, 0))
		}
	}
	if len(dated) > 0 {
		p.chart(dated, func(row int) { below(row, "  ") })
	}
	if len(undated) > 0 {
		p.printf("undated\n")
		for _, t := range undated {
			label := t.label
			if t.when != "" {
				label += " · " + t.when
			}
			for i, line := range wrapped(label, p.width()-2) {
				p.printf("%s%s\n", []string{"  ", "    "}[min(i, 1)], line)
			}
			below(t.row, "    ")
		}
	}
	if !evidence {
		return
	}
	for _, e := range r.Edges {
		if !shown[e.ID] {
			p.printf("%s\n%s", p.arrow(e, true), p.claims(e.Evidence, "  ", 0))
		}
	}
}

// timedRows parts the rows into those that can be drawn and those that cannot.
func timedRows(r *queries.Result) (dated, undated []*timed) {
	period, date := slices.Index(r.Columns, "period"), slices.Index(r.Columns, "date")
	for row, cells := range r.Rows {
		t := &timed{row: row}
		for _, i := range []int{period, date} {
			if i >= 0 {
				t.when = cmp.Or(t.when, clean(cells[i]))
			}
		}
		var label []string
		for i, cell := range cells {
			if i != period && i != date && cell != "" {
				label = append(label, clean(cell))
			}
		}
		t.label = strings.Join(label, " · ")
		var err error
		if t.period, err = schema.ParsePeriod(t.when); err != nil || t.period.IsZero() {
			undated = append(undated, t)
			continue
		}
		t.fromMin, t.fromMax, t.toMin, t.toMax = t.period.Bounds()
		dated = append(dated, t)
	}
	return dated, undated
}

// chart lays rows out in three parts: what they are, when, and the bar; where there is little room, when goes below
// what.
func (p *printer) chart(rows []*timed, below func(row int)) {
	width := p.width()
	label, when := 0, 0
	for _, t := range rows {
		label = max(label, text.StringWidthWithoutEscSequences(t.label))
		when = max(when, text.StringWidthWithoutEscSequences(t.when))
	}
	label = min(label, width*2/5)
	beside := label+2+when+2 <= width*3/5
	if !beside {
		label, when = min(max(label, when), width*2/5), 0
	}
	left := label + 2
	if beside {
		left += when + 2
	}
	x := newAxis(rows, width-left)
	names, ticks := x.header()
	indent := strings.Repeat(" ", left)
	p.printf("%s%s\n%s%s\n", indent, strings.TrimRight(names, " "), indent, ticks)
	for _, t := range rows {
		lines := wrapped(t.label, label)
		if !beside {
			lines = append(lines, wrapped(t.when, label)...)
		}
		for i, line := range lines {
			line = text.Pad(line, label, ' ')
			switch {
			case i > 0:
			case beside:
				line += "  " + text.Pad(t.when, when, ' ') + "  " + x.bar(t)
			default:
				line += "  " + x.bar(t)
			}
			p.printf("%s\n", strings.TrimRight(line, " "))
		}
		below(t.row)
	}
	p.printf("%s\n", strings.Join(wrapped("█ certain, ░ possible, ◆ a date, ◀ ▶ open, ? unknown end", width), "\n"))
}

// axis is the time that a chart spans, and how wide it is.
type axis struct {
	begin, end time.Time
	width      int // in characters
	step       axisStep
}

// axisStep is the time between two ticks: so many years, so many months of a year, a week, or a day.
type axisStep struct {
	years, months, days int
	format              string
}

// newAxis spans all that is known of the rows, from tick to tick, with the finest ticks whose names there is room for.
func newAxis(rows []*timed, width int) *axis {
	var first, last time.Time
	openFrom, openTo := false, false
	for _, t := range rows {
		for _, at := range []time.Time{t.fromMin, t.fromMax, t.toMin, t.toMax} {
			switch {
			case at.IsZero():
			case first.IsZero():
				first, last = at, at
			case at.Before(first):
				first = at
			case at.After(last):
				last = at
			}
		}
		openFrom = openFrom || t.fromMin.IsZero()
		openTo = openTo || t.toMax.IsZero()
	}
	// What is open or unknown is drawn beyond what is known: a twelfth of it, or a day.
	beyond := max(last.Sub(first)/12, 24*time.Hour)
	if last.Year()-first.Year() > 250 {
		beyond = 24 * time.Hour * 365 * 20 // time.Duration ends at 292 years
	}
	if openFrom {
		first = first.Add(-beyond)
	}
	if openTo {
		last = last.Add(beyond)
	}
	x := &axis{width: max(width, 8)}
	for _, step := range axisSteps() {
		x.step = step
		x.begin = step.floor(first)
		n := 0
		for x.end = x.begin; !x.end.After(last) && n <= x.width; n++ {
			x.end = step.next(x.end)
		}
		if n*(len(step.format)+1) <= x.width {
			break
		}
	}
	return x
}

func axisSteps() []axisStep {
	steps := []axisStep{
		{days: 1, format: time.DateOnly},
		{days: 7, format: time.DateOnly},
		{months: 1, format: "2006-01"},
		{months: 3, format: "2006-01"},
		{months: 6, format: "2006-01"},
	}
	for _, years := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000} {
		steps = append(steps, axisStep{years: years, format: "2006"})
	}
	return steps
}

// floor returns the last tick at or before a time.
func (s axisStep) floor(t time.Time) time.Time {
	switch {
	case s.years > 0:
		return time.Date(t.Year()-t.Year()%s.years, 1, 1, 0, 0, 0, 0, time.UTC)
	case s.months > 0:
		month := int(t.Month()) - 1
		return time.Date(t.Year(), time.Month(month-month%s.months+1), 1, 0, 0, 0, 0, time.UTC)
	}
	day := t.Day()
	if s.days == 7 {
		day -= (int(t.Weekday()) + 6) % 7 // weeks begin on Mondays
	}
	return time.Date(t.Year(), t.Month(), day, 0, 0, 0, 0, time.UTC)
}

func (s axisStep) next(t time.Time) time.Time { return t.AddDate(s.years, s.months, s.days) }

// at returns the character in which a time falls. Seconds are counted, since a time.Duration ends at 292 years.
func (x *axis) at(t time.Time) int {
	whole, part := float64(x.end.Unix()-x.begin.Unix()), float64(t.Unix()-x.begin.Unix())
	return max(0, min(x.width-1, int(part/whole*float64(x.width))))
}

// header returns the axis in two lines: the names of the ticks, and the ticks.
func (x *axis) header() (names, ticks string) {
	line := []rune(strings.Repeat("─", x.width))
	var b strings.Builder
	for t := x.begin; t.Before(x.end); t = x.step.next(t) {
		at := x.at(t)
		line[at] = '┬'
		if at >= b.Len() {
			b.WriteString(strings.Repeat(" ", at-b.Len()) + t.Format(x.step.format))
		}
	}
	return b.String(), string(line)
}

// bar draws one row.
func (x *axis) bar(t *timed) string {
	cells := []rune(strings.Repeat(" ", x.width))
	if t.period.From.Precision() == "day" && t.period.Equal(schema.Period{From: t.period.From, To: t.period.From}) {
		cells[x.at(t.fromMin.Add(12*time.Hour))] = '◆'
		return string(cells)
	}
	first, last := 0, x.width-1
	if !t.fromMin.IsZero() {
		first = x.at(t.fromMin)
	}
	if !t.toMax.IsZero() {
		last = x.at(t.toMax)
	}
	for i := first; i <= last; i++ {
		cells[i] = '░'
	}
	// It certainly held from the latest it may have begun to the earliest it may have ended.
	from, to := -1, -1
	switch {
	case t.period.From.Open:
		from = 0
	case !t.fromMax.IsZero():
		from = x.at(t.fromMax)
	}
	switch {
	case t.period.To.Open:
		to = x.width - 1
	case !t.toMin.IsZero():
		to = x.at(t.toMin)
	}
	certain := from >= 0 && to >= 0 && (t.period.From.Open || t.period.To.Open || t.fromMax.Before(t.toMin))
	for i := from; certain && i <= to; i++ {
		cells[i] = '█'
	}
	switch {
	case t.period.From.Open:
		cells[0] = '◀'
	case t.fromMin.IsZero():
		cells[0] = '?'
	}
	switch {
	case t.period.To.Open:
		cells[x.width-1] = '▶'
	case t.toMax.IsZero():
		cells[x.width-1] = '?'
	}
	if !certain && first == last {
		cells[first] = '◆'
	}
	return string(cells)
}
