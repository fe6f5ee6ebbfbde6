package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"orbat/loader/text/token"
)

// Mention is a name in a sentence.
type Mention struct {
	Sentence    int
	First, Last int // words of the sentence, the last included
	Begin, End  int // in code points of the text
	Type        string
	Name        string // without rank and article; a known name as it is called
	Rank        string
	Demonym     bool // an adjective: "Russian" in "Russian jets"
	Country     bool // a state: a place or an actor, as it is used
	Entity      *Entity

	surface string // as it stands there, without its rank
	known   bool   // it stands in a list
	guessed bool   // only what stands beside it tells its type
	actor   *Entity
}

// maxNameWords bounds a name: what is longer is a title or a list in capitals.
const maxNameWords = 9

// Known is a name that stands in a list.
type Known struct {
	Name    string // as it is called
	Type    string // of the ontology; "": it is known to name nothing of ours
	Country bool
	Demonym bool
}

// Gazetteer knows names.
type Gazetteer interface {
	// Longest returns the longest known name that words begin with, and of how many words it is; 0: none is known.
	Longest(words []string) (Known, int)
}

// mentionsOf finds the names of a sentence and marks their words.
func (d *doc) mentionsOf(at int, words []word) {
	for i := 0; i < len(words); {
		m := d.mentionAt(words, i)
		if m == nil {
			i++
			continue
		}
		m.Sentence = at
		m.Begin, m.End = words[m.First].RuneBegin, words[m.Last].RuneEnd
		if m.surface == "" {
			m.surface = textOf(words, m.First, m.Last)
		}
		if m.Type != "ignored" {
			d.mentions = append(d.mentions, m)
			for j := m.First; j <= m.Last; j++ {
				words[j].mention = m
			}
		} else {
			for j := m.First; j <= m.Last; j++ {
				words[j].ignored = true
			}
		}
		i = m.Last + 1
	}
}

func (d *doc) mentionAt(words []word, i int) *Mention {
	w := &words[i]
	if w.date || w.Kind == token.Link || w.Kind == token.Mark {
		return nil
	}
	if m := equipmentAt(words, i); m != nil {
		return m
	}
	if m := unitAt(words, i); m != nil {
		return m
	}
	if m := d.directionAt(words, i); m != nil {
		return m
	}
	if m := operationAt(words, i); m != nil {
		return m
	}
	if !w.capital {
		if i+1 < len(words) {
			if _, ok := tables().names[textOf(words, i, i+1)]; ok { // a name of several words in small letters
				return d.knownAt(words, i)
			}
		}
		return nil
	}
	if _, last := postAt(words, i); last > i+1 {
		return nil // "General Officer Commanding" is no general
	}
	branch := branchAt(words, i)
	if rank, n := rankAt(words, i+branch); n > 0 {
		n += branch
		if last := d.nameEnd(words, i+n); last >= i+n {
			name := textOf(words, i+n, last)
			return &Mention{First: i, Last: last, Type: "Person", Name: name, surface: name, Rank: rank}
		}
	}
	if m := d.knownAt(words, i); m != nil && m.Last > i && m.known {
		return m
	}
	if n := titleAt(words, i); n > 0 {
		if last := d.nameEnd(words, i+n); last >= i+n && (!words[last].is(unitNoun|placeNoun) || last == i+n) {
			name := textOf(words, i+n, last)
			return &Mention{First: i + n, Last: last, Type: "Person", Name: name, surface: name}
		}
	}
	if m := d.knownAt(words, i); m != nil {
		return m
	}
	return d.capitalsAt(words, i)
}

// textOf returns words as the text has them, with single spaces.
func textOf(words []word, first, last int) string {
	var b strings.Builder
	for i := first; i <= last; i++ {
		if i > first && words[i].Spaced {
			b.WriteByte(' ')
		}
		b.WriteString(words[i].Text)
	}
	return plainName(b.String())
}

// plainName returns a name without what has no width.
func plainName(name string) string {
	if strings.IndexFunc(name, func(r rune) bool { return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) }) < 0 {
		return name
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, name)
}

// rankAt returns the rank that begins at a word, and its words.
func rankAt(words []word, i int) (rank string, n int) {
	if !words[i].capital && words[i].Kind != token.Number {
		return "", 0
	}
	ranks := tables().ranks
	for size := min(5, len(words)-i); size > 0; size-- {
		var key strings.Builder
		ok := true
		for j, w := range words[i : i+size] {
			switch {
			case !w.isPunctuation():
				if key.Len() > 0 {
					key.WriteByte(' ')
				}
				key.WriteString(strings.ReplaceAll(w.bare(), "-", " "))
			case w.Text == "-" || w.Text == "." && j > 0:
			default:
				ok = false
			}
		}
		if ok && ranks[key.String()] {
			return textOf(words, i, i+size-1), size
		}
	}
	return "", 0
}

