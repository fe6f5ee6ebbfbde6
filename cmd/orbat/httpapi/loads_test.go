package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/deploy/deploytest"
	"orbat/queries"
)

func loaderGate(datasets ...string) *access.Gate {
	return &access.Gate{Anonymous: &access.Caller{Name: "lou", Role: access.Loader, Datasets: datasets}}
}

// seenJob is what a loader sees of a job.
type seenJob struct {
	ID, State string
	Plan      *struct {
		Records struct{ Created, Unchanged int }
	}
	Report *struct {
		Records struct{ Created, Unchanged int }
	}
	Rejects []struct {
		File         string
		Line         int
		Reason, Hint string
	}
	Problem *httpapi.Problem
}

func (w *world) send(path, body string, headers ...string) (answer, seenJob) {
	w.Helper()
	a := w.request(http.MethodPost, path, strings.NewReader(body), headers...)
	var job seenJob
	if a.StatusCode == http.StatusAccepted {
		if err := json.Unmarshal(a.body, &job); err != nil {
			w.Fatal(err)
		}
		if a.Header.Get("Location") != "/api/v1/jobs/"+job.ID {
			w.Errorf("Location: %q", a.Header.Get("Location"))
		}
	}
	return a, job
}

// until waits for a job's state.
func (w *world) until(id string, states ...string) seenJob {
	w.Helper()
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for range 3000 {
		var job seenJob
		w.get("/api/v1/jobs/"+id).into(w.T, &job)
		for _, state := range states {
			if job.State == state {
				return job
			}
		}
		<-ticks.C
	}
	w.Fatalf("the job never was %v", states)
	return seenJob{}
}

const twoPeople = `{"type":"Person","xid":"t:1","name":"Ann"}
{"type":"Person","xid":"t:2","name":"Bob"}
`

