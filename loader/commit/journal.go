package commit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// A load keeps a journal: each transaction that makes claims stand, or retracts some, writes their keys into a block of
// it, so that the journal is never behind the claims. A block brings some hundreds of keys at once, where the claims
// would be as many nodes to read (`make bench-load`: unchanged re-load); most re-loads ask nothing else of the
// database.
//
// A block is a text of entries, each a sign and a key: + it stands from now on, - it is retracted.
const (
	EntryStands    = '+'
	EntryRetracted = '-'
	EntryLength    = 1 + schema.KeyLength
)

// The journal of a load that has begun is whole. Before claims are deleted it is made void, since it would still hold
// them; a load of an orbat that kept none has none of these words.
const (
	WholeJournal = "whole"
	voidJournal  = "void"
)

// BlockQuads returns a block of the journal of a load.
func BlockQuads(block, load string, entries []byte) []*api.NQuad {
	return []*api.NQuad{ValueQuad(block, "journal.entries", string(entries)), EdgeQuad(load, "journal.blocks", block)}
}

// Journal gathers, by load, what one transaction does.
type Journal map[string][]byte

// Note adds an entry.
func (j Journal) Note(load string, sign byte, key string) {
	j[load] = append(append(j[load], sign), key...)
}

// Quads returns the blocks of each load, of [ClaimsPerTxn] entries at most.
func (j Journal) Quads() []*api.NQuad {
	var quads []*api.NQuad
	for _, load := range slices.Sorted(maps.Keys(j)) {
		for block := range slices.Chunk(j[load], ClaimsPerTxn*EntryLength) {
			quads = append(quads, BlockQuads("_:j"+strconv.Itoa(len(quads)), load, block)...)
		}
	}
	return quads
}

// JournalReader reads the journals of loads, some blocks at a time.
type JournalReader struct {
	loads []string // uids of those still to be read
	after string   // the last block read of the first of them
}

// ReadJournals returns a reader of the journals of loads, named by their uids.
func ReadJournals(loads []string) *JournalReader { return &JournalReader{loads: loads, after: "0x0"} }

// Done reports whether there is nothing left to read.
func (j *JournalReader) Done() bool { return len(j.loads) == 0 }

// Next passes on the entries of at most so many blocks of one load.
func (j *JournalReader) Next(ctx context.Context, g *Graph, blocks int, do func(load string, sign byte, key string) error) error {
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
	load := j.loads[0]
	err := g.Ask(ctx, "read a load's journal", q,
		map[string]string{"$load": load, "$after": j.after, "$first": strconv.Itoa(blocks)}, &found)
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
	for ; len(entries) >= EntryLength; entries = entries[EntryLength:] {
		sign, key := entries[0], entries[1:EntryLength]
		if sign != EntryStands && sign != EntryRetracted || strings.IndexByte(key, '.') != schema.KeyLength/2 {
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
