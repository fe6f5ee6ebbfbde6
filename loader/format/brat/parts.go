package brat

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/format/annotation"
	"orbat/loader/format/decode"
	"orbat/schema"
)

// parts gathers the lines of a document until all of them are known: an annotation may speak of later ones.
type parts struct {
	doc  *annotation.Document
	conf *configuration

	mentions  []*mention
	relations []*line
	events    []*event
	additions []*line // attributes, entries of registers, notes
	equal     []*line

	seen     map[string]*line
	mention  map[string]*mention
	event    map[string]*event
	relation map[string]*annotation.Relation
	marks    map[string]*annotation.Mark
	changed  []*schema.Notice // since orbat wrote them
}

type (
	mention struct {
		*line
		*annotation.Mention
		bad bool
	}
	event struct {
		*line
		*annotation.Event
		trigger string
		bad     bool
	}
)

func newParts(doc *annotation.Document, conf *configuration) *parts {
	return &parts{
		doc: doc, conf: conf, seen: map[string]*line{}, mention: map[string]*mention{}, event: map[string]*event{},
		relation: map[string]*annotation.Relation{}, marks: map[string]*annotation.Mark{},
	}
}

// reject notes that a line cannot be read.
func (p *parts) reject(l *line, column, value, reason, hint string) {
	p.doc.Reject(schema.Fault{Pos: l.pos, Column: column, Value: value, Reason: reason, Hint: hint}, l.raw)
}

var annotationID = regexp.MustCompile(`^([TREAMN#][0-9A-Za-z_.-]*|\*)$`)

// take takes a line.
func (p *parts) take(l *line) {
	if !annotationID.MatchString(l.id) || len(l.words) == 0 {
		p.reject(l, "", "", "not a line of BRAT", "an id (T1, R1, E1, A1, N1, #1 or *), a tab, the type and what follows it")
		return
	}
	if l.id != "*" && l.id != "#" {
		if first := p.seen[l.id]; first != nil {
			p.reject(l, "id", l.id, fmt.Sprintf("the id stands twice: in line %d too", first.pos.Line), "give it a number of its own")
			return
		}
		p.seen[l.id] = l
	}
	switch l.id[0] {
	case 'T':
		p.takeMention(l)
	case 'R':
		p.relations = append(p.relations, l)
	case 'E':
		p.takeEvent(l)
	case '*':
		p.equal = append(p.equal, l)
	default:
		p.additions = append(p.additions, l)
	}
}

// markOf returns what every annotation has.
func markOf(l *line) annotation.Mark {
	return annotation.Mark{Pos: l.pos, Raw: l.raw, ID: l.id, Label: l.words[0]}
}

// maxSpans bounds the pieces of one mention.
const maxSpans = 1000

// takeMention reads T1, a type and its spans ("0 5;9 12"), and the words.
func (p *parts) takeMention(l *line) {
	m := &mention{line: l, Mention: &annotation.Mention{Mark: markOf(l)}}
	p.mention[l.id] = m
	pieces := strings.Split(strings.Join(l.words[1:], " "), ";")
	if len(pieces) > maxSpans {
		p.reject(l, "span", "", fmt.Sprintf("%d pieces; at most %d", len(pieces), maxSpans), "mark what is named as one piece")
		m.bad = true
		return
	}
	for _, piece := range pieces {
		ends := strings.Fields(piece)
		var span annotation.Span
		var bad error
		if len(ends) == 2 {
			if span.Begin, bad = strconv.Atoi(ends[0]); bad == nil {
				span.End, bad = strconv.Atoi(ends[1])
			}
		}
		if len(ends) != 2 || bad != nil || span.Begin < 0 || span.End <= span.Begin {
			p.reject(l, "span", piece, "not a span", "where it begins and where it ends, in characters from the start of the text: 0 5")
			m.bad = true
			return
		}
		m.Spans = append(m.Spans, span)
	}
	p.mentions = append(p.mentions, m)
}

