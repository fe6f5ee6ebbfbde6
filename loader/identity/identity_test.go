package identity

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

// world gathers hand-written claims: "xid Type name; alias | property=value | relation>other [period]".
func world(t *testing.T, lines ...string) *Corpus {
	t.Helper()
	g := gathering(t)
	for _, line := range lines {
		parts := strings.Split(line, " | ")
		head := strings.SplitN(parts[0], " ", 3)
		names := strings.Split(head[2], "; ")
		set, _, _ := strings.Cut(head[0], ":")
		describing := &schema.Claim{
			Dataset: set, Subject: head[0], Predicate: schema.Describes, Type: head[1], Assertion: schema.Asserted,
			Values: map[string][]string{"name": names[:1], "aliases": names[1:]},
		}
		for _, part := range parts[1:] {
			if property, value, found := strings.Cut(part, "="); found {
				describing.Values[property] = append(describing.Values[property], value)
				continue
			}
			relation, rest, _ := strings.Cut(part, ">")
			other, period, _ := strings.Cut(rest, " ")
			p, err := schema.ParsePeriod(period)
			if err != nil {
				t.Fatal(err)
			}
			g.Add(&schema.Claim{Dataset: set, Subject: head[0], Predicate: relation, Object: other, Period: p, Assertion: schema.Asserted})
		}
		g.Add(describing)
	}
	return g
}

// bystanders make names common or rare.
func bystanders() []string {
	var lines []string
	given := []string{"Mohammed", "Ibrahim", "Musa", "Abubakar", "Sani", "Aliyu", "Usman", "Yakubu"}
	for i := range 200 {
		lines = append(lines, fmt.Sprintf("x:%d Person %s %s", i, given[i%8], given[i/8%8]))
	}
	for i := range 60 {
		lines = append(lines, fmt.Sprintf("x:u%d Unit %d Battalion | country=NG", i, 100+i))
	}
	return lines
}

func between(t *testing.T, a, b string, lines ...string) Pair {
	t.Helper()
	pairs, err := world(t, append(bystanders(), lines...)...).Pairs(t.Context(), Options{Between: [2]string{a, b}})
	if err != nil {
		t.Fatal(err)
	}
	if len(pairs) != 1 {
		t.Fatalf("%s and %s: %d pairs", a, b, len(pairs))
	}
	return pairs[0]
}

// TestOnePerson: the spellings that one person comes in.
func TestOnePerson(t *testing.T) {
	unit := "a:centcom Unit US Central Command; CENTCOM | country=US"
	for _, spelling := range []string{
		"Michael Kurilla", "Kurilla, Michael", "Gen. M. E. Kurilla", "Майкл Курилла", "مايكل كوريلا", "Michael Kurila", "MICHAEL KURILLA",
		"Gen. Michael “Erik” Kurilla", "Micheal Kurilla", "Kurilla M.", "General Michael Erik Kurilla",
	} {
		p := between(t, "a:k", "b:k", unit,
			"a:k Person Michael Kurilla | rank=General | commands>a:centcom 2022/2025",
			"b:k Person "+spelling+" | rank=General | commands>a:centcom 2023")
		if p.Score < Threshold {
			t.Errorf("%q scores %.2f: %v", spelling, p.Score, p.Shares)
		}
	}
}

// TestTwoPeople: what must not be taken for one.
func TestTwoPeople(t *testing.T) {
	for _, c := range []struct{ name, a, b string }{
		{"a common name", "Mohammed Abubakar", "Mohammed Abubakar"},
		{"one name in common", "Michael Kurilla", "Michael Smith"},
		{"other initials", "M. Kurilla", "A. B. Kurilla"},
		{"told apart in brackets", "Ibrahim Musa (Kano)", "Ibrahim Musa (Zone 12)"},
		{"a rank alone", "General Smith", "General Jones"},
	} {
		if p := between(t, "a:k", "b:k", "a:k Person "+c.a, "b:k Person "+c.b); p.Score >= Threshold {
			t.Errorf("%s: %q and %q score %.2f: %v", c.name, c.a, c.b, p.Score, p.Shares)
		}
	}
}