// branchAt returns how many words before a rank say of which service it is: "Army Lt. Gen. Ada Abel".
func branchAt(words []word, i int) int {
	n := 0
	switch words[i].Text {
	case "Army", "Navy", "Marine":
		n = 1
		if words[i].Text == "Marine" && i+1 < len(words) && words[i+1].Text == "Corps" {
			n = 2
		}
	case "Air", "Coast", "Space":
		if i+1 < len(words) && (words[i+1].Text == "Force" || words[i+1].Text == "Guard") {
			n = 2
		}
	}
	if n == 0 || i+n >= len(words) || i > 0 && words[i-1].mention != nil && words[i-1].mention.Last == i-1 {
		return 0
	}
	if _, rank := rankAt(words, i+n); rank == 0 {
		return 0
	}
	return n
}

// titleAt returns how many words before a name tell that it is a person's: "President", "Dr.", "Defense Secretary".
func titleAt(words []word, i int) int {
	n := 0
	if words[i].key == "police" && i+1 < len(words) && words[i+1].is(titleNoun) && words[i+1].capital {
		n++ // "Police Commissioner"
	}
	for i+n < len(words) && words[i+n].is(titleNoun) && (words[i+n].capital || n > 0) && n < 4 {
		n++
		if i+n < len(words) && words[i+n].Text == "." {
			n++
		}
	}
	return n
}

// nameEnd returns the last word of a person's name that begins at a word; less than i: there is none.
func (d *doc) nameEnd(words []word, i int) int {
	last := i - 1
	if i < len(words) && (words[i].key == "officer" || words[i].key == "officers" || words[i].key == "commanding") {
		return last // "General Officer Commanding" is a post
	}
	for j := i; j < len(words) && j < i+6; j++ {
		w := &words[j]
		if w.isPunctuation() && w.Text == "." && j > i && len(words[j-1].Text) == 1 {
			continue // an initial that stands alone
		}
		if !w.capital && !(j > i && isNameParticle(w.key) && j+1 < len(words) && words[j+1].capital) ||
			w.isPunctuation() || w.Kind == token.Number || (w.date || w.is(month|weekday)) && !(w.is(month) &&
			(j > i && isLastName(words, j) || j == i && isForename(words, j))) ||
			w.is(pronoun) ||
			j == i && w.is(determiner|preposition|be|have|modal|subordinator|groupNoun|placeNoun|unitNoun|titleNoun|eventNoun) ||
			w.Text == "'s" || w.Text == "’s" {
			break
		}
		if j > i && w.capital {
			if n, ok := tables().names[w.Text]; ok && n.kind != "place" {
				break
			}
			if w.is(groupNoun|titleNoun) && w.is(personNoun|groupNoun) && len(w.Text) > 4 && j-i >= 2 {
				break
			}
		}
		last = j
	}
	return last
}

// isLastName reports whether the word for a month ends a name: "Wali Jan", with no number behind it.
func isLastName(words []word, j int) bool {
	return words[j].Text == "Jan" || words[j].Text == "May" || words[j].Text == "April" || words[j].Text == "June" &&
		(j+1 >= len(words) ||
			words[j+1].Kind != token.Number && words[j+1].Text != "." && !words[j+1].date)
}

// isForename reports whether the word for a month begins a name, behind a rank: "Colonel Jan Kowal".
func isForename(words []word, j int) bool {
	if words[j].date || j+1 >= len(words) {
		return false
	}
	next := &words[j+1]
	return next.capital && next.Kind != token.Number && !next.date && !next.is(month|weekday)
}

func isNameParticle(key string) bool {
	switch key {
	case "al", "el", "bin", "bint", "ibn", "abu", "de", "la", "von", "van", "der", "den", "da", "di", "du", "ul",
		"ad", "as":
		return true
	}
	return false
}

