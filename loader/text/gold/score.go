package gold

import (
	"slices"
	"strings"

	"orbat/loader/text"
	"orbat/schema"
)

// Counts are what is counted of statements.
type Counts struct {
	Core     int `json:"core"`     // that a careful reader makes at once
	Found    int `json:"found"`    // of them
	Said     int `json:"said"`     // asserted by the reader, and of a kind that is judged
	Right    int `json:"right"`    // of them
	Matched  int `json:"matched"`  // pairs of a statement of the reader's and one of the gold
	Stance   int `json:"stance"`   // of them with an assertion that is allowed
	MustNot  int `json:"must_not"` // traps
	Violated int `json:"violated"` // of them
	Entities int `json:"entities"` // names that the gold has
	Named    int `json:"named"`    // of them that the reader has
	Unjudged int `json:"unjudged"` // statements that the gold has no word for
}

func (c *Counts) add(o Counts) {
	c.Core += o.Core
	c.Found += o.Found
	c.Said += o.Said
	c.Right += o.Right
	c.Matched += o.Matched
	c.Stance += o.Stance
	c.MustNot += o.MustNot
	c.Violated += o.Violated
	c.Entities += o.Entities
	c.Named += o.Named
	c.Unjudged += o.Unjudged
}

// Precision returns the share of what is said that is right; Recall that of the core that is found; Assertion that of
// the matched pairs with an assertion that is allowed.
func (c *Counts) Precision() float64 { return share(c.Right, c.Said) }

// Recall returns the share of the core statements that is found.
func (c *Counts) Recall() float64 { return share(c.Found, c.Core) }

