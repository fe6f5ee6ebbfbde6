package encode

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"orbat/queries"
)

const (
	// pageFile is the file of a built page that shows what stands in it, without a server: all it needs stands inline,
	// and its own policy names that by its hashes.
	pageFile = "file.html"

	// pageData is the element of it that the graph goes into. What is of this type is never run.
	pageData = `<script type="application/json" id="orbat-graph">`
)

// encodeHTML writes the page that shows the graph, with the graph in it as [encodeJSON] writes it and what its types
// and relations are called: a file that opens in a browser from disk, asks nobody anything, and shows the quote and the
// source behind every link. No text of the graph becomes part of the page's code: in JSON < is written as \u003c.
func encodeHTML(w io.Writer, g *queries.Graph) error {
	if g.Page == nil {
		return errors.New("no page was given to show the graph in")
	}
	page, err := fs.ReadFile(g.Page, pageFile)
	if err != nil {
		return fmt.Errorf("read the page that shows the graph: %w", err)
	}
	before, after, found := bytes.Cut(page, []byte(pageData))
	if !found || bytes.Contains(after, []byte(pageData)) {
		return fmt.Errorf("%s has no place for the graph, or two", pageFile)
	}
	ontology, err := ontologyOf(g)
	if err != nil {
		return err
	}
	out := newOutput(w)
	out.bytes(before)
	out.raw(pageData)
	vocabulary := ontology.Vocabulary()
	if err := writeJSON(out, g, &vocabulary); err != nil {
		return err
	}
	out.bytes(after)
	return out.end()
}
