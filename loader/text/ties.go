package text

import (
	"strings"

	"orbat/schema"
)

// tiesOf reads the relations that verbs tell between two parties, as the table of verbs says: "the unit is based in X",
// "the coalition supports Y", "X belongs to Y".
func (d *doc) tiesOf(s *sentence) {
	d.backedBy(s)
	d.answersFor(s)
	for v := range s.chunks {
		c := &s.chunks[v]
		if c.kind != cVerb || c.verb == nil || c.negated || c.modal || c.infinitive {
			continue
		}
		relation, preps, _ := strings.Cut(c.verb.attrs["relation"], "/")
		types, known := tieRules[relation]
		if !known || relation == "opposes" && preps != "" {
			continue
		}
		st := d.stanceOf(s, c.main)
		if st.none || st.assertion != schema.Asserted {
			continue
		}
		var subject []int
		switch {
		case c.participle && v > 0 && s.chunks[v-1].kind == cComma && v > 1 &&
			s.chunks[v-2].kind == cNoun: // "the 5th Fleet, based in Bahrain"
			subject = []int{v - 2}
		case c.participle && v > 0 && s.chunks[v-1].kind == cNoun:
			subject = []int{v - 1}
		case c.gerund && v > 1 && s.chunks[v-1].kind == cComma && s.chunks[v-2].kind == cNoun: // "the brigade, operating in"
			subject = []int{v - 2}
		default:
			subject = s.subjectOf(v)
		}
		var objects []int
		if preps == "" {
			if c.passive {
				continue
			}
			objects, _ = s.objectsOf(v)
		} else {
			for _, a := range s.adjunctsFrom(v + 1) {
				if strings.Contains(","+preps+",", ","+a.prep+",") {
					objects, _ = s.listFrom(a.chunk)
					if n := len(objects); n > 1 && types[1] == "Location" && s.chunks[objects[n-1]-1].kind != cConj {
						objects = objects[:1] // "based in Norfolk, Virginia": no list
					}
					break
				}
			}
		}
		if c.verb.lemma == "include" || relation == "has_part" {
			subject, objects = objects, subject
		}
		for _, i := range subject {
			for _, j := range objects {
				d.tie(s, relation, i, j, types, st)
			}
		}
	}
}

// tieRules are the relations that a verb alone tells, and the types of their ends.
var tieRules = map[string][2]string{
	"based_at": {"Unit Organisation", "Location"}, "operates_in": {
		"Unit Organisation",
		"Location",
	}, "posted_to": {"Person", "Unit Organisation"},
	"member_of": {"Person Unit Organisation", "Organisation Unit"}, "allied_with": {
		"Unit Organisation",
		"Unit Organisation",
	},
	"opposes": {"Unit Organisation", "Unit Organisation"}, "has_part": {"Unit", "Unit Organisation"},
	"within": {"Location", "Location"},
}

func (d *doc) tie(s *sentence, relation string, i, j int, types [2]string, st stance) {
	from, to := d.tied(s, i, types[0]), d.tied(s, j, types[1])
	if from == nil || to == nil || from == to {
		return
	}
	if from.Type == "Unit" && (to.Type == "Unit" || relation == "has_part") && (relation == "member_of" || relation == "has_part") {
		relation = "subordinate_to" // a unit in another is under it
	}
	switch {
	case relation == "within":
		if m := s.chunks[j].mention; m == nil || !isLarger(m) {
			return
		}
	case relation == "member_of" && to.Type == "Unit" && from.Type == "Person":
		relation = "posted_to"
	case relation == "member_of" && to.Type != "Organisation":
		return // no organisation is a member of a unit
	}
	confidence := 80
	if relation == "based_at" || relation == "posted_to" {
		confidence = 90
	}
	d.say(s, Statement{
		Relation: relation, From: End{Entity: from}, To: End{Entity: to}, Rule: relation + "-verb",
		Confidence: confidence,
	}, st)
}

// tied returns the one party of some types that a phrase names.
func (d *doc) tied(s *sentence, i int, types string) *Entity {
	if m := s.chunks[i].mention; m != nil && types == "Location" {
		return d.placeOf(m)
	}
	if m := s.placeNamed(i); m != nil && types == "Location" {
		return d.placeOf(m)
	}
	parties := d.partiesAt(s, i)
	if len(parties) != 1 || !strings.Contains(" "+types+" ", " "+parties[0].entity.Type+" ") {
		return nil
	}
	return parties[0].entity
}
