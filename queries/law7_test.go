package queries_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
	"orbat/schema/schematest"
)

// tie is a link of a small graph, with the one claim that says so.
type tie struct {
	from, relation, to string
	role               string
	period             schema.Period
	confidence         int // -1: nobody graded it
}

// warren is a small graph of which every possible world can be looked through.
type warren struct {
	ties                                  []tie
	people, units, places, kinds, happens []string // by xid
	dates                                 map[string]schema.Period
}

// randomWarren draws a graph: who led and served in units that stand below each other, have bases in places that lie
// within each other, and operate kinds of equipment that are variants of each other; and what happened there.
func randomWarren(r *rand.Rand, name string) *warren {
	w := &warren{dates: map[string]schema.Period{}}
	named := func(kind string, n int) (xids []string) {
		for i := range n {
			xids = append(xids, fmt.Sprintf("w:%s-%s%d", name, kind, i))
		}
		return xids
	}
	w.people, w.units, w.places, w.kinds, w.happens = named("p", 3), named("u", 4), named("l", 3), named("q", 3), named("e", 2)
	add := func(from, relation, to, role string, undated int) {
		t := tie{from: from, relation: relation, to: to, role: role, confidence: -1}
		if r.IntN(6) >= undated {
			t.period = schematest.Random(r)
		}
		if r.IntN(3) > 0 {
			t.confidence = 10 * r.IntN(11)
		}
		if !slices.ContainsFunc(w.ties, func(o tie) bool { return o.from == from && o.relation == relation && o.to == to }) {
			w.ties = append(w.ties, t)
		}
	}
	below := func(list []string, relation string, undated int) {
		for i := 1; i < len(list); i++ {
			for range 1 + r.IntN(2) {
				add(list[i], relation, list[r.IntN(i)], "", undated)
			}
		}
	}
	below(w.units, "subordinate_to", 2)
	below(w.places, "within", 4)
	below(w.kinds, "variant_of", 4)
	for range 6 {
		add(pick(r, w.people), "commands", pick(r, w.units), "commander", 1)
		add(pick(r, w.people), "posted_to", pick(r, w.units), "adviser", 1)
		add(pick(r, w.units), "based_at", pick(r, w.places), "", 1)
		add(pick(r, w.units), "operates", pick(r, w.kinds), "", 1)
	}
	for _, e := range w.happens {
		if r.IntN(3) > 0 {
			day := schematest.Day(r.IntN(schematest.Days))
			w.dates[e] = schema.Period{From: schema.Bound{Range: day}, To: schema.Bound{Range: day}}
		}
		add(e, "located_at", pick(r, w.places), "", 3)
		add(pick(r, w.units), "carried_out", e, "executed", 3)
		add(pick(r, w.units), "affected_by", e, "", 3)
	}
	return w
}

func (w *warren) lines() (lines []string) {
	for kind, xids := range map[string][]string{
		"Person": w.people, "Unit": w.units, "Location": w.places, "Equipment": w.kinds, "Event": w.happens,
	} {
		for _, xid := range xids {
			date := ""
			if d, dated := w.dates[xid]; dated {
				date = fmt.Sprintf(`,"date":%q`, d)
			}
			lines = append(lines, fmt.Sprintf(`{"type":%q,"xid":%q,"name":%q%s}`, kind, xid, "the "+xid, date))
		}
	}
	for _, t := range w.ties {
		more := ""
		if t.role != "" {
			more += fmt.Sprintf(`,"role":%q`, t.role)
		}
		if !t.period.IsZero() {
			more += fmt.Sprintf(`,"period":%q`, t.period)
		}
		if t.confidence >= 0 {
			more += fmt.Sprintf(`,"confidence":%d`, t.confidence)
		}
		lines = append(lines, fmt.Sprintf(`{"relation":%q,"from":%q,"to":%q%s}`, t.relation, t.from, t.to, more))
	}
	return lines
}

// wanted is what a question to a warren asks for.
type wanted struct {
	window schema.Range // zero: any time
	least  int
	args   []string
}

