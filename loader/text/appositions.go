package text

// This part of the stage of parties tells whom a phrase without a name means by the name that stands beside it, or by
// whose it is.

// calledBy returns the name behind a comma that tells whom a phrase means: "the chief of staff, General X, visited",
// "killed by an insurgent group, X, in"; nil: none does.
func (s *sentence) calledBy(i int) *Mention {
	c := &s.chunks[i]
	head := &s.words[c.head]
	if c.mention != nil || c.pronoun || c.number > 1 || !head.is(personNoun|titleNoun|groupNoun) && !head.post {
		return nil
	}
	k := i + 1
	for k+1 < len(s.chunks) && s.chunks[k].kind == cPrep && s.chunks[k+1].kind == cNoun {
		k += 2
	}
	if k+2 >= len(s.chunks) || s.chunks[k].kind != cComma || s.chunks[k+1].kind != cNoun {
		return nil
	}
	name := &s.chunks[k+1]
	m := name.mention
	if m == nil || m.Entity == nil || name.last != m.Last || len(name.inner) > 0 {
		return nil
	}
	group := head.is(groupNoun) && !head.is(personNoun)
	switch after := s.chunks[k+2].kind; {
	case after == cMark && s.chunks[k+2].key != "." && s.chunks[k+2].key != ";":
		return nil
	case after != cComma && after != cMark && (after != cVerb || group):
		return nil // "hit the army, the Front said"
	}
	switch {
	case group && !m.Country && !m.Demonym && (m.Type == "Organisation" || m.Type == "Unit"):
		return m
	case !group && m.Type == "Person":
		return m
	}
	return nil
}

// ownerOf returns whom "its" before a noun means: the one unit or organisation that says, or does, what stands there;
// nil: several may be meant.
func (d *doc) ownerOf(s *sentence, i int) *Entity {
	c := &s.chunks[i]
	if c.first == 0 || !hasWord(s.words, c.first, c.head, "its") {
		return nil
	}
	var found *Entity
	for j := range i {
		m := s.chunks[j].mention
		if m == nil || m.Type == "Location" && !m.Country || m.Type == "Person" {
			continue
		}
		e := d.actorOf(m)
		if e == nil || found != nil && found != e {
			return nil
		}
		found = e
	}
	return found
}
