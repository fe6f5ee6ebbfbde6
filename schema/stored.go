package schema

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/valyala/fastjson"
)

// ClaimFields are the DQL fields of one claim, as [DecodeClaims] reads them. The sparse predicates are absent where a
// claim has the default; what nobody filters by index stands in the facets of claim.subject, which are nearly free.
const ClaimFields = `uid claim.key claim.value claim.assertion claim.standing claim.superseded claim.method claim.marking
		claim.attributed { uid xid }
		claim.subject @facets { uid xid }
		claim.object { uid xid }
		claim.cites @facets { uid xid }
		claim.load { uid }`

// SaidFields are those of [ClaimFields] that tell what a claim says, and not who says so ([SaidIn]): to find what is to
// be shown among many claims they do, at a third of what a claim with its sources takes the database.
const SaidFields = `uid claim.key claim.value claim.assertion claim.standing claim.superseded claim.marking
		claim.attributed { uid xid }
		claim.subject @facets { uid xid }
		claim.object { uid xid }
		claim.load { uid }`

// The facets of claim.subject and claim.cites. The bounds are date-times for hand-written DQL; orbat reads the period.
const (
	FacetPredicate   = "predicate"
	FacetDataset     = "dataset"
	FacetConfidence  = "confidence"
	FacetCredibility = "credibility"
	FacetPeriod      = "period"
	FacetFromMin     = "from_min"
	FacetFromMax     = "from_max"
	FacetToMin       = "to_min"
	FacetToMax       = "to_max"
	FacetRecord      = "record"
	FacetVersion     = "version"
	FacetQuote       = "quote"
	FacetLocator     = "locator"
	FacetBegin       = "begin"
	FacetEnd         = "end"
	FacetFile        = "file" // of claim.load
	FacetRow         = "row"
	FacetClaims      = "claims" // of a direct edge, which sums its claims up (DeriveLink)
	FacetSources     = "sources"
)

// Retracted is the value of claim.standing; a claim that stands has none.
const Retracted = "retracted"

// StoredClaim is a claim as it is in the graph.
type StoredClaim struct {
	Claim
	UID        string
	StoredKey  string
	Stands     bool
	Superseded string // the later version of its record; derived of the claims of its group (see [Judge])
	SubjectUID string
	ObjectUID  string
	ByUID      string            // of whom it is attributed to
	CiteUIDs   map[string]string // by xid
	Loads      []string          // uids of the loads that wrote, retracted or reinstated it
	File       string            // where it was loaded from, with its row; empty where it is not asked for
	Row        int
}

// StoredValue is the JSON in claim.value: a describing claim's type and values, a relation's qualifiers, a decision's
// circumstances. A value claim keeps its text under Text, so that every claim.value has one shape.
type StoredValue struct {
	Type   string              `json:"type,omitempty"`
	Text   string              `json:"text,omitempty"`
	Values map[string][]string `json:"values,omitempty"`
	Extra  map[string]string   `json:"extra,omitempty"`
}

// ValueJSON is what claim.value holds of the claim; empty where there is nothing to hold.
func (c *Claim) ValueJSON() string {
	v := StoredValue{Type: c.Type, Text: c.Value, Values: c.Values, Extra: c.Extra}
	if v.Type == "" && v.Text == "" && len(v.Values) == 0 && len(v.Extra) == 0 {
		return ""
	}
	return plainJSON(v)
}

// plainJSON returns a value of texts, numbers, and lists and maps of them, which always encode, as JSON that escapes
// nothing for HTML.
func plainJSON(v any) string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
	return strings.TrimSuffix(out.String(), "\n")
}

// BrokenClaimError says that a node with a claim's key lacks what every claim has: another tool wrote it.
type BrokenClaimError struct {
	UID, Key string
	Err      error
}

// Error names the node and the key.
func (e *BrokenClaimError) Error() string {
	return fmt.Sprintf("read claim %s (%s): %v", e.UID, e.Key, e.Err)
}

// Unwrap returns what is wrong with it.
func (e *BrokenClaimError) Unwrap() error { return e.Err }

