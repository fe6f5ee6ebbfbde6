package view

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
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
	Details []string `json:"details,omitempty"` // of one among several: rank, unit and years; kind, and what it lies in
	Aliases []string `json:"aliases,omitempty"`
	About   string   `json:"about,omitempty"`
	Match   string   `json:"match"` // xid, name, alias, normalised name, word, prefix, sound, likeness, value, link
	UID     string   `json:"-"`

	keys []string // of all its names, as [schema.NameKeys] folds them
}

// The levels at which a name matches, best first (law 17). By a word only a single match is taken, and said; the last
// two only suggest.
const (
	byXID        = "xid"
	byName       = "name"
	byAlias      = "alias"
	byNormalised = "normalised name"
	byWord       = "word"
	byPrefix     = "prefix"
	bySound      = "sound"
	byLikeness   = "likeness"
	byValue      = "value"
	byLink       = "link"
)

// Taken says that a parameter's text was no name of anything, and that the one entity which has all its words in a name
// was taken for it.
type Taken struct {
	Param string `json:"param"`
	Text  string `json:"text"`
	XID   string `json:"xid"`
	Name  string `json:"name"`
}

// ByWord reports whether the candidate was found by words of its name alone.
func (c Candidate) ByWord() bool { return c.Match == byWord }

// AmbiguousError says that a name means several entities.
type AmbiguousError struct {
	Query, Param, Text string
	Candidates         []Candidate
	More               bool // there are more than these
}

