package loader

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// A load keeps a journal: each transaction that makes claims stand, or retracts some, writes their keys into a block of it, so
// that the journal is never behind the claims. A block brings some hundreds of keys at once, where the claims would be as many
// nodes to read (`make bench-load`: unchanged re-load); most re-loads ask nothing else of the database.
//
// A block is a text of entries, each a sign and a key: + it stands from now on, - it is retracted.
const (
	entryStands    = '+'
	entryRetracted = '-'
	entryLength    = 1 + schema.KeyLength
)

// The journal of a load that has begun is whole. Before claims are deleted it is made void, since it would still hold them; a load
// of an orbat that kept none has none of these words.
const (
	wholeJournal = "whole"
	voidJournal  = "void"
)

// blockQuads writes a block of the journal of a load.
func blockQuads(block, load string, entries []byte) []*api.NQuad {
	return []*api.NQuad{valueQuad(block, "journal.entries", string(entries)), edgeQuad(load, "journal.blocks", block)}
}

// journal gathers, by load, what one transaction does.
type journal map[string][]byte

func (j journal) note(load string, sign byte, key string) {
	j[load] = append(append(j[load], sign), key...)
}

func (j journal) quads() []*api.NQuad {
	var quads []*api.NQuad
	for i, load := range sortedNames(j) {
		quads = append(quads, blockQuads("_:j"+strconv.Itoa(i), load, j[load])...)
	}
	return quads
}

// journalReader reads the journals of loads, some blocks at a time.
type journalReader struct {
	loads []LoadInfo // still to be read
	after string     // the last block read of the first of them
}

func readJournals(loads []LoadInfo) *journalReader { return &journalReader{loads: loads, after: "0x0"} }

// done reports that there is nothing left to read.
func (j *journalReader) done() bool { return len(j.loads) == 0 }

// next gives the entries of at most so many blocks of one load.
func (j *journalReader) next(ctx context.Context, l *Loader, blocks int, do func(load string, sign byte, key string) error) error {
	const q = `query q($load: string, $after: string, $first: int) {
		load(func: uid($load)) { journal.blocks (first: $first, after: $after) { uid journal.entries } } }`
	var found struct {
		Load []struct {
			Journal []struct {
				UID     string
				Entries string `json:"journal.entries"`
			} `json:"journal.blocks"`
		}
	}
	load := j.loads[0].uid
	err := l.ask(ctx, "read a load's journal", q, map[string]string{"$load": load, "$after": j.after, "$first": strconv.Itoa(blocks)}, &found)
	if err != nil {
		return err
	}
	n := 0
	for _, f := range found.Load {
		for _, block := range f.Journal {
			n++
			j.after = block.UID
			if err := eachEntry(block.Entries, func(sign byte, key string) error { return do(load, sign, key) }); err != nil {
				return fmt.Errorf("read a load's journal: block %s: %w", block.UID, err)
			}
		}
	}
	if n < blocks {
		j.loads, j.after = j.loads[1:], "0x0"
	}
	return nil
}

var errBlock = errors.New("not a sequence of + or - and a claim's key")

func eachEntry(entries string, do func(sign byte, key string) error) error {
	for ; len(entries) >= entryLength; entries = entries[entryLength:] {
		sign, key := entries[0], entries[1:entryLength]
		if sign != entryStands && sign != entryRetracted || strings.IndexByte(key, '.') != schema.KeyLength/2 {
			return errBlock
		}
		if err := do(sign, key); err != nil {
			return err
		}
	}
	if entries != "" {
		return errBlock
	}
	return nil
}

// voidJournals says that the journals of loads hold what is no longer there.
func (r *run) voidJournals(ctx context.Context, loads []LoadInfo) error {
	return r.fenced(ctx, "void the journals", func(_ context.Context, _ *dgo.Txn, m *api.Mutation) (func(map[string]string), error) {
		for _, load := range loads {
			m.Set = append(m.Set, valueQuad(load.uid, "load.journal", voidJournal))
		}
		return nil, nil
	})
}

// dropJournal deletes the blocks of a load's journal.
func (r *run) dropJournal(ctx context.Context, load LoadInfo) error {
	const blocks = 1000
	for {
		var found struct {
			Load []struct {
				Journal []struct{ UID string } `json:"journal.blocks"`
			}
		}
		err := r.ask(ctx, "find a load's journal", `query q($load: string, $first: int) { load(func: uid($load)) { journal.blocks (first: $first) { uid } } }`,
			map[string]string{"$load": load.uid, "$first": strconv.Itoa(blocks)}, &found)
		if err != nil || len(found.Load) == 0 {
			return err
		}
		err = r.fenced(ctx, "delete a load's journal", func(_ context.Context, _ *dgo.Txn, m *api.Mutation) (func(map[string]string), error) {
			for _, block := range found.Load[0].Journal {
				m.Del = append(m.Del, starQuad(block.UID, "journal.entries"), edgeQuad(load.uid, "journal.blocks", block.UID))
			}
			return nil, nil
		})
		if err != nil {
			return err
		}
	}
}
