package schema

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// stating returns a claim that states a value, by some sources.
func statingClaim(t *testing.T, period string, confidence int, sources ...string) *StoredClaim {
	t.Helper()
	p, err := ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	c := &StoredClaim{Claim: Claim{
		Subject: "t:x", Predicate: Describes, Type: "Person", Assertion: Asserted, Period: p, Confidence: confidence,
	}, Stands: true}
	for _, s := range sources {
		c.Cites = append(c.Cites, Citation{Source: s})
	}
	return c
}

// TestWinner is law 11: of several values the one that the law names wins, in whatever order they come.
func TestWinner(t *testing.T) {
	value := func(text, period string, confidence int, sources ...string) candidate {
		return candidate{text, statingClaim(t, period, confidence, append(sources, "s:1")...)}
	}
	text := Property{Name: "t", Kind: KindString}
	date, number := Property{Name: "d", Kind: KindDate}, Property{Name: "n", Kind: KindInt}
	for _, c := range []struct {
		name   string
		of     Property
		winner Winner
		want   string
		list   []candidate
	}{
		{"the later end", text, Latest, "b", []candidate{value("a", "2010/2012", 90), value("b", "2009/2013", 10)}},
		{"still going on beats any end", text, Latest, "b", []candidate{value("a", "2010/2030", 90), value("b", "2009/..", 10)}},
		{"an unknown end comes last", text, Latest, "a", []candidate{value("a", "1990/1991", 10), value("b", "2020/", 90)}},
		{"then the later start", text, Latest, "b", []candidate{value("a", "2010/..", 90), value("b", "2012/..", 10)}},
		{"then confidence", text, Latest, "b", []candidate{value("a", "2010/..", 10), value("b", "2010/..", 20)}},
		{"an ungraded claim is the least confident", text, Best, "b", []candidate{value("a", "", NoConfidence), value("b", "", 0)}},
		{"best takes no heed of time", text, Best, "a", []candidate{value("a", "1990", 90), value("b", "2020/..", 10)}},
		{"the more precise of those that agree", date, Best, "1971-05-05", []candidate{value("1971", "", 50), value("1971-05-05", "", 50)}},
		{"the more precise has no say beside the more confident", date, Best, "1971", []candidate{value("1971", "", 60), value("1971-05-05", "", 50)}},
		{
			"the more precise of two that disagree has no advantage", date, Best, "1960",
			[]candidate{value("1960", "", 50, "s:2"), value("1971-05-05", "", 50)},
		},
		{
			"what a more precise value says loses its sources", date, Best, "1971-05-05",
			[]candidate{value("1971", "", 50, "s:2", "s:3"), value("1971-05-05", "", 50, "s:2"), value("1960", "", 50)},
		},
		{"then what more sources say", number, Best, "10", []candidate{value("9", "", 50), value("10", "", 50), value("10", "", 50, "s:2")}},
		{"a source counts once", number, Best, "9", []candidate{value("9", "", 50), value("10", "", 50), value("10", "", 50)}},
		{"numbers as numbers", number, Best, "9", []candidate{value("9", "", 50), value("10", "", 50)}},
		{"numbers below zero", number, Best, "-10", []candidate{value("-9", "", 50), value("-10", "", 50)}},
		{"dates as dates", date, Best, "~1960", []candidate{value("1961", "", 50), value("~1960", "", 50)}},
		{"text by bytes", text, Best, "10", []candidate{value("9", "", 50), value("10", "", 50)}},
	} {
		p := c.of
		p.Winner = c.winner
		for range c.list {
			c.list = append(c.list[1:], c.list[0])
			if have := (&comparison{Property: &p}).best(c.list)[0].value; have != c.want {
				t.Errorf("%s: %s won, want %s", c.name, have, c.want)
			}
		}
	}
}

// said is a claim as the model of law 11 takes it, which shares nothing with the code but dates in days.
type said struct {
	value              string
	from, to           int // of the value, in days: 1971 is the whole of it
	ends, begins, sure int // the later the better; ends and begins 0: unknown
	sources            []string
}

