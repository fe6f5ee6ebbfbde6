package httpapi

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/intake"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/queries"
	"orbat/schema"
)

// loadOperations are those that bring data in.
func loadOperations() []*Operation {
	return append([]*Operation{{
		ID: "load", Method: http.MethodPost, Path: "/loads", Tag: "loads", Role: access.Loader, Marked: true, Writes: true, Slow: true,
		Summary: "Send a file to be loaded: a job plans it, and does it when told to",
		Doc: "The body is the file as it is, gzip or zstd too; or a form (multipart/form-data) of several, each a part file with its " +
			"name, and perhaps a part mapping that says how tables are read. The job first plans, and writes nothing; applyJob, or " +
			"apply=true where the plan rejects nothing, has it done; what nobody tells so within half an hour is given up. With a header " +
			"Idempotency-Key the same sent again is the same job, or a new one where that has failed or was given up.",
		Params: []queries.Param{
			{Name: "name", Type: "text", Default: "upload", Help: "the file's name: its ending tells its format"},
			{Name: "dataset", Type: "dataset", Help: "data set of records that name none (default: default)"},
			{Name: "format", Type: "enum", Of: format.Names(), Help: "read as this format (default: by the name or the content)"},
			{Name: "encoding", Type: "text", Help: "encoding of text that is not UTF-8, such as windows-1252"},
			{Name: "sheet", Type: "text", Help: "the sheet of an Excel file (default: the first)"},
			{
				Name: "mapping", Type: "enum", Of: mapping.Shipped(),
				Help: "read tables by this mapping, which orbat ships; one of your own is a part of the form",
			},
			{Name: "delimiter", Type: "text", Help: "what separates the cells of CSV: one character, or tab (default: the header tells)"},
			{Name: "lenient_ids", Type: "bool", Default: "false", Help: "take STIX ids that are not UUIDs as they are"},
			{
				Name: "replace", Type: "bool", Default: "false",
				Help: "the file is the whole data set: retract what is not in it",
			},
			{Name: "allow_empty", Type: "bool", Default: "false", Help: "with replace: a file without records is meant so"},
			{Name: "no_text", Type: "bool", Default: "false", Help: "keep of the texts of documents nothing but their hash and length"},
			{Name: "no_read", Type: "bool", Default: "false", Help: "keep the texts of documents, and read no statements of them"},
			{Name: "published", Type: "date", Help: "when documents that do not say it were published, such as 2023-07-09"},
			{
				Name: "min_confidence", Type: "int", Default: strconv.Itoa(intake.DefaultConfidence),
				Help: "load no statement read of a text with a lower confidence (0-100); the job tells how many those are",
			},
			{
				Name: "link", Type: "int", Default: "0",
				Help: "decide that entities of the file and known ones are the same from this score on, in hundredths, such as 99; " +
					"0: none. For a reviewer who sees the whole graph",
			},
			{Name: "max_rejects", Type: "int", Help: "fail beyond so many rejects (default: unlimited; 0 with replace)"},
			{Name: "apply", Type: "bool", Default: "false", Help: "go on without being told where the plan rejects nothing"},
		},
		Body:   &Body{MIME: "application/octet-stream", Form: loadForm(), Doc: "the file, or a form of files"},
		Answer: Answer{Status: http.StatusAccepted, Schema: job{}, Doc: "the job, whose address is in the header Location"},
		Handle: receiveLoad,
	}}, jobOperations()...)
}

// loadForm describes a form of files.
func loadForm() object {
	return object{"type": "object", "required": []string{"file"}, "properties": object{
		"file": object{
			"type": "array", "items": object{"type": "string", "contentMediaType": "application/octet-stream"},
			"description": "each with its file name, as a mapping has it, perhaps below folders",
		},
		"mapping": object{"type": "string", "contentMediaType": "application/yaml", "description": "how tables are read"},
	}}
}

// upload is what was sent.
type upload struct {
	folder  string
	files   []format.File
	mapping *mapping.Mapping // nil: the files are read by their formats
	print   string           // of what was sent, and how it is to be taken
}

func (u *upload) remove() { _ = os.RemoveAll(u.folder) } // it is in the system's folder for what is temporary

// allRead returns an error where no table of the mapping reads a file: who sent it would think that it is loaded.
func (u *upload) allRead() error {
	if u.mapping == nil {
		return nil
	}
	unread, err := intake.Unread(u.mapping, u.files)
	if err == nil && len(unread) > 0 { // what else is wrong the plan says
		return newProblem(http.StatusUnprocessableEntity, "unread-file", "A file is not read",
			fmt.Sprintf("no table of the mapping reads %q", unread[0])).hinted("leave it out, or name it in a table")
	}
	return nil
}

