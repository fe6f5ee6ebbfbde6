package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
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
	Below     int
	Plan      *struct {
		Records struct{ Read, Created, Unchanged int }
	}
	Report *struct {
		Records struct{ Read, Created, Unchanged int }
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
		{"/api/v1/loads?name=x&format=docx&dataset=mine", "x", 422},
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

// form is a form of files, as a browser sends it: pairs of a part's name, with = and its file name, and a text.
func form(t *testing.T, parts ...string) (body, kind string) {
	t.Helper()
	var text bytes.Buffer
	w := multipart.NewWriter(&text)
	for i := 0; i+1 < len(parts); i += 2 {
		name, file, _ := strings.Cut(parts[i], "=")
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {
			mime.FormatMediaType("form-data", map[string]string{"name": name, "filename": file}),
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return text.String(), w.FormDataContentType()
}

const peopleMapping = `dataset: mine
tables:
  - name: people
    file: staff/people.csv
    entities:
      - name: person
        type: Person
        key: {xid: "t:{id}"}
        properties: {name: Name}
  - name: posts
    file: posts.csv
    relations:
      - relation: commands
        from: {type: Person, key: {xid: "t:{who}"}}
        to: {type: Unit, key: {name: unit}}
`

// Tables are read by a mapping that is sent with them, or that orbat ships, and never by one of the server's disk; what
// is wrong with it is said with its place, and several files are one load.
func TestLoadByMapping(t *testing.T) {
	conn := deploytest.Shared(t)
	w := serve(t, conn, httpapi.Options{Gate: loaderGate("mine"), Limits: httpapi.Limits{Body: 1 << 20, Unpacked: 1 << 16}})
	send := func(query string, parts ...string) (answer, seenJob) {
		body, kind := form(t, parts...)
		return w.send("/api/v1/loads?"+query, body, "Content-Type", kind)
	}
	tables := []string{"file=data/staff/people.csv", "id,Name\n1,Ann\n", "file=posts.csv", "who,unit\n1,First\n"}
	_, job := send("apply=true", append(tables, "mapping=people.yaml", peopleMapping)...)
	if did := w.until(job.ID, "done", "failed", "planned"); did.State != "done" || did.Report.Records.Created != 2 {
		t.Fatalf("%+v", did)
	}
	shown := serve(t, conn, httpapi.Options{Gate: callerGate("ann", access.Reader, "")})
	var answer queries.Result
	shown.get("/api/v1/ask/ego-network?entity=t:1").into(t, &answer)
	if len(answer.Edges) != 1 || answer.Edges[0].Relation != "commands" || answer.Edges[0].To != "orbat:mine/Unit/first" {
		t.Errorf("%+v", answer.Edges)
	}
	// The same again is the same job, whatever its boundary.
	for _, key := range []string{"k", "k"} {
		body, kind := form(t, append(tables, "mapping=people.yaml", peopleMapping)...)
		a, again := w.send("/api/v1/loads", body, "Content-Type", kind, "Idempotency-Key", key)
		if a.StatusCode != http.StatusAccepted {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
		if job.ID != again.ID && job.State == "same" {
			t.Errorf("%s and %s", job.ID, again.ID)
		}
		job = again
		job.State = "same"
	}
	w.until(job.ID, "planned")
	// Several files without a mapping are read each by its format.
	_, job = send("dataset=mine&apply=true", "file=a.ndjson", `{"type":"Person","xid":"t:7"}`+"\n", "file=b.csv",
		"type,xid,name\nPerson,t:8,Bob\n")
	if did := w.until(job.ID, "done", "failed", "planned"); did.State != "done" || did.Report.Records.Created != 2 {
		t.Errorf("%+v", did)
	}
	// One that orbat ships, named; the sheet that it reads is not this one.
	_, job = send("dataset=mine&mapping=ucdp-ged", "file=GEDEvent.csv", "id,year\n1,2020\n")
	if failed := w.until(job.ID, "failed", "planned"); failed.Problem == nil || failed.Problem.Type != "urn:orbat:problem:bad-mapping" {
		t.Errorf("%+v", failed)
	}
	_, job = send("", append(tables[:2:2], "mapping=people.yaml", peopleMapping)...)
	if failed := w.until(job.ID, "failed", "planned"); failed.Problem == nil || failed.Problem.File != "people.yaml" ||
		failed.Problem.Line == 0 {
		t.Errorf("a table is missing: %+v", failed.Problem)
	}
	_, job = send("dataset=other&apply=true", append(tables, "mapping=people.yaml", strings.Replace(peopleMapping, "mine", "other", 1))...)
	if job.ID != "" {
		t.Error("another's data set is loaded into")
	}
	for _, c := range []struct {
		query  string
		parts  []string
		status int
	}{
		{"", append(tables, "mapping", strings.Replace(peopleMapping, "mine", "theirs", 1)), 403},
		{"mapping=/etc/passwd", tables, 422},
		{"mapping=people.yaml", tables, 422},
		{"mapping=ucdp-ged", append(tables, "mapping", peopleMapping), 422},
		{"", append(tables, "mapping", "tables: ["), 422},
		{"", append(tables, "mapping", "tables:\n  - nome: x\n"), 422},
		{"", append(tables, "mapping", peopleMapping, "mapping", peopleMapping), 422},
		{"", []string{"mapping", peopleMapping}, 422},
		{"dataset=mine", []string{"file=x.csv", "a\n", "file=x.csv", "a\n"}, 422},
		{"dataset=mine", []string{"file=", "a\n"}, 422},
		{"dataset=mine", []string{"file=../..", "a\n"}, 422},
		{"dataset=mine", []string{"other", "a\n"}, 422},
		{"dataset=mine", []string{"file=a.csv.gz", bomb(t)}, 413},
		{"dataset=mine", []string{"file=a.csv", strings.Repeat("x", 2<<20)}, 413},
	} {
		if a, _ := send(c.query, c.parts...); a.StatusCode != c.status {
			t.Errorf("%s %.80q: %d %s", c.query, c.parts, a.StatusCode, a.body)
		}
	}
	// One that breaks off is not taken for the whole.
	whole, kind := form(t, "file=a.csv", "type,xid\nPerson,t:9\n", "file=b.csv", "type,xid\nPerson,t:10\n")
	for _, cut := range []string{"no form", whole[:len(whole)-4], whole[:len(whole)-70], whole[:len(whole)/2], whole[:60]} {
		if a, _ := w.send("/api/v1/loads?dataset=mine", cut, "Content-Type", kind); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %d %s", cut, a.StatusCode, a.body)
		}
	}
}

// Of several files one that cannot be read is among the rejects, and the others are loaded, once somebody has seen
// that; where none can be read the job fails.
func TestLoadOfARefusedFile(t *testing.T) {
	conn := deploytest.Shared(t)
	w := serve(t, conn, httpapi.Options{Gate: loaderGate("mine")})
	const signIn = `<!doctype html><title>Sign in</title><form><input name="p" type="password"></form>`
	body, kind := form(t, "file=wall.html", signIn, "file=order.txt", "Gen. Bo Baker commands the 8th Division.\n",
		"file=cut.pdf", "%PDF-1.4")
	_, job := w.send("/api/v1/loads?dataset=mine&apply=true", body, "Content-Type", kind)
	planned := w.until(job.ID, "planned", "failed", "done")
	if planned.State != "planned" || len(planned.Rejects) != 2 || planned.Rejects[0].File != "wall.html" ||
		!strings.Contains(planned.Rejects[0].Reason, "to sign in") || planned.Rejects[1].File != "cut.pdf" {
		t.Fatalf("%+v", planned)
	}
	w.request(http.MethodPost, "/api/v1/jobs/"+job.ID+"/apply", nil)
	if did := w.until(job.ID, "done", "failed"); did.State != "done" || len(did.Rejects) != 2 {
		t.Errorf("%+v", did)
	}
	if a := w.get("/api/v1/search?q=baker"); !strings.Contains(string(a.body), "orbat:mine/Person/bo baker") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	body, kind = form(t, "file=wall.html", signIn, "file=cut.pdf", "%PDF-1.4")
	_, job = w.send("/api/v1/loads?dataset=mine&apply=true", body, "Content-Type", kind)
	failed := w.until(job.ID, "failed", "planned", "done")
	if failed.Problem == nil || failed.Problem.Status != http.StatusUnprocessableEntity || len(failed.Rejects) != 2 {
		t.Errorf("%+v", failed)
	}
}

// A document that is sent is read: what its text says is in the graph, and what lies below the least confidence
// counted.
func TestLoadReadsDocuments(t *testing.T) {
	conn := deploytest.Shared(t)
	w := serve(t, conn, httpapi.Options{Gate: loaderGate("mine")})
	const page = `<!doctype html><html lang="en"><head><title>Change of command</title></head><body><article>
<h1>Change of command</h1><p>Gen. Anna Holm, commander of the 7th Division, spoke to soldiers and reporters on Sunday.</p>
</article></body></html>`
	for name, content := range map[string]string{
		"order.html": page, "order.txt": "Gen. Bo Baker, commander of the 8th Division, spoke on Sunday.\n",
	} {
		_, job := w.send("/api/v1/loads?name="+name+"&dataset=mine&published=2023-07-09&min_confidence=92&apply=true", content)
		if did := w.until(job.ID, "done", "failed"); did.Report == nil || did.Below != 1 {
			t.Errorf("%s: %+v", name, did)
		}
	}
	if a := w.get("/api/v1/search?q=holm"); !strings.Contains(string(a.body), "orbat:mine/Person/anna holm") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := w.get("/api/v1/search?q=baker"); !strings.Contains(string(a.body), "orbat:mine/Person/bo baker") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	_, job := w.send("/api/v1/loads?name=order.txt&dataset=mine&no_read=true&apply=true", "Gen. Cy Chief commands the 9th Division.\n")
	if did := w.until(job.ID, "done", "failed"); did.Report == nil || did.Report.Records.Read != 1 {
		t.Errorf("%+v", did)
	}
	if a, _ := w.send("/api/v1/loads?name=order.txt&dataset=mine&link=99", "x"); a.StatusCode != http.StatusForbidden {
		t.Errorf("a loader links: %d %s", a.StatusCode, a.body)
	}
	a, _ := w.send("/api/v1/loads?name=order.txt&dataset=mine&min_confidence=101", "x")
	if a.StatusCode != http.StatusUnprocessableEntity && a.StatusCode != http.StatusBadRequest {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}
