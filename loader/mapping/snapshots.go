package mapping

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"orbat/schema"
)

// series says which sightings go on with each other: rows that say the same, each as seen on a date.
type series struct {
	from, to bool          // the ends whose other sightings in between begin a new run
	gap      time.Duration // the most between two sightings; 0: any
	place    place         // of the statement in the mapping
}

// checkMerge sees that a period that merges sightings has some.
func (b *binder) checkMerge(p *period) {
	if p.Merge == "" {
		if p.Gap != "" {
			b.mistake(p.At, "gap without merge", "say merge: true, or leave it out")
		}
		return
	}
	const most = 1_000_000 // days
	switch {
	case !slices.Contains([]string{"true", "false", "from", "to"}, p.Merge):
		b.mistake(p.At, "merge is "+strconv.Quote(p.Merge), "one of true, from, to")
	case p.Seen == nil:
		b.mistake(p.At, "merge without seen", "what is merged was seen on a date: seen: COLUMN")
	case p.Gap != "" && !isWhole(p.Gap, 1, most):
		b.mistake(p.At, "gap is "+strconv.Quote(p.Gap), "a number of days from 1")
	}
}

// series compiles how the sightings of a statement go on with each other; nil: they do not.
func (b *binder) series(of *provenance) *series {
	p := of.Period
	if p == nil || p.Merge == "" || p.Merge == "false" {
		return nil
	}
	if of.Record != nil {
		b.mistake(p.At, "merge of what has a record's id", "several rows become one statement: leave record out")
	}
	days, _ := strconv.Atoi(p.Gap) // checkMerge has read it
	const day = 24 * time.Hour
	return &series{from: p.Merge != "to", to: p.Merge != "from", gap: time.Duration(days) * day, place: p.At}
}

// sightings are what one table says as seen on dates, held until all of it is read. The zero value holds none.
type sightings struct {
	statements []*sighted
	byKey      map[string]*sighted
	dates      map[sightedEnd]*seenDates
}

// sighted is one statement with the dates on which it was seen.
type sighted struct {
	*series
	ends []sightedEnd
	seen []sighting
}

// sighting is one row.
type sighting struct {
	when   schema.Range
	record *schema.Record
}

// sightedEnd is one end of the statements that a mapping makes at a place of it.
type sightedEnd struct {
	place place
	from  bool
	ref   schema.Ref
}

// seenDates are the dates on which an end was seen, whatever was at the other.
type seenDates struct {
	all   []schema.Range
	known map[string]bool
	order map[string]int // of each date in all, once all of them are there
}

// take takes a sighting; false: it has no date, and is a statement of its own.
func (s *sightings) take(record *schema.Record, of *series) bool {
	period, err := schema.ParsePeriod(record.Period)
	if err != nil || period.From.Max.IsZero() || period.To.Min.IsZero() {
		return false
	}
	when := schema.Range{Min: period.To.Min, Max: period.From.Max}
	said := *record
	said.Pos, said.Raw, said.Period, said.Cites = schema.Position{}, nil, "", nil
	text, err := json.Marshal(struct {
		Place  string
		Record schema.Record
	}{strconv.Itoa(of.place.line) + ":" + strconv.Itoa(of.place.column), said})
	if err != nil {
		return false // a record holds texts alone
	}
	if s.byKey == nil {
		s.byKey, s.dates = map[string]*sighted{}, map[sightedEnd]*seenDates{}
	}
	one := s.byKey[string(text)]
	if one == nil {
		one = &sighted{series: of}
		if of.from || record.Kind == schema.ValueRecord {
			one.ends = append(one.ends, sightedEnd{of.place, true, record.Subject})
		}
		if of.to && record.Kind == schema.RelationRecord {
			one.ends = append(one.ends, sightedEnd{of.place, false, record.Object})
		}
		s.byKey[string(text)] = one
		s.statements = append(s.statements, one)
	}
	for _, end := range one.ends {
		if s.dates[end] == nil {
			s.dates[end] = &seenDates{known: map[string]bool{}}
		}
		s.dates[end].add(when)
	}
	one.seen = append(one.seen, sighting{when, record})
	return true
}