// name is what the job calls what was sent.
func (u *upload) name() string {
	if more := len(u.files) - 1; more > 0 {
		return fmt.Sprintf("%s and %d more", u.files[0].Name, more)
	}
	return u.files[0].Name
}

// receiveLoad takes a file and begins a job.
func receiveLoad(x *Exchange) error {
	if asked := x.Text("dataset"); asked != "" { // or nothing of it need be taken
		if err := mayLoad(x.Caller, asked); err != nil {
			return err
		}
	}
	x.About = x.Text("dataset")
	file, err := x.receive()
	if err != nil {
		return err
	}
	if err := file.allRead(); err != nil {
		file.remove()
		return err
	}
	take := intake.Intake{Mapping: file.mapping, Dataset: x.Text("dataset")}
	x.About = cmp.Or(take.DatasetOf(), schema.DefaultDataset)
	if err := mayLoad(x.Caller, x.About); err != nil {
		file.remove()
		return err
	}
	if err := x.checkReading(); err != nil {
		file.remove()
		return err
	}
	l := &load{
		confidence: x.Int("min_confidence"), link: float64(x.Int("link")) / 100,
		server: x.server, caller: x.Caller, file: file, values: x.Values.Text, dataset: x.About, apply: x.Yes("apply"),
	}
	if _, given := x.Values.Text["max_rejects"]; given {
		n := x.Int("max_rejects")
		l.maxRejects = &n
	}
	key := x.Header.Get("Idempotency-Key")
	job, err := x.server.jobs.start(x.Caller.Name, key, file.print, file.name(), l.run, file.remove)
	if err != nil {
		file.remove()
		return err
	}
	x.w.Header().Set("Location", base+"/jobs/"+job.ID)
	return x.JSON(http.StatusAccepted, job)
}

// checkReading refuses what cannot be meant of how texts are read and entities linked.
func (x *Exchange) checkReading() error {
	if n := x.Int("min_confidence"); n < 0 || n > 100 {
		return badField("min_confidence", "no confidence", "a whole number from 0 to 100")
	}
	switch n := x.Int("link"); {
	case n == 0:
		return nil
	case n <= 50 || n > 100:
		return badField("link", "no score to decide by", "above 50 and up to 100, such as 99")
	case !mayDecide(x.Caller):
		return newProblem(http.StatusForbidden, "role", "Not allowed",
			"linking decides, and that is for a reviewer who may see the whole graph")
	}
	return nil
}

// mayLoad refuses a data set that a caller may not load into. An empty file that replaces the decisions takes all of
// them back, and holds no record to be looked at.
func mayLoad(c *access.Caller, dataset string) error {
	switch {
	case dataset == schema.DecisionsDataset && !mayDecide(c):
		return notToDecide()
	case !c.MayLoad(dataset):
		return foreignDataset(dataset)
	}
	return nil
}

// mayDecide reports whether a caller may bring decisions in: who may make them, of whom the operations that do ask that
// they see the whole graph.
func mayDecide(c *access.Caller) bool { return c.Role.Includes(access.Reviewer) && c.Sees() }

func notToDecide() error {
	return newProblem(http.StatusForbidden, "role", "Not allowed",
		"the file holds decisions, and those are for a reviewer to make who may see the whole graph")
}

func foreignDataset(name string) error {
	p := newProblem(http.StatusForbidden, "dataset", "Not allowed", "you may not load into this data set")
	p.Field, p.Value = "dataset", shorten(name)
	return p
}

// readWithin is how long a sender may take over one part of a file.
const readWithin = 30 * time.Second

// patientBody returns what was sent, up to so many bytes.
func (x *Exchange) patientBody(most int64) io.ReadCloser {
	return http.MaxBytesReader(x.w, struct {
		io.Reader
		io.Closer
	}{patient{x}, x.Body}, most)
}

// patient is the body of a request whose sender has time for each part anew.
type patient struct{ *Exchange }

// Read reads a part, within the time of the whole: who sends drop by drop does not hold a turn for ever.
func (p patient) Read(b []byte) (int, error) {
	if p.Context().Err() != nil {
		return 0, os.ErrDeadlineExceeded
	}
	until := time.Now().Add(readWithin)
	if end, has := p.Context().Deadline(); has && end.Before(until) {
		until = end
	}
	_ = p.w.control.SetReadDeadline(until) // a writer of a test has none
	return p.Body.Read(b)
}

