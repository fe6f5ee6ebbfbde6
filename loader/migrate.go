package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"go.yaml.in/yaml/v3"

	"orbat/loader/commit"
	"orbat/schema"
)

// Format is the number of the physical layout this orbat writes. It grows when a database of the older layout can no
// longer be read as it is.
const Format = 1

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

// applied reads the ontology and its text as it stands in a transaction's snapshot.
func applied(ctx context.Context, txn *dgo.Txn) (*schema.Ontology, string, error) {
	answer, err := txn.Query(ctx, `{ q(func: has(orbat.meta)) { orbat.format orbat.ontology } }`)
	if err != nil {
		return nil, "", fmt.Errorf("read the applied ontology: %w", err)
	}
	var found struct {
		Q []struct {
			Format   int    `json:"orbat.format"`
			Ontology string `json:"orbat.ontology"`
		}
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return nil, "", fmt.Errorf("read the applied ontology: %w", err)
	}
	if len(found.Q) == 0 {
		return nil, "", &NoSchemaError{}
	}
	if found.Q[0].Format > Format {
		return nil, "", &NewerFormatError{Have: found.Q[0].Format, Fault: schema.Fault{
			Reason: fmt.Sprintf("the database has format %d; this orbat knows up to %d", found.Q[0].Format, Format),
			Hint:   "use the newer orbat that wrote it",
		}}
	}
	ontology, err := (&schema.Ontology{}).Extend("the database's ontology", []byte(found.Q[0].Ontology))
	if err != nil {
		return nil, "", fmt.Errorf("read the applied ontology: %w", err)
	}
	return ontology, found.Q[0].Ontology, nil
}

// Migration is what bringing a database to an ontology takes.
type Migration struct {
	Ontology *schema.Ontology // the one to work under: the wanted, or the applied where that says more
	Diff     schema.Diff      // of the ontology and of Dgraph's schema
	Empty    bool             // the database was never orbat's
	needed   bool
	stored   string // the ontology's text that the plan was made against
	grown    bool   // known types have new properties: what was claimed of them before shows now
}

// PlanMigration compares a database to the wanted ontology without writing. Migration is additive (law 18): anything
// else and a foreign predicate of one of our names are refused by a *[schema.MigrationError] with a diff, a newer
// format by a *[NewerFormatError].
func PlanMigration(ctx context.Context, db DB, wanted *schema.Ontology) (*Migration, error) {
	m := &Migration{Ontology: wanted}
	have, stored, err := applied(ctx, db.NewReadOnlyTxn())
	var none *NoSchemaError
	switch {
	case errors.As(err, &none):
		m.Empty = true
	case err != nil:
		return nil, err
	default:
		m.stored = stored
		incomplete := have
		have = have.Complete(wanted)
		m.Diff = schema.DiffOntology(have, wanted)
		if m.Diff.Err() != nil && schema.DiffOntology(wanted, have).Err() == nil {
			m.Ontology, m.Diff = have, nil // loaded before with a file of the user's own: nothing of it is taken back
		}
		m.Diff = append(m.Diff, schema.DiffOntology(incomplete, have).Of(schema.Reworded)...)
		m.grown = grown(have, m.Ontology)
	}
	answer, err := db.NewReadOnlyTxn().Query(ctx, "schema {}")
	if err != nil {
		return nil, fmt.Errorf("read the database's schema: %w", err)
	}
	physical, err := schema.DiffDgraph(answer.GetJson(), m.Ontology)
	if err != nil {
		return nil, err
	}
	m.needed = m.Empty || len(m.Diff) > 0 || len(physical.Of(schema.Added)) > 0
	m.Diff = append(m.Diff, physical...)
	return m, m.Diff.Err()
}

// grown reports whether a type of one ontology has a property in the other that it lacks, or a name that was none.
func grown(have, wanted *schema.Ontology) bool {
	for _, t := range have.Types {
		for _, p := range wanted.Type(t.Name).Properties {
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
// types grow, what was claimed of them before is derived anew. Its errors are those of [PlanMigration].
func Migrate(ctx context.Context, db DB, wanted *schema.Ontology) (*schema.Ontology, error) {
	for range maxMigrations {
		m, err := PlanMigration(ctx, db, wanted)
		if err != nil {
			return nil, err
		}
		if !m.needed {
			return m.Ontology, nil
		}
		err = m.apply(ctx, db)
		if errors.Is(err, errOvertaken) {
			continue // plan against what the rival made
		}
		if err == nil && m.grown {
			err = (&Loader{DB: db, Ontology: m.Ontology}).Settle(ctx)
		}
		return m.Ontology, err
	}
	return nil, errOvertaken
}

func (m *Migration) apply(ctx context.Context, db DB) error {
	g := &commit.Graph{DB: db}
	err := g.Retry(ctx, "apply the schema", func() error {
		return db.Alter(ctx, &api.Operation{Schema: m.Ontology.DgraphSchema()})
	})
	if err != nil {
		return err
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
	_, stored, err := applied(ctx, txn)
	var none *NoSchemaError
	if err != nil && !errors.As(err, &none) {
		return err
	}
	if stored != m.stored {
		return errOvertaken
	}
	node, err := commit.UIDOf(ctx, txn, "orbat.meta", commit.MetaName)
	if err != nil {
		return err
	}
	if node == "" {
		node = "_:meta"
	}
	mutation := &api.Mutation{CommitNow: true, Set: metaQuads(node, text)}
	if m.grown {
		mutation.Set = append(mutation.Set, commit.ValueQuad(node, commit.UnsettledPredicate, `{"all":true}`))
	}
	_, err = txn.Mutate(ctx, mutation)
	return err
}
