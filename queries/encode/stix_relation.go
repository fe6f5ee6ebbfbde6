package encode

import (
	"cmp"
	"strings"

	"orbat/queries"
	"orbat/schema"
)

// stixRelationship returns the type of a relationship for a relation of orbat's (ontology: maps_to stix), and whether
// STIX reads it from the other end. What STIX has no word for keeps its own, with hyphens, as the specification allows.
func stixRelationship(relation string) (kind string, swapped bool) {
	switch relation {
	case "posted_to", "member_of", "subordinate_to", "part_of":
		return "part-of", false
	case "attached_to":
		return "participates-in", false
	case "affiliated_with":
		return "attributed-to", false
	case "allied_with":
		return "cooperates-with", false
	case "opposes":
		return "targets", false
	case "associate_of", "related_to":
		return "related-to", false
	case "communicated_with":
		return "communicates-with", false
	case "based_at", "operates_in", "located_at", "within":
		return "located-at", false
	case "operates", "uses_account":
		return "uses", false
	case "component_of":
		return "consists-of", true
	case "supplied_to":
		return "delivers", false
	case "carried_out":
		return "attributed-to", true
	case "affected_by":
		return "targets", true
	case "used_in":
		return "uses", true
	}
	return strings.ReplaceAll(relation, "_", "-"), false
}

// relation writes an edge as a relationship.
func (s *stixBundle) relation(e *queries.Edge) {
	row := newEdgeRow(e)
	kind, swapped := stixRelationship(e.Relation)
	from, to := s.reference(e.From), s.reference(e.To)
	if swapped {
		from, to = to, from
	}
	o := newObject("relationship", stixID("relationship", row.id))
	o["relationship_type"], o["source_ref"], o["target_ref"] = kind, from, to
	o["description"] = edgeLabel(row)
	if e.Confidence != nil {
		o["confidence"] = *e.Confidence
	}
	start, end := row.held.instants()
	if start != "" {
		o["start_time"] = start
	}
	if end != "" {
		o["stop_time"] = end
	}
	about := stixObject{
		"extension_type": "property-extension", "edge": row.id, "relation": e.Relation, "claims": e.Claims,
		"sources": e.Sources, "possible": e.Possible, "contested": e.Contested,
	}
	if len(e.DeniedBy) > 0 {
		about["denied_by"] = e.DeniedBy
	}
	if e.Period != "" {
		about["period"] = e.Period
	}
	if precision := row.held.precision(); precision != "" {
		about["date_precision"] = precision
	}
	if qualifiers := presentLists(e.Qualifiers); len(qualifiers) > 0 {
		about["qualifiers"] = plainJSON(qualifiers)
	}
	o["extensions"] = stixObject{stixExtension(): about}
	s.cite(o, e.Evidence)
	s.write(o)
}

// cite adds the sources of an edge, when they were published, and the markings of its claims.
func (s *stixBundle) cite(o stixObject, evidence []*queries.Evidence) {
	var references []stixObject
	var markings []string
	seen, marked := map[string]bool{}, map[string]bool{}
	earliest, latest := "", ""
	for _, claim := range evidence {
		if claim.Marking != "" && !marked[claim.Marking] {
			marked[claim.Marking] = true
			markings = append(markings, claim.Marking)
		}
		for _, cite := range claim.Cites {
			if published := newSpan(cite.Published).first; !published.IsZero() {
				text := published.Format(stixTimestamp)
				earliest, latest = min(cmp.Or(earliest, text), text), max(latest, text)
			}
			if said := manner(claim) + citationText(cite); !seen[said] {
				seen[said] = true
				references = append(references, stixReference(cite, said))
			}
		}
	}
	if earliest != "" {
		o["created"], o["modified"] = earliest, latest
	}
	if len(references) > 0 {
		o["external_references"] = references
	}
	s.mark(o, markings...)
}

// stixReference is a citation: its source, and in the description all of it in a line, the quote last.
func stixReference(cite queries.Citation, said string) stixObject {
	name := cmp.Or(oneLine(cite.Title), cite.Publisher, cite.Source)
	if schema.IsDatasetSource(cite.Source) {
		_, set, _ := strings.Cut(cite.Source, ":")
		name = "data set " + set
	}
	if lower := strings.ToLower(name); lower == "cve" || lower == "capec" { // names for which the specification wants ids of theirs
		name = "source " + name
	}
	reference := stixObject{"source_name": name, "description": said}
	if url := stixURL(cite.URL); url != "" {
		reference["url"] = url
	}
	return reference
}
