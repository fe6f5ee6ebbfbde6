package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Property is something an entity has, or, as a qualifier, something a statement of a relation adds.
type Property struct {
	Name      string   // birth_date: as it stands in records and in Dgraph
	Label     string   // birth date: as people read it
	Doc       string   // what it is and, where the source is not plain, whose definition
	Unit      string   // metres, persons; "" if it has none
	Kind      Kind     // what its values are
	List      bool     // holds several values side by side; else the winner among them shows
	Winner    Winner   // how one of several values is chosen (law 11); "" for lists and qualifiers
	Values    []string // enum: all that is allowed. Compared without case, spaces or hyphens
	Examples  []string // string: what is usually written, to suggest; anything else is allowed too
	Pattern   string   // string: RE2 that the whole value must match; "" for none
	Min       *float64 // int, float: the smallest value allowed; nil for no bound
	Max       *float64 // int, float: the largest value allowed; nil for no bound
	LowOf     string   // int, float: the name of the number that this is the lowest of; "" for none
	HighOf    string   // int, float: the name of the number that this is the highest of; "" for none
	Describes bool     // qualifier: it merely describes; statements that differ in it may be of one thing
	Required  bool     // qualifier: a statement without it is rejected
	Indexed   bool     // string kinds: entities are looked up by its value, so Dgraph indexes it (costs loading time)
	Names     bool     // string: people call an entity by its value, so names are looked up among them

	pattern *regexp.Regexp
	pos     Position
}

// Kind says what the values of a property are. [Property.Parse] knows the text of each.
type Kind string

// The kinds.
const (
	KindString     Kind = "string"      // one line
	KindText       Kind = "text"        // may run over lines
	KindInt        Kind = "int"         // 64 bits, signed
	KindFloat      Kind = "float"       // 64 bits, finite
	KindBool       Kind = "bool"        // true or false
	KindDate       Kind = "date"        // a [Range]
	KindPeriod     Kind = "period"      // a [Period]; a date is a period that starts and ends within it
	KindEnum       Kind = "enum"        // one of Values
	KindCountry    Kind = "country"     // ISO 3166-1 alpha-2, upper case
	KindLanguage   Kind = "language"    // BCP 47
	KindURL        Kind = "url"         // absolute: http, https or ftp
	KindGeo        Kind = "geo"         // GeoJSON Point, Polygon or MultiPolygon; WGS84 degrees, longitude first
	KindSIDC       Kind = "sidc"        // symbol code: 20 or 30 digits (2525D/E, APP-6D/E), or 10-15 letters (2525C, APP-6B)
	KindExternalID Kind = "external_id" // scheme:value, the scheme in lower case
)

// Kinds lists them in the order of help texts.
func Kinds() []Kind {
	return []Kind{
		KindString, KindText, KindInt, KindFloat, KindBool, KindDate, KindPeriod, KindEnum, KindCountry, KindLanguage,
		KindURL, KindGeo, KindSIDC, KindExternalID,
	}
}

// Winner says which of several values of a single-valued property shows (law 11).
type Winner string

// The winners.
const (
	Best   Winner = "best"   // the most confident
	Latest Winner = "latest" // the one that held last, then the most confident
)

// Predicate is the name of the property in Dgraph. Dates and periods stand there as their text, and beside it as
// their earliest and latest instant under the same name with [MinSuffix] and [MaxSuffix].
func (p *Property) Predicate() string { return p.Name }

// The predicates beside a date or period.
const (
	MinSuffix = ".min" // dateTime: not before; absent if unknown or open
	MaxSuffix = ".max" // dateTime: not after; absent if unknown or open
)

// Dated reports whether the property's values are dates or periods.
func (p *Property) Dated() bool { return p.Kind == KindDate || p.Kind == KindPeriod }

// ValueError says why a text is no value of a property: its Column is the property's name, its Reason is to be read
// after the value ("is not one of active, retired").
type ValueError struct{ Fault }

// Error returns the property, the value (shortened), the reason and the hint.
func (e *ValueError) Error() string {
	s := fmt.Sprintf("%s: %q %s", e.Column, Shorten(e.Value), e.Reason)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Parse turns the text of a value into the canonical text that is stored, hashed and compared, or returns a
// [ValueError]. It is pure, and canonical text parses to itself. Nothing is guessed: 1,000 is no int.
func (p *Property) Parse(text string) (string, error) {
	canonical, bad := p.parse(text)
	if bad != nil {
		return "", &ValueError{Fault: Fault{Column: p.Name, Value: text, Reason: bad.reason, Hint: bad.hint}}
	}
	return canonical, nil
}

// foldValue makes the spellings of an enum value equal: "Assumed Friend", "assumed-friend", "ASSUMED_FRIEND".
func foldValue(s string) string {
	return strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(s))
}

func (p *Property) clone() *Property {
	c := *p
	c.Values, c.Examples = slices.Clone(p.Values), slices.Clone(p.Examples)
	return &c
}
