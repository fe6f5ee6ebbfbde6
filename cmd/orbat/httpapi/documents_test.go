package httpapi_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
	"orbat/queries"
)

// mailToBama is a document; its text begins at "The 5th".
const mailToBama = "From: Ada Obi <ada@courier.example>\r\nSubject: Brigade moves to Bama\r\nDate: Wed, 11 Mar 2015 10:00:00 +0100\r\n" +
	"Message-ID: <bama@courier.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + textOfBama

const textOfBama = "The 5th Brigade moved to Bama. Its commander is Col. Ahmed Diri, who took over in January. " +
	"It had harassed “traders” before."

// statementsOnBama quote it, in each way that a passage can be found.
const statementsOnBama = `{"relation":"commands","from":{"type":"Person","name":"Ahmed Diri"},"to":{"type":"Unit","name":"5th Brigade"}` +
	`,"sources":[{"source":"mid:bama@courier.example","quote":"Its commander is Col. Ahmed Diri","begin":31,"end":63}]}` + "\n" +
	`{"relation":"based_at","from":{"type":"Unit","name":"5th Brigade"},"to":{"type":"Location","name":"Bama"}` +
	`,"sources":[{"source":"mid:bama@courier.example","quote":"brigade moved  to Bama","begin":8,"end":29}],"marking":"TLP:GREEN"}` + "\n" +
	`{"relation":"operates_in","from":{"type":"Unit","name":"5th Brigade"},"to":{"type":"Location","name":"Bama"}` +
	`,"sources":[{"source":"mid:bama@courier.example","quote":"took over in January","begin":0,"end":20}]}` + "\n" +
	`{"relation":"posted_to","from":{"type":"Person","name":"Ahmed Diri"},"to":{"type":"Unit","name":"5th Brigade"}` +
	`,"sources":[{"source":"mid:bama@courier.example","quote":"was posted","begin":0,"end":10}],"marking":"TLP:AMBER"}` + "\n"

type shownDocument struct {
	XID, Name string
	Markings  []string
	More      bool
	Texts     []struct {
		Dataset, SHA256 string
		Length          int
		Kept            bool
		Text            string
	}
	Statements []struct {
		Quote, Found string
		Begin, End   *int
	}
	Text *struct {
		SHA256, Text       string
		Length, Begin, End int
		Next               *int
	}
}

// A document is loaded as any file is, listed, and shown with a page of its text and the statements that cite it.
func TestDocuments(t *testing.T) {
	conn := deploytest.Shared(t)
	w := serve(t, conn, httpapi.Options{Gate: loaderGate()})
	for _, path := range []string{"dataset=press&no_read=true", "dataset=thin&no_text=true&no_read=true"} {
		_, job := w.send("/api/v1/loads?name=bama.eml&apply=true&"+path, mailToBama)
		if did := w.until(job.ID, "done", "failed", "planned"); did.State != "done" {
			t.Fatalf("%+v", did)
		}
	}
	servetest.Load(t, conn, "said.ndjson", statementsOnBama, "press")
	type page struct {
		Documents []shownDocument
		Next      *int
	}
	var list page
	w.get("/api/v1/documents").into(t, &list)
	if len(list.Documents) != 1 || list.Next != nil ||
		list.Documents[0].Name != "Brigade moves to Bama" || len(list.Documents[0].Texts) != 2 ||
		!list.Documents[0].Texts[0].Kept || list.Documents[0].Texts[1].Kept ||
		list.Documents[0].Texts[0].Length != len([]rune(textOfBama)) {
		t.Fatalf("%+v", list)
	}
	for path, n := range map[string]int{"dataset=thin": 1, "dataset=other": 0, "offset=1": 0} {
		var some page
		if w.get("/api/v1/documents?"+path).into(t, &some); len(some.Documents) != n {
			t.Errorf("%s: %+v", path, some)
		}
	}

	of := "document=" + url.QueryEscape("Brigade moves to Bama")
	var d shownDocument
	w.get("/api/v1/documents/show?"+of).into(t, &d)
	if d.XID != "mid:bama@courier.example" || d.Text == nil || d.Text.Text != textOfBama || d.Text.Next != nil || d.Texts[0].Text != "" ||
		strings.Join(d.Markings, " ") != "TLP:AMBER" {
		t.Errorf("%+v", d)
	}
	found := map[string]string{}
	for _, s := range d.Statements {
		found[s.Quote] = s.Found
		if got := s.Begin != nil; got != (s.Found != "missing") {
			t.Errorf("%+v", s)
		} else if got && s.Found == "moved" && string([]rune(textOfBama)[*s.Begin:*s.End]) != s.Quote {
			t.Errorf("%+v", s)
		}
	}
	for quote, how := range map[string]string{
		"Its commander is Col. Ahmed Diri": "exact", "brigade moved  to Bama": "normalised",
		"took over in January": "moved", "was posted": "missing",
	} {
		if found[quote] != how {
			t.Errorf("%q: %s; want %s", quote, found[quote], how)
		}
	}
	text, next := "", 0
	for next >= 0 {
		var d shownDocument
		w.get("/api/v1/documents/show?limit=50&statements=1&offset="+strconv.Itoa(next)+"&"+of).into(t, &d)
		if len(d.Statements) != 1 || !d.More || d.Text.Begin != next {
			t.Fatalf("%+v", d)
		}
		text += d.Text.Text
		if next = -1; d.Text.Next != nil {
			next = *d.Text.Next
		}
	}
	if text != textOfBama {
		t.Errorf("by pages: %q", text)
	}
	if a := w.get("/api/v1/documents/text?" + of); string(a.body) != textOfBama ||
		!strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain") ||
		a.Trailer.Get("Orbat-Complete") != "true" {
		t.Errorf("%d %s %v", a.StatusCode, a.body, a.Header)
	}
	for _, path := range []string{"show?dataset=thin&", "text?dataset=thin&", "text?sha256=00&"} {
		a := w.get("/api/v1/documents/" + path + of)
		if a.StatusCode != http.StatusNotFound || a.problem(t).Type != "urn:orbat:problem:no-text" {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	if a := w.get("/api/v1/documents/show?document=nothing"); a.StatusCode != http.StatusNotFound || a.problem(t).Field != "document" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}

	// What is above a limit cites it: to who sees no more its text is as one that nobody keeps.
	limit, err := queries.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	w = serve(t, conn, httpapi.Options{
		Gate: &access.Gate{Anonymous: &access.Caller{Name: "partner", Role: access.Reader, MaxMarking: limit}},
	})
	var seen shownDocument
	w.get("/api/v1/documents/show?"+of).into(t, &seen)
	if seen.Text != nil || seen.Texts[0].Kept || len(seen.Statements) != 3 || seen.Statements[0].Found != "" ||
		seen.Markings[0] != "TLP:GREEN" {
		t.Errorf("%+v", seen)
	}
	if a := w.get("/api/v1/documents/text?" + of); a.StatusCode != http.StatusNotFound {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}
