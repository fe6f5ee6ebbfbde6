package reconcile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/match"
	"orbat/schema"
)

// The limits of a batch. OpenRefine sends ten queries at once.
const (
	maxQueries    = 100
	maxCandidates = 50 // that a query may be answered with
	defaultLimit  = 10
	maxConditions = 20 // properties of a query, and values of one
)

// query is one of a batch, as it is sent.
type query struct {
	Query      string          `json:"query"`
	Type       json.RawMessage `json:"type"`
	TypeStrict string          `json:"type_strict"`
	Limit      *float64        `json:"limit"`
	Properties []condition     `json:"properties"`
}

// condition is what a query says of an entity beside its name.
type condition struct {
	PID   string          `json:"pid"`
	Value json.RawMessage `json:"v"`
}

// readBatch reads a batch of queries, and returns their keys in the order in which they stand there.
func readBatch(text string) (keys []string, batch map[string]*query, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, refuse("queries", "no JSON object of queries", `it is {"q0": {"query": "…"}}`)
	}
	batch = map[string]*query{}
	for decoder.More() {
		t, err := decoder.Token()
		key, is := t.(string)
		if err != nil || !is {
			return nil, nil, badJSON("queries", err)
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return nil, nil, badJSON("queries", err)
		}
		if batch[key] != nil {
			return nil, nil, refuse("queries", "two queries of one key", "each has a key of its own")
		}
		if len(keys) == maxQueries {
			return nil, nil, refuse("queries", "more queries than are answered at once", "at most "+strconv.Itoa(maxQueries))
		}
		q, err := readQuery(key, raw)
		if err != nil {
			return nil, nil, err
		}
		keys, batch[key] = append(keys, key), q
	}
	if _, err := decoder.Token(); err != nil {
		return nil, nil, badJSON("queries", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, refuse("queries", "something stands after the end of the object", "")
	}
	return keys, batch, nil
}

func badJSON(field string, err error) error {
	detail := "not the JSON that is expected"
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		detail += fmt.Sprintf(": %v, at byte %d", syntax, syntax.Offset)
	}
	return refuse(field, detail, "")
}

func readQuery(key string, raw json.RawMessage) (*query, error) {
	field := "queries." + schema.Shorten(key)
	q := &query{}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields() // a condition that is mistyped must not be lost
	if err := decoder.Decode(q); err != nil || !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		detail := "no query of the protocol"
		var kind *json.UnmarshalTypeError
		if unknown, is := strings.CutPrefix(fmt.Sprint(err), "json: unknown field "); is {
			detail = "unknown field " + schema.Shorten(unknown)
		} else if errors.As(err, &kind) {
			detail = "a " + kind.Value + " stands where another type belongs"
		}
		return nil, refuse(field, detail, "it has query, type, type_strict, limit and properties")
	}
	switch {
	case strings.TrimSpace(q.Query) == "" && len(q.Properties) == 0:
		return nil, refuse(field, "nothing is looked for", "it has a query, or properties, or both")
	case len(q.Query) > schema.MaxXID:
		return nil, refuse(field, "the name is too long", "at most "+strconv.Itoa(schema.MaxXID)+" bytes")
	case strings.ContainsRune(q.Query, 0):
		return nil, refuse(field, "not text: it holds a null", "")
	case !slices.Contains([]string{"", "any", "should", "all"}, q.TypeStrict):
		return nil, refuse(field, "type_strict is none of any, should, all", "")
	case q.Limit != nil && (*q.Limit < 0 || math.IsNaN(*q.Limit)):
		return nil, refuse(field, "the limit is below 0", "")
	case len(q.Properties) > maxConditions:
		return nil, refuse(field, "too many properties", "at most "+strconv.Itoa(maxConditions))
	}
	return q, nil
}

// types reads the types that a query wants.
func (q *query) types(field string) (types []string, err error) {
	text := bytes.TrimSpace(q.Type)
	var one string
	switch {
	case len(text) == 0 || string(text) == "null":
		return nil, nil
	case json.Unmarshal(text, &one) == nil:
		types = []string{one}
	case json.Unmarshal(text, &types) != nil:
		return nil, refuse(field, "a type is a text, or a list of texts", "")
	}
	return slices.DeleteFunc(types, func(t string) bool { return t == "" }), nil
}

// limit returns how many candidates a query wants.
func (q *query) limit() int {
	if q.Limit == nil || *q.Limit < 1 {
		return defaultLimit
	}
	return int(min(*q.Limit, maxCandidates))
}

// sought returns a query as what is looked for; false: nothing can be it.
func (q *query) sought(field string, o *schema.Ontology) (match.Query, bool, error) {
	m := match.Query{Name: q.Query, Limit: q.limit()}
	asked, err := q.types(field)
	if err != nil {
		return m, false, err
	}
	for _, text := range asked {
		if t := findType(o, text); t != nil && !slices.Contains(m.Types, t.Name) {
			m.Types = append(m.Types, t.Name)
		}
	}
	unknown := len(asked) > 0 && len(m.Types) == 0
	if q.TypeStrict == "all" {
		unknown = len(asked) > 0 && len(m.Types) != 1 // an entity is of one type
	}
	for _, c := range q.Properties {
		if c.PID == "" || len(c.Value) == 0 {
			return m, false, refuse(field, "a property has pid and v", "")
		}
		values, err := c.values(field)
		if err != nil {
			return m, false, err
		}
		addCondition(&m, o, c.PID, values)
	}
	return m, !unknown || q.TypeStrict == "should", nil
}

