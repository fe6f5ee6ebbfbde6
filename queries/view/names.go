package view

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"

	"orbat/queries/canned"
	"orbat/schema"
)

// Candidate is an entity that a name may mean, with what tells it from the others.
type Candidate struct {
	XID     string   `json:"xid"`
	Type    string   `json:"type"`
	Name    string   `json:"name"`
	Country string   `json:"country,omitempty"`
	Aliases []string `json:"aliases,omitempty"`
	About   string   `json:"about,omitempty"`
	Match   string   `json:"match"` // xid, name, alias, normalised name, prefix, sound
	UID     string   `json:"-"`
}

// The levels at which a name matches, best first (law 17). The last two only suggest.
const (
	byXID        = "xid"
	byName       = "name"
	byAlias      = "alias"
	byNormalised = "normalised name"
	byPrefix     = "prefix"
	bySound      = "sound"
)

// AmbiguousError says that a name means several entities.
type AmbiguousError struct {
	Query, Param, Text string
	Candidates         []Candidate
}

func (e *AmbiguousError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %q is ambiguous:", e.Param, schema.Shorten(e.Text))
	for _, c := range e.Candidates {
		b.WriteString("\n  " + c.line())
	}
	return b.String()
}

// Describe returns the error as a fault.
func (e *AmbiguousError) Describe() schema.Fault {
	return schema.Fault{Column: e.Param, Value: e.Text, Reason: strings.TrimPrefix(e.Error(), e.Param+": "), Hint: "name it by xid"}
}

// UnknownEntityError says that nothing is known under a name.
type UnknownEntityError struct {
	Query, Param, Text string
	Near               []Candidate
	Of                 []string // set: the name is known, but as no such type
}

func (e *UnknownEntityError) Error() string {
	if len(e.Of) > 0 {
		return fmt.Sprintf("%s: %q is no %s but %s", e.Param, schema.Shorten(e.Text), strings.Join(e.Of, " or "), e.Near[0].Type)
	}
	return fmt.Sprintf("%s: unknown entity %q", e.Param, schema.Shorten(e.Text))
}

// Describe returns the error as a fault, with what may have been meant.
func (e *UnknownEntityError) Describe() schema.Fault {
	f := schema.Fault{Column: e.Param, Value: e.Text, Reason: strings.TrimPrefix(e.Error(), e.Param+": ")}
	var near []string
	for _, c := range e.Near {
		near = append(near, c.line())
	}
	switch {
	case len(e.Near) == 0:
		f.See = schema.SeeSearch
	case len(e.Of) > 0:
		f.Hint = "what is known by that name:\n  " + strings.Join(near, "\n  ")
	default:
		f.Hint = "did you mean\n  " + strings.Join(near, "\n  ")
	}
	return f
}

func (c Candidate) line() string {
	parts := []string{c.XID, c.Type, c.Name}
	if c.Country != "" {
		parts = append(parts, c.Country)
	}
	if len(c.Aliases) > 0 {
		parts = append(parts, "also "+strings.Join(c.Aliases[:min(3, len(c.Aliases))], ", "))
	}
	if c.About != "" {
		parts = append(parts, schema.Shorten(c.About))
	}
	return strings.Join(parts, " · ")
}

func candidateFields(ontology *schema.Ontology) string {
	fields := "uid xid entity.type country aliases description " + strings.Join(ontology.Caption(""), " ")
	return fields + " entity.rep { " + fields + " }"
}

type candidateNode struct {
	UID         string
	XID         string
	Type        string         `json:"entity.type"`
	Name        string         `json:"name"`
	Country     string         `json:"country"`
	Aliases     []string       `json:"aliases"`
	Description string         `json:"description"`
	Rep         *candidateNode `json:"entity.rep"`
	all         map[string]any
}

