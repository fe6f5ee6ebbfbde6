package encode

import (
	"archive/zip"
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"orbat/queries"
	"orbat/schema"
)

// BRAT is the name of the format in which [Annotations] writes.
const BRAT = "brat"

// Annotations writes a document with what is said in it as a ZIP archive in the format of BRAT: the text, its
// annotations, what is known of the document, the configuration, and the mapping by which orbat reads it back. It is an
// archive since an export is one file, which is there only when it is whole. It returns how many statements cite the
// document and are not in it: BRAT has no place for what stands at no passage.
//
// An annotation that was loaded leaves as it came. What its type and ends do not say stands in a note of the type
// "orbat": the record, behind what the annotation was when it was written. Another statement is a relation between
// mentions in its passage where both its ends are mentioned or named there, else a mention of the type Statement.
func Annotations(w io.Writer, a *queries.Annotated) (left int, err error) {
	b := &bratWriter{
		Annotated: a, passages: schema.NewPassages(a.Text), ids: map[string]bool{}, taken: map[string]bool{}, next: map[byte]int{},
		types:  map[string]string{},
		events: map[string]string{}, relations: map[string][]bratRule{}, roles: map[string][]bratRule{},
		attributes: map[string]map[string]bool{}, pairs: map[string]map[string]bool{},
	}
	b.write()
	stem := stemOf(a.Self.Subject)
	archive := zip.NewWriter(w)
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{stem + ".txt", func(w io.Writer) error { _, err := io.WriteString(w, a.Text); return err }},
		{stem + ".ann", func(w io.Writer) error { return writeLines(w, b.lines) }},
		{stem + "_meta.txt", func(w io.Writer) error { return writeLines(w, b.facts()) }},
		{"annotation.conf", func(w io.Writer) error { return writeLines(w, b.configuration()) }},
		{"annotation.yaml", b.mapping},
	} {
		part, err := archive.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Store})
		if err == nil {
			err = file.write(part)
		}
		if err != nil {
			return b.left, err
		}
	}
	return b.left, archive.Close()
}

func writeLines(w io.Writer, lines []string) error {
	out := bufio.NewWriter(w)
	for _, line := range lines {
		_, _ = out.WriteString(line) // Flush says
		_ = out.WriteByte('\n')
	}
	return out.Flush()
}

var notInFileName = regexp.MustCompile(`[^A-Za-z0-9]+`)

// stemOf returns a name for files by what a document is called.
func stemOf(xid string) string {
	const longest = 60
	name := strings.Trim(notInFileName.ReplaceAllString(xid[strings.LastIndexAny(strings.TrimRight(xid, "/"), "/#:")+1:], "-"), "-")
	return cmp.Or(name[:min(len(name), longest)], "document")
}

type (
	// bratRule is a rule of the mapping: what a relation between two types becomes.
	bratRule struct {
		From      string            `yaml:"from,omitempty"`
		To        string            `yaml:"to,omitempty"`
		Relation  string            `yaml:"relation,omitempty"`
		Property  string            `yaml:"property,omitempty"`
		Swap      bool              `yaml:"swap,omitempty"`
		Values    map[string]string `yaml:"values,omitempty"`
		Assertion string            `yaml:"assertion,omitempty"`
	}
	// bratMention is a mention that is written, or an event.
	bratMention struct {
		id, label  string
		begin, end int
		words      string
		object     string // whom it means
	}
	bratWriter struct {
		*queries.Annotated
		passages *schema.Passages
		lines    []string
		left     int

		ids map[string]bool // that claims have

		taken      map[string]bool // those that are written
		next       map[byte]int
		notes      int
		mentions   []*bratMention
		byRecord   map[string]*bratMention // by what a claim calls them
		types      map[string]string
		events     map[string]string
		relations  map[string][]bratRule
		roles      map[string][]bratRule
		attributes map[string]map[string]bool // values by name
		pairs      map[string]map[string]bool // types that relations join
	}
)

// annotatedClaim is a claim with where it stands and what its annotation says.
type annotatedClaim struct {
	*schema.Claim
	*schema.Annotation
	cite schema.Citation
}

