package httpapi

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"orbat/loader"
	"orbat/queries"
	"orbat/queries/encode"
	"orbat/schema"
)

// graphOperations are those about the graph as a whole.
func graphOperations() []*Operation {
	return []*Operation{
		{
			ID: "export", Method: http.MethodGet, Path: "/export", Tag: "graph", Slow: true,
			Summary: "Export the graph, or one data set of it, as a stream",
			Doc: "canonical is orbat NDJSON of every claim: it loads into an empty database, and exports to the same bytes. ndjson has a " +
				"record for each entity and edge, and a last one that tells that it is whole. A stream of another format that breaks off " +
				"is cut, and lacks the trailer " + completeTrailer +
				". Answers and neighbourhoods are exported by asking for them in a format.",
			Params: []queries.Param{
				{Name: "format", Type: "enum", Of: exportFormats(), Required: true, Help: "what it is written as"},
				{Name: "dataset", Type: "dataset", Help: "only this data set"},
				markingParam(),
			},
			Answer: Answer{Schema: object{"type": "object"}, Also: formatMIMEs()}, Handle: export,
		},
		{
			ID: "datasets", Method: http.MethodGet, Path: "/datasets", Tag: "graph", Whole: true,
			Summary: "List the data sets, with their loads",
			Doc:     "What a load changed is the question what-changed.",
			Answer:  Answer{Schema: datasetList{}},
			Handle: func(x *Exchange) error {
				g, err := x.Graph()
				if err != nil {
					return err
				}
				sets, err := g.Loader().Datasets(x.Context())
				if err != nil {
					return x.explain("list data sets", err)
				}
				x.Rows = len(sets)
				return x.JSON(http.StatusOK, datasetList{Datasets: append([]loader.Dataset{}, sets...)})
			},
		},
		{
			ID: "ontology", Method: http.MethodGet, Path: "/ontology", Tag: "graph",
			Summary: "Show what can be said: entity types, relations, their captions, colours and shapes",
			Answer:  Answer{Schema: schema.Vocabulary{}},
			Handle: func(x *Exchange) error {
				g, err := x.Graph()
				if err != nil {
					return err
				}
				return x.JSON(http.StatusOK, g.Ontology.Vocabulary())
			},
		},
	}
}

// requireDatasets refuses data sets that the database does not have.
func (x *Exchange) requireDatasets(g *Graph, names ...string) error {
	sets, err := g.Loader().Datasets(x.Context())
	if err != nil {
		return x.explain("list data sets", err)
	}
	for _, name := range names {
		if !slices.ContainsFunc(sets, func(set loader.Dataset) bool { return set.Name == name }) {
			return &loader.NoDatasetError{Name: name}
		}
	}
	return nil
}

// datasetList is the data sets.
type datasetList struct {
	Datasets []loader.Dataset `json:"datasets"`
}

// exportFormats lists what the graph may be written as.
func exportFormats() []string {
	return append([]string{canonical, ndjson, "json"}, encode.GraphNames()...)
}

func export(x *Exchange) error {
	format, dataset := x.Text("format"), x.Text("dataset")
	x.About = format + " " + dataset
	g, err := x.Graph()
	if err != nil {
		return err
	}
	if dataset != "" && x.Caller.Sees() { // to others one that they do not see and none are the same
		if err := x.requireDatasets(g, dataset); err != nil {
			return err
		}
	}
	runner := g.Runner(x.Caller)
	runner.Narrower, runner.Markings = x.Values.Filter.MaxMarking, format == "html"
	file := cmp.Or(dataset, "orbat")
	whole := func(w io.Writer) error {
		g := runner.Export(x.Context(), dataset)
		g.Page = x.server.options.Page
		return x.counted(g, func() error {
			encoder, err := encode.Find(format)
			if err != nil {
				return err
			}
			return encoder.Encode(w, g)
		})
	}
	switch format {
	case canonical:
		return x.Stream(ndjsonMIME, file+".ndjson", func(w io.Writer) error {
			n, _, err := runner.Canonical(x.Context(), w, dataset)
			x.Rows = n
			return x.explain("export", err)
		})
	case ndjson:
		return x.Stream(ndjsonMIME, file+".records.ndjson", func(w io.Writer) error {
			g, records := runner.Export(x.Context(), dataset), newRecordWriter(w)
			err := x.explain("export", records.graph(g))
			x.Rows = records.end.Nodes + records.end.Edges
			if !x.w.begun && err != nil {
				return err
			}
			return records.close(err)
		})
	}
	encoder, err := encode.Find(format)
	if err != nil {
		return err
	}
	return x.Stream(encoder.MIME, file+encoder.Extension, func(w io.Writer) error { return x.explain("export", whole(w)) })
}

