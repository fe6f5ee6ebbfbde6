package text

import "strings"

// postsOf finds posts told beside a person's name:
//
//	Gen. Anna Holm, commander of the Northern Command, …                           (rule post-after-name)
//	the General Officer Commanding 91 Division, Major General Ade Testa, …         (rule post-before-name)
//	Red Dawn leader Omar Testa, Freedonian Prime Minister Ida Berg                 (rule name-post-name)
//	General Ivo Testa, who commands the 905th Corps; TF 950 is led by …             (rule commands-verb)
//
// One without a name of what it is in says nothing. A former post ended before the document.
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
		d.postAround(s, p, i, last)
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
		if who := personBefore(words, i); who != nil && (of || end != in) {
			d.post(s, p, who, to, role, "post-after-name", former)
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
		if m.Country || m.Demonym {
			to = d.actorOf(m)
			if p.relation == "commands" || p.relation == "member_of" {
				to = nil // "an Iraqi commander" commands no Iraq
			}
		}
		if to != nil {
			if who := d.personAfter(s, end); who != nil {
				d.post(s, p, who, to, role, "name-post-name", former)
				return
			} else if who := personBefore(words, m.First); who != nil {
				d.post(s, p, who, to, role, "post-after-name", former)
				return
			}
		}
	}
	if d.groupPost(s, p, i, in, role, of) {
		return
	}
	d.staffPost(s, p, i, end, role, former)
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
	if who == nil {
		who = d.personAfter(s, end)
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
		if len(d.options.Published) == 0 {
			return
		}
		st.Period = "/~" + d.options.Published
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
		case "former", "ex", "ex-", "erstwhile", "late", "formerly", "previously", "retired", "outgoing":
			former = true
		case "then", "incoming", "next", "no", "not", "would-be", "suspected", "alleged", "designate", "nominated",
			"self-styled", "as":
			drop = true
		}
	}
	return former, drop
}

// personBefore returns the person whose name a comma parts from a post: "X, the commander".
func personBefore(words []word, i int) *Mention {
	j := i - 1
	for j >= 0 && (words[j].is(determiner) || words[j].key == "top" || words[j].key == "senior" ||
		words[j].key == "former") {
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

// commandVerbs reads "X, who commands Y", "Y is led by X".
func (d *doc) commandVerbs(s *sentence) {
	for v := range s.chunks {
		c := &s.chunks[v]
		if c.kind != cVerb || c.verb == nil || c.verb.attrs["relation"] != "commands" || c.negated || c.modal ||
			c.infinitive || c.gerund {
			continue
		}
		st := d.stanceOf(s, c.main)
		if v > 0 && s.chunks[v-1].kind == cRel {
			st = plain() // by the way
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
		m, to := s.chunks[who[0]].mention, s.chunks[what[0]].mention
		if m = person(m); m == nil || to == nil || to.Entity == nil || to.Type != "Unit" &&
			to.Type != "Organisation" {
			continue
		}
		if w := &s.words[c.main]; !c.passive && w.form&past != 0 {
			continue // "led", "had commanded": when is not said
		}
		d.say(s, Statement{
			Relation: "commands", From: End{Entity: m.Entity}, To: End{Entity: to.Entity}, Rule: "commands-verb", Confidence: 85,
		}, st)
	}
}
