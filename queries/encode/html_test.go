package encode

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"orbat/queries"
)

// page is one that has a place for a graph.
func page() fstest.MapFS {
	return fstest.MapFS{pageFile: {Data: []byte("<!doctype html><title>page</title>" + pageData + "</script><p>end</p>\n")}}
}

// readHTML reads the graph that stands in a page.
func readHTML(data []byte) (reading, error) {
	_, rest, found := bytes.Cut(data, []byte(pageData))
	graph, after, closed := bytes.Cut(rest, []byte("</script>"))
	if !found || !closed || !bytes.HasSuffix(after, []byte("end</p>\n")) {
		return reading{}, errors.New("the page is not whole")
	}
	return readJSON(graph)
}

// What would end the element that the graph stands in, or begin another, is in no text of it; and the vocabulary is
// there.
func TestHTMLIsInert(t *testing.T) {
	e, err := Find("html")
	if err != nil {
		t.Fatal(err)
	}
	evil := `</script><script>alert(1)</script><!-- <script>`
	data := string(encoded(t, e, &queries.Graph{
		Title: evil, Page: page(), Meta: map[string]string{evil: evil},
		Nodes: sequence([]*queries.Node{{XID: "x:1", Type: "Person", Name: evil}}),
		Edges: sequence([]*queries.Edge{{
			From: "x:1", Relation: "knows", To: "x:1",
			Evidence: []*queries.Evidence{{Key: "k", Cites: []queries.Citation{{Source: "x:2", Quote: evil}}}},
		}}),
	}))
	if n := strings.Count(data, "<script"); n != 1 {
		t.Errorf("%d scripts begin in\n%s", n, data)
	}
	if strings.Contains(data, "<!--") || strings.Count(data, "</script>") != 1 || !strings.Contains(data, `"vocabulary":{"types":[{`) {
		t.Error(data)
	}
}

// A page without a place for a graph, or with two, is refused before anything is written.
func TestHTMLNeedsAPage(t *testing.T) {
	e, err := Find("html")
	if err != nil {
		t.Fatal(err)
	}
	for what, g := range map[string]*queries.Graph{
		"none":     {},
		"empty":    {Page: fstest.MapFS{}},
		"no place": {Page: fstest.MapFS{pageFile: {Data: []byte("<p>")}}},
		"two":      {Page: fstest.MapFS{pageFile: {Data: []byte(pageData + pageData)}}},
	} {
		var out bytes.Buffer
		if err := e.Encode(&out, g); err == nil || out.Len() > 0 {
			t.Errorf("%s: %v, and %d bytes", what, err, out.Len())
		}
	}
}