// write makes the lines of the annotations.
func (b *bratWriter) write() {
	var mentions, relations, events, arguments, others []annotatedClaim
	for _, c := range b.Claims {
		at := slices.IndexFunc(c.Cites, func(cite schema.Citation) bool {
			return cite.Source == b.Self.Subject && cite.Begin != schema.NoSpan && cite.Begin < b.endOf(cite) &&
				b.endOf(cite) <= b.passages.Length()
		})
		if at < 0 {
			b.left++
			continue
		}
		cite := c.Cites[at]
		cite.End = b.endOf(cite)
		one := annotatedClaim{c, schema.AnnotationOf(c), cite}
		switch {
		case one.Annotation == nil:
			others = append(others, one)
		case c.Predicate == "mentions" && len(one.Ends) == 0:
			mentions = append(mentions, one)
		case c.Predicate == schema.Describes && len(one.Ends) == 1:
			events = append(events, one)
		case len(one.Ends) == 2 && len(one.Roles) == 1:
			arguments = append(arguments, one)
		case len(one.Ends) == 2 && c.Predicate != schema.Describes:
			relations = append(relations, one)
		default:
			others = append(others, one)
		}
		if one.Annotation != nil && c.Record != "" {
			b.ids[c.Record] = true
		}
	}
	for _, list := range [][]annotatedClaim{mentions, relations, events, arguments, others} {
		slices.SortStableFunc(list, func(x, y annotatedClaim) int {
			return cmp.Or(cmp.Compare(len(x.Record), len(y.Record)), cmp.Compare(x.Record, y.Record),
				cmp.Compare(x.cite.Begin, y.cite.Begin))
		})
	}
	b.byRecord = map[string]*bratMention{}
	b.writeMentions(mentions)
	others = append(others, b.writeEvents(events, arguments)...)
	others = append(others, b.writeRelations(relations)...)
	for _, c := range others {
		b.writeOther(c)
	}
}

func (b *bratWriter) endOf(cite schema.Citation) int {
	if cite.End == schema.NoSpan {
		return cite.Begin + len([]rune(cite.Quote))
	}
	return cite.End
}

// id returns an id of a kind: the one that the annotation had, or a new one, as where a folder was edited and loaded
// again, so that two have the same.
func (b *bratWriter) id(kind byte, had string) string {
	if bratID(kind, had) && !b.taken[had] {
		b.taken[had] = true
		return had
	}
	for {
		b.next[kind]++
		if id := string(kind) + strconv.Itoa(b.next[kind]); !b.ids[id] {
			return id
		}
	}
}

// bratID reports whether an id is one of a kind.
func bratID(kind byte, id string) bool {
	return len(id) > 1 && id[0] == kind && strings.Trim(id[1:], "0123456789") == ""
}

// label returns a type as BRAT takes one.
func label(text string) string {
	return cmp.Or(strings.Join(strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || c == ':' }), "_"), "Statement")
}

func (b *bratWriter) line(parts ...string) { b.lines = append(b.lines, strings.Join(parts, "\t")) }

// words returns what stands at spans, on one line.
func (b *bratWriter) words(spans [][2]int) string {
	var words []string
	for _, s := range spans {
		piece, _ := b.passages.Slice(s[0], s[1]) // none of a span that another wrote
		words = append(words, strings.Fields(piece)...)
	}
	return strings.Join(words, " ")
}

// mention writes a mention, and returns it with what stands in its second column.
func (b *bratWriter) mention(id, name string, spans [][2]int, object string) (*bratMention, string) {
	var pieces []string
	for _, s := range spans {
		pieces = append(pieces, strconv.Itoa(s[0])+" "+strconv.Itoa(s[1]))
	}
	column := name + " " + strings.Join(pieces, ";")
	m := &bratMention{id: id, label: name, words: b.words(spans), object: object}
	m.begin, m.end = spans[0][0], spans[0][1]
	for _, s := range spans {
		m.begin, m.end = min(m.begin, s[0]), max(m.end, s[1])
	}
	b.line(id, column, m.words)
	b.mentions = append(b.mentions, m)
	return m, column
}