func randomWanted(r *rand.Rand) wanted {
	q := wanted{window: schematest.RandomWindow(r), args: []string{"limit=1000"}}
	switch d := q.window; {
	case d.Min.IsZero():
		q.args = append(q.args, "to="+d.Max.Format("2006-01-02"))
	case d.Max.IsZero():
		q.args = append(q.args, "from="+d.Min.Format("2006-01-02"))
	case d == (schema.Range{Min: d.Min, Max: d.Min.AddDate(0, 0, 1).Add(-1)}):
		q.args = append(q.args, "as_of="+d.Min.Format("2006-01-02"))
	default:
		q.args = append(q.args, "from="+d.Min.Format("2006-01-02"), "to="+d.Max.Format("2006-01-02"))
	}
	if r.IntN(3) == 0 {
		q.least = 10 * r.IntN(10)
		q.args = append(q.args, "min_confidence="+strconv.Itoa(q.least))
	}
	return q
}

// counts reports whether a link counts: ungraded scaffolding does (law 8).
func (q *wanted) counts(t tie, scaffold bool) bool {
	return t.confidence >= q.least || q.least == 0 || scaffold && t.confidence < 0
}

// linked is some links that make one answer; those that only lead to it are its scaffolding.
type linked struct {
	end  string
	ties []tie // those whose time counts
	hops int
}

// reach returns the chains along relations from an entity, backwards with a ~, and the empty one.
func (w *warren) reach(q *wanted, from linked, depth int, scaffold bool, ways ...string) []linked {
	all := []linked{from}
	var walk func(at linked, on []string)
	walk = func(at linked, on []string) {
		if at.hops-from.hops == depth {
			return
		}
		for _, t := range w.ties {
			for _, way := range ways {
				near, far := t.from, t.to
				relation, back := strings.CutPrefix(way, "~")
				if back {
					near, far = far, near
				}
				if t.relation != relation || near != at.end || slices.Contains(on, far) || !q.counts(t, scaffold) {
					continue
				}
				next := linked{end: far, ties: slices.Clone(at.ties), hops: at.hops + 1}
				if !t.period.IsZero() || !scaffold { // without a date scaffolding is leaned on
					next.ties = append(next.ties, t)
				}
				all = append(all, next)
				walk(next, append(slices.Clone(on), far))
			}
		}
	}
	walk(from, []string{from.end})
	return all
}

// holding looks through the worlds of a chain.
func (q *wanted) holding(ties ...tie) schema.Certainty {
	periods := make([]schema.Period, len(ties))
	for i, t := range ties {
		periods[i] = t.period
	}
	return schematest.Certainty(q.window, periods...)
}

// verdicts are the answers to a question, and how certain each is.
type verdicts map[string]schema.Certainty

func (m verdicts) add(key string, holding schema.Certainty) {
	if holding != schema.No {
		m[key] = max(m[key], holding)
	}
}

func (m verdicts) String() string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, fmt.Sprintf("%s: %s", key, m[key]))
	}
	return strings.Join(lines, "\n  ")
}

// around are the answers to a question of what links around a widened entity.
func (w *warren) around(q *wanted, from string, depth int, ways []string, relation string, back bool) verdicts {
	found := verdicts{}
	for _, c := range w.reach(q, linked{end: from}, depth, true, ways...) {
		for _, t := range w.ties {
			near := t.from
			if back {
				near = t.to
			}
			if t.relation == relation && near == c.end && q.counts(t, false) {
				found.add(t.from+" "+t.to, q.holding(append(slices.Clone(c.ties), t)...))
			}
		}
	}
	return found
}

// command is who led what was at a place, and what stands above that.
func (w *warren) command(q *wanted, place string, depth int) verdicts {
	found := verdicts{}
	for _, at := range w.reach(q, linked{end: place}, 10, true, "~within") {
		for _, base := range w.ties {
			if base.relation != "based_at" || base.to != at.end || !q.counts(base, false) {
				continue
			}
			there := linked{end: base.from, ties: append(slices.Clone(at.ties), base)}
			for _, unit := range w.reach(q, there, depth, true, "subordinate_to") {
				for _, lead := range w.ties {
					if lead.relation == "commands" && lead.to == unit.end && q.counts(lead, false) {
						found.add(lead.from+" "+lead.to, q.holding(append(slices.Clone(unit.ties), lead)...))
					}
				}
			}
		}
	}
	return found
}

