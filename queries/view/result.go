package view

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"time"

	"orbat/queries/canned"
	"orbat/schema"
)

// Result is an answer. Whatever its shape, the nodes and edges it is about stand beside it, so that every answer can be
// drawn and every edge can show its evidence.
type Result struct {
	Query  string            `json:"query"`
	Params map[string]string `json:"params"`
	Shape  canned.Shape      `json:"shape"`

	Ontology *schema.Ontology `json:"-"` // that was asked under

	Columns   []string    `json:"columns,omitempty"`
	Rows      [][]string  `json:"rows,omitempty"`
	RowEdge   []string    `json:"row_edges,omitempty"`  // by row: the id of the edge it is about; empty where it is about none
	RowClaims []RowClaims `json:"row_claims,omitempty"` // by row: the claims that it rests on; nil: all behind that edge
	Root      string      `json:"root,omitempty"`       // xid of a tree's root
	Parents   []string    `json:"parents,omitempty"`    // of a tree, by edge: the xid it was reached from
	Nodes     []*Node     `json:"nodes"`
	Edges     []*Edge     `json:"edges"`
	Paths     [][]Step    `json:"paths,omitempty"`

	PossiblePaths []int `json:"possible_paths,omitempty"` // places in Paths of those whose links held together only possibly

	Truncated bool     `json:"truncated"`           // a limit was reached: there is more
	Possible  int      `json:"possible,omitempty"`  // answers that only possibly hold at the time asked for (law 7)
	Contested int      `json:"contested,omitempty"` // answers that rest on a link which other claims deny or negate (law 9)
	Ungraded  int      `json:"ungraded,omitempty"`  // claims left out since nobody graded them (law 8)
	Notes     []string `json:"notes,omitempty"`     // what else a reader must know
	Markings  []string `json:"markings,omitempty"`  // of all that it shows, in plain form, where they were asked for
	Taken     []Taken  `json:"taken,omitempty"`     // parameters that named nothing, and what was taken for them by a word (law 17)
	Cost      Cost     `json:"-"`                   // what it took; no part of the answer, which is the same each time

	Withheld *Withheld `json:"-"` // what max_marking left out of what the question met; nil: it was not given
}

// RowClaims are the claims that a row rests on; nil: all behind the edge that it is about.
type RowClaims []*Evidence

// MarshalJSON writes the claims' keys: who asks for the evidence finds them behind the edge.
func (c RowClaims) MarshalJSON() ([]byte, error) {
	if c == nil {
		return []byte("null"), nil
	}
	keys := []string{}
	for _, claim := range c {
		keys = append(keys, claim.Key)
	}
	return json.Marshal(keys)
}

// Node is an entity as an answer shows it.
type Node struct {
	XID        string              `json:"xid"`
	Type       string              `json:"type"` // empty: nobody described it
	Name       string              `json:"name"` // what to show; the xid where there is no name
	Properties map[string][]string `json:"properties,omitempty"`
	Merged     []string            `json:"merged,omitempty"` // xids that decisions made one with it
	UID        string              `json:"-"`

	// Differs has, by property of which sources disagree, the values beside the one in Properties, which the most
	// reliable of them say; those of better sources first (law 11).
	Differs map[string][]string `json:"differs,omitempty"`

	// Markings are those of what is said of it and of the sources of that, in plain form, where they were asked for.
	Markings []string `json:"markings,omitempty"`

	// Denied names the properties of which claims deny or negate the value in Properties (law 9), where all are shown.
	Denied []string `json:"denied,omitempty"`

	differing []string // properties of which other values stand
}

// Edge is a direct edge with the sum of the claims behind it.
type Edge struct {
	ID         string              `json:"id"` // the first half of the keys of its claims
	From       string              `json:"from"`
	Relation   string              `json:"relation"`
	To         string              `json:"to"`
	Qualifiers map[string][]string `json:"qualifiers,omitempty"`
	Period     string              `json:"period,omitempty"`     // where all claims agree
	Periods    []string            `json:"periods,omitempty"`    // of its claims, where they do not, if asked for; the earliest first
	Confidence *int                `json:"confidence,omitempty"` // 0-100, the highest
	Claims     int                 `json:"claims"`
	Sources    int                 `json:"sources"`
	Possible   bool                `json:"possible,omitempty"`  // holds only possibly at the time asked for
	Contested  bool                `json:"contested,omitempty"` // other claims deny or negate what it says (law 9)
	DeniedBy   []string            `json:"denied_by,omitempty"` // who does, and where
	Markings   []string            `json:"markings,omitempty"`  // of the claims behind it and their sources, in plain form, where asked for
	Evidence   []*Evidence         `json:"evidence,omitempty"`
}