// knownAt finds the longest name of the lists.
func (d *doc) knownAt(words []word, i int) *Mention {
	var m *Mention
	for last := min(i+maxNameWords, len(words)) - 1; last >= i; last-- {
		n, ok := tables().names[textOf(words, i, last)]
		if !ok {
			continue
		}
		m = &Mention{
			First: i, Last: last, Name: n.name, Demonym: n.demonym, Type: n.typeOf(),
			Country: n.kind == "country", known: true,
		}
		break
	}
	if d.gazetteer != nil {
		texts := make([]string, 0, maxNameWords)
		for j := i; j < len(words) && j < i+maxNameWords; j++ {
			texts = append(texts, words[j].Text)
		}
		if known, n := d.gazetteer.Longest(texts); n > 0 && (m == nil || n > m.Last-m.First+1) {
			m = &Mention{
				First: i, Last: i + n - 1, Name: known.Name, Demonym: known.Demonym, Type: known.Type, Country: known.Country, known: true,
			}
			if m.Type == "" {
				m.Type = "ignored"
			}
		}
	}
	if m == nil {
		return nil
	}
	if next := m.Last + 1; m.Country && !m.Demonym && isCapitals(strings.ReplaceAll(textOf(words, m.First, m.Last), ".", "")) &&
		next < len(words) && isDesignation(words[next].Text) {
		m.Demonym = true // "US MQ-9 drones": whose they are, not where
	}
	if m.Demonym || m.Country {
		wide := forceAfter(words, m.Last+1)
		if next := wide + 1; wide > m.Last && next < len(words) && words[next].capital && words[next].Spaced &&
			words[next].Kind == token.Word &&
			!words[next].date && words[next].mention == nil {
			if _, n := rankAt(words, next); n == 0 && !words[next].is(titleNoun) {
				wide = -1 // a longer name: "U.S. Naval Forces Central Command"
			}
		}
		if wide > m.Last {
			name := textOf(words, i, wide)
			kind := "Organisation"
			return &Mention{
				First: i, Last: wide, Name: forceName(m.Name, words, m.Last+1, wide), surface: name,
				Type: kind,
			}
		}
	}
	if m.Last+1 < len(words) && words[m.Last+1].capital && !words[m.Last+1].isPunctuation() &&
		!words[m.Last+1].date &&
		words[m.Last+1].Spaced && !m.Demonym && (!words[m.Last+1].is(titleNoun) || m.Type == "Location" &&
		isRegionWord(words[m.Last+1].key)) {
		if _, n := rankAt(words, m.Last+1); n > 0 {
			return m
		}
		if wide := d.capitalsAt(words, i); wide != nil && wide.Last > m.Last && wide.Type != "" && (!wide.guessed ||
			!m.Country) {
			return wide // "Damascus University": a name of its own
		}
	}
	if m.Demonym && m.Last+1 < len(words) && words[m.Last+1].capital && words[m.Last+1].Spaced &&
		!words[m.Last+1].is(titleNoun) {
		if wide := d.capitalsAt(words, i); wide != nil && wide.Last > m.Last && wide.Type != "" && !wide.guessed {
			return wide // "Iraqi Ministry of Culture", "Syrian Democratic Forces"
		}
	}
	return m
}

func (n named) typeOf() string {
	switch n.kind {
	case "country", "place", "region":
		return "Location"
	case "ignored":
		return "ignored"
	case "command":
		return "Unit"
	}
	return "Organisation"
}

// directionAt finds parts of countries: "eastern Syria", "northern Iraq".
func (d *doc) directionAt(words []word, i int) *Mention {
	switch words[i].key {
	case "northern", "southern", "eastern", "western", "central", "northeastern", "northwestern", "southeastern",
		"southwestern",
		"north-eastern", "north-western", "south-eastern", "south-western", "northeast", "northwest", "southeast", "southwest":
	default:
		return nil
	}
	if i+1 >= len(words) || !words[i+1].capital {
		return nil
	}
	m := d.knownAt(words, i+1)
	if m == nil || m.Demonym || m.Type != "Location" || words[i].capital {
		return nil
	}
	name := textOf(words, i, m.Last)
	return &Mention{First: i, Last: m.Last, Type: "Location", Name: name, surface: name}
}

// forceName returns the name of a state's forces, so that "U.S. military" and "US military" are one.
func forceName(country string, words []word, first, last int) string {
	if country == "United States" {
		country = "US"
	}
	if words[first-1].Text != country && country != "US" {
		country = words[first-1].Text
	}
	return country + " " + textOf(words, first, last)
}

// forceAfter returns the last word of what makes a name of a country's: "Nigerian Army", "US military", "Iraqi Security
// Forces". Less than i: nothing does.
func forceAfter(words []word, i int) int {
	for j := i; j < len(words) && j < i+3; j++ {
		w := &words[j]
		switch w.key {
		case "military", "army", "navy", "government", "police", "troops", "forces":
			if j == i || words[j-1].capital || words[j-1].key == "armed" || words[j-1].key == "security" ||
				words[j-1].key == "air" {
				return j
			}
		case "force", "corps", "guard", "command":
			if w.capital || words[j-1].key == "air" {
				return j
			}
		}
		if !w.capital && w.key != "air" && w.key != "armed" && w.key != "security" || w.isPunctuation() {
			break
		}
	}
	return -1
}

// isUnitWord reports whether units are called by a word.
func isUnitWord(w *word) bool { return w.is(unitNoun) }

