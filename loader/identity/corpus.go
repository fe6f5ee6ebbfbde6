package identity

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"orbat/schema"
)

// Corpus collects what claims say about entities. Claims may come in any order.
type Corpus struct {
	rep        func(xid string) string
	vocabulary *vocabulary
	weights    map[string]weight // of the properties compared as they stand
	ids        map[string]int32  // of texts: xids, sources, values
	texts      []string
	byXID      map[int32]*entity
}

// entity is what its claims say of one entity, and of those merged into it. Texts are numbers of the corpus.
type entity struct {
	xid     int32
	types   []int32
	sets    []int32 // data sets that describe it
	names   []name  // those it is shown under first
	values  map[string][]int32
	born    []schema.Range
	died    []schema.Range
	happens []schema.Range
	ties    []tie
	sources []int32

	// set by compile
	index int32 // within its kind
	kind  string
	forms []form
}

type name struct {
	text string
	main bool
}

// tie is a relation to another entity.
type tie struct {
	relation int32
	out      bool // from this entity
	other    int32
	period   schema.Period
	key      uint64 // set by compile: relation, direction and the other's name, whatever data set it is of
}

// NewCorpus returns an empty corpus. Rep returns the representative of an entity that decisions merged (law 10), and
// every other xid itself. An error is a mistake in the embedded vocabulary.
func NewCorpus(rep func(xid string) string) (*Corpus, error) {
	v, err := readVocabulary()
	if err != nil {
		return nil, err
	}
	return &Corpus{rep: rep, vocabulary: v, weights: qualities(), ids: map[string]int32{}, byXID: map[int32]*entity{}}, nil
}

func (g *Corpus) id(text string) int32 {
	id, known := g.ids[text]
	if !known {
		id = int32(len(g.texts)) //nolint:gosec // two thousand million texts do not fit in memory
		text = strings.Clone(text)
		g.ids[text], g.texts = id, append(g.texts, text)
	}
	return id
}

func (g *Corpus) entity(xid string) *entity {
	id := g.id(g.rep(xid))
	e := g.byXID[id]
	if e == nil {
		e = &entity{xid: id, values: map[string][]int32{}}
		g.byXID[id] = e
	}
	return e
}

// maxPerEntity bounds what is kept of one entity of each sort, so that a hub does not cost more than it tells.
const maxPerEntity = 256

// Add takes one claim that counts: asserted, standing and not rejected.
func (g *Corpus) Add(claim *schema.Claim) {
	switch {
	case claim.Decision():
	case claim.Object == "":
		g.addFacts(claim)
	default:
		g.addTie(claim)
	}
}

func (g *Corpus) addFacts(claim *schema.Claim) {
	e := g.entity(claim.Subject)
	e.sets = with(e.sets, g.id(claim.Dataset))
	g.addSources(e, claim)
	if claim.Predicate != schema.Describes {
		g.addValue(e, claim.Predicate, claim.Value)
		return
	}
	e.types = with(e.types, g.id(claim.Type))
	for property, values := range claim.Values {
		for _, value := range values {
			g.addValue(e, property, value)
		}
	}
	if given, family := claim.Values["given_name"], claim.Values["family_name"]; len(given) > 0 && len(family) > 0 {
		e.addName(given[0]+" "+family[0], false)
	}
}

func (g *Corpus) addSources(e *entity, claim *schema.Claim) {
	for _, cite := range claim.Cites {
		if !schema.IsDatasetSource(cite.Source) && len(e.sources) < maxPerEntity {
			e.sources = with(e.sources, g.id(cite.Source))
		}
	}
}

func (g *Corpus) addValue(e *entity, property, value string) {
	switch property {
	case "name", "title":
		e.addName(value, true)
	case "aliases", "designation", "nickname", "codename":
		e.addName(value, false)
	case "birth_date", "founded":
		e.born = withDate(e.born, value)
	case "death_date", "dissolved":
		e.died = withDate(e.died, value)
	case "date":
		if p, err := schema.ParsePeriod(value); err == nil {
			from, _, _, to := p.Bounds()
			e.happens = append(e.happens, schema.Range{Min: from, Max: to})
		}
	default:
		if _, compared := g.weights[property]; compared && len(e.values[property]) < maxPerEntity {
			e.values[property] = with(e.values[property], g.id(value))
		}
	}
}

func (e *entity) addName(text string, main bool) {
	i := slices.IndexFunc(e.names, func(n name) bool { return n.text == text })
	switch {
	case i >= 0:
		e.names[i].main = e.names[i].main || main
	case len(e.names) < maxNames:
		e.names = append(e.names, name{strings.Clone(text), main})
	}
}

// maxNames bounds the names compared of one entity.
const maxNames = 40

func withDate(dates []schema.Range, text string) []schema.Range {
	if d, err := schema.ParseDate(text); err == nil && len(dates) < maxPerEntity {
		return append(dates, d)
	}
	return dates
}

