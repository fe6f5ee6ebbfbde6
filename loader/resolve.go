package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
)

// maxKnown bounds the resolver's memory: beyond it, it forgets and asks again. An xid of 40 bytes takes about 150 here.
const maxKnown = 1 << 20

// xidsAtOnce is how many xids one transaction claims (about 2,000 was measured to be best).
const xidsAtOnce = 2000

// resolver gives the uids of xids, making bare nodes for those that have none. A node once made stays, so that what it
// knows never goes stale.
type resolver struct {
	db DB

	claiming sync.Mutex // one claiming transaction at a time: workers would only abort each other

	mu    sync.RWMutex
	known map[string]string
}

func newResolver(db DB) *resolver { return &resolver{db: db, known: map[string]string{}} }

// ensure makes sure that all xids have uids and returns them.
func (r *resolver) ensure(ctx context.Context, xids []string) (map[string]string, error) {
	uids, missing := r.recall(xids)
	if len(missing) == 0 {
		return uids, nil
	}
	r.claiming.Lock()
	defer r.claiming.Unlock()
	for len(missing) > 0 {
		batch := missing[:min(len(missing), xidsAtOnce)]
		missing = missing[len(batch):]
		var found map[string]string
		err := retry(ctx, "claim xids", func() (err error) {
			found, err = r.claim(ctx, batch)
			return err
		})
		if err != nil {
			return nil, err
		}
		r.remember(found)
		for xid, uid := range found {
			uids[xid] = uid
		}
	}
	return uids, nil
}

func (r *resolver) recall(xids []string) (uids map[string]string, missing []string) {
	uids = make(map[string]string, len(xids))
	asked := map[string]bool{}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, xid := range xids {
		if uid, ok := r.known[xid]; ok {
			uids[xid] = uid
		} else if !asked[xid] {
			asked[xid] = true
			missing = append(missing, xid)
		}
	}
	return uids, missing
}

func (r *resolver) remember(uids map[string]string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) > maxKnown {
		r.known = map[string]string{}
	}
	for xid, uid := range uids {
		r.known[xid] = uid
	}
}

// claim looks up xids and makes the missing nodes in one transaction: xid is @upsert, so that two loaders collide
// instead of making two nodes.
func (r *resolver) claim(ctx context.Context, xids []string) (map[string]string, error) {
	txn := r.db.NewTxn()
	defer discard(ctx, txn)
	uids, err := lookupXIDs(ctx, txn, xids)
	if err != nil {
		return nil, err
	}
	mutation := &api.Mutation{CommitNow: true}
	blank := map[string]string{}
	for i, xid := range xids {
		if uids[xid] == "" {
			label := "x" + strconv.Itoa(i)
			blank[label] = xid
			mutation.Set = append(mutation.Set, valueQuad("_:"+label, "xid", xid))
		}
	}
	if len(blank) == 0 {
		return uids, nil
	}
	answer, err := txn.Mutate(ctx, mutation)
	if err != nil {
		return nil, err
	}
	for label, xid := range blank {
		uid := answer.GetUids()[label]
		if uid == "" {
			return nil, fmt.Errorf("the server gave no uid for %q", xid)
		}
		uids[xid] = uid
	}
	return uids, nil
}

// lookupXIDs gives the uids of those xids that have one.
func lookupXIDs(ctx context.Context, txn *dgo.Txn, xids []string) (map[string]string, error) {
	uids := make(map[string]string, len(xids))
	for len(xids) > 0 {
		batch := xids[:min(len(xids), xidsAtOnce)]
		xids = xids[len(batch):]
		list, vars := listVariables("x", batch)
		answer, err := txn.QueryWithVars(ctx,
			"query q("+list.declared+") { q(func: eq(xid, ["+list.used+"])) { uid xid } }", vars)
		if err != nil {
			return nil, err
		}
		var found struct {
			Q []struct{ UID, XID string }
		}
		if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
			return nil, fmt.Errorf("read xids: %w", err)
		}
		for _, node := range found.Q {
			if other, twice := uids[node.XID]; twice && other != node.UID {
				return nil, fmt.Errorf("xid %q stands on two nodes, %s and %s: another tool wrote them; delete one", node.XID, other, node.UID)
			}
			uids[node.XID] = node.UID
		}
	}
	return uids, nil
}

// uidOf gives the node with a value of an indexed predicate of orbat's own, or "".
func uidOf(ctx context.Context, txn *dgo.Txn, predicate, value string) (string, error) {
	answer, err := txn.QueryWithVars(ctx, "query q($v: string) { q(func: eq("+predicate+", $v)) { uid } }", map[string]string{"$v": value})
	if err != nil {
		return "", err
	}
	var found struct {
		Q []struct{ UID string }
	}
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil || len(found.Q) == 0 {
		return "", err
	}
	return found.Q[0].UID, nil
}

// variables are the two forms of a list of DQL variables: "$x0: string, $x1: string" and "$x0, $x1". Dgraph takes a list
// only so, not as one JSON string.
type variables struct{ declared, used string }

func listVariables(prefix string, values []string) (variables, map[string]string) {
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
	return variables{declared.String(), used.String()}, vars
}

// discard ends a transaction whatever became of it; after a commit it does nothing. The context may be done already.
func discard(ctx context.Context, txn *dgo.Txn) { _ = txn.Discard(context.WithoutCancel(ctx)) }
