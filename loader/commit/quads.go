package commit

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// Star deletes every value of a predicate.
const Star = "_STAR_ALL"

// ValueQuad returns the N-Quad of a value.
func ValueQuad(subject, predicate, text string) *api.NQuad {
	return &api.NQuad{
		Subject: subject, Predicate: predicate,
		// Dgraph converts a string to the predicate's type. A default value would do so too, but be a deletion where
		// data reads _STAR_ALL.
		ObjectValue: &api.Value{Val: &api.Value_StrVal{StrVal: text}},
	}
}

// StarQuad returns the N-Quad that deletes all values or edges of a predicate.
func StarQuad(subject, predicate string) *api.NQuad {
	return &api.NQuad{Subject: subject, Predicate: predicate, ObjectValue: &api.Value{Val: &api.Value_DefaultVal{DefaultVal: Star}}}
}

// EdgeQuad returns the N-Quad of an edge.
func EdgeQuad(subject, predicate, object string, facets ...*api.Facet) *api.NQuad {
	return &api.NQuad{Subject: subject, Predicate: predicate, ObjectId: object, Facets: facets}
}

// FacetList returns facets as Dgraph takes them, made of what [schema.Link.Facets] returns.
func FacetList(facets map[string]any) []*api.Facet {
	list := make([]*api.Facet, 0, len(facets))
	for key, value := range facets {
		f := &api.Facet{Key: key}
		switch v := value.(type) {
		case string:
			f.Value, f.ValType = []byte(v), api.Facet_STRING
		case int64:
			twosComplement := uint64(v) //nolint:gosec // which Dgraph stores
			f.Value, f.ValType = binary.LittleEndian.AppendUint64(nil, twosComplement), api.Facet_INT
		case time.Time:
			f.Value, _ = v.UTC().MarshalBinary() // fails for years beyond int64 seconds only; periods end at 9999
			f.ValType = api.Facet_DATETIME
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *api.Facet) int { return strings.Compare(a.Key, b.Key) }) // as Dgraph wants them
	return list
}

// ClaimQuads returns a claim: five N-Quads, and a sparse predicate for each thing that is not the default.
func ClaimQuads(subject string, claim *schema.Claim, key, load string, where Origin, uid func(xid string) string) []*api.NQuad {
	facets := map[string]any{schema.FacetPredicate: claim.Predicate, schema.FacetDataset: claim.Dataset}
	if claim.Confidence != schema.NoConfidence {
		facets[schema.FacetConfidence] = int64(claim.Confidence)
	}
	setText(facets, schema.FacetCredibility, claim.Credibility)
	setText(facets, schema.FacetPeriod, claim.Period.Text())
	setText(facets, schema.FacetRecord, claim.Record)
	setText(facets, schema.FacetVersion, claim.Version)
	fromMin, fromMax, toMin, toMax := claim.Period.Bounds()
	setTime(facets, schema.FacetFromMin, fromMin)
	setTime(facets, schema.FacetFromMax, fromMax)
	setTime(facets, schema.FacetToMin, toMin)
	setTime(facets, schema.FacetToMax, toMax)

	quads := []*api.NQuad{
		ValueQuad(subject, "claim.key", key),
		EdgeQuad(subject, "claim.subject", uid(claim.Subject), FacetList(facets)...),
	}
	if claim.Object != "" {
		quads = append(quads, EdgeQuad(subject, "claim.object", uid(claim.Object))) // no facets: hubs (dgraph#9807)
	}
	for _, cite := range claim.Cites {
		quads = append(quads, EdgeQuad(subject, "claim.cites", uid(cite.Source), citeFacets(cite)...))
	}
	quads = append(quads, EdgeQuad(subject, "claim.load", load, where.facets()...))
	if value := claim.ValueJSON(); value != "" {
		quads = append(quads, ValueQuad(subject, "claim.value", value))
	}
	if claim.Assertion != schema.Asserted {
		quads = append(quads, ValueQuad(subject, "claim.assertion", string(claim.Assertion)))
	}
	if claim.AttributedTo != "" {
		quads = append(quads, EdgeQuad(subject, "claim.attributed", uid(claim.AttributedTo)))
	}
	if claim.Method != "" {
		quads = append(quads, ValueQuad(subject, "claim.method", claim.Method))
	}
	if claim.Marking != "" {
		quads = append(quads, ValueQuad(subject, "claim.marking", claim.Marking))
	}
	return quads
}

// claimPredicates are what a stored claim has: without dgraph.type, a star over all predicates deletes nothing.
func claimPredicates(c *schema.StoredClaim) []string {
	predicates := []string{"claim.key", "claim.subject", "claim.cites", "claim.load"}
	for _, sparse := range []struct {
		has       bool
		predicate string
	}{
		{c.Object != "", "claim.object"},
		{c.ValueJSON() != "", "claim.value"},
		{c.Assertion != schema.Asserted, "claim.assertion"},
		{c.AttributedTo != "", "claim.attributed"},
		{c.Method != "", "claim.method"},
		{c.Marking != "", "claim.marking"},
		{!c.Stands, "claim.standing"},
		{c.Superseded != "", "claim.superseded"},
	} {
		if sparse.has {
			predicates = append(predicates, sparse.predicate)
		}
	}
	return predicates
}

func citeFacets(cite schema.Citation) []*api.Facet {
	facets := map[string]any{}
	setText(facets, schema.FacetQuote, cite.Quote)
	setText(facets, schema.FacetLocator, cite.Locator)
	if cite.Begin != schema.NoSpan {
		facets[schema.FacetBegin] = int64(cite.Begin)
	}
	if cite.End != schema.NoSpan {
		facets[schema.FacetEnd] = int64(cite.End)
	}
	return FacetList(facets)
}

// Origin is where a claim was read: bookkeeping, no part of its key.
type Origin struct {
	File string
	Row  int
}

func (o Origin) facets() []*api.Facet {
	facets := map[string]any{}
	setText(facets, schema.FacetFile, o.File)
	if o.Row > 0 {
		facets[schema.FacetRow] = int64(min(o.Row, math.MaxInt32))
	}
	return FacetList(facets)
}

func setText(facets map[string]any, key, value string) {
	if value != "" {
		facets[key] = value
	}
}

func setTime(facets map[string]any, key string, value time.Time) {
	if !value.IsZero() {
		facets[key] = value
	}
}