// takeEvent reads E1, a type with its trigger and the arguments.
func (p *parts) takeEvent(l *line) {
	label, trigger, found := strings.Cut(l.words[0], ":")
	if !found || trigger == "" {
		p.reject(l, "trigger", l.words[0], "an event names no trigger", "write TYPE:T1")
		p.event[l.id] = &event{line: l, bad: true}
		return
	}
	e := &event{line: l, Event: &annotation.Event{Mark: markOf(l)}, trigger: trigger}
	e.Label = label
	p.event[l.id] = e
	p.events = append(p.events, e)
}

// finish puts together what the lines say, and returns what is odd.
func (p *parts) finish(end schema.Position) (notices []*schema.Notice) {
	count := countingOf(p.doc.Passages(), p.doc.Text, p.mentions)
	if count.name != "" {
		notices = append(notices, annotation.Notice(schema.Position{File: end.File}, "the offsets count "+count.name+", and were taken so"))
	}
	for _, m := range p.mentions {
		p.place(m, count)
	}
	p.resolveEvents()
	p.resolveRelations()
	for _, l := range p.additions {
		p.add(l)
	}
	for _, l := range p.equal {
		p.join(l, l.words[1:])
	}
	for _, m := range p.mentions {
		if !m.bad {
			p.doc.Mention(m.Mention)
		}
	}
	for _, e := range p.events {
		if !e.bad {
			p.doc.Event(e.Event)
		}
	}
	for _, l := range p.relations {
		if r := p.relation[l.id]; r != nil {
			p.doc.Relation(r)
		}
	}
	notices = append(notices, p.changed...)
	slices.SortFunc(notices, func(a, b *schema.Notice) int { return a.Pos.Line - b.Pos.Line })
	return notices
}

// place brings the spans of a mention to code points, and sees that its words stand there.
func (p *parts) place(m *mention, count counting) {
	length := p.doc.Passages().Length()
	for i, s := range m.Spans {
		s.Begin, s.End = count.point(s.Begin), count.point(s.End)
		if s.Begin < 0 || s.End < 0 || s.End > length {
			p.reject(m.line, "span", strconv.Itoa(m.Spans[i].End),
				fmt.Sprintf("lies beyond the text, which has %d characters", length), "is it the annotations of another text?")
			m.bad = true
			return
		}
		m.Spans[i] = s
	}
	if m.text != "" && !sameWords(p.doc.Words(m.Mention), m.text) {
		p.reject(m.line, "text", m.text, "the text has something else there: "+strconv.Quote(schema.Shorten(p.doc.Words(m.Mention))),
			"was the text changed after it was annotated?")
		m.bad = true
		return
	}
	p.marks[m.id] = &m.Mark
}

// sameWords reports whether two texts differ in nothing but white space.
func sameWords(a, b string) bool {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	return squeeze(a) == squeeze(b)
}

// target returns what an id means, or says that nothing does.
func (p *parts) target(l *line, id string) (annotation.End, bool) {
	if m := p.mention[id]; m != nil && !m.bad {
		return m.Mention, true
	}
	if e := p.event[id]; e != nil && !e.bad {
		return e.Event, true
	}
	p.missing(l, id)
	return nil, false
}

// missing rejects a line that speaks of what is not there.
func (p *parts) missing(l *line, id string) {
	if first := p.seen[id]; first != nil {
		p.reject(l, "id", id, fmt.Sprintf("%s is not read: see line %d", schema.Shorten(id), first.pos.Line), "mend that one")
		return
	}
	p.reject(l, "id", id, "there is no "+schema.Shorten(id), "is the file complete?")
}

