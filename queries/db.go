package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
	"github.com/valyala/fastjson"

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
	reading  *merges         // the pages read so far, until the last
	rejected map[string]bool // nil: not read yet
	spent    *meter
	sent     func(dql string, vars map[string]string) // nil: nobody wants to know
}

func newSnapshot(db DB, ontology *schema.Ontology) *snapshot {
	return &snapshot{txn: db.NewReadOnlyTxn(), ontology: ontology, spent: newMeter()}
}

// send sends one request.
func (s *snapshot) send(ctx context.Context, dql string, vars map[string]string) (*api.Response, error) {
	if s.sent != nil {
		s.sent(dql, vars)
	}
	answer, err := s.txn.QueryWithVars(ctx, dql, vars)
	if err == nil {
		s.spent.add(answer)
	}
	return answer, err
}

// query runs DQL with variables and decodes the answer.
func (s *snapshot) query(ctx context.Context, dql string, vars map[string]string, into any) error {
	answer, err := s.send(ctx, dql, vars)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer.GetJson(), into); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// blocks runs DQL with variables and gives the blocks of its answer by name. What is read of them is most of orbat's own share in the
// time of an answer: they are parsed once, and walked.
func (s *snapshot) blocks(ctx context.Context, dql string, vars map[string]string) (map[string]*fastjson.Value, error) {
	answer, err := s.send(ctx, dql, vars)
	if err != nil {
		return nil, err
	}
	all, err := fastjson.ParseBytes(answer.GetJson())
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	object, err := all.Object()
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	blocks := map[string]*fastjson.Value{}
	object.Visit(func(name []byte, block *fastjson.Value) { blocks[string(name)] = block })
	return blocks, nil
}

// textIn is a field's text, empty where it has none.
func textIn(v *fastjson.Value, field string) string { return string(v.GetStringBytes(field)) }

// merges tells which entities decisions made one (law 10).
type merges struct {
	rep     map[string]string   // member → representative, by xid
	members map[string][]string // representative → the other members, sorted
	uid     map[string]string   // of all of them, by xid
	byUID   map[string]string   // their xids
	last    string              // uid of the last member read
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

// decisionsPage is how many merges one look brings.
const decisionsPage = 5000

// decisionBlocks ask for merges, a page at a time, and for what was rejected: both are wanted together, and mostly there is nothing of
// either. decided is a variable that holds the xid of the decisions' data set.
func decisionBlocks(after, decided string) string {
	return fmt.Sprintf(" orbat_reps(func: has(entity.rep), first: %d, after: %s) { uid xid entity.rep { uid xid } }", decisionsPage, after) +
		" orbat_decisions(func: eq(xid, " + decided + ")) { claims: ~claim.subject { " + schema.ClaimFields + " } } "
}

// readDecisions reads what people decided of entities and claims.
func (s *snapshot) readDecisions(ctx context.Context) error {
	for s.merges == nil {
		vars := map[string]string{"$after": "0x0", "$decided": schema.DatasetSource(schema.DecisionsDataset)}
		if s.reading != nil {
			vars = map[string]string{"$after": s.reading.last, "$decided": ""}
		}
		page, err := s.blocks(ctx, "query q($after: string, $decided: string) {"+decisionBlocks("$after", "$decided")+"}", vars)
		if err != nil {
			return fmt.Errorf("read decisions: %w", err)
		}
		if err := s.takeDecisions(page); err != nil {
			return err
		}
	}
	return nil
}

// takeDecisions takes a page of decisions. They are known when merges is set: the last page, mostly the first, is not full.
func (s *snapshot) takeDecisions(page map[string]*fastjson.Value) error {
	if s.rejected == nil {
		rejected, err := rejections(page["orbat_decisions"])
		if err != nil {
			return err
		}
		s.rejected = rejected
	}
	m := s.reading
	if m == nil {
		m = &merges{rep: map[string]string{}, members: map[string][]string{}, uid: map[string]string{}, byUID: map[string]string{}}
		s.reading = m
	}
	members := page["orbat_reps"].GetArray()
	for _, n := range members {
		uid, xid := textIn(n, "uid"), textIn(n, "xid")
		repUID, rep := textIn(n.Get("entity.rep"), "uid"), textIn(n.Get("entity.rep"), "xid")
		m.last = uid
		m.rep[xid] = rep
		m.members[rep] = append(m.members[rep], xid)
		m.uid[xid], m.uid[rep] = uid, repUID
		m.byUID[uid], m.byUID[repUID] = xid, rep
	}
	if len(members) == decisionsPage {
		return nil
	}
	for _, members := range m.members {
		slices.Sort(members)
	}
	s.merges, s.reading = m, nil
	return nil
}

// rejections gives the keys of the claims that a person rejected.
func rejections(decided *fastjson.Value) (map[string]bool, error) {
	rejected := map[string]bool{}
	for _, node := range decided.GetArray() {
		block := node.Get("claims")
		if block == nil {
			continue
		}
		claims, err := schema.DecodeClaims(block.MarshalTo(nil))
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