// additions writes the attributes and notes of an annotation.
func (b *bratWriter) additions(id string, a *schema.Annotation) {
	for _, name := range slices.Sorted(maps.Keys(a.Attributes)) {
		value := a.Attributes[name]
		if b.attributes[name] == nil {
			b.attributes[name] = map[string]bool{}
		}
		b.attributes[name][value] = true
		b.line(b.id('A', ""), strings.TrimSpace(name+" "+id+" "+value))
	}
	for _, n := range a.Normalisations {
		b.line(b.id('N', ""), n[0]+" "+id+" "+n[1]+":"+n[2], n[3])
	}
	for _, n := range a.Notes {
		b.note(n[0], id, n[1])
	}
}

func (b *bratWriter) note(kind, id, text string) {
	b.notes++
	b.line("#"+strconv.Itoa(b.notes), kind+" "+id, text)
}

// keep writes the record of a claim behind what its annotation looks like. Its ends are called as the mentions call
// them that it is about, else as the data set does.
func (b *bratWriter) keep(id, column string, c *schema.Claim, about ...*bratMention) {
	record := c.Clone()
	record.Dataset = ""
	text := string(record.AppendJSON(nil))
	for _, end := range []string{"from", "to", "of"} {
		xid := c.Subject
		if end == "to" {
			xid = c.Object
		}
		described := b.Named[xid]
		if described == nil || xid == "" {
			continue
		}
		ref := map[string]string{"xid": xid, "type": described.Type}
		if name := described.Values["name"]; len(name) > 0 {
			ref["name"] = name[0]
		}
		for _, m := range about {
			if m.object == xid && strings.HasSuffix(xid, "/"+schema.NormalName(m.words)) && m.words != "" {
				ref["name"] = m.words
			}
		}
		whole, _ := json.Marshal(ref) // texts
		member := `"` + end + `":`
		text = strings.Replace(text, member+string(schema.AppendJSONString(nil, xid)), member+string(whole), 1)
	}
	b.note("orbat", id, column+" "+text)
}

// plain reports whether a claim says nothing that an annotation of its passage does not.
func (b *bratWriter) plain(c annotatedClaim, id string, begin, end int, assertion string) bool {
	quote, ok := b.passages.Annotated(begin, end)
	cited := schema.Citation{Source: b.Self.Subject, Quote: schema.CanonicalText(quote), Begin: begin, End: end}
	return ok && len(c.Cites) == 1 && c.Cites[0] == cited && c.Record == id &&
		c.Confidence == schema.NoConfidence && c.Credibility == "" && c.Method == "" && c.Marking == "" &&
		c.AttributedTo == "" && c.Period.Text() == "" && len(c.Extra) == 1 &&
		string(c.Assertion) == cmp.Or(assertion, string(schema.Asserted))
}

// typeOf returns the type of whom a statement means, as the data set says.
func (b *bratWriter) typeOf(xid string) string {
	if c := b.Named[xid]; c != nil {
		return c.Type
	}
	rest, is := strings.CutPrefix(xid, "orbat:"+b.Dataset+"/")
	if kind, _, named := strings.Cut(rest, "/"); is && named && !strings.HasPrefix(rest, "#") {
		return kind
	}
	return ""
}

// writeMentions writes what is mentioned, and what is said to be one.
func (b *bratWriter) writeMentions(claims []annotatedClaim) {
	equal := map[string][]*bratMention{}
	type written struct {
		annotatedClaim
		*bratMention
		column string
	}
	var all []written
	for _, c := range claims {
		id, name := b.id('T', c.Record), label(c.Label)
		spans := c.Spans
		if len(spans) == 0 {
			spans = [][2]int{{c.cite.Begin, c.cite.End}}
		}
		m, column := b.mention(id, name, spans, c.Object)
		b.byRecord[c.Record] = m
		if kind := b.typeOf(c.Object); b.types[name] == "" && kind != "" {
			b.types[name] = kind
		}
		b.additions(id, c.Annotation)
		if c.Equal {
			equal[c.Object] = append(equal[c.Object], m)
		}
		all = append(all, written{c, m, column})
	}
	named := map[string]string{}
	for _, xid := range slices.Sorted(maps.Keys(equal)) {
		group := equal[xid]
		first := slices.MinFunc(group, func(x, y *bratMention) int {
			return cmp.Or(cmp.Compare(x.begin, y.begin), cmp.Compare(x.end, y.end), cmp.Compare(x.id, y.id))
		})
		named[xid] = first.words
		ids := []string{"Equiv"}
		for _, m := range group {
			ids = append(ids, m.id)
		}
		if len(group) > 1 {
			b.line("*", strings.Join(ids, " "))
		} else {
			named[xid] = ""
		}
	}
	for _, m := range all {
		name := m.words
		if m.Equal {
			name = named[m.Object]
		}
		kind := b.types[m.bratMention.label]
		event := strings.HasPrefix(m.Object, "orbat:"+b.Dataset+"/#text-") && b.typeOf(m.Object) == "Event"
		reads := m.Object == "orbat:"+b.Dataset+"/"+kind+"/"+schema.NormalName(name) || event
		for _, n := range m.Normalisations {
			if xid, err := schema.CheckXID(strings.ToLower(n[1]) + ":" + n[2]); err == nil {
				reads = m.Object == xid && b.typeOf(xid) == kind
				break
			}
		}
		reads = reads && m.Annotation.Label == m.bratMention.label && len(m.Claim.Values) == 0
		if !reads || !b.plain(m.annotatedClaim, m.id, m.begin, m.end, "") {
			b.keep(m.id, m.column, m.Claim, m.bratMention)
		}
	}
}

