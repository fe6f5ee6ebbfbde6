package mapping

import (
	"cmp"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// binder compiles what a mapping says of one table for one file of it: columns become positions in the row, and
// everything is checked against the ontology. It gathers all mistakes rather than stop at the first.
type binder struct {
	mapping  *Mapping
	ontology *schema.Ontology
	table    *table
	dataset  string
	file     string   // the input; empty where only the mapping is checked
	header   []string // the input's columns; nil where only the mapping is checked
	indexes  map[string]*lookup
	used     map[int]bool           // columns that something uses
	atHand   bool                   // {} has a text: within an each, an into or a source's key
	parts    []string               // the names that an each gives to parts of its items
	made     map[string]*namedValue // by name: of this table with this header, which all copies share
	mistakes *[]*MappingError

	countries func() countries
}

// within is the binder of what has a text at hand, {}.
func (b *binder) within() *binder {
	inner := *b
	inner.atHand = true
	return &inner
}

// silent is a binder whose mistakes are told elsewhere.
func (b *binder) silent() *binder {
	quiet := *b
	quiet.mistakes = &[]*MappingError{}
	quiet.made = map[string]*namedValue{} // whose mistakes are not told
	return &quiet
}

func (b *binder) mistake(at place, reason, hint string) {
	b.unknown(at, reason, hint, "")
}

// unknown tells the mistake of a name that a listing lacks.
func (b *binder) unknown(at place, reason, hint string, see schema.Listing) {
	mistake := (&decoder{file: b.mapping.Name}).fail(at, reason, hint)
	mistake.See = see
	*b.mistakes = append(*b.mistakes, mistake)
}

// joined returns all mistakes as one error, in the order of the file.
func joined(mistakes []*MappingError) error {
	slices.SortStableFunc(mistakes, func(a, b *MappingError) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	var all []error
	for i, m := range mistakes {
		if !slices.ContainsFunc(mistakes[:i], func(n *MappingError) bool { return *n == *m }) { // several files of one table share theirs
			all = append(all, m)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}

// column finds a column by its header, or as #3; -1: there is none, which is said.
func (b *binder) column(name string, at place) int {
	if b.header == nil {
		return -1
	}
	i, reason, hint := findColumn(b.header, name)
	if reason != "" {
		b.mistake(at, b.file+" "+reason, hint)
		if separator := uncutBy(b.header, name); separator != "" {
			mistake := (*b.mistakes)[len(*b.mistakes)-1]
			mistake.Hint, mistake.Option = "say what stands between the cells", schema.Option{Name: "delimiter", Value: separator}
		}
		return -1
	}
	b.used[i] = true
	return i
}

// uncutBy returns what stands between the cells where a name is within one of the header's, which was cut at something
// else; empty: it is in none.
func uncutBy(header []string, name string) string {
	for _, separator := range []string{"|", ";", ",", "\t", "^", "~"} {
		for _, cell := range header {
			parts := cutAll([]string{cell}, []string{separator})
			switch {
			case len(parts) < 2 || !slices.Contains(parts, strings.TrimSpace(name)):
			case separator == "\t":
				return "tab"
			default:
				return separator
			}
		}
	}
	return ""
}

func findColumn(header []string, name string) (i int, reason, hint string) {
	name = strings.TrimSpace(name)
	found := -1
	for i, column := range header {
		if column != name {
			continue
		}
		if found >= 0 {
			return 0, "has two columns " + strconv.Quote(name), "name it by its number: #" + strconv.Itoa(found+1) + " or #" +
				strconv.Itoa(i+1)
		}
		found = i
	}
	if found >= 0 {
		return found, "", ""
	}
	if number, ok := strings.CutPrefix(name, "#"); ok {
		if n, err := strconv.Atoi(number); err == nil && n >= 1 && n <= len(header) {
			return n - 1, "", ""
		}
		return 0, "has " + strconv.Itoa(len(header)) + " columns, no " + name, ""
	}
	hint = "a constant is written {text: …}; the columns are " + strings.Join(header, ", ")
	if near := schema.Nearest(name, header); near != "" {
		hint = schema.DidYouMean(strconv.Quote(near), hint)
	}
	return 0, "has no column " + strconv.Quote(name), schema.Shorten(hint)
}

// rowError is why a row, or one statement of it, is rejected.
type rowError struct {
	schema.Fault
	wholeRow bool // the row itself is rejected, not only what is wrong
	grade    bool // it is a confidence: of an entity it costs no more than that
	limit    bool // the row makes more than it may
}

// scope is what a compiled value sees: one row, and within an each, an into or a source's key the text at hand.
type scope struct {
	row     *schema.Row
	item    string
	parts   map[string]string // of the item of each, by name
	notices *[]*schema.Notice
	trace   *trace                      // nil: nobody asks what becomes of cells
	named   map[*namedValue]*namedTexts // of the row, so far
	made    *int                        // bytes of texts of the row, so far
}

// scopeOf is the scope of a row.
func scopeOf(row *schema.Row, notices *[]*schema.Notice, traced *trace) *scope {
	return &scope{row: row, notices: notices, trace: traced, named: map[*namedValue]*namedTexts{}, made: new(int)}
}

// with is the scope with another text at hand.
func (s *scope) with(text string) *scope {
	inner := *s
	inner.item = text
	return &inner
}

// of is the scope of one item of an each.
func (s *scope) of(i item) *scope {
	inner := *s
	inner.item, inner.parts = i.text, i.parts
	return &inner
}

func (s *scope) notice(column, text, reason, hint string) {
	*s.notices = append(*s.notices, &schema.Notice{Fault: schema.Fault{
		Pos: s.row.Pos, Column: column, Value: schema.Brief(text), Reason: reason,
		Hint: hint,
	}})
}

// getter returns the texts of a value; none is an empty one.
type getter func(*scope) ([]string, *rowError)

// nothing is the getter of a value that could not be compiled, or is not there.
func nothing(*scope) ([]string, *rowError) { return nil, nil }

// value compiles a value; nil returns none.
func (b *binder) value(v *value) getter {
	if v == nil {
		return nothing
	}
	return b.refine(v, b.split(v, b.pick(v)))
}

// refine compiles what becomes of the texts that a value picks.
func (b *binder) refine(v *value, get getter) getter {
	get = b.cleanse(v, get)
	get = b.replace(v, get)
	get = b.narrow(v, get)
	get = b.translate(v, get)
	get = b.number(v, get)
	if v.Into != "" {
		get = b.into(v, get)
	}
	get = b.meter(v).counted(get)
	if v.Required {
		get = required(b.label(v), get)
	}
	return get
}

// label names a value in messages: its column, or what stands for it.
func (b *binder) label(v *value) string {
	switch {
	case v == nil:
		return ""
	case v.Column != "":
		return v.Column
	case v.Template != "":
		return v.Template
	case v.Of != nil:
		return b.label(v.Of)
	case v.Date != nil:
		return b.label(cmp.Or(v.Date.Text, v.Date.Year))
	case v.Point != nil:
		return b.label(cmp.Or(v.Point.Text, v.Point.MGRS, v.Point.Latitude))
	case len(v.First) > 0:
		return b.label(&v.First[0])
	case len(v.All) > 0:
		return b.label(&v.All[0])
	}
	return v.Text
}

// pick compiles where a value's texts come from.
func (b *binder) pick(v *value) getter {
	var given []string
	var get getter = nothing
	add := func(name string, compile func() getter) {
		if given = append(given, name); len(given) == 1 {
			get = compile()
		}
	}
	if v.Column != "" {
		add("column", func() getter { return b.cell(v.Column, v.At) })
	}
	if v.Text != "" {
		add("text", func() getter { return func(*scope) ([]string, *rowError) { return []string{v.Text}, nil } })
	}
	if v.Template != "" {
		add("template", func() getter { return b.template(v.Template, v.At) })
	}
	if v.First != nil {
		add("first", func() getter { return b.first(v.First) })
	}
	if v.All != nil {
		add("all", func() getter { return b.all(v) })
	}
	if v.Lookup != "" {
		add("lookup", func() getter { return b.find(v) })
	}
	if v.Date != nil {
		add("date", func() getter { return b.dates(v.Date) })
	}
	if v.Point != nil {
		add("point", func() getter { return b.point(v.Point) })
	}
	if v.Span != nil {
		add("span", func() getter { return single(b.period(v.Span)) })
	}
	switch {
	case len(given) == 0:
		b.mistake(v.At, "the value comes from nowhere", "give one of column, text, template, first, all, lookup, date, point and span")
	case len(given) > 1:
		b.mistake(v.At, "the value comes from "+strings.Join(given, " and "), "keep one")
	case v.Of != nil && v.Lookup == "":
		b.mistake(v.At, "of without lookup", "name the index under lookup")
	}
	return get
}

// cell compiles a column.
func (b *binder) cell(name string, at place) getter {
	if b.table != nil {
		if named, is := b.table.Values[name]; is {
			return b.named(name, &named, at)
		}
	}
	i := b.column(name, at)
	if i < 0 {
		return nothing
	}
	blank, broken := b.mapping.Blank, b.mapping.Broken
	return func(s *scope) ([]string, *rowError) {
		text := strings.TrimSpace(s.row.Cells[i])
		if fault := s.row.FaultOf(i); fault != nil {
			bad := &rowError{Fault: *fault}
			bad.Column = name
			return nil, bad
		}
		switch {
		case text == "" || slices.Contains(blank, text):
			return nil, nil
		case slices.Contains(broken, text):
			s.notice(name, text, "taken as empty", "")
			return nil, nil
		}
		s.trace.touch(i)
		return []string{text}, nil
	}
}

// template compiles a text with {column} in it; {} is the text at hand, {{ a brace. It gives nothing where a part does,
// and makes no text that is too long for a value: parts that are made of parts multiply.
func (b *binder) template(text string, at place) getter {
	var parts []getter
	literal := func(s string) {
		if s != "" {
			parts = append(parts, func(*scope) ([]string, *rowError) { return []string{s}, nil })
		}
	}
	rest := text
	for {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			literal(rest)
			break
		}
		literal(rest[:open])
		rest = rest[open+1:]
		if strings.HasPrefix(rest, "{") {
			literal("{")
			rest = rest[1:]
			continue
		}
		name, more, closed := strings.Cut(rest, "}")
		rest = more
		switch {
		case !closed:
			b.mistake(at, "a brace is not closed in "+strconv.Quote(text), "write {column}; a brace itself is {{")
			return nothing
		case name == "" && !b.atHand:
			b.mistake(at, "{} stands for nothing in "+strconv.Quote(text),
				"{} is the text of each, of into or of a source; a column is {its name}")
			return nothing
		case name == "":
			parts = append(parts, func(s *scope) ([]string, *rowError) { return texts{s.item}, nil })
		case slices.Contains(b.parts, name):
			blank := b.mapping.Blank
			parts = append(parts, func(s *scope) ([]string, *rowError) {
				if slices.Contains(blank, s.parts[name]) {
					return nil, nil
				}
				return texts{s.parts[name]}, nil
			})
		default:
			cell := b.cell(name, at)
			parts = append(parts, single(func(s *scope) (string, *rowError) { return one(cell, s, name) }))
		}
	}
	return func(s *scope) ([]string, *rowError) {
		var out strings.Builder
		for _, part := range parts {
			found, fault := part(s)
			if fault != nil {
				return nil, fault
			}
			if len(found) == 0 || found[0] == "" {
				return nil, nil
			}
			if out.Len()+len(found[0]) > schema.MaxValue {
				return nil, tooLong(schema.Shorten(text), found[0])
			}
			out.WriteString(found[0])
		}
		return []string{out.String()}, nil
	}
}

func (b *binder) values(list []value) []getter {
	var gets []getter
	for i := range list {
		gets = append(gets, b.value(&list[i]))
	}
	return gets
}

func (b *binder) first(list []value) getter {
	gets := b.values(list)
	return func(s *scope) ([]string, *rowError) {
		for _, get := range gets {
			if found, fault := get(s); fault != nil || len(found) > 0 {
				return found, fault
			}
		}
		return nil, nil
	}
}

func (b *binder) all(v *value) getter {
	gets, m := b.values(v.All), b.meter(v)
	return func(s *scope) ([]string, *rowError) {
		var all []string
		var fault *rowError
		for _, get := range gets {
			found, bad := get(s)
			if bad == nil || !bad.limit {
				bad = bad.and(m.texts(s, found...))
			}
			if fault = fault.and(bad); fault != nil && fault.limit {
				return nil, fault
			}
			all = append(all, found...)
		}
		return all, fault
	}
}

// find compiles a look-up.
func (b *binder) find(v *value) getter {
	ix := b.index(v.Lookup, v.At)
	if v.Of == nil {
		b.mistake(v.At, "look up what?", `give of, such as of: "{}" or a column`)
		return nothing
	}
	of := b.value(v.Of)
	if ix == nil {
		return nothing
	}
	if ix.To == nil {
		b.mistake(v.At, "the index "+ix.Name+" finds nothing: it has no to", "ask it with in, or give it to")
	}
	label, m := b.label(v.Of), b.meter(v)
	return func(s *scope) ([]string, *rowError) {
		asked, fault := of(s)
		var all []string
		for _, text := range asked {
			found, bad := ix.find(text)
			switch {
			case bad != nil:
				bad.Column = label
				return nil, bad
			case ix.has(text) || v.Others == "" || v.Others == "drop":
			case v.Others == "keep":
				found = []string{text}
			default:
				fault = fault.and(&rowError{Fault: schema.Fault{
					Column: label, Value: text, Reason: strconv.Quote(schema.Shorten(text)) + " is not in the index " + ix.Name,
					Hint: "add it to the table " + ix.Table + ", or say others: keep or drop",
				}})
			}
			if bad := m.texts(s, found...); bad != nil {
				return nil, bad
			}
			all = append(all, found...)
		}
		return all, fault
	}
}

// split compiles the separators.
func (b *binder) split(v *value, get getter) getter {
	if len(v.Split) == 0 {
		return get
	}
	for _, separator := range v.Split {
		if separator == "" {
			b.mistake(v.At, "an empty separator", `write for example split: ";"`)
			return get
		}
	}
	cut := cutter(b.label(v), v.Split, get)
	return func(s *scope) ([]string, *rowError) {
		parts, fault := cut(s)
		return filled(parts), fault
	}
}

// maxItems is the most that a cell may be split into.
const maxItems = 100_000

// cutter compiles a getter whose texts are cut at all separators. What is empty or there twice is kept.
func cutter(label string, separators []string, get getter) getter {
	return func(s *scope) ([]string, *rowError) {
		whole, fault := get(s)
		if fault != nil {
			return nil, fault
		}
		items := len(whole)
		for _, text := range whole {
			for _, separator := range separators {
				items += strings.Count(text, separator)
			}
		}
		if items > maxItems {
			return nil, &rowError{Fault: schema.Fault{
				Column: label, Value: whole[0], Hint: "give them rows of their own",
				Reason: "holds " + strconv.Itoa(items) + " items; at most " + strconv.Itoa(maxItems) + " are read",
			}}
		}
		return cutAll(whole, separators), nil
	}
}

// cutAll cuts texts at all separators, and trims what is between them.
func cutAll(whole, separators []string) []string {
	whole = slices.Clone(whole)
	for _, separator := range separators {
		var parts []string
		for _, text := range whole {
			parts = append(parts, strings.Split(text, separator)...)
		}
		whole = parts
	}
	for i := range whole {
		whole[i] = strings.TrimSpace(whole[i])
	}
	return whole
}

// splitAll cuts texts at all separators into those that say something, each once.
func splitAll(whole, separators []string) []string { return filled(cutAll(whole, separators)) }

// filled returns those of some texts that say something, each once.
func filled(texts []string) []string {
	var all distinct
	for _, text := range texts {
		if text != "" {
			all.add(text)
		}
	}
	return all.texts
}

// cleanse compiles blank and broken. What means an empty cell means nothing among the texts of a cell either.
func (b *binder) cleanse(v *value, get getter) getter {
	blank, broken := v.Blank, v.Broken
	if len(v.Split) > 0 {
		blank, broken = slices.Concat(blank, b.mapping.Blank), slices.Concat(broken, b.mapping.Broken)
	}
	if len(blank)+len(broken) == 0 {
		return get
	}
	label := b.label(v)
	return b.meter(v).each(get, func(s *scope, text string) (string, *rowError) {
		switch {
		case slices.Contains(blank, text):
			return "", nil
		case slices.Contains(broken, text):
			s.notice(label, text, "taken as empty", "")
			return "", nil
		}
		return text, nil
	})
}

// each applies a step to every text; an empty result drops it. Of several the good ones come beside the fault of the
// others. What a step makes longer is counted.
func (m *meter) each(get getter, step func(*scope, string) (string, *rowError)) getter {
	return func(s *scope) ([]string, *rowError) {
		found, fault := get(s)
		var out []string
		for _, text := range found {
			made, bad := step(s, text)
			if bad == nil && len(made) > len(text) {
				bad = m.take(s, len(made)-len(text))
			}
			if fault = fault.and(bad); fault != nil && fault.limit {
				return nil, fault
			}
			if bad == nil && made != "" {
				out = append(out, made)
			}
		}
		return out, fault
	}
}

// and returns the first of two faults, with the value of the other.
func (e *rowError) and(other *rowError) *rowError {
	switch {
	case e == nil:
		return other
	case other == nil || e.limit:
		return e
	case other.limit:
		return other
	}
	if len(e.Value) < schema.MaxBrief && e.Value != other.Value {
		e.Value += " | " + other.Value
	}
	e.wholeRow = e.wholeRow || other.wholeRow
	return e
}

func (b *binder) pattern(text string, at place) *regexp.Regexp {
	if text == "" {
		return nil
	}
	p, err := regexp.Compile(text)
	if err != nil {
		b.mistake(at, err.Error(), "regular expressions are RE2's: https://github.com/google/re2/wiki/Syntax")
	}
	return p
}

// narrow compiles matches, unlike and extract.
func (b *binder) narrow(v *value, get getter) getter {
	matches, unlike, extract := b.pattern(v.Matches, v.At), b.pattern(v.Unlike, v.At), b.pattern(v.Extract, v.At)
	if matches == nil && unlike == nil && extract == nil {
		return get
	}
	if extract != nil && extract.NumSubexp() != 1 {
		b.mistake(v.At, "extract needs exactly one pair of brackets", "mark the others (?: … )")
		return get
	}
	return b.meter(v).each(get, func(_ *scope, text string) (string, *rowError) {
		if matches != nil && !matches.MatchString(text) || unlike != nil && unlike.MatchString(text) {
			return "", nil
		}
		if extract == nil {
			return text, nil
		}
		if found := extract.FindStringSubmatch(text); found != nil {
			return strings.TrimSpace(found[1]), nil
		}
		return "", nil
	})
}

// translate compiles map and as.
func (b *binder) translate(v *value, get getter) getter {
	label := b.label(v)
	others := cmp.Or(v.Others, "reject")
	if !slices.Contains([]string{"reject", "keep", "drop"}, others) {
		b.mistake(v.At, "others is "+strconv.Quote(others), "one of reject, keep, drop")
	}
	unknown := func(text, reason, hint string) (string, *rowError) {
		switch others {
		case "keep":
			return text, nil
		case "drop":
			return "", nil
		}
		return "", &rowError{Fault: schema.Fault{
			Column: label, Value: text, Reason: strconv.Quote(schema.Shorten(text)) + " " + reason, Hint: hint,
		}}
	}
	if v.Fold && v.Map == nil {
		b.mistake(v.At, "fold without map", "it says how a map compares")
	}
	if v.Map != nil {
		folded := b.foldedMap(v)
		get = b.meter(v).each(get, func(_ *scope, text string) (string, *rowError) {
			if made, known := v.Map[text]; known {
				return made, nil
			}
			key, alike := folded[schema.NormalName(text)]
			hint := "add it to the mapping, or say others: keep or drop"
			switch {
			case alike && v.Fold:
				return v.Map[key], nil
			case alike:
				hint = "the map has " + strconv.Quote(schema.Shorten(key)) + ": fold: true compares without case and punctuation"
			}
			return unknown(text, "is not in the map", hint)
		})
	}
	switch v.As {
	case "":
		return get
	case "upper":
		return b.meter(v).each(get, func(_ *scope, text string) (string, *rowError) { return strings.ToUpper(text), nil })
	case "lower":
		return b.meter(v).each(get, func(_ *scope, text string) (string, *rowError) { return strings.ToLower(text), nil })
	case "country":
		names := b.countries()
		if others == "reject" {
			b.refuseCountries(v, names)
		}
		return b.meter(v).each(get, func(_ *scope, text string) (string, *rowError) {
			if code, ok := names.code(text); ok {
				return code, nil
			}
			return unknown(text, "is no country", "map it to its ISO 3166-1 code, such as SY")
		})
	}
	b.mistake(v.At, "as is "+strconv.Quote(v.As), "one of upper, lower, country")
	return get
}

// foldedMap returns the texts of a map by what they are as names are compared.
func (b *binder) foldedMap(v *value) map[string]string {
	folded := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(v.Map)) {
		name := schema.NormalName(key)
		before, alike := folded[name]
		switch {
		case name == "":
		case alike && v.Fold && v.Map[before] != v.Map[key]:
			b.mistake(v.At, strconv.Quote(before)+" and "+strconv.Quote(key)+" of the map are alike", "leave out fold, or one of them")
		default:
			folded[name] = key
		}
	}
	return folded
}

// refuseCountries tells the constants of a value that are no countries.
func (b *binder) refuseCountries(v *value, names countries) {
	named := *v
	named.As, named.Into = "", ""
	b.refuseConstants(&named, func(text string) (reason, hint string) {
		if _, known := names.code(text); known {
			return "", ""
		}
		return strconv.Quote(text) + " is no country", "map it to its ISO 3166-1 code, such as SY"
	})
}

func (b *binder) into(v *value, get getter) getter {
	shape, m := b.within().template(v.Into, v.At), b.meter(v)
	return func(s *scope) ([]string, *rowError) {
		found, fault := get(s)
		var out []string
		for _, text := range found {
			made, bad := shape(s.with(text))
			if bad == nil {
				bad = m.texts(s, made...)
			}
			if fault = fault.and(bad); fault != nil && fault.limit {
				return nil, fault
			}
			if bad == nil {
				out = append(out, made...)
			}
		}
		return out, fault
	}
}

// required rejects the row where a value gives nothing, or what is wrong.
func required(label string, get getter) getter {
	return func(s *scope) ([]string, *rowError) {
		found, bad := get(s)
		if bad != nil {
			bad.wholeRow = true
		} else if len(found) == 0 {
			bad = &rowError{wholeRow: true, Fault: schema.Fault{Column: label, Reason: "nothing is given, and the mapping requires it"}}
		}
		return found, bad
	}
}

// one returns the only text of a value; empty: none.
func one(get getter, s *scope, label string) (string, *rowError) {
	found, bad := get(s)
	switch {
	case bad != nil || len(found) == 0:
		return "", bad
	case len(found) > 1:
		return "", &rowError{Fault: schema.Fault{
			Column: label, Value: strings.Join(found[:min(len(found), few)], " | "),
			Reason: strconv.Itoa(len(found)) + " values where one is possible",
			Hint:   "take one with extract or first",
		}}
	}
	return found[0], nil
}
