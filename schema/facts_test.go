package schema

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestWinner is law 11: of several values the one that the law names wins, in whatever order they come.
func TestWinner(t *testing.T) {
	value := func(text, period string, confidence int) candidate {
		p, err := ParsePeriod(period)
		if err != nil {
			t.Fatal(err)
		}
		return candidate{text, p, confidence, &Claim{}}
	}
	for _, c := range []struct {
		name   string
		winner Winner
		want   string
		of     []candidate
	}{
		{"the later end", Latest, "b", []candidate{value("a", "2010/2012", 90), value("b", "2009/2013", 10)}},
		{"still going on beats any end", Latest, "b", []candidate{value("a", "2010/2030", 90), value("b", "2009/..", 10)}},
		{"an unknown end comes last", Latest, "a", []candidate{value("a", "1990/1991", 10), value("b", "2020/", 90)}},
		{"then the later start", Latest, "b", []candidate{value("a", "2010/..", 90), value("b", "2012/..", 10)}},
		{"then confidence", Latest, "b", []candidate{value("a", "2010/..", 10), value("b", "2010/..", 20)}},
		{"an ungraded claim is the least confident", Best, "b", []candidate{value("a", "", NoConfidence), value("b", "", 0)}},
		{"best takes no heed of time", Best, "a", []candidate{value("a", "1990", 90), value("b", "2020/..", 10)}},
		{"then byte order", Best, "a", []candidate{value("b", "", 50), value("a", "", 50)}},
	} {
		for range c.of {
			c.of = append(c.of[1:], c.of[0])
			if have := best(c.of, c.winner).value; have != c.want {
				t.Errorf("%s: %s won, want %s", c.name, have, c.want)
			}
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
		{"a rank of an unknown time", "rank", []*StoredClaim{rank("Major", ""), rank("Colonel", "2013/..")}},
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
		{"its own", "10 (8-12)", []*StoredClaim{graded(90, described("t:a", "killed", "10", "killed_low", "8", "killed_high", "12")),
			described("t:b", "killed", "9", "killed_low", "1", "killed_high", "50")}},
		{"none of another's", "10", []*StoredClaim{graded(90, described("t:a", "killed", "10")),
			described("t:b", "killed", "11", "killed_low", "1", "killed_high", "50")}},
		{"of who gives no number", "10 (at most 50)", []*StoredClaim{described("t:a", "killed", "10"), described("t:b", "killed_high", "50")}},
		{"of who leaves no room", "10", []*StoredClaim{described("t:a", "killed", "10"), described("t:b", "killed_low", "20")}},
		{"claims of one source", "10 (8-12)", []*StoredClaim{alone(described("t:a"), "killed", "10"), described("t:a", "killed_low", "8"),
			alone(described("t:a"), "killed_high", "12"), described("t:b", "killed_low", "9")}},
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
		if f := CheckEstimates(event, claims); f != nil {
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
