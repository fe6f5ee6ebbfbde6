package step

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// statement is what one or more claims say of an edge in the same words.
type statement struct {
	edge       *view.GraphEdge
	values     map[string][]string
	period     schema.Period
	confidence *int
	claims     []*view.Evidence
	sources    map[string]string // by xid: what to call it
	possible   bool
}

// statementsOf returns what the claims of an edge that satisfy the filters say.
func statementsOf(e *view.GraphEdge, filter *canned.Filter) []*statement {
	list := statementsIn(e, e.Passed)
	for _, s := range list {
		_, holding := filter.Meet(schema.Always(), s.when(nil))
		s.possible = holding == schema.Possible
	}
	return list
}

// statementsIn returns what claims behind an edge say.
func statementsIn(e *view.GraphEdge, claims []*view.Evidence) []*statement {
	byWords := map[string]*statement{}
	for _, c := range claims {
		said := &statement{edge: e, values: c.Values, period: c.When}
		s := byWords[said.words()]
		if s == nil {
			s = said
			s.sources = map[string]string{}
			byWords[said.words()] = s
		}
		s.claims = append(s.claims, c)
		if c.Confidence != nil && (s.confidence == nil || *c.Confidence > *s.confidence) {
			s.confidence = c.Confidence
		}
		for _, cite := range c.Cites {
			s.sources[cite.Source] = cmp.Or(cite.Title, cite.Source)
		}
	}
	var list []*statement
	for _, words := range slices.Sorted(maps.Keys(byWords)) {
		list = append(list, byWords[words])
	}
	return list
}

// words are what the statement says of its edge: they order statements where nothing else does.
func (s *statement) words() string {
	var b strings.Builder
	b.WriteString(s.period.String())
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		b.WriteString("\x00" + name + "\x00" + strings.Join(s.values[name], "\x00"))
	}
	return b.String()
}

// textOf orders statements by all that they say.
func textOf(list ...*statement) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(s.edge.ID() + s.words())
	}
	return b.String()
}

// compare orders statements by when they began, those that only have an end by that, then by what they say. dates are
// those of events.
func (s *statement) compare(t *statement, dates map[string]string) int {
	return cmp.Or(began(s, dates).compare(began(t, dates)), view.CompareEdges(s.edge, t.edge),
		strings.Compare(s.period.String(), t.period.String()), strings.Compare(textOf(s), textOf(t)))
}

// at returns the statement for another time.
func (s *statement) at(when schema.Period) *statement {
	then := *s
	then.period = when
	return &then
}

// role names the part that the statement's subject has.
func (s *statement) role() string {
	return cmp.Or(strings.Join(view.RoleIn(s.values), ", "), s.edge.Relation)
}

// dateOf returns the date of the event that a link leads to; where that has none, of the event asked about.
func dateOf(e *view.GraphEdge, dates map[string]string) string {
	far := e.To
	if far == e.Near {
		far = e.From
	}
	return cmp.Or(dates[far], dates[e.Near])
}

// when returns when the statement says that its link held: by the date of its event where it gives none itself, and any
// time where that is leaned on.
func (s *statement) when(dates map[string]string) schema.Period {
	if !s.period.IsZero() {
		return s.period
	}
	if p, err := schema.ParsePeriod(dateOf(s.edge, dates)); err == nil && !p.IsZero() {
		return p
	}
	if s.edge.LeansOn() {
		return schema.Always()
	}
	return s.period
}

// began returns when the statement's time began, its event's where it has none itself.
func began(s *statement, dates map[string]string) beginning {
	period := s.period
	if period.IsZero() {
		if p, err := schema.ParsePeriod(dateOf(s.edge, dates)); err == nil {
			period = p
		}
	}
	return beginningOf(period)
}

func beginningOf(p schema.Period) beginning {
	first := cmp.Or(p.From.Min, p.From.Max, p.To.Min, p.To.Max)
	return beginning{first, first.IsZero()}
}

// beginning orders by time, the undated last.
type beginning struct {
	at      time.Time
	unknown bool
}

func (b beginning) compare(c beginning) int {
	switch {
	case b.unknown == c.unknown:
		return b.at.Compare(c.at)
	case b.unknown:
		return 1
	default:
		return -1
	}
}