// Step is one edge of a path and the way it is walked.
type Step struct {
	Edge    *Edge `json:"edge"`
	Forward bool  `json:"forward"`
}

// Evidence is one claim behind an edge or value, with its sources.
type Evidence struct {
	Key          string              `json:"key"`
	Dataset      string              `json:"dataset"`
	Predicate    string              `json:"predicate"`
	Value        string              `json:"value,omitempty"`
	Values       map[string][]string `json:"values,omitempty"`
	Assertion    schema.Assertion    `json:"assertion"`
	AttributedTo string              `json:"attributed_to,omitempty"`
	Period       string              `json:"period,omitempty"`
	Confidence   *int                `json:"confidence,omitempty"`
	Credibility  string              `json:"credibility,omitempty"`
	Method       string              `json:"method,omitempty"`
	Marking      string              `json:"marking,omitempty"`
	Record       string              `json:"record,omitempty"`
	Version      string              `json:"version,omitempty"` // of the record
	Retracted    bool                `json:"retracted,omitempty"`
	Superseded   string              `json:"superseded_by,omitempty"` // the later version of the record, which took its place
	Rejected     bool                `json:"rejected,omitempty"`
	Cites        []Citation          `json:"cites"`
	File         string              `json:"file,omitempty"` // where it was loaded from
	Row          int                 `json:"row,omitempty"`

	// Loads are those that wrote the claim, took it back or had it stand again, in the order in which they began, where
	// they were asked for: the first wrote it. Nobody who may not see all of the graph is told them.
	Loads []Load `json:"loads,omitempty"`

	// AttributedName is what to call whom it is attributed to; empty: nothing but the xid is known.
	AttributedName string `json:"-"`

	attributedMarking string
	loads             []string // their uids

	When schema.Period `json:"-"` // its period as it stands beside the other claims behind its edge

	uncited *schema.StoredClaim // the claim, where its sources are still to be read ([Snapshot.Cite]); nil: they were
}

// Load is one load, as far as a reader of a claim wants to know of it.
type Load struct {
	ID      string    `json:"id"`
	Started time.Time `json:"started"`
	By      string    `json:"by,omitempty"` // who loaded; empty: nobody kept it
}

// Citation is a source behind a claim.
type Citation struct {
	Source      string `json:"source"` // xid
	Title       string `json:"title,omitempty"`
	Publisher   string `json:"publisher,omitempty"`
	Published   string `json:"published,omitempty"`
	Reliability string `json:"reliability,omitempty"` // Admiralty A-F
	Marking     string `json:"marking,omitempty"`
	URL         string `json:"url,omitempty"`
	Quote       string `json:"quote,omitempty"`
	Locator     string `json:"locator,omitempty"`
	Begin       *int   `json:"begin,omitempty"` // code points
	End         *int   `json:"end,omitempty"`
}

// Graph is a stream of nodes and edges: what encoders take. Each sequence may be run once; every edge's ends are among
// the nodes.
type Graph struct {
	Title string            // what the graph is, in a line
	Meta  map[string]string // how it was made: query, parameters, filters
	Nodes iter.Seq2[*Node, error]
	Edges iter.Seq2[*Edge, error]

	// Ontology says how the nodes of each type are drawn; nil: the one that orbat comes with does.
	Ontology *schema.Ontology

	Withheld *Withheld // what a marking limit left out, once the edges are read; nil: there is no limit

	// Positions say where entities stand on a screen, by xid, to the right and down; nil: nobody has laid them out.
	Positions map[string][2]float64

	// Page is what was built of the page that shows a graph in one file; an encoder of HTML needs it, no other.
	Page fs.FS

	// Notice is told, by an encoder, what whoever opens the file should know and the format has no place for: that its
	// readers refuse so much, or that nothing in it has a place. nil: nobody hears.
	Notice func(text string)
}

// Title says which question was asked, in a line.
func (r *Result) Title() string { return "orbat " + r.Query }

// Graph returns the result as a stream for encoders.
func (r *Result) Graph() *Graph {
	meta := map[string]string{"query": r.Query}
	for name, value := range r.Params {
		meta["param."+name] = value
	}
	return &Graph{
		Title: r.Title(), Meta: meta, Ontology: r.Ontology, Nodes: sequence(r.Nodes), Edges: sequence(r.Edges),
		Withheld: r.Withheld,
	}
}

func sequence[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for item := range slices.Values(list) {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// SourceLine names a source as a reader grades it: title, publisher, date, reliability.
func SourceLine(c Citation) string {
	parts := []string{cmp.Or(c.Title, c.Source)}
	for _, part := range []string{c.Publisher, c.Published} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if c.Reliability != "" {
		parts = append(parts, "reliability "+c.Reliability)
	}
	return strings.Join(parts, ", ")
}
