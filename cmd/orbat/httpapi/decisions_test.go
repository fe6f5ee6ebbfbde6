package httpapi_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
)

// Who may be one is proposed and decided; what contradicts is refused; what is taken back is history.
func TestDecisions(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.Load(t, conn, "p.ndjson", `{"type":"Person","xid":"a:1","name":"Abdul Rahman Khan","birth_date":"1970-02-03","country":"pk"}
{"type":"Person","xid":"a:2","name":"Abdul Rahman Khan","birth_date":"1970-02-03","country":"pk"}
`, "a")
	w := serve(t, conn, httpapi.Options{Gate: callerGate("rev", access.Reviewer, "")})
	var found struct {
		Pairs []struct{ A, B struct{ XID string } }
	}
	w.get("/api/v1/candidates?threshold=1").into(t, &found)
	if len(found.Pairs) != 1 || found.Pairs[0].A.XID != "a:1" || found.Pairs[0].B.XID != "a:2" {
		t.Errorf("%+v", found)
	}
	if a := w.get("/api/v1/candidates?dataset=nowhere"); a.StatusCode != http.StatusNotFound {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	a := w.sendJSON(http.MethodPost, "/api/v1/decisions", object{
		"decision": "same", "between": []string{"a:1", "a:2"},
		"why": "born alike",
	})
	var made struct{ Decision struct{ Key, By string } }
	if a.StatusCode != http.StatusCreated || json.Unmarshal(a.body, &made) != nil || made.Decision.Key == "" || made.Decision.By != "rev" {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if a := w.sendJSON(http.MethodPost, "/api/v1/decisions", object{"decision": "different", "between": []string{
		"a:1",
		"a:2",
	}}); a.StatusCode !=
		http.StatusConflict {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	for _, bad := range []object{
		{"decision": "alike", "between": []string{"a:1", "a:2"}},
		{"decision": "same"},
		{"decision": "reject", "claim": "x"},
		{"decision": "same", "between": []string{"a:1", "a:1"}},
		{"decision": "same", "claim": "x"},
	} {
		if a := w.sendJSON(http.MethodPost, "/api/v1/decisions", bad); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d %s", bad, a.StatusCode, a.body)
		}
	}
	if a := w.request(http.MethodDelete, "/api/v1/decisions/"+made.Decision.Key, nil); a.StatusCode != http.StatusNoContent {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := w.request(http.MethodDelete, "/api/v1/decisions/"+made.Decision.Key, nil); a.StatusCode != http.StatusNotFound {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	var list struct{ Decisions []struct{ Undone bool } }
	w.get("/api/v1/decisions?undone=true").into(t, &list)
	if len(list.Decisions) != 1 || !list.Decisions[0].Undone {
		t.Errorf("%+v", list)
	}
	reader := serve(t, conn, httpapi.Options{})
	if a := reader.sendJSON(http.MethodPost, "/api/v1/decisions", object{"decision": "same"}); a.StatusCode != http.StatusForbidden {
		t.Errorf("%d", a.StatusCode)
	}
}
