package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
)

// An entity is found by what is known of it, badly spelt as that may be, and each feature says what it tells; what is
// known of nothing is refused by its name.
func TestMatchByExample(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{})
	ask := func(body string) answer {
		return w.request(http.MethodPost, "/api/v1/match", strings.NewReader(body), "Content-Type", "application/json")
	}
	var found struct {
		Candidates []struct {
			XID     string
			Score   float64
			Certain bool
			Shares  []struct {
				Feature string
				Bits    float64
			}
		}
	}
	ask(`{"type":"Person","name":"Gen Micheal Kurila","properties":{"rank":["General"],"nationality":["United States"]},
		"relations":[{"relation":"commands","end":"CENTCOM"}]}`).into(t, &found)
	if len(found.Candidates) == 0 || found.Candidates[0].XID != "orbat:strike-2023/#kurilla" || !found.Candidates[0].Certain {
		t.Fatalf("%+v", found)
	}
	tells := map[string]bool{}
	for _, s := range found.Candidates[0].Shares {
		tells[s.Feature] = s.Bits > 0
	}
	for _, feature := range []string{"name", "rank", "nationality", "ties"} {
		if !tells[feature] {
			t.Errorf("%s tells nothing: %+v", feature, found.Candidates[0].Shares)
		}
	}
	found.Candidates = nil
	if ask(`{"name":"Zzyzx Quux"}`).into(t, &found); len(found.Candidates) > 0 {
		t.Errorf("nobody is %+v", found.Candidates)
	}
	for body, field := range map[string]string{
		`{"type":"Persn","name":"x"}`: "type",
		`{}`:                          "name",
		`{"name":"x","limit":-1}`:     "limit",
		`{"name":"x","properties":{"commands":["y"]}}`:                "properties.commands",
		`{"name":"x","properties":{"birth_date":["soon"]}}`:           "properties.birth_date",
		`{"name":"x","relations":[{"relation":"likes","end":"y"}]}`:   "relations.0.relation",
		`{"name":"x","relations":[{"relation":"commands","end":""}]}`: "relations.0.end",
		`{"name":"a\u0000b"}`: "name",
	} {
		if p := ask(body).problem(t); p.Status != http.StatusUnprocessableEntity || p.Field != field {
			t.Errorf("%s: %+v", body, p)
		}
	}
}

// What tells an entity from others says nothing that data sets say which the caller may not see: not even of a link
// that is seen too.
func TestDetailsAreOfOwnDatasets(t *testing.T) {
	conn := deploytest.Shared(t)
	const post = `{"relation":"posted_to","from":"t:p","to":"t:u","period":"2001/2004"`
	servetest.Load(t, conn, "own.ndjson", `{"type":"Person","xid":"t:p","name":"Ann Lee"}
{"type":"Unit","xid":"t:u","name":"First Division"}
`+post+"}\n", "own")
	servetest.Load(t, conn, "others.ndjson", post+`,"role":"spymaster"}`+"\n", "others")
	asked := func(datasets ...string) string {
		w := serve(t, conn, httpapi.Options{Gate: &access.Gate{
			Anonymous: &access.Caller{Name: "o", Role: access.Reader, Datasets: datasets},
		}})
		body := string(w.request(http.MethodPost, "/api/v1/match", strings.NewReader(`{"name":"Ann Lee"}`), "Content-Type",
			"application/json").body)
		if !strings.Contains(body, "First Division") {
			t.Errorf("%v: nothing tells who it is: %s", datasets, body)
		}
		return body
	}
	if all := asked(); !strings.Contains(all, "spymaster") {
		t.Errorf("who may see all is not told: %s", all)
	}
	if own := asked("own"); strings.Contains(own, "spymaster") {
		t.Errorf("another data set's word is told: %s", own)
	}
}
