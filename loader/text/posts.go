package text

import (
	"slices"
	"strings"

	"orbat/schema"
)

// postsOf finds posts told beside a person's name:
//
//	Gen. Anna Holm, commander of the Northern Command, …                           (rule post-after-name)
//	the General Officer Commanding 91 Division, Major General Ade Testa, …         (rule post-before-name)
//	Red Dawn leader Omar Testa, Freedonian Prime Minister Ida Berg                 (rule name-post-name)
//	General Ivo Testa, who commands the 905th Corps; TF 950 is led by …             (rule commands-verb)
//
// One without a name of what it is in says nothing. A former post ended before the document. A command that a verb of
// the past tells of is read where the sentence says when it was: file tenure.
func (d *doc) postsOf(s *sentence) {
	words := s.words
	done := -1 // the last word of the post before: what stands within it is none of its own
	for i := range words {
		if i <= done || words[i].mention != nil {
			continue
		}
		p, last := postAt(words, i)
		if last < i {
			continue
		}
		done = last
		before := len(d.said)
		d.postAround(s, p, i, last)
		d.tenures(s, last, d.said[before:])
	}
	d.commandVerbs(s)
}

func (d *doc) postAround(s *sentence, p post, i, last int) {
	words := s.words
	former, drop := isFormer(words, i)
	if drop {
		return
	}
	role := textOf(words, i, last)
	in := last + 1
	of := false
	if in+2 < len(words) && words[in].Text == "(" && words[in+2].Text == ")" { // (COAS)
		in += 3
	}
	end := in
	for in < len(words) && (words[in].key == "of" || words[in].key == "the" || words[in].Text == "," ||
		words[in].key == "for") {
		of = of || words[in].key == "of" || words[in].key == "for"
		in++
	}
	var where *Mention
	if in < len(words) && words[in].mention != nil && words[in].mention.First == in {
		where = words[in].mention
	}
	if to := d.bodyOf(where, words); to != nil && (of || end == in || in == end+1 && words[end].Text == ",") {
		after := where.Last + 1
		if after < len(words) && words[after].Text == "(" && after+2 < len(words) && words[after+2].Text == ")" {
			after += 3
		}
		if after < len(words) && words[after].mention != nil && words[after].mention.isPlace() &&
			words[after].mention.First == after {
			after = words[after].mention.Last + 1 // "the 27 Brigade Buni-Yadi, Brigadier General X"
		}
		if after+2 < len(words) && words[after].Text == "," && words[after+1].mention != nil && words[after+1].mention.isPlace() &&
			words[after+1].mention.First == after+1 && words[after+1].mention.Last+1 < len(words) &&
			words[words[after+1].mention.Last+1].Text == "," {
			after = words[after+1].mention.Last + 1 // "Secretary of the Union, Borno State, Ada Abel"
		}
		if who := personBefore(words, i); who != nil && (of || end != in) {
			d.post(s, p, who, to, role, "post-after-name", former)
			return
		}
		if a := d.appointed(s, i); a.who != nil && of {
			a.former = a.former || former
			d.holds(s, p, a, to, role)
			return
		}
		if who := d.personAfter(s, after); who != nil {
			d.post(s, p, who, to, role, "post-before-name", former)
			return
		}
	}
	// "Boko Haram leader Abubakar Shekau", "the 7 Division commander, Gen. X", "Iraqi Prime Minister X".
	if i > 0 && words[i-1].mention != nil && words[i-1].mention.Last == i-1 || i > 1 && isPossessive(words, i-1) &&
		words[i-2].mention != nil {
		m := words[i-1].mention
		if m == nil {
			m = words[i-2].mention
		}
		to := d.bodyOf(m, words)
		if p.position == "other" && to == nil && lastWord(role) == "governor" && m.Type == "Location" && !m.Country && isLarger(m) {
			to = d.entity("Organisation", m.Name) // "Yobe State governor Ada Abel"
			to.form(m.surface)
		}
		if m.Country || m.Demonym {
			to = d.actorOf(m)
			if p.relation == "commands" || p.relation == "member_of" {
				to = nil // "an Iraqi commander" commands no Iraq
			}
		}
		if to != nil && !isPossessive(words, i-1) && p.relation != "member_of" {
			if a := d.appointed(s, m.First); a.who != nil { // "X is the Northern Command commander"
				a.former = a.former || former
				d.holds(s, p, a, to, role)
				return
			}
		}
		if to != nil {
			former, drop := isFormer(words, m.First)
			if drop || former && s.published == "" {
				return
			}
			if who := d.personAfter(s, end); who != nil {
				d.post(s, p, who, to, role, "name-post-name", former)
				return
			} else if who := personBefore(words, m.First); who != nil {
				d.post(s, p, who, to, role, "post-after-name", former)
				return
			}
		}
	}
	if in+1 < len(words) && words[in].key == "in" && !former {
		j := in + 1
		for j < len(words) && words[j].is(determiner) {
			j++
		}
		if j < len(words) && words[j].mention != nil && words[j].mention.First == j && words[j].mention.Type == "Unit" {
			if who := personBefore(words, d.phraseBegin(words, i)); who != nil {
				if to := d.bodyOf(words[j].mention, words); to != nil { // "a battalion commander in the 9th Division"
					d.post(s, post{relation: "posted_to"}, who, to, role, "post-in-unit", false)
					return
				}
			}
		}
	}
	if d.nominalPost(s, p, i, end, role, former) {
		return
	}
	if d.groupPost(s, p, i, in, role, of) {
		return
	}
	d.staffPost(s, p, i, end, role, former)
}

