package reconcile

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/match"
	"orbat/queries"
	"orbat/schema"
)

// The limits of a request for values. OpenRefine asks for ten entities at once.
const (
	maxIDs        = 200
	maxProperties = 50
	proposed      = 200
)

// propose lists what the entities of a type may be asked for.
func (s *Service) propose(w http.ResponseWriter, x *httpapi.Exchange) error {
	form, err := readForm(w, x)
	if err != nil {
		return err
	}
	limit, err := number(form, "limit", proposed, proposed)
	if err != nil {
		return err
	}
	g, err := x.Graph()
	if err != nil {
		return err
	}
	out := struct {
		Type       string       `json:"type,omitempty"`
		Limit      int          `json:"limit,omitempty"`
		Properties []suggestion `json:"properties"`
	}{Type: form.Get("type"), Properties: []suggestion{}}
	if form.Get("limit") != "" {
		out.Limit = limit
	}
	var of []string
	if out.Type != "" {
		t := findType(g.Ontology, out.Type)
		if t == nil {
			return x.JSON(http.StatusOK, out)
		}
		of = append(of, t.Name)
	}
	for _, f := range match.Features(g.Ontology, of...) {
		if len(out.Properties) < limit {
			out.Properties = append(out.Properties, suggestion{ID: f.ID(), Name: f.Label(), Description: f.Doc()})
		}
	}
	x.Rows = len(out.Properties)
	return x.JSON(http.StatusOK, out)
}

// wanted is a request for values.
type wanted struct {
	IDs        *[]string `json:"ids"`
	Properties *[]struct {
		ID       string                     `json:"id"`
		Settings map[string]json.RawMessage `json:"settings"`
	} `json:"properties"`
}

// column is one property that is asked for.
type column struct {
	id    string
	of    *match.Feature // nil: there is no such property
	limit int            // at most so many values; 0: all
}

func readWanted(text string, o *schema.Ontology) (ids []string, columns []column, err error) {
	var all wanted
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return nil, nil, badJSON("extend", err)
	}
	switch {
	case all.IDs == nil || all.Properties == nil:
		return nil, nil, refuse("extend", "it has no ids or no properties", `it is {"ids": […], "properties": [{"id": …}]}`)
	case len(*all.IDs) > maxIDs:
		return nil, nil, refuse("extend.ids", "too many", "at most "+strconv.Itoa(maxIDs))
	case len(*all.Properties) > maxProperties:
		return nil, nil, refuse("extend.properties", "too many", "at most "+strconv.Itoa(maxProperties))
	}
	for _, id := range *all.IDs {
		if len(id) > schema.MaxXID || strings.ContainsRune(id, 0) {
			return nil, nil, refuse("extend.ids", "no id", "")
		}
	}
	for _, p := range *all.Properties {
		if p.ID == "" {
			return nil, nil, refuse("extend.properties", "a property has an id", "")
		}
		c := column{id: p.ID}
		if f, known := match.FindFeature(o, p.ID); known {
			c.of = &f
		}
		if limit := strings.Trim(string(p.Settings["limit"]), `"`); limit != "" && limit != "null" {
			n, err := strconv.ParseFloat(limit, 64)
			if err != nil || n < 0 || math.IsNaN(n) {
				return nil, nil, refuse("extend.properties", "the limit is no number", "")
			}
			c.limit = int(min(n, math.MaxInt32))
		}
		columns = append(columns, c)
	}
	return *all.IDs, columns, nil
}

// metaColumn says what a column of the answer is.
type metaColumn struct {
	ID   string   `json:"id"`
	Name string   `json:"name"`
	Type *typeRef `json:"type,omitempty"`
}

// extend answers with values of entities, and what they are linked with.
func (s *Service) extend(x *httpapi.Exchange, text string) error {
	g, err := x.Graph()
	if err != nil {
		return err
	}
	ids, columns, err := readWanted(text, g.Ontology)
	if err != nil {
		return err
	}
	x.About = strconv.Itoa(len(ids)) + " entities"
	out := struct {
		Meta []metaColumn                           `json:"meta"`
		Rows map[string]map[string][]map[string]any `json:"rows"`
	}{Meta: []metaColumn{}, Rows: map[string]map[string][]map[string]any{}}
	var ways []string
	for _, c := range columns {
		meta := metaColumn{ID: c.id, Name: c.id}
		if c.of != nil {
			meta.Name = c.of.Label()
			if r := c.of.Relation; r != nil {
				if way := c.of.ID(); !slices.Contains(ways, way) {
					ways = append(ways, way)
				}
				if ends := g.Ontology.EndTypes(r.Name, c.of.In); len(ends) == 1 {
					t := refOf(g.Ontology.Type(ends[0]))
					meta.Type = &t
				}
			}
		}
		out.Meta = append(out.Meta, meta)
	}
	found, err := g.Runner(x.Caller).Profiles(x.Context(), ids, ways...)
	if err != nil {
		return x.Explain(err)
	}
	for _, id := range ids {
		row := map[string][]map[string]any{}
		for _, c := range columns {
			row[c.id] = c.cells(found[id])
		}
		out.Rows[id] = row
	}
	x.Rows = len(found)
	return x.JSON(http.StatusOK, out)
}

// cells returns what an entity has in a column; nil: the entity is not known.
func (c column) cells(p *queries.Profile) []map[string]any {
	list := []map[string]any{}
	if p == nil || c.of == nil {
		return list
	}
	if c.of.Property == nil {
		for _, end := range p.Links[c.of.ID()] {
			list = append(list, map[string]any{"id": end.XID, "name": end.Name})
		}
	} else {
		for _, value := range p.Properties[c.of.Property.Name] {
			list = append(list, cellOf(c.of.Property, value))
		}
	}
	if c.limit > 0 {
		list = list[:min(c.limit, len(list))]
	}
	return list
}

// cellOf returns a value as the protocol types it. A date that is less precise than a day stays a text: the protocol
// has no year.
func cellOf(p *schema.Property, value string) map[string]any {
	switch p.Kind { //nolint:exhaustive // the others are texts
	case schema.KindInt:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return map[string]any{"int": n}
		}
	case schema.KindFloat:
		if f, err := strconv.ParseFloat(value, 64); err == nil {
			return map[string]any{"float": f}
		}
	case schema.KindDate, schema.KindPeriod:
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			return map[string]any{"date": day.Format(time.RFC3339)}
		}
	}
	return map[string]any{"str": value}
}
