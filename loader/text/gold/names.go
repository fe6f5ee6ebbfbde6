package gold

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"orbat/loader/text"
)

// NameCounts are what is counted of mentions. A mention that is found has the type that was marked.
type NameCounts struct {
	Marked  int `json:"marked"`
	Found   int `json:"found"`
	Exact   int `json:"exact"`   // found with both ends where they were marked
	Touched int `json:"touched"` // marked ones that one found overlaps
	Touches int `json:"touches"` // found ones that overlap one marked
}

func (c *NameCounts) add(o NameCounts) {
	c.Marked += o.Marked
	c.Found += o.Found
	c.Exact += o.Exact
	c.Touched += o.Touched
	c.Touches += o.Touches
}

// F1 returns how well mentions are found, exactly and by any overlap.
func (c *NameCounts) F1() (exact, overlap float64) {
	p, r := share(c.Touches, c.Found), share(c.Touched, c.Marked)
	if p+r > 0 {
		overlap = 2 * p * r / (p + r)
	}
	return share(2*c.Exact, c.Marked+c.Found), overlap
}

// MarshalJSON adds the two F1 to the counts.
func (c *NameCounts) MarshalJSON() ([]byte, error) {
	type plain NameCounts
	exact, overlap := c.F1()
	return json.Marshal(struct {
		*plain
		ExactF1   float64 `json:"exact_f1"`
		OverlapF1 float64 `json:"overlap_f1"`
	}{(*plain)(c), exact, overlap})
}

// Names is what a measurement of mentions found.
type Names struct {
	Documents int                    `json:"documents"`
	All       *NameCounts            `json:"all"`
	Types     map[string]*NameCounts `json:"types"`
	Sources   map[string]*NameCounts `json:"sources"`
	// The relations that are found between the mentions that were marked; nil: none were looked for.
	Related   *NameCounts            `json:"related,omitempty"`
	Relations map[string]*NameCounts `json:"relations,omitempty"`
}

// related counts the relations that were found in a document.
func (n *Names) related(d *Annotated, found []Tie) {
	if n.Related == nil {
		n.Related, n.Relations = &NameCounts{}, map[string]*NameCounts{}
	}
	count := func(kind string, c NameCounts) {
		n.Related.add(c)
		add(n.Relations, kind, c)
	}
	for _, r := range d.Relations {
		c := NameCounts{Marked: 1}
		if slices.Contains(found, r) {
			c.Exact, c.Touched = 1, 1
		}
		count(r.Type, c)
	}
	for _, r := range found {
		c := NameCounts{Found: 1}
		if slices.Contains(d.Relations, r) {
			c.Touches = 1
		}
		count(r.Type, c)
	}
}

// Document counts what was found in a document.
func (n *Names) Document(d *Annotated, found []Marked) {
	if n.Types == nil {
		n.All = &NameCounts{}
		n.Types, n.Sources = map[string]*NameCounts{}, map[string]*NameCounts{}
	}
	n.Documents++
	count := func(kind string, c NameCounts) {
		n.All.add(c)
		add(n.Types, kind, c)
		add(n.Sources, d.Source, c)
	}
	touched := func(m Marked, list []Marked) int {
		for _, o := range list {
			if o.Type == m.Type && o.Begin < m.End && m.Begin < o.End {
				return 1
			}
		}
		return 0
	}
	for _, m := range d.Mentions {
		count(m.Type, NameCounts{Marked: 1, Touched: touched(m, found)})
	}
	for _, m := range found {
		c := NameCounts{Found: 1, Touches: touched(m, d.Mentions)}
		if slices.Contains(d.Mentions, m) {
			c.Exact = 1
		}
		count(m.Type, c)
	}
}

func add(m map[string]*NameCounts, key string, c NameCounts) {
	if m[key] == nil {
		m[key] = &NameCounts{}
	}
	m[key].add(c)
}

// RulesOf measures what the rules of a reader find.
func RulesOf(documents []*Annotated, read func(content string) (*text.Reading, error)) (*Names, error) {
	var names Names
	for _, d := range documents {
		reading, err := read(d.Text)
		if err != nil {
			return nil, err
		}
		names.Document(d, ruleNames(reading, d.Standoff))
	}
	return &names, nil
}

// ruleNames returns the mentions of a reading, as annotators of a corpus call their types. Of the equipment of re3d the
// rules do not say whether it is a platform, a weapon or a vehicle: it is a platform, as most is that has a name.
func ruleNames(reading *text.Reading, brat bool) (marked []Marked) {
	types := map[string]string{
		"Person": "Person", "Organisation": "Organisation", "Unit": "Organisation", "Location": "Location",
		"Equipment": "MilitaryPlatform",
	}
	if brat {
		types["Organisation"], types["Unit"] = "Organization", "Organization"
	}
	for _, m := range reading.Mentions {
		kind := types[m.Type]
		if m.Entity != nil && m.Country {
			kind = types[m.Entity.Type]
		}
		if m.Demonym || kind == "" || brat && (kind == "Location" || kind == "MilitaryPlatform") {
			continue
		}
		begin := m.Begin
		if brat && m.Rank != "" { // there, a rank is marked by itself
			begin = m.End - utf8.RuneCountInString(m.Name)
			marked = append(marked, Marked{m.Begin, m.Begin + utf8.RuneCountInString(m.Rank), "Rank"})
		}
		marked = append(marked, Marked{begin, m.End, kind})
	}
	return marked
}