// nominalPost reads a post in what a noun stands for: "the division's commander, X", "the sect leader, X", "commander
// of the division, X", where the document names one such.
func (d *doc) nominalPost(s *sentence, p post, i, end int, role string, former bool) bool {
	words := s.words
	named := func(j int) *Entity {
		if j < 0 || j >= len(words) || words[j].mention != nil || words[j].capital {
			return nil
		}
		switch key := words[j].key; {
		case key == "sect" || key == "group" || key == "organization" || key == "organisation" || key == "militia" || key == "movement":
			return d.onlyGroup()
		case words[j].is(unitNoun) && key != "command" && key != "unit":
			return d.bodyNamed(key)
		}
		return nil
	}
	var to *Entity
	before := i - 1
	if before > 0 && isPossessive(words, before) {
		before--
	}
	switch {
	case before > 0 && (words[before-1].key == "the" || words[before-1].key == "The"):
		to = named(before)
	case before == 0:
		to = named(before)
	}
	if to != nil {
		if who := d.personAfter(s, end); who != nil {
			d.post(s, p, who, to, role, "post-in-nominal", former)
			return true
		}
		return false
	}
	at := end
	if at < len(words) && words[at].key == "of" {
		at++
	}
	if at+1 < len(words) && words[at].key == "the" {
		if to = named(at + 1); to != nil {
			if who := d.personAfter(s, at+2); who != nil {
				d.post(s, p, who, to, role, "post-in-nominal", former)
				return true
			}
			if who := personBefore(words, i); who != nil {
				d.post(s, p, who, to, role, "post-in-nominal", former)
				return true
			}
		}
	}
	return false
}

// groupPost reads "X, a top leader of the terror organization", where the document names one armed group.
func (d *doc) groupPost(s *sentence, p post, i, in int, role string, of bool) bool {
	who := personBefore(s.words, i)
	if who == nil || !of || p.relation != "member_of" {
		return false
	}
	for j := in; j < len(s.words) && j < in+3 && s.words[j].mention == nil; j++ {
		switch key := s.words[j].key; {
		case key == "group" || key == "organization" || key == "organisation" || key == "sect" || key == "militia" ||
			isArmedGroup(key):
			if group := d.onlyGroup(); group != nil {
				d.say(s, Statement{
					Relation: "member_of", From: End{Entity: who.Entity}, To: End{Entity: group},
					Qualifiers: map[string]string{"role": role},
					Rule:       "post-in-group", Confidence: 75,
				}, plain())
				return true
			}
		case s.words[j].isPunctuation():
			return false
		}
	}
	return false
}

