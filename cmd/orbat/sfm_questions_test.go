package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"orbat/deploy/deploytest"
	"orbat/schema"
)

// inFull reports whether tests shall look at all that they could look at, as for `make laws`: under the race detector
// that takes a quarter of an hour.
func inFull() bool { return os.Getenv("ORBAT_TEST_ALL") != "" }

// TestSecurityForceMonitorQuestions asks canned questions, a quarter of them in an ordinary run, over a country's
// sheets and compares the answers with what a script in another language (testdata/sfm_answers.py), which reads the
// sheets and nothing else, works out for the same questions.
func TestSecurityForceMonitorQuestions(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads 25,000 records")
	}
	sheets := realData(t, "sfm-nigeria")
	asked := sfmAnswers(t, sheets)
	conn := deploytest.Shared(t)
	t.Setenv("ORBAT_DGRAPH", conn.Target().String())
	orbatJSON(t, "load", sheets, "--mapping", "sfm-2019", "--dataset", "nigeria", "--json", "--progress", "none")

	all := asked
	t.Run("served", func(t *testing.T) { sameAsShellOfSFM(t, conn, all) })
	t.Run("misspelt", func(t *testing.T) { misspelt(t, conn) })
	for len(asked) > 0 {
		query := asked[0].Query
		n := slices.IndexFunc(asked, func(q sfmQuestion) bool { return q.Query != query })
		if n < 0 {
			n = len(asked)
		}
		t.Run(query, func(t *testing.T) {
			compared := 0
			for i, q := range asked[:n] {
				if n > 4 && i%4 != 0 && !inFull() {
					continue
				}
				q.compare(t, q.answer(t))
				compared++
			}
			t.Logf("%d of %d answers compared; ORBAT_TEST_ALL=1 compares all", compared, n)
		})
		asked = asked[n:]
	}
	t.Run("read by others", func(t *testing.T) {
		if inFull() {
			wholeGraphRead(t)
		} else {
			wholeGraphRead(t, "graphml", "csv-neo4j") // each of fifteen formats takes a while to write and to read
		}
	})
}

// sfmQuestion is a question and its answer as the script prints them; one of Rows, Choices, Edges, Size and Top is the
// answer.
type sfmQuestion struct {
	Query      string            `json:"query"`
	Params     map[string]string `json:"params"`
	Columns    []string          `json:"columns"`    // those compared
	Rows       [][]string        `json:"rows"`       // the same rows, in any order
	Choices    [][][]string      `json:"choices"`    // one row of each list: they rank alike
	Edges      [][]string        `json:"edges"`      // the same edges: from, relation, to
	Size       *int              `json:"size"`       // so many edges
	Top        [][]string        `json:"top"`        // the first of these by the column Descending
	Length     *int              `json:"length"`     // so many hops in each path
	Order      string            `json:"order"`      // a column of periods, in the order of time
	Descending string            `json:"descending"` // a column of numbers, the largest first
}

// sfmAnswer is what the comparison needs of a result's JSON.
type sfmAnswer struct {
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
	Edges   []struct {
		From     string `json:"from"`
		Relation string `json:"relation"`
		To       string `json:"to"`
	} `json:"edges"`
	Paths     [][]json.RawMessage `json:"paths"`
	Truncated bool                `json:"truncated"`
}

func sfmAnswers(t *testing.T, sheets string) []sfmQuestion {
	t.Helper()
	python := cmp.Or(os.Getenv("ORBAT_TEST_PYTHON"), "python3")
	out, err := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "sfm_answers.py"), sheets).Output()
	if err != nil {
		t.Fatalf("sfm_answers.py: %v", err)
	}
	var answers struct {
		Seed      string        `json:"seed"`
		Questions []sfmQuestion `json:"questions"`
	}
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d questions, seed %s", len(answers.Questions), answers.Seed)
	slices.SortStableFunc(answers.Questions, func(a, b sfmQuestion) int { return strings.Compare(a.Query, b.Query) })
	return answers.Questions
}

func (q sfmQuestion) String() string {
	text := "orbat query " + q.Query
	for _, name := range slices.Sorted(maps.Keys(q.Params)) {
		text += fmt.Sprintf(" %s='%s'", name, q.Params[name])
	}
	return text
}

