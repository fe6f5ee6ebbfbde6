package step

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// arguments are a question's parameters as a step takes them: names resolved, relations chosen.
type arguments struct {
	query     *canned.Query
	values    *canned.Values
	entities  map[string]view.Candidate   // by parameter
	lists     map[string][]view.Candidate // of parameters of type entities
	byWord    []view.Taken                // entities that were taken for what a single word of their names says
	relations []string                    // asked for, else the header's
	vars      map[string]string           // of the DQL
}

// maxListed is how many entities one parameter may list.
const maxListed = 50

// readArguments resolves the entities that the values name (law 17) and fills the DQL's variables (law 13). exact takes
// none by a word of its name.
func readArguments(ctx context.Context, s *view.Snapshot, q *canned.Query, v *canned.Values, exact bool) (*arguments, error) {
	a := &arguments{
		query: q, values: v, entities: map[string]view.Candidate{}, lists: map[string][]view.Candidate{},
		vars: map[string]string{},
	}
	for i := range q.Params {
		p := &q.Params[i]
		text := v.Text[p.Name]
		var err error
		switch {
		case text == "":
		case p.Type == "entities":
			err = a.readEntities(ctx, s, p, text, exact)
		case p.Type == "type":
			if s.Ontology.Type(text) == nil {
				err = a.unknown(s.Ontology, p.Name, "type", text)
			}
		case p.Type == "relations": // only names that the ontology has come through (law 13)
			a.relations, err = a.names(s.Ontology, p.Name, "relation")
		}
		if err != nil {
			return nil, err
		}
	}
	if a.relations == nil {
		a.relations = q.Selected(s.Ontology)
	}
	a.vars["$fanout"] = strconv.Itoa(view.DefaultFanout)
	for _, name := range q.Declared {
		if _, set := a.vars["$"+name]; !set {
			a.vars["$"+name] = q.Variable(v, name)
		}
	}
	for i := range q.Params {
		p := &q.Params[i]
		if p.Type != "entity" || v.Text[p.Name] == "" {
			continue
		}
		c, err := a.resolve(ctx, s, p, v.Text[p.Name], exact)
		if err != nil {
			return nil, err
		}
		at, err := s.DrawnAt(ctx, c.UID)
		if err != nil {
			return nil, err
		}
		a.entities[p.Name], v.Text[p.Name], a.vars["$"+p.Name] = c, c.XID, at[0]
	}
	return a, nil
}

// readEntities reads a list of entities, each named as a parameter of its own would be.
func (a *arguments) readEntities(ctx context.Context, s *view.Snapshot, p *canned.Param, text string, exact bool) error {
	var xids []string
	for name := range strings.SplitSeq(text, ";") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		c, err := a.resolve(ctx, s, p, name, exact)
		if err != nil {
			return err
		}
		if slices.Contains(xids, c.XID) {
			continue
		}
		if xids = append(xids, c.XID); len(xids) > maxListed {
			return a.wrong(p.Name, fmt.Sprintf("more than %d entities", maxListed), "ask for fewer at once")
		}
		a.lists[p.Name] = append(a.lists[p.Name], c)
	}
	a.values.Text[p.Name] = strings.Join(xids, "; ")
	return nil
}

// resolve returns the one entity that a parameter means, and notes where that was taken by a word of its name.
func (a *arguments) resolve(ctx context.Context, s *view.Snapshot, p *canned.Param, text string, exact bool) (view.Candidate, error) {
	c, err := s.Resolve(ctx, a.query.Name, p, text, exact)
	if err == nil && c.ByWord() {
		a.byWord = append(a.byWord, view.Taken{Param: p.Name, Text: text, XID: c.XID, Name: c.Name})
	}
	return c, err
}

// names reads a parameter that names types or relations of the ontology, which kind says, with commas between. Each
// comes once: Dgraph refuses a query that asks for one twice. Nil: the parameter is not given.
func (a *arguments) names(o *schema.Ontology, param, kind string) ([]string, error) {
	text := a.values.Text[param]
	var names []string
	for _, name := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if known := kind == "type" && o.Type(name) != nil || kind == "relation" && o.Relation(name) != nil; !known {
			return nil, a.unknown(o, param, kind, name)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if text != "" && len(names) == 0 {
		reason := "names nothing"
		if a.query.Param(param).Type == "relations" {
			reason = "names no relation"
		}
		return nil, a.listed(param, reason, "", schema.SeeTypes)
	}
	return names, nil
}

// unknown returns the error of a name that the ontology does not have.
func (a *arguments) unknown(o *schema.Ontology, param, kind, name string) error {
	return a.listed(param, fmt.Sprintf("unknown %s %q", kind, schema.Shorten(name)), o.Suggest(kind, name), schema.SeeTypes)
}

// listed returns the error of a parameter whose value is none of those that a listing shows, with the one that it is
// like.
func (a *arguments) listed(param, reason, near string, see schema.Listing) error {
	e := canned.NewParamError(a.query.Name, param, reason, "")
	if e.See = see; near != "" {
		e.Hint, e.See = schema.DidYouMean(near, ""), ""
	}
	return e
}

// wrong returns the error of a parameter.
func (a *arguments) wrong(param, reason, fix string) error {
	return canned.NewParamError(a.query.Name, param, reason, fix)
}

// entity returns the value of the n-th parameter of type entity.
func (a *arguments) entity(n int) (view.Candidate, error) {
	for _, p := range a.query.Params {
		if p.Type != "entity" {
			continue
		}
		if n == 0 {
			if c, given := a.entities[p.Name]; given {
				return c, nil
			}
			return view.Candidate{}, a.wrong(p.Name, "missing: "+p.Help, "")
		}
		n--
	}
	return view.Candidate{}, errors.New("the query's header has too few entity parameters")
}

// pair returns the values of the first two parameters of type entity.
func (a *arguments) pair() (first, second view.Candidate, err error) {
	if first, err = a.entity(0); err != nil {
		return first, second, err
	}
	second, err = a.entity(1)
	return first, second, err
}

func (a *arguments) text(param string) string { return a.values.Text[param] }
func (a *arguments) number(param string) int  { return a.values.Ints[param] }
func (a *arguments) limit() int               { return a.values.Ints["limit"] }

// variables are those that the DQL declares, with their values.
func (a *arguments) variables() map[string]string {
	vars := map[string]string{}
	for _, name := range a.query.Declared {
		vars["$"+name] = a.vars["$"+name]
	}
	return vars
}