// staffPost reads posts that name what they are in themselves: "Chief of Army Staff", "Defense Secretary".
func (d *doc) staffPost(s *sentence, p post, i, end int, role string, former bool) {
	if p.body == "" {
		return
	}
	to := d.bodyNamed(p.body)
	if to == nil {
		return
	}
	who := personBefore(s.words, i)
	if after := d.personAfter(s, end); who == nil || after != nil && after.Rank != "" {
		who = after // "the president, the Chief of Army Staff, General X, and"
	}
	if who != nil {
		d.post(s, p, who, to, role, "staff-post", former)
	}
}

// bodyNamed returns the body that a post names: one that the document names, by its last words.
func (d *doc) bodyNamed(body string) *Entity {
	body = strings.ReplaceAll(body, "_", " ")
	var found *Entity
	for _, e := range d.order {
		if e.Type != "Organisation" && e.Type != "Unit" {
			continue
		}
		for _, form := range append([]string{e.Name}, e.Forms...) {
			form = strings.ToLower(form)
			if form == body || strings.HasSuffix(form, " "+body) {
				if found != nil && found != e {
					return nil
				}
				found = e
			}
		}
	}
	return found
}

func isPossessive(words []word, i int) bool { return words[i].Text == "'s" || words[i].Text == "’s" }

// bodyOf returns what somebody may hold a post in; nil: it is none, or a branch that belongs to a rank behind it.
func (d *doc) bodyOf(m *Mention, words []word) *Entity {
	if m == nil {
		return nil
	}
	if m.Last+1 < len(words) {
		if next := words[m.Last+1].mention; next != nil && next.Rank != "" && next.First == m.Last+1 && isBranch(m) {
			return nil
		}
	}
	switch {
	case m.Country && !m.Demonym:
		return d.actorOf(m)
	case m.Entity == nil, m.Type != "Unit" && m.Type != "Organisation":
		return nil
	}
	return m.Entity
}

func isBranch(m *Mention) bool {
	switch m.surface {
	case "Army", "Navy", "Air Force", "Marine Corps", "Marine", "Marines", "Coast Guard":
		return true
	}
	return false
}

func (d *doc) post(s *sentence, p post, who *Mention, to *Entity, role, rule string, former bool) {
	if who.Entity == to {
		return
	}
	st := Statement{
		Relation: p.relation, From: End{Entity: who.Entity}, To: End{Entity: to}, Rule: rule,
		Confidence: 90, Qualifiers: map[string]string{},
	}
	switch {
	case p.relation == "member_of" && isLeader(role) && rule != "post-after-name" || p.relation == "member_of" &&
		isLeader(role) && s.definiteBefore(role):
		st.Relation = "commands"
	case p.relation == "commands" && to.Type == "Organisation" && p.position == "commander" &&
		!strings.Contains(to.Name, "rmy"):
		if strings.Contains(strings.ToLower(role), "chief") || strings.Contains(strings.ToLower(role), "head") {
			st.Relation = "commands"
		}
	}
	if st.Relation == "member_of" && to.Type != "Organisation" {
		st.Relation = "posted_to"
	}
	st.Qualifiers["role"] = role
	if p.position != "" && st.Relation != "member_of" {
		st.Qualifiers["position"] = p.position
	}
	if former {
		if s.published == "" {
			return
		}
		st.Period = "/~" + s.published
	}
	d.say(s, st, plain())
}

func isLeader(role string) bool {
	role = strings.ToLower(role)
	return role == "leader" || role == "chief" || role == "head"
}

// definiteBefore reports whether "the" stands before a post: "the leader", not "a leader" or "top leader".
func (s *sentence) definiteBefore(role string) bool {
	for i := 1; i < len(s.words); i++ {
		if strings.EqualFold(s.words[i].Text, role) && s.words[i-1].key == "the" {
			return true
		}
	}
	return false
}

// postAt returns the longest post that begins at a word, and its last word; less than i: there is none.
func postAt(words []word, i int) (post, int) {
	if i > 0 && (words[i-1].key == "deputy" || words[i-1].key == "acting" || words[i-1].key == "assistant" ||
		words[i-1].key == "vice") {
		return post{}, -1 // of the longer one, which the table has or not
	}
	if i >= len(words) || !tables().opens[words[i].key] {
		return post{}, -1
	}
	for size := min(6, len(words)-i); size > 0; size-- {
		var key strings.Builder
		for j := range size {
			if j > 0 {
				key.WriteByte(' ')
			}
			key.WriteString(words[i+j].key)
		}
		if p, ok := tables().posts[key.String()]; ok {
			return p, i + size - 1
		}
	}
	return post{}, -1
}

