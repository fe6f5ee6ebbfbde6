package schema

import (
	"encoding/json"
)

// AnnotationKey is where a claim that an annotation makes keeps what its format says beside it: an [Annotation].
const AnnotationKey = "x_annotation"

// Annotation is what an annotation of a text says that a claim has no place for, so that it can be written out again as
// it was. Its id stands in the claim's record, where it stands in the text in the citation.
type Annotation struct {
	Label string   `json:"label"`           // its type, in the annotators' words
	Ends  []string `json:"ends,omitempty"`  // ids of what a relation joins; of an event its trigger
	Roles []string `json:"roles,omitempty"` // of the ends, where they are not Arg1 and Arg2
	Spans [][2]int `json:"spans,omitempty"` // of one that is not in one piece: begin and end of each, in code points
	Equal bool     `json:"equal,omitempty"` // said to be one with others of the same entity
	// Attributes by name; empty: one that is only there or not.
	Attributes map[string]string `json:"attributes,omitempty"`
	// Normalisations are entries of registers: type, register, key, name.
	Normalisations [][4]string `json:"normalisations,omitempty"`
	Notes          [][2]string `json:"notes,omitempty"` // type and text
}

// JSON returns the annotation as a claim keeps it.
func (a *Annotation) JSON() string { return plainJSON(a) }

// AnnotationOf returns the annotation that makes a claim; nil: none does.
func AnnotationOf(c *Claim) *Annotation {
	text := c.Extra[AnnotationKey]
	if text == "" {
		return nil
	}
	a := &Annotation{}
	if json.Unmarshal([]byte(text), a) != nil || a.Label == "" {
		return nil // somebody else's
	}
	return a
}

// MaxAnnotated is the longest passage, in code points, that the quote of an annotation has; of a longer one the span is
// cited alone.
const MaxAnnotated = 2000

// Annotated returns the quote of what an annotation spans; false: there is no such span.
func (p *Passages) Annotated(begin, end int) (string, bool) {
	if end-begin > MaxAnnotated {
		return "", begin >= 0 && end <= p.Length()
	}
	return p.Slice(begin, end)
}