// resolveEvents finds triggers and arguments, once all that cannot be is left out: an event whose argument is not read
// is not either, and none is a part of itself.
func (p *parts) resolveEvents() {
	argument := func(word string) (role, id string) {
		role, id, _ = strings.Cut(word, ":")
		return role, id
	}
	p.rejectCycles(argument)
	waiting := map[string][]*event{} // events by the id of an argument that is an event
	var gone []string
	lacks := func(e *event, id string) {
		p.missing(e.line, id)
		e.bad = true
		gone = append(gone, e.id)
	}
	for _, e := range p.events {
		if e.bad {
			gone = append(gone, e.id)
			continue
		}
		if m := p.mention[e.trigger]; m == nil || m.bad {
			lacks(e, e.trigger)
			continue
		}
		for _, word := range e.words[1:] {
			role, id := argument(word)
			if role == "" || id == "" {
				p.reject(e.line, "argument", word, "not an argument", "write ROLE:T1 or ROLE:E1")
				e.bad = true
				gone = append(gone, e.id)
				break
			}
			filler := p.event[id]
			if m := p.mention[id]; m != nil && !m.bad {
				continue
			}
			if filler == nil || filler.Event == nil {
				lacks(e, id)
				break
			}
			waiting[id] = append(waiting[id], e)
		}
	}
	for len(gone) > 0 {
		id := gone[len(gone)-1]
		gone = gone[:len(gone)-1]
		for _, e := range waiting[id] {
			if !e.bad {
				lacks(e, id)
			}
		}
	}
	for _, e := range p.events {
		if e.bad {
			continue
		}
		e.Trigger = p.mention[e.trigger].Mention
		if e.Trigger.Triggers == nil {
			e.Trigger.Triggers = e.Event
		}
		for _, word := range e.words[1:] {
			role, id := argument(word)
			if m := p.mention[id]; m != nil {
				e.Arguments = append(e.Arguments, annotation.Argument{Role: role, Filler: m.Mention})
			} else {
				e.Arguments = append(e.Arguments, annotation.Argument{Role: role, Filler: p.event[id].Event})
			}
		}
		p.marks[e.id] = &e.Mark
	}
}

// rejectCycles rejects the events that are, by way of others, parts of themselves: what is left when those are taken
// away again and again that have no event as an argument, and those that are none's.
func (p *parts) rejectCycles(argument func(word string) (role, id string)) {
	parts, wholes := map[string]int{}, map[string]int{} // how many of each are left
	of, in := map[string][]string{}, map[string][]string{}
	for _, e := range p.events {
		for _, word := range e.words[1:] {
			if _, id := argument(word); p.event[id] != nil && !p.event[id].bad {
				of[e.id], in[id] = append(of[e.id], id), append(in[id], e.id)
				parts[e.id]++
				wholes[id]++
			}
		}
	}
	gone := map[string]bool{}
	trim := func(left map[string]int, next map[string][]string) {
		var free []string
		for _, e := range p.events {
			if !gone[e.id] && left[e.id] == 0 {
				free = append(free, e.id)
			}
		}
		for len(free) > 0 {
			id := free[len(free)-1]
			free = free[:len(free)-1]
			gone[id] = true
			for _, other := range next[id] {
				if left[other]--; left[other] == 0 && !gone[other] {
					free = append(free, other)
				}
			}
		}
	}
	trim(parts, in)
	for id := range gone {
		for _, other := range of[id] {
			wholes[other]--
		}
	}
	trim(wholes, of)
	for _, e := range p.events {
		if !gone[e.id] && !e.bad {
			e.bad = true
			p.reject(e.line, "argument", e.id, "the event is a part of itself", "take out the argument that leads back to it")
		}
	}
}

// resolveRelations finds the ends of relations. One that makes several one is no relation.
func (p *parts) resolveRelations() {
	for _, l := range p.relations {
		var ids, roles []string
		for _, word := range l.words[1:] {
			role, id, found := strings.Cut(word, ":")
			if !found {
				break
			}
			roles, ids = append(roles, role), append(ids, id)
		}
		if len(ids) != 2 || len(l.words) != 3 {
			p.reject(l, "arguments", strings.Join(l.words[1:], " "), "a relation joins two", "write TYPE Arg1:T1 Arg2:T2")
			continue
		}
		if p.conf.equal[l.words[0]] {
			p.equal = append(p.equal, &line{pos: l.pos, raw: l.raw, id: l.id, words: append(l.words[:1:1], ids...)})
			continue
		}
		from, ok := p.target(l, ids[0])
		if !ok {
			continue
		}
		to, ok := p.target(l, ids[1])
		if !ok {
			continue
		}
		r := &annotation.Relation{Mark: markOf(l), From: from, To: to}
		if roles[0] != "Arg1" || roles[1] != "Arg2" {
			r.Roles = roles
		}
		p.relation[l.id], p.marks[l.id] = r, &r.Mark
	}
}

