package schema

import (
	"testing"
	"time"
)

func TestKept(t *testing.T) {
	const (
		quiet     = `{"gate":[{"lease.beat":1}],"removals":[{"lease.beat":7}],"leases":[]}`
		first     = `{"gate":[],"removals":[],"leases":[]}`
		loading   = `{"gate":[{"lease.beat":2}],"removals":[{"lease.beat":7}],"leases":[{"uid":"0x1","lease.scope":["graph shared","dataset:a shared"]}]}`
		removing  = `{"gate":[{"lease.beat":3}],"removals":[{"lease.beat":8}],"leases":[{"uid":"0x2","lease.scope":["graph shared","dataset:a exclusive"]}]}`
		removed   = `{"gate":[{"lease.beat":3}],"removals":[{"lease.beat":8}],"leases":[]}`
		deciding  = `{"gate":[{"lease.beat":9}],"removals":[{"lease.beat":7}],"leases":[{"uid":"0x3","lease.scope":["graph exclusive"]}]}`
		firstGone = `{"gate":[{"lease.beat":3}],"removals":[{"lease.beat":8}],"leases":[]}`
	)
	for _, c := range []struct {
		before, now string
		young, old  bool
	}{
		{quiet, quiet, true, true},
		{quiet, loading, true, false},
		{loading, quiet, true, false},
		{quiet, deciding, true, false},
		{deciding, quiet, true, false},
		{quiet, removing, false, false},
		{quiet, removed, false, false}, // it began and ended meanwhile
		{removing, removed, false, false},
		{removing, removing, false, true}, // it has not renewed its lease: nothing was written
		{removed, removed, true, true},
		{removed, loading, false, false}, // cannot be: numbers do not come back
		{first, firstGone, false, false},
	} {
		for age, want := range map[time.Duration]bool{time.Second: c.young, time.Minute: c.old} {
			if got, err := Kept(age, SnapshotLasts, []byte(c.before), []byte(c.now)); err != nil || got != want {
				t.Errorf("%s old, %s then %s: %v, %v", age, c.before, c.now, got, err)
			}
		}
	}
	// Who was killed while removing keeps nobody from reading for ever.
	for ago, want := range map[time.Duration]bool{-time.Second: false, 30 * time.Second: false, time.Hour: true} {
		killed := []byte(`{"removals":[{"lease.beat":8}],"leases":[{"uid":"0x2","lease.scope":["graph shared","dataset:a exclusive"],
			"lease.expires":"` + Stamp(time.Now().Add(-ago)) + `"}]}`)
		if got, err := Kept(time.Second, SnapshotLasts, killed, killed); err != nil || got != want {
			t.Errorf("ran out %s ago: %v, %v", ago, got, err)
		}
	}
	if _, err := Kept(0, SnapshotLasts, []byte("no"), []byte(quiet)); err == nil {
		t.Error("what is no answer is taken for one")
	}
}