// DecodeClaims reads a block of claims queried with [ClaimFields]. A claim that lacks what every claim has is a
// *[BrokenClaimError]: orbat never half-writes one.
func DecodeClaims(block json.RawMessage) ([]*StoredClaim, error) {
	if len(block) == 0 {
		return nil, nil
	}
	parsed, err := fastjson.ParseBytes(block)
	if err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	return ClaimsIn(parsed)
}

// ClaimsIn is [DecodeClaims] of a block that was parsed already; nil: it holds none.
func ClaimsIn(block *fastjson.Value) ([]*StoredClaim, error) {
	return claimsIn(block, &claimReader{})
}

// SaidIn is [ClaimsIn] of claims queried with [SaidFields]: they have no sources.
func SaidIn(block *fastjson.Value) ([]*StoredClaim, error) {
	return claimsIn(block, &claimReader{uncited: true})
}

func claimsIn(block *fastjson.Value, r *claimReader) ([]*StoredClaim, error) {
	claims := make([]*StoredClaim, 0, len(block.GetArray()))
	for claim, err := range r.each(block) {
		if err != nil {
			return nil, err
		}
		claims = append(claims, claim)
	}
	return claims, nil
}

// decodeEach reads a block of claims, broken ones among them.
func decodeEach(block json.RawMessage) iter.Seq2[*StoredClaim, error] {
	return func(yield func(*StoredClaim, error) bool) {
		if len(block) == 0 {
			return
		}
		parsed, err := fastjson.ParseBytes(block)
		if err == nil && parsed.Type() != fastjson.TypeArray {
			err = errors.New("they are no list")
		}
		if err != nil {
			yield(nil, fmt.Errorf("read claims: %w", err))
			return
		}
		(&claimReader{}).each(parsed)(yield)
	}
}

func (r *claimReader) each(block *fastjson.Value) iter.Seq2[*StoredClaim, error] {
	return func(yield func(*StoredClaim, error) bool) {
		for _, v := range block.GetArray() {
			if !yield(r.claim(v)) {
				return
			}
		}
	}
}

// claimReader reads claims from the JSON that the database answers with. Most of what a question about a whole graph
// takes of orbat's own time goes through here: the JSON is parsed once, and walked.
type claimReader struct {
	value   fastjson.Parser // of claim.value
	uncited bool            // sources were not asked for
	err     error           // the first of the claim that is being read
}

func (r *claimReader) claim(v *fastjson.Value) (*StoredClaim, error) {
	r.err = nil
	c := r.read(v)
	if r.err != nil {
		return nil, &BrokenClaimError{UID: string(v.GetStringBytes("uid")), Key: string(v.GetStringBytes("claim.key")), Err: r.err}
	}
	return c, nil
}