// add takes an attribute, an entry of a register or a note, each of another annotation.
func (p *parts) add(l *line) {
	if len(l.words) < 2 {
		p.reject(l, "id", "", "it names no annotation", "write the type, then the id of what it is about")
		return
	}
	mark := p.marks[l.words[1]]
	if mark == nil {
		p.missing(l, l.words[1])
		return
	}
	switch l.id[0] {
	case 'A', 'M':
		if mark.Attributes == nil {
			mark.Attributes = map[string]string{}
		}
		value := strings.Join(l.words[2:], " ")
		if before, twice := mark.Attributes[l.words[0]]; twice && before != value {
			p.reject(l, "attribute", l.words[0], "it has the attribute already, with another value", "keep one")
			return
		}
		mark.Attributes[l.words[0]] = value
	case 'N':
		p.normalise(l)
	default:
		p.note(l, mark)
	}
}

// normalise takes the entry of a register. The first that can be an xid is one.
func (p *parts) normalise(l *line) {
	m := p.mention[l.words[1]]
	if m == nil || len(l.words) < 3 {
		p.reject(l, "entry", "", "it names no mention with an entry of a register", "write Reference T1 REGISTER:KEY")
		return
	}
	register, key, found := strings.Cut(strings.Join(l.words[2:], " "), ":")
	if !found || register == "" || key == "" {
		p.reject(l, "entry", strings.Join(l.words[2:], " "), "not an entry of a register", "write REGISTER:KEY")
		return
	}
	m.Normalisations = append(m.Normalisations, [4]string{l.words[0], register, key, l.text})
	if xid, err := schema.CheckXID(strings.ToLower(register) + ":" + key); err == nil && m.XID == "" {
		m.XID = xid
	}
}

// noteOfOurs is the type of the notes in which orbat writes what BRAT has no place for.
const noteOfOurs = "orbat"

// note takes a note. One of ours says what the annotation stood like, and the record that it makes as long as it does;
// or that it is the end of others and states nothing itself.
func (p *parts) note(l *line, mark *annotation.Mark) {
	if l.words[0] != noteOfOurs {
		mark.Notes = append(mark.Notes, [2]string{l.words[0], l.text})
		return
	}
	m := p.mention[l.words[1]]
	if m != nil && strings.TrimSpace(l.text) == "end" {
		m.Silent = true
		return
	}
	stood, record, _ := strings.Cut(l.text, "{")
	if of := p.seen[l.words[1]]; strings.TrimSpace(stood) != strings.Join(of.words, " ") {
		p.changed = append(p.changed, annotation.Notice(mark.Pos,
			"was changed after orbat wrote it: it is read as it stands, without the note of orbat"))
		return
	}
	raw, bad := decode.ParseRecord([]byte("{"+record), l.pos)
	if bad != nil {
		p.doc.RejectError(raw.Reject(bad))
		return
	}
	var decoder decode.RecordDecoder
	records, wrong := decoder.Records(raw, decode.AnyKind)
	switch {
	case wrong != nil:
		p.doc.RejectError(wrong)
	case len(records) != 1:
		p.reject(l, "note", "", "a note of orbat is one record", "take it out")
	default:
		mark.Record = records[0]
	}
}

// join takes that several mentions are one: what is first in the text names them.
func (p *parts) join(l *line, ids []string) {
	var list []*annotation.Mention
	for _, id := range ids {
		m := p.mention[id]
		if m == nil || m.bad {
			p.missing(l, id)
			return
		}
		list = append(list, m.Mention)
	}
	if len(list) < 2 {
		p.reject(l, "arguments", "", "one alone is one", "name two mentions or more")
		return
	}
	if reason := p.doc.Join(list); reason != "" {
		p.reject(l, "arguments", strings.Join(ids, " "), reason, "join what is of one type")
	}
}
