package commit

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"sync"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"
)

// maxKnown bounds the cache's memory: beyond it, it forgets and asks again. An xid of 40 bytes takes about 150 here.
const maxKnown = 1 << 20

// xidsAtOnce is how many xids one transaction looks up (about 2,000 was measured to be best).
const xidsAtOnce = 2000

// uidCache caches the uids of xids, and allocates bare nodes for those that have none. A node once made stays, so that
// what it knows never goes stale.
type uidCache struct {
	*Graph

	allocating sync.Mutex // one such transaction at a time: workers would only abort each other

	mu    sync.RWMutex
	known map[string]string
}

func newUIDCache(g *Graph) *uidCache { return &uidCache{Graph: g, known: map[string]string{}} }

// ensure returns the uids of xids, allocating those that are missing.
func (u *uidCache) ensure(ctx context.Context, xids []string) (map[string]string, error) {
	uids, missing := u.recall(xids)
	if len(missing) == 0 {
		return uids, nil
	}
	u.allocating.Lock()
	defer u.allocating.Unlock()
	for len(missing) > 0 {
		batch := missing[:min(len(missing), xidsAtOnce)]
		missing = missing[len(batch):]
		var found map[string]string
		err := u.Retry(ctx, "claim xids", func() (err error) {
			found, err = u.allocate(ctx, batch)
			return err
		})
		if err != nil {
			return nil, err
		}
		u.remember(found)
		maps.Copy(uids, found)
	}
	return uids, nil
}

func (u *uidCache) recall(xids []string) (uids map[string]string, missing []string) {
	uids = make(map[string]string, len(xids))
	asked := map[string]bool{}
	u.mu.RLock()
	defer u.mu.RUnlock()
	for _, xid := range xids {
		if uid, ok := u.known[xid]; ok {
			uids[xid] = uid
		} else if !asked[xid] {
			asked[xid] = true
			missing = append(missing, xid)
		}
	}
	return uids, missing
}

func (u *uidCache) remember(uids map[string]string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.known) > maxKnown {
		u.known = map[string]string{}
	}
	maps.Copy(u.known, uids)
}

// allocate looks up xids and makes the missing nodes in one transaction: xid is @upsert, so that two loaders collide
// instead of making two nodes.
func (u *uidCache) allocate(ctx context.Context, xids []string) (map[string]string, error) {
	txn := u.DB.NewTxn()
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
			mutation.Set = append(mutation.Set, ValueQuad("_:"+label, "xid", xid))
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

// lookupXIDs returns the uids of those xids that have one.
func lookupXIDs(ctx context.Context, txn *dgo.Txn, xids []string) (map[string]string, error) {
	uids := make(map[string]string, len(xids))
	list, vars := ListVariables("x", xids)
	answer, err := txn.QueryWithVars(ctx, "query q("+list.Declared+") { q(func: eq(xid, ["+list.Used+"])) { uid xid } }", vars)
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
	return uids, nil
}

// UIDOf returns the uid of the node with a value of an indexed predicate of orbat's own, or "".
func UIDOf(ctx context.Context, txn *dgo.Txn, predicate, value string) (string, error) {
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
