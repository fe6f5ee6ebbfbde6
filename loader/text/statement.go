package text

import (
	"maps"
	"slices"

	"orbat/schema"
)

// Entity is whom or what several mentions of a document name.
type Entity struct {
	Name, Type string
	Forms      []string // as the document writes it, each once
	Rank       string   // of a person

	forms map[string]bool
	ranks map[string]bool // in full words, and whether it was said
	at    int             // in the order of the document's entities

	id, platform string // of the account of a part's author
}

// Event is what a document tells of as having happened, in one place and at one time.
type Event struct {
	ID         string // the same for the same words of the same day
	Kind       string // the ontology's event_kind
	Name       string // a title for it
	Sentence   int
	Begin, End int // of what names it, in code points

	trigger  string // the words
	at       int    // in the order of the document's events
	spans    []span // all that name it
	named    bool   // somebody or some place of a name has a part in it
	agents   []*Entity
	patients map[*Entity]string // and what became of them
	places   []*Entity
	date     string
}

type span struct{ begin, end int }

// End is one end of a statement: an entity or an event.
type End struct {
	Entity *Entity
	Event  *Event
}

// Statement is what a sentence says: a relation between two ends, or a value of one.
type Statement struct {
	Relation   string // or the property, where there is a value
	From, To   End
	Value      string // of a property: as it is kept
	Text       string // of a value: as the document writes it
	Qualifiers map[string]string
	Period     string
	Assertion  schema.Assertion
	Speaker    *Entity // who says so
	Confidence int     // of 100
	Rule       string  // that found it
	Begin, End int     // of the sentence, in code points
	Quote      string  // the sentence
}

// Reading is what was read of a document.
type Reading struct {
	Mentions   []*Mention
	Entities   []*Entity
	Events     []*Event
	Statements []*Statement
	// Foreign says that the text is not English, of which only names are read.
	Foreign bool
}

// String returns the statement in a line.
func (s *Statement) String() string {
	to := s.To.String()
	if s.To == (End{}) {
		to = s.Value
		if to == "" {
			to = s.Text
		}
	}
	line := s.From.String() + " " + s.Relation + " " + to
	for _, name := range slices.Sorted(maps.Keys(s.Qualifiers)) {
		line += " " + name + "=" + s.Qualifiers[name]
	}
	if s.Assertion != schema.Asserted {
		line += " (" + string(s.Assertion) + ")"
	}
	if s.Speaker != nil {
		line += " says " + s.Speaker.Name
	}
	return line
}

// String returns what an end is called.
func (e End) String() string {
	switch {
	case e.Event != nil:
		return "“" + e.Event.title() + "”"
	case e.Entity != nil:
		return e.Entity.Name
	}
	return ""
}

// Overlaps reports whether something that names the event stands, in part, in a span of code points.
func (e *Event) Overlaps(begin, end int) bool {
	for _, s := range e.spans {
		if s.begin < end && begin < s.end {
			return true
		}
	}
	return false
}
