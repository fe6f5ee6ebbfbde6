package mapping

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// item is one of several entities that a row holds: the text that is {} within it, and those that have names.
type item struct {
	text  string
	parts map[string]string
	bad   *rowError    // why it is none
	cells map[int]bool // it was made of, where they are traced; nil: those that all items are made of
}

// itemGetter returns the items of a row.
type itemGetter func(*scope) ([]item, *rowError)

// The names that the language itself gives to parts of items.
const (
	columnPart = "column"
	pathPart   = "path"
	parentPart = "parent"
)

// levelsJoin stands between the levels in {path} and {parent}.
const levelsJoin = " / "

// items compiles an each, and returns the binder of what is within it.
func (b *binder) items(e *eachRule) (itemGetter, *binder) {
	within := b.within()
	var get itemGetter
	var given []string
	add := func(name string, compile func() itemGetter) {
		if given = append(given, name); len(given) == 1 {
			get = compile()
		}
	}
	if len(e.Zip) > 0 {
		add("zip", func() itemGetter { return b.zip(e, within) })
	}
	if e.Columns != "" {
		add("columns", func() itemGetter { return b.columns(e, within) })
	}
	if e.Path != nil {
		add("path", func() itemGetter { return b.path(e, within) })
	}
	if len(given) == 0 || e.value.picks() {
		add("a value", func() itemGetter { return b.itemsOfValue(e) })
	}
	rest := e.value
	rest.At = place{}
	switch {
	case len(given) > 1:
		b.mistake(e.At, "the items come from "+strings.Join(given, " and "), "keep one")
	case len(given) == 1 && (given[0] == "zip" || given[0] == "path") && !reflect.ValueOf(rest).IsZero():
		b.mistake(e.At, "what stands beside "+given[0]+" does nothing", "say it within "+given[0]+", of the value there")
	}
	if e.Parts != "" {
		get = b.splitParts(e, within, get)
	}
	for _, name := range within.parts {
		if slices.Contains(b.header, name) {
			b.mistake(e.At, "the part "+strconv.Quote(name)+" is called like a column", "call it otherwise: {"+name+"} can be only one")
		}
	}
	return get, within
}

// picks reports whether a value says where it comes from.
func (v *value) picks() bool {
	return v.Column != "" || v.Text != "" || v.Template != "" || v.First != nil || v.All != nil || v.Lookup != "" || v.Date != nil ||
		v.Point != nil || v.Span != nil
}

// itemsOfValue compiles the items that are the texts of a value.
func (b *binder) itemsOfValue(e *eachRule) itemGetter {
	get := b.value(&e.value)
	return func(s *scope) ([]item, *rowError) {
		found, bad := get(s)
		var all []item
		for _, text := range found {
			all = append(all, item{text: text, parts: s.parts})
		}
		if bad != nil { // of several the good ones stay
			all = append(all, item{bad: bad})
		}
		return all, nil
	}
}

// name adds the name of a part of the items.
func (b *binder) name(at place, part string) {
	if slices.Contains(b.parts, part) {
		b.mistake(at, "two parts of the name "+strconv.Quote(part), "each has a name of its own")
	}
	b.parts = append(slices.Clip(b.parts), part)
}

// part returns an item with more parts, each a name and a text, which are counted.
func (m *meter) part(s *scope, i item, pairs ...string) (item, *rowError) {
	size := 2 * textCost * (len(i.parts) + len(pairs)/2)
	for n := 1; n < len(pairs); n += 2 {
		size += len(pairs[n])
	}
	if bad := m.take(s, size); bad != nil {
		return item{}, bad
	}
	return i.named(pairs...), nil
}

// named returns an item with more parts, each a name and a text.
func (i item) named(pairs ...string) item {
	parts := maps.Clone(i.parts)
	if parts == nil {
		parts = map[string]string{}
	}
	for n := 0; n < len(pairs); n += 2 {
		parts[pairs[n]] = pairs[n+1]
	}
	return item{text: i.text, parts: parts, cells: i.cells}
}

// groups adds the named groups of a regular expression to the names of parts.
func (b *binder) groups(at place, p *regexp.Regexp) {
	for _, name := range p.SubexpNames() {
		if name != "" {
			b.name(at, name)
		}
	}
}

// groupsOf returns the names and texts of what a regular expression found for its named groups.
func groupsOf(p *regexp.Regexp, found []string) []string {
	var pairs []string
	for n, name := range p.SubexpNames() {
		if name != "" {
			pairs = append(pairs, name, strings.TrimSpace(found[n]))
		}
	}
	return pairs
}

// splitParts compiles the regular expression that cuts each item into parts.
func (b *binder) splitParts(e *eachRule, within *binder, get itemGetter) itemGetter {
	p := b.pattern(e.Parts, e.At)
	if p == nil {
		return get
	}
	if !slices.ContainsFunc(p.SubexpNames(), func(name string) bool { return name != "" }) {
		b.mistake(e.At, "parts names nothing", `name the groups of the regular expression, such as (?P<role>\w+)`)
	}
	within.groups(e.At, p)
	label, m := b.label(&e.value), b.meterAt(b.label(&e.value), e.At)
	return func(s *scope) ([]item, *rowError) {
		found, bad := get(s)
		if bad != nil {
			return nil, bad
		}
		for n, i := range found {
			if i.bad != nil { // of a column that is bad itself
				continue
			}
			groups := p.FindStringSubmatch(i.text)
			if groups == nil {
				found[n].bad = &rowError{Fault: schema.Fault{
					Column: label, Value: i.text, Reason: "does not fit the mapping's parts",
					Hint: "correct the cell, make parts of the regular expression optional, or choose with matches what it is for",
				}}
				continue
			}
			if found[n], bad = m.part(s, i, groupsOf(p, groups)...); bad != nil {
				return nil, bad
			}
		}
		return found, nil
	}
}