// isFormer reports whether a word before a post says that it is held no more; drop: that it is not held, or not yet.
func isFormer(words []word, i int) (former, drop bool) {
	for j := max(0, i-3); j < i; j++ {
		switch words[j].key {
		case "former", "ex", "ex-", "erstwhile", "late", "formerly", "previously", "retired", "outgoing", "outgone", "ousted",
			"deposed", "dismissed", "sacked", "onetime", "one-time", "past", "immediate-past", "departing", "exiled", "fired":
			former = true
		case "then", "incoming", "next", "no", "not", "would-be", "suspected", "alleged", "designate", "nominated",
			"self-styled", "future", "prospective", "aspiring", "potential", "possible", "likely", "proposed", "self-proclaimed",
			"supposed",
			"purported", "another", "fellow":
			drop = true
		case "as":
			drop = drop || !isAppointing(words, j)
		}
	}
	return former, drop
}

// personBefore returns the person whose name a comma parts from a post: "X, the commander".
func personBefore(words []word, i int) *Mention {
	j := i - 1
	for j >= 0 && (words[j].is(determiner) || isStature(words[j].key) || isCompound(words[j].key)) {
		j--
	}
	if j < 1 || words[j].Text != "," {
		return nil
	}
	j--
	if j >= 2 && words[j].Text == ")" { // an age, a name in brackets
		j -= 3
	}
	if j >= 2 && words[j].Kind == 1 && words[j-1].Text == "," {
		j -= 2
	}
	if j < 0 {
		return nil
	}
	return person(words[j].mention)
}

// phraseBegin returns where the words begin that qualify a post: "battalion" of "a battalion commander".
func (d *doc) phraseBegin(words []word, i int) int {
	for i > 0 && words[i-1].is(unitNoun) && !words[i-1].capital {
		i--
	}
	return i
}

// isStature reports whether a word before a post says how high or known who holds it is.
func isStature(key string) bool {
	switch key {
	case "top", "senior", "former", "leading", "prominent", "key", "veteran", "notorious", "high-ranking", "local", "regional", "prime":
		return true
	}
	return false
}

// personAfter returns the person named right after, perhaps after a comma, a branch or an honorific.
func (d *doc) personAfter(s *sentence, i int) *Mention {
	words := s.words
	for n := 0; i < len(words) && n < 3; n++ {
		switch m := words[i].mention; {
		case words[i].Text == ",", words[i].is(titleNoun) && m == nil:
			i++
			continue
		case m != nil && isBranch(m):
			i = m.Last + 1
			continue
		}
		break
	}
	if i >= len(words) {
		return nil
	}
	m := person(words[i].mention)
	if m == nil || m.First != i {
		return nil
	}
	return m
}

func person(m *Mention) *Mention {
	if m == nil || m.Type != "Person" || m.Entity == nil {
		return nil
	}
	return m
}

// appointment is who holds a post and since when, by the verb before it.
type appointment struct {
	who    *Mention
	former bool
	since  string // a date, or empty
	st     stance
}

// isAppointing reports whether what stands before "as" puts somebody in a post, or says that he holds it.
func isAppointing(words []word, as int) bool {
	for j := as - 1; j >= 0 && j >= as-12; j-- {
		w := &words[j]
		if w.verb == nil || w.mention != nil || w.capital {
			if w.isPunctuation() && w.Text != "," {
				return false
			}
			continue
		}
		switch w.verb.lemma {
		case "appoint", "name", "install", "elect", "confirm", "swear", "replace", "succeed", "take", "serve", "act", "work",
			"inaugurate":
			return true
		}
	}
	return false
}