// addCondition adds what a column of a sheet says. What the graph has no such property for, or what is no value of it,
// tells nothing: a sheet holds more than the graph knows.
func addCondition(m *match.Query, o *schema.Ontology, pid string, values []string) {
	f, known := match.FindFeature(o, pid, m.Types...)
	for _, value := range values {
		switch {
		case strings.TrimSpace(value) == "":
		case pid == "xid" || pid == "id":
			m.Aliases = append(m.Aliases, value)
		case known:
			_ = m.Add(o, f, value) // see above
		}
	}
}

// values reads the values of a condition as texts: what was matched already goes by its id.
func (c *condition) values(field string) (texts []string, err error) {
	list := []json.RawMessage{c.Value}
	if bytes.HasPrefix(bytes.TrimSpace(c.Value), []byte("[")) {
		list = nil
		if err := json.Unmarshal(c.Value, &list); err != nil {
			return nil, badJSON(field, err)
		}
	}
	if len(list) > maxConditions {
		return nil, refuse(field, "too many values", "at most "+strconv.Itoa(maxConditions))
	}
	for _, raw := range list {
		var text string
		var entity struct {
			ID *string `json:"id"`
		}
		raw = bytes.TrimSpace(raw)
		switch {
		case json.Unmarshal(raw, &text) == nil && string(raw) != "null":
		case json.Unmarshal(raw, &entity) == nil && entity.ID != nil:
			text = *entity.ID
		case bytes.HasPrefix(raw, []byte("{")) || bytes.HasPrefix(raw, []byte("[")) || string(raw) == "null":
			return nil, refuse(field, "a value is a text, a number, true, false, or an object with an id", "")
		default:
			text = string(raw)
		}
		switch {
		case len(text) > schema.MaxXID:
			return nil, refuse(field, "a value is too long", "at most "+strconv.Itoa(schema.MaxXID)+" bytes")
		case strings.ContainsRune(text, 0):
			return nil, refuse(field, "not text: it holds a null", "")
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// findType returns the type that a text names, by its name or label in any case; nil: there is none.
func findType(o *schema.Ontology, text string) *schema.EntityType {
	if t := o.Type(text); t != nil {
		return t
	}
	folded := schema.NormalName(text)
	i := slices.IndexFunc(o.Types, func(t *schema.EntityType) bool {
		return slices.ContainsFunc([]string{t.Name, t.Label, t.Plural}, func(own string) bool {
			return folded != "" && schema.NormalName(own) == folded
		})
	})
	if i < 0 {
		return nil
	}
	return o.Types[i]
}

// result is what one query is answered with.
type result struct {
	Result []candidate `json:"result"`
}

// candidate is an entity that a query may mean.
type candidate struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Type        []typeRef `json:"type"`
	Score       float64   `json:"score"` // the probability that it is meant, in percent
	Match       bool      `json:"match"`
	Features    []feature `json:"features,omitempty"`
}

// feature is what one thing that is known adds to the score, in bits.
type feature struct {
	ID    string  `json:"id"`
	Value float64 `json:"value"`
}

func (s *Service) match(x *httpapi.Exchange, text string) error {
	keys, batch, err := readBatch(text)
	if err != nil {
		return err
	}
	g, err := x.Graph()
	if err != nil {
		return err
	}
	results := map[string]result{}
	var asked []match.Query
	var of []string
	for _, key := range keys {
		q, possible, err := batch[key].sought("queries."+schema.Shorten(key), g.Ontology)
		if err != nil {
			return err
		}
		results[key] = result{Result: []candidate{}}
		if possible {
			asked, of = append(asked, q), append(of, key)
		}
	}
	x.About = fmt.Sprintf("%d queries", len(keys))
	for len(asked) > 0 {
		found, err := match.Find(x.Context(), g.Runner(x.Caller), asked...)
		if err != nil {
			return x.Explain(err)
		}
		var again []match.Query // types that only should be: what is of no such type may be of another
		var againOf []string
		for i, key := range of {
			for _, c := range found[i] {
				results[key] = result{append(results[key].Result, s.candidate(g.Ontology, c))}
			}
			if len(found[i]) == 0 && len(asked[i].Types) > 0 && batch[key].TypeStrict == "should" {
				asked[i].Types = nil
				again, againOf = append(again, asked[i]), append(againOf, key)
			}
			x.Rows += len(found[i])
		}
		asked, of = again, againOf
	}
	return x.JSON(http.StatusOK, results)
}

func (s *Service) candidate(o *schema.Ontology, c match.Candidate) candidate {
	out := candidate{
		ID: c.XID, Name: c.Name, Description: description(o, c.Candidate), Score: math.Round(c.Score*1e4) / 100, Match: c.Certain,
		Type: []typeRef{},
	}
	if t := o.Type(c.Type); t != nil {
		out.Type = append(out.Type, refOf(t))
	}
	for _, share := range c.Shares {
		out.Features = append(out.Features, feature{share.Feature, share.Bits})
	}
	return out
}