// modelWinner is law 11 word for word.
func modelWinner(winner Winner, all []said) string {
	keep := func(better func(a, b said) bool) {
		all = slices.DeleteFunc(slices.Clone(all), func(s said) bool {
			return slices.ContainsFunc(all, func(other said) bool { return better(other, s) })
		})
	}
	if winner == Latest {
		keep(func(a, b said) bool { return a.ends > b.ends })
		keep(func(a, b said) bool { return a.begins > b.begins })
	}
	keep(func(a, b said) bool { return a.sure > b.sure })
	keep(func(a, b said) bool { return a.from <= b.to && b.from <= a.to && a.to-a.from < b.to-b.from })
	count := func(s said) int {
		var sources []string
		for _, other := range all {
			if other.value == s.value {
				sources = append(sources, other.sources...)
			}
		}
		slices.Sort(sources)
		return len(slices.Compact(sources))
	}
	most := 0
	for _, s := range all {
		most = max(most, count(s))
	}
	all = slices.DeleteFunc(all, func(s said) bool { return count(s) < most })
	return slices.MinFunc(all, func(a, b said) int { return cmp.Or(a.from-b.from, a.to-b.to) }).value
}

// TestWinnerModel is law 11 against a model of it, over random claims in random orders.
func TestWinnerModel(t *testing.T) {
	day := func(text string) (first, last int) {
		p, err := ParsePeriod(text)
		if err != nil {
			t.Fatal(err)
		}
		return dayNumber(p.From.Min), dayNumber(p.To.Max)
	}
	dates := []string{
		"1960", "1970", "1971", "1971-05", "1971-05-05", "1971-05-06", "1971-06", "1971-05~1971-07", "1970-12-31~1971-01-01", "1971~1972", "1972-01-01",
	}
	numbers := []string{"-10", "-9", "0", "9", "10", "100"}
	ends := []struct {
		text         string
		ends, begins int
	}{
		{"", 0, 0},
		{"2010/", 0, 2010},
		{"2012/", 0, 2012},
		{"2010/2014", 2014, 2010},
		{"2012/2014", 2014, 2012},
		{"2010/..", 9999, 2010},
		{"2012/..", 9999, 2012},
	}
	for seed := range uint64(5000) {
		r := rand.New(rand.NewPCG(seed, 11))
		p := Property{Name: "d", Kind: KindDate, Winner: []Winner{Best, Latest}[r.IntN(2)]}
		if r.IntN(3) == 0 {
			p.Name, p.Kind = "n", KindInt
		}
		var list []candidate
		var all []said
		for range 1 + r.IntN(6) {
			end, sure := ends[r.IntN(len(ends))], []int{NoConfidence, 0, 50}[r.IntN(3)]
			var sources []string
			for i := range 3 {
				if i == 0 || r.IntN(2) == 0 {
					sources = append(sources, "s:"+strconv.Itoa(r.IntN(4)))
				}
			}
			s := said{ends: end.ends, begins: end.begins, sure: sure, sources: sources}
			if p.Kind == KindInt {
				s.value = numbers[r.IntN(len(numbers))]
				s.from, _ = strconv.Atoi(s.value)
				s.to = s.from
			} else {
				s.value = dates[r.IntN(len(dates))]
				s.from, s.to = day(s.value)
			}
			all = append(all, s)
			list = append(list, candidate{s.value, statingClaim(t, end.text, sure, sources...)})
		}
		want := modelWinner(p.Winner, all)
		for range 3 {
			r.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
			if have := (&comparison{Property: &p}).best(list)[0].value; have != want {
				t.Fatalf("seed %d: %s won among %+v (%s), want %s", seed, have, all, p.Winner, want)
			}
		}
	}
}

