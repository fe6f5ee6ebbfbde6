package commit

import (
	"context"
	"encoding/json"
	"iter"
	"strconv"
	"strings"
	"sync"

	"github.com/dgraph-io/dgo/v230"

	"orbat/schema"
)

// DB is what transactions need of a connection; *dgo.Dgraph satisfies it.
type DB interface {
	NewTxn() *dgo.Txn
	NewReadOnlyTxn() *dgo.Txn
}

// Graph is a database under one ontology, and how it is asked.
type Graph struct {
	DB       DB
	Ontology *schema.Ontology
	Empty    bool         // the database has no schema yet: nothing is read from it
	OnRetry  func(Retry)  // told once for each reason why work has to wait; nil: nobody is
	OnRepair func(string) // told of each step that brings the database to this format (law 18); nil: nobody is

	mu   sync.Mutex
	told map[string]bool // reasons
}

// Ask runs one read-only query and decodes its answer. A database without a schema answers nothing.
func (g *Graph) Ask(ctx context.Context, what, dql string, vars map[string]string, into any) error {
	if g.Empty {
		return nil
	}
	return g.Retry(ctx, what, func() error {
		answer, err := g.DB.NewReadOnlyTxn().QueryWithVars(ctx, dql, vars)
		if err != nil {
			return err
		}
		return json.Unmarshal(answer.GetJson(), into)
	})
}

// AskEach runs one read-only query for the nodes of which a predicate has one of some values, and decodes its block q.
func (g *Graph) AskEach(ctx context.Context, what, predicate string, values []string, fields string, into any) error {
	list, vars := ListVariables("v", values)
	return g.Ask(ctx, what, "query q("+list.Declared+") { q(func: eq("+predicate+", ["+list.Used+"])) { "+fields+" } }", vars, into)
}

// Claims returns the claims of a query with $first and $after, which answers in its block q.
func (g *Graph) Claims(ctx context.Context, what, dql string, first int) iter.Seq2[*schema.StoredClaim, error] {
	return schema.ClaimPages(func(after string) (json.RawMessage, error) {
		var page struct{ Q json.RawMessage }
		err := g.Ask(ctx, what, dql, map[string]string{"$first": strconv.Itoa(first), "$after": after}, &page)
		return page.Q, err
	})
}

// ClaimsAt returns the claims of a query with $at, $first and $after, which answers in the block claims of the one node
// in its block q.
func (g *Graph) ClaimsAt(ctx context.Context, what, dql, at string, first int) iter.Seq2[*schema.StoredClaim, error] {
	return schema.ClaimPages(func(after string) (json.RawMessage, error) {
		var page struct {
			Q []struct{ Claims json.RawMessage }
		}
		err := g.Ask(ctx, what, dql, map[string]string{"$at": at, "$first": strconv.Itoa(first), "$after": after}, &page)
		if err != nil || len(page.Q) == 0 {
			return nil, err
		}
		return page.Q[0].Claims, nil
	})
}

// Node is a node with an xid, or one that lacks it by mistake.
type Node struct {
	UID, XID string
	Fields   map[string]json.RawMessage // what else was asked for
}

// Nodes returns the nodes that have a predicate, with some fields, in the order of their uids.
func (g *Graph) Nodes(ctx context.Context, predicate, fields string) iter.Seq2[Node, error] {
	const nodesPerPage = 2000
	q := "query q($after: string, $first: int) { q(func: has(" + predicate + "), first: $first, after: $after) { uid xid " + fields + " } }"
	return func(yield func(Node, error) bool) {
		for after := "0x0"; ; {
			var page struct{ Q []map[string]json.RawMessage }
			err := g.Ask(ctx, "read the nodes", q, map[string]string{"$first": strconv.Itoa(nodesPerPage), "$after": after}, &page)
			for _, fields := range page.Q {
				n := Node{Fields: fields}
				if err = json.Unmarshal(fields["uid"], &n.UID); err == nil && fields["xid"] != nil {
					err = json.Unmarshal(fields["xid"], &n.XID)
				}
				if err != nil {
					break
				}
				delete(fields, "uid")
				delete(fields, "xid")
				after = n.UID
				if !yield(n, nil) {
					return
				}
			}
			if err != nil {
				yield(Node{}, err)
			}
			if err != nil || len(page.Q) == 0 {
				return
			}
		}
	}
}

// Decisions returns the decisions in the graph, standing and undone.
func (g *Graph) Decisions(ctx context.Context) iter.Seq2[*schema.StoredClaim, error] {
	return g.Claims(ctx, "read the decisions", schema.EveryDecision, schema.ClaimsPerPage)
}

// StandingDecisions returns the decisions that stand.
func (g *Graph) StandingDecisions(ctx context.Context) ([]*schema.Claim, error) {
	var standing []*schema.Claim
	for claim, err := range g.Decisions(ctx) {
		if err != nil {
			return nil, err
		}
		if claim.Stands {
			standing = append(standing, &claim.Claim)
		}
	}
	return standing, nil
}

// ReadMerges returns what the decisions that stand amount to.
func (g *Graph) ReadMerges(ctx context.Context) (*schema.Merges, error) {
	decisions, err := g.StandingDecisions(ctx)
	return schema.Decide(decisions), err
}

// Variables are the two forms of a list of DQL variables: "$x0: string, $x1: string" and "$x0, $x1". Dgraph takes a
// list only so, not as one JSON string.
type Variables struct{ Declared, Used string }

// ListVariables returns variables for a list of values, and the values by variable.
func ListVariables(prefix string, values []string) (Variables, map[string]string) {
	var declared, used strings.Builder
	vars := make(map[string]string, len(values))
	for i, value := range values {
		name := "$" + prefix + strconv.Itoa(i)
		vars[name] = value
		if i > 0 {
			declared.WriteString(", ")
			used.WriteString(", ")
		}
		declared.WriteString(name + ": string")
		used.WriteString(name)
	}
	return Variables{declared.String(), used.String()}, vars
}

// discard ends a transaction whatever became of it; after a commit it does nothing. The context may be done already.
func discard(ctx context.Context, txn *dgo.Txn) { _ = txn.Discard(context.WithoutCancel(ctx)) }
