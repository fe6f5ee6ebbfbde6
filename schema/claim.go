package schema

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The predicates of claims that are neither a relation nor a property.
const (
	Describes = "describes" // an entity's describing claim
	Same      = "same"      // decisions (law 10)
	Different = "different"
	Unsure    = "unsure"
	Reject    = "reject"
	Accept    = "accept"
)

// Assertion says how a statement is made (law 9). Only asserted claims draw edges and values. All that there is to know
// of one stands in [assertions]; whoever tells them apart asks for it.
type Assertion string

// The assertions.
const (
	Asserted Assertion = "asserted"
	Negated  Assertion = "negated"
	Denied   Assertion = "denied"
	Hedged   Assertion = "hedged"
	Reported Assertion = "reported"
	Planned  Assertion = "planned"
)

// assertionKind is what there is to know of an assertion.
type assertionKind struct {
	name  Assertion
	doc   string
	draws bool
	// denies is how surely a statement made so contradicts one that asserts the same. Hearsay adds nothing, and what is
	// announced, threatened, feared or conditional says nothing of what is so.
	denies Certainty
}

// assertions is the one table of them, in the order of help texts and answers.
var assertions = []assertionKind{
	{Asserted, "the source says that it is so", true, No},
	{Negated, "the source says that it is not so", false, Certain},
	{Denied, "a party contests it", false, Certain},
	{Hedged, "it may be so", false, Possible},
	{Reported, "hearsay", false, No},
	{Planned, "announced, threatened, feared or conditional", false, No},
}

// kind returns what there is to know of the assertion: nothing, where there is none of that name.
func (a Assertion) kind() assertionKind {
	for _, known := range assertions {
		if known.name == a {
			return known
		}
	}
	return assertionKind{}
}

// Known reports whether there is an assertion of that name.
func (a Assertion) Known() bool { return a.kind().name != "" }

// Doc says what the assertion means, in a few words.
func (a Assertion) Doc() string { return a.kind().doc }

// Draws reports whether a claim made so draws an edge or a value.
func (a Assertion) Draws() bool { return a.kind().draws }

// Denies says how surely a statement made so contradicts one that asserts the same: one that doubts it may be right
// beside it.
func (a Assertion) Denies() Certainty { return a.kind().denies }

// Assertions lists them in the order of help texts.
func Assertions() []Assertion {
	list := make([]Assertion, len(assertions))
	for i, a := range assertions {
		list[i] = a.name
	}
	return list
}