func with(list []int32, id int32) []int32 {
	if slices.Contains(list, id) {
		return list
	}
	return append(list, id)
}

func (g *Corpus) addTie(claim *schema.Claim) {
	if claim.Predicate == "mentions" {
		return // what a document names is no tie; that two are named in one is weighed as a source
	}
	from, to := g.entity(claim.Subject), g.entity(claim.Object)
	relation := g.id(claim.Predicate)
	from.addTie(tie{relation: relation, out: true, other: to.xid, period: claim.Period})
	to.addTie(tie{relation: relation, other: from.xid, period: claim.Period})
	g.addSources(from, claim)
	g.addSources(to, claim)
}

func (e *entity) addTie(t tie) {
	t.period.Raw = ""
	known := slices.ContainsFunc(e.ties, func(o tie) bool {
		return o.relation == t.relation && o.out == t.out && o.other == t.other && o.period.Equal(t.period)
	})
	if !known && len(e.ties) < maxPerEntity {
		e.ties = append(e.ties, t)
	}
}

// kindOf groups the types whose entities may be one: what one source calls a unit is an organisation to another.
func kindOf(entityType string) string {
	if entityType == "Unit" || entityType == "Organisation" {
		return "body"
	}
	return entityType
}

// compile works out what needs all claims: kinds, the words of names, and what ties are compared by. It returns the
// entities that can be compared by kind, in the order of their xids.
func (g *Corpus) compile(lexicon *lexicon) map[string][]*entity {
	kinds := map[string][]*entity{}
	for _, e := range g.byXID {
		g.sort(e)
		if len(e.types) == 0 || slices.Contains(e.values["is_placeholder"], g.id("true")) {
			continue // nobody describes it, or it stands for a unit that nobody knows
		}
		e.forms = nil
		e.kind = kindOf(g.texts[e.types[0]])
		for _, n := range e.names {
			if f := lexicon.form(g.vocabulary, n, e.kind); len(f.words) > 0 {
				e.forms = append(e.forms, f)
			}
		}
		kinds[e.kind] = append(kinds[e.kind], e)
	}
	for _, list := range kinds {
		slices.SortFunc(list, func(a, b *entity) int { return strings.Compare(g.texts[a.xid], g.texts[b.xid]) })
		for i, e := range list {
			e.index = int32(i) //nolint:gosec // as above
		}
	}
	seed := maphash.MakeSeed()
	for _, list := range kinds {
		for _, e := range list {
			for i := range e.ties {
				e.ties[i].key = g.tieKey(seed, &e.ties[i])
			}
		}
	}
	return kinds
}

// sort orders what claims say independently of the order in which they came.
func (g *Corpus) sort(e *entity) {
	byText := func(a, b int32) int { return strings.Compare(g.texts[a], g.texts[b]) }
	slices.SortFunc(e.types, byText)
	slices.SortFunc(e.sets, byText)
	slices.SortFunc(e.sources, byText)
	slices.SortFunc(e.names, compareNames)
	for _, values := range e.values {
		slices.SortFunc(values, byText)
	}
	for _, dates := range [][]schema.Range{e.born, e.died, e.happens} {
		slices.SortFunc(dates, func(a, b schema.Range) int { return cmp.Or(a.Min.Compare(b.Min), a.Max.Compare(b.Max)) })
	}
	slices.SortFunc(e.ties, func(a, b tie) int {
		return cmp.Or(byText(a.relation, b.relation), byText(a.other, b.other), strings.Compare(a.period.String(), b.period.String()))
	})
}

func compareNames(a, b name) int {
	if a.main != b.main {
		if a.main {
			return -1
		}
		return 1
	}
	return strings.Compare(a.text, b.text)
}

// tieKey is equal for ties of one kind to entities of one name.
func (g *Corpus) tieKey(seed maphash.Seed, t *tie) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	maphash.WriteComparable(&h, t.relation)
	maphash.WriteComparable(&h, t.out)
	other := g.byXID[t.other]
	if len(other.forms) == 0 || !other.forms[0].main {
		maphash.WriteComparable(&h, t.other)
		return h.Sum64()
	}
	_, _ = h.WriteString(other.kind)
	words := slices.Clone(other.forms[0].words)
	slices.Sort(words)
	for _, w := range words {
		maphash.WriteComparable(&h, w)
	}
	return h.Sum64()
}

// shownName is the name that people know it by.
func (g *Corpus) shownName(e *entity) string {
	if len(e.names) > 0 {
		return e.names[0].text
	}
	return g.texts[e.xid]
}

// span is the time that something surely lasted: nothing where its ends are not known.
func span(p schema.Period) (from, to time.Time, sure bool) {
	_, fromMax, toMin, _ := p.Bounds()
	if p.To.Open {
		toMin = forever()
	}
	if p.From.Open || fromMax.IsZero() || toMin.IsZero() || fromMax.After(toMin) {
		return time.Time{}, time.Time{}, false
	}
	return fromMax, toMin, true
}

func forever() time.Time { return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) }
