package commit

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// staleJournal marks the journal of a load some of whose claims are called otherwise now.
const staleJournal = "stale"

// renewJournals writes the journals anew that a repair has left behind, from all claims in one pass by the loads that
// they name: the list backwards, of a load's claims, may lack some for good (deploy/README.md, "Long lists"). They stay
// stale until all are written. Those of a claim that was retracted and stands again forget that it ever was, which no
// reader asks.
func renewJournals(ctx context.Context, s *Session) error {
	loads, err := s.loadsWith(ctx, staleJournal)
	if err != nil || len(loads) == 0 {
		return err
	}
	var whole []*api.NQuad
	for _, load := range slices.Sorted(maps.Keys(loads)) {
		if err := s.dropJournal(ctx, load); err != nil {
			return err
		}
		whole = append(whole, ValueQuad(load, "load.journal", WholeJournal))
	}
	if err := s.writeJournals(ctx, loads); err != nil {
		return err
	}
	for batch := range slices.Chunk(whole, entriesPerTxn) {
		if err := s.set(ctx, "renew the journals", batch...); err != nil {
			return err
		}
	}
	return nil
}

// entriesPerTxn is how many entries of journals are written at once, in blocks of [ClaimsPerTxn] at most.
const entriesPerTxn = 20 * ClaimsPerTxn

// writeJournals writes the journals of loads that have none.
func (s *Session) writeJournals(ctx context.Context, loads map[string]bool) error {
	noted, entries := Journal{}, 0
	flush := func() error {
		blocks := noted.Quads()
		noted, entries = Journal{}, 0
		return s.set(ctx, "renew the journals", blocks...)
	}
	const q = `query q($after: string, $first: int) {
		q(func: has(claim.key), first: $first, after: $after) { uid claim.key claim.standing claim.load { uid } } }`
	for after := "0x0"; ; {
		var page struct {
			Q []struct {
				UID      string
				Key      string                 `json:"claim.key"`
				Standing string                 `json:"claim.standing"`
				Loads    []struct{ UID string } `json:"claim.load"`
			}
		}
		vars := map[string]string{"$after": after, "$first": strconv.Itoa(schema.ClaimsPerPage)}
		if err := s.Ask(ctx, "read the claims", q, vars, &page); err != nil {
			return err
		}
		if len(page.Q) == 0 {
			return flush()
		}
		for _, claim := range page.Q {
			after = claim.UID
			if len(claim.Key) != schema.KeyLength {
				continue // check tells
			}
			sign := byte(EntryStands)
			if claim.Standing == schema.Retracted {
				sign = EntryRetracted
			}
			for _, load := range claim.Loads {
				if loads[load.UID] {
					noted.Note(load.UID, sign, claim.Key)
					entries++
				}
			}
			if entries >= entriesPerTxn {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
}

// loadsWith returns the uids of the loads whose journals are in a state.
func (s *Session) loadsWith(ctx context.Context, state string) (map[string]bool, error) {
	var found struct {
		Q []struct {
			UID     string
			Journal string `json:"load.journal"`
		}
	}
	if err := s.Ask(ctx, "list the loads", `{ q(func: has(load.journal)) { uid load.journal } }`, nil, &found); err != nil {
		return nil, err
	}
	loads := map[string]bool{}
	for _, load := range found.Q {
		if load.Journal == state {
			loads[load.UID] = true
		}
	}
	return loads, nil
}