// UnmarshalJSON reads the node and, beside its fields, what the ontology calls it by.
func (n *candidateNode) UnmarshalJSON(data []byte) error {
	type fields candidateNode
	if err := json.Unmarshal(data, (*fields)(n)); err != nil {
		return err
	}
	return json.Unmarshal(data, &n.all)
}

// candidate follows a merge to its representative: only name look-up and evidence know members (law 10).
func (n *candidateNode) candidate(ontology *schema.Ontology, match string) Candidate {
	if n.Rep != nil {
		n = n.Rep
	}
	slices.Sort(n.Aliases) // Dgraph keeps no order
	name := n.XID
	for _, property := range ontology.Caption(shownType(n.Type)) {
		if text, ok := n.all[property].(string); ok && text != "" {
			name = text
			break
		}
	}
	return Candidate{
		XID: n.XID, Type: shownType(n.Type), Name: name, Country: n.Country, Aliases: n.Aliases,
		About: n.Description, Match: match, UID: n.UID,
	}
}

func shownType(t string) string {
	if t == "none" {
		return ""
	}
	return t
}

// LookUp returns all that a text means at the best level that any entity matches.
func (s *Snapshot) LookUp(ctx context.Context, text string) ([]Candidate, error) {
	text = strings.TrimSpace(text)
	fields := candidateFields(s.Ontology)
	dql := `query q($xid: string, $text: string, $key: string) {
		xid(func: eq(xid, $xid)) { ` + fields + ` }
		name(func: eq(name, $text), first: 50) { ` + fields + ` }
		alias(func: eq(aliases, $text), first: 50) { ` + fields + ` }
		key(func: eq(name.key, $key), first: 50) { ` + fields + ` } }`
	if len(text) > schema.MaxXID || text == "" {
		return nil, nil
	}
	xid := storedXID(text)
	var found struct{ XID, Name, Alias, Key []*candidateNode }
	vars := map[string]string{"$xid": xid, "$text": text, "$key": schema.SearchKey(text)}
	if err := s.query(ctx, dql, vars, &found); err != nil {
		return nil, err
	}
	for _, level := range []struct {
		nodes   []*candidateNode
		match   string
		matches func(xid string, f *schema.Facts) bool // asked where only a part of the graph is seen
	}{
		{found.XID, byXID, func(own string, _ *schema.Facts) bool { return own == xid }},
		{found.Name, byName, func(_ string, f *schema.Facts) bool { return slices.Contains(f.Values["name"], text) }},
		{found.Alias, byAlias, func(_ string, f *schema.Facts) bool { return slices.Contains(f.Values["aliases"], text) }},
		{found.Key, byNormalised, func(_ string, f *schema.Facts) bool { return slices.Contains(f.Values["name.key"], vars["$key"]) }},
	} {
		if s.redactor != nil { // what an alias is to all may be the name to those who see less
			level.nodes = slices.Concat(found.XID, found.Name, found.Alias, found.Key)
		}
		list, err := s.candidates(ctx, level.nodes, level.match, level.matches)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 || level.match == byNormalised && vars["$key"] == "" {
			continue
		}
		if level.match == byXID && list[0].Type == "" && s.redactor == nil {
			// Nobody describes it. It is an answer where a claim touches it, not where only its bare node is left (law
			// 5).
			if touched, err := s.touched(ctx, list[0].UID); err != nil || !touched {
				return nil, err
			}
		}
		return list, nil
	}
	return nil, nil
}

// storedXID is an xid as it is stored, however its letters were composed.
func storedXID(text string) string {
	if stored, err := schema.CheckXID(text); err == nil {
		return stored
	}
	return text
}

// candidates makes of the nodes found at one level what may be shown of them. matches says it again of what they show
// where not all is seen.
func (s *Snapshot) candidates(ctx context.Context, nodes []*candidateNode, match string, matches func(xid string,
	f *schema.Facts) bool,
) ([]Candidate, error) {
	if s.redactor != nil {
		return s.redactor.lookUp(ctx, nodes, match, matches)
	}
	var list []Candidate
	for _, n := range nodes {
		c := n.candidate(s.Ontology, match)
		if !schema.IsDatasetSource(c.XID) && !slices.ContainsFunc(list, func(o Candidate) bool { return o.XID == c.XID }) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Candidate) int { return strings.Compare(a.XID, b.XID) })
	return list, nil
}