// assertionOf is what the attributes say that orbat itself knows.
func assertionOf(a *schema.Annotation) string {
	_, negated := a.Attributes["Negation"]
	_, hedged := a.Attributes["Speculation"]
	switch {
	case hedged:
		return string(schema.Hedged)
	case negated:
		return string(schema.Negated)
	}
	return a.Attributes["Assertion"]
}

// writeRelations writes what joins two that are written, and returns the others.
func (b *bratWriter) writeRelations(claims []annotatedClaim) (others []annotatedClaim) {
	for _, c := range claims {
		from, to := b.byRecord[c.Ends[0]], b.byRecord[c.Ends[1]]
		if from == nil || to == nil {
			others = append(others, c)
			continue
		}
		roles := c.Roles
		if len(roles) != 2 {
			roles = []string{"Arg1", "Arg2"}
		}
		id, name := b.id('R', c.Record), label(c.Label)
		column := name + " " + roles[0] + ":" + from.id + " " + roles[1] + ":" + to.id
		b.line(id, column, "")
		b.additions(id, c.Annotation)
		assertion := assertionOf(c.Annotation)
		same, rule := b.rule(b.relations, name, c, from, to, assertion)
		begin, end := min(from.begin, to.begin), max(from.end, to.end)
		if !same || c.Annotation.Label != name || !b.plain(c, id, begin, end, cmp.Or(assertion, rule.Assertion)) {
			b.keep(id, column, c.Claim, from, to)
		}
	}
	return others
}

// rule returns the rule for a statement between two types, which the first of them makes, and whether it is what that
// rule makes.
func (b *bratWriter) rule(
	list map[string][]bratRule, name string, c annotatedClaim, from, to *bratMention, assertion string,
) (bool, bratRule) {
	made := bratRule{From: from.label, To: to.label}
	subject, object := from, to
	if c.Object == "" {
		made.Property = c.Predicate
	} else {
		made.Relation = c.Predicate
		made.Swap = c.Subject != from.object
		if made.Swap {
			subject, object = to, from
		}
		for name, values := range c.Claim.Values {
			if made.Values == nil {
				made.Values = map[string]string{}
			}
			made.Values[name] = strings.Join(values, "\x00")
		}
	}
	if assertion == "" && c.Assertion != schema.Asserted {
		made.Assertion = string(c.Assertion)
	}
	if c.Subject != subject.object || c.Object != "" && c.Object != object.object || c.Object == "" && c.Claim.Value != object.words {
		return false, made
	}
	pair := from.label + "\t" + to.label
	if b.pairs[name] == nil {
		b.pairs[name] = map[string]bool{}
	}
	b.pairs[name][pair] = true
	for _, known := range list[name] {
		if known.From == made.From && known.To == made.To {
			return known.Relation == made.Relation && known.Property == made.Property && known.Swap == made.Swap &&
				maps.Equal(known.Values, made.Values) && known.Assertion == made.Assertion, known
		}
	}
	for _, value := range made.Values {
		if strings.Contains(value, "\x00") {
			return false, made
		}
	}
	list[name] = append(list[name], made)
	return true, made
}