// Assertion returns the share of the matched pairs whose assertion is allowed.
func (c *Counts) Assertion() float64 { return share(c.Stance, c.Matched) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Result is what a measurement found.
type Result struct {
	Documents  int                `json:"documents"`
	Missing    int                `json:"missing_texts"` // documents whose text was not there
	All        Counts             `json:"all"`
	Relations  map[string]*Counts `json:"relations"`
	Sets       map[string]*Counts `json:"sets"`
	Confidence map[int]*Counts    `json:"confidence"` // by tens
	Rules      map[string]*Counts `json:"rules"`
	// Of the matched pairs, by how the gold puts it.
	Assertions map[schema.Assertion]*Counts `json:"assertions"`
	Wrong      []string                     `json:"wrong,omitempty"`
	Missed     []string                     `json:"missed,omitempty"`
	Violations []string                     `json:"violations,omitempty"`
}

// Score measures a reader on documents. The error is the reader's.
func Score(documents []Document, texts map[string]string, read func(content,
	published string) (*text.Reading, error),
) (*Result, error) {
	r := &Result{
		Relations: map[string]*Counts{}, Sets: map[string]*Counts{}, Confidence: map[int]*Counts{},
		Rules: map[string]*Counts{}, Assertions: map[schema.Assertion]*Counts{},
	}
	for i := range documents {
		d := &documents[i]
		content, ok := texts[d.TextSHA256]
		if !ok {
			r.Missing++
			continue
		}
		published := ""
		if d.Published != nil {
			published = *d.Published
		}
		r.Documents++
		reading, err := read(content, published)
		if err != nil {
			return nil, err
		}
		r.document(d, reading)
	}
	return r, nil
}

func at[K comparable](m map[K]*Counts, key K) *Counts {
	if m[key] == nil {
		m[key] = &Counts{}
	}
	return m[key]
}

func (r *Result) count(d *Document, relation string, s *text.Statement, c Counts) {
	r.All.add(c)
	at(r.Sets, d.Set).add(c)
	at(r.Relations, relation).add(c)
	if s != nil {
		at(r.Confidence, s.Confidence/10*10).add(c)
		at(r.Rules, s.Rule).add(c)
	}
}

// relationOf returns the gold's name of a statement's relation.
func relationOf(s *text.Statement) string {
	if s.To == (text.End{}) {
		return "prop:" + s.Relation
	}
	return s.Relation
}

// short returns a document's id, or what it begins with.
func (d *Document) short() string { return d.Doc[:min(8, len(d.Doc))] }

func (r *Result) document(d *Document, reading *text.Reading) {
	m := &matcher{d: d}
	found := map[int]bool{}
	for _, e := range d.Entities {
		c := Counts{Entities: 1}
		for _, own := range reading.Entities {
			if m.isEntity(e.Name, own) {
				c.Named = 1
				break
			}
		}
		r.All.add(c)
		at(r.Sets, d.Set).add(c)
	}
	for _, s := range reading.Statements {
		relation := relationOf(s)
		if !judged(relation) {
			r.count(d, relation, s, Counts{Unjudged: 1})
			continue
		}
		matches := m.matches(s, d.Statements)
		c := Counts{}
		if s.Assertion == schema.Asserted {
			c.Said = 1
		}
		stance := false
		for _, i := range matches {
			found[i] = true
			g := &d.Statements[i]
			stance = stance || s.Assertion == g.Assertion || slices.Contains(g.AltAssertions, s.Assertion)
		}
		if len(matches) > 0 {
			c.Matched = 1
			if stance {
				c.Stance = 1
			}
			if stance && c.Said > 0 {
				c.Right = 1
			}
			at(r.Assertions, d.Statements[matches[0]].Assertion).add(Counts{Matched: 1, Stance: c.Stance})
		}
		if c.Said > c.Right {
			r.Wrong = append(r.Wrong, d.short()+": "+s.String()+" ["+s.Rule+"] "+s.Quote)
		}
		r.count(d, relation, s, c)
	}
	for i, g := range d.Statements {
		if !g.Core {
			continue
		}
		c := Counts{Core: 1}
		if found[i] {
			c.Found = 1
		} else {
			r.Missed = append(r.Missed, d.short()+": "+g.From.String()+" "+g.Relation+" "+g.To.String())
		}
		r.count(d, g.Relation, nil, c)
	}
	m.strict = true
	for i := range d.MustNot {
		g := &d.MustNot[i]
		c := Counts{MustNot: 1}
		for _, s := range reading.Statements {
			if m.forbidden(s, g) {
				c.Violated = 1
				r.Violations = append(r.Violations, d.short()+": "+s.String()+" ["+s.Rule+"]: "+g.Why+": "+s.Quote)
				break
			}
		}
		r.count(d, g.Relation, nil, c)
	}
}

func (e End) String() string {
	switch {
	case e.Event != "":
		return "<" + e.Event + ">"
	case e.Name != "":
		return e.Name
	}
	return e.Text
}

// judged reports whether the gold has a word for a relation: of properties it has ranks and dates of events.
func judged(relation string) bool {
	property, is := strings.CutPrefix(relation, "prop:")
	return !is || property == "rank" || property == "date"
}

// matcher compares what was read of one document with its gold.
type matcher struct {
	d      *Document
	strict bool // events that may be told apart are
}

func plain(name string) string {
	name = schema.NormalName(name)
	return strings.TrimPrefix(name, "the ")
}

// isEntity reports whether an entity of the reader's is that of a name: one of its forms is one of the other's.
func (m *matcher) isEntity(name string, own *text.Entity) bool {
	if own == nil {
		return false
	}
	names := []string{name}
	for _, e := range m.d.Entities {
		if e.Name == name {
			names = append(names, e.Aliases...)
		}
	}
	for _, n := range names {
		n = plain(n)
		if n == plain(own.Name) {
			return true
		}
		for _, form := range own.Forms {
			if n == plain(form) {
				return true
			}
		}
	}
	return false
}

func (m *matcher) isEvent(id string, own *text.Event) bool {
	if own == nil {
		return false
	}
	for _, e := range m.d.Events {
		if e.ID != id && (m.strict || !slices.Contains(e.MayMergeWith, id)) {
			continue
		}
		for _, s := range append([]Span{e.Span}, e.CorefSpans...) {
			if own.Overlaps(s[0], s[1]) {
				return true
			}
		}
	}
	return false
}

func (m *matcher) end(g End, own text.End, s *text.Statement) bool {
	switch {
	case g.Event != "":
		return m.isEvent(g.Event, own.Event)
	case g.Name != "":
		return m.isEntity(g.Name, own.Entity)
	case g.Text != "":
		return own == text.End{} && (plain(g.Text) == plain(s.Text) ||
			strings.Contains(plain(s.Text), plain(g.Text)) ||
			g.Value != "" && g.Value == s.Value)
	}
	return own.Entity != nil || own.Event != nil
}

func (m *matcher) matches(s *text.Statement, list []Statement) (found []int) {
	relation := relationOf(s)
	for i := range list {
		g := &list[i]
		if relation != g.Relation && !slices.Contains(g.AltRelations, relation) {
			continue
		}
		forth := m.end(g.From, s.From, s) && m.end(g.To, s.To, s)
		back := (relation == "opposes" || relation == "allied_with" || relation == "communicated_with" ||
			relation == "associate_of") &&
			m.end(g.From, s.To, s) && m.end(g.To, s.From, s)
		if (forth || back) && agree(g.Qualifiers, s.Qualifiers) {
			found = append(found, i)
		}
	}
	return found
}

// agree reports whether a statement's outcome is the gold's, where both say one.
func agree(gold map[string]any, own map[string]string) bool {
	outcome, said := gold["outcome"].(string)
	return !said || own["outcome"] == "" || own["outcome"] == outcome
}

func (m *matcher) forbidden(s *text.Statement, g *Statement) bool {
	if relationOf(s) != g.Relation || g.Forbid == "asserted" && s.Assertion != schema.Asserted {
		return false
	}
	if !m.end(g.From, s.From, s) || !m.end(g.To, s.To, s) {
		return false
	}
	outcome, narrowed := g.Qualifiers["outcome"].(string)
	return !narrowed || s.Qualifiers["outcome"] == outcome
}
