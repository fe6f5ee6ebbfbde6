package identity

import (
	"cmp"
	"context"
	"hash/maphash"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Threshold is the score from which pairs are proposed unless told otherwise: three in five of those just above it
// should be one. The trial on real data (resolve_test.go of cmd/orbat) prints recall and precision.
const Threshold = 0.6

// Options say which pairs are wanted. The zero value wants all above [Threshold].
type Options struct {
	Threshold float64  // least score; 0: Threshold
	Left      []string // data sets of one side; empty: any
	Right     []string // data sets of the other side; empty: any
	Types     []string // entity types; empty: all but Source
	// New: one side is in it and the other is not. Nil: any.
	New map[string]bool
	// Population says how many entities there are of a type where not all were gathered; nil: as many as were.
	Population map[string]int
	// Decided pairs are left out.
	Decided func(a, b string) bool
	// Between asks about these two alone, whatever the rest of the options and the score say.
	Between [2]string
	// Of is compared with all others of its kind, and nothing else with any, whatever the score says and however unlike
	// their names are.
	Of string
	// Progress is told how many of the pairs worth a look were compared.
	Progress func(done, of int)
}

// Side is one of a pair's two entities.
type Side struct {
	XID      string   `json:"xid"`
	Type     string   `json:"type"`
	Name     string   `json:"name"`
	Datasets []string `json:"datasets"`
}

// Pair is two entities that may be one.
type Pair struct {
	A      Side    `json:"a"` // the smaller xid
	B      Side    `json:"b"`
	Score  float64 `json:"score"` // probability, 0 to 1; 0 where something rules it out
	Bits   float64 `json:"bits"`  // the sum of the shares
	Shares []Share `json:"shares"`
	// Against lists what rules the pair out.
	Against []string `json:"against,omitempty"`
}

// scorer compares entities of one kind.
type scorer struct {
	*Corpus
	*census
	qualities []string // the names of the properties compared as they stand, in their order
}

// Pairs returns the proposed pairs, the likeliest first.
func (g *Corpus) Pairs(ctx context.Context, opts Options) ([]Pair, error) {
	if opts.Threshold == 0 {
		opts.Threshold = Threshold
	}
	lexicon := newLexicon()
	kinds := g.compile(lexicon)
	w := &wanted{Corpus: g, Options: opts, left: g.idsOf(opts.Left), right: g.idsOf(opts.Right), types: g.idsOf(opts.Types)}
	var pairs []Pair
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		entities := kinds[kind]
		if !w.kind(kind, entities) {
			continue
		}
		var couples []couple
		switch {
		case w.Of != "":
			couples = w.withAll(entities)
		case w.Between != [2]string{}:
			couples = w.between(entities)
		default:
			b := &blocker{lexicon: lexicon, seed: maphash.MakeSeed()}
			couples = b.couples(entities, w.pair)
		}
		found, err := w.score(ctx, lexicon, entities, couples)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, found...)
	}
	slices.SortFunc(pairs, comparePairs)
	return pairs, nil
}

func comparePairs(p, q Pair) int {
	return cmp.Or(cmp.Compare(q.Bits, p.Bits), strings.Compare(p.A.XID, q.A.XID), strings.Compare(p.B.XID, q.B.XID))
}

// wanted are options in the numbers of a gathering.
type wanted struct {
	*Corpus
	Options
	left, right, types map[int32]bool
}

func (g *Corpus) idsOf(texts []string) map[int32]bool {
	ids := map[int32]bool{}
	for _, text := range texts {
		ids[g.id(text)] = true
	}
	return ids
}

func (w *wanted) kind(kind string, entities []*entity) bool {
	switch {
	case w.Of != "":
		return slices.ContainsFunc(entities, func(e *entity) bool { return w.texts[e.xid] == w.Of })
	case w.Between != [2]string{}:
		return slices.ContainsFunc(entities, func(e *entity) bool { return w.texts[e.xid] == w.Between[0] })
	case len(w.types) == 0:
		return kind != "Source"
	}
	return slices.ContainsFunc(entities, func(e *entity) bool { return has(w.types, e.types) })
}

func has(set map[int32]bool, ids []int32) bool {
	return slices.ContainsFunc(ids, func(id int32) bool { return set[id] })
}

