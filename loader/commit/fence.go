package commit

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// fence is one worker's token of its lease ([newLease] says how it guards). A nil one guards nothing, as for a plan.
type fence struct {
	uid   string
	epoch int64
	sole  *soleWriter
}

// epochPredicate counts at a fence or a gate.
const epochPredicate = "lease.beat"

// epochNode is a fence or a gate as it was read.
type epochNode struct {
	Epoch int64 `json:"lease.beat"`
}

// read returns the claims of groups, as far as a transaction has to read them, and makes sure in the same snapshot that
// the lease holds.
func (f *fence) read(ctx context.Context, txn *dgo.Txn, groups []string) ([]*schema.StoredClaim, error) {
	if f == nil || !f.sole.lasts() {
		return readGroups(ctx, txn, groups, f)
	}
	if _, err := readGroups(ctx, txn, nil, f); err != nil { // the snapshot, and whether we are still alone in it
		return nil, err
	}
	if before := f.sole.write(groups); f.sole.lasts() {
		groups = before
	}
	if len(groups) == 0 {
		return nil, nil
	}
	return readGroups(ctx, txn, groups, nil)
}

// write adds the fence to a transaction, so that it conflicts with whoever breaks the lease.
func (f *fence) write(m *api.Mutation) {
	if f != nil {
		m.Set = append(m.Set, ValueQuad(f.uid, epochPredicate, strconv.FormatInt(f.epoch+1, 10)))
	}
}

// ask adds to a query what the fence has to see.
func (f *fence) ask(declared, blocks string, vars map[string]string) (alsoDeclared, alsoAsked string) {
	if f == nil {
		return declared, blocks
	}
	vars["$w"] = f.uid
	declared += ", $w: string"
	blocks += "fence(func: uid($w)) { " + epochPredicate + " }"
	if f.sole.lasts() {
		vars["$gate"] = f.sole.gate
		declared += ", $gate: string"
		blocks += "\ngate(func: uid($gate)) { " + epochPredicate + " }"
	}
	return strings.TrimPrefix(declared, ", "), blocks
}

// see takes what a transaction sees.
func (f *fence) see(fence, gate []epochNode) error {
	if f == nil {
		return nil
	}
	if len(fence) == 0 {
		return ErrLeaseLost
	}
	f.epoch = fence[0].Epoch
	if f.sole.lasts() {
		f.sole.see(gate)
	}
	return nil
}

// readGroups returns the claims of groups, and checks the fence in the same snapshot.
func readGroups(ctx context.Context, txn *dgo.Txn, groups []string, f *fence) ([]*schema.StoredClaim, error) {
	declared, blocks, vars := schema.GroupsQuery(groups, schema.ClaimFields)
	declared, blocks = f.ask(declared, blocks, vars)
	answer, err := txn.QueryWithVars(ctx, "query q("+declared+") {\n"+blocks+"}", vars)
	if err != nil {
		return nil, err
	}
	var found struct {
		Claims      json.RawMessage
		Fence, Gate []epochNode
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	if err := f.see(found.Fence, found.Gate); err != nil {
		return nil, err
	}
	return schema.DecodeClaims(found.Claims)
}
