package mapping

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

// headerLines is how far down a draft looks for the names of the columns.
const headerLines = 10

// findHeader completes how a table is read: where the names of its columns stand, and what remarks begin with.
func findHeader(ctx context.Context, in Input, reading Reading) Reading {
	if reading.Header > 0 {
		return reading
	}
	best, header := reading, []string(nil)
	var above []string // the row above
	for line := range headerLines {
		tried := reading
		if line > 0 {
			tried.Header = line + 1
		}
		names, remarks, broken := headerOf(ctx, in, tried)
		if line == 0 && names == nil && broken {
			return reading // the same would be wrong further down: reading the table tells
		}
		if remarks {
			tried.Comments = "#"
			names, _, broken = headerOf(ctx, in, tried)
		}
		filled := filledNames(names)
		below := max(best.Header, 1) == tried.Header-1 // the best so far
		if below && isUpper(above, names) && !slices.ContainsFunc(filled, isDatum) {
			both := tried
			both.Header, both.HeaderRows = tried.Header-1, 2
			if _, _, broken := headerOf(ctx, in, both); !broken {
				return both
			}
		}
		switch {
		case broken || line > 0 && slices.ContainsFunc(filled, isDatum):
		case len(filled) >= 2*max(len(header), 1), slices.Equal(filled, header) && best.Header > 0: // below remarks
			best, header = tried, filled
		}
		above = names
	}
	return best
}

// filledNames returns the names of columns that say something, each once, in the order of bytes.
func filledNames(names []string) []string {
	filled := slices.DeleteFunc(slices.Clone(names), func(cell string) bool { return cell == "" })
	slices.Sort(filled)
	return slices.Compact(filled)
}

// isDatum reports whether a cell is a number or a day, and so names no column. A year may.
func isDatum(cell string) bool {
	return !yearName.MatchString(cell) && datum.MatchString(cell) || slices.Contains(blankWords, strings.ToLower(cell))
}

var (
	yearName = regexp.MustCompile(`^(?:19|20)\d\d$`)
	datum    = regexp.MustCompile(`^[+\-−~]?\d[\d.,:/\s-]*%?$`)
)

// isUpper reports whether two rows name columns together: the upper one has gaps, as merged areas leave them, and the
// lower one has names twice, which stand below different ones of the upper.
func isUpper(upper, lower []string) bool {
	const least = 3 // names
	gaps, twice := false, false
	group, seen := "", map[string]string{}
	for i, name := range lower {
		if i < len(upper) && upper[i] != "" {
			group = upper[i]
		} else if name != "" {
			gaps = true
		}
		before, again := seen[name]
		twice = twice || again && name != "" && before != group && before != ""
		seen[name] = group
	}
	return gaps && twice && len(filledNames(upper)) > 1 && len(filledNames(lower)) >= least
}

// headerOf returns the names of columns if a table is read so, trimmed; whether there are remarks among its rows, and
// whether rows do not fit. No names: the table cannot be read so at all.
func headerOf(ctx context.Context, in Input, reading Reading) (names []string, remarks, broken bool) {
	const rows = 30
	n := 0
	for row, err := range in.Rows(ctx, reading) {
		if err != nil {
			broken = true
			if !isBad(err) {
				return nil, false, true
			}
			continue
		}
		filled := slices.DeleteFunc(slices.Clone(row.Cells), func(cell string) bool { return strings.TrimSpace(cell) == "" })
		remarks = remarks || len(filled) == 1 && reading.Comments == "" && strings.HasPrefix(strings.TrimSpace(row.Cells[0]), "#")
		if n == 0 {
			names = []string{}
			for _, cell := range row.Cells {
				names = append(names, strings.TrimSpace(cell))
			}
		}
		if n++; n > rows {
			break
		}
	}
	return names, remarks, broken
}

// cells returns what is in a column, each text once, in the order of bytes.
func (d *drafter) cells(i int) []string { return slices.Sorted(maps.Keys(d.columns[i].distinct)) }