// pair reports whether two entities are wanted together.
func (w *wanted) pair(a, b *entity) bool {
	x, y := w.texts[a.xid], w.texts[b.xid]
	side := func(e, f *entity) bool {
		return (len(w.left) == 0 || has(w.left, e.sets)) && (len(w.right) == 0 || has(w.right, f.sets))
	}
	switch {
	case !side(a, b) && !side(b, a):
		return false
	case len(w.types) > 0 && (!has(w.types, a.types) || !has(w.types, b.types)):
		return false
	case w.New != nil && w.New[x] == w.New[y]:
		return false
	}
	return w.Decided == nil || !w.Decided(x, y)
}

// scoredAtOnce is how many couples one worker takes at a time.
const scoredAtOnce = 5000

// score compares couples on all cores.
func (w *wanted) score(ctx context.Context, lexicon *lexicon, entities []*entity, couples []couple) ([]Pair, error) {
	taken := takeCensus(lexicon, entities)
	population := 0
	for entityType, n := range w.Population {
		if kindOf(entityType) == entities[0].kind {
			population += n
		}
	}
	taken.total = max(taken.total, float64(population))
	names := slices.Sorted(maps.Keys(w.weights))
	var mu sync.Mutex
	var pairs []Pair
	done := 0
	workers, ctx := errgroup.WithContext(ctx)
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for batch := range slices.Chunk(couples, scoredAtOnce) {
		workers.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			own := *taken
			own.near = map[[2]int32]likeness{}
			sc := &scorer{Corpus: w.Corpus, census: &own, qualities: names}
			var found []Pair
			for _, c := range batch {
				a, b := c.ends()
				if pair, proposed := sc.pair(entities[a], entities[b], w.Threshold, w.Of != "" || w.Between != [2]string{}); proposed {
					found = append(found, pair)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			pairs, done = append(pairs, found...), done+len(batch)
			if w.Progress != nil {
				w.Progress(done, len(couples))
			}
			return nil
		})
	}
	return pairs, workers.Wait()
}

// between returns the two that are asked about alone, where both are of this kind.
func (w *wanted) between(entities []*entity) []couple {
	var ends []int32
	for _, e := range entities {
		if x := w.texts[e.xid]; x == w.Between[0] || x == w.Between[1] {
			ends = append(ends, e.index)
		}
	}
	if len(ends) != 2 {
		return nil
	}
	return []couple{coupleOf(ends[0], ends[1])}
}

// withAll returns the one that is compared with all others, with each of them.
func (w *wanted) withAll(entities []*entity) (couples []couple) {
	at := slices.IndexFunc(entities, func(e *entity) bool { return w.texts[e.xid] == w.Of })
	for i := range entities {
		if i != at {
			couples = append(couples, coupleOf(entities[at].index, entities[i].index))
		}
	}
	return couples
}

// pair weighs the evidence for and against two entities being one.
func (sc *scorer) pair(a, b *entity, threshold float64, always bool) (Pair, bool) {
	least := math.Log2(threshold / max(1-threshold, 1e-4)) // scores are rounded to four digits
	if always {
		least = math.Inf(-1)
	}
	ev := sc.weigh(a, b, least, false)
	if !always && (len(ev.against) > 0 || probability(ev.bits) < threshold) {
		return Pair{}, false
	}
	ev = sc.weigh(a, b, least, true)
	pair := Pair{
		A: sc.side(a), B: sc.side(b), Score: probability(ev.bits), Bits: math.Round(ev.bits*10) / 10, Shares: ev.shares,
		Against: ev.against,
	}
	if len(ev.against) > 0 {
		pair.Score = 0
	}
	return pair, true
}

// weigh adds up the evidence. What cannot come to least is weighed by a cheaper bound.
func (sc *scorer) weigh(a, b *entity, least float64, explain bool) *evidence {
	ev := &evidence{scorer: sc, a: a, b: b, explain: explain}
	ev.add("prior", sc.prior(), func() string { return "one partner among all of its kind" })
	shared := ev.sharedTies()
	ev.compareQualities()
	ev.compareRanks()
	ev.compareDates()
	ev.compareTies(shared)
	ev.compareSources()
	ev.comparePosts()
	ev.comparePlaces()
	ev.compareLinks()
	ev.contradict()
	ev.compareNames(shared, least)
	return ev
}

func (sc *scorer) side(e *entity) Side {
	s := Side{XID: sc.texts[e.xid], Type: sc.texts[e.types[0]], Name: sc.shownName(e)}
	for _, id := range e.sets {
		s.Datasets = append(s.Datasets, sc.texts[id])
	}
	return s
}

// probability turns bits of evidence into a probability, rounded so that it prints.
func probability(bits float64) float64 {
	return math.Round(1e4/(1+math.Exp2(-bits))) / 1e4
}