// TestUnits: numbers and kinds tell units apart, abbreviations do not.
func TestUnits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		one  bool
	}{
		{"93 Battalion", "93 Bn", true},
		{"82nd Airborne Division", "82 Abn Div", true},
		{"Third Armoured Division", "3 Armored Division", true},
		{"Onitsha Police Area Command", "Onisha Police Area Command", true},
		{"Squadron 33 Mobile Force", "Mobile Force Squadron 33", true},
		{"93 Battalion", "94 Battalion", false},
		{"93 Battalion", "93 Brigade", false},
		{"A Company", "C Company", false},
		{"7 Division", "7 Division Garrison", false},
		{"Ogun State Command", "Osun State Command", false},
	} {
		others := []string{
			"y:1 Unit Ogun Police", "y:2 Unit Osun Police", "y:3 Unit Ogun Area Command", "y:4 Unit Osun Area Command",
			"y:5 Unit Kano State Command",
			"y:6 Unit Abia State Command",
		}
		p := between(t, "a:u", "b:u", append(others, "a:u Unit "+c.a+" | country=NG", "b:u Unit "+c.b+" | country=NG")...)
		if one := p.Score >= Threshold; one != c.one {
			t.Errorf("%q and %q score %.2f: %v", c.a, c.b, p.Score, p.Shares)
		}
	}
}

// TestRuledOut: what no name can outweigh.
func TestRuledOut(t *testing.T) {
	units := []string{"a:ng Unit Nine Fleet | country=NG", "a:ru Unit Ten Fleet | country=RU"}
	for _, c := range []struct{ name, a, b, says string }{
		{"birth dates", "birth_date=1966-04", "birth_date=1967", "dates of birth"},
		{"a post after death", "death_date=2011", "commands>a:ng 2013/2014", "dead"},
		{"commands in two countries", "commands>a:ng 2010/2014", "commands>a:ru 2012/2013", "at one time"},
		{"one is the other's superior", "associate_of>b:k", "country=US", "associate of the other"},
	} {
		p := between(t, "a:k", "b:k", append(units, "a:k Person Xaver Qwertz | "+c.a, "b:k Person Xaver Qwertz | "+c.b)...)
		if p.Score != 0 || !strings.Contains(strings.Join(p.Against, "; "), c.says) {
			t.Errorf("%s: score %v, against %q", c.name, p.Score, p.Against)
		}
	}
	if p := between(t, "a:k", "b:k", "a:k Person Xaver Qwertz | birth_date=1966",
		"b:k Person Xaver Qwertz | birth_date=1966-04-11"); p.Score < 0.99 {
		t.Errorf("dates that agree: %.2f %v", p.Score, p.Shares)
	}
	if p := between(t, "a:k", "b:k", append(units, "a:k Person Xaver Qwertz | commands>a:ng 2010/2014",
		"b:k Person Xaver Qwertz | commands>a:ru 2014/2016")...); p.Score == 0 {
		t.Errorf("one command after the other is a career: %q", p.Against)
	}
}

// TestShares: the score is what the shares make it.
func TestShares(t *testing.T) {
	p := between(t, "a:k", "b:k", "a:u Unit Task Force Zebra",
		"a:k Person Xaver Qwertz | rank=Colonel | nationality=US | external_ids=ofac:1 | commands>a:u 2010",
		"b:k Person Xaver Qwertz | rank=Colonel | nationality=US | external_ids=ofac:1 | commands>a:u 2010")
	sum := 0.0
	var features []string
	for _, s := range p.Shares {
		sum += s.Bits
		features = append(features, s.Feature)
		if s.Finding == "" {
			t.Errorf("%s says nothing", s.Feature)
		}
	}
	if sum < p.Bits-0.5 || sum > p.Bits+0.5 {
		t.Errorf("shares add to %.1f, bits are %.1f", sum, p.Bits)
	}
	for _, want := range []string{"prior", "name", "rank", "nationality", "external id", "ties"} {
		if !slices.Contains(features, want) {
			t.Errorf("no share of %s in %v", want, features)
		}
	}
}