// zip compiles lists that stand side by side.
func (b *binder) zip(e *eachRule, within *binder) itemGetter {
	names := slices.Sorted(maps.Keys(e.Zip))
	var gets []getter
	var labels []string
	m := b.meterAt("zip", e.At)
	for _, name := range names {
		v := e.Zip[name]
		within.name(v.At, name)
		labels = append(labels, b.label(&v))
		gets = append(gets, b.places(&v))
	}
	return func(s *scope) ([]item, *rowError) {
		lists := make([][]string, len(gets))
		most := 0
		for i, get := range gets {
			var bad *rowError
			if lists[i], bad = get(s); bad != nil {
				return nil, bad
			}
			filled := len(lists[i])
			for filled > 0 && lists[i][filled-1] == "" { // behind a separator at the end
				filled--
			}
			most = max(most, filled)
		}
		all := make([]item, most)
		for i, list := range lists {
			if len(list) < most && len(list) != 0 { // nothing at all is nothing for each
				return nil, &rowError{Fault: schema.Fault{
					Column: labels[i], Value: strings.Join(list, " | "),
					Reason: "has " + plural(len(list), "item") + ", and the list beside it " + strconv.Itoa(most),
					Hint:   "lists side by side must be of one length: leave a place empty between its separators",
				}}
			}
			for n := range all {
				text := ""
				if len(list) > 0 {
					text = list[n]
				}
				var bad *rowError
				if all[n], bad = m.part(s, all[n], names[i], text); bad != nil {
					return nil, bad
				}
			}
		}
		return all, nil
	}
}

// places compiles a list of which each text keeps its place: what says nothing is empty, and what is there twice stays
// so, since it stands beside something else each time.
func (b *binder) places(v *value) getter {
	cut := cutter(b.label(v), v.Split, b.pick(v))
	item := *v
	item.Required = false // it is the list that is
	refined := b.refine(&item, filledOne)
	get := func(s *scope) ([]string, *rowError) {
		list, bad := cut(s)
		if bad != nil {
			return nil, bad
		}
		for i, text := range list {
			found, bad := refined(s.with(text))
			if bad != nil {
				return nil, bad
			}
			list[i] = strings.Join(found, "") // refining makes one text of one, or none
		}
		return list, nil
	}
	if v.Required {
		return required(b.label(v), get)
	}
	return get
}

// filledOne returns the text at hand, if there is one.
func filledOne(s *scope) ([]string, *rowError) {
	if s.item == "" {
		return nil, nil
	}
	return texts{s.item}, nil
}

// columns compiles an item for each column whose header fits.
func (b *binder) columns(e *eachRule, within *binder) itemGetter {
	p := b.pattern(e.Columns, e.At)
	if p == nil {
		return func(*scope) ([]item, *rowError) { return nil, nil }
	}
	within.name(e.At, columnPart)
	within.groups(e.At, p)
	type column struct {
		get  getter
		item item
	}
	var all []column
	for i, name := range b.header {
		if groups := p.FindStringSubmatch(name); groups != nil {
			cell := e.value
			cell.Column = "#" + strconv.Itoa(i+1)
			all = append(all, column{b.value(&cell), item{}.named(columnPart, name).named(groupsOf(p, groups)...)})
		}
	}
	if len(all) == 0 && b.header != nil {
		b.mistake(e.At, b.file+" has no column whose header fits "+strconv.Quote(e.Columns), "the columns are "+
			schema.Shorten(strings.Join(b.header, ", ")))
	}
	return func(s *scope) ([]item, *rowError) {
		var found []item
		for _, c := range all {
			var texts []string
			var bad *rowError
			cells := s.trace.during(func() { texts, bad = c.get(s) })
			if bad != nil {
				bad.Column = c.item.parts[columnPart]
				found = append(found, item{bad: bad}) // of one column: the others stay
			}
			for _, text := range texts {
				found = append(found, item{text: text, parts: c.item.parts, cells: cells})
			}
		}
		return found, nil
	}
}

// path compiles the levels of a hierarchy.
func (b *binder) path(e *eachRule, within *binder) itemGetter {
	within.name(e.At, pathPart)
	within.name(e.At, parentPart)
	label, m := b.label(e.Path), b.meter(e.Path)
	get := b.places(e.Path)
	return func(s *scope) ([]item, *rowError) {
		found, bad := get(s)
		if bad != nil {
			return nil, bad
		}
		levels := slices.DeleteFunc(found, func(name string) bool { return name == "" })
		if len(levels) > maxLevels {
			return nil, &rowError{Fault: schema.Fault{
				Column: label,
				Reason: "a path of " + strconv.Itoa(len(levels)) + " levels; at most " + strconv.Itoa(maxLevels) + " are read",
			}}
		}
		var all []item
		for i, name := range levels {
			if slices.Contains(levels[:i], name) {
				return nil, &rowError{Fault: schema.Fault{
					Column: label, Value: strings.Join(levels, levelsJoin), Reason: "the path comes back to " + strconv.Quote(name),
					Hint: "what lies in itself is a mistake of the sheet",
				}}
			}
			one, bad := m.part(s, item{text: name},
				pathPart, strings.Join(levels[:i+1], levelsJoin), parentPart, strings.Join(levels[:i], levelsJoin))
			if bad != nil {
				return nil, bad
			}
			all = append(all, one)
		}
		return all, nil
	}
}

// maxLevels is the most levels that a path may have.
const maxLevels = 100