// A load is planned, then done when told to; the same key is the same job; what is loaded can be asked for at once, in
// a database that held nothing before.
func TestLoadIsAJob(t *testing.T) {
	conn := deploytest.Shared(t)
	w := serve(t, conn, httpapi.Options{Gate: loaderGate()})
	if a := w.get("/api/v1/search?q=ann"); a.StatusCode != http.StatusServiceUnavailable ||
		a.problem(t).Type != "urn:orbat:problem:empty" {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	a, job := w.send("/api/v1/loads?name=people.ndjson&dataset=mine", twoPeople, "Idempotency-Key", "k1")
	if a.StatusCode != http.StatusAccepted {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	planned := w.until(job.ID, "planned", "failed")
	if planned.Plan == nil || planned.Plan.Records.Created != 2 || planned.Report != nil {
		t.Fatalf("%+v", planned)
	}
	if a := w.get("/api/v1/search?q=ann"); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the plan has written: %d %s", a.StatusCode, a.body)
	}
	if _, again := w.send("/api/v1/loads?name=people.ndjson&dataset=mine", twoPeople, "Idempotency-Key", "k1"); again.ID != job.ID {
		t.Errorf("%s and %s", job.ID, again.ID)
	}
	if a, _ := w.send("/api/v1/loads?name=people.ndjson&dataset=mine", "{}", "Idempotency-Key",
		"k1"); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := w.request(http.MethodPost, "/api/v1/jobs/"+job.ID+"/apply", nil); a.StatusCode != http.StatusAccepted {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if did := w.until(job.ID, "done", "failed"); did.Report == nil || did.Report.Records.Created != 2 {
		t.Fatalf("%+v", did)
	}
	if a := w.get("/api/v1/search?q=ann"); a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), "t:1") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := w.request(http.MethodPost, "/api/v1/jobs/"+job.ID+"/apply", nil); a.StatusCode != http.StatusAccepted {
		t.Errorf("told twice: %d %s", a.StatusCode, a.body)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, twoPeople)
	_ = z.Close()
	_, job = w.send("/api/v1/loads?name=people.ndjson.gz&dataset=mine&apply=true", packed.String())
	if did := w.until(job.ID, "done", "failed"); did.Report == nil || did.Report.Records.Unchanged != 2 {
		t.Errorf("%+v", did)
	}
	if a := w.get("/api/v1/jobs/other-1"); a.StatusCode != http.StatusNotFound || !strings.Contains(a.problem(t).Hint, "instance") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

// What is wrong with a file is said with its place, and written nowhere.
func TestLoadOfBadFiles(t *testing.T) {
	conn := deploytest.Shared(t)
	w := serve(t, conn, httpapi.Options{
		Gate: loaderGate("mine"), Limits: httpapi.Limits{Body: 1 << 20, Unpacked: 1 << 16},
	})
	_, job := w.send("/api/v1/loads?name=x.ndjson&dataset=mine", twoPeople+"{\"type\":\"Persn\",\"xid\":\"t:3\"}\n")
	planned := w.until(job.ID, "planned", "failed")
	if len(planned.Rejects) != 1 || planned.Rejects[0].Line != 3 || planned.Rejects[0].File != "x.ndjson" ||
		planned.Rejects[0].Reason == "" {
		t.Errorf("%+v", planned)
	}
	if a := w.request(http.MethodDelete, "/api/v1/jobs/"+job.ID, nil); a.StatusCode != http.StatusAccepted {
		t.Errorf("%d", a.StatusCode)
	}
	w.until(job.ID, "cancelled")
	if a := w.request(http.MethodPost, "/api/v1/jobs/"+job.ID+"/apply", nil); a.StatusCode != http.StatusConflict {
		t.Errorf("%d", a.StatusCode)
	}
	for _, c := range []struct {
		path, body string
		status     int
	}{
		{"/api/v1/loads?name=x.ndjson&dataset=theirs", twoPeople, 403},
		{"/api/v1/loads?name=x.ndjson", twoPeople, 403},
		{"/api/v1/loads?name=x.ndjson&dataset=mine", strings.Repeat("x", 2<<20), 413},
		{"/api/v1/loads?name=x.ndjson.gz&dataset=mine", bomb(t), 413},
		{"/api/v1/loads?name=x.ndjson.gz&dataset=mine", "\x1f\x8bnothing of the kind", 422},
		{"/api/v1/loads?name=x&format=pdf&dataset=mine", "x", 422},
	} {
		if a, _ := w.send(c.path, c.body); a.StatusCode != c.status {
			t.Errorf("%s: %d %s", c.path, a.StatusCode, a.body)
		}
	}
	_, job = w.send("/api/v1/loads?name=x.ndjson&dataset=mine&apply=true", `{"type":"Person","xid":"t:1","dataset":"theirs"}`+"\n")
	if failed := w.until(job.ID, "failed", "done"); failed.Problem == nil || failed.Problem.Status != http.StatusForbidden {
		t.Errorf("another's data set: %+v", failed)
	}
	_, job = w.send("/api/v1/loads?name=x.pdf&dataset=mine", "%PDF-1.4")
	if failed := w.until(job.ID, "failed", "planned"); failed.Problem == nil || failed.Problem.Detail == "" {
		t.Errorf("%+v", failed)
	}
	found, err := conn.NewReadOnlyTxn().Query(t.Context(), "{ q(func: has(xid)) { xid } }")
	if err != nil || string(found.GetJson()) != `{"q":[]}` {
		t.Errorf("something was written: %s %v", found.GetJson(), err)
	}
	lou := serve(t, conn, httpapi.Options{Gate: loaderGate()})
	if a, _ := lou.send("/api/v1/loads?name=x.ndjson&dataset=decisions&replace=true&allow_empty=true&apply=true", "\n"); a.StatusCode !=
		http.StatusForbidden {
		t.Errorf("a loader takes all decisions back: %d %s", a.StatusCode, a.body)
	}
	reader := serve(t, conn, httpapi.Options{})
	if a, _ := reader.send("/api/v1/loads?name=x.ndjson", twoPeople); a.StatusCode != http.StatusForbidden {
		t.Errorf("a reader loads: %d", a.StatusCode)
	}
	limit, err := queries.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	bound := serve(t, conn, httpapi.Options{
		Gate: &access.Gate{Anonymous: &access.Caller{Name: "b", Role: access.Admin, MaxMarking: limit}},
	})
	if a, _ := bound.send("/api/v1/loads?name=x.ndjson", twoPeople); a.StatusCode != http.StatusForbidden {
		t.Errorf("what is unchanged tells what is there: %d", a.StatusCode)
	}
}

// bomb is a small file that unpacks to a large one.
func bomb(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(bytes.Repeat([]byte{'\n'}, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}
