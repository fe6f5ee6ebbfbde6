package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/deploy/deploytest"
	"orbat/queries"
)

// hiddenWorld is a graph that a caller sees, and claims above the caller's limit that others load beside it.
type hiddenWorld struct {
	*rand.Rand
	seen, hidden []string // lines of NDJSON

	people, units, places, sources []string
	names                          []string
}

func (w *hiddenWorld) line(to *[]string, record map[string]any) {
	text, err := json.Marshal(record)
	if err != nil {
		panic(err)
	}
	*to = append(*to, string(text))
}

func newHiddenWorld(r *rand.Rand) *hiddenWorld {
	w := &hiddenWorld{Rand: r}
	given := []string{"Ali", "Omar", "Zayd", "Hasan", "Ивана", "Yusuf"}
	name := func() string { return given[r.IntN(len(given))] + " " + given[r.IntN(len(given))] }
	marking := func() string { return []string{"", "", "TLP:CLEAR", "TLP:GREEN"}[r.IntN(4)] }
	describe := func(to *[]string, kind, xid, mark string) {
		record := map[string]any{"type": kind, "xid": xid, "name": name(), "description": "about " + xid}
		if kind == "Source" {
			record = map[string]any{"type": kind, "xid": xid, "title": "Report of " + name(), "publisher": given[r.IntN(len(given))]}
		}
		if kind == "Location" {
			record["geo"] = map[string]any{"type": "Point", "coordinates": []float64{30 + r.Float64(), 50 + r.Float64()}}
		}
		if mark != "" {
			record["marking"] = mark
		}
		if n, is := record["name"].(string); is {
			w.names = append(w.names, n)
		}
		w.line(to, record)
	}
	some := func(to *[]string, prefix, kind, letter string, n int, mark func() string) (xids []string) {
		for i := range n {
			xid := fmt.Sprintf("%s:%s%d", prefix, letter, i)
			describe(to, kind, xid, mark())
			xids = append(xids, xid)
		}
		return xids
	}
	w.people = some(&w.seen, "t", "Person", "p", 6, marking)
	w.units = some(&w.seen, "t", "Unit", "u", 4, marking)
	w.places = some(&w.seen, "t", "Location", "l", 2, marking)
	w.sources = some(&w.seen, "t", "Source", "s", 3, marking)
	red := func() string { return "TLP:RED" }
	people := slices.Concat(w.people, some(&w.hidden, "h", "Person", "p", 3, red))
	units := slices.Concat(w.units, some(&w.hidden, "h", "Unit", "u", 2, red))
	places := slices.Concat(w.places, some(&w.hidden, "h", "Location", "l", 1, red))
	sources := slices.Concat(w.sources, some(&w.hidden, "h", "Source", "s", 2, red))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	relate := func(to *[]string, mark string, people, units, places, sources []string) {
		kind := r.IntN(6)
		record := map[string]any{
			"relation": []string{"commands", "posted_to", "subordinate_to", "associate_of", "based_at", "mentions"}[kind],
			"from":     pick([][]string{people, people, units, people, units, sources}[kind]),
			"to":       pick([][]string{units, units, units, people, places, people}[kind]),
			"sources":  []map[string]any{{"source": pick(sources), "quote": "q " + name()}},
			"period":   []string{"2001/2004", "2010/..", "2003-05", "2023-07/.."}[r.IntN(4)],
		}
		if r.IntN(2) == 0 {
			record["confidence"] = 10 * r.IntN(11)
		}
		if mark != "" {
			record["marking"] = mark
		}
		if record["from"] != record["to"] {
			w.line(to, record)
		}
	}
	for range 40 {
		relate(&w.seen, marking(), w.people, w.units, w.places, w.sources)
	}
	for range 40 {
		relate(&w.hidden, "TLP:RED", people, units, places, sources)
	}
	for range 5 {
		w.line(&w.hidden, map[string]any{
			"property": "description", "of": pick(w.people), "value": "hidden " + name(), "marking": "TLP:RED",
		})
		w.line(&w.hidden, map[string]any{"property": "aliases", "of": pick(w.people), "value": name(), "marking": "TLP:RED"})
	}
	return w
}