// column finds the first column called as one of some names, that is not used and has text; -1: there is none.
func (d *drafter) column(names ...string) int {
	return slices.IndexFunc(d.header, func(name string) bool {
		i := slices.Index(d.header, name)
		return slices.Contains(names, columnKey(name)) && !d.used[i] && d.columns[i].filled > 0 && d.reference(i) != ""
	})
}

// fillDown finds columns whose empty cells mean the ones above: the first ones of the sheet, in each of which a text
// stands once for the rows below it.
func (d *drafter) fillDown() (names []string) {
	for i := range d.header {
		empty, repeated, before := 0, false, ""
		for n, row := range d.rows {
			cell := strings.TrimSpace(row[i])
			others := slices.ContainsFunc(row[i+1:], func(cell string) bool { return strings.TrimSpace(cell) != "" })
			switch {
			case cell == "" && (n == 0 || !others):
				return names
			case cell == "":
				empty++
			case cell == before:
				repeated = true
			}
			if cell != "" {
				before = cell
			}
		}
		if empty < 2 || repeated || d.reference(i) == "" {
			return names
		}
		d.note(i, "an empty cell is taken to mean the one above it (fill)")
		names = append(names, d.reference(i))
	}
	return names
}

// numberForm tells how the numbers of a column are written; nil: as programs write them, or they are none.
func (d *drafter) numberForm(i int, whole bool) *number {
	plain := regexp.MustCompile(`^[+\-−]?\d+(\.\d+)?$`)
	cells := d.cells(i)
	if len(cells) == 0 || !slices.ContainsFunc(cells, func(cell string) bool { return !plain.MatchString(cell) }) && !whole {
		return nil
	}
	for _, n := range []number{
		{Thousands: texts{","}}, {Thousands: texts{"."}}, {Thousands: texts{" "}}, {Thousands: texts{"'"}}, {Decimal: ","},
	} {
		item := func(s *scope) ([]string, *rowError) { return texts{s.item}, nil }
		get := (&binder{mapping: &Mapping{}, mistakes: &[]*MappingError{}}).number(&value{Number: &n}, item)
		grouped := false
		good := !slices.ContainsFunc(cells, func(cell string) bool {
			made, bad := get(scopeOf(d.typed, nil, nil).with(cell))
			grouped = grouped || bad == nil && made[0] != cell
			return bad != nil
		})
		if good && grouped {
			return &n
		}
	}
	return nil
}

// node writes how numbers are written.
func (n *number) node() *yaml.Node {
	node := flowNode()
	if len(n.Thousands) > 0 {
		put(node, "thousands", scalarNode(n.Thousands[0]))
	}
	if n.Decimal != "" {
		put(node, "decimal", scalarNode(n.Decimal))
	}
	return node
}