// unitAt finds units by their designator: "7 Division", "2nd Battalion", "21 Mechanized Battalion", "Task Force 50".
func unitAt(words []word, i int) *Mention {
	if words[i].key == "task" && i+2 < len(words) && words[i+1].key == "force" && words[i].capital {
		if last := i + 2; words[last].Kind == token.Number {
			return &Mention{First: i, Last: last, Type: "Unit", Name: textOf(words, i, last)}
		} else if words[last].Text == "(" && last+3 < len(words) && words[last+2].Text == ")" &&
			words[last+3].Kind == token.Number {
			short := words[last+1].Text + " " + words[last+3].Text
			return &Mention{First: i, Last: last + 3, Type: "Unit", Name: short}
		}
	}
	if i+1 < len(words) && words[i+1].Kind == token.Number && isCapitals(words[i].Text) && len(words[i].Text) > 1 &&
		len(words[i].Text) <= 4 &&
		strings.HasSuffix(words[i].Text, "TF") {
		return &Mention{First: i, Last: i + 1, Type: "Unit", Name: textOf(words, i, i+1)}
	}
	if !isDesignator(words[i]) || words[i].date {
		return nil
	}
	for j := i + 1; j < len(words) && j < i+6; j++ {
		w := &words[j]
		if w.isPunctuation() || w.Kind == token.Number || !w.capital && !w.is(unitNoun) && !isUnitAdjective(w.key) {
			return nil
		}
		if w.key == "force" && w.capital && words[j-1].key == "air" && j == i+2 {
			return &Mention{First: i, Last: j, Type: "Unit", Name: textOf(words, i, j)} // "9th Air Force"
		}
		if isUnitWord(w) && (j+1 >= len(words) || !isUnitWord(&words[j+1])) {
			if !w.capital && strings.Trim(words[i].key, "0123456789") == "" &&
				w.key != strings.TrimSuffix(w.key, "s") {
				return nil // "3 divisions"
			}
			last := j
			if j+1 < len(words) && words[j+1].key == "garrison" {
				last = j + 1
			}
			return &Mention{First: i, Last: last, Type: "Unit", Name: textOf(words, i, last)}
		}
	}
	return nil
}

func isUnitAdjective(key string) bool {
	switch key {
	case "infantry", "armoured", "armored", "mechanized", "mechanised", "motorized", "motorised", "airborne",
		"artillery", "task", "force",
		"special", "light", "heavy", "mountain", "tank", "guards", "naval", "air", "assault", "marine", "signal", "engineer", "border":
		return true
	}
	return false
}

func isCapitals(text string) bool {
	for _, r := range text {
		if !unicode.IsUpper(r) {
			return false
		}
	}
	return text != ""
}

// isDesignator reports whether a word numbers a unit: 7, 7th, III.
func isDesignator(w word) bool {
	digits := strings.TrimRight(w.key, "sthndr")
	if digits != "" && len(digits) <= 4 && strings.Trim(digits, "0123456789") == "" {
		return true
	}
	return w.capital && len(w.Text) <= 5 && strings.Trim(w.Text, "IVX") == ""
}

// equipmentAt finds equipment by its designation, perhaps with a name and what it is: "MQ-9 Reaper drones"; and ships
// by their prefix.
func equipmentAt(words []word, i int) *Mention {
	if isShipPrefix(words[i].Text) && i+1 < len(words) && words[i+1].capital && words[i+1].Spaced {
		last := i + 1
		for last+1 < len(words) && last < i+4 && (words[last+1].capital && !words[last+1].isPunctuation() &&
			words[last+1].entry == unknown ||
			words[last+1].key == "de" && last+2 < len(words) && words[last+2].capital) {
			last++
		}
		return &Mention{First: i, Last: last, Type: "Equipment", Name: textOf(words, i, last)}
	}
	if !isDesignation(words[i].Text) {
		return nil
	}
	last := i
	for last+1 < len(words) && last < i+2 && words[last+1].capital && words[last+1].entry == unknown &&
		!words[last+1].isPunctuation() &&
		words[last+1].Kind == token.Word {
		last++
	}
	m := &Mention{First: i, Last: last, Type: "Equipment", Name: textOf(words, i, last)}
	for j := last + 1; j < len(words) && j <= last+2 && !words[j].isPunctuation(); j++ {
		if words[j].is(equipmentNoun) {
			m.Last = j
			return m
		}
	}
	return m
}

// operationAt finds operations whose name stands in quotation marks: Operation "Iron Bell".
func operationAt(words []word, i int) *Mention {
	if words[i].key != "operation" || i+2 >= len(words) || !isQuote(words[i+1].Text) || !words[i+2].capital {
		return nil
	}
	for j := i + 2; j < len(words) && j < i+6; j++ {
		if isQuote(words[j].Text) {
			return &Mention{First: i, Last: j, Type: "Operation", Name: "Operation " + textOf(words, i+2, j-1)}
		}
		if !words[j].capital {
			return nil
		}
	}
	return nil
}

func isQuote(text string) bool {
	switch text {
	case `"`, "“", "”", "‘", "’", "'", "''", "``":
		return true
	}
	return false
}

func isShipPrefix(text string) bool {
	switch text {
	case "USS", "HMS", "HMCS", "HMAS", "USNS", "FS", "INS", "NNS", "ROKS", "JS", "ITS", "TCG":
		return true
	}
	return false
}