// requests are what is asked of the world: each operation and question, about what is seen, what is hidden, and what
// both are called.
func (w *hiddenWorld) requests(d *openapi3.T) (list []string) {
	known := slices.Concat(w.people, w.units, w.places, w.sources, w.names, []string{
		"h:p0", "h:p1", "h:u0", "h:l0", "h:s0", "Al", "Om", "ha", "Person", "Unit", "commands", "seen", "concealed", "2003", "2023-07-07",
	})
	draw := texts{w.Rand, known, known}
	for _, r := range readings(d) {
		list = append(list, draw.request(r, 6))
	}
	for _, xid := range slices.Concat(w.people, w.units, []string{"h:p0", "h:u0"}) {
		for _, path := range []string{
			"/api/v1/entity?entity=", "/api/v1/links?limit=3&evidence=true&entity=",
			"/api/v1/ask/ego-network?evidence=true&depth=2&entity=",
		} {
			list = append(list, path+url.QueryEscape(xid))
		}
	}
	everybody := url.QueryEscape(strings.Join(slices.Concat(w.people, w.units, w.places, w.sources, []string{"h:p0", "h:u0"}), ";"))
	list = append(list, "/api/v1/among?entities="+everybody, "/api/v1/among?as_of=2003&format=gexf&entities="+everybody)
	for _, format := range []string{"canonical", "ndjson", "json", "gexf", "csv-links", "stix"} {
		list = append(list, "/api/v1/export?format="+format, "/api/v1/export?dataset=concealed&format="+format)
	}
	for _, n := range w.names {
		list = append(list, "/api/v1/search?q="+url.QueryEscape(n), "/api/v1/ask/career?person="+url.QueryEscape(n))
	}
	return list
}

// bodyOf is what a caller is told, without what is new in every answer: when, and which request it was.
func bodyOf(a answer) string {
	var b bytes.Buffer
	header := a.Header.Clone()
	header.Del("Date")
	_ = header.Write(&b) // a buffer takes all
	number := regexp.MustCompile(`urn:orbat:request:[A-Z0-9]+|(created"?[=:]"?)[0-9T:.Z-]+`)
	return fmt.Sprint(a.StatusCode, "\n", number.ReplaceAllString(b.String()+string(a.body), ""), "\n", a.Trailer)
}

// Markings: no body, header, count, suggestion or error of any operation differs between a world with and one without
// the claims above the caller's limit. Ten random worlds, or as many as ORBAT_WORLDS says.
func TestHiddenClaimsLeaveNoTrace(t *testing.T) {
	limit, err := queries.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	d := parsed(t)
	first := numberFrom(t, "ORBAT_SEED", 1)
	for seed := first; seed < first+numberFrom(t, "ORBAT_WORLDS", 10); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newHiddenWorld(rand.New(rand.NewPCG(uint64(seed), 8))) //nolint:gosec // the same again is wanted
			conn := deploytest.Shared(t)
			load(t, conn, "seen.ndjson", []byte(strings.Join(w.seen, "\n")+"\n"), "seen")
			s := serve(t, conn, httpapi.Options{
				Gate:   &access.Gate{Anonymous: &access.Caller{Name: "partner", Role: access.Admin, MaxMarking: limit}},
				Limits: httpapi.Limits{Time: 30 * time.Second},
			})
			list := w.requests(d)
			without := make([]string, len(list))
			for i, path := range list {
				without[i] = bodyOf(s.get(path))
			}
			load(t, conn, "hidden.ndjson", []byte(strings.Join(w.hidden, "\n")+"\n"), "concealed")
			for i, path := range list {
				if with := bodyOf(s.get(path)); with != without[i] {
					t.Errorf("%s\nwithout the hidden claims\n%.1500s\nwith them\n%.1500s", path, without[i], with)
				}
			}
		})
	}
}