// superiors are those who led what a person served in, and what stands above that.
func (w *warren) superiors(q *wanted, person string, depth int) verdicts {
	found := verdicts{}
	for _, own := range w.ties {
		if own.from != person || own.relation != "posted_to" && own.relation != "commands" || !q.counts(own, false) {
			continue
		}
		for _, unit := range w.reach(q, linked{end: own.to, ties: []tie{own}}, depth, true, "subordinate_to") {
			for _, lead := range w.ties {
				if lead.relation == "commands" && lead.to == unit.end && lead.from != person && q.counts(lead, false) &&
					(unit.hops > 0 || own.relation != "commands") {
					found.add(lead.from+" "+lead.to, q.holding(append(slices.Clone(unit.ties), lead)...))
				}
			}
		}
	}
	return found
}

// together are those who served in a unit with a person.
func (w *warren) together(q *wanted, person string) verdicts {
	found := verdicts{}
	posts := []string{"commands", "posted_to"}
	for _, own := range w.ties {
		for _, other := range w.ties {
			if own.from == person && other.from != person && own.to == other.to && slices.Contains(posts, own.relation) &&
				slices.Contains(posts, other.relation) && q.counts(own, false) && q.counts(other, false) {
				found.add(other.from+" "+own.to, q.holding(own, other))
			}
		}
	}
	return found
}

// tree are the edges that chains lead along.
func (w *warren) tree(q *wanted, root string, depth int, ways ...string) verdicts {
	found := verdicts{}
	for _, c := range w.reach(q, linked{end: root}, depth, false, ways...) {
		if c.hops > 0 {
			last := c.ties[len(c.ties)-1]
			found.add(last.from+" "+last.relation+" "+last.to, q.holding(c.ties...))
		}
	}
	return found
}

// shared is what two entities are both linked to.
func (w *warren) shared(q *wanted, a, b string) verdicts {
	found := verdicts{}
	timeless := func(t tie) bool {
		return t.period.IsZero() && slices.Contains([]string{"within", "variant_of", "component_of"}, t.relation)
	}
	for _, s := range w.ties {
		for _, t := range w.ties {
			for _, x := range []string{s.from, s.to} {
				if x != a && x != b && (s.from == a || s.to == a) && (t.from == b || t.to == b) && (t.from == x || t.to == x) &&
					q.counts(s, false) && q.counts(t, false) {
					found.add(x, q.holding(slices.DeleteFunc([]tie{s, t}, timeless)...))
				}
			}
		}
	}
	return found
}

// rowVerdicts are those on a table's rows, by some of their columns; names are written as xids.
func rowVerdicts(s *session, result *queries.Result, columns ...string) verdicts {
	s.Helper()
	found := verdicts{}
	possible := column(result, "possible")
	for i := range result.Rows {
		var key []string
		for _, name := range columns {
			key = append(key, strings.TrimPrefix(column(result, name)[i], "the "))
		}
		holding := schema.Certain
		if possible[i] != "" {
			holding = schema.Possible
		}
		if key[0] != "" { // of who led a unit nobody may be known
			found.add(strings.Join(key, " "), holding)
		}
	}
	return found
}

func edgeVerdicts(result *queries.Result) verdicts {
	found := verdicts{}
	for _, e := range result.Edges {
		holding := schema.Certain
		if e.Possible {
			holding = schema.Possible
		}
		found.add(e.From+" "+e.Relation+" "+e.To, holding)
	}
	return found
}

// graphs is how many random graphs a test looks through: ORBAT_GRAPHS, or a few.
func graphs(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv("ORBAT_GRAPHS"), "50"))
	if err != nil {
		t.Fatalf("ORBAT_GRAPHS: %v", err)
	}
	return n
}

