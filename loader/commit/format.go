package commit

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// Format is the number of what a graph holds and how. It grows where a graph of the format before cannot be read, or
// gone on with, as it is: by a step of [repairs] each time.
const Format = 4

// repair is one step from the format before to its own (law 18). Graphs of older formats are left to be repaired when
// their schema is brought up to date, and whoever next takes a share of the graph repairs them, before anything else.
type repair struct {
	format int    // the first whose graphs do not need it
	name   string // in orbat.unsettled: never reworded, never given to another
	doc    string // what it does, for whoever waits

	// run is alone with the graph. It may be cut short anywhere, and is then run again from its start: it finds by
	// itself what is left to do, and must end the same.
	run func(context.Context, *Session) error
}

// repairs lists the steps in the order in which they are run. A later format adds its own behind them.
func repairs() []repair {
	return []repair{
		{2, "one-spelling", "give each value its one spelling", func(ctx context.Context, s *Session) error {
			return s.rewriteClaims(ctx, func(c *schema.Claim) bool { return c.Canonicalise(s.Ontology) })
		}},
		{3, rivalsRepair, "derive anew what entities show, and whether other values stand", deriveAll},
		{4, "text-words", "note how the words of kept texts begin", indexTexts},
		// Behind all that rewrite claims.
		{2, "journals", "note in the journals of loads how their claims are called now", renewJournals},
	}
}

// rivalsRepair is the name of the step since which entities show what derivation makes of their claims now.
const rivalsRepair = "rivals"

// deriveAll derives the facts of every entity anew, once: an ontology that has grown asks for no more.
func deriveAll(ctx context.Context, s *Session) (err error) {
	if s.Merges, err = s.ReadMerges(ctx); err != nil {
		return err
	}
	if err := s.repairFacts(ctx); err != nil {
		return err
	}
	return s.changeMeta(ctx, func(meta *Meta, m *api.Mutation) {
		meta.Unsettled.All = false
		m.Set = append(m.Set, meta.Unsettled.Quad(meta.UID))
	})
}

// RepairNames returns the steps that a graph of a format needs, by the names that stand in [Unsettled].
func RepairNames(format int) []string {
	var names []string
	for _, step := range repairs() {
		if step.format > format {
			names = append(names, step.name)
		}
	}
	return names
}

// RepairDoc says what the step of a name does; empty: there is none.
func RepairDoc(name string) string {
	for _, step := range repairs() {
		if step.name == name {
			return step.doc
		}
	}
	return ""
}

// Unsettled is what orbat.unsettled holds, at the node that says what a database is: what is left to do before anybody
// goes on. It is written before what makes it necessary, so that a run killed half-way is finished by whoever comes
// next.
type Unsettled struct {
	Repairs []string `json:"repairs,omitempty"` // the steps that bring the graph to its format
	All     bool     `json:"all,omitempty"`     // derive every entity's facts anew: the ontology grew
	XIDs    []string `json:"xids,omitempty"`    // entities whose component decisions may change
	Keys    []string `json:"keys,omitempty"`    // claims whose rejection may change
}

// IsZero reports whether nothing is left to do.
func (u Unsettled) IsZero() bool { return !u.All && len(u.Repairs)+len(u.XIDs)+len(u.Keys) == 0 }

// Join returns what is left to do of two.
func (u Unsettled) Join(v Unsettled) Unsettled {
	union := func(a, b []string) []string {
		for _, s := range b {
			if !slices.Contains(a, s) {
				a = append(slices.Clip(a), s)
			}
		}
		return a
	}
	return Unsettled{
		Repairs: union(u.Repairs, v.Repairs), All: u.All || v.All, XIDs: union(u.XIDs, v.XIDs), Keys: union(u.Keys, v.Keys),
	}
}

// Quad returns what writes it at the node that says what a database is.
func (u Unsettled) Quad(meta string) *api.NQuad {
	text, _ := json.Marshal(u) // texts always encode
	return ValueQuad(meta, unsettledPredicate, string(text))
}

const unsettledPredicate = "orbat.unsettled"

// MetaName is the value of orbat.meta on the one node that says what a database is.
const MetaName = "orbat"

// Meta is what a database says of itself.
type Meta struct {
	UID       string
	Format    int
	Ontology  string // as text
	Unsettled Unsettled
}