func (e *AmbiguousError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %q is ambiguous:", e.Param, schema.Shorten(e.Text))
	listed := e.Candidates[:min(maxDescribed, len(e.Candidates))]
	for _, c := range listed {
		b.WriteString("\n  " + c.line(e.Text))
	}
	switch more := len(e.Candidates) - len(listed); {
	case e.More:
		b.WriteString("\n  … and more")
	case more > 0:
		fmt.Fprintf(&b, "\n  … and %d more", more)
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
		near = append(near, c.line(e.Text))
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

// line says in a line what tells the candidate from others that a text may mean: of its aliases the three that are most
// like the text.
func (c Candidate) line(text string) string {
	parts := append([]string{c.XID, c.Type, c.Name}, c.Details...)
	if c.Country != "" {
		parts = append(parts, c.Country)
	}
	if len(c.Aliases) > 0 {
		aliases, key := slices.Clone(c.Aliases), schema.SearchKey(text)
		slices.SortStableFunc(aliases, func(a, b string) int {
			return levenshtein.Distance(key, schema.SearchKey(a), nil) - levenshtein.Distance(key, schema.SearchKey(b), nil)
		})
		parts = append(parts, "also "+strings.Join(aliases[:min(3, len(aliases))], ", "))
	}
	if c.About != "" {
		parts = append(parts, schema.Shorten(c.About))
	}
	return strings.Join(parts, " · ")
}

func candidateFields(ontology *schema.Ontology, more ...string) string {
	fields := "uid xid entity.type country aliases description " + strings.Join(append(more, ontology.Caption("")...), " ")
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
	Keys        []string       `json:"name.key"`
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
		About: n.Description, Match: match, UID: n.UID, keys: n.Keys,
	}
}

func shownType(t string) string {
	if t == "none" {
		return ""
	}
	return t
}

// lookedUp is how many entities one level of one request brings. More of one name are said to be more.
const lookedUp = 50

// LookUp returns all that a text means at the best level that any entity of some types matches; no types: of any. What
// has no type fits all (law 5).
func (s *Snapshot) LookUp(ctx context.Context, text string, types ...string) ([]Candidate, error) {
	text = strings.TrimSpace(text)
	if len(text) > schema.MaxXID || text == "" {
		return nil, nil
	}
	declared, ofType, vars := s.typeFilter(types)
	fields := candidateFields(s.Ontology)
	dql := `query q($xid: string, $text: string, $key: string, $first: int, $after: string` + declared + `) {
		xid(func: eq(xid, $xid)) { ` + fields + ` }
		name(func: eq(name, $text), first: $first, after: $after)` + ofType + ` { ` + fields + ` }
		alias(func: eq(aliases, $text), first: $first, after: $after)` + ofType + ` { ` + fields + ` }
		key(func: eq(name.key, $key), first: $first, after: $after)` + ofType + ` { ` + fields + ` } }`
	xid, key := storedXID(text), schema.SearchKey(text)
	vars["$xid"], vars["$text"], vars["$key"] = xid, text, key
	var found struct{ XID, Name, Alias, Key []*candidateNode }
	err := s.namePages(ctx, dql, vars, lookedUp, func(page map[string][]*candidateNode) (bool, error) {
		found.XID = page["xid"] // each page has it
		found.Name, found.Alias, found.Key = append(found.Name, page["name"]...), append(found.Alias, page["alias"]...),
			append(found.Key, page["key"]...)
		return s.redactor == nil, nil // what is withheld must not take the places of what is seen
	})
	if err != nil {
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
		{found.Key, byNormalised, func(_ string, f *schema.Facts) bool { return slices.Contains(f.Values["name.key"], key) }},
	} {
		if s.redactor != nil { // what an alias is to all may be the name to those who see less
			level.nodes = slices.Concat(found.XID, found.Name, found.Alias, found.Key)
		}
		list, err := s.candidates(ctx, level.nodes, level.match, types, level.matches)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 || level.match == byNormalised && key == "" {
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

// typeFilter returns the variables and the filter by which only entities of some types are looked up, so that no other
// fills a page. Under a marking limit it narrows nothing: of what type an entity is may be what is withheld.
func (s *Snapshot) typeFilter(types []string) (declared, filter string, vars map[string]string) {
	vars = map[string]string{}
	if len(types) == 0 || s.redactor != nil {
		return "", "", vars
	}
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = "$t" + strconv.Itoa(i)
		declared += ", " + names[i] + ": string"
		vars[names[i]] = t
	}
	return declared, " @filter(eq(entity.type, [" + strings.Join(names, ", ") + "]))", vars
}

// namePages sends a look-up by name and hands on the blocks of its answers, until read has enough or there is no more.
func (s *Snapshot) namePages(ctx context.Context, dql string, vars map[string]string, first int,
	read func(page map[string][]*candidateNode) (enough bool, err error),
) error {
	vars["$first"], vars["$after"] = strconv.Itoa(first), "0x0"
	for {
		page := map[string][]*candidateNode{}
		if err := s.query(ctx, dql, vars, &page); err != nil {
			return err
		}
		if enough, err := read(page); enough || err != nil {
			return err
		}
		var after uint64 // the least of where full blocks end: what another block has behind it comes twice
		for name, nodes := range page {
			if len(nodes) < first || name == byXID {
				continue
			}
			last, err := ParseUID(nodes[first-1].UID)
			if err != nil {
				return err
			}
			if after == 0 || last < after {
				after = last
			}
		}
		if after == 0 {
			return nil
		}
		vars["$after"] = FormatUID(after)
	}
}

// storedXID is an xid as it is stored, however its letters were composed.
func storedXID(text string) string {
	if stored, err := schema.CheckXID(text); err == nil {
		return stored
	}
	return text
}

// candidates makes of the nodes found at one level what may be shown of them, those of some types. matches says it
// again of what they show where not all is seen.
func (s *Snapshot) candidates(ctx context.Context, nodes []*candidateNode, match string, types []string, matches func(xid string,
	f *schema.Facts) bool,
) (list []Candidate, err error) {
	if s.redactor != nil {
		list, err = s.redactor.lookUp(ctx, nodes, match, matches)
	} else {
		for _, n := range nodes {
			c := n.candidate(s.Ontology, match)
			if !schema.IsDatasetSource(c.XID) && !slices.ContainsFunc(list, func(o Candidate) bool { return o.XID == c.XID }) {
				list = append(list, c)
			}
		}
	}
	list = slices.DeleteFunc(list, func(c Candidate) bool { return len(types) > 0 && c.Type != "" && !slices.Contains(types, c.Type) })
	slices.SortFunc(list, func(a, b Candidate) int { return cmp.Or(s.place(a)-s.place(b), strings.Compare(a.XID, b.XID)) })
	return list, err
}

// place orders what is called alike by type, as legends do: who asks for a name rarely means a document of that title.
func (s *Snapshot) place(c Candidate) int { return s.Ontology.LegendPlace(c.Type) }

const (
	// wordsLookedUp is how many words of a text one request narrows by; the others are compared afterwards.
	wordsLookedUp = 3
	// wordsCounted is of how many words of a text it is counted how many names have them.
	wordsCounted = 8
	// rare is how many entities are read and compared rather than narrowed by further words. Each word costs the
	// database a look at every name that has it: "unit", among 75,000 units, a second.
	rare = 1000
)

// LookUpWords returns the entities of some types that have all words of a text in one of their names, in any order, the
// closest first; more: there are more of them than it reads.
func (s *Snapshot) LookUpWords(ctx context.Context, text string, types ...string) (list []Candidate, more bool, err error) {
	words := strings.Fields(schema.Folded(text))
	if len(words) == 0 || len(text) > schema.MaxXID {
		return nil, false, nil
	}
	narrow, bearers, err := s.rarestFirst(ctx, words)
	if err != nil {
		return nil, false, err
	}
	narrow = narrow[:min(len(narrow), wordsLookedUp)]
	if bearers <= rare {
		narrow = narrow[:1]
	}
	declared, ofType, vars := s.typeFilter(types)
	var ranges []string
	for i, word := range narrow {
		from, to := "$w"+strconv.Itoa(i), "$e"+strconv.Itoa(i)
		declared += ", " + from + ": string, " + to + ": string"
		ranges = append(ranges, "between(name.key, "+from+", "+to+")")
		word = schema.SearchKey(word)
		vars[from], vars[to] = word, word+" \U0010FFFF" // a key is the word alone, or goes on with a space
	}
	filters := ranges[1:]
	if ofType != "" {
		filters = append(filters, strings.TrimSuffix(strings.TrimPrefix(ofType, " @filter("), ")"))
	}
	filter := ""
	if len(filters) > 0 {
		filter = " @filter(" + strings.Join(filters, " AND ") + ")"
	}
	dql := "query q($first: int, $after: string" + declared + ") { word(func: " + ranges[0] + ", first: $first, after: $after)" +
		filter + " { " + candidateFields(s.Ontology, "name.key") + " } }"
	err = s.namePages(ctx, dql, vars, 4*lookedUp, func(page map[string][]*candidateNode) (bool, error) {
		some, err := s.candidates(ctx, page["word"], byWord, types, func(_ string, f *schema.Facts) bool {
			return hasWords(f.Values["name.key"], words)
		})
		list = append(list, slices.DeleteFunc(some, func(c Candidate) bool { return !hasWords(c.keys, words) })...)
		return len(list) > lookedUp, err
	})
	slices.SortFunc(list, func(a, b Candidate) int {
		return cmp.Or(distanceTo(text, a)-distanceTo(text, b), strings.Compare(a.XID, b.XID))
	})
	list = slices.CompactFunc(list, func(a, b Candidate) bool { return a.XID == b.XID }) // one found by two of its parts
	more = len(list) > lookedUp
	return list[:min(lookedUp, len(list))], more, err
}

// rarestFirst returns the distinct words of a text, first that which the fewest entities have in a name, as far as the
// sounds of names tell, and how many have that; where they do not tell, the longest words first.
func (s *Snapshot) rarestFirst(ctx context.Context, words []string) (sorted []string, bearers int, err error) {
	sorted = slices.Compact(slices.Sorted(slices.Values(words)))
	slices.SortStableFunc(sorted, func(a, b string) int { return len(b) - len(a) })
	const unknown = math.MaxInt
	if len(sorted) == 1 {
		return sorted, unknown, nil
	}
	count := map[string]int{}
	var blocks []string
	declared, vars := []string{}, map[string]string{}
	for i, word := range sorted {
		count[word] = unknown
		sounds := schema.NameSounds([]string{word})
		if i >= wordsCounted || len(sounds) == 0 {
			continue
		}
		n := strconv.Itoa(i)
		declared = append(declared, "$s"+n+": string")
		blocks = append(blocks, "w"+n+"(func: allofterms(name.sound, $s"+n+")) { count: count(uid) }")
		vars["$s"+n] = strings.Join(sounds, " ")
	}
	if len(blocks) == 0 {
		return sorted, unknown, nil
	}
	var found map[string][]struct{ Count int }
	dql := "query q(" + strings.Join(declared, ", ") + ") { " + strings.Join(blocks, " ") + " }"
	if err := s.query(ctx, dql, vars, &found); err != nil {
		return nil, 0, err
	}
	for i, word := range sorted {
		if counted := found["w"+strconv.Itoa(i)]; len(counted) == 1 {
			count[word] = counted[0].Count
		}
	}
	slices.SortStableFunc(sorted, func(a, b string) int { return cmp.Compare(count[a], count[b]) })
	return sorted, count[sorted[0]], nil
}

// hasWords reports whether one of the folded names has all of some words, as often as they are given.
func hasWords(keys, words []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool {
		of := strings.Fields(key)
		for _, word := range words {
			i := slices.Index(of, word)
			if i < 0 {
				return false
			}
			of = slices.Delete(of, i, i+1)
		}
		return true
	})
}

// MaxSuggested is how many names one kind of likeness brings.
const MaxSuggested = 200

// Suggest returns entities of some types whose names have the text's words, begin like it, or sound like it across
// scripts, closest first.
func (s *Snapshot) Suggest(ctx context.Context, text string, most int, types ...string) ([]Candidate, error) {
	key := schema.SearchKey(text)
	if key == "" || len(text) > schema.MaxXID {
		return nil, nil
	}
	declared, ofType, vars := s.typeFilter(types)
	fields := candidateFields(s.Ontology)
	dql := `query q($from: string, $to: string, $sound: string, $first: int, $after: string` + declared + `) {
		prefix(func: between(name.key, $from, $to), first: $first, after: $after)` + ofType + ` { ` + fields + ` }
		sound(func: allofterms(name.sound, $sound), first: $first, after: $after)` + ofType + ` { ` + fields + ` } }`
	sound := strings.Join(schema.NameSounds([]string{text}), " ")
	vars["$from"], vars["$to"], vars["$sound"] = key, key+"\U0010FFFF", sound
	var begin, likes []Candidate
	err := s.namePages(ctx, dql, vars, MaxSuggested, func(page map[string][]*candidateNode) (bool, error) {
		some, err := s.candidates(ctx, page["prefix"], byPrefix, types, func(_ string, f *schema.Facts) bool {
			return slices.ContainsFunc(f.Values["name.key"], func(own string) bool { return strings.HasPrefix(own, key) })
		})
		if begin = append(begin, some...); err != nil || sound == "" {
			return s.redactor == nil || len(begin) >= MaxSuggested, err
		}
		some, err = s.candidates(ctx, page["sound"], bySound, types, func(_ string, f *schema.Facts) bool {
			return !slices.ContainsFunc(strings.Fields(sound),
				func(word string) bool { return !slices.Contains(f.Values["name.sound"], word) })
		})
		likes = append(likes, some...)
		// What is withheld must not take the places of what is seen.
		return s.redactor == nil || len(begin) >= MaxSuggested && len(likes) >= MaxSuggested, err
	})
	if err != nil {
		return nil, err
	}
	list, _, err := s.LookUpWords(ctx, text, types...)
	if err != nil {
		return nil, err
	}
	add := func(more []Candidate) {
		for _, c := range more {
			if !slices.ContainsFunc(list, func(o Candidate) bool { return o.XID == c.XID }) {
				list = append(list, c)
			}
		}
	}
	add(begin)
	add(likes)
	// A title has the words of what it is about: documents come after what is called so.
	slices.SortStableFunc(list, func(a, b Candidate) int {
		return cmp.Or(documents(a)-documents(b), distanceTo(text, a)-distanceTo(text, b), s.place(a)-s.place(b))
	})
	return list[:min(most, len(list))], nil
}

// documents is 1 of a source and 0 of all else.
func documents(c Candidate) int {
	if c.Type == "Source" {
		return 1
	}
	return 0
}

// Resolve returns the one entity that a parameter means: of those of its types the one that the text names best, else
// the only one that has its words in a name (law 17). exact refuses the last.
func (s *Snapshot) Resolve(ctx context.Context, query string, p *canned.Param, text string, exact bool) (Candidate, error) {
	c, err := s.resolve(ctx, query, p, text, exact)
	if err != nil && !errors.As(err, new(*AmbiguousError)) && !errors.As(err, new(*UnknownEntityError)) {
		return Candidate{}, fmt.Errorf("look up %s: %w", p.Name, err)
	}
	return c, err
}

func (s *Snapshot) resolve(ctx context.Context, query string, p *canned.Param, text string, exact bool) (Candidate, error) {
	list, err := s.LookUp(ctx, text, p.Of...)
	if err != nil {
		return Candidate{}, err
	}
	unknown := &UnknownEntityError{Query: query, Param: p.Name, Text: text}
	more := s.redactor == nil && len(list) == lookedUp
	if len(list) == 0 {
		others, err := s.ofOtherTypes(ctx, p, text)
		if err != nil {
			return Candidate{}, err
		}
		if len(others) > 0 && others[0].Match == byXID { // an xid means nothing else
			unknown.Near, unknown.Of = others, p.Of
			return Candidate{}, s.describe(ctx, unknown, unknown.Near)
		}
		switch list, more, err = s.LookUpWords(ctx, text, p.Of...); {
		case err != nil:
			return Candidate{}, err
		case len(list) > 0 && exact:
			unknown.Near = list[:min(mostNear, len(list))]
		case len(list) == 0 && len(others) > 0:
			unknown.Near, unknown.Of = others, p.Of
		case len(list) == 0:
			if unknown.Near, err = s.Suggest(ctx, text, mostNear, p.Of...); err != nil {
				return Candidate{}, err
			}
		}
	}
	switch {
	case len(list) == 0 || len(unknown.Near) > 0:
		return Candidate{}, s.describe(ctx, unknown, unknown.Near)
	case len(list) == 1 && !more:
		return list[0], nil
	}
	return Candidate{}, s.describe(ctx, &AmbiguousError{Query: query, Param: p.Name, Text: text, Candidates: list, More: more}, list)
}

// mostNear is how many an error suggests.
const mostNear = 5

// ofOtherTypes returns what a text means that a parameter does not take.
func (s *Snapshot) ofOtherTypes(ctx context.Context, p *canned.Param, text string) ([]Candidate, error) {
	if len(p.Of) == 0 {
		return nil, nil
	}
	return s.LookUp(ctx, text)
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

// Known returns those of some xids that are entities and may be seen, each once and as what decisions made it one with,
// in the order asked for, and how many are not. Names mean nothing here: it is for whoever has the xids.
func (s *Snapshot) Known(ctx context.Context, xids []string) (found []Candidate, missing int, err error) {
	m, err := s.Merges(ctx)
	if err != nil {
		return nil, 0, err
	}
	var wanted []string
	for _, xid := range xids {
		if rep := m.Rep(storedXID(xid)); !slices.Contains(wanted, rep) {
			wanted = append(wanted, rep)
		}
	}
	visible, err := s.Visible(ctx, wanted)
	if err != nil {
		return nil, 0, err
	}
	seen := slices.DeleteFunc(slices.Clone(wanted), func(xid string) bool { return !visible[xid] })
	at := map[string]Candidate{}
	for batch := range slices.Chunk(seen, GroupsAtOnce) {
		vars := map[string]string{}
		declared, used := xidVariables(vars, batch)
		var page struct {
			Q []struct {
				UID, XID string
				Type     string `json:"entity.type"`
			}
		}
		err := s.query(ctx, "query q("+declared+") { q(func: eq(xid, ["+used+"])) { uid xid entity.type } }", vars, &page)
		if err != nil {
			return nil, 0, fmt.Errorf("look entities up: %w", err)
		}
		for _, n := range page.Q {
			there := n.Type != ""
			if !there { // nobody describes it: it is one where a claim touches it (law 5)
				if there, err = s.touched(ctx, n.UID); err != nil {
					return nil, 0, err
				}
			}
			if there {
				at[n.XID] = Candidate{XID: n.XID, UID: n.UID, Type: n.Type}
			}
		}
	}
	for _, xid := range wanted {
		if c, is := at[xid]; is {
			found = append(found, c)
		}
	}
	return found, len(wanted) - len(found), nil
}

// xidVariables adds the variables that hold some xids to those of a request, and returns how they are declared and used
// in its DQL.
func xidVariables(vars map[string]string, xids []string) (declared, used string) {
	names, declarations := make([]string, len(xids)), make([]string, len(xids))
	for i, xid := range xids {
		names[i] = "$x" + strconv.Itoa(i)
		declarations[i] = names[i] + ": string"
		vars[names[i]] = xid
	}
	return strings.Join(declarations, ", "), strings.Join(names, ", ")
}

// Distance is the least edit distance between a text and the names of the candidate, folded.
func (c Candidate) Distance(text string) int { return distanceTo(text, c) }

// OwnNames returns what entities are called by what is said of themselves, by xid: each for itself, whatever decisions
// made it one with.
func (s *Snapshot) OwnNames(ctx context.Context, xids []string) (map[string]string, error) {
	var groups []string
	for _, xid := range xids {
		groups = append(groups, schema.FactsKey(xid))
	}
	claims, err := s.Groups(ctx, groups)
	if err != nil {
		return nil, err
	}
	about := map[string][]*schema.StoredClaim{}
	for _, c := range claims {
		if c.InForce() {
			about[c.Subject] = append(about[c.Subject], c.StoredClaim)
		}
	}
	called := map[string]string{}
	for _, xid := range xids {
		facts := schema.DeriveFacts(s.Ontology, about[xid])
		n := &Node{XID: xid, Type: facts.Type, Properties: facts.Values}
		n.setDisplayName(s.Ontology)
		called[xid] = n.Name
	}
	return called, nil
}