// isDesignation reports whether a word is letters, a hyphen and digits: MQ-9, T-90M, Su-35.
func isDesignation(text string) bool {
	letters, digits, found := strings.Cut(text, "-")
	if !found || letters == "" || len(letters) > 4 || digits == "" || len(digits) > 5 || digits[0] < '0' ||
		digits[0] > '9' {
		return false
	}
	return letters[0] >= 'A' && letters[0] <= 'Z' && strings.IndexFunc(letters,
		func(r rune) bool { return !unicode.IsLetter(r) }) < 0 &&
		letters != "COVID"
}

// isNameJoin reports whether a word may stand within the name of an office or body.
func isNameJoin(key string) bool { return key == "of" || key == "the" || key == "for" || key == "and" }

// capitalsAt finds a row of capitals, typed by the word that names its kind or what stands before it; else not at all:
// the document may tell.
func (d *doc) capitalsAt(words []word, i int) *Mention {
	w := &words[i]
	if !w.capital || w.isPunctuation() || w.Kind == token.Number || w.is(month|weekday) ||
		utf8.RuneCountInString(w.Text) < 2 || w.date {
		return nil
	}
	begins := i == 0 || i == 1 && words[0].isPunctuation()
	if begins && (w.entry != unknown && w.class&^(forceNoun|groupNoun|placeNoun|unitNoun) != 0 || w.verb != nil) &&
		(w.form&participle == 0 || i+1 >= len(words) || words[i+1].key != "joint") { // "Combined Joint Task Force"
		return nil // the first word of a sentence
	}
	if w.is(determiner|pronoun|preposition|coordinator|subordinator|negation|modal|be|have|do) || isCompound(w.key) ||
		begins && isTimeWord(w.key) {
		return nil
	}
	last := i
	for j := i + 1; j < len(words) && j < i+maxNameWords; j++ {
		v := &words[j]
		if (v.Text == "-" || v.Text == "–") && words[last].key == "force" && j+1 < len(words) && words[j+1].capital &&
			v.Spaced {
			continue // "Combined Joint Task Force - Operation Inherent Resolve"
		}
		if (v.Text == "'s" || v.Text == "’s") && words[j-1].key == "people" && j+1 < len(words) && words[j+1].capital {
			continue // "Uganda People's Defence Force"
		}
		if v.capital && !v.isPunctuation() && v.Kind != token.Number && !v.is(month|weekday) && !v.date {
			if _, n := rankAt(words, j); n > 0 && j+n < len(words) && words[j+n].capital {
				break // "Commander Brigadier General X"
			}
			if v.is(determiner|pronoun|be|have|modal) && v.Text != "The" || isCompound(v.key) {
				break
			}
			last = j
		} else if !isNameJoin(v.key) || v.capital || j+1 >= len(words) ||
			!words[j+1].capital && words[j+1].key != "the" || words[j+1].date ||
			v.key == "and" || !words[last].is(groupNoun|forceNoun|unitNoun) && v.key != "for" ||
			words[last].is(titleNoun) {
			break
		}
	}
	for last > i+1 && words[last].is(personNoun|titleNoun) && (words[last-1].is(unitNoun|groupNoun|forceNoun) ||
		isTaskForce(words, i, last)) {
		last-- // "Joint Task Force Commander": the post is none of the name
	}
	if last == i && (words[i].is(personNoun) || begins && (isAbstract(w.key) || strings.HasSuffix(w.key, "ly") ||
		w.is(unitNoun) && w.key != "company")) {
		return nil
	}
	titles := true
	for j := i; j <= last; j++ {
		titles = titles && words[j].is(titleNoun)
	}
	if titles {
		return nil
	}
	m := &Mention{First: i, Last: last, Name: textOf(words, i, last)}
	head := &words[last]
	for j := i + 1; j <= last; j++ {
		if isNameJoin(words[j].key) {
			head = &words[j-1]
			break
		}
	}
	if next := last + 1; head == &words[last] && head.is(unitNoun) && last > i && next < len(words) &&
		words[next].Kind == token.Number &&
		!words[next].date && len(words[next].Text) <= 3 && words[next].Spaced && head.key != "group" && head.key != "army" {
		m.Last, m.Name = next, textOf(words, i, next) // "Naval Mobile Construction Battalion 5"
	}
	if head == &words[last] && head.is(number) && last > i {
		head = &words[last-1] // "Mobile Unit Two"
	}
	lower := strings.ToLower(m.Name)
	if _, isPost := tables().posts[lower]; isPost || head.is(titleNoun) && head == &words[last] && i == last {
		return nil
	}
	switch {
	case words[i].key == "operation" && last > i:
		m.Type = "Operation"
	case isTaskForce(words, i, last):
		m.Type = "Unit"
	case head.is(unitNoun) && head.key != "group" && head.key != "army" && (last > i):
		m.Type = "Unit"
	case head.is(placeNoun) && last > i, last > i && isPlaceBefore(words[i].key):
		m.Type = "Location"
	case head.is(groupNoun|forceNoun) && last > i, head.key == "coalition" && i > 0 && words[i-1].is(determiner):
		m.Type = "Organisation"
	default:
		m.Type = d.guess(words, m)
		m.guessed = true
	}
	return m
}

