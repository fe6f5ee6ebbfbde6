package httpapi_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
	"orbat/queries"
)

func callerGate(name string, role access.Role, limit string) *access.Gate {
	caller := &access.Caller{Name: name, Role: role}
	if limit != "" {
		caller.MaxMarking, _ = queries.ParseMaxMarking(limit) // a right one
	}
	return &access.Gate{Anonymous: caller}
}

func (w *world) sendJSON(method, path string, v any) answer {
	w.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		w.Fatal(err)
	}
	return w.request(method, path, bytes.NewReader(text), "Content-Type", "application/json")
}

type object = map[string]any

// A view is kept in the graph: another instance shows it, each under their reader's own sight; only its owner and an
// admin change it, and not over another's change. It is in no export.
func TestViews(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	servetest.Load(t, conn, "red.ndjson", `{"type":"Person","xid":"t:red","name":"Red","marking":"TLP:RED"}`+"\n", "red")
	ann := serve(t, conn, httpapi.Options{Gate: callerGate("ann", access.Reader, "")})
	bob := serve(t, conn, httpapi.Options{Gate: callerGate("bob", access.Reader, "")})
	admin := serve(t, conn, httpapi.Options{Gate: callerGate("eve", access.Admin, "")})
	partner := serve(t, conn, httpapi.Options{Gate: callerGate("pat", access.Reader, "TLP:GREEN")})
	before := ann.get("/api/v1/export?format=canonical").body
	content := object{
		"title": "First look", "marking": "TLP:GREEN", "xids": []string{"t:red", "orbat:strike-2023/#centcom"},
		"positions": object{"t:red": []float64{1, 2}}, "filters": object{"as_of": "2023"},
		"notes": []object{{"text": "for all"}, {"text": "on red", "on": "t:red"}, {"text": "for few", "marking": "TLP:RED"}},
	}
	a := ann.sendJSON(http.MethodPost, "/api/v1/views", content)
	var kept struct {
		ID, Title, Owner string
		Version          int
		XIDs             []string
		Notes            []object
		Positions        object
	}
	if a.StatusCode != http.StatusCreated || json.Unmarshal(a.body, &kept) != nil || kept.Owner != "ann" || len(kept.XIDs) != 2 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	path := a.Header.Get("Location")
	bob.get(path).into(t, &kept)
	if len(kept.XIDs) != 2 || len(kept.Notes) != 3 || len(kept.Positions) != 1 {
		t.Errorf("%+v", kept)
	}
	text := string(partner.get(path).body)
	if strings.Contains(text, "red") || strings.Contains(text, "for few") || !strings.Contains(text, "for all") {
		t.Errorf("a partner sees %s", text)
	}
	if a := bob.sendJSON(http.MethodPut, path, content); a.StatusCode != http.StatusForbidden {
		t.Errorf("bob changes ann's: %d", a.StatusCode)
	}
	content["title"], content["version"] = "Second look", kept.Version
	if a := ann.sendJSON(http.MethodPut, path, content); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := admin.sendJSON(http.MethodPut, path, content); a.StatusCode != http.StatusConflict {
		t.Errorf("an older version is written over a newer one: %d %s", a.StatusCode, a.body)
	}
	delete(content, "marking")
	delete(content, "version")
	if a := ann.sendJSON(http.MethodPut, path, content); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := partner.get(path); a.StatusCode != http.StatusNotFound {
		t.Errorf("a partner sees what may tell: %d %s", a.StatusCode, a.body)
	}
	var list struct{ Views []struct{ Title string } }
	partner.get("/api/v1/views").into(t, &list)
	if len(list.Views) != 0 {
		t.Errorf("%+v", list)
	}
	for _, bad := range []object{
		{"title": " "},
		{"title": strings.Repeat("x", 300)},
		{"title": "x", "marking": "CHIEFLY"},
		{"title": "x", "xids": []string{"no xid"}},
		{"title": "x", "notes": []object{{"text": "x", "marking": "CHIEFLY"}}},
		{"title": "x", "filters": object{"a": strings.Repeat("x", 3000)}},
	} {
		if a := ann.sendJSON(http.MethodPost, "/api/v1/views", bad); a.StatusCode != http.StatusUnprocessableEntity ||
			a.problem(t).Field == "" {
			t.Errorf("%v: %d %s", bad, a.StatusCode, a.body)
		}
	}
	for _, bad := range []string{`{"titel":"x"}`, `{"title":1}`, `{`, ``, `{"title":"x"} x`} {
		a := ann.request(http.MethodPost, "/api/v1/views", strings.NewReader(bad), "Content-Type", "application/json")
		if a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", bad, a.StatusCode, a.body)
		}
	}
	if a := ann.request(http.MethodPost, "/api/v1/views", strings.NewReader("title=x"), "Content-Type",
		"text/plain"); a.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("%d", a.StatusCode)
	}
	huge := ann.sendJSON(http.MethodPost, "/api/v1/views", object{"title": strings.Repeat("x", 2<<20)})
	if huge.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", huge.StatusCode)
	}
	if after := ann.get("/api/v1/export?format=canonical").body; !bytes.Equal(before, after) {
		t.Error("a view is in the export")
	}
	if a := admin.request(http.MethodDelete, path, nil); a.StatusCode != http.StatusNoContent {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := ann.get(path); a.StatusCode != http.StatusNotFound {
		t.Errorf("%d", a.StatusCode)
	}
}

