package commit

import (
	"cmp"
	"context"
	"crypto/rand"
	"strconv"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// The states of a load. One that is neither complete nor held by a living lease was cut short.
const (
	Incomplete = "incomplete"
	Complete   = "complete"
)

// PlannedLoad stands for the uid of a load that a plan does not begin.
const PlannedLoad = "planned"

// Begin writes the node of a load of one data set and returns its uid. It counts as incomplete until [Session.End].
func (s *Session) Begin(ctx context.Context, dataset string) (string, error) {
	return s.BeginAs(ctx, dataset, rand.Text()) // drawn once: a commit whose answer was lost is found again
}

// BeginAs is [Session.Begin] of a load that is to be found by its id.
func (s *Session) BeginAs(ctx context.Context, dataset, id string) (string, error) {
	if s.plan {
		return PlannedLoad, nil
	}
	xid := schema.DatasetSource(dataset)
	uids, err := s.uids.ensure(ctx, []string{xid})
	if err != nil {
		return "", err
	}
	var uid string
	made, err := s.fenced(ctx, "begin a load", func(txn *dgo.Txn, m *api.Mutation) (err error) {
		if uid, err = UIDOf(ctx, txn, "load.id", id); err == nil && uid == "" {
			m.Set = append(m.Set, LoadQuads("_:load", uids[xid], dataset, id, Incomplete, s.by)...)
		}
		return err
	})
	return cmp.Or(uid, made["load"]), err
}

// LoadQuads returns what the node of a load holds when it begins. set names the node of its data set's source, by who
// loads; empty: nobody said.
func LoadQuads(load, set, dataset, id, state, by string) []*api.NQuad {
	quads := []*api.NQuad{
		ValueQuad(set, "dataset.name", dataset),
		ValueQuad(load, "load.id", id),
		ValueQuad(load, "load.state", state),
		ValueQuad(load, "load.journal", WholeJournal),
		ValueQuad(load, "load.started", schema.Stamp(time.Now())),
		ValueQuad(load, "dgraph.type", "Load"),
		EdgeQuad(load, "load.dataset", set),
	}
	if by != "" {
		quads = append(quads, ValueQuad(load, "load.by", by))
	}
	return quads
}

// End marks a load complete and keeps its report.
func (s *Session) End(ctx context.Context, load, report string) error {
	return s.set(ctx, "end a load",
		ValueQuad(load, "load.state", Complete),
		ValueQuad(load, "load.finished", schema.Stamp(time.Now())),
		ValueQuad(load, "load.report", report))
}

// VoidJournals says that the journals of loads hold what is no longer there.
func (s *Session) VoidJournals(ctx context.Context, loads []string) error {
	var quads []*api.NQuad
	for _, load := range loads {
		quads = append(quads, ValueQuad(load, "load.journal", voidJournal))
	}
	return s.set(ctx, "void the journals", quads...)
}

// Forget deletes the bookkeeping of a data set that has no claim left, and of its loads.
func (s *Session) Forget(ctx context.Context, dataset string, loads []string) error {
	quads := []*api.NQuad{StarQuad(dataset, "dataset.name")}
	for _, load := range loads {
		if err := s.dropJournal(ctx, load); err != nil {
			return err
		}
		for _, predicate := range []string{
			"load.id", "load.dataset", "load.state", "load.started", "load.finished", "load.by", "load.report", "load.journal",
			"journal.blocks", "dgraph.type",
		} {
			quads = append(quads, StarQuad(load, predicate))
		}
	}
	_, err := s.fenced(ctx, "forget the data set", func(_ *dgo.Txn, m *api.Mutation) error {
		m.Del = append(m.Del, quads...)
		return nil
	})
	return err
}

// set writes bookkeeping.
func (s *Session) set(ctx context.Context, what string, quads ...*api.NQuad) error {
	_, err := s.fenced(ctx, what, func(_ *dgo.Txn, m *api.Mutation) error {
		m.Set = append(m.Set, quads...)
		return nil
	})
	return err
}

// dropJournal deletes the blocks of a load's journal.
func (s *Session) dropJournal(ctx context.Context, load string) error {
	const blocks = 1000
	for {
		var found struct {
			Load []struct {
				Journal []struct{ UID string } `json:"journal.blocks"`
			}
		}
		const q = `query q($load: string, $first: int) { load(func: uid($load)) { journal.blocks (first: $first) { uid } } }`
		err := s.Ask(ctx, "find a load's journal", q,
			map[string]string{"$load": load, "$first": strconv.Itoa(blocks)}, &found)
		if err != nil || len(found.Load) == 0 {
			return err
		}
		_, err = s.fenced(ctx, "delete a load's journal", func(_ *dgo.Txn, m *api.Mutation) error {
			for _, block := range found.Load[0].Journal {
				m.Del = append(m.Del, StarQuad(block.UID, "journal.entries"), EdgeQuad(load, "journal.blocks", block.UID))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