// isCompound reports whether a word says of a name what follows it is: "Syria-based", "US-led".
func isCompound(key string) bool {
	_, end, found := strings.Cut(key, "-")
	if !found {
		return false
	}
	switch end {
	case "based", "led", "backed", "held", "born", "affiliated", "linked", "controlled", "aligned", "supported", "trained", "funded",
		"sponsored", "occupied", "allied", "run", "owned", "made", "style", "era", "inspired", "dominated":
		return true
	}
	return false
}

// isTimeWord reports whether a word before a post or name says that it is held no more, or not in full.
func isTimeWord(key string) bool {
	return key == "former" || key == "late" || key == "acting" || key == "incoming" || key == "outgoing" || key == "retired"
}

// isAbstract reports whether a word that begins a sentence ends as what nobody is called by: "responsibility".
func isAbstract(key string) bool {
	for _, end := range []string{"ity", "tion", "ment", "ness", "ship", "ance", "ence", "ing", "sion"} {
		if len(key) > len(end)+3 && strings.HasSuffix(key, end) {
			return true
		}
	}
	return false
}

// isTaskForce reports whether a name is of a task force: "Combined Joint Task Force - Operation Inherent Resolve".
func isTaskForce(words []word, i, last int) bool {
	for j := i + 1; j <= last; j++ {
		if words[j].key == "force" && words[j-1].key == "task" {
			return true
		}
	}
	return false
}

// isPlaceBefore reports whether a word begins the names of places.
func isPlaceBefore(key string) bool {
	switch key {
	case "camp", "fort", "lake", "mount", "port", "cape", "gulf":
		return true
	}
	return false
}

// guess tells what a name is by what stands beside it; "": nothing does.
func (d *doc) guess(words []word, m *Mention) string {
	i, last := m.First, m.Last
	length := last - i + 1
	at := func(j int) *word {
		if j < 0 || j >= len(words) {
			return &noWord
		}
		return &words[j]
	}
	before, after := at(i-1), at(last+1)
	if length > 1 && length <= 4 && !strings.ContainsAny(m.Name, "/&") {
		switch {
		case before.is(personNoun) && !before.capital && (!before.is(forceNoun) || isFighter(before.key)):
			return "Person" // "spokesman Sani Usman"
		case after.Text == "," && at(last+2).Kind == token.Number && len(at(last+2).Text) == 2 &&
			at(last+3).Text == ",":
			return "Person" // his age
		case after.Text == "," && at(last+2).is(determiner) && appositiveOfPerson(words, last+3):
			return "Person"
		case after.Text == "," && at(last+2).key == "who":
			return "Person"
		}
		if isPresented(words, i) || befalls(before, at(i-2)) || before.key == "of" && deprives(at(i-2)) ||
			(after.Text == "'s" || after.Text == "’s") && deprives(at(last+2)) || isSomebody(words, last+1) ||
			after.Text == "," && startsPost(words, last+2) ||
			before.Text == "," && at(i-2).is(personNoun|titleNoun) && !at(i-2).capital && (!at(i-2).is(forceNoun|groupNoun) ||
				isFighters(at(i-2).key)) && endsAppositive(words, last+1) {
			return "Person"
		}
		if hasParticle(words, i, last) && !isPlacePrefix(words[i].key) && !isPlacePreposition(before.key) {
			return "Person"
		}
		if speech(after) && !before.is(preposition) || speech(before) && before.form&(past|base) != 0 &&
			(after.isPunctuation() || after == &noWord) {
			return "Person"
		}
	}
	switch {
	case before.is(preposition) && isPlacePreposition(before.key) && length < 4 && !m.acronym():
		return "Location"
	case before.key == "of" && (at(i-2).is(placeNoun) || takesPlace(at(i-2)) && !m.acronym()) && length < 4:
		return "Location"
	case length < 4 && !m.acronym() && after.is(placeNoun) && !after.capital && after.Spaced && after.key != "base" &&
		after.key != "camp" &&
		after.key != "hospital" && after.key != "airport":
		return "Location" // "Kwapre village"
	case length < 3 && !m.acronym() && before.key == "and" && at(i-2).mention != nil && at(i-2).mention.Type == "Location" &&
		!at(i-2).mention.Demonym && !at(i-2).mention.Country && after.verb == nil && !after.is(be|have|modal) && after.Text != "'s":
		return "Location" // "in Logomani and Mussa"
	case before.is(placeNoun) && !before.capital && length < 4 && i > 1:
		return "Location"
	case after.Text == "," && length < 4 && isRegion(words, last+2):
		return "Location"
	case after.Text == "," && length < 4 && (at(last+2).key == "a" || at(last+2).key == "the") && appositiveOfPlace(words, last+3):
		return "Location"
	case after.is(be) && length < 4 && !m.acronym() && at(last+2).is(determiner) && appositiveOfPlace(words, last+3),
		after.is(be) && length < 3 && !m.acronym() && isOverrun(at(last+2)):
		return "Location"
	case length == 1 && !m.acronym() && i > 0 && (isAssailed(words, i-1) || before.key == "on" &&
		attackBefore(words, i-1)):
		return "Location"
	}
	return ""
}

