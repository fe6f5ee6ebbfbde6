package httpapi

import (
	"io"
	"net/http"

	"orbat/queries"
	"orbat/schema"
)

// documentOperations are those about documents and the texts that are kept of them. A document is loaded as any file
// is: see loadOperations.
func documentOperations() []*Operation {
	document := queries.Param{Name: "document", Type: "entity", Of: []string{"Source"}, Required: true, Help: "a source, by xid or title"}
	which := []queries.Param{
		{Name: "dataset", Type: "dataset", Help: "the text that this data set keeps (default: the first that is kept)"},
		{Name: "sha256", Type: "text", Help: "the text of this SHA-256, of several"},
		markingParam(),
	}
	return []*Operation{
		{
			ID: "documents", Method: http.MethodGet, Path: "/documents", Tag: "documents",
			Summary: "List the documents of which a text was read, a page at a time",
			Doc: "In the order of their dates. kept says of each text whether it is kept and may be read, and not its hash and " +
				"length alone.",
			Params: []queries.Param{
				{Name: "dataset", Type: "dataset", Help: "only those of which this data set has read a text"},
				{Name: "offset", Type: "int", Default: "0", Max: 10_000_000, Help: "leave out so many: those that were given before"},
				{Name: "limit", Type: "int", Default: "100", Min: 1, Max: 1000, Help: "at most so many"},
				markingParam(),
			},
			Answer: Answer{Schema: documentPage{}}, Handle: listDocuments,
		},
		{
			ID: "showDocument", Method: http.MethodGet, Path: "/documents/show", Tag: "documents",
			Summary: "Show a document: what is known of it, its text a page at a time, and the statements that cite it",
			Doc: "begin and end of a statement are where its passage stands in the text that sha256 names, in code points; found says " +
				"how it was found there: exact, normalised (other space, quotes, dashes or letter case), moved (elsewhere than the " +
				"statement says) or missing. markings are the highest of each scale.",
			Params: append([]queries.Param{
				document,
				{Name: "offset", Type: "int", Default: "0", Max: maxText, Help: "the code point of the text to begin at"},
				{Name: "limit", Type: "int", Default: "50000", Min: 1, Max: 1_000_000, Help: "at most so many code points of the text"},
				{
					Name: "statements", Type: "int", Default: "1000", Max: 20_000,
					Help: "at most so many statements, in the order of the text",
				},
			}, which...),
			Answer: Answer{Schema: documentAnswer{}}, Handle: showDocument,
		},
		{
			ID: "documentText", Method: http.MethodGet, Path: "/documents/text", Tag: "documents", Slow: true,
			Summary: "Read the text of a document whole, as a stream",
			Doc:     "A stream that breaks off is cut, and lacks the trailer " + completeTrailer + ".",
			Params:  append([]queries.Param{document}, which...),
			Answer:  Answer{MIME: "text/plain", Schema: object{"type": "string"}}, Handle: streamText,
		},
	}
}

// textMIME is the type of texts as they are kept.
const textMIME = "text/plain; charset=utf-8"

// maxText is how many code points a text has at most.
const maxText = schema.MaxPiece * schema.MaxPieces

// documentPage is some of the documents.
type documentPage struct {
	Documents []*queries.Document `json:"documents"`
	Offset    int                 `json:"offset"`
	Next      *int                `json:"next"` // the offset of the next page; null: this is the last
}

// documentRunner is the caller's runner, bound by max_marking too.
func (x *Exchange) documentRunner() (*queries.Runner, error) {
	runner, err := x.Runner()
	if err == nil {
		runner.Narrower = x.Values.Filter.MaxMarking
	}
	return runner, err
}

func listDocuments(x *Exchange) error {
	runner, err := x.documentRunner()
	if err != nil {
		return err
	}
	which := queries.DocumentList{Dataset: x.Text("dataset"), Offset: x.Int("offset"), Limit: x.Int("limit")}
	list, more, err := runner.Documents(x.Context(), which)
	if err != nil {
		return x.explain("list the documents", err)
	}
	out := documentPage{Documents: append([]*queries.Document{}, list...), Offset: which.Offset}
	if more {
		next := which.Offset + which.Limit
		out.Next = &next
	}
	x.Rows = len(list)
	return x.JSON(http.StatusOK, out)
}

// documentAnswer is a document with a page of its text.
type documentAnswer struct {
	*queries.Document

	Text *textPage `json:"text"` // null: none is kept that may be read
}

// textPage is a part of a text.
type textPage struct {
	Dataset string `json:"dataset"`
	SHA256  string `json:"sha256"`
	Length  int    `json:"length"` // of the whole, in code points
	Begin   int    `json:"begin"`
	End     int    `json:"end"`
	Next    *int   `json:"next"` // the offset of the next page; null: this is the last
	Text    string `json:"text"`
}

func showDocument(x *Exchange) error {
	runner, err := x.documentRunner()
	if err != nil {
		return err
	}
	d, err := runner.Document(x.Context(), x.Text("document"))
	if err != nil {
		return renamed(x.explain("read the document", err), "source", "document")
	}
	out := documentAnswer{Document: d}
	text := d.TextOf(x.Text("dataset"), x.Text("sha256"))
	if text != nil {
		out.Text = pageOf(text, x.Int("offset"), x.Int("limit"))
	} else if x.Text("dataset")+x.Text("sha256") != "" {
		return noText()
	}
	for i := range d.Texts {
		d.Texts[i].Text = "" // it is given by pages
	}
	if most := x.Int("statements"); len(d.Statements) > most {
		d.Statements, d.More = d.Statements[:most], true
	}
	x.About, x.Rows = d.XID, len(d.Statements)
	return x.JSON(http.StatusOK, out)
}

// pageOf returns a part of a text.
func pageOf(text *queries.DocumentText, offset, limit int) *textPage {
	passages := schema.NewPassages(text.Text)
	p := &textPage{Dataset: text.Dataset, SHA256: text.SHA256, Length: passages.Length()}
	p.Begin = min(offset, p.Length)
	p.End = min(p.Begin+limit, p.Length)
	p.Text, _ = passages.Slice(p.Begin, p.End) // within its length
	if p.End < p.Length {
		p.Next = &p.End
	}
	return p
}

// noText says that no text is kept, or none that the caller may read: to whom it may not be told the two are one.
func noText() error {
	return newProblem(http.StatusNotFound, "no-text", "No text", "no such text of the document is kept").
		hinted("documents/show lists its texts, and which of them are kept")
}

func streamText(x *Exchange) error {
	runner, err := x.documentRunner()
	if err != nil {
		return err
	}
	x.About = x.Text("document")
	return x.Stream(textMIME, "", func(w io.Writer) error {
		if err := runner.WriteText(x.Context(), w, x.Text("document"), x.Text("dataset"), x.Text("sha256")); err != nil {
			return renamed(x.explain("read the text", err), "source", "document")
		}
		return nil
	})
}
