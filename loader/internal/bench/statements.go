package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"strings"
)

// dataset is what all statements belong to.
const dataset = "bench"

// statements generates records, always the same for the same seed and number: entities with the values that real ones
// have, and three claims of a relation for each, with periods, quotes and confidence. Some ends are hubs, one claim in
// seven says again what another source has said, and one in twenty draws no edge, since it is denied, hedged or
// hearsay.
type statements struct {
	r        *rand.Rand
	entities int
	out      *json.Encoder
	rows     int

	of  map[string]int        // how many there are of each type
	hub map[string]*rand.Zipf // picks the ends that many share

	changing int

	last   object // the last relation
	quotes []string
}

type object map[string]any

const claimsPerEntity = 3

// share is how many of a hundred entities are of a type. What is left is Persons.
type share struct {
	kind    string
	percent int
}

// changedEvery is how many rows there are to one that a changed load changes.
const changedEvery = 100

// writeStatements writes them to a file as gzipped NDJSON and returns their number. Of so many rows one says something
// else than with changing 0, where none does.
func writeStatements(file string, entities int, seed uint64, changing int) (rows int, err error) {
	err = writeGzip(file, func(w io.Writer) error {
		s := &statements{
			r: rand.New(rand.NewPCG(seed, 1)), entities: entities, out: json.NewEncoder(w), //nolint:gosec // a seed is wanted
			of: map[string]int{}, hub: map[string]*rand.Zipf{}, changing: changing,
		}
		err := s.write()
		rows = s.rows
		return err
	})
	return rows, err
}

// writeGzip makes a gzipped file of what write gives.
func writeGzip(file string, write func(io.Writer) error) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriterSize(f, 1<<20)
	zip := gzip.NewWriter(buffer)
	err = write(zip)
	return errors.Join(err, zip.Close(), buffer.Flush(), f.Close())
}