// isAssailed reports whether a verb is said of places, where it is said of a name alone: "shelled Kharkiv".
func isAssailed(words []word, i int) bool {
	w := &words[i]
	if w.verb == nil || w.capital {
		return false
	}
	switch w.verb.lemma {
	case "shell", "bomb", "bombard", "storm", "retake", "recapture", "liberate", "invade", "raid", "pound", "besiege", "attack",
		"hit", "strike", "seize", "overrun", "occupy", "reach", "enter", "defend", "flee", "evacuate", "encircle", "surround",
		"loot", "ransack":
		return true
	}
	return false
}

// isOverrun reports whether a participle is said of places alone: "was shelled".
func isOverrun(w *word) bool {
	if w.verb == nil || w.form&participle == 0 {
		return false
	}
	switch w.verb.lemma {
	case "shell", "bomb", "bombard", "retake", "recapture", "liberate", "invade", "pound", "besiege", "overrun", "occupy", "evacuate",
		"encircle", "loot", "ransack":
		return true
	}
	return false
}

// attackBefore reports whether a strike or raid is named before a preposition, in its phrase.
func attackBefore(words []word, i int) bool {
	for j := i - 1; j >= 0 && j > i-7; j-- {
		if words[j].outcome == "targeted" {
			return true
		}
		if words[j].isPunctuation() || words[j].form&past != 0 {
			return false
		}
	}
	return false
}

// isPresented reports whether what stands before a name is said before people's alone: "identified as", "led by",
// "members, including", and the next of such a list.
func isPresented(words []word, i int) bool {
	if i < 2 {
		return false
	}
	before, first := &words[i-1], &words[i-2]
	switch before.key {
	case "as":
		return first.verb != nil && (first.verb.lemma == "identify" || first.verb.lemma == "name") && first.form&participle != 0
	case "by":
		return first.verb != nil && first.form&participle != 0 && (first.verb.lemma == "lead" || first.verb.lemma == "command" ||
			first.verb.lemma == "head")
	case "and", ",":
		if before.key == "and" && first.Text == "," && i > 2 {
			first = &words[i-3]
		}
		m := first.mention
		if m == nil || m.Type != "Person" {
			return false
		}
		if k := m.First - 1; k > 0 && words[k].Text == "," && words[k-1].is(personNoun) && !words[k-1].capital &&
			strings.HasSuffix(words[k-1].key, "s") {
			return true // "two operatives, A and B"
		}
		for j := i - 2; j >= 1 && j > i-14; j-- {
			if words[j].key == "including" || words[j].key == "as" && words[j-1].verb != nil && words[j-1].verb.lemma == "identify" {
				return true
			}
		}
	case "including":
		for j := i - 2; j >= 0 && j > i-7; j-- {
			if words[j].is(personNoun) && !words[j].capital {
				return true
			}
			if words[j].verb != nil && words[j].mention == nil {
				return false
			}
		}
	}
	return false
}

// isFighter reports whether a noun for one who fights stands before his name; "fighters" stand before any name.
func isFighter(key string) bool {
	switch key {
	case "fighter", "militant", "insurgent", "rebel", "soldier", "marine", "gunman", "jihadist":
		return true
	}
	return false
}

func isFighters(key string) bool { return isFighter(strings.TrimSuffix(key, "s")) || key == "gunmen" }

// befalls reports whether a verb before a name is said of people alone: "arrested Ada Abel".
func befalls(w, before *word) bool {
	if w.verb == nil || w.capital || w.mention != nil || before.is(determiner) && !before.is(relative) {
		return false
	}
	switch w.verb.lemma {
	case "kill", "murder", "assassinate", "execute", "behead", "slay", "arrest", "detain", "apprehend", "kidnap", "abduct", "nab",
		"wound", "injure", "appoint", "elect", "marry", "sentence", "convict", "jail", "imprison", "promote", "shoot", "rescue",
		"free", "torture", "hang", "lynch", "interrogate", "question", "extradite", "deport":
		return true
	}
	return false
}

// deprives reports whether a noun tells what befalls people alone: the arrest of, the murder of.
func deprives(w *word) bool {
	return !w.capital && (w.outcome == "killed" || w.outcome == "captured" && w.key != "capture" && !takesPlace(w))
}