// AssertionsText lists them in a sentence: "asserted, … or planned".
func AssertionsText() string {
	names := make([]string, len(assertions))
	for i, a := range assertions {
		names[i] = string(a.name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// Claim is one statement, checked against the ontology: the unit of truth. Everything but the bookkeeping of its
// loading is part of its key.
type Claim struct {
	Dataset   string
	Subject   string // xid
	Predicate string // a relation, a property, or one of the constants above
	Object    string // xid; empty for a describing or value claim. Symmetric ends stand sorted (law 12)

	Type   string              // describing: the entity type
	Values map[string][]string // describing: properties; relation: qualifiers; decision: by, at, why, session. Canonical text
	Extra  map[string]string   // describing: x_… as compact JSON
	Value  string              // value claim: the value; reject, accept: the judged claim's key

	Period       Period
	Assertion    Assertion
	AttributedTo string // xid
	Confidence   int    // 0-100; NoConfidence where not graded
	Credibility  string // the source's own grade, 1-6
	Method       string
	Marking      string
	Record       string // the record's id in its source
	Version      string // of the record; empty: it states none
	Cites        []Citation
}

// NoConfidence marks a claim that nobody graded.
const NoConfidence = -1

// Citation is a claim's pointer into one source.
type Citation struct {
	Source  string // xid
	Quote   string
	Locator string
	Begin   int // code points from the start of the document; NoSpan where unknown
	End     int
}

// NoSpan stands for an absent begin or end.
const NoSpan = -1

// Bare reports whether the citation only names its source.
func (c Citation) Bare() bool {
	return c.Quote == "" && c.Locator == "" && c.Begin == NoSpan && c.End == NoSpan
}

// OwnFact reports whether the claim is about its subject alone: a describing claim or a value.
func (c *Claim) OwnFact() bool { return c.Object == "" && !c.Decision() }

// Decision reports whether the claim is an analyst's decision.
func (c *Claim) Decision() bool {
	return c.Predicate == Same || c.Predicate == Different || c.Predicate == Unsure || c.Judgement()
}

// Judgement reports whether the claim is a decision about one claim, which its value names by its key.
func (c *Claim) Judgement() bool { return IsJudgement(c.Predicate) }

// IsJudgement reports whether a kind of decision is about one claim.
func IsJudgement(kind string) bool { return kind == Reject || kind == Accept }

// Draws reports whether the claim's assertion lets it draw an edge or value; whether it stands is its standing's to
// say.
func (c *Claim) Draws() bool { return c.Assertion.Draws() }

// Key is the claim's identity (law 3): the key of what it is about, a dot, and the hash of its canonical record.
//
// The second half takes everything the claim says, with record id, quote, locator and span side by side where several
// are given: whatever is exported but absent from the key would depend on the order of loading (law 1).
func (c *Claim) Key() string {
	return c.Group() + "." + hash(string(c.AppendJSON(nil)))
}

// Group is the first half of the key. All claims about one edge share it, and all about one entity's own facts: a
// describing claim and a value claim feed the same derivation (law 4), so that one prefix range finds both.
func (c *Claim) Group() string {
	switch {
	case c.Judgement():
		return GroupKey("", c.Predicate, c.Value)
	case c.Object == "":
		return FactsKey(c.Subject)
	default:
		return GroupKey(c.Subject, c.Predicate, c.Object)
	}
}

// FactsKey is the first half of the keys of an entity's own facts.
func FactsKey(subject string) string { return GroupKey(subject, Describes, "") }

// GroupKey is the first half of the keys of the claims behind one edge. No xid, predicate or key holds a NUL.
func GroupKey(subject, predicate, object string) string {
	return hash(subject + "\x00" + predicate + "\x00" + object)
}

// KeyRange returns the bounds of the keys of one group: '.' and '/' are neighbours in ASCII.
func KeyRange(group string) (from, to string) { return group + ".", group + "/" }

// GroupOf returns the first half of a key.
func GroupOf(key string) string {
	group, _, _ := strings.Cut(key, ".")
	return group
}

// KeyLength is the length of a claim's key in bytes.
const KeyLength = 2*26 + 1

// hash is 128 bits of SHA-256 in the base32 whose order is that of the bytes.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])
}

// AppendJSON appends the claim as the canonical record that makes it (law 14): keys in a fixed order, then its values
// sorted by name, no insignificant space, no line end. The implicit Source of the data set is left out.
func (c *Claim) AppendJSON(b []byte) []byte {
	w := objectWriter{buf: append(b, '{')}
	w.text("dataset", c.Dataset)
	switch {
	case c.Judgement():
		w.text("decision", c.Predicate)
		w.text("claim", c.Value)
	case c.Decision():
		w.text("decision", c.Predicate)
		w.list("between", []string{c.Subject, c.Object})
	case c.Predicate == Describes:
		w.text("type", c.Type)
		w.text("xid", c.Subject)
	case c.Object == "":
		w.text("property", c.Predicate)
		w.text("of", c.Subject)
		w.text("value", c.Value)
	default:
		w.text("relation", c.Predicate)
		w.text("from", c.Subject)
		w.text("to", c.Object)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Values)) {
		if values := c.Values[name]; len(values) == 1 {
			w.text(name, values[0])
		} else {
			w.list(name, values)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Extra)) {
		w.raw(name, c.Extra[name])
	}
	w.text("period", c.Period.Text())
	if c.Assertion != Asserted {
		w.text("assertion", string(c.Assertion))
	}
	w.text("attributed_to", c.AttributedTo)
	if c.Confidence != NoConfidence {
		w.number("confidence", c.Confidence)
	}
	w.text("credibility", c.Credibility)
	w.text("method", c.Method)
	if c.Predicate != Describes { // an entity's marking is one of its values
		w.text("marking", c.Marking)
	}
	w.text("record", c.Record)
	w.text("record_version", c.Version)
	c.appendCites(&w)
	return append(w.buf, '}')
}

func (c *Claim) appendCites(w *objectWriter) {
	if len(c.Cites) == 1 && c.Cites[0].Source == DatasetSource(c.Dataset) {
		w.citation(c.Cites[0])
		return
	}
	w.key("sources")
	w.buf = append(w.buf, '[')
	for i, cite := range c.Cites {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = append(w.buf, '{')
		w.text("source", cite.Source)
		w.citation(cite)
		w.buf = append(w.buf, '}')
	}
	w.buf = append(w.buf, ']')
}

// Normalise sorts what has no order of its own, so that equal claims have equal keys.
func (c *Claim) Normalise() {
	for name, values := range c.Values {
		slices.Sort(values)
		c.Values[name] = slices.Compact(values)
		if len(values) == 0 {
			delete(c.Values, name)
		}
	}
	slices.SortFunc(c.Cites, compareCites)
	c.Cites = slices.Compact(c.Cites)
}

// Clone returns a copy that shares nothing with the claim.
func (c *Claim) Clone() *Claim {
	clone := *c
	clone.Extra, clone.Cites = maps.Clone(c.Extra), slices.Clone(c.Cites)
	clone.Values = maps.Clone(c.Values)
	for name, values := range clone.Values {
		clone.Values[name] = slices.Clone(values)
	}
	return &clone
}

func compareCites(a, b Citation) int {
	return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Quote, b.Quote), strings.Compare(a.Locator, b.Locator))
}

// objectWriter writes the members of one JSON object, leaving out the empty ones.
type objectWriter struct{ buf []byte }

func (w *objectWriter) key(name string) {
	if w.buf[len(w.buf)-1] != '{' {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(AppendJSONString(w.buf, name), ':')
}

func (w *objectWriter) text(name, value string) {
	if value != "" {
		w.key(name)
		w.buf = AppendJSONString(w.buf, value)
	}
}

func (w *objectWriter) list(name string, values []string) {
	w.key(name)
	w.buf = append(w.buf, '[')
	for i, value := range values {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		w.buf = AppendJSONString(w.buf, value)
	}
	w.buf = append(w.buf, ']')
}

func (w *objectWriter) raw(name, value string) {
	w.key(name)
	w.buf = append(w.buf, value...)
}

func (w *objectWriter) number(name string, value int) {
	w.key(name)
	w.buf = strconv.AppendInt(w.buf, int64(value), 10)
}

func (w *objectWriter) citation(c Citation) {
	w.text("quote", c.Quote)
	w.text("locator", c.Locator)
	if c.Begin != NoSpan {
		w.number("begin", c.Begin)
	}
	if c.End != NoSpan {
		w.number("end", c.End)
	}
}