// Whoever sees less changes what they see of a view: the rest stays, and does not grow by what they send unseen.
func TestViewsKeepWhatIsNotSeen(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	partner := serve(t, conn, httpapi.Options{Gate: callerGate("pat", access.Reader, "TLP:GREEN")})
	admin := serve(t, conn, httpapi.Options{Gate: callerGate("eve", access.Admin, "")})
	content := object{
		"title": "Mine", "xids": []string{"t:nobody", "orbat:strike-2023/#centcom"}, "positions": object{"t:nobody": []float64{1, 2}},
		"notes":   []object{{"text": "on nobody", "on": "t:nobody"}, {"text": "seen"}},
		"filters": object{"hidden": "orbat:strike-2023/#centcom;t:nobody", "pinned": "t:nobody", "as_of": "2023"},
	}
	path := partner.sendJSON(http.MethodPost, "/api/v1/views", content).Header.Get("Location")
	for range 3 {
		a := partner.sendJSON(http.MethodPut, path, content)
		if a.StatusCode != http.StatusOK || strings.Contains(string(a.body), "nobody") {
			t.Errorf("%d %s", a.StatusCode, a.body)
		}
	}
	var kept struct {
		XIDs      []string
		Notes     []object
		Positions object
		Filters   map[string]string
	}
	if admin.get(path).into(t, &kept); len(kept.XIDs) != 2 || len(kept.Notes) != 2 || len(kept.Positions) != 1 {
		t.Errorf("%+v", kept)
	}
	want := map[string]string{"hidden": "orbat:strike-2023/#centcom;t:nobody", "pinned": "t:nobody", "as_of": "2023"}
	if !maps.Equal(kept.Filters, want) {
		t.Errorf("%v, want %v", kept.Filters, want)
	}
}

