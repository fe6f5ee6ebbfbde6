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

	"orbat/schema"
)

// Format is the number of the physical layout this orbat writes. It grows when a database of the older layout can no
// longer be read as it is.
const Format = 1

// metaName is the value of orbat.meta on the one node that says what a database is.
const metaName = "orbat"

// NoSchema says that a database holds nothing of orbat's.
type NoSchema struct{}

func (*NoSchema) Error() string { return "the database has no orbat schema yet" }

// Hint says what to type.
func (*NoSchema) Hint() string { return "orbat load FILE, or orbat schema apply" }

// NewerFormat refuses a database that a newer orbat wrote (law 18).
type NewerFormat struct{ Have, Known int }

func (e *NewerFormat) Error() string {
	return fmt.Sprintf("the database has format %d; this orbat knows up to %d", e.Have, e.Known)
}

// Hint says what to do.
func (*NewerFormat) Hint() string { return "use the newer orbat that wrote it" }

// Applied reads the ontology that a database was last written under; a *NoSchema error if it was never.
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
		return nil, "", &NoSchema{}
	}
	if found.Q[0].Format > Format {
		return nil, "", &NewerFormat{found.Q[0].Format, Format}
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
	Fresh    bool             // the database was never orbat's
	needed   bool
	stored   string // the ontology's text that the plan was made against
	grown    bool   // known types have new properties: what was claimed of them before shows now
}

// PlanMigration compares a database to the wanted ontology without writing. Migration is additive (law 18): anything
// else, a foreign predicate of one of our names and a newer format are refused with a diff.
func PlanMigration(ctx context.Context, db DB, wanted *schema.Ontology) (*Migration, error) {
	m := &Migration{Ontology: wanted}
	have, stored, err := applied(ctx, db.NewReadOnlyTxn())
	var none *NoSchema
	switch {
	case errors.As(err, &none):
		m.Fresh = true
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
	m.needed = m.Fresh || len(m.Diff) > 0 || len(physical.Of(schema.Added)) > 0
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

// Migrate makes a database ready to be loaded under the wanted ontology and gives the one to work under. Where known
// types grow, what was claimed of them before is derived anew.
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
	err := retry(ctx, "apply the schema", func() error {
		return db.Alter(ctx, &api.Operation{Schema: m.Ontology.DgraphSchema()})
	})
	if err != nil {
		return err
	}
	text, err := yaml.Marshal(m.Ontology)
	if err != nil {
		return fmt.Errorf("write the ontology: %w", err)
	}
	return retry(ctx, "note the ontology", func() error { return m.note(ctx, db, string(text)) })
}

// metaQuads note an ontology, as text, at a node.
func metaQuads(node, text string) []*api.NQuad {
	return []*api.NQuad{
		valueQuad(node, "orbat.meta", metaName),
		valueQuad(node, "orbat.format", strconv.Itoa(Format)),
		valueQuad(node, "orbat.ontology", text),
	}
}

// note writes the ontology, unless it is no longer the one that the plan was made against. The node is always written,
// so that rivals collide.
func (m *Migration) note(ctx context.Context, db DB, text string) error {
	txn := db.NewTxn()
	defer discard(ctx, txn)
	_, stored, err := applied(ctx, txn)
	var none *NoSchema
	if err != nil && !errors.As(err, &none) {
		return err
	}
	if stored != m.stored {
		return errOvertaken
	}
	node, err := uidOf(ctx, txn, "orbat.meta", metaName)
	if err != nil {
		return err
	}
	if node == "" {
		node = "_:meta"
	}
	mutation := &api.Mutation{CommitNow: true, Set: metaQuads(node, text)}
	if m.grown {
		mutation.Set = append(mutation.Set, valueQuad(node, unsettledPredicate, `{"all":true}`))
	}
	_, err = txn.Mutate(ctx, mutation)
	return err
}
