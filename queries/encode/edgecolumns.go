package encode

import (
	"cmp"
	"strconv"
	"strings"

	"orbat/queries"
	"orbat/schema"
)

// edgeRow is an edge with what several columns need of it.
type edgeRow struct {
	*queries.Edge
	id   string
	held span
}

func newEdgeRow(e *queries.Edge) *edgeRow {
	id := e.ID
	if id == "" {
		id = schema.GroupKey(e.From, e.Relation, e.To)
	}
	return &edgeRow{Edge: e, id: id, held: newSpan(e.Period)}
}

// edgeColumns lists the columns of edges. The package's documentation says what each holds.
func edgeColumns() []column[*edgeRow] {
	text := func(name string, of func(e *edgeRow) string) column[*edgeRow] {
		return column[*edgeRow]{name: name, kind: textKind, of: of}
	}
	number := func(name string, of func(e *edgeRow) int) column[*edgeRow] {
		return column[*edgeRow]{name: name, kind: intKind, of: func(e *edgeRow) string { return strconv.Itoa(of(e)) }}
	}
	qualifier := func(name string, qualifiers ...string) column[*edgeRow] {
		c := text(name, func(e *edgeRow) string { return joined(e.Qualifiers, qualifiers...) })
		c.properties = qualifiers
		return c
	}
	columns := []column[*edgeRow]{
		text("relation", func(e *edgeRow) string { return e.Relation }),
		{name: "label", kind: textKind, of: edgeLabel, properties: []string{"label"}},
		text("period", func(e *edgeRow) string { return e.Period }),
		text("date_from", func(e *edgeRow) string { return e.held.from() }),
		text("date_to", func(e *edgeRow) string { return e.held.to() }),
		text("date_precision", func(e *edgeRow) string { return e.held.precision() }),
		{name: "confidence", kind: intKind, of: confidence},
		number("claims", func(e *edgeRow) int { return e.Claims }),
		number("sources", func(e *edgeRow) int { return e.Sources }),
		{name: "possible", kind: booleanKind, of: func(e *edgeRow) string { return strconv.FormatBool(e.Possible) }},
		{name: "contested", kind: booleanKind, of: func(e *edgeRow) string { return strconv.FormatBool(e.Contested) }},
		text("denied_by", func(e *edgeRow) string { return strings.Join(e.DeniedBy, "; ") }),
		qualifier("role", "role"),
		qualifier("title", "title"),
		qualifier("rank", "rank"),
		qualifier("authority", "authority"),
		qualifier("outcome", "outcome"),
		qualifier("quantity", "quantity"),
		qualifier("relation_kind", "kind"),
	}
	return append(columns,
		restColumn("qualifiers", columns, func(e *edgeRow) map[string][]string { return e.Qualifiers }),
		text("evidence", func(e *edgeRow) string { return evidenceText(e.Evidence) }),
	)
}

// edgeLabel is the relation in words. Only related_to has the qualifier label: it says nothing by itself.
func edgeLabel(e *edgeRow) string {
	return cmp.Or(oneLine(joined(e.Qualifiers, "label")), strings.ReplaceAll(e.Relation, "_", " "))
}

func confidence(e *edgeRow) string {
	if e.Confidence == nil {
		return ""
	}
	return strconv.Itoa(*e.Confidence)
}