// appointed returns who is said to hold a post that begins at a word, by a verb before it: "X is the commander of",
// "X was
// appointed commander of", "X took over as", "Z was replaced by X as".
func (d *doc) appointed(s *sentence, i int) (a appointment) {
	k := slices.IndexFunc(s.chunks, func(c chunk) bool { return c.first <= i && i <= c.last })
	if k < 1 || s.chunks[k].kind != cNoun || i > 0 && s.chunks[k].first < i-3 {
		return a
	}
	v := k - 1
	as := s.chunks[v].key == "as" || s.chunks[v].key == "to" && s.chunks[v].kind == cPrep
	if as {
		v--
	}
	for v > 0 && (s.chunks[v].kind == cDate || s.chunks[v].kind == cAdverb || as && s.chunks[v].key == "over") {
		v--
	}
	if v < 0 {
		return a
	}
	if c := &s.chunks[v]; c.kind == cNoun && as { // "was replaced by X as", "appointed X as", "succeeded Z as"
		m := person(c.mention)
		b := v - 1
		if b >= 2 && s.chunks[b].key == "from" && s.chunks[b-1].key == "over" && s.chunks[b-2].kind == cVerb &&
			s.chunks[b-2].verb != nil &&
			s.chunks[b-2].verb.lemma == "take" && !s.chunks[b-2].negated && !s.chunks[b-2].modal && !s.chunks[b-2].infinitive {
			if subject := s.subjectOf(b - 2); len(subject) == 1 { // "took over from Z as"
				a.who = person(s.chunks[subject[0]].mention)
			}
			a.st, a.since = d.stanceOf(s, s.chunks[b-2].main), s.sinceAt(b-2, k)
			return a
		}
		if b >= 1 && s.chunks[b].key == "by" {
			b--
		}
		if m == nil || b < 0 || s.chunks[b].kind != cVerb || s.chunks[b].verb == nil || s.chunks[b].negated ||
			s.chunks[b].modal || s.chunks[b].infinitive {
			return a
		}
		by := b != v-1
		switch lemma := s.chunks[b].verb.lemma; {
		case by && s.chunks[b].passive && (lemma == "replace" || lemma == "succeed"):
			a.who = m
		case !by && !s.chunks[b].passive && (lemma == "replace" || lemma == "succeed"):
			if subject := s.subjectOf(b); len(subject) == 1 {
				a.who = person(s.chunks[subject[0]].mention)
			}
		case !by && !s.chunks[b].passive && (lemma == "appoint" || lemma == "name" || lemma == "install" || lemma == "elect"):
			a.who = m
		}
		a.st = d.stanceOf(s, s.chunks[b].main)
		a.since = s.sinceAt(b, k)
		return a
	}
	c := &s.chunks[v]
	if c.kind != cVerb || c.negated || c.modal || c.infinitive || c.gerund {
		return a
	}
	subject := s.subjectOf(v)
	if len(subject) != 1 {
		return a
	}
	switch {
	case c.verb == nil && s.isBe(c) && !as:
		a.former = s.words[c.main].key == "was" || s.words[c.main].key == "were"
		if s.words[c.main].key == "been" || s.words[c.first].is(have) {
			return a
		}
	case c.verb == nil:
		return a
	default:
		switch lemma := c.verb.lemma; {
		case c.passive && (lemma == "appoint" || lemma == "name" || lemma == "install" || lemma == "elect" || lemma == "confirm" ||
			lemma == "swear" || lemma == "promote" || lemma == "inaugurate" || lemma == "make"):
		case !c.passive && (lemma == "become" || lemma == "remain") && !as:
		case !c.passive && as && (lemma == "serve" || lemma == "act" || lemma == "work"):
			a.former = s.words[c.main].form&past != 0
		case !c.passive && as && lemma == "take":
		case c.passive && as && (lemma == "replace" || lemma == "succeed"): // "was replaced as commander of Y by X"
			for _, by := range s.adjunctsFrom(k + 1) {
				if by.prep == "by" {
					a.who, a.st, a.since = person(s.chunks[by.chunk].mention), d.stanceOf(s, c.main), s.sinceAt(v, k)
				}
			}
			return a
		default:
			return a
		}
		a.since = s.sinceAt(v, k)
	}
	a.who, a.st = person(d.named(s, subject[0])), d.stanceOf(s, c.main)
	return a
}