// answer asks orbat, without a limit where the question sets none.
func (q sfmQuestion) answer(t *testing.T) sfmAnswer {
	t.Helper()
	args := []string{"query", q.Query, "-o", "json"}
	if q.Params["limit"] == "" {
		args = append(args, "limit=100000")
	}
	for name, value := range q.Params {
		args = append(args, name+"="+value)
	}
	var out, errs bytes.Buffer
	if code := run(args, nil, &out, &errs); code != exitOK {
		t.Fatalf("%s exits %d: %s", q, code, errs.String())
	}
	var answer sfmAnswer
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func (q sfmQuestion) compare(t *testing.T, got sfmAnswer) {
	t.Helper()
	if got.Truncated && q.Params["limit"] == "" {
		t.Errorf("%s: truncated", q)
	}
	if q.Edges != nil || q.Size != nil {
		q.compareEdges(t, got)
		return
	}
	rows := got.columns(q.Columns)
	q.ordered(t, rows)
	switch {
	case q.Top != nil:
		q.compareTop(t, rows)
	case q.Choices != nil:
		q.differ(t, q.Choices, rows)
	default:
		var choices [][][]string
		for _, row := range q.Rows {
			choices = append(choices, [][]string{row})
		}
		q.differ(t, choices, rows)
	}
}

// columns returns the rows with these columns alone; periods are written as the script writes them.
func (a sfmAnswer) columns(names []string) [][]string {
	var rows [][]string
	for _, row := range a.Rows {
		var cells []string
		for _, name := range names {
			cell := "no column " + name
			if at := slices.Index(a.Columns, name); at >= 0 {
				cell = row[at]
			}
			if name == "period" {
				var times []string
				for _, text := range strings.Split(cell, "; ") {
					times = append(times, fourDays(text))
				}
				slices.Sort(times)
				cell = strings.Join(times, "; ")
			}
			cells = append(cells, cell)
		}
		rows = append(rows, cells)
	}
	return rows
}

// fourDays writes the four bounds of a period as days.
func fourDays(text string) string {
	period, err := schema.ParsePeriod(text)
	if err != nil {
		return err.Error()
	}
	day := func(bound time.Time, last bool) string {
		if bound.IsZero() {
			return "-"
		}
		if last {
			bound = bound.Add(-1)
		}
		return bound.Format(time.DateOnly)
	}
	fromMin, fromMax, toMin, toMax := period.Bounds()
	from, to := day(fromMin, false)+" "+day(fromMax, true), day(toMin, false)+" "+day(toMax, true)
	if period.To.Open {
		to = ".."
	}
	return from + " / " + to
}

// differ says which rows are missing and which are too many.
func (q sfmQuestion) differ(t *testing.T, want [][][]string, got [][]string) {
	t.Helper()
	left := map[string]int{}
	for _, row := range got {
		left[strings.Join(row, " | ")]++
	}
	var missing, surplus []string
	for _, choice := range want {
		found := false
		for _, row := range choice {
			line := strings.Join(row, " | ")
			if left[line] > 0 {
				left[line]--
				found = true
				break
			}
		}
		if !found {
			missing = append(missing, strings.Join(choice[0], " | "))
		}
	}
	for line, n := range left {
		for range n {
			surplus = append(surplus, line)
		}
	}
	if len(missing)+len(surplus) > 0 {
		slices.Sort(surplus)
		t.Errorf("%s\n%d rows wanted, %d got; missing %d:%s\nnot in the sheets %d:%s", q, len(want), len(got),
			len(missing), firstFew(missing), len(surplus), firstFew(surplus))
	}
}

func firstFew(lines []string) string {
	text := ""
	for i, line := range lines {
		if i == 4 {
			return text + "\n  …"
		}
		text += "\n  " + line
	}
	return text
}

// ordered sees that what is said to be in an order is in it; periods that begin some time or other may stand anywhere.
func (q sfmQuestion) ordered(t *testing.T, rows [][]string) {
	t.Helper()
	latest, least := "", 1<<30
	for _, row := range rows {
		if at := slices.Index(q.Columns, q.Order); q.Order != "" && at >= 0 {
			if row[at][0] != '-' && !strings.Contains(row[at], "- /") {
				begins, ends := row[at][:10], row[at][11:21]
				if ends < latest {
					t.Errorf("%s: %v stands after what begins on %s", q, row, latest)
				}
				latest = max(latest, begins)
			}
		}
		if at := slices.Index(q.Columns, q.Descending); q.Descending != "" && at >= 0 {
			n, err := strconv.Atoi(row[at])
			if err != nil || n > least {
				t.Errorf("%s: %v stands after %d", q, row, least)
			}
			least = n
		}
	}
}

// compareTop sees that no row left out ranks above one that is there.
func (q sfmQuestion) compareTop(t *testing.T, rows [][]string) {
	t.Helper()
	at, limit := slices.Index(q.Columns, q.Descending), len(q.Top)
	if given, err := strconv.Atoi(q.Params["limit"]); err == nil {
		limit = min(limit, given)
	}
	number := func(row []string) int {
		n, _ := strconv.Atoi(row[at]) // no number ranks last, and then differs
		return n
	}
	slices.SortStableFunc(q.Top, func(a, b []string) int { return number(b) - number(a) })
	there := map[string]bool{}
	for _, row := range rows {
		there[strings.Join(row, " | ")] = true
	}
	var choices [][][]string
	for _, row := range q.Top { // of those that rank like the last one, any
		if limit > 0 && (number(row) > number(q.Top[limit-1]) || there[strings.Join(row, " | ")]) {
			choices = append(choices, [][]string{row})
		}
	}
	q.differ(t, choices, rows)
	if len(rows) != limit {
		t.Errorf("%s: %d rows, wanted %d", q, len(rows), limit)
	}
}

func (q sfmQuestion) compareEdges(t *testing.T, got sfmAnswer) {
	t.Helper()
	if q.Size != nil {
		if len(got.Edges) != *q.Size {
			t.Errorf("%s: joined by %d edges, %d are enough", q, len(got.Edges), *q.Size)
		}
		return
	}
	var edges [][]string
	for _, e := range got.Edges {
		edges = append(edges, []string{e.From, e.Relation, e.To})
	}
	var want [][][]string
	for _, edge := range q.Edges {
		want = append(want, [][]string{edge})
	}
	q.differ(t, want, edges)
	for _, path := range got.Paths {
		if q.Length != nil && len(path) != *q.Length {
			t.Errorf("%s: a path of %d hops, the shortest has %d", q, len(path), *q.Length)
		}
	}
}