// maxFiles is how many files one load may have, and maxName how many bytes the name of one: a job shows it for a day.
const (
	maxFiles = 1000
	maxName  = 1000
)

// receive keeps what is sent in files, unpacked.
func (x *Exchange) receive() (_ *upload, err error) {
	limits := x.server.options.Limits
	if x.ContentLength > limits.Body {
		return nil, &http.MaxBytesError{Limit: limits.Body}
	}
	u := &upload{}
	if u.folder, err = os.MkdirTemp("", "orbat-load-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			u.remove()
		}
	}()
	r := &receiver{upload: u, sum: sha256.New(), left: limits.Unpacked}
	_, _ = io.WriteString(r.sum, x.URL.RawQuery+"\x00") // a hash takes all
	body := x.patientBody(limits.Body)
	if kind, params, bad := mime.ParseMediaType(x.Header.Get("Content-Type")); bad == nil && kind == formMIME {
		err = r.form(multipart.NewReader(body, params["boundary"]))
	} else {
		err = r.file(x.Text("name"), body)
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, tooSlow("the file came too slowly")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, newProblem(http.StatusBadRequest, "bad-form", "Unreadable body", "it ends too early")
	}
	if err != nil {
		return nil, err
	}
	if name := x.Text("mapping"); name != "" {
		if u.mapping != nil {
			return nil, badField("mapping", "there are two: one that is named, and one that was sent", "give one")
		}
		text, err := mapping.Source(name)
		if err != nil {
			return nil, err
		}
		if u.mapping, err = mapping.Parse(name, text); err != nil {
			return nil, err
		}
	}
	u.print = hex.EncodeToString(r.sum.Sum(nil))
	return u, nil
}

// receiver keeps files one after another.
type receiver struct {
	*upload
	sum  hash.Hash
	left int64 // bytes that the files may still unpack to
}

// formMIME is the type of a form with files.
const formMIME = "multipart/form-data"

// form keeps the files of a form.
func (r *receiver) form(parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		tooLarge := (*http.MaxBytesError)(nil)
		whole := err == io.EOF //nolint:errorlint // of a form that breaks off it is wrapped
		switch {
		case whole && len(r.files) > 0:
			return nil
		case whole:
			return badField("file", "the form has no file", "a part called file, with its file name")
		case errors.As(err, &tooLarge), errors.Is(err, os.ErrDeadlineExceeded):
			return err
		case err != nil:
			return newProblem(http.StatusBadRequest, "bad-form", "Unreadable body", "the form cannot be read")
		}
		_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil {
			return newProblem(http.StatusBadRequest, "bad-form", "Unreadable body", "a part of the form does not say what it is")
		}
		_, _ = fmt.Fprintf(r.sum, "%q %q\n", params["name"], params["filename"]) // a hash takes all
		switch params["name"] {
		case "file":
			err = r.file(params["filename"], part)
		case "mapping":
			err = r.takeMapping(cmp.Or(nameOf(params["filename"]), "mapping"), part)
		default:
			err = badField(shorten(params["name"]), "the form has no such part", "there are file and mapping")
		}
		if err != nil {
			return err
		}
	}
}

// takeMapping reads a mapping that was sent.
func (r *receiver) takeMapping(name string, from io.Reader) error {
	if r.mapping != nil {
		return badField("mapping", "there are two", "give one")
	}
	text, err := io.ReadAll(io.LimitReader(io.TeeReader(from, r.sum), smallBody+1)) // one that is too long says so
	if err != nil {
		return err
	}
	r.mapping, err = mapping.Parse(name, text)
	return err
}

