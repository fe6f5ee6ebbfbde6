package schema

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ReadMethod is what the method of a claim that was read of a text begins with; the name of the rule follows.
const ReadMethod = "text/"

// ReviewMethod is the method of a claim that an analyst put in the place of one that was read of a text.
const ReviewMethod = "review"

// StatementKey is where a judgement keeps what it says of the statement that was judged: a [Statement].
const StatementKey = "x_statement"

// Statement is what a judgement names of a statement that was read of a text (law 10), so that it holds for the same
// statement in every later reading: the document with its text's hash, the passage, the relation, its ends and the
// assertion. It says nothing of the rule, the confidence and the dates, which another reading may have otherwise.
type Statement struct {
	Source     string              `json:"source"`         // xid
	Text       string              `json:"text,omitempty"` // SHA-256 of what was read
	Quote      string              `json:"quote,omitempty"`
	Begin      int                 `json:"begin"` // code points; NoSpan where unknown
	End        int                 `json:"end"`
	Relation   string              `json:"relation"` // or the property
	From       string              `json:"from"`
	To         string              `json:"to,omitempty"`
	Value      string              `json:"value,omitempty"`
	Qualifiers map[string][]string `json:"qualifiers,omitempty"`
	Assertion  Assertion           `json:"assertion"`
}

// IsReading reports whether the claim is a statement that was read of a text, no mere description of who is in one.
func (c *Claim) IsReading() bool {
	return strings.HasPrefix(c.Method, ReadMethod) && c.Predicate != Describes && len(c.Cites) > 0
}

// StatementOf returns what a judgement names of a claim that was read of a text of a hash; empty where that is unknown.
func StatementOf(c *Claim, text string) *Statement {
	s := &Statement{
		Text: text, Relation: c.Predicate, From: c.Subject, To: c.Object, Value: c.Value, Qualifiers: c.Values, Assertion: c.Assertion,
		Begin: NoSpan, End: NoSpan,
	}
	if len(c.Cites) > 0 { // a reading cites its sentence alone
		s.Source, s.Quote, s.Begin, s.End = c.Cites[0].Source, c.Cites[0].Quote, c.Cites[0].Begin, c.Cites[0].End
	}
	return s
}

// JSON returns the statement as a judgement keeps it.
func (s *Statement) JSON() string { return plainJSON(s) }

// JudgedStatement returns the statement that a judgement names; nil: it names none.
func JudgedStatement(decision *Claim) *Statement {
	text := decision.Extra[StatementKey]
	if text == "" {
		return nil
	}
	s := &Statement{}
	if json.Unmarshal([]byte(text), s) != nil { // an analyst may have written it
		return nil
	}
	return s
}

// Said is what the statement says, apart from where it says it, in one text: the relation, the ends, the value and the
// assertion. An event is the same whatever day the document is said to have been published.
func (s *Statement) Said() string {
	return strings.Join([]string{s.Relation, UndatedID(s.From), UndatedID(s.To), s.Value, string(s.Assertion)}, "\x00")
}

// Likeness is how far two readings say the same of the same passage. A text may say it twice, and of one span several
// things: the most alike are each other's.
type Likeness int

// The likenesses, from none to the greatest.
const (
	Unlike Likeness = iota
	SameQuote
	SameQuoteAndValues // in another place: the text may be a later version
	SameSpan
	SameStatement // but for what a judgement does not name: the confidence, the rule, the date
)

// Likeness returns how far two statements are one.
func (s *Statement) Likeness(other *Statement) Likeness {
	oneText := s.Source == other.Source || s.Text != "" && s.Text == other.Text
	if !oneText || s.Quote != other.Quote || s.Said() != other.Said() {
		return Unlike
	}
	var how Likeness
	switch {
	case s.Begin == other.Begin && s.End == other.End:
		how = SameSpan
	case s.Quote != "":
		how = SameQuote
	default:
		return Unlike
	}
	if maps.EqualFunc(s.Qualifiers, other.Qualifiers, slices.Equal) {
		how++
	}
	return how
}

// EventID returns the local id of an event that a text tells of: the same for the same words of the same day, so that
// what is reported every week in the same words is not one event. at tells apart what one sentence tells.
func EventID(sentence string, at int, published string) string {
	words := TextSum(NormalName(sentence) + "\x00" + strconv.Itoa(at))[:16]
	return "event-" + words + "-" + TextSum(published)[:8]
}

var eventID = regexp.MustCompile(`#event-[0-9a-f]{16}-[0-9a-f]{8}$`)

// UndatedID returns an xid without what says on which day an event's document was published; any other as it is.
func UndatedID(xid string) string {
	if eventID.MatchString(xid) {
		return xid[:len(xid)-len("-12345678")]
	}
	return xid
}
