package schema

import (
	"encoding/json"
	"fmt"
	"iter"
	"strings"
)

// ClaimFields are the DQL fields of one claim, as [DecodeClaims] reads them. The sparse predicates are absent where a
// claim has the default; what nobody filters by index stands in the facets of claim.subject, which are nearly free.
const ClaimFields = `uid claim.key claim.value claim.assertion claim.standing claim.method claim.marking
		claim.attributed { uid xid }
		claim.subject @facets { uid xid }
		claim.object { uid xid }
		claim.cites @facets { uid xid }
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
	SubjectUID string
	ObjectUID  string
	ByUID      string            // of whom it is attributed to
	CiteUIDs   map[string]string // by xid
	Loads      []string          // uids of the loads that wrote, retracted or reinstated it
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
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // strings and maps of strings always encode
	return strings.TrimSuffix(out.String(), "\n")
}

type storedJSON struct {
	UID        string  `json:"uid"`
	Key        string  `json:"claim.key"`
	Value      string  `json:"claim.value"`
	Assertion  string  `json:"claim.assertion"`
	Standing   string  `json:"claim.standing"`
	Method     string  `json:"claim.method"`
	Marking    string  `json:"claim.marking"`
	Attributed []xidOf `json:"claim.attributed"`
	Subject    []struct {
		xidOf
		Predicate   string `json:"claim.subject|predicate"`
		Dataset     string `json:"claim.subject|dataset"`
		Confidence  *int   `json:"claim.subject|confidence"`
		Credibility string `json:"claim.subject|credibility"`
		Period      string `json:"claim.subject|period"`
		Record      string `json:"claim.subject|record"`
	} `json:"claim.subject"`
	Object []xidOf `json:"claim.object"`
	Cites  []struct {
		xidOf
		Quote   string `json:"claim.cites|quote"`
		Locator string `json:"claim.cites|locator"`
		Begin   *int   `json:"claim.cites|begin"`
		End     *int   `json:"claim.cites|end"`
	} `json:"claim.cites"`
	Load []struct {
		UID string `json:"uid"`
	} `json:"claim.load"`
}

type xidOf struct {
	UID string `json:"uid"`
	XID string `json:"xid"`
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
	var claims []*StoredClaim
	for claim, err := range decodeEach(block) {
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
		var all []storedJSON
		if json.Unmarshal(block, &all) == nil {
			for i := range all {
				if !yield(all[i].claim()) {
					return
				}
			}
			return
		}
		var each []json.RawMessage // one that is of other types than a claim's must not hide the rest
		if err := json.Unmarshal(block, &each); err != nil {
			yield(nil, fmt.Errorf("read claims: %w", err))
			return
		}
		for _, raw := range each {
			var r storedJSON
			if err := json.Unmarshal(raw, &r); err != nil {
				if !yield(nil, &BrokenClaimError{UID: r.UID, Key: r.Key, Err: err}) {
					return
				}
			} else if !yield(r.claim()) {
				return
			}
		}
	}
}

func (r *storedJSON) claim() (*StoredClaim, error) {
	c, err := r.decode()
	if err != nil {
		return nil, &BrokenClaimError{UID: r.UID, Key: r.Key, Err: err}
	}
	return c, nil
}

func (r *storedJSON) decode() (*StoredClaim, error) {
	if len(r.Subject) != 1 || r.Subject[0].XID == "" || len(r.Cites) == 0 || r.Subject[0].Predicate == "" {
		return nil, fmt.Errorf("%d subjects and %d citations", len(r.Subject), len(r.Cites))
	}
	subject := r.Subject[0]
	c := &StoredClaim{
		UID: r.UID, StoredKey: r.Key, Stands: r.Standing != Retracted, SubjectUID: subject.UID,
		Claim: Claim{
			Dataset: subject.Dataset, Subject: subject.XID, Predicate: subject.Predicate,
			Assertion: Asserted, Confidence: NoConfidence, Credibility: subject.Credibility,
			Method: r.Method, Marking: r.Marking, Record: subject.Record,
		},
	}
	if r.Assertion != "" {
		c.Assertion = Assertion(r.Assertion)
	}
	if subject.Confidence != nil {
		c.Confidence = *subject.Confidence
	}
	if len(r.Object) > 0 {
		c.Object, c.ObjectUID = r.Object[0].XID, r.Object[0].UID
	}
	if len(r.Attributed) > 0 {
		c.AttributedTo, c.ByUID = r.Attributed[0].XID, r.Attributed[0].UID
	}
	var err error
	if c.Period, err = ParsePeriod(subject.Period); err != nil {
		return nil, err
	}
	if r.Value != "" {
		var v StoredValue
		if err := json.Unmarshal([]byte(r.Value), &v); err != nil {
			return nil, fmt.Errorf("claim.value: %w", err)
		}
		c.Type, c.Claim.Value, c.Values, c.Extra = v.Type, v.Text, v.Values, v.Extra
	}
	c.CiteUIDs = make(map[string]string, len(r.Cites))
	for _, cite := range r.Cites {
		c.CiteUIDs[cite.XID] = cite.UID
		c.Cites = append(c.Cites, Citation{
			Source: cite.XID, Quote: cite.Quote, Locator: cite.Locator, Begin: orNoSpan(cite.Begin), End: orNoSpan(cite.End),
		})
	}
	for _, load := range r.Load {
		c.Loads = append(c.Loads, load.UID)
	}
	c.Normalise()
	return c, nil
}

func orNoSpan(n *int) int {
	if n == nil {
		return NoSpan
	}
	return *n
}
