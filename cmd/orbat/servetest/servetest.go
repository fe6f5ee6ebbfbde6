// Package servetest has what the tests of the served graph share: [Load] and [LoadExample] fill a database, as orbat
// load does, and [Start] listens for a server until the test has ended.
package servetest

import (
	"net/http/httptest"
	"strings"
	"testing"

	"orbat/cmd/orbat/httpapi"
	"orbat/deploy"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/schema"
)

// Load loads a file, none of whose records may be rejected, and returns the ontology of the database.
func Load(t testing.TB, conn *deploy.Conn, name, data, dataset string, more ...func(*loader.Options)) *schema.Ontology {
	t.Helper()
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if ontology, err = loader.Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	l := &loader.Loader{DB: conn, Ontology: ontology, By: "tests"}
	records := format.Read(t.Context(), format.Stream(name, strings.NewReader(data)), format.Options{})
	options := loader.Options{Dataset: dataset, OnReject: func(bad *schema.RecordError) error { return bad }}
	for _, change := range more {
		change(&options)
	}
	report, err := l.Load(t.Context(), records, options)
	if err != nil || report.Rejected > 0 {
		t.Fatalf("load %s: %v, %+v", name, err, report)
	}
	return ontology
}

// LoadExample loads the built-in case.
func LoadExample(t testing.TB, conn *deploy.Conn) *schema.Ontology {
	t.Helper()
	return Load(t, conn, "example.yaml", string(loader.Example()), "strike-2023")
}

// Start listens for a server on this machine, and closes both when the test has ended.
func Start(t testing.TB, server *httpapi.Server) *httptest.Server {
	t.Helper()
	web := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		web.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return web
}
