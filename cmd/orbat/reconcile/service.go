package reconcile

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"orbat/cmd/orbat/httpapi"
	"orbat/schema"
)

// Options say how the service answers. The zero value works.
type Options struct {
	Version string
	Origins []string // pages that may show previews in a frame, https://host[:port]
}

// Service answers the clients.
type Service struct {
	options Options
}

// New returns a service.
func New(options Options) *Service { return &Service{options} }

// root is the path of the service.
const root = "/reconcile"

// Mount has a server answer the clients at /reconcile.
func (s *Service) Mount(server *httpapi.Server) {
	for _, path := range []string{root, root + "/{$}"} {
		server.Mount(path, "reconcile", s.serve)
	}
	server.Mount("GET "+root+"/suggest/{kind}", "reconcile-suggest", s.suggest)
	server.Mount("GET "+root+"/flyout/{kind}", "reconcile-flyout", s.flyout)
	server.Mount("GET "+root+"/properties", "reconcile-properties", s.propose)
	server.MountFramed("GET "+root+"/preview", "reconcile-preview", s.preview)
}

// maxBody bounds what a client sends at once.
const maxBody = 1 << 20

// serve answers with the manifest, with candidates for a batch of queries, or with values of entities.
func (s *Service) serve(w http.ResponseWriter, x *httpapi.Exchange) error {
	switch x.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		w.Header().Set("Allow", "GET, HEAD, OPTIONS, POST")
		return httpapi.NewProblem(http.StatusMethodNotAllowed, "method", "Another method", "this path does not take it").
			Hinted("it takes GET and POST")
	}
	form, err := readForm(w, x)
	if err != nil {
		return err
	}
	batch, extend := form.Get("queries"), form.Get("extend")
	switch {
	case form.Has("queries") && form.Has("extend"):
		return refuse("extend", "queries and extend are two requests", "send one of them")
	case form.Has("queries"):
		return s.match(x, batch)
	case form.Has("extend"):
		return s.extend(x, extend)
	case form.Has("query"):
		return refuse("query", "a single query is of an earlier version of the protocol", `send queries={"q0":{"query":…}}`)
	case x.Method == http.MethodPost:
		return refuse("queries", "nothing is asked", "send queries or extend, as a form")
	}
	return s.manifest(x)
}

// refuse says what is wrong with a parameter.
func refuse(field, detail, hint string) error { return httpapi.BadParameter(field, "", detail, hint) }

// readForm reads the parameters of a request, of its query and of a form that is sent. What is not known is left alone:
// clients add parameters of their own.
func readForm(w http.ResponseWriter, x *httpapi.Exchange) (url.Values, error) {
	form, err := url.ParseQuery(x.URL.RawQuery)
	if err != nil {
		return nil, unreadable("the query of the URL cannot be read")
	}
	if x.Method == http.MethodPost {
		kind, _, err := mime.ParseMediaType(x.Header.Get("Content-Type"))
		if err != nil || kind != "application/x-www-form-urlencoded" {
			return nil, httpapi.NewProblem(http.StatusUnsupportedMediaType, "media-type", "Another media type",
				"the body must be a form of the type application/x-www-form-urlencoded")
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, x.Body, maxBody))
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) || x.Context().Err() != nil {
			return nil, err
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, httpapi.NewProblem(http.StatusRequestTimeout, "slow", "Out of time", "the form came too slowly")
		}
		if err != nil {
			return nil, unreadable("the body ends too early")
		}
		sent, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, unreadable("the form cannot be read")
		}
		for name, list := range sent {
			form[name] = append(form[name], list...)
		}
	}
	for name, list := range form {
		switch {
		case !utf8.ValidString(strings.Join(list, "")) || strings.ContainsRune(strings.Join(list, ""), 0):
			return nil, refuse(strings.ToValidUTF8(name, "�"), "not valid UTF-8 text", "")
		case name == "callback" || name == "jsonp":
			// A script of any page could load it, past the check of who asks.
			return nil, refuse(name, "answers are no scripts", "whoever runs this server can list the page's origin: it may read them then")
		case len(list) > 1 && (name == "queries" || name == "extend"):
			return nil, refuse(name, "given twice", "")
		}
	}
	return form, nil
}