// TestPossibleWorlds compares what is answered about small random graphs with all their possible worlds (law 7), and
// what certain=true leaves out with what is marked.
func TestPossibleWorlds(t *testing.T) {
	s, r := newSession(t), seeded(t)
	var all []*warren
	var lines []string
	for g := range graphs(t) {
		w := randomWarren(r, "g"+strconv.Itoa(g))
		all, lines = append(all, w), append(lines, w.lines()...)
	}
	s.load(loader.Options{}, lines...)
	count := map[string]int{}
	for _, w := range all {
		q := randomWanted(r)
		check := func(query, args string, want verdicts, columns ...string) {
			given := append(strings.Split(args, "|"), q.args...)
			result := s.ask(query, given...)
			got := edgeVerdicts(result)
			if len(columns) > 0 {
				got = rowVerdicts(s, result, columns...)
			}
			for _, holding := range want {
				count[query+" "+holding.String()]++
			}
			if !maps.Equal(got, want) {
				s.Errorf("%s %q:\ngot\n  %s\nwant\n  %s\nof\n%s", query, given, got, want, strings.Join(w.lines(), "\n"))
			}
		}
		place, unit, kind, person := w.places[0], w.units[0], w.kinds[0], pick(r, w.people)
		depth := r.IntN(4)
		deep := fmt.Sprintf("|depth=%d", depth)
		check("units-in-area", "place="+place+deep, w.around(&q, place, depth, []string{"~within"}, "based_at", true), "unit", "place")
		check("operators-of-equipment", "equipment="+kind+deep, w.around(&q, kind, depth, []string{"~variant_of"}, "operates", true),
			"operator", "equipment")
		check("equipment-of-unit", "unit="+unit+deep, w.around(&q, unit, depth, []string{"~subordinate_to"}, "operates", false), "unit",
			"equipment")
		check("unit-footprint", "unit="+unit+deep, w.around(&q, unit, depth, []string{"~subordinate_to"}, "based_at", false), "unit",
			"place")
		check("who-was-in-command", "place="+place+deep, w.command(&q, place, depth), "commander", "unit")
		check("superiors-of-person", "person="+person+deep, w.superiors(&q, person, depth), "superior", "unit")
		check("served-together", "person="+person, w.together(&q, person), "person", "unit")
		leaders := verdicts{}
		for key, holding := range w.around(&q, unit, 0, nil, "commands", true) {
			leaders.add(strings.Fields(key)[0], holding)
		}
		check("commanders-of-unit", "unit="+unit, leaders, "from")
		depth = 1 + r.IntN(3)
		deep = fmt.Sprintf("|depth=%d", depth)
		check("subordinate-tree", "unit="+unit+deep, w.tree(&q, unit, depth, "~subordinate_to"))
		check("chain-of-command-up", "entity="+person+deep, w.tree(&q, person, depth, "commands", "posted_to", "subordinate_to"))
		a, b := pick(r, w.units), pick(r, w.units)
		if a != b {
			check("common-neighbours", "first="+a+"|second="+b, w.shared(&q, a, b), "entity")
		}
		if t.Failed() {
			return
		}
	}
	for query, n := range count {
		t.Logf("%s %d", query, n)
	}
}

