package reconcile

import (
	"net/http"
	"net/url"
	"strings"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/match"
	"orbat/queries"
	"orbat/schema"
)

// What is suggested, as paths name it.
const (
	entities = "entity"
	types    = "type"
	features = "property"
)

const (
	suggested = 10   // in one answer
	maxPrefix = 500  // bytes of what is typed
	maxCursor = 1000 // of those left out
)

// suggestion is an entity, a type or a property that somebody who types may mean.
type suggestion struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Notable     []typeRef `json:"notable,omitempty"`
}

func (s *Service) suggest(w http.ResponseWriter, x *httpapi.Exchange) error {
	form, err := readForm(w, x)
	if err != nil {
		return err
	}
	prefix := strings.TrimSpace(form.Get("prefix"))
	if len(prefix) > maxPrefix {
		return refuse("prefix", "too long", "")
	}
	x.About = url.Values{"prefix": {prefix}}.Encode()
	cursor, err := number(form, "cursor", 0, maxCursor)
	if err != nil {
		return err
	}
	g, err := x.Graph()
	if err != nil {
		return err
	}
	var list []suggestion
	switch x.PathValue("kind") {
	case entities:
		var of []string
		if t := findType(g.Ontology, form.Get("type")); t != nil {
			of = append(of, t.Name)
		}
		meant, err := g.Runner(x.Caller).Meant(x.Context(), prefix, cursor+suggested, of...)
		if err != nil {
			return x.Explain(err)
		}
		for _, c := range meant {
			one := suggestion{ID: c.XID, Name: c.Name, Description: description(g.Ontology, c)}
			if t := g.Ontology.Type(c.Type); t != nil {
				one.Notable = []typeRef{{ID: t.Name, Name: t.Label}}
			}
			list = append(list, one)
		}
	case types:
		for _, t := range g.Ontology.Types {
			if begins(prefix, t.Name, t.Label, t.Plural) {
				list = append(list, suggestion{ID: t.Name, Name: t.Label, Description: t.Doc})
			}
		}
	case features:
		for _, f := range match.Features(g.Ontology) {
			if begins(prefix, f.ID(), f.Label()) {
				list = append(list, suggestion{ID: f.ID(), Name: f.Label(), Description: f.Doc()})
			}
		}
	default:
		return nothing("nothing of this kind is suggested")
	}
	list = list[min(cursor, len(list)):]
	list = append([]suggestion{}, list[:min(suggested, len(list))]...)
	x.Rows = len(list)
	return x.JSON(http.StatusOK, map[string]any{"result": list})
}

func nothing(detail string) error {
	return httpapi.NewProblem(http.StatusNotFound, "unknown-path", "Nothing there", detail)
}

// begins reports whether a word of one of some texts begins with what is typed.
func begins(prefix string, texts ...string) bool {
	prefix = schema.Folded(prefix)
	for _, text := range texts {
		if strings.Contains(" "+schema.Folded(text), " "+prefix) {
			return true
		}
	}
	return false
}

// description says in a few words what tells an entity from others of its name.
func description(o *schema.Ontology, c queries.Candidate) string {
	var parts []string
	if t := o.Type(c.Type); t != nil {
		parts = append(parts, t.Label)
	}
	parts = append(parts, c.Details...)
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

func (s *Service) flyout(w http.ResponseWriter, x *httpapi.Exchange) error {
	id, err := readID(w, x)
	if err != nil {
		return err
	}
	g, err := x.Graph()
	if err != nil {
		return err
	}
	shown := page{}
	switch x.PathValue("kind") {
	case entities:
		shown, err = s.page(x, g, id)
	case types:
		t := g.Ontology.Type(id)
		if t == nil {
			return nothing("there is no such type")
		}
		shown = page{Title: t.Label, Lines: []string{t.Doc}}
	case features:
		f, known := match.FindFeature(g.Ontology, id)
		if !known {
			return nothing("there is no such property")
		}
		shown = page{Title: f.Label(), Lines: []string{f.Doc()}}
	default:
		return nothing("nothing of this kind is suggested")
	}
	if err != nil {
		return err
	}
	html, err := shown.html("flyout")
	if err != nil {
		return err
	}
	return x.JSON(http.StatusOK, map[string]string{"id": id, "html": html})
}
