package identity

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"orbat/schema"
)

// crowd makes a population of people and units with names as uneven as real ones: a few given names that many bear,
// family names and places with a long tail. Every twentieth entity is one of the others, misspelt.
func crowd(seed uint64, n int, add func(*schema.Claim)) {
	r := rand.New(rand.NewPCG(seed, 1))                                                    //nolint:gosec // names need no secrets
	zipf := func(words int) *rand.Zipf { return rand.NewZipf(r, 1.1, 8, uint64(words-1)) } //nolint:gosec // small
	given, family, place := zipf(n/50+100), zipf(n/4+500), zipf(n/10+200)
	describe := func(xid, kind, name string) {
		add(&schema.Claim{
			Dataset: "crowd", Subject: xid, Predicate: schema.Describes, Type: kind, Assertion: schema.Asserted,
			Values: map[string][]string{"name": {name}, "country": {[]string{"NG", "SY", "RU"}[r.IntN(3)]}},
		})
	}
	units := n / 3
	for i := range units {
		xid := "crowd:u" + strconv.Itoa(i)
		kind := []string{"Battalion", "Brigade", "Police Division", "Area Command"}[r.IntN(4)]
		name := syllables(place.Uint64(), 3) + " " + kind
		if r.IntN(2) == 0 {
			name = fmt.Sprintf("%d %s", 1+r.IntN(units/8+10), kind)
		}
		describe(xid, "Unit", name)
		add(&schema.Claim{
			Dataset: "crowd", Subject: xid, Predicate: "subordinate_to", Object: "crowd:u" + strconv.Itoa(i/8),
			Assertion: schema.Asserted,
		})
	}
	var last string
	for i := range n - units {
		xid := "crowd:p" + strconv.Itoa(i)
		name := syllables(given.Uint64()+7, 2) + " " + syllables(family.Uint64()+1000, 3)
		if i%20 == 19 {
			name = last[:len(last)-1] + "r"
		}
		last = name
		describe(xid, "Person", name)
		add(&schema.Claim{
			Dataset: "crowd", Subject: xid, Predicate: "commands", Object: "crowd:u" + strconv.Itoa(r.IntN(units)),
			Assertion: schema.Asserted,
		})
	}
}

// syllables spells a number as a word that one can say.
func syllables(n uint64, least int) string {
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	word := ""
	for i := 0; i < least || n > 0; i++ {
		word += string(consonants[n%14]) + string(vowels[n/14%5])
		n /= 70
	}
	return string(word[0]-'a'+'A') + word[1:]
}

// TestGrowth: the pairs looked at grow with the entities, not with their square, and the memory stays in bounds. No
// time is asked for; -v prints it.
func TestGrowth(t *testing.T) {
	sizes := []int{4000, 8000}
	if n, err := strconv.Atoi(os.Getenv("ORBAT_CROWD")); err == nil {
		sizes = []int{n / 4, n / 2, n}
	}
	var looks []int
	for _, n := range sizes {
		g := gathering(t)
		before := time.Now()
		crowd(1, n, g.Add)
		looked := 0
		pairs, err := g.Pairs(t.Context(), Options{Progress: func(done, of int) {
			if done == of {
				looked += of
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		t.Logf("%d entities: %d pairs looked at, %d proposed, %.1f s, %d MiB from the system", n, looked, len(pairs),
			time.Since(before).Seconds(), mem.Sys>>20)
		looks = append(looks, looked)
	}
	for i := 1; i < len(looks); i++ {
		if growth := float64(looks[i]) / float64(looks[i-1]); growth > 3.2 { // four would be the square
			t.Errorf("twice the entities: %.2f times the pairs", growth)
		}
	}
}

func gathering(t *testing.T) *Corpus {
	t.Helper()
	g, err := NewCorpus(func(xid string) string { return xid })
	if err != nil {
		t.Fatal(err)
	}
	return g
}