// ReadMeta returns what a database says of itself in a transaction's snapshot; nil: it is not orbat's. A newer format
// than this orbat's is a *[NewerFormatError].
func ReadMeta(ctx context.Context, txn *dgo.Txn) (*Meta, error) {
	return readMeta(ctx, txn, "orbat.ontology")
}

func readMeta(ctx context.Context, txn *dgo.Txn, more string) (*Meta, error) {
	answer, err := txn.Query(ctx, `{ q(func: has(orbat.meta)) { uid orbat.format orbat.unsettled `+more+` } }`)
	if err != nil {
		return nil, fmt.Errorf("read what the database is: %w", err)
	}
	var found struct {
		Q []struct {
			UID       string
			Format    int    `json:"orbat.format"`
			Ontology  string `json:"orbat.ontology"`
			Unsettled string `json:"orbat.unsettled"`
		}
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return nil, fmt.Errorf("read what the database is: %w", err)
	}
	if len(found.Q) == 0 {
		return nil, nil //nolint:nilnil // a database that is nobody's is an answer
	}
	m := &Meta{UID: found.Q[0].UID, Format: found.Q[0].Format, Ontology: found.Q[0].Ontology}
	if m.Format > Format {
		return nil, &NewerFormatError{Have: m.Format, Fault: schema.Fault{
			Reason: fmt.Sprintf("the database has format %d; this orbat knows up to %d", m.Format, Format),
			Hint:   "use the newer orbat that wrote it",
		}}
	}
	if text := found.Q[0].Unsettled; text != "" {
		if err := json.Unmarshal([]byte(text), &m.Unsettled); err != nil {
			return nil, fmt.Errorf("read what is left to do: %w", err)
		}
	}
	return m, nil
}

// Older returns an *[OlderFormatError] where the database has yet to be brought to this orbat's format.
func (m *Meta) Older() error {
	if m.Format >= Format && len(m.Unsettled.Repairs) == 0 {
		return nil
	}
	return &OlderFormatError{Have: m.Format, Fault: schema.Fault{
		Reason: fmt.Sprintf("the database has format %d, and has yet to be brought to format %d", min(m.Format, Format-1), Format),
		Hint:   "bring it up to date first: what is there stays as it is, in another form",
	}}
}

// FactsPending reports whether what entities show is yet to be derived anew.
func (m *Meta) FactsPending() bool {
	return m.Unsettled.All || slices.Contains(m.Unsettled.Repairs, rivalsRepair) || slices.Contains(RepairNames(m.Format), rivalsRepair)
}

// NewerFormatError refuses a database that a newer orbat wrote (law 18).
type NewerFormatError struct {
	schema.Fault
	Have int // the database's format
}

// OlderFormatError says that a database has to be brought up to date first (law 18).
type OlderFormatError struct {
	schema.Fault
	Have int // the database's format
}

// Meta returns what the database says of itself now, but for its ontology; nil: it is nobody's yet.
func (g *Graph) Meta(ctx context.Context) (m *Meta, err error) {
	if g.Empty {
		return nil, nil //nolint:nilnil // nothing is read from it
	}
	err = g.Retry(ctx, "read what the database is", func() error {
		m, err = readMeta(ctx, g.DB.NewReadOnlyTxn(), "")
		return err
	})
	return m, err
}

// repairGraph runs the steps that are left. The caller is alone with the graph, and nothing else is left to do.
func (s *Session) repairGraph(ctx context.Context, names []string) error {
	known := repairs()
	for _, name := range names {
		i := slices.IndexFunc(known, func(step repair) bool { return step.name == name })
		if i < 0 {
			return fmt.Errorf("the database is left half-way through a repair that this orbat does not know: %q", name)
		}
		if s.OnRepair != nil {
			s.OnRepair(known[i].doc)
		}
		if err := known[i].run(ctx, s); err != nil {
			return fmt.Errorf("bring the database to format %d (%s): %w", known[i].format, known[i].doc, err)
		}
		err := s.changeMeta(ctx, func(m *Meta, mutation *api.Mutation) {
			m.Unsettled.Repairs = slices.DeleteFunc(m.Unsettled.Repairs, func(of string) bool { return of == name })
			mutation.Set = append(mutation.Set, m.Unsettled.Quad(m.UID))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
