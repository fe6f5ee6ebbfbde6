package httpapi

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"orbat/cmd/orbat/match"
	"orbat/loader/identity"
	"orbat/schema"
)

// matchOperations are those that find an entity by what is known of it.
func matchOperations() []*Operation {
	return []*Operation{{
		ID: "match", Method: http.MethodPost, Path: "/match", Tag: "entities",
		Summary: "Find the entity that is meant by what is known of it, the likeliest first, with what each feature tells",
		Doc: "Who may be meant is looked up as search does, slips of the hand allowed for; without a name by values and links. " +
			"score is the probability that it is meant, bits what all shares come to: one bit doubles the odds. certain marks one that " +
			"may be taken without a look: an xid, a name or alias that means it alone, or a score of 0.9 where no other comes near; and " +
			"nothing that is known speaks against it. against lists what rules a candidate out.",
		Body: &Body{MIME: jsonMIME, Schema: example{}, Doc: "what is known"}, Answer: Answer{Schema: matchList{}}, Handle: matchExample,
	}}
}

// example is what is known of an entity that is looked for.
type example struct {
	Type       string              `json:"type,omitempty"` // such as Person; empty: any but Source
	Name       string              `json:"name,omitempty"` // or its xid
	Aliases    []string            `json:"aliases,omitempty"`
	Properties map[string][]string `json:"properties,omitempty"` // by name, such as country, rank, birth_date
	Relations  []exampleLink       `json:"relations,omitempty"`
	Limit      int                 `json:"limit,omitempty"` // at most so many; 0: 10
}

// exampleLink is a link of an entity that is looked for.
type exampleLink struct {
	Relation string `json:"relation"` // such as commands; with ~ before it, or by its inverse, it leads to the entity
	End      string `json:"end"`      // the other end, by xid, name or alias
}

// matchList are the entities that may be meant.
type matchList struct {
	Candidates []matched `json:"candidates"`
}

// matched is an entity that may be meant.
type matched struct {
	XID     string           `json:"xid"`
	Type    string           `json:"type"`
	Name    string           `json:"name"`
	Country string           `json:"country,omitempty"`
	Aliases []string         `json:"aliases,omitempty"`
	Details []string         `json:"details,omitempty"` // that tell it from others of its name
	Match   string           `json:"match"`             // how it was found: xid, name, alias, normalised name, word, prefix, sound, likeness, value, link
	Score   float64          `json:"score"`             // the probability that it is meant, 0 to 1
	Bits    float64          `json:"bits"`
	Certain bool             `json:"certain"`
	Shares  []identity.Share `json:"shares"`
	Against []string         `json:"against,omitempty"`
}

// What an example may hold at most.
const (
	maxExampleNames    = 10
	maxExampleFeatures = 50
	maxMatches         = 50
)

// query reads an example as what is looked for.
func (e *example) query(o *schema.Ontology) (match.Query, error) {
	q := match.Query{Name: e.Name, Aliases: e.Aliases, Limit: e.Limit}
	if e.Type != "" {
		if o.Type(e.Type) == nil {
			p := BadParameter("type", e.Type, "no such type", schema.DidYouMean(o.Suggest("type", e.Type), ""))
			p.See = pathOf(schema.SeeTypes)
			return q, p
		}
		q.Types = []string{e.Type}
	}
	switch {
	case e.Limit < 0 || e.Limit > maxMatches:
		return q, BadParameter("limit", strconv.Itoa(e.Limit), "no number of candidates", "1 to "+strconv.Itoa(maxMatches))
	case len(e.Aliases) > maxExampleNames:
		return q, BadParameter("aliases", "", "too many", "at most "+strconv.Itoa(maxExampleNames))
	case len(e.Properties)+len(e.Relations) > maxExampleFeatures:
		return q, BadParameter("properties", "", "too many properties and relations", "at most "+strconv.Itoa(maxExampleFeatures))
	case strings.TrimSpace(e.Name) == "" && len(e.Aliases)+len(e.Properties)+len(e.Relations) == 0:
		return q, BadParameter("name", "", "nothing is known", "give a name, properties or relations")
	}
	for _, name := range append([]string{e.Name}, e.Aliases...) {
		if err := exampleText("name", name); err != nil {
			return q, err
		}
	}
	for name, values := range e.Properties {
		f, known := match.FindFeature(o, name, q.Types...)
		if !known || f.Property == nil {
			return q, BadParameter("properties."+schema.Shorten(name), "", "no such property", "relations stand under relations")
		}
		if len(values) > maxExampleNames {
			return q, BadParameter("properties."+name, "", "too many values", "at most "+strconv.Itoa(maxExampleNames))
		}
		for _, value := range values {
			if err := exampleText("properties."+name, value); err != nil {
				return q, err
			}
			if err := q.Add(o, f, value); err != nil {
				fault := schema.FaultOf(err)
				return q, BadParameter("properties."+name, value, fmt.Sprintf("%q %s", schema.Shorten(value), fault.Reason), fault.Hint)
			}
		}
	}
	for i, link := range e.Relations {
		field := "relations." + strconv.Itoa(i)
		f, known := match.FindFeature(o, link.Relation, q.Types...)
		if !known || f.Relation == nil {
			return q, BadParameter(field+".relation", link.Relation, "no such relation, or none of this type", "")
		}
		if strings.TrimSpace(link.End) == "" {
			return q, BadParameter(field+".end", "", "a relation leads somewhere", "name the other end")
		}
		if err := exampleText(field+".end", link.End); err != nil {
			return q, err
		}
		_ = q.Add(o, f, link.End) // a relation takes any text
	}
	return q, nil
}

// exampleText refuses what is no text that anything could be called.
func exampleText(field, text string) error {
	switch {
	case len(text) > schema.MaxXID:
		return BadParameter(field, text, "too long", "at most "+strconv.Itoa(schema.MaxXID)+" bytes")
	case strings.ContainsRune(text, 0):
		return BadParameter(field, "", "not text: it holds a null", "")
	}
	return nil
}

func matchExample(x *Exchange) error {
	var e example
	if err := x.ReadJSON(&e); err != nil {
		return err
	}
	g, err := x.Graph()
	if err != nil {
		return err
	}
	q, err := e.query(g.Ontology)
	if err != nil {
		return err
	}
	x.About = "match " + e.Name
	found, err := match.Find(x.Context(), g.Runner(x.Caller), q)
	if err != nil {
		return x.explain("ask", err)
	}
	out := matchList{Candidates: []matched{}}
	for _, c := range found[0] {
		out.Candidates = append(out.Candidates, matched{
			XID: c.XID, Type: c.Type, Name: c.Name, Country: c.Country, Aliases: c.Aliases, Details: c.Details, Match: c.Match,
			Score: math.Round(c.Score*1e4) / 1e4, Bits: c.Bits, Certain: c.Certain, Shares: append([]identity.Share{}, c.Shares...),
			Against: c.Against,
		})
	}
	x.Rows = len(out.Candidates)
	return x.JSON(http.StatusOK, out)
}