// takesPlace reports whether a noun tells what befalls places: the recapture of.
func takesPlace(w *word) bool {
	switch w.key {
	case "control", "seizure", "recapture", "liberation", "takeover", "siege", "occupation", "fall", "encirclement", "evacuation":
		return true
	}
	return false
}

// isSomebody reports whether what follows a name is said of people alone: "was arrested", "is the leader", "joined".
func isSomebody(words []word, i int) bool {
	if i >= len(words) || words[i].capital {
		return false
	}
	if words[i].is(have) && i+1 < len(words) && words[i+1].key == "been" {
		i++
	}
	w := &words[i]
	if w.is(be) && i+2 < len(words) {
		j := i + 1
		if words[j].is(determiner) {
			return appositiveOfPerson(words, j+1)
		}
		for j < len(words)-1 && (words[j].is(adverb|be) || words[j].is(negation)) {
			j++
		}
		return befalls(&words[j], &noWord) && words[j].form&participle != 0 || words[j].key == "born"
	}
	if w.verb == nil {
		return false
	}
	switch w.verb.lemma {
	case "join", "lead", "command", "head", "resign", "graduate", "marry", "serve", "become", "die", "testify", "retire":
		return w.form&(past|third) != 0
	}
	return false
}

// startsPost reports whether a post begins at a word, perhaps behind its adjectives: ", spokesman for".
func startsPost(words []word, i int) bool {
	for n := 0; i < len(words) && n < 2; n++ {
		if _, last := postAt(words, i); last >= i && !words[i].capital {
			return last+1 < len(words) && (words[last+1].key == "of" || words[last+1].key == "for" || words[last+1].key == "in" ||
				words[last+1].Text == ",")
		}
		i++
	}
	return false
}

// endsAppositive reports whether a name ends what a comma has begun: "the leader, Ada Abel, said".
func endsAppositive(words []word, i int) bool {
	return i < len(words) && (words[i].Text == "," || words[i].Text == "." || words[i].key == "and" && i+1 < len(words) &&
		words[i+1].capital || words[i].verb != nil || words[i].is(be|have|modal))
}

// appositiveOfPlace reports whether words say what a place is: "village in", "small town near".
func appositiveOfPlace(words []word, i int) bool {
	for j := i; j < len(words) && j < i+4; j++ {
		if words[j].isPunctuation() || words[j].is(preposition|be|have|relative) || words[j].capital {
			return false
		}
		if words[j].is(placeNoun) && (j+1 >= len(words) || words[j+1].is(preposition|relative) || words[j+1].isPunctuation()) {
			return true
		}
	}
	return false
}

func (m *Mention) acronym() bool { return isCapitals(m.surface) || isCapitals(m.Name) }

var noWord = word{entry: unknown} // what stands before and behind a sentence

func speech(w *word) bool { return w.verb != nil && w.verb.attrs["speech"] != "" && !w.capital }

// hasParticle reports whether a name has a part that begins as al-Muhajir does.
func hasParticle(words []word, i, last int) bool {
	for j := i + 1; j <= last; j++ {
		if isParticle(words[j].Text) {
			return true
		}
	}
	return false
}

func isPlacePrefix(key string) bool {
	switch key {
	case "deir", "dayr", "tall", "tal", "tel", "umm", "ayn", "ain", "ras", "jabal", "wadi", "bab", "khan", "kafr",
		"bir", "qalat", "shahr", "dar":
		return true
	}
	return false
}

// appositiveOfPerson reports whether words say who somebody is: "top leader of", "commander of".
func appositiveOfPerson(words []word, i int) bool {
	for j := i; j < len(words) && j < i+5; j++ {
		if words[j].isPunctuation() || words[j].is(preposition|be|have|relative) {
			return false
		}
		if (words[j].is(personNoun|titleNoun) || words[j].key == "figure") && (j+1 >= len(words) ||
			words[j+1].is(preposition|relative) || words[j+1].isPunctuation()) {
			return true
		}
	}
	return false
}

// isRegion reports whether a name that other places lie in begins at a word: a country, or what ends in State or
// Province.
func isRegion(words []word, i int) bool {
	for j := i; j < len(words) && j < i+5; j++ {
		if !words[j].capital || words[j].isPunctuation() {
			return false
		}
		if n, ok := tables().names[textOf(words, i, j)]; ok && (n.kind == "country" || n.kind == "region") &&
			!n.demonym {
			return true
		}
		if j > i && isRegionWord(words[j].key) {
			return true
		}
	}
	return false
}

func isRegionWord(key string) bool {
	switch key {
	case "state", "province", "governorate", "region", "district", "area", "county", "oblast", "council":
		return true
	}
	return false
}

// isPlacePreposition reports whether a place follows, where nothing tells what follows.
func isPlacePreposition(key string) bool {
	return key == "in" || key == "near" || key == "at" || key == "outside" || key == "inside" || key == "around" || key == "off" ||
		key == "throughout"
}