func (d *seenDates) add(when schema.Range) {
	if text := when.String(); !d.known[text] {
		d.known[text] = true
		d.all = append(d.all, when)
	}
}

// at returns which of the dates one is.
func (d *seenDates) at(when schema.Range) int {
	if d.order == nil {
		slices.SortFunc(d.all, compareRanges)
		d.order = map[string]int{}
		for i, one := range d.all {
			d.order[one.String()] = i
		}
	}
	return d.order[when.String()]
}

func compareRanges(a, b schema.Range) int { return cmp.Or(a.Min.Compare(b.Min), a.Max.Compare(b.Max)) }

// merged returns what was seen as statements: one for each run of dates on which it was, in the order in which they
// were first told.
func (s *sightings) merged() []*schema.Record {
	var all []*schema.Record
	for _, one := range s.statements {
		slices.SortStableFunc(one.seen, func(a, b sighting) int { return compareRanges(a.when, b.when) })
		for first := 0; first < len(one.seen); {
			last := first
			for last+1 < len(one.seen) && s.goesOn(one, last) {
				last++
			}
			all = append(all, merge(one.seen[first:last+1])...)
			first = last + 1
		}
	}
	return all
}

// goesOn reports whether a sighting and the next are of one run.
func (s *sightings) goesOn(one *sighted, i int) bool {
	before, next := one.seen[i].when, one.seen[i+1].when
	if one.gap > 0 && next.Min.Sub(before.Max) > one.gap {
		return false
	}
	return !slices.ContainsFunc(one.ends, func(end sightedEnd) bool {
		dates := s.dates[end]
		return dates.at(next)-dates.at(before) > 1
	})
}

// merge makes one statement of a run of sightings: it held from the first to the last, and its sources are all of
// theirs. Where one record cannot take them all, since they are too many or several passages of one source, others that
// say the same of the same period cite the rest.
func merge(run []sighting) []*schema.Record {
	said := *run[0].record
	first, last := run[0].when, run[0].when
	var cites []schema.Cite
	cited := map[schema.Cite]bool{}
	for _, one := range run {
		if one.when.Max.Before(first.Max) {
			first = one.when
		}
		if one.when.Min.After(last.Min) {
			last = one.when
		}
		for _, cite := range one.record.Cites {
			if !cited[cite] {
				cited[cite] = true
				cites = append(cites, cite)
			}
		}
	}
	said.Period, said.Cites = schema.Period{From: atFrom.cited(first), To: atTo.cited(last)}.String(), nil
	// Which of them stand together does not depend on the order of rows (law 1).
	slices.SortFunc(cites, compareCites)
	var all []*schema.Record
	size := 0
	begin := func() {
		next := said
		next.Values, next.Extra = maps.Clone(said.Values), maps.Clone(said.Extra)
		all, size = append(all, &next), said.Size()
	}
	for {
		begin()
		var further []schema.Cite // of the sources that this turn has cited: a record cites one source once
		for i, cite := range cites {
			if i > 0 && cite.Source == cites[i-1].Source {
				further = append(further, cite)
				continue
			}
			own := (&schema.Record{Provenance: schema.Provenance{Cites: []schema.Cite{cite}}}).Size()
			if size+own > schema.MaxRecordSize/2 && len(all[len(all)-1].Cites) > 0 {
				begin()
			}
			size += own
			to := all[len(all)-1]
			to.Cites = append(to.Cites, cite)
		}
		if len(further) == 0 {
			return all
		}
		cites = further
	}
}

func compareCites(a, b schema.Cite) int {
	return cmp.Or(cmp.Compare(a.Source.XID, b.Source.XID), cmp.Compare(a.Source.ID, b.Source.ID),
		cmp.Compare(a.Source.Type, b.Source.Type), cmp.Compare(a.Source.Name, b.Source.Name), cmp.Compare(a.Quote, b.Quote),
		cmp.Compare(a.Locator, b.Locator), cmp.Compare(a.Begin, b.Begin), cmp.Compare(a.End, b.End))
}