// counted counts what a graph holds while it is read.
func (x *Exchange) counted(g *queries.Graph, read func() error) error {
	nodes, edges := g.Nodes, g.Edges
	g.Nodes = func(yield func(*queries.Node, error) bool) {
		for n, err := range nodes {
			x.Rows++
			if !yield(n, err) {
				return
			}
		}
	}
	g.Edges = func(yield func(*queries.Edge, error) bool) {
		for e, err := range edges {
			x.Rows++
			if !yield(e, err) {
				return
			}
		}
	}
	return read()
}

// serverOperations are those about the server itself.
func serverOperations() []*Operation {
	return []*Operation{
		{
			ID: "document", Method: http.MethodGet, Path: "/openapi.json", Tag: "server",
			Summary: "Describe this API, the users' own questions included, as OpenAPI 3.1",
			Answer:  Answer{Schema: object{"type": "object"}},
			Handle: func(x *Exchange) error {
				g, err := x.Graph()
				if err != nil {
					return err
				}
				document, err := Document(g.Ontology, g.Library, x.server.options.Version)
				if err != nil {
					return err
				}
				text, err := Text(document)
				if err != nil {
					return err
				}
				return x.Bytes(http.StatusOK, jsonMIME, text)
			},
		},
		{
			ID: "whoami", Method: http.MethodGet, Path: "/whoami", Tag: "server",
			Summary: "Show who asks: name, role, and what limits hold",
			Answer:  Answer{Schema: callerInfo{}},
			Handle: func(x *Exchange) error {
				out := callerInfo{Name: x.Caller.Name, Role: string(x.Caller.Role), Datasets: x.Caller.Datasets}
				if x.Caller.MaxMarking != nil {
					out.MaxMarking = x.Caller.MaxMarking.String()
				}
				if at := x.Caller.Expires; !at.IsZero() {
					out.Expires = &at
				}
				return x.JSON(http.StatusOK, out)
			},
		},
		{
			ID: "health", Method: http.MethodGet, Path: "/healthz", Tag: "server", Open: true, Probe: true, Raw: true,
			Summary: "Tell whether the server runs", Answer: Answer{Schema: healthInfo{}},
			Handle: func(x *Exchange) error { return x.JSON(http.StatusOK, healthInfo{"ok"}) },
		},
		{
			ID: "ready", Method: http.MethodGet, Path: "/readyz", Tag: "server", Open: true, Probe: true, Raw: true,
			Summary: "Tell whether the database answers", Answer: Answer{Schema: healthInfo{}}, Handle: ready,
		},
		{
			// Whole: they tell how many rows others got.
			ID: "metrics", Method: http.MethodGet, Path: "/metrics", Tag: "server", Probe: true, Raw: true, Whole: true,
			Summary: "Give figures for Prometheus", Answer: Answer{MIME: "text/plain"},
			Handle: func(x *Exchange) error {
				x.server.metrics.handler().ServeHTTP(x.w, x.Request)
				return nil
			},
		},
	}
}

// callerInfo is who asks.
type callerInfo struct {
	Name       string     `json:"name"`
	Role       string     `json:"role"`
	MaxMarking string     `json:"max_marking,omitempty"` // nothing above is shown
	Datasets   []string   `json:"datasets,omitempty"`    // the only ones that may be read and loaded; none: all
	Expires    *time.Time `json:"expires,omitempty"`
}

type healthInfo struct {
	Status string `json:"status"`
}

// readyWithin is how long the database may take to answer a question that takes no time.
const readyWithin = 3 * time.Second

// readyFor is how long an answer of the database's holds: anybody may ask whether it does, as often as they like.
const readyFor = time.Second

// pulse is when the database was last asked whether it answers, and what came of that.
type pulse struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// beat asks the database the least question there is, where nobody has just now. It may hold nothing yet: what loads
// into it comes through here.
func (s *Server) beat() error {
	p := &s.pulse
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.at) < readyFor {
		return p.err
	}
	// What one asker is told others are told too, and so it does not end with them.
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	p.err, p.at = s.source.ping(ctx), time.Now()
	s.metrics.database.Set(1)
	if p.err != nil {
		s.metrics.database.Set(0)
	}
	return p.err
}

// forget has the database asked anew: a question was not answered. Where somebody asks it just now that is so already.
func (p *pulse) forget() {
	if p.mu.TryLock() {
		p.at = time.Time{}
		p.mu.Unlock()
	}
}

func ready(x *Exchange) error {
	if err := x.server.beat(); err != nil {
		p := newProblem(http.StatusServiceUnavailable, "database-away", "The database is away", "the database does not answer")
		p.retry, p.cause = 5*time.Second, err
		return p
	}
	return x.JSON(http.StatusOK, healthInfo{"ready"})
}
