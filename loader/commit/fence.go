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

// fence is one worker's token of its lease: see above newLease. A nil one guards nothing, as for a plan.
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
func (f *fence) ask(declared *strings.Builder, vars map[string]string) (blocks string) {
	if f == nil {
		return ""
	}
	vars["$w"] = f.uid
	declared.WriteString(", $w: string")
	blocks = "fence(func: uid($w)) { " + epochPredicate + " }"
	if f.sole.lasts() {
		vars["$gate"] = f.sole.gate
		declared.WriteString(", $gate: string")
		blocks += "\ngate(func: uid($gate)) { " + epochPredicate + " }"
	}
	return blocks
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

// readGroups queries the claims of groups, by one range of the key index each, and checks the fence in the same
// snapshot.
func readGroups(ctx context.Context, txn *dgo.Txn, groups []string, f *fence) ([]*schema.StoredClaim, error) {
	var declared, ranges, names strings.Builder
	vars := make(map[string]string, 2*len(groups)+2)
	for i, group := range groups {
		n := strconv.Itoa(i)
		vars["$a"+n], vars["$b"+n] = schema.KeyRange(group)
		if i > 0 {
			names.WriteString(",")
		}
		declared.WriteString(", $a" + n + ": string, $b" + n + ": string")
		ranges.WriteString("g" + n + " as var(func: between(claim.key, $a" + n + ", $b" + n + "))\n")
		names.WriteString("g" + n)
	}
	if len(groups) > 0 {
		ranges.WriteString("claims(func: uid(" + names.String() + ")) { " + schema.ClaimFields + " }\n")
	}
	fenced := f.ask(&declared, vars)
	answer, err := txn.QueryWithVars(ctx, "query q("+strings.TrimPrefix(declared.String(), ", ")+") {\n"+ranges.String()+fenced+"}", vars)
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