// sinceAt returns the date of an appointment: behind the verb, or at the end of the clause of the post.
func (s *sentence) sinceAt(v, post int) string {
	for _, a := range append(s.adjunctsFrom(v+1), s.adjunctsFrom(post+1)...) {
		if s.chunks[a.chunk].kind == cDate {
			if date := s.dateAt(s.chunks[a.chunk].first); date != nil {
				return date.value
			}
		}
	}
	return ""
}

// holds says that somebody holds a post, since when, or held it.
func (d *doc) holds(s *sentence, p post, a appointment, to *Entity, role string) {
	if a.st.none || a.st.assertion != schema.Asserted {
		return
	}
	before := len(d.said)
	d.post(s, p, a.who, to, role, "post-verb", a.former)
	if len(d.said) > before && a.since != "" && !a.former {
		d.said[len(d.said)-1].Period = a.since + "/"
		if a.st.speaker != nil {
			d.said[len(d.said)-1].Speaker = a.st.speaker
		}
	}
}

// commandVerbs reads "X, who commands Y", "Y is led by X".
func (d *doc) commandVerbs(s *sentence) {
	for v := range s.chunks {
		c := &s.chunks[v]
		if c.kind == cVerb && c.verb != nil && !c.negated && !c.modal && !c.infinitive && !c.passive {
			d.takesCommand(s, v)
		}
		if c.kind != cVerb || c.verb == nil || c.verb.attrs["relation"] != "commands" || c.negated || c.modal ||
			c.infinitive || c.gerund {
			continue
		}
		st := d.stanceOf(s, c.main)
		if v > 0 && s.chunks[v-1].kind == cRel {
			st = plain() // by the way
		}
		if v > 0 && s.chunks[v-1].kind == cComma && c.passive && c.participle && st.assertion == schema.Planned {
			// "The brigade, commanded by X, would be sent next week": the sending is planned.
			st.assertion, st.none = schema.Asserted, c.first != c.main
		}
		if st.none {
			continue
		}
		var who, what []int
		if c.passive {
			what = s.subjectOf(v)
			for _, a := range s.adjunctsFrom(v + 1) {
				if a.prep == "by" {
					who = []int{a.chunk}
				}
			}
		} else {
			who = s.subjectOf(v)
			what, _ = s.objectsOf(v)
		}
		if len(who) != 1 || len(what) != 1 {
			continue
		}
		m, to := d.named(s, who[0]), d.named(s, what[0])
		if m = person(m); m == nil || to == nil || to.Entity == nil || to.Type != "Unit" &&
			to.Type != "Organisation" {
			continue
		}
		period, told := d.tenure(s, v, who[0], what[0])
		if !told {
			continue
		}
		d.say(s, Statement{
			Relation: "commands", From: End{Entity: m.Entity}, To: End{Entity: to.Entity}, Rule: "commands-verb", Confidence: 85,
			Period: period,
		}, st)
	}
}

// takesCommand reads "X took command of Y in May", "X assumed command of Y", "Z handed command of Y over to X".
func (d *doc) takesCommand(s *sentence, v int) {
	c := &s.chunks[v]
	switch c.verb.lemma {
	case "take", "assume", "receive":
	default:
		return
	}
	if v+3 >= len(s.chunks) || s.chunks[v+1].kind != cNoun || s.words[s.chunks[v+1].head].key != "command" ||
		s.chunks[v+1].mention != nil ||
		s.chunks[v+2].key != "of" || s.chunks[v+3].mention == nil {
		return
	}
	subject := s.subjectOf(v)
	to := s.chunks[v+3].mention
	if len(subject) != 1 || to.Entity == nil || to.Type != "Unit" && to.Type != "Organisation" {
		return
	}
	who := person(s.chunks[subject[0]].mention)
	st := d.stanceOf(s, c.main)
	if who == nil || st.none || st.assertion != schema.Asserted {
		return
	}
	period := ""
	if since := s.sinceAt(v+3, v+3); since != "" {
		period = since + "/"
	}
	d.say(s, Statement{
		Relation: "commands", From: End{Entity: who.Entity}, To: End{Entity: to.Entity}, Rule: "takes-command", Confidence: 85,
		Period: period, Qualifiers: map[string]string{"position": "commander"},
	}, st)
}
