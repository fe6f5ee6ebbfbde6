package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// titles are abbreviations that a name follows: their stop never ends a sentence.
//
//nolint:gochecknoglobals // a constant that Go cannot write as one
var titles = words(`adm amb asst atty brig capt cdr cmdr cmd cmndr col comdr cpl cpt dep det dr ens eng engr fr ft gen gov govt hon insp
	lieut lt ltc ltg mag maj mgr mr mrs ms mt msgt ofc pfc ph pres prof pvt rep reps rev sec sen sens sgt sqn spc spec ssgt sr st supt
	tsgt vadm radm wg wo cpo gp flt lcpl comm comd adml barr alh supt asp dsp csp no nos vs art fig vol pp bn bde div rgt regt sq km ca
	al`)

// others may end a sentence as well.
//
//nolint:gochecknoglobals // a constant that Go cannot write as one
var others = words(`jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun inc corp co ltd llc jr
	bros est etc dept min dist prov ave blvd rd ret retd rtd approx incl ariz ark calif colo conn del fla ga ill ind kan ky la md mass
	mich minn miss mo mont neb nev okla ore pa penn tenn tex va vt wash wis wyo cf viz hr hrs ext plc intl natl`)

// words returns the words of a list as a set.
func words(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}

// longestAbbreviation is the length of the longest of them.
const longestAbbreviation = 6

func isAbbreviation(word string) bool {
	if len(word) > longestAbbreviation {
		return false
	}
	first, _ := utf8.DecodeRuneInString(word)
	folded := strings.ToLower(word)
	if titles[folded] {
		// "no." and "al." as small words are ordinary ends of sentences.
		return unicode.IsUpper(first) || folded == "vs" || folded == "pp" || folded == "km" || folded == "ca"
	}
	return others[folded] && (unicode.IsUpper(first) || folded == "etc" || folded == "approx" || folded == "incl" || folded == "cf" ||
		folded == "viz" || folded == "hrs")
}

// mayEnd reports whether the stop of an abbreviation may end a sentence as well: that of "U.S." may, that of a title or
// of an initial does not.
func mayEnd(word string) bool {
	bare := strings.TrimSuffix(word, ".")
	if isDotted(bare, false) {
		return true
	}
	if hyphen := strings.LastIndexByte(bare, '-'); hyphen >= 0 && titles[strings.ToLower(bare[hyphen+1:])] {
		return false // "Maj.-Gen."
	}
	return utf8.RuneCountInString(bare) > 1 && !titles[strings.ToLower(bare)]
}

// starters are the words that begin sentences and no names.
//
//nolint:gochecknoglobals // a constant that Go cannot write as one
var starters = words(`a about according after all also although among an and another any anyone are as at be because before both but by can
	could currently despite did do does during each earlier either even every everyone few finally first following for four former from
	further furthermore had has have he her here his how however i if in indeed instead is it its last late later many may meanwhile
	might more moreover most much neither no nobody none nor not nothing now of officials on once one only or other others our out over
	people perhaps previously recently residents several she should similarly since so some soon still subsequently such ten than that
	the their them then there thereafter therefore these they this those though three through throughout thus to today together tonight
	troops two under unless until upon was we were what when where whether which while who whose why will with within without witnesses
	would yesterday yet you your`)

func beginsSentence(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(first) && starters[strings.ToLower(word)]
}

// isParticle reports whether a small word may stand within the name of a place.
func isParticle(word string) bool {
	switch strings.ToLower(word) {
	case "of", "the", "and", "de", "la", "el", "al", "in", "near", "on", "at", "du", "von":
		return true
	}
	return false
}