// writeEvents writes the events with their arguments, and returns what cannot be one.
func (b *bratWriter) writeEvents(events, arguments []annotatedClaim) (others []annotatedClaim) {
	byEvent := map[string][]annotatedClaim{}
	for _, c := range arguments {
		byEvent[c.Ends[0]] = append(byEvent[c.Ends[0]], c)
	}
	known := map[string]*bratMention{}
	for _, c := range events {
		if trigger := b.byRecord[c.Ends[0]]; trigger != nil && bratID('E', c.Record) && known[c.Record] == nil {
			known[c.Record] = &bratMention{
				id: c.Record, label: label(c.Label), begin: trigger.begin, end: trigger.end, words: trigger.words, object: c.Subject,
			}
			b.byRecord[c.Record] = known[c.Record]
		}
	}
	for _, c := range events {
		e := known[c.Record]
		if e == nil || e.object != c.Subject {
			others = append(others, c)
			continue
		}
		column := e.label + ":" + b.byRecord[c.Ends[0]].id
		assertion := assertionOf(c.Annotation)
		var odd []annotatedClaim
		for _, arg := range byEvent[c.Record] {
			filler := b.byRecord[arg.Ends[1]]
			role := label(arg.Roles[0])
			if filler == nil {
				odd = append(odd, arg)
				continue
			}
			same, rule := b.rule(b.roles, strings.TrimRight(role, "0123456789"), arg, e, filler, assertion)
			if !same || !b.plain(arg, c.Record, min(e.begin, filler.begin), max(e.end, filler.end), cmp.Or(assertion, rule.Assertion)) {
				odd = append(odd, arg)
				continue
			}
			column += " " + role + ":" + filler.id
		}
		delete(byEvent, c.Record)
		others = append(others, odd...)
		b.line(c.Record, column)
		b.additions(c.Record, c.Annotation)
		kind := strings.Join(c.Claim.Values["event_kind"], "\x00")
		if before, is := b.events[e.label]; !is {
			b.events[e.label] = kind
		} else if before != kind {
			kind = "\x00"
		}
		name := c.Claim.Values["name"]
		if len(c.Claim.Values) > 2 || strings.Contains(kind, "\x00") || len(name) != 1 || name[0] != e.words ||
			!b.plain(c, c.Record, e.begin, e.end, assertion) {
			b.keep(c.Record, column, c.Claim)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(byEvent)) {
		others = append(others, byEvent[id]...)
	}
	return others
}

// statementLabel is the type of a passage that states what no relation between mentions says.
const statementLabel = "Statement"

// writeOther writes what is no annotation.
func (b *bratWriter) writeOther(c annotatedClaim) {
	if c.Object != "" && c.Predicate != "mentions" && c.Annotation == nil {
		from, to := b.named(c, c.Subject), b.named(c, c.Object)
		if from != nil && to != nil && from != to {
			column := c.Predicate + " Arg1:" + b.placed(from) + " Arg2:" + b.placed(to)
			id := b.id('R', "")
			b.line(id, column, "")
			b.asserted(id, c.Assertion)
			if b.pairs[c.Predicate] == nil {
				b.pairs[c.Predicate] = map[string]bool{}
			}
			b.pairs[c.Predicate][from.label+"\t"+to.label] = true
			b.keep(id, column, c.Claim, from, to)
			return
		}
	}
	m, column := b.mention(b.id('T', ""), statementLabel, [][2]int{{c.cite.Begin, c.cite.End}}, "")
	b.keep(m.id, column, c.Claim)
}

// asserted shows annotators how something is stated.
func (b *bratWriter) asserted(id string, how schema.Assertion) {
	a := &schema.Annotation{Attributes: map[string]string{}}
	switch how {
	case schema.Asserted:
	case schema.Negated:
		a.Attributes["Negation"] = ""
	case schema.Hedged:
		a.Attributes["Speculation"] = ""
	case schema.Denied, schema.Reported, schema.Planned:
		a.Attributes["Assertion"] = string(how)
	}
	b.additions(id, a)
}

// named finds where the passage of a statement mentions or names one of its ends; nil: nowhere. What is not written yet
// has no id.
func (b *bratWriter) named(c annotatedClaim, xid string) *bratMention {
	for _, m := range b.mentions {
		if m.object == xid && m.begin >= c.cite.Begin && m.end <= c.cite.End {
			return m
		}
	}
	described := b.Named[xid]
	if described == nil {
		return nil
	}
	passage, _ := b.passages.Slice(c.cite.Begin, c.cite.End) // it was checked
	for _, name := range described.Values["name"] {
		if at := strings.Index(passage, name); at >= 0 && name != "" {
			begin := c.cite.Begin + len([]rune(passage[:at]))
			return &bratMention{label: described.Type, begin: begin, end: begin + len([]rune(name)), object: xid}
		}
	}
	return nil
}

// placed returns the id of a mention, which it writes where that is to be: it is an end and states nothing itself.
func (b *bratWriter) placed(m *bratMention) string {
	if m.id == "" {
		written, _ := b.mention(b.id('T', ""), label(m.label), [][2]int{{m.begin, m.end}}, m.object)
		b.note("orbat", written.id, "end")
		m.id = written.id
	}
	return m.id
}

// facts are what the data set says of the document.
func (b *bratWriter) facts() []string {
	self := b.Self
	lines := []string{"xid: " + self.Subject}
	if id, is := strings.CutPrefix(self.Subject, "orbat:"+b.Dataset+"/#"); is {
		lines[0] = "id: " + id
	}
	for _, name := range slices.Sorted(maps.Keys(self.Values)) {
		if values := self.Values[name]; len(values) == 1 && !strings.ContainsAny(values[0], "\r\n") {
			lines = append(lines, name+": "+values[0])
		} else {
			b.left++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(self.Extra)) {
		lines = append(lines, name+": "+self.Extra[name])
	}
	return lines
}

// configuration is what BRAT needs to show and to take these types.
func (b *bratWriter) configuration() []string {
	labels := map[string]bool{}
	for _, m := range b.mentions {
		if _, event := b.events[m.label]; !event {
			labels[m.label] = true
		}
	}
	lines := append([]string{"[entities]"}, slices.Sorted(maps.Keys(labels))...)
	lines = append(lines, "", "[relations]")
	for _, name := range slices.Sorted(maps.Keys(b.pairs)) {
		if _, role := b.roles[name]; role && b.relations[name] == nil {
			continue
		}
		for _, pair := range slices.Sorted(maps.Keys(b.pairs[name])) {
			from, to, _ := strings.Cut(pair, "\t")
			lines = append(lines, name+"\tArg1:"+from+", Arg2:"+to)
		}
	}
	lines = append(lines, "<OVERLAP>\tArg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>", "", "[events]")
	var roles []string
	for _, role := range slices.Sorted(maps.Keys(b.roles)) {
		roles = append(roles, role+"*:<ANY>")
	}
	for _, name := range slices.Sorted(maps.Keys(b.events)) {
		lines = append(lines, strings.TrimRight(name+"\t"+strings.Join(roles, ", "), "\t"))
	}
	lines = append(lines, "", "[attributes]")
	for _, name := range slices.Sorted(maps.Keys(b.attributes)) {
		line := name + "\tArg:<ANY>"
		values := slices.DeleteFunc(slices.Sorted(maps.Keys(b.attributes[name])), func(v string) bool { return v == "" })
		if len(values) > 0 {
			line += ", Value:" + strings.Join(values, "|")
		}
		lines = append(lines, line)
	}
	return lines
}

// mapping is what orbat reads these types by.
func (b *bratWriter) mapping(w io.Writer) error {
	types := map[string]*string{statementLabel: nil}
	for name, kind := range b.types {
		if name != kind {
			types[name] = &kind
		}
	}
	events := map[string]map[string]string{}
	for name, kind := range b.events {
		events[name] = map[string]string{"kind": kind}
	}
	if _, err := fmt.Fprintln(w, "# How orbat reads these annotations."); err != nil {
		return err
	}
	encoder := yaml.NewEncoder(w)
	err := encoder.Encode(struct {
		Types     map[string]*string           `yaml:"types,omitempty"`
		Relations map[string][]bratRule        `yaml:"relations,omitempty"`
		Events    map[string]map[string]string `yaml:"events,omitempty"`
		Roles     map[string][]bratRule        `yaml:"roles,omitempty"`
	}{types, b.relations, events, b.roles})
	if err != nil {
		return err
	}
	return encoder.Close()
}