// TestCertainLeavesOutWhatIsMarked asks every question that takes time with certain=true and without: what is left are
// the rows, links and paths that are not marked (law 7), of the built-in case and of random graphs.
func TestCertainLeavesOutWhatIsMarked(t *testing.T) {
	s, r := newSession(t), seeded(t)
	s.loadExample()
	marked, rounds := 0, 1
	times := [][]string{{}, {"as_of=2023-07-07"}, {"from=2022", "to=2023"}}
	if graphs(t) > 100 {
		rounds = graphs(t) / 50
		times = append(times, [][]string{
			{"as_of=2022-04-01"}, {"as_of=2020"}, {"as_of=2014-08"}, {"from=2016"}, {"as_of=2023-07-07", "min_confidence=60"},
		}...)
	}
	for _, question := range caseQuestions() {
		name, given := question.read(s)
		for _, when := range times {
			if with := maps.Clone(given); len(when) > 0 || declaresCertain(s, name) {
				narrow(name, with, when)
				marked += s.certainIsUnmarked(name, with)
			}
		}
	}
	for range rounds {
		w := randomWarren(r, "c")
		s.load(loader.Options{Dataset: "random", Replace: true}, w.lines()...)
		for range 4 {
			q := randomWanted(r)
			unit, other, person := pick(r, w.units), pick(r, w.units), pick(r, w.people)
			for _, question := range []string{
				"ego-network|entity=" + unit + "|depth=3", "shortest-path|from=" + person + "|to=" + pick(r, w.places),
				"shortest-path|alternatives=20|from=" + person + "|to=" + pick(r, w.places),
				"connect-set|entities=" + person + ";" + unit + ";" + pick(r, w.kinds), "common-neighbours|first=" + unit + "|second=" + other,
				"entity-card|entity=" + unit, "degree-ranking", "corroboration|entity=" + unit, "weak-and-stale|entity=" + unit,
				"timeline-of-area|place=" + w.places[0], "units-in-area|place=" + w.places[0], "unit-footprint|unit=" + w.units[0],
				"equipment-of-unit|unit=" + w.units[0], "operators-of-equipment|equipment=" + w.kinds[0], "career|person=" + person,
				"commanders-of-unit|unit=" + unit, "who-was-in-command|place=" + w.places[0], "superiors-of-person|person=" + person,
				"served-together|person=" + person, "event-network|event=" + pick(r, w.happens), "events-involving|entity=" + unit,
				"adversary-encounters|entity=" + unit, "strike-attribution|event=" + pick(r, w.happens), "what-changed",
				"evidence-for-link|from=" + person + "|to=" + unit, "conflicting-claims|entity=" + unit, "co-mention|entity=" + unit,
				"subordinate-tree|unit=" + w.units[0], "chain-of-command-up|entity=" + person,
				"who-was-in-command|event=" + pick(r, w.happens),
			} {
				pairs := strings.Split(question, "|")
				with := params(pairs[1:]...)
				narrow(pairs[0], with, q.args)
				marked += s.certainIsUnmarked(pairs[0], with)
			}
		}
	}
	if marked < 100 {
		t.Errorf("only %d answers are marked", marked)
	}
}

// narrow adds filters to what a question is asked with; from and to are the ends of a path.
func narrow(name string, with map[string]string, filters []string) {
	for filter, value := range params(filters...) {
		if name == "shortest-path" {
			filter = cmp.Or(map[string]string{"from": "since", "to": "until"}[filter], filter)
		}
		if _, taken := with[filter]; !taken {
			with[filter] = value
		}
	}
}

// declaresCertain reports whether a question compares times of its own, so that certain needs no other.
func declaresCertain(s *session, name string) bool {
	q, err := s.Library.Find(name)
	return err == nil && q.Param("certain") != nil
}

// certainIsUnmarked asks a question with certain=true and without, and returns how many answers are marked.
func (s *session) certainIsUnmarked(name string, given map[string]string) (marked int) {
	s.Helper()
	ask := func(with map[string]string) *queries.Result {
		result, err := s.Run(s.Context(), name, with, queries.Ask{})
		if bad := (*queries.ParamError)(nil); errors.As(err, &bad) {
			return nil // as_of beside from and to, or no time to be certain of
		}
		if err != nil {
			s.Fatal(name, with, err)
		}
		return result
	}
	given["limit"] = "100000"
	surely := maps.Clone(given)
	surely["certain"] = "true"
	all, certain := ask(given), ask(surely)
	if all == nil || certain == nil {
		return 0
	}
	lines := func(r *queries.Result, unmarked bool) (lines []string) {
		possible := slices.Index(r.Columns, "possible")
		for _, row := range r.Rows {
			if possible >= 0 && row[possible] != "" {
				if marked++; unmarked {
					continue
				}
			}
			lines = append(lines, strings.Join(row, " | "))
		}
		for _, e := range r.Edges {
			if r.Columns != nil {
				break
			}
			if e.Possible {
				if marked++; unmarked {
					continue
				}
			}
			lines = append(lines, e.From+" "+e.Relation+" "+e.To)
		}
		for i, path := range r.Paths {
			if !unmarked || !slices.Contains(r.PossiblePaths, i) {
				var ids []string
				for _, step := range path {
					ids = append(ids, step.Edge.ID)
				}
				lines = append(lines, strings.Join(ids, " → "))
			}
		}
		return lines
	}
	if want, got := lines(all, true), lines(certain, false); !slices.Equal(sorted(want), sorted(got)) {
		s.Errorf("%s %v: certain=true shows\n  %s\nunmarked are\n  %s", name, given, strings.Join(sorted(got), "\n  "),
			strings.Join(sorted(want), "\n  "))
	}
	return marked
}
