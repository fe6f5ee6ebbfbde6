package loader

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"go.yaml.in/yaml/v3"

	"orbat/loader/commit"
	"orbat/schema"
)

// Format is the number of what a database of this orbat holds and how.
const Format = commit.Format

// Applied returns the ontology that a database was last written under; a *[NoSchemaError] if it was never.
func Applied(ctx context.Context, db DB) (*schema.Ontology, error) {
	ontology, _, err := applied(ctx, db.NewReadOnlyTxn())
	if err != nil {
		return nil, err
	}
	own, err := schema.Default()
	if err != nil {
		return nil, err
	}
	return ontology.Complete(own), nil
}

// applied reads the ontology, and what else a database says of itself, as it stands in a transaction's snapshot.
func applied(ctx context.Context, txn *dgo.Txn) (*schema.Ontology, *commit.Meta, error) {
	meta, err := commit.ReadMeta(ctx, txn)
	switch {
	case err != nil:
		return nil, nil, err
	case meta == nil:
		return nil, nil, &NoSchemaError{}
	}
	ontology, err := (&schema.Ontology{}).Extend("the database's ontology", []byte(meta.Ontology))
	if err != nil {
		return nil, nil, fmt.Errorf("read the applied ontology: %w", err)
	}
	return ontology, meta, nil
}

// Migration is what bringing a database to an ontology, and to this orbat's format, takes.
type Migration struct {
	Ontology *schema.Ontology // the one to work under: the wanted, or the applied where that says more
	Diff     schema.Diff      // of the ontology and of Dgraph's schema
	Empty    bool             // the database was never orbat's
	Repairs  []string         // what is done to what is there, where an older orbat wrote it, in words

	needed   bool
	alters   bool             // Dgraph's schema changes
	stored   string           // the ontology's text that the plan was made against
	from     int              // the database's format then
	grown    bool             // known types have new properties: what was claimed of them before shows now
	unsettle commit.Unsettled // what is left to do behind it
}

// PlanMigration compares a database to the wanted ontology without writing. Migration is additive (law 18): anything
// else and a foreign predicate of one of our names are refused by a *[schema.MigrationError] with a diff, a newer
// format by a *[NewerFormatError].
func PlanMigration(ctx context.Context, db DB, wanted *schema.Ontology) (*Migration, error) {
	m := &Migration{Ontology: wanted}
	have, meta, err := applied(ctx, db.NewReadOnlyTxn())
	var none *NoSchemaError
	switch {
	case errors.As(err, &none):
		m.Empty = true
	case err != nil:
		return nil, err
	default:
		m.stored, m.from = meta.Ontology, meta.Format
		m.unsettle.Repairs = commit.RepairNames(meta.Format)
		for _, name := range meta.Unsettled.Join(m.unsettle).Repairs {
			m.Repairs = append(m.Repairs, commit.RepairDoc(name))
		}
		incomplete := have
		have = have.Complete(wanted)
		m.Diff = schema.DiffOntology(have, wanted)
		if m.Diff.Err() != nil && schema.DiffOntology(wanted, have).Err() == nil {
			m.Ontology, m.Diff = have, nil // loaded before with a file of the user's own: nothing of it is taken back
		} else if m.Diff.Err() != nil { // and this orbat, or another file, says more in its turn
			if both, err := wanted.With(have); err == nil && schema.DiffOntology(have, both).Err() == nil {
				m.Ontology, m.Diff = both, schema.DiffOntology(have, both)
			}
		}
		m.Diff = append(m.Diff, schema.DiffOntology(incomplete, have).Of(schema.Reworded)...)
		m.grown = grown(have, m.Ontology)
		m.unsettle.All = m.grown
	}
	answer, err := db.NewReadOnlyTxn().Query(ctx, "schema {}")
	if err != nil {
		return nil, fmt.Errorf("read the database's schema: %w", err)
	}
	physical, err := schema.DiffDgraph(answer.GetJson(), m.Ontology)
	if err != nil {
		return nil, err
	}
	m.alters = m.Empty || len(m.Diff) > 0 || len(physical.Of(schema.Added)) > 0
	m.needed = m.alters || m.from < Format
	m.Diff = append(m.Diff, physical...)
	return m, m.Diff.Err()
}