// nameOf is a file's name as its positions show it: it is a name, and leads nowhere.
func nameOf(sent string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(strings.ToValidUTF8(sent, "�"), `\`, "/")), "/")
}

// file keeps one file. Its name stays apart from where it is kept, but for its ending, which tells its format.
func (r *receiver) file(sent string, from io.Reader) error {
	name := nameOf(sent)
	if len(r.files) == maxFiles {
		return badField("file", "too many files", fmt.Sprintf("at most %d", maxFiles))
	}
	if err := r.check(name); err != nil {
		return err
	}
	folder := filepath.Join(r.folder, strconv.Itoa(len(r.files)))
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	kept, err := keep(filepath.Join(folder, "sent"), io.TeeReader(from, r.sum))
	if err != nil {
		return err
	}
	at, err := unpack(folder, kept, max(0, r.left))
	if err != nil {
		return err
	}
	for at != kept && slices.Contains([]string{".gz", ".zst"}, strings.ToLower(path.Ext(name))) {
		name = nameOf(strings.TrimSuffix(name, path.Ext(name)))
	}
	if err := r.check(name); err != nil { // x.csv and x.csv.gz are one name
		return err
	}
	info, err := os.Stat(at)
	if err != nil {
		return err
	}
	r.left -= info.Size()
	_, _ = fmt.Fprintf(r.sum, "\n%d\n", info.Size()) // a hash takes all
	ending := path.Ext(name)
	if !plainEnding.MatchString(ending) {
		ending = ""
	}
	to := filepath.Join(folder, "file"+ending)
	r.files = append(r.files, format.File{Path: to, Name: name, Size: info.Size()})
	return os.Rename(at, to)
}

// plainEnding matches an ending that any system takes.
var plainEnding = regexp.MustCompile(`^\.[A-Za-z0-9]{1,10}$`)

// check refuses what no further file can be called.
func (r *receiver) check(name string) error {
	switch {
	case name == "":
		return badField("file", "a file has no name", "its ending tells its format")
	case len(name) > maxName:
		return badField("file", "the name of a file is too long", fmt.Sprintf("at most %d bytes", maxName))
	case slices.ContainsFunc(r.files, func(f format.File) bool { return f.Name == name }):
		return badField("file", "two files are called "+shorten(name), "give each a name of its own")
	}
	return nil
}

// keep writes what is read to a file.
func keep(path string, from io.Reader) (string, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(file, from)
	return path, errors.Join(err, file.Close())
}

// maxLayers is how often a file may be packed.
const maxLayers = 3

// unpack undoes gzip and zstd, until the file is none or holds more than it may.
func unpack(folder, path string, most int64) (string, error) {
	for layer := range maxLayers {
		next, packed, err := unpackOne(path, filepath.Join(folder, fmt.Sprintf("unpacked%d", layer)), most)
		if err != nil || !packed {
			return path, err
		}
		if err := os.Remove(path); err != nil { // or a file takes its limit of the disk with each layer
			return "", err
		}
		path = next
	}
	return "", newProblem(http.StatusUnprocessableEntity, "unreadable", "Unreadable", "the file is packed too often")
}

func unpackOne(path, to string, most int64) (_ string, packed bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", false, err
	}
	defer file.Close()
	in := bufio.NewReader(file)
	head, _ := in.Peek(4) // a shorter file is not packed
	var out io.Reader
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		out, err = gzip.NewReader(in)
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		var decoder *zstd.Decoder
		if decoder, err = zstd.NewReader(in, zstd.WithDecoderMaxMemory(128<<20)); err == nil {
			defer decoder.Close()
			out = decoder
		}
	default:
		return "", false, nil
	}
	if err == nil {
		counted := &io.LimitedReader{R: out, N: most + 1}
		_, err = keep(to, counted)
		if counted.N == 0 {
			return "", true, newProblem(http.StatusRequestEntityTooLarge, "too-large", "Too large",
				fmt.Sprintf("the file unpacks to more than the %d bytes that are taken", most))
		}
	}
	if err != nil {
		return "", true, newProblem(http.StatusUnprocessableEntity, "unreadable", "Unreadable", "the file cannot be unpacked: "+err.Error())
	}
	return to, true, nil
}

// load is the work of one job.
type load struct {
	server     *Server
	caller     *access.Caller
	file       *upload
	values     map[string]string
	dataset    string // of records that name none
	maxRejects *int
	apply      bool
	confidence int     // of statements read of texts: the least
	link       float64 // 0: nothing is linked
}

// run does the work. What panics fails this job alone, as it would a request, and what is no fault of the file is in
// the log: who sent it is told so.
func (l *load) run(ctx context.Context, t *task) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			l.server.log.Error("a job panicked", "job", t.ID, "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
			err = errors.New("the job panicked")
			return
		}
		if err != nil && ProblemOf(err).Status >= http.StatusInternalServerError {
			l.server.log.Error("a job failed", "job", t.ID, "kinds", kinds(err))
			l.server.log.Debug("why", "job", t.ID, "error", err.Error()) // the text may hold names
		}
	}()
	return l.work(ctx, t)
}

// plan has its turn, and finds out what the load would do.
func (l *load) plan(ctx context.Context, t *task) (*loader.Report, error) {
	j := l.server.jobs
	free, err := j.take(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	j.change(t, func(job *job) { job.State = planning })
	report, err := l.load(ctx, t, true)
	j.change(t, func(job *job) { job.Plan = report })
	return report, err
}

// work plans, waits to be told to go on, and loads.
func (l *load) work(ctx context.Context, t *task) error {
	j := l.server.jobs
	report, err := l.plan(ctx, t)
	if err != nil {
		return err
	}
	if !l.apply || report.Rejected > 0 {
		j.change(t, func(job *job) { job.State = planned })
		select {
		case <-t.apply:
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(tellWithin):
			return newProblem(http.StatusConflict, "job-state", "Not now", "nobody told the job to go on")
		}
	}
	free, err := j.take(ctx)
	if err != nil {
		return err
	}
	defer free()
	j.change(t, func(job *job) { job.State, job.Rejects = loading, nil })
	report, err = l.load(ctx, t, false)
	l.server.source.forget()
	j.change(t, func(job *job) { job.Report = report })
	return err
}

// load reads the file and loads it, or plans to.
func (l *load) load(ctx context.Context, t *task, plan bool) (*loader.Report, error) {
	conn, err := l.server.source.connection(ctx)
	if err != nil {
		return nil, err
	}
	wanted, err := schema.Default()
	if err != nil {
		return nil, err
	}
	migration, err := loader.PlanMigration(ctx, conn, wanted)
	if err != nil {
		return nil, l.server.source.explained(conn, "prepare the database", err)
	}
	to := &loader.Loader{DB: conn, Ontology: migration.Ontology, Empty: migration.Empty, By: l.caller.Name}
	if !plan {
		to.Empty = false
		if to.Ontology, err = loader.Migrate(ctx, conn, migration.Ontology); err != nil {
			return nil, l.server.source.explained(conn, "prepare the database", err)
		}
	}
	take := &intake.Intake{
		Options: format.Options{
			Format: l.values["format"], Encoding: l.values["encoding"], Sheet: l.values["sheet"], Delimiter: l.values["delimiter"],
			LenientIDs: l.values["lenient_ids"] == "true",
		},
		Mapping: l.file.mapping, Dataset: l.values["dataset"], Replace: l.values["replace"] == "true",
		AllowEmpty: l.values["allow_empty"] == "true",
	}
	j := l.server.jobs
	if l.values["no_read"] != "true" && take.Mapping == nil && intake.HoldsDocuments(l.file.files, take.Options) {
		take.Reading = &intake.Reading{Ontology: to.Ontology, Published: l.values["published"], MinConfidence: l.confidence}
	}
	records, err := take.Records(ctx, l.file.files, to.Ontology)
	if err != nil {
		return nil, err
	}
	report, err := to.Load(ctx, l.allowed(records), loader.Options{
		Dataset: take.DatasetOf(), Replace: take.Replace, AllowEmpty: take.AllowEmpty,
		MaxRejects: l.maxRejects, Plan: plan, Readings: take.Reading.Readings(), Link: l.link, NoText: l.values["no_text"] == "true",
		OnReject: func(bad *schema.RecordError) error {
			j.change(t, func(job *job) {
				if len(job.Rejects) < maxRejectsKept {
					job.Rejects = append(job.Rejects, rejectOf(bad.Fault))
				}
			})
			return nil
		},
		Progress: func(p loader.Progress) { j.change(t, func(job *job) { job.Progress = &p }) },
	})
	if take.Reading != nil {
		j.change(t, func(job *job) { job.Below = take.Reading.CountBelow() })
	}
	return l.seen(report), l.server.source.explained(conn, "load", err)
}

// seen returns what a report tells its loader: who may see some data sets is told nothing that the others say.
func (l *load) seen(report *loader.Report) *loader.Report {
	if l.caller.Datasets == nil || report == nil {
		return report
	}
	own := *report
	own.Dangling, own.Disputed, own.Disputes, own.LeftOut, own.PossibleDuplicates, own.Linked = 0, 0, nil, nil, nil, nil
	return &own
}

func rejectOf(f schema.Fault) reject {
	return reject{f.Pos.File, f.Pos.Line, f.Pos.Column, f.Column, f.Value, f.Reason, f.Hint}
}

// allowed ends a load with the first record that its loader may not bring in: one of another's data set, or a decision,
// which is a reviewer's to make.
func (l *load) allowed(records iter.Seq2[*schema.Record, error]) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		for record, err := range records {
			if record != nil && err == nil {
				dataset := cmp.Or(record.Dataset, l.dataset)
				switch {
				case (record.Kind == schema.DecisionRecord || dataset == schema.DecisionsDataset) && !mayDecide(l.caller):
					err = notToDecide()
				case record.Kind != schema.DecisionRecord && !l.caller.MayLoad(dataset):
					err = foreignDataset(dataset)
				}
				if err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield(record, err) {
				return
			}
		}
	}
}