func TestAgree(t *testing.T) {
	box := func(west, south, east, north float64) string {
		return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%v,%v],[%v,%v],[%v,%v],[%v,%v],[%v,%v]]]}`,
			west, south, east, south, east, north, west, north, west, south)
	}
	point := func(longitude, latitude string) string {
		return `{"type":"Point","coordinates":[` + longitude + `,` + latitude + `]}`
	}
	for _, c := range []struct {
		of    Property
		x, y  string
		agree bool
	}{
		{Property{Kind: KindDate}, "1971", "1971-05-05", true},
		{Property{Kind: KindDate}, "1971-05~1971-07", "1971-07~1971-08", true},
		{Property{Kind: KindDate}, "1971-05-04", "1971-05-05", false},
		{Property{Kind: KindDate}, "~2010", "2009", true},
		{Property{Kind: KindDate}, "~2010", "2011~", false},
		{Property{Kind: KindPeriod}, "2014-08", "2014-08-01/2014-08-05", true},
		{Property{Kind: KindPeriod}, "2014-07", "2014-08-01/2014-08-05", false},
		{Property{Kind: KindInt}, "9", "10", false},
		{Property{Kind: KindEnum}, "killed", "unknown", true},
		{Property{Kind: KindEnum}, "killed", "captured", false},
		{Property{Kind: KindLanguage}, "en", "en-US", true},
		{Property{Kind: KindLanguage}, "en", "enm", false},
		{Property{Kind: KindCountry}, "SY", "TR", false},
		{Property{Kind: KindString}, "Air Force", "air-force", true},
		{Property{Kind: KindString}, "Air Force", "Navy", false},
		{Property{Kind: KindString}, "++", "--", false},
		{Property{Kind: KindString}, "Ivan", "Иван", true},
		{Property{Kind: KindString}, "Ivan", "Evan", false},
		{Property{Kind: KindGeo}, point("1", "1"), point("2", "2"), false},
		{Property{Kind: KindGeo}, point("36.7", "34.5"), point("36.7234", "34.5211"), true},
		{Property{Kind: KindGeo}, point("36.7512", "34.5211"), point("36.7515", "34.5214"), true},
		{Property{Kind: KindGeo}, point("36.7512", "34.5211"), point("36.7615", "34.5214"), false},
		{Property{Kind: KindGeo}, point("180", "1.01"), point("-180", "1.01"), true},
		{Property{Kind: KindGeo}, point("1", "1"), box(0, 0, 2, 2), true},
		{Property{Kind: KindGeo}, point("3", "1"), box(0, 0, 2, 2), false},
		{Property{Kind: KindGeo}, point("179.5", "-17"), box(177, -19, -178, -15), true}, // not cut at the antimeridian
		{Property{Kind: KindGeo}, point("-179.5", "-17"), box(177, -19, -178, -15), true},
		{Property{Kind: KindGeo}, point("0.5", "-17"), box(177, -19, -178, -15), false},
		{Property{Kind: KindGeo}, box(0, 0, 2, 2), box(1, 1, 3, 3), true},
		{Property{Kind: KindGeo}, box(0, 0, 2, 2), box(3, 3, 4, 4), false},
	} {
		for _, turn := range [][2]string{{c.x, c.y}, {c.y, c.x}} {
			if c.of.Agree(turn[0], turn[1]) != c.agree {
				t.Errorf("%s: %s and %s agree: %t", c.of.Kind, turn[0], turn[1], !c.agree)
			}
		}
	}
}

// TestDenies: who denies a value denies what says it in other words or more precisely, and nothing vaguer.
func TestDenies(t *testing.T) {
	o, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of, property, denied, value string
		want, back                  bool
	}{
		{"Person", "birth_date", "1971", "1971-05-05", true, false},
		{"Person", "birth_date", "1971", "1971", true, true},
		{"Person", "birth_date", "1971", "1972", false, false},
		{"Person", "rank", "полковник", "Colonel", true, true},
		{"Person", "rank", "General", "Colonel", false, false},
		{"Person", "status", "unknown", "captured", false, false},
		{"Event", "killed", "10", "9", false, false},
	} {
		a := o.Agreement(c.of, o.Property(c.of, c.property), nil)
		denied, value := Stated{Value: c.denied}, Stated{Value: c.value}
		if got, back := a.Denies(denied, value), a.Denies(value, denied); got != c.want || back != c.back {
			t.Errorf("%s %s denied, %s said: %t, back %t", c.property, c.denied, c.value, got, back)
		}
	}
}

// A rank is the same in other words and languages, and differs where it means another grade for sure.
func TestRanksAgree(t *testing.T) {
	rank := Property{Name: "rank", Kind: KindString}
	for _, c := range []struct {
		same bool
		of   []string
	}{
		{true, []string{"Colonel", "полковник", "Col.", "COLONEL (retired)", "Oberst", "coronel", "عقيد", "العقيد", "Albay", "上校", "대령", "OF-5", "Guards Colonel"}},
		{true, []string{"Lieutenant Colonel", "подполковник", "Lt. Col.", "LTC", "مقدم", "Yarbay", "teniente coronel", "中校"}},
		{true, []string{"Major General", "генерал-майор", "لواء", "Maj. Gen.", "少将", "Tümgeneral"}},
		{true, []string{"General", "Lieutenant General", "General"}}, // any of them is called general
		{true, []string{"Captain", "капитан", "نقيب", "Capt."}},
		{true, []string{"Captain", "Colonel"}}, // a navy's captain is
		{true, []string{"капитан 1-го ранга", "Colonel", "Captain, 1st rank"}},
		{true, []string{"IGP", "Inspector General of Police"}},
		{true, []string{"Emir of the north", "emir of the North"}},
	} {
		for _, x := range c.of[1:] {
			if !rank.Agree(c.of[0], x) || !rank.Agree(x, c.of[0]) {
				t.Errorf("%q and %q differ", c.of[0], x)
			}
		}
	}
	for _, c := range [][2]string{
		{"Colonel", "Lieutenant Colonel"},
		{"полковник", "подполковник"},
		{"Colonel", "Colonel General"},
		{"Colonel", "генерал-полковник"},
		{"Major", "Major General"},
		{"Sergeant", "Sergeant Major"},
		{"Brigadier", "Major General"},
		{"عميد", "عقيد"},
		{"Lieutenant Commander", "Commander"},
		{"Emir", "Colonel"},
		{"上校", "上尉"},
		{"капитан", "капитан 2-го ранга"},
		{"IGP", "DIG"},
		{"OF-5", "OF-4"},
		{"Commander", "Colonel"},
	} {
		if rank.Agree(c[0], c[1]) || rank.Agree(c[1], c[0]) {
			t.Errorf("%q and %q agree", c[0], c[1])
		}
	}
	for _, wrong := range []string{"codes: {OF-11: [x]}", "several: {x: [OF-11]}", "codes: {OF-1: [x], OF-2: [x]}", "codes: ["} {
		if _, err := readRankWords([]byte(wrong)); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

// described is a claim that describes an entity, or of a relation, by its source.
func described(source string, values ...string) *StoredClaim {
	c := &Claim{
		Dataset: "d", Subject: "t:x", Predicate: Describes, Type: "Event", Assertion: Asserted, Confidence: NoConfidence,
		Values: map[string][]string{}, Cites: []Citation{{Source: source, Begin: NoSpan, End: NoSpan}},
	}
	for i := 0; i < len(values); i += 2 {
		c.Values[values[i]] = []string{values[i+1]}
	}
	return &StoredClaim{Claim: *c, StoredKey: c.Key(), Stands: true}
}

// TestDiffers is law 11: the derived value carries whether others stand that disagree with it, whatever the order of
// loading. What is more precise agrees; what is over is history; another name is an alias.
func TestDiffers(t *testing.T) {
	o := defaultOntology(t)
	person := func(values ...string) *StoredClaim {
		c := described("t:a", values...)
		c.Type = "Person"
		return c
	}
	rank := func(value, period string) *StoredClaim {
		c := person()
		c.Predicate, c.Type, c.Values, c.Value = "rank", "", nil, value
		c.Period, _ = ParsePeriod(period)
		return c
	}
	for _, c := range []struct {
		name, want string
		claims     []*StoredClaim
	}{
		{"one value", "", []*StoredClaim{person("birth_date", "1960")}},
		{"others", "birth_date country", []*StoredClaim{
			person("birth_date", "1960", "country", "NG"), person("birth_date", "1971-05", "country", "DE"),
		}},
		{"a more precise one", "", []*StoredClaim{person("birth_date", "1960"), person("birth_date", "1960-05")}},
		{"in other letters", "", []*StoredClaim{person("rank", "General"), person("rank", "GENERAL")}},
		{"another name", "", []*StoredClaim{person("name", "Ann"), person("name", "Anna")}},
		{"several of a list", "", []*StoredClaim{person("aliases", "A"), person("aliases", "B")}},
		{"an earlier rank", "", []*StoredClaim{rank("Major", "2010/2012"), rank("Colonel", "2013/..")}},
		{"on the day of promotion", "", []*StoredClaim{rank("Major", "2010-01-01/2012-05-05"), rank("Colonel", "2012-05-05/..")}},
		{"two ranks at once", "rank", []*StoredClaim{rank("Major", "2010/2014"), rank("Colonel", "2013/..")}},
		{"a rank of an unknown time", "", []*StoredClaim{rank("Major", ""), rank("Colonel", "2013/..")}},
		{"types", "type", []*StoredClaim{person(), described("t:a")}},
	} {
		for range c.claims {
			c.claims = append(c.claims[1:], c.claims[0])
			if have := strings.Join(DeriveFacts(o, c.claims).Values[DiffersPredicate], " "); have != c.want {
				t.Errorf("%s: differs in %q, want %q", c.name, have, c.want)
			}
		}
	}
}

// TestEstimates: a number is shown with the bounds that its own statement gives it.
func TestEstimates(t *testing.T) {
	o := defaultOntology(t)
	graded := func(confidence int, c *StoredClaim) *StoredClaim {
		c.Confidence = confidence
		return c
	}
	alone := func(c *StoredClaim, property, value string) *StoredClaim {
		c.Predicate, c.Type, c.Values, c.Value = property, "", nil, value
		return c
	}
	for _, c := range []struct {
		name, want string
		claims     []*StoredClaim
	}{
		{"its own", "10 (8-12)", []*StoredClaim{
			graded(90, described("t:a", "killed", "10", "killed_low", "8", "killed_high", "12")),
			described("t:b", "killed", "9", "killed_low", "1", "killed_high", "50"),
		}},
		{"none of another's", "10", []*StoredClaim{
			graded(90, described("t:a", "killed", "10")),
			described("t:b", "killed", "11", "killed_low", "1", "killed_high", "50"),
		}},
		{"of who gives no number", "10 (at most 50)", []*StoredClaim{described("t:a", "killed", "10"), described("t:b", "killed_high", "50")}},
		{"of who leaves no room", "10", []*StoredClaim{described("t:a", "killed", "10"), described("t:b", "killed_low", "20")}},
		{"of who leaves none on the one side", "0", []*StoredClaim{
			described("t:a", "killed", "0"), described("t:b", "killed_low", "3", "killed_high", "8"),
		}},
		{"claims of one source", "10 (8-12)", []*StoredClaim{
			alone(described("t:a"), "killed", "10"), described("t:a", "killed_low", "8"),
			alone(described("t:a"), "killed_high", "12"), described("t:b", "killed_low", "9"),
		}},
		{"bounds alone", "8-12", []*StoredClaim{
			graded(9, described("t:a", "killed_low", "8", "killed_high", "12")), described("t:b", "killed_high", "7"),
		}},
	} {
		for range c.claims {
			c.claims = append(c.claims[1:], c.claims[0])
			f := DeriveFacts(o, c.claims)
			shown := func(name string) string { return strings.Join(f.Values[name], " | ") }
			have := EstimateText(shown("killed"), shown("killed_low"), shown("killed_high"))
			if have != c.want {
				t.Errorf("%s: %q, want %q", c.name, have, c.want)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var claims []*StoredClaim
		for range 1 + r.IntN(5) {
			n := r.IntN(20)
			values := []string{"killed", fmt.Sprint(n), "killed_low", fmt.Sprint(n - r.IntN(n+1)), "killed_high", fmt.Sprint(n + r.IntN(9))}
			from := 2 * r.IntN(2)
			claims = append(claims, graded(r.IntN(3), described(fmt.Sprint("t:", r.IntN(3)), values[from:from+2+2*r.IntN(2)]...)))
		}
		f := DeriveFacts(o, claims)
		for _, p := range o.Type("Event").Properties {
			for _, bound := range f.Values[p.Name] {
				for _, number := range f.Values[p.Bounds()] {
					if p.excludes(bound, number) {
						t.Fatalf("%s %s is shown beside %s: %+v", p.Name, bound, number, f.Values)
					}
				}
			}
		}
		if low, high := f.Values["killed_low"], f.Values["killed_high"]; len(low)+len(high) == 2 &&
			o.Property("Event", "killed_low").excludes(low[0], high[0]) {
			t.Fatalf("from %s to %s", low, high)
		}
		r.Shuffle(len(claims), func(i, j int) { claims[i], claims[j] = claims[j], claims[i] })
		again := DeriveFacts(o, claims)
		for name, values := range f.Values {
			if !slices.Equal(values, again.Values[name]) {
				t.Fatalf("%s: %v in one order, %v in another", name, values, again.Values[name])
			}
		}
	}
}

func TestCheckEstimates(t *testing.T) {
	event := defaultOntology(t).Type("Event").Properties
	for _, c := range []struct {
		want   string
		claims []*StoredClaim
	}{
		{"", []*StoredClaim{described("t:a", "killed", "9", "killed_low", "9", "killed_high", "9")}},
		{"killed_low", []*StoredClaim{described("t:a", "killed", "9", "killed_low", "10")}},
		{"killed_high", []*StoredClaim{described("t:a", "killed", "9", "killed_high", "8")}},
		{"wounded_low", []*StoredClaim{described("t:a", "wounded_low", "9", "wounded_high", "8")}},
		{"killed_low", []*StoredClaim{described("t:a", "killed", "9"), described("t:a", "killed_low", "10")}},
		{"", []*StoredClaim{described("t:a", "killed", "9"), described("t:b", "killed_low", "10")}},
		{"", []*StoredClaim{described("t:a", "killed", "9"), described("t:a", "wounded_low", "10")}},
	} {
		have := ""
		var claims []*Claim
		for _, s := range c.claims {
			claims = append(claims, &s.Claim)
		}
		if _, f := CheckEstimates(event, claims); f != nil {
			have = f.Column
		}
		if have != c.want {
			t.Errorf("%v: %q, want %q", c.claims[0].Values, have, c.want)
		}
	}
}

// TestAssertions: whoever lists the assertions lists all.
func TestAssertions(t *testing.T) {
	drawing := 0
	for _, a := range Assertions() {
		if !a.Known() || a.Doc() == "" {
			t.Errorf("nothing is said of %s", a)
		}
		if (&Claim{Assertion: a}).Draws() {
			drawing++
		}
	}
	if drawing != 1 || Assertion("sure").Known() || Assertion("sure").Draws() || Planned.Denies() != No || Hedged.Denies() != Possible {
		t.Error("the table of assertions is not law 9's")
	}
}

// An entity's facts say of which properties other values stand, and show who can grade their sources the best.
func TestShowFacts(t *testing.T) {
	ontology, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	describing := func(typeName, period, source string, values map[string][]string) *StoredClaim {
		c := statingClaim(t, period, NoConfidence, source)
		c.Type, c.Values = typeName, values
		return c
	}
	one := func(property, value string) map[string][]string { return map[string][]string{property: {value}} }
	for _, c := range []struct {
		name, typeName, property string
		stated                   [][2]string // value, period
		differs                  bool
		shown                    string // to somebody who trusts the last of them most
	}{
		{"two counts", "Event", "killed", [][2]string{{"10", ""}, {"9", ""}}, true, "9"},
		{"one count twice", "Event", "killed", [][2]string{{"10", ""}, {"10", ""}}, false, "10"},
		{"a year and a day in it", "Person", "birth_date", [][2]string{{"1971-05-05", ""}, {"1971", ""}}, false, "1971-05-05"},
		{"two births", "Person", "birth_date", [][2]string{{"1960", ""}, {"1971-05-05", ""}}, true, "1971-05-05"},
		{"one rank in two languages", "Person", "rank", [][2]string{{"Colonel", ""}, {"полковник", ""}}, false, "Colonel"},
		{"two ranks without a date", "Person", "rank", [][2]string{{"Colonel", ""}, {"Major", ""}}, true, "Major"},
		{"a rank after another", "Person", "rank", [][2]string{{"Colonel", "2014/.."}, {"Major", "2010/2013"}}, false, "Colonel"},
		{"a rank that may have been before", "Person", "rank", [][2]string{{"Colonel", "2014/.."}, {"Major", ""}}, false, "Colonel"},
		{"two ranks at one time", "Person", "rank", [][2]string{{"Colonel", "2014/.."}, {"Major", "2013/.."}}, true, "Major"},
		{"two names", "Person", "name", [][2]string{{"Ivan", ""}, {"Иван", ""}}, false, "Ivan"},
		{"two descriptions", "Person", "description", [][2]string{{"a", ""}, {"b", ""}}, false, "a"},
		{"a country and another", "Unit", "country", [][2]string{{"SY", ""}, {"TR", ""}}, true, "TR"},
		{"what became of somebody, and that nobody knows", "Person", "status", [][2]string{{"killed", ""}, {"unknown", ""}}, false, "killed"},
	} {
		var claims []*StoredClaim
		for i, s := range c.stated {
			claims = append(claims, describing(c.typeName, s[1], "s:"+strconv.Itoa(i), one(c.property, s[0])))
		}
		last := "s:" + strconv.Itoa(len(c.stated)-1)
		for range 2 {
			slices.Reverse(claims)
			facts := DeriveFacts(ontology, claims)
			if have := strings.Join(facts.Values[DiffersPredicate], " "); have != map[bool]string{true: c.property}[c.differs] {
				t.Errorf("%s: %q differs", c.name, have)
			}
			shown := ShowFacts(ontology, claims, func(c *StoredClaim) int {
				if c.Cites[0].Source == last {
					return 0
				}
				return 1
			})
			if have := shown.Values[c.property][0]; have != c.shown {
				t.Errorf("%s: %s is shown, want %s", c.name, have, c.shown)
			}
		}
	}
}

// A number agrees with what lies within its bounds, and with one whose bounds overlap its own.
func TestEstimatesAgree(t *testing.T) {
	ontology, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	killed := func(source string, numbers ...string) *StoredClaim {
		c := statingClaim(t, "", NoConfidence, source)
		c.Type, c.Values = "Event", map[string][]string{"killed": {numbers[0]}}
		if len(numbers) > 1 {
			c.Values["killed_low"], c.Values["killed_high"] = []string{numbers[1]}, []string{numbers[2]}
		}
		return c
	}
	for _, c := range []struct {
		name   string
		claims []*StoredClaim
		want   string
	}{
		{"an exact one within bounds", []*StoredClaim{killed("s:1", "9", "7", "12"), killed("s:2", "10")}, ""},
		{"bounds that overlap", []*StoredClaim{killed("s:1", "9", "7", "12"), killed("s:2", "14", "11", "20")}, ""},
		{"bounds that do not", []*StoredClaim{killed("s:1", "9", "7", "12"), killed("s:2", "14", "13", "20")}, "killed"},
		{"an exact one beyond", []*StoredClaim{killed("s:1", "9", "7", "12"), killed("s:2", "14")}, "killed"},
		{"bounds of another's statement", []*StoredClaim{killed("s:1", "9"), killed("s:2", "14"), killed("s:3", "9", "9", "20")}, ""},
	} {
		if have := strings.Join(DeriveFacts(ontology, c.claims).Values[DiffersPredicate], " "); have != c.want {
			t.Errorf("%s: %q differs", c.name, have)
		}
	}
	exact := DeriveFacts(ontology, []*StoredClaim{killed("s:1", "9", "7", "12"), killed("s:2", "10")})
	if have := exact.Values["killed"][0]; have != "10" {
		t.Errorf("%s is shown, want the more precise 10", have)
	}
}