// dateForm tells how the dates of a column are written, and a text that cannot be read so; empty: all can.
func (d *drafter) dateForm(i int) (form date, unread string) {
	cells := d.cells(i)
	reads := func(form date) (left []string) {
		reader := (&binder{mapping: &Mapping{}, mistakes: &[]*MappingError{}}).dateReader(&form)
		for _, cell := range cells {
			if _, ok := reader.read(cell); !ok {
				left = append(left, cell)
			}
		}
		return left
	}
	left := reads(form)
	try := func(with date) {
		if len(left) == 0 {
			return
		}
		if now := reads(with); len(now) < len(left) {
			form, left = with, now
		}
	}
	day := regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})/\d{4}`)
	dayFirst, monthFirst := false, false
	for _, cell := range cells {
		if found := day.FindStringSubmatch(cell); found != nil {
			first, _ := strconv.Atoi(found[1])
			second, _ := strconv.Atoi(found[2])
			const months = 12
			dayFirst, monthFirst = dayFirst || first > months, monthFirst || second > months
		}
	}
	for range 2 { // formats are found in what is around them, and these by formats
		for _, format := range []string{
			"D.M.YYYY", "D/M/YYYY", "M/D/YYYY", "D-M-YYYY", "D MMMM YYYY", "D MMM YYYY", "MMMM D, YYYY", "MMM D, YYYY",
			"MMMM YYYY", "MMM YYYY", "M/YYYY", "M.YYYY",
		} {
			if format == "D/M/YYYY" && (!dayFirst || monthFirst) || format == "M/D/YYYY" && (!monthFirst || dayFirst) {
				continue
			}
			with := form
			with.Formats = append(slices.Clone(form.Formats), format)
			try(with)
			for _, word := range []string{" or ", " / ", " oder ", " ou "} {
				either := with
				either.Or = append(slices.Clone(form.Or), word)
				try(either)
			}
		}
		for _, word := range []string{"ca.", "c.", "circa", "about", "approx."} {
			with := form
			with.About = append(slices.Clone(form.About), word)
			try(with)
		}
		with := form
		with.Serial = true
		if serial := regexp.MustCompile(`^[2-5]\d{4}$`); slices.ContainsFunc(left, serial.MatchString) {
			try(with)
		}
	}
	for _, language := range slices.Sorted(maps.Keys(monthLanguages())) {
		with := form
		with.Months = append(slices.Clone(form.Months), language)
		for _, format := range []string{"D MMMM YYYY", "MMMM YYYY"} {
			if !slices.Contains(with.Formats, format) {
				with.Formats = append(slices.Clone(with.Formats), format)
			}
		}
		try(with)
	}
	if len(left) > 0 {
		unread = left[0]
	}
	return form, unread
}

// node writes a date of a column.
func (form *date) node(column string) *yaml.Node {
	node := flowNode()
	put(node, "text", scalarNode(column))
	for _, list := range []struct {
		key   string
		texts []string
	}{{"formats", form.Formats}, {"months", form.Months}, {"or", form.Or}, {"about", form.About}} {
		if len(list.texts) > 0 {
			put(node, list.key, textsNode(list.texts))
		}
	}
	if form.Serial {
		put(node, "serial", &yaml.Node{Kind: yaml.ScalarNode, Value: "true"})
	}
	return node
}

// position finds the columns of a position: what point says, and a name for the place; nil: there is none.
func (d *drafter) position() (point *yaml.Node, name string) {
	all := func(i int, reads func(string) bool) bool {
		return i >= 0 && !slices.ContainsFunc(d.cells(i), func(cell string) bool { return !reads(cell) })
	}
	lat, lon := d.column("lat", "latitude", "y"), d.column("lon", "lng", "long", "longitude", "x")
	north := func(cell string) bool { _, reason := degrees(cell, "NS", 90); return reason == "" }
	east := func(cell string) bool { _, reason := degrees(cell, "EW", 180); return reason == "" }
	point = flowNode()
	if all(lat, north) && all(lon, east) {
		d.used[lat], d.used[lon] = true, true
		d.note(lat, "with column "+strconv.Quote(d.header[lon])+" a position")
		put(point, "latitude", scalarNode(d.reference(lat)))
		put(point, "longitude", scalarNode(d.reference(lon)))
		return point, "{" + d.reference(lat) + "}, {" + d.reference(lon) + "}"
	}
	one := d.column("position", "coordinates", "coords", "coordinate", "grid", "grid reference", "mgrs",
		"lat lon", "latlon", "lat lng", "geo")
	for _, way := range []struct {
		key   string
		reads func(string) bool
	}{
		{"mgrs", func(cell string) bool { _, _, reason := fromMGRS(cell); return reason == "" }},
		{"text", func(cell string) bool { _, _, reason := bothOf(cell, false); return reason == "" }},
	} {
		if all(one, way.reads) {
			d.used[one] = true
			d.note(one, "taken for a position; of two numbers without letters the first is the latitude")
			put(point, way.key, scalarNode(d.reference(one)))
			return point, "{" + d.reference(one) + "}"
		}
	}
	return nil, ""
}

// lists finds two columns of lists side by side: sources and their dates. Separator is what stands between their items;
// empty: there are none.
func (d *drafter) lists() (titles, days int, separator string) {
	named := func(i int, words ...string) bool {
		return slices.ContainsFunc(strings.Fields(columnKey(d.header[i])), func(word string) bool { return slices.Contains(words, word) })
	}
	for titles = range d.header {
		for days = range d.header {
			if titles == days || !named(titles, "source", "sources", "url", "urls", "link", "links") || named(titles, "date", "dates") ||
				!named(days, "date", "dates", "published") || d.reference(titles) == "" || d.reference(days) == "" {
				continue
			}
			for _, separator := range []string{";", ",", "|"} {
				if d.alike(titles, days, separator) {
					return titles, days, separator
				}
			}
		}
	}
	return -1, -1, ""
}

// alike reports whether two columns hold lists of one length, some of several items.
func (d *drafter) alike(a, b int, separator string) bool {
	several := false
	for _, row := range d.rows {
		n, m := strings.Count(row[a], separator), strings.Count(row[b], separator)
		if strings.TrimSpace(row[a]) == "" || strings.TrimSpace(row[b]) == "" {
			continue
		}
		if n != m {
			return false
		}
		several = several || n > 0
	}
	return several
}

// seenOn finds the column of the day on which rows were seen: the same name or id comes again, on other days; -1: none.
func (d *drafter) seenOn() int {
	i := d.column("date", "day", "seen", "seen on", "date seen", "as of", "snapshot", "observed", "report date")
	which := d.key
	if which < 0 {
		which = slices.IndexFunc(d.header, func(name string) bool {
			p := propertyOf(d.kind, name)
			return p != nil && p.Name == nameProperty
		})
	}
	if which < 0 {
		which = slices.IndexFunc(d.header, func(name string) bool { return strings.EqualFold(columnKey(name), d.kind.Name) })
	}
	if i < 0 || which < 0 || which == i || len(d.columns[which].distinct) == d.columns[which].filled {
		return -1
	}
	days := map[string]string{}
	for _, row := range d.rows {
		if before, is := days[row[which]]; is && before != row[i] && row[i] != "" {
			d.used[i] = true
			d.note(i, "the same rows come again on other days: each is taken as seen on its day")
			return i
		}
		days[row[which]] = row[i]
	}
	return -1
}

// yearColumns are columns called alike but for a year.
type yearColumns struct {
	prefix  string // before the year, as it stands
	columns []int
}

// years finds columns that are years.
func (d *drafter) years() (all []yearColumns) {
	ends := regexp.MustCompile(`^(.*?)((?:19|20)\d\d)$`)
	for i, name := range d.header {
		found := ends.FindStringSubmatch(name)
		if found == nil || d.used[i] || d.reference(i) == "" {
			continue
		}
		at := slices.IndexFunc(all, func(y yearColumns) bool { return y.prefix == found[1] })
		if at < 0 {
			at, all = len(all), append(all, yearColumns{prefix: found[1]})
		}
		all[at].columns = append(all[at].columns, i)
	}
	return slices.DeleteFunc(all, func(y yearColumns) bool { return len(y.columns) < 2 })
}

// superiors are the headers of what a row is below.
var superiors = []string{
	"subordinate to", "parent", "parent unit", "part of", "superior", "superior unit", "higher", "higher formation",
	"reports to", "belongs to",
}

// relationsOf proposes relations with what columns name.
func (d *drafter) relationsOf(seen *yaml.Node) *yaml.Node {
	list := listNode()
	add := func(relation string, from, to *yaml.Node, period *yaml.Node) {
		r := flowNode()
		put(r, "relation", scalarNode(relation))
		put(r, "from", from)
		put(r, "to", to)
		if d.source >= 0 {
			put(r, "source", scalarNode(d.reference(d.source)))
		}
		if period != nil {
			put(r, "period", period)
		}
		list.Content = append(list.Content, r)
	}
	self := func() *yaml.Node { return scalarNode(d.label()) }
	fits := func(relation, from, to string) bool {
		known := d.ontology.Relation(relation)
		return known != nil && d.ontology.Type(to) != nil && known.Fits(from, to)
	}
	if i := d.column(superiors...); i >= 0 && i != d.key && fits("subordinate_to", d.kind.Name, d.kind.Name) {
		d.used[i] = true
		d.note(i, "taken for the name of what the row is below")
		to, key := flowNode(), flowNode()
		put(key, "name", scalarNode(d.reference(i)))
		put(to, "type", scalarNode(d.kind.Name))
		put(to, "key", key)
		add("subordinate_to", self(), to, seen)
	}
	hasGeo := d.kind.Property("geo") != nil
	if !hasGeo && fits("located_at", d.kind.Name, "Location") {
		if point, name := d.position(); point != nil {
			place, key, properties, geo := &yaml.Node{Kind: yaml.MappingNode}, flowNode(), flowNode(), flowNode()
			put(key, "name", scalarNode(name))
			put(geo, "point", point)
			put(properties, "geo", geo)
			put(place, "name", scalarNode("position"))
			put(place, "type", scalarNode("Location"))
			put(place, "key", key)
			put(place, "properties", properties)
			d.others = append(d.others, place)
			add("located_at", self(), scalarNode("position"), seen)
		}
	}
	for _, y := range d.years() {
		first := d.header[y.columns[0]]
		pattern := "^" + regexp.QuoteMeta(y.prefix) + `(?P<year>\d{4})$`
		if !strings.HasPrefix(columnKey(y.prefix), "command") || !fits("commands", "Person", d.kind.Name) {
			d.note(y.columns[0], "one of "+plural(len(y.columns), "column")+" that are years: "+
				"each: {columns: '"+pattern+"'} makes something of each cell, {year} being its year")
			continue
		}
		for _, i := range y.columns {
			d.used[i] = true
		}
		d.note(y.columns[0], "and the columns like "+strconv.Quote(first)+" of other years: people who were in command in that year")
		person, each, period := &yaml.Node{Kind: yaml.MappingNode}, flowNode(), flowNode()
		put(each, "columns", scalarNode(pattern))
		put(person, "name", scalarNode("commander"))
		put(person, "type", scalarNode("Person"))
		put(person, "each", each)
		d.others = append(d.others, person)
		put(period, "seen", scalarNode("{year}"))
		add("commands", scalarNode("commander"), self(), period)
	}
	if titles, days, separator := d.lists(); separator != "" {
		d.used[days] = true
		d.note(days, "lists side by side with column "+strconv.Quote(d.header[titles])+": the dates of those sources")
		d.separator = separator
		if d.source < 0 {
			d.source, d.used[titles] = titles, true
		}
		item := func(i int) *yaml.Node {
			v := flowNode()
			put(v, "column", scalarNode(d.reference(i)))
			put(v, "split", scalarNode(separator))
			return v
		}
		entity, each, zip, properties, published := &yaml.Node{Kind: yaml.MappingNode}, flowNode(), flowNode(), flowNode(), flowNode()
		put(zip, "title", item(titles))
		put(zip, "day", item(days))
		put(each, "zip", zip)
		put(published, "date", scalarNode("{day}"))
		put(properties, "published", published)
		link, global, named := flowNode(), flowNode(), flowNode()
		put(link, "template", scalarNode("{title}"))
		put(link, "matches", scalarNode(`^https?://`))
		put(global, "xid", link)
		put(named, "name", scalarNode("{title}"))
		put(entity, "name", scalarNode("document"))
		put(entity, "type", scalarNode(schema.SourceType))
		put(entity, "each", each)
		put(entity, "key", listNode(global, named))
		put(entity, "properties", properties)
		d.others = append(d.others, entity)
	}
	return list
}