// MaxSuggested is how many names one kind of likeness brings.
const MaxSuggested = 200

// Suggest returns entities whose names begin like a text, or sound like it across scripts, closest first.
func (s *Snapshot) Suggest(ctx context.Context, text string, most int) ([]Candidate, error) {
	key := schema.SearchKey(text)
	if key == "" || len(text) > schema.MaxXID {
		return nil, nil
	}
	fields := candidateFields(s.Ontology)
	dql := `query q($from: string, $to: string, $sound: string) {
		prefix(func: between(name.key, $from, $to), first: ` + strconv.Itoa(MaxSuggested) + `) { ` + fields + ` }
		sound(func: allofterms(name.sound, $sound), first: ` + strconv.Itoa(MaxSuggested) + `) { ` + fields + ` } }`
	var found struct{ Prefix, Sound []*candidateNode }
	sound := strings.Join(schema.NameSounds([]string{text}), " ")
	if err := s.query(ctx, dql, map[string]string{"$from": key, "$to": key + "\U0010FFFF", "$sound": sound}, &found); err != nil {
		return nil, err
	}
	list, err := s.candidates(ctx, found.Prefix, byPrefix, func(_ string, f *schema.Facts) bool {
		return slices.ContainsFunc(f.Values["name.key"], func(own string) bool { return strings.HasPrefix(own, key) })
	})
	if err != nil {
		return nil, err
	}
	if sound != "" {
		likes, err := s.candidates(ctx, found.Sound, bySound, func(_ string, f *schema.Facts) bool {
			return !slices.ContainsFunc(strings.Fields(sound),
				func(word string) bool { return !slices.Contains(f.Values["name.sound"], word) })
		})
		if err != nil {
			return nil, err
		}
		for _, c := range likes {
			if !slices.ContainsFunc(list, func(o Candidate) bool { return o.XID == c.XID }) {
				list = append(list, c)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Candidate) int { return distanceTo(text, a) - distanceTo(text, b) })
	return list[:min(most, len(list))], nil
}

// Resolve returns the one entity that a parameter means.
func (s *Snapshot) Resolve(ctx context.Context, query string, p *canned.Param, text string) (Candidate, error) {
	list, err := s.LookUp(ctx, text)
	if err != nil {
		return Candidate{}, fmt.Errorf("look up %s: %w", p.Name, err)
	}
	fitting := slices.DeleteFunc(slices.Clone(list), func(c Candidate) bool {
		return len(p.Of) > 0 && c.Type != "" && !slices.Contains(p.Of, c.Type)
	})
	switch {
	case len(fitting) == 1:
		return fitting[0], nil
	case len(fitting) > 1:
		return Candidate{}, &AmbiguousError{Query: query, Param: p.Name, Text: text, Candidates: fitting}
	case len(list) > 0:
		return Candidate{}, &UnknownEntityError{Query: query, Param: p.Name, Text: text, Near: list, Of: p.Of}
	}
	near, err := s.Suggest(ctx, text, 5)
	if err != nil {
		return Candidate{}, fmt.Errorf("look up %s: %w", p.Name, err)
	}
	return Candidate{}, &UnknownEntityError{Query: query, Param: p.Name, Text: text, Near: near}
}

// distanceTo is the least edit distance between a text and the names of a candidate, folded.
func distanceTo(text string, c Candidate) int {
	key := schema.SearchKey(text)
	least := levenshtein.Distance(key, schema.SearchKey(c.Name), nil)
	for _, alias := range c.Aliases {
		least = min(least, levenshtein.Distance(key, schema.SearchKey(alias), nil))
	}
	return least
}