// readID reads the id of what is to be shown, and tells the audit.
func readID(w http.ResponseWriter, x *httpapi.Exchange) (string, error) {
	form, err := readForm(w, x)
	if err != nil {
		return "", err
	}
	id := form.Get("id")
	x.About = url.Values{"id": {id}}.Encode()
	return id, nil
}

func unreadable(detail string) error {
	return httpapi.NewProblem(http.StatusBadRequest, "bad-query", "Unreadable query", detail).
		Hinted("percent-encode what is no letter or digit")
}

// number reads a parameter that is a number from 0 on; without it, otherwise.
func number(form url.Values, name string, otherwise, most int) (int, error) {
	text := form.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, refuse(name, "no number", "0, 1, 2 …")
	}
	return min(n, most), nil
}

// manifest is what the service says of itself.
type manifest struct {
	Versions        []string           `json:"versions"`
	Name            string             `json:"name"`
	IdentifierSpace string             `json:"identifierSpace"`
	SchemaSpace     string             `json:"schemaSpace"`
	Documentation   string             `json:"documentation,omitempty"`
	ServiceVersion  string             `json:"serviceVersion,omitempty"`
	DefaultTypes    []typeRef          `json:"defaultTypes"`
	View            pattern            `json:"view"`
	Preview         previewPlace       `json:"preview"`
	Suggest         map[string]suggest `json:"suggest"`
	Extend          extension          `json:"extend"`
}

type pattern struct {
	URL string `json:"url"`
}

type previewPlace struct {
	URL    string `json:"url"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

type place struct {
	ServiceURL  string `json:"service_url"`
	ServicePath string `json:"service_path"`
}

type suggest struct {
	place
	FlyoutServiceURL  string `json:"flyout_service_url"`
	FlyoutServicePath string `json:"flyout_service_path"`
}

type extension struct {
	ProposeProperties place     `json:"propose_properties"`
	PropertySettings  []setting `json:"property_settings"`
}

type setting struct {
	Name     string `json:"name"`
	Label    string `json:"label"`
	Type     string `json:"type"`
	Default  int    `json:"default"`
	HelpText string `json:"help_text"`
}

// typeRef is a type as the protocol names one.
type typeRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func refOf(t *schema.EntityType) typeRef { return typeRef{ID: t.Name, Name: t.Label} }

// The size of a preview, in pixels.
const (
	previewWidth  = 400
	previewHeight = 240
)

// identifiers is what ids are: xids. properties is what ids of types and properties are: names of the ontology.
const (
	identifiers = "urn:orbat:xid"
	properties  = "urn:orbat:ontology"
)

func (s *Service) manifest(x *httpapi.Exchange) error {
	g, err := x.Graph()
	if err != nil {
		return err
	}
	at := x.Address()
	m := manifest{
		Versions: []string{"0.2"}, Name: "orbat", IdentifierSpace: identifiers, SchemaSpace: properties, ServiceVersion: s.options.Version,
		DefaultTypes: []typeRef{}, View: pattern{at + root + "/preview?id={{id}}"},
		Preview: previewPlace{at + root + "/preview?id={{id}}", previewWidth, previewHeight}, Suggest: map[string]suggest{},
		Extend: extension{
			ProposeProperties: place{at, root + "/properties"},
			PropertySettings: []setting{{
				Name: "limit", Label: "Limit", Type: "number", HelpText: "at most so many values of one entity; 0: all",
			}},
		},
	}
	for _, t := range g.Ontology.Legend() {
		m.DefaultTypes = append(m.DefaultTypes, refOf(t))
	}
	for _, kind := range []string{entities, types, features} {
		m.Suggest[kind] = suggest{place{at, root + "/suggest/" + kind}, at, root + "/flyout/" + kind + "?id=${id}"}
	}
	return x.JSON(http.StatusOK, m)
}