// A saved question is one of the library with its values, and is asked under the sight of who asks.
func TestSavedQuestions(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	w := serve(t, conn, httpapi.Options{})
	a := w.sendJSON(http.MethodPost, "/api/v1/saved-questions", object{
		"title": "His career", "question": "career", "values": object{"person": "Michael Kurilla"},
	})
	if a.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	answered := w.get(a.Header.Get("Location") + "/answer?evidence=true")
	asked := w.get("/api/v1/ask/career?person=Michael+Kurilla&evidence=true")
	if answered.StatusCode != http.StatusOK || !bytes.Equal(answered.body, asked.body) {
		t.Errorf("%d %s", answered.StatusCode, answered.body)
	}
	for _, bad := range []object{
		{"title": "x", "question": "carer"},
		{"title": "x", "question": "career", "values": object{}},
		{"title": "x", "question": "career", "values": object{"persn": "x"}},
		{"question": "career", "values": object{"person": "x"}},
	} {
		if a := w.sendJSON(http.MethodPost, "/api/v1/saved-questions", bad); a.StatusCode != http.StatusNotFound &&
			a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d %s", bad, a.StatusCode, a.body)
		}
	}
	if a := w.request(http.MethodDelete, a.Header.Get("Location"), nil); a.StatusCode != http.StatusNoContent {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// Who keeps as many views as may be keeps no other, of which nobody else takes notice.
func TestKeptIsBounded(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	many := make([]object, 200)
	for i := range many {
		many[i] = object{
			"uid": "_:v" + strconv.Itoa(i), "kept.id": "v" + strconv.Itoa(i), "kept.kind": "view", "kept.owner": "ann", "kept.title": "x",
		}
	}
	text, err := json.Marshal(many)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.NewTxn().Mutate(t.Context(), &api.Mutation{SetJson: text, CommitNow: true}); err != nil {
		t.Fatal(err)
	}
	ann := serve(t, conn, httpapi.Options{Gate: callerGate("ann", access.Reader, "")})
	a := ann.sendJSON(http.MethodPost, "/api/v1/views", object{"title": "One more"})
	if a.StatusCode != http.StatusUnprocessableEntity || a.problem(t).Hint == "" {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if a := ann.sendJSON(http.MethodPost, "/api/v1/saved-questions", object{
		"title": "x", "question": "career", "values": object{"person": "Kurilla"},
	}); a.StatusCode != http.StatusCreated {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	bob := serve(t, conn, httpapi.Options{Gate: callerGate("bob", access.Reader, "")})
	if a := bob.sendJSON(http.MethodPost, "/api/v1/views", object{"title": "x"}); a.StatusCode != http.StatusCreated {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := ann.request(http.MethodDelete, "/api/v1/views/v7", nil); a.StatusCode != http.StatusNoContent {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := ann.sendJSON(http.MethodPost, "/api/v1/views", object{"title": "One more"}); a.StatusCode != http.StatusCreated {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// A database that an older orbat wrote is brought up by who may load, never by a reader.
func TestReaderMigratesNothing(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	schemaOf := func() string {
		answer, err := conn.NewReadOnlyTxn().Query(t.Context(), "schema {}")
		if err != nil {
			t.Fatal(err)
		}
		return string(answer.GetJson())
	}
	if err := conn.Alter(t.Context(), &api.Operation{DropAttr: "kept.id"}); err != nil {
		t.Fatal(err)
	}
	before := schemaOf()
	reader := serve(t, conn, httpapi.Options{Gate: callerGate("ann", access.Reader, "")})
	a := reader.sendJSON(http.MethodPost, "/api/v1/views", object{"title": "x"})
	if a.StatusCode != http.StatusServiceUnavailable || a.problem(t).Hint == "" || schemaOf() != before {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	lou := serve(t, conn, httpapi.Options{Gate: callerGate("lou", access.Loader, "")})
	if a := lou.sendJSON(http.MethodPost, "/api/v1/views", object{"title": "x"}); a.StatusCode != http.StatusCreated {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := reader.sendJSON(http.MethodPost, "/api/v1/views", object{"title": "x"}); a.StatusCode != http.StatusCreated {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// What an admin who may see all writes over a view whose owner sees less is shown to that owner by its marking alone.
func TestTitleByWhoSeesMore(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	pat := serve(t, conn, httpapi.Options{Gate: callerGate("pat", access.Reader, "TLP:GREEN")})
	eve := serve(t, conn, httpapi.Options{Gate: callerGate("eve", access.Admin, "")})
	for what, mine := range map[string]object{
		"views":           {"title": "Mine"},
		"saved-questions": {"title": "Mine", "question": "career", "values": object{"person": "Kurilla"}},
	} {
		path := pat.sendJSON(http.MethodPost, "/api/v1/"+what, mine).Header.Get("Location")
		mine["title"] = "Hidden Name"
		a := eve.sendJSON(http.MethodPut, path, mine)
		if a.StatusCode != http.StatusUnprocessableEntity || a.problem(t).Field != "marking" {
			t.Errorf("%s: %d %s", what, a.StatusCode, a.body)
		}
		for marking, shown := range map[string]bool{"TLP:RED": false, "TLP:GREEN": true} {
			mine["marking"] = marking
			if a := eve.sendJSON(http.MethodPut, path, mine); a.StatusCode != http.StatusOK {
				t.Errorf("%s: %d %s", what, a.StatusCode, a.body)
			}
			if a := pat.get(path); (a.StatusCode == http.StatusOK) != shown {
				t.Errorf("%s, %s: %d %s", what, marking, a.StatusCode, a.body)
			}
			if list := pat.get("/api/v1/" + what); strings.Contains(string(list.body), "Hidden") != shown {
				t.Errorf("%s, %s: %s", what, marking, list.body)
			}
		}
	}
}
