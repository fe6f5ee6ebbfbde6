package reconcile

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"orbat/cmd/orbat/httpapi"
	"orbat/schema"
)

// page is what is shown of an entity, a type or a property: texts, all of them.
type page struct {
	Title string
	About string
	Lines []string
	Facts []fact
	Style template.CSS
}

type fact struct{ Name, Value string }

// style is the only one that a preview's policy lets apply.
const style = "body{font:14px sans-serif;margin:8px}h1{font-size:16px;margin:0 0 4px}p{margin:2px 0}dl{margin:6px 0}" +
	"dt{color:#555;float:left;clear:left;margin-right:6px}dd{margin:0}"

var pages = template.Must(template.New("preview").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title><style>{{.Style}}</style></head>
<body>{{template "flyout" .}}</body></html>
{{define "flyout"}}<h1>{{.Title}}</h1>{{with .About}}<p>{{.}}</p>{{end}}{{range .Lines}}<p>{{.}}</p>{{end}}` +
	`{{with .Facts}}<dl>{{range .}}<dt>{{.Name}}</dt><dd>{{.Value}}</dd>{{end}}</dl>{{end}}{{end}}`))

func (p *page) html(name string) (string, error) {
	p.Style = style
	var b strings.Builder
	err := pages.ExecuteTemplate(&b, name, p)
	return b.String(), err
}

// shownValues is how many values of a property a preview shows.
const shownValues = 3

// page returns what a preview shows of an entity.
func (s *Service) page(x *httpapi.Exchange, g *httpapi.Graph, xid string) (page, error) {
	found, err := g.Runner(x.Caller).Profiles(x.Context(), []string{xid})
	if err != nil {
		return page{}, x.Explain(err)
	}
	profile := found[xid]
	if profile == nil {
		return page{}, nothing("no entity has this id")
	}
	x.Rows = 1
	p := page{Title: profile.Name, Lines: profile.Details}
	t := g.Ontology.Type(profile.Type)
	if t == nil {
		return p, nil
	}
	p.About = t.Label
	for _, property := range append(slices.Clone(t.Featured), "aliases") {
		values := profile.Properties[property]
		if len(values) == 0 || values[0] == profile.Name {
			continue
		}
		var texts []string
		for _, value := range values[:min(shownValues, len(values))] {
			texts = append(texts, schema.Shorten(value))
		}
		if len(values) > shownValues {
			texts = append(texts, "…")
		}
		p.Facts = append(p.Facts, fact{strings.ReplaceAll(property, "_", " "), strings.Join(texts, ", ")})
	}
	p.Facts = append(p.Facts, fact{"id", profile.XID})
	return p, nil
}

// preview shows an entity as a page, which a page of a listed origin may show in a frame. Nothing in it runs.
func (s *Service) preview(w http.ResponseWriter, x *httpapi.Exchange) error {
	id, err := readID(w, x)
	if err != nil {
		return err
	}
	g, err := x.Graph()
	if err != nil {
		return err
	}
	p, err := s.page(x, g, id)
	if err != nil {
		return err
	}
	html, err := p.html("preview")
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(style))
	ancestors := "'none'"
	if len(s.options.Origins) > 0 {
		ancestors = strings.Join(s.options.Origins, " ")
		w.Header().Del("X-Frame-Options") // it knows no lists: frame-ancestors says who may
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; base-uri 'none'; form-action 'none'; frame-ancestors "+ancestors+"; sandbox")
	return x.Bytes(http.StatusOK, "text/html; charset=utf-8", []byte(html))
}