// grown reports whether a type of one ontology has a property in the other that it lacks, or a name that was none.
func grown(have, wanted *schema.Ontology) bool {
	for _, t := range have.Types {
		of := wanted.Type(t.Name)
		if of == nil {
			continue // taken away: a conflict
		}
		for _, p := range of.Properties {
			if t.Property(p.Name) == nil || wanted.IsName(p.Name) && !have.IsName(p.Name) {
				return true
			}
		}
	}
	return false
}

// maxMigrations bounds how often a migration starts anew because a rival's came first.
const maxMigrations = 20

// errOvertaken says that a rival has migrated since the plan was made.
var errOvertaken = errors.New("another loader migrated the database at the same time")

// Migrate makes a database ready to be loaded under the wanted ontology and returns the one to work under. Where known
// types grow, what was claimed of them before is derived anew; what a database of an older format holds is repaired.
// Its errors are those of [PlanMigration].
func Migrate(ctx context.Context, db DB, wanted *schema.Ontology) (*schema.Ontology, error) {
	return (&Loader{DB: db}).Migrate(ctx, wanted)
}

// Migrate does what the function of this name does, and tells the loader's listeners what it waits for.
func (l *Loader) Migrate(ctx context.Context, wanted *schema.Ontology) (*schema.Ontology, error) {
	db := l.DB
	for range maxMigrations {
		m, err := PlanMigration(ctx, db, wanted)
		if err != nil {
			return nil, err
		}
		if m.needed {
			err = m.apply(ctx, db)
		}
		if errors.Is(err, errOvertaken) {
			continue // plan against what the rival made
		}
		if err == nil && (m.grown || len(m.Repairs) > 0) {
			l := *l
			l.Ontology = m.Ontology
			err = l.Settle(ctx)
		}
		return m.Ontology, err
	}
	return nil, errOvertaken
}

func (m *Migration) apply(ctx context.Context, db DB) error {
	g := &commit.Graph{DB: db}
	if m.alters {
		err := g.Retry(ctx, "apply the schema", func() error {
			return db.Alter(ctx, &api.Operation{Schema: m.Ontology.DgraphSchema()})
		})
		if err != nil {
			return err
		}
	}
	text, err := yaml.Marshal(m.Ontology)
	if err != nil {
		return fmt.Errorf("write the ontology: %w", err)
	}
	return g.Retry(ctx, "note the ontology", func() error { return m.note(ctx, db, string(text)) })
}

// metaQuads note an ontology, as text, at a node.
func metaQuads(node, text string) []*api.NQuad {
	return []*api.NQuad{
		commit.ValueQuad(node, "orbat.meta", commit.MetaName),
		commit.ValueQuad(node, "orbat.format", strconv.Itoa(Format)),
		commit.ValueQuad(node, "orbat.ontology", text),
	}
}

// note writes the ontology, unless it is no longer the one that the plan was made against. The node is always written,
// so that rivals collide.
func (m *Migration) note(ctx context.Context, db DB, text string) error {
	txn := db.NewTxn()
	defer txn.Discard(context.WithoutCancel(ctx))
	_, now, err := applied(ctx, txn)
	var none *NoSchemaError
	switch {
	case errors.As(err, &none):
		now = &commit.Meta{UID: "_:meta", Format: Format}
	case err != nil:
		return err
	}
	if now.Ontology != m.stored || !m.Empty && now.Format != m.from {
		return errOvertaken
	}
	mutation := &api.Mutation{CommitNow: true, Set: metaQuads(now.UID, text)}
	if left := now.Unsettled.Join(m.unsettle); !left.IsZero() {
		mutation.Set = append(mutation.Set, left.Quad(now.UID))
	}
	_, err = txn.Mutate(ctx, mutation)
	return err
}
