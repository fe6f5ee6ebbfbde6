package text

import "orbat/schema"

// This part of the stage of predicates reads who is with or against whom by what they are told to be engaged in.

// struggle reads who is with or against whom: "Kenya's fight against X", "the campaign of A against B", "cooperation
// between A and B", "A is involved in the war against B".
func (d *doc) struggle(s *sentence, i int) {
	c := &s.chunks[i]
	if d.strives(s, i) {
		return
	}
	if i+2 >= len(s.chunks) || s.chunks[i+1].kind != cPrep || s.chunks[i+2].kind != cNoun {
		return
	}
	prep := s.chunks[i+1].key
	relation := ""
	switch s.words[c.head].key {
	case "fight", "war", "campaign", "battle", "struggle", "offensive", "operation", "operations", "fighting", "efforts",
		"hostilities", "rivalry",
		"enmity", "insurgency", "jihad":
		if prep == "against" || prep == "with" || prep == "between" {
			relation = "opposes"
		}
	case "strikes", "airstrikes", "attacks", "raids":
		if prep == "against" {
			relation = "opposes"
		}
	case "cooperation", "alliance", "partnership", "collaboration", "coordination", "support", "assistance", "co-operation":
		if prep == "between" || prep == "with" {
			relation = "allied_with"
		}
	}
	if relation == "" || s.generic(i) {
		return
	}
	st := d.stanceOf(s, c.head)
	if st.none || st.assertion != schema.Asserted {
		return
	}
	ends := [2]string{forces, forces}
	if prep == "between" {
		if list := s.pairFrom(i + 2); len(list) == 2 {
			d.tie(s, relation, list[0], list[1], ends, st)
		}
		return
	}
	against := d.tied(s, i+2, forces)
	if against == nil || countryName(against) && relation == "opposes" {
		return
	}
	var who *Entity
	rule := "struggle-of"
	switch n := len(c.inner); {
	case n > 0:
		who = d.actorOf(c.inner[n-1])
	case hasWord(s.words, c.first, c.head, "coalition"):
		who = d.coalition()
	default:
		who, rule = d.engaged(s, i), "struggle-in"
	}
	if who == nil || who == against || who.Type != "Unit" && who.Type != "Organisation" {
		return
	}
	d.say(s, Statement{Relation: relation, From: End{Entity: who}, To: End{Entity: against}, Rule: rule, Confidence: 75}, st)
}

// engaged returns who is told to take part in what a phrase names.
func (d *doc) engaged(s *sentence, i int) *Entity {
	v := i - 1
	if v > 0 && s.chunks[v].kind == cPrep {
		v--
	}
	if v < 0 || s.chunks[v].kind != cVerb || s.chunks[v].negated || s.chunks[v].modal || s.chunks[v].infinitive ||
		s.chunks[v].verb == nil {
		return nil
	}
	switch s.chunks[v].verb.lemma {
	case "carry", "stage", "mount",
		"lead", "continue", "wage", "join", "conduct", "launch", "involve", "engage", "participate", "fight", "intensify",
		"step", "sustain":
	default:
		return nil
	}
	subject := s.subjectOf(v)
	if len(subject) != 1 {
		return nil
	}
	return d.tied(s, subject[0], forces)
}

// strives reads "Kenya's efforts to defeat X", "the coalition's campaign to destroy X": whoever sets out to undo others
// is against them. It reports whether a phrase is of that kind.
func (d *doc) strives(s *sentence, i int) bool {
	c := &s.chunks[i]
	switch s.words[c.head].key {
	case "efforts", "effort", "campaign", "operation", "operations", "fight", "war", "struggle", "mission", "offensive":
	default:
		return false
	}
	if i+2 >= len(s.chunks) || s.chunks[i+1].kind != cVerb || !s.chunks[i+1].infinitive || s.chunks[i+1].negated ||
		s.chunks[i+1].verb == nil || s.chunks[i+2].kind != cNoun {
		return false
	}
	switch s.chunks[i+1].verb.lemma {
	case "defeat", "destroy", "degrade", "counter", "combat", "eliminate", "dismantle", "fight", "crush", "eradicate", "neutralise",
		"neutralize", "rout", "weaken", "disrupt":
	default:
		return false
	}
	var who *Entity
	switch n := len(c.inner); {
	case n > 0 && s.words[c.inner[n-1].Last+1].key != "-" && c.inner[n-1].Last+5 > c.head:
		who = d.actorOf(c.inner[n-1])
	case n == 0 && hasWord(s.words, c.first, c.head, "coalition"):
		who = d.coalition()
	case n == 0:
		who = d.engaged(s, i)
	}
	objects, _ := s.listFrom(i + 2)
	st := d.stanceOf(s, c.head)
	if who == nil || st.none || st.assertion != schema.Asserted || s.generic(i) || who.Type != "Unit" && who.Type != "Organisation" {
		return true
	}
	for _, j := range objects {
		if against := d.tied(s, j, forces); against != nil && against != who && !countryName(against) {
			d.say(s, Statement{
				Relation: "opposes", From: End{Entity: who}, To: End{Entity: against}, Rule: "strives", Confidence: 75,
			}, st)
		}
	}
	return true
}
