package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dgraph-io/dgo/v230"

	"orbat/schema"
)

// DB is what queries need of a connection: read-only transactions, which see one snapshot each. *dgo.Dgraph
// satisfies it.
type DB interface{ NewReadOnlyTxn() *dgo.Txn }

// snapshot is one read-only transaction: all looks of one answer agree.
type snapshot struct {
	txn      *dgo.Txn
	ontology *schema.Ontology

	sight    *sight          // nil: everything may be seen
	merges   *merges         // nil: not read yet
	rejected map[string]bool // nil: not read yet
	spent    *meter
}

func newSnapshot(db DB, ontology *schema.Ontology) *snapshot {
	return &snapshot{txn: db.NewReadOnlyTxn(), ontology: ontology, spent: newMeter()}
}

// query runs DQL with variables and decodes the answer.
func (s *snapshot) query(ctx context.Context, dql string, vars map[string]string, into any) error {
	answer, err := s.txn.QueryWithVars(ctx, dql, vars)
	if err != nil {
		return err
	}
	s.spent.add(answer)
	if err := json.Unmarshal(answer.GetJson(), into); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// merges tells which entities decisions made one (law 10).
type merges struct {
	rep     map[string]string   // member → representative, by xid
	members map[string][]string // representative → the other members, sorted
	uid     map[string]string   // of all of them, by xid
	byUID   map[string]string   // their xids
}

// readMerges gives what is one for those who ask.
func (s *snapshot) readMerges(ctx context.Context) (*merges, error) {
	if s.sight != nil {
		return s.sight.readSeenMerges(ctx)
	}
	return s.readDrawnMerges(ctx)
}

// readDrawnMerges gives what all decisions make one: the graph has edges and values on the representatives alone.
func (s *snapshot) readDrawnMerges(ctx context.Context) (*merges, error) {
	err := s.readDecisions(ctx)
	return s.merges, err
}

// decisionsDQL asks for merges, a page at a time, and with the first one for what was rejected: both are wanted together, and mostly
// there is nothing of either.
const decisionsDQL = `query q($after: string, $xid: string) {
	reps(func: has(entity.rep), first: 5000, after: $after) { uid xid entity.rep { uid xid } }
	decisions(func: eq(xid, $xid)) { claims: ~claim.subject { ` + schema.ClaimFields + ` } } }`

// decisionsPage is how many merges decisionsDQL asks for.
const decisionsPage = 5000

// readDecisions reads what people decided of entities and claims.
func (s *snapshot) readDecisions(ctx context.Context) error {
	if s.merges != nil {
		return nil
	}
	m := &merges{rep: map[string]string{}, members: map[string][]string{}, uid: map[string]string{}, byUID: map[string]string{}}
	for after, decisions := "0x0", schema.DatasetSource(schema.DecisionsDataset); ; decisions = "" {
		var page struct {
			Reps []struct {
				UID, XID string
				Rep      struct{ UID, XID string } `json:"entity.rep"`
			}
			Decisions []struct{ Claims json.RawMessage }
		}
		if err := s.query(ctx, decisionsDQL, map[string]string{"$after": after, "$xid": decisions}, &page); err != nil {
			return fmt.Errorf("read decisions: %w", err)
		}
		if s.rejected == nil {
			rejected, err := rejections(page.Decisions)
			if err != nil {
				return err
			}
			s.rejected = rejected
		}
		for _, n := range page.Reps {
			after = n.UID
			m.rep[n.XID] = n.Rep.XID
			m.members[n.Rep.XID] = append(m.members[n.Rep.XID], n.XID)
			m.uid[n.XID], m.uid[n.Rep.XID] = n.UID, n.Rep.UID
			m.byUID[n.UID], m.byUID[n.Rep.UID] = n.XID, n.Rep.XID
		}
		if len(page.Reps) < decisionsPage {
			break
		}
	}
	for _, members := range m.members {
		slices.Sort(members)
	}
	s.merges = m
	return nil
}

// rejections gives the keys of the claims that a person rejected.
func rejections(nodes []struct{ Claims json.RawMessage }) (map[string]bool, error) {
	rejected := map[string]bool{}
	for _, node := range nodes {
		claims, err := schema.DecodeClaims(node.Claims)
		if err != nil {
			return nil, err
		}
		for _, claim := range claims {
			if claim.Stands && claim.Draws() && claim.Predicate == schema.Reject {
				rejected[claim.Claim.Value] = true
			}
		}
	}
	return rejected, nil
}

// What asks whether a claim touches an entity, or what is merged into it (law 5): one that stands and is no decision.
const (
	decidedBlock   = `var(func: eq(dataset.name, "` + schema.DecisionsDataset + `")) { ~load.dataset { decided as ~claim.load } }`
	standing       = ` (first: 1) @filter(NOT has(claim.standing) AND NOT uid(decided)) { uid } `
	touchingSides  = ` s: ~claim.subject` + standing + `o: ~claim.object` + standing + `c: ~claim.cites` + standing + `a: ~claim.attributed` + standing
	touchingFields = touchingSides + `m: ~entity.rep {` + touchingSides + `}`
)

// touched reports whether any claim touches an entity. A bare node may stay when its claims go (law 5).
func (s *snapshot) touched(ctx context.Context, uid string) (bool, error) {
	var found struct{ Q []json.RawMessage }
	err := s.query(ctx, "query q($uid: string) { "+decidedBlock+" q(func: uid($uid)) {"+touchingFields+"} }", map[string]string{"$uid": uid}, &found)
	return len(found.Q) > 0, err
}

// all gives the xids of an entity and of all that is one with it.
func (m *merges) all(xid string) []string {
	return append([]string{xid}, m.members[xid]...)
}

// repOf gives the entity that a member is shown as: itself where it is one with no other.
func (m *merges) repOf(xid string) string {
	if rep, merged := m.rep[xid]; merged {
		return rep
	}
	return xid
}

// whole gives all that is one with an entity, whichever of them it is.
func (m *merges) whole(xid string) []string { return m.all(m.repOf(xid)) }

// readRejected gives the keys of the claims that a person rejected.
func (s *snapshot) readRejected(ctx context.Context) (map[string]bool, error) {
	err := s.readDecisions(ctx)
	return s.rejected, err
}