// halve deals the lines of a gzipped file out to two others.
func halve(file string, halves ...string) error {
	lines := make([][]string, len(halves))
	if err := eachLine(file, func(i int, line string) { lines[i%len(halves)] = append(lines[i%len(halves)], line) }); err != nil {
		return err
	}
	for i, half := range halves {
		err := writeGzip(half, func(w io.Writer) error {
			_, err := io.WriteString(w, strings.Join(lines[i], "\n")+"\n")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// withoutClaims leaves of N-Quads with blank nodes those that describe entities and draw edges, and returns how many:
// the labels of claims and loads have a dot, those of entities have none.
func withoutClaims(file, plain string) (n int, err error) {
	err = writeGzip(plain, func(w io.Writer) error {
		var failed error
		err := eachLine(file, func(_ int, line string) {
			subject, _, _ := strings.Cut(line, " ")
			if strings.Contains(subject, ".") {
				return
			}
			n++
			if _, err := io.WriteString(w, line+"\n"); err != nil {
				failed = err
			}
		})
		return errors.Join(err, failed)
	})
	return n, err
}

// eachLine returns the lines of a gzipped file.
func eachLine(file string, do func(i int, line string)) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(zip)
	lines.Buffer(nil, 1<<20)
	for i := 0; lines.Scan(); i++ {
		do(i, lines.Text())
	}
	return lines.Err()
}

func (s *statements) write() error {
	left := s.entities
	for _, sh := range []share{{"Source", 2}, {"Location", 6}, {"Organisation", 8}, {"Equipment", 6}, {"Event", 10}, {"Unit", 18}} {
		s.of[sh.kind] = max(4, s.entities*sh.percent/100)
		left -= s.of[sh.kind]
	}
	s.of["Person"] = max(4, left)
	for kind, n := range s.of {
		s.hub[kind] = rand.NewZipf(s.r, 1.2, 4, uint64(n-1)) //nolint:gosec // at least 4
	}
	for range 200 {
		s.quotes = append(s.quotes, s.words(4+s.r.IntN(9)))
	}
	for _, kind := range []string{"Source", "Location", "Organisation", "Unit", "Equipment", "Event", "Person"} {
		for i := range s.of[kind] {
			if err := s.record(s.entity(kind, i)); err != nil {
				return err
			}
		}
	}
	for range claimsPerEntity * s.entities {
		if err := s.record(s.relation()); err != nil {
			return err
		}
	}
	return nil
}

func (s *statements) record(o object) error {
	s.rows++
	if s.changing > 0 && s.rows%s.changing == 0 {
		o = maps.Clone(o)
		o["method"] = "changed"
		if o["type"] != nil {
			delete(o, "method")
			o["description"] = "changed"
		}
	}
	return s.out.Encode(o)
}

func xid(kind string, n int) string { return fmt.Sprintf("bench:%s-%d", strings.ToLower(kind), n) }

func (s *statements) anyOf(kind string) string { return xid(kind, s.r.IntN(s.of[kind])) }

func (s *statements) hubOf(kind string) string {
	return xid(kind, int(s.hub[kind].Uint64())) //nolint:gosec // below the number of the type
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func (s *statements) entity(kind string, i int) object {
	o := object{"type": kind, "xid": xid(kind, i), "name": s.name(2)}
	if kind != "Source" {
		o["sources"] = []object{{"source": s.anyOf("Source")}}
		o["country"] = s.country()
	}
	switch kind {
	case "Source":
		o["title"], o["publisher"], o["published"] = s.words(6), s.name(1), s.date()
		o["url"] = fmt.Sprintf("https://example.org/%d", i)
		o["reliability"] = pick(s.r, "A", "B", "C", "D")
	case "Location":
		o["loc_kind"] = pick(s.r, "city", "base", "facility", "admin2")
		o["geo"] = object{"type": "Point", "coordinates": []float64{
			float64(s.r.IntN(36000)-18000) / 100,
			float64(s.r.IntN(17000)-8500) / 100,
		}}
	case "Organisation":
		o["org_kind"], o["aliases"] = pick(s.r, "ministry", "armed_group", "company"), []string{s.name(1), s.name(2)}
	case "Unit":
		o["name"] = fmt.Sprintf("%d %s", 1+s.r.IntN(99), s.name(1))
		o["echelon"], o["branch"] = pick(s.r, "company", "battalion", "brigade", "division"), pick(s.r, "army", "navy", "air force")
	case "Equipment":
		o["equip_kind"], o["designation"] = pick(s.r, "vehicle", "gun", "radar"), fmt.Sprintf("%s-%d", s.name(1)[:2], s.r.IntN(100))
	case "Event":
		o["event_kind"], o["date"] = pick(s.r, "strike", "raid", "meeting"), s.date()
	case "Person":
		o["rank"], o["nationality"] = pick(s.r, "General", "Colonel", "Major", "Captain"), []string{s.country()}
		if s.r.IntN(2) == 0 {
			o["aliases"] = []string{s.name(2)}
		}
		if s.r.IntN(3) == 0 {
			o["birth_date"] = fmt.Sprint(1950 + s.r.IntN(50))
		}
	}
	return o
}

// relation returns one claim of a relation; now and then it is the last one again, from another source.
func (s *statements) relation() object {
	o := s.last
	if o == nil || s.r.IntN(7) > 0 {
		o = s.link()
	}
	s.last = object{"relation": o["relation"], "from": o["from"], "to": o["to"]}
	if role := o["role"]; role != nil {
		s.last["role"] = role
	}
	cite := object{"source": s.hubOf("Source"), "quote": pick(s.r, s.quotes...)}
	if s.r.IntN(2) == 0 {
		cite["locator"] = fmt.Sprintf("p. %d", 1+s.r.IntN(300))
	}
	o["sources"] = []object{cite}
	if s.r.IntN(4) > 0 {
		o["confidence"] = 10 + 5*s.r.IntN(18)
	}
	switch s.r.IntN(4) {
	case 0:
		o["period"] = s.date() + "/"
	case 1:
		o["period"] = s.date() + "/.."
	case 2:
		year := 2000 + s.r.IntN(20)
		o["period"] = fmt.Sprintf("%d/%d", year, year+s.r.IntN(5))
	}
	if s.r.IntN(20) == 0 {
		o["assertion"] = pick(s.r, "denied", "hedged", "reported")
	}
	return o
}

func (s *statements) link() object {
	between := func(relation, from, to string) object { return object{"relation": relation, "from": from, "to": to} }
	switch n := s.r.IntN(100); {
	case n < 22:
		return between("member_of", s.anyOf("Person"), s.hubOf("Organisation"))
	case n < 40:
		o := between("posted_to", s.anyOf("Person"), s.hubOf("Unit"))
		o["role"] = pick(s.r, "operations officer", "spokesman", "adjutant")
		return o
	case n < 48:
		o := between("commands", s.anyOf("Person"), s.anyOf("Unit"))
		o["role"] = pick(s.r, "commander", "deputy", "acting")
		return o
	case n < 58:
		unit := 1 + s.r.IntN(s.of["Unit"]-1)
		return between("subordinate_to", xid("Unit", unit), xid("Unit", unit/5))
	case n < 70:
		return between("based_at", s.anyOf("Unit"), s.hubOf("Location"))
	case n < 78:
		return between("operates", s.anyOf("Unit"), s.hubOf("Equipment"))
	case n < 90:
		return between("carried_out", s.anyOf("Unit"), s.hubOf("Event"))
	default:
		person := s.r.IntN(s.of["Person"])
		return between("associate_of", xid("Person", person), xid("Person", (person+1+s.r.IntN(s.of["Person"]-1))%s.of["Person"]))
	}
}

func (s *statements) date() string {
	year, month, day := 1995+s.r.IntN(30), 1+s.r.IntN(12), 1+s.r.IntN(28)
	return pick(s.r, fmt.Sprint(year), fmt.Sprintf("%d-%02d", year, month), fmt.Sprintf("%d-%02d-%02d", year, month, day))
}

func (s *statements) country() string { return pick(s.r, "NG", "SY", "UA", "FR", "US", "ML") }

func (s *statements) name(words int) string {
	var name []string
	for range words {
		word := s.word()
		name = append(name, strings.ToUpper(word[:1])+word[1:])
	}
	return strings.Join(name, " ")
}

func (s *statements) words(n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = s.word()
	}
	return strings.Join(words, " ")
}

func (s *statements) word() string {
	var word strings.Builder
	for range 2 + s.r.IntN(2) {
		word.WriteString(pick(s.r, "ba", "da", "fo", "ga", "hu", "ka", "li", "mo", "na", "ri", "sa", "to", "ve", "wi", "ya", "zu"))
		word.WriteString(pick(s.r, "", "", "l", "n", "r", "s"))
	}
	return word.String()
}