// TestWanted: which pairs are looked for.
func TestWanted(t *testing.T) {
	lines := append(bystanders(), "a:k Person Xaver Qwertz", "b:k Person Xaver Qwertz", "b:l Person Xaver Qwertz",
		"b:v Unit 7 Zebra Brigade", "a:v Organisation 7 Zebra Brigade",
		"a:s Source Xaver Qwertz", "b:s Source Xaver Qwertz", "a:p Unit Quux Company | is_placeholder=true",
		"b:p Unit Quux Company | is_placeholder=true")
	for _, c := range []struct {
		name string
		opts Options
		want []string
	}{
		{"all", Options{}, []string{"a:k b:k", "a:k b:l", "a:v b:v", "b:k b:l"}},
		{"across", Options{Left: []string{"a"}, Right: []string{"b"}}, []string{"a:k b:k", "a:k b:l", "a:v b:v"}},
		{"within", Options{Left: []string{"b"}, Right: []string{"b"}}, []string{"b:k b:l"}},
		{"new", Options{New: map[string]bool{"b:l": true}}, []string{"a:k b:l", "b:k b:l"}},
		{"type", Options{Types: []string{"Person"}}, []string{"a:k b:k", "a:k b:l", "b:k b:l"}},
		{"decided", Options{Decided: func(a, b string) bool { return a == "a:k" || b == "a:k" }}, []string{"a:v b:v", "b:k b:l"}},
		{"none so sure", Options{Threshold: 1}, nil},
	} {
		pairs, err := world(t, lines...).Pairs(t.Context(), c.opts)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range pairs {
			if !strings.HasPrefix(p.A.XID, "x:") && !strings.HasPrefix(p.B.XID, "x:") {
				got = append(got, p.A.XID+" "+p.B.XID)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestOrder: pairs depend on the claims and not on their order.
func TestOrder(t *testing.T) {
	lines := append(bystanders(), "a:k Person Xaver Qwertz; X. Q. Qwertz | rank=Colonel | commands>x:u1 2010/2012 | commands>x:u2 2013",
		"b:k Person Qwertz Xaver | commands>x:u2 2013 | commands>x:u1 2011")
	first, err := world(t, lines...).Pairs(t.Context(), Options{Threshold: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(lines)
	again, err := world(t, lines...).Pairs(t.Context(), Options{Threshold: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(first) != fmt.Sprint(again) {
		t.Errorf("the order of claims decides:\n%v\n%v", first, again)
	}
}

// TestWords: how names come apart.
func TestWords(t *testing.T) {
	v, err := readVocabulary()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		person bool
		want   string
	}{
		{"Lt. Gen. Alex Grynkewich", true, "alex grynkewich"},
		{"Maj Gen T.Y. Buratai (Ret)", true, "t. y. buratai"},
		{"GB Odesola", true, "g. b. odesola"},
		{"Usamah al-Muhajir", true, "usamah muhajir"},
		{"Шойгу Сергей", true, "shoygu sergey"},
		{"O’Neill", true, "oneill"},
		{"General", true, "general"},
		{"1st Bn, 7th Marine Regt", false, "1# battalion 7# marine regiment"},
		{"MQ-9", false, "mq 9#"},
		{"007 Squadron", false, "7# squadron"},
		{"III Corps", false, "3# corps"},
		{"ISIS", false, "islamic state"},
		{"…", true, ""},
	} {
		words, _ := v.wordsOf(c.name, c.person)
		var got []string
		for _, w := range words {
			got = append(got, w.text+map[kind]string{plain: "", number: "#", initial: "."}[w.kind])
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: %q, want %q", c.name, s, c.want)
		}
	}
}

// FuzzNames: no name, however odd, panics or takes long.
func FuzzNames(f *testing.F) {
	for _, seed := range []string{"Michael Kurilla", "Майкл Курилла", "\x00((", strings.Repeat("a ", 300), "82nd82nd", "العميد"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, kind := range []string{"Person", "Unit"} {
			g := gathering(t)
			for xid, name := range map[string]string{"a:k": a, "b:k": b} {
				g.Add(&schema.Claim{
					Dataset: "a", Subject: xid, Predicate: schema.Describes, Type: kind, Assertion: schema.Asserted,
					Values: map[string][]string{"name": {name}},
				})
			}
			pairs, err := g.Pairs(t.Context(), Options{Between: [2]string{"a:k", "b:k"}})
			if err != nil || len(pairs) != 1 || pairs[0].Score < 0 || pairs[0].Score > 1 {
				t.Fatalf("%v %v", pairs, err)
			}
		}
	})
}
