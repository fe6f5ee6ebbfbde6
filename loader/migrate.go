package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

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
	answer, err := db.NewReadOnlyTxn().Query(ctx, `{ q(func: has(orbat.meta)) { orbat.format orbat.ontology } }`)
	if err != nil {
		return nil, fmt.Errorf("read the applied ontology: %w", err)
	}
	var found struct {
		Q []struct {
			Format   int    `json:"orbat.format"`
			Ontology string `json:"orbat.ontology"`
		}
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return nil, fmt.Errorf("read the applied ontology: %w", err)
	}
	if len(found.Q) == 0 {
		return nil, &NoSchema{}
	}
	if found.Q[0].Format > Format {
		return nil, &NewerFormat{found.Q[0].Format, Format}
	}
	ontology, err := (&schema.Ontology{}).Extend("the database's ontology", []byte(found.Q[0].Ontology))
	if err != nil {
		return nil, fmt.Errorf("read the applied ontology: %w", err)
	}
	return ontology, nil
}

// Migration is what bringing a database to an ontology takes.
type Migration struct {
	Ontology *schema.Ontology // the one to work under: the wanted, or the applied where that says more
	Diff     schema.Diff      // of the ontology and of Dgraph's schema
	fresh    bool             // the database was never orbat's
	needed   bool
}

// PlanMigration compares a database to the wanted ontology without writing. Migration is additive (law 18): anything
// else, a foreign predicate of one of our names and a newer format are refused with a diff.
func PlanMigration(ctx context.Context, db DB, wanted *schema.Ontology) (*Migration, error) {
	m := &Migration{Ontology: wanted}
	applied, err := Applied(ctx, db)
	var none *NoSchema
	switch {
	case errors.As(err, &none):
		m.fresh = true
	case err != nil:
		return nil, err
	default:
		m.Diff = schema.DiffOntology(applied, wanted)
		if m.Diff.Err() != nil && schema.DiffOntology(wanted, applied).Err() == nil {
			m.Ontology, m.Diff = applied, nil // loaded before with a file of the user's own: nothing of it is taken back
		}
	}
	answer, err := db.NewReadOnlyTxn().Query(ctx, "schema {}")
	if err != nil {
		return nil, fmt.Errorf("read the database's schema: %w", err)
	}
	physical, err := schema.DiffDgraph(answer.GetJson(), m.Ontology)
	if err != nil {
		return nil, err
	}
	m.needed = m.fresh || len(m.Diff) > 0 || len(physical.Of(schema.Added)) > 0
	m.Diff = append(m.Diff, physical...)
	return m, m.Diff.Err()
}

// Migrate makes a database ready to be loaded under the wanted ontology and gives the one to work under.
func Migrate(ctx context.Context, db DB, wanted *schema.Ontology) (*schema.Ontology, error) {
	m, err := PlanMigration(ctx, db, wanted)
	if err != nil {
		return nil, err
	}
	if !m.needed {
		return m.Ontology, nil
	}
	err = retry(ctx, "apply the schema", func() error {
		return db.Alter(ctx, &api.Operation{Schema: m.Ontology.DgraphSchema()})
	})
	if err != nil {
		return nil, err
	}
	text, err := yaml.Marshal(m.Ontology)
	if err != nil {
		return nil, fmt.Errorf("write the ontology: %w", err)
	}
	return m.Ontology, retry(ctx, "note the ontology", func() error { return noteOntology(ctx, db, string(text)) })
}

func noteOntology(ctx context.Context, db DB, text string) error {
	txn := db.NewTxn()
	defer discard(txn)
	answer, err := txn.QueryWithVars(ctx, `query q($name: string) { q(func: eq(orbat.meta, $name)) { uid } }`, map[string]string{"$name": metaName})
	if err != nil {
		return err
	}
	var found struct{ Q []struct{ UID string } }
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return err
	}
	node := "_:meta"
	if len(found.Q) > 0 {
		node = found.Q[0].UID
	}
	_, err = txn.Mutate(ctx, &api.Mutation{CommitNow: true, Set: []*api.NQuad{
		valueQuad(node, "orbat.meta", metaName),
		valueQuad(node, "orbat.format", strconv.Itoa(Format)),
		valueQuad(node, "orbat.ontology", text),
	}})
	return err
}