// read returns a claim, or notes what is wrong with it.
func (r *claimReader) read(v *fastjson.Value) *StoredClaim {
	subjects, cites := r.list(v, "claim.subject"), r.list(v, "claim.cites")
	var subject *fastjson.Value
	if len(subjects) == 1 {
		subject = subjects[0]
	}
	c := &StoredClaim{
		UID: r.text(v, "uid"), StoredKey: r.text(v, "claim.key"), Stands: r.text(v, "claim.standing") != Retracted,
		Superseded: r.text(v, "claim.superseded"),
		SubjectUID: r.text(subject, "uid"),
		Claim: Claim{
			Dataset: r.text(subject, "claim.subject|dataset"), Subject: r.text(subject, "xid"),
			Predicate: r.text(subject, "claim.subject|predicate"),
			Assertion: cmp.Or(Assertion(r.text(v, "claim.assertion")), Asserted), Confidence: NoConfidence,
			Credibility: r.text(subject, "claim.subject|credibility"),
			Method:      r.text(v, "claim.method"), Marking: r.text(v, "claim.marking"), Record: r.text(subject, "claim.subject|record"),
			Version: r.text(subject, "claim.subject|version"),
		},
	}
	if c.Subject == "" || len(cites) == 0 && !r.uncited || c.Predicate == "" {
		r.fail(fmt.Errorf("%d subjects and %d citations", len(subjects), len(cites)))
		return nil
	}
	c.Confidence = r.number(subject, "claim.subject|confidence", NoConfidence)
	for _, object := range r.list(v, "claim.object") {
		c.Object, c.ObjectUID = r.text(object, "xid"), r.text(object, "uid")
	}
	for _, by := range r.list(v, "claim.attributed") {
		c.AttributedTo, c.ByUID = r.text(by, "xid"), r.text(by, "uid")
	}
	var err error
	if c.Period, err = ParsePeriod(r.text(subject, "claim.subject|period")); err != nil {
		r.fail(err)
	}
	if text := r.text(v, "claim.value"); text != "" {
		r.readValue(&c.Claim, text)
	}
	c.CiteUIDs = make(map[string]string, len(cites))
	c.Cites = make([]Citation, len(cites))
	for i, cite := range cites {
		c.Cites[i] = Citation{
			Source: r.text(cite, "xid"), Quote: r.text(cite, "claim.cites|quote"), Locator: r.text(cite, "claim.cites|locator"),
			Begin: r.number(cite, "claim.cites|begin", NoSpan), End: r.number(cite, "claim.cites|end", NoSpan),
		}
		c.CiteUIDs[c.Cites[i].Source] = r.text(cite, "uid")
	}
	for _, load := range r.list(v, "claim.load") {
		c.Loads = append(c.Loads, r.text(load, "uid"))
		if file := r.text(load, "claim.load|file"); file != "" {
			c.File, c.Row = file, r.number(load, "claim.load|row", 0)
		}
	}
	c.Normalise()
	return c
}

// readValue reads what claim.value holds ([StoredValue]).
func (r *claimReader) readValue(c *Claim, text string) {
	v, err := r.value.Parse(text)
	if err != nil {
		r.fail(fmt.Errorf("claim.value: %w", err))
		return
	}
	c.Type, c.Value = r.text(v, "type"), r.text(v, "text")
	r.object(v, "values", func(name string, list *fastjson.Value) {
		if c.Values == nil {
			c.Values = map[string][]string{}
		}
		values, err := list.Array()
		if err != nil {
			r.fail(fmt.Errorf("claim.value: %s: %w", name, err))
		}
		texts := make([]string, len(values))
		for i, value := range values {
			texts[i] = r.textOf(value, name)
		}
		c.Values[name] = texts
	})
	r.object(v, "extra", func(name string, value *fastjson.Value) {
		if c.Extra == nil {
			c.Extra = map[string]string{}
		}
		c.Extra[name] = r.textOf(value, name)
	})
}

// text returns a field's text; empty where it has none.
func (r *claimReader) text(v *fastjson.Value, field string) string {
	if of := v.Get(field); of != nil {
		return r.textOf(of, field)
	}
	return ""
}

func (r *claimReader) textOf(v *fastjson.Value, field string) string {
	text, err := v.StringBytes()
	if err != nil {
		r.fail(fmt.Errorf("%s: %w", field, err))
	}
	return string(text)
}

// number returns a field's number, or other where it has none.
func (r *claimReader) number(v *fastjson.Value, field string, other int) int {
	of := v.Get(field)
	if of == nil {
		return other
	}
	n, err := of.Int()
	if err != nil {
		r.fail(fmt.Errorf("%s: %w", field, err))
	}
	return n
}

func (r *claimReader) list(v *fastjson.Value, field string) []*fastjson.Value {
	of := v.Get(field)
	if of == nil {
		return nil
	}
	list, err := of.Array()
	if err != nil {
		r.fail(fmt.Errorf("%s: %w", field, err))
	}
	return list
}

func (r *claimReader) object(v *fastjson.Value, field string, do func(name string, value *fastjson.Value)) {
	of := v.Get(field)
	if of == nil {
		return
	}
	object, err := of.Object()
	if err != nil {
		r.fail(fmt.Errorf("claim.value: %s: %w", field, err))
		return
	}
	object.Visit(func(name []byte, value *fastjson.Value) { do(string(name), value) })
}

func (r *claimReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}
