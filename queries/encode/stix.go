package encode

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/google/uuid"

	"orbat/queries"
)

// encodeSTIX writes a STIX 2.1 bundle. It is lossy, and says so in a note within the bundle: STIX has no orders of
// battle.
//
// What an entity or relation becomes stands in stix_entity.go and stix_relation.go. What STIX has no property for
// stands in an extension of each object (property-extension), under orbat's own names, so that a program that knows
// them loses less.
//
// Ids are the same in every export: UUIDs version 5 of an entity's xid, or of an edge's id; a user account's of what
// identifies it, as the specification has it; xids stix:TYPE--UUID keep their id where the object can be of that type.
//
// STIX wants created and modified, which orbat does not know of entities: they are 1970 (stixEpoch); of a relationship
// they are the earliest and latest publication of its sources. Never the time of a load or an export.
//
// An edge says only the xids of its ends, but STIX's ids hold the type: about 40 bytes are kept for each entity that is
// no identity, nothing for edges.
func encodeSTIX(w io.Writer, g *queries.Graph) error {
	out := newOutput(w)
	s := &stixBundle{out: out, ids: map[uuid.UUID]stixKept{}, marked: map[string]bool{}, accounts: map[string]bool{}}
	id := uuid.NewSHA1(stixSpace(), []byte("bundle "+g.Title+metaText(g)))
	out.raw(`{"type":"bundle","id":"bundle--`, id.String(), `","objects":[`)
	s.next = out.list()
	s.preamble(g)
	if err := each(out, g.Nodes, s.entity); err != nil {
		return err
	}
	if err := each(out, g.Edges, s.relation); err != nil {
		return err
	}
	out.raw("\n]}\n")
	return out.end()
}

// stixObject is an object of a bundle. Its keys are written in alphabetical order.
type stixObject map[string]any

type stixBundle struct {
	out    *output
	next   func()
	ids    map[uuid.UUID]stixKept // by the UUID of the xid
	marked map[string]bool        // markings that have their definition

	accounts map[string]bool // ids of those written
}

const (
	stixEpoch     = "1970-01-01T00:00:00.000Z"
	stixTimestamp = "2006-01-02T15:04:05.000Z"
)

// stixSpace is the namespace of orbat's ids; its own UUID is that of a name, so that anybody can work it out.
func stixSpace() uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceURL, []byte("orbat:stix")) }

func stixID(kind, name string) string {
	return kind + "--" + uuid.NewSHA1(stixSpace(), []byte(name)).String()
}

func stixProducer() string   { return stixID("identity", "producer") }
func stixExtension() string  { return stixID("extension-definition", "extension") }
func stixLossyNote() string  { return stixID("note", "lossy") }
func stixNewObjects() string { return stixID("extension-definition", "concept") }

func (s *stixBundle) write(o stixObject) {
	line, err := json.Marshal(o) // texts, numbers, and maps of them
	if err != nil && s.out.err == nil {
		s.out.err = err
	}
	s.next()
	s.out.bytes(line)
}

// newObject begins a domain or relationship object.
func newObject(kind, id string) stixObject {
	return stixObject{"type": kind, "spec_version": "2.1", "id": id, "created": stixEpoch, "modified": stixEpoch}
}

// preamble writes who made the bundle, what its extensions are, and what is lost.
func (s *stixBundle) preamble(g *queries.Graph) {
	producer := newObject("identity", stixProducer())
	producer["name"], producer["identity_class"] = "orbat", "system"
	s.write(producer)

	extension := newObject("extension-definition", stixExtension())
	extension["name"], extension["version"], extension["created_by_ref"] = "orbat", "1.0.0", stixProducer()
	extension["extension_types"] = []string{"property-extension"}
	extension["schema"] = "xid, type and properties of an entity; edge id, relation, period, date_precision and qualifiers of a " +
		"relation, whether it holds only possibly and whether it is contested (others deny it), as orbat writes them"
	s.write(extension)

	concept := newObject("extension-definition", stixNewObjects())
	concept["name"], concept["version"], concept["created_by_ref"] = "orbat concept", "1.0.0", stixProducer()
	concept["extension_types"] = []string{"new-sdo"}
	concept["schema"] = "x-orbat-concept: name, aliases and description"
	s.write(concept)

	note := newObject("note", stixLossyNote())
	note["object_refs"] = []string{stixProducer()}
	note["abstract"] = "lossy export"
	content := []string{
		"Made by orbat from: " + oneLine(g.Title) + ". STIX cannot say all that orbat knows; what has no property of its own stands " +
			"in extensions.",
		"Lost: claims that only deny or hedge (what they contest is marked in its extension, with them among its references), several " +
			"values of one property, how precise dates are (start_time and stop_time are the widest span), areas that are no point.",
		"created and modified of entities, and of relationships without a dated source, are 1970: nobody said when.",
		"A report refers to this note where STIX wants a reference; what it mentions stands in relationships of the type mentions.",
	}
	if meta := metaText(g); meta != "" {
		content = append(content, "How it was made: "+meta)
	}
	note["content"] = strings.Join(content, "\n")
	s.write(note)
}

// mark gives an object its markings: TLP by the ids that everybody knows, others by a definition, written before its
// first use.
func (s *stixBundle) mark(o stixObject, markings ...string) {
	var refs []string
	for _, marking := range markings {
		id := stixTLP(marking)
		if id == "" {
			id = stixID("marking-definition", marking)
			if !s.marked[marking] {
				s.marked[marking] = true
				s.write(stixObject{
					"type": "marking-definition", "spec_version": "2.1", "id": id, "created": stixEpoch,
					"definition_type": "statement", "definition": map[string]string{"statement": marking},
				})
			}
		}
		refs = append(refs, id)
	}
	if len(refs) > 0 {
		o["object_marking_refs"] = refs
	}
}

// stixTLP returns the id of a TLP marking: those of STIX 2.1 itself, and for what came with TLP 2.0 those that OASIS
// gave it.
func stixTLP(marking string) string {
	id := map[string]string{
		"TLP:WHITE":        "613f2e26-407d-48c7-9eca-b8e91df99dc9",
		"TLP:CLEAR":        "94868c89-83c2-464b-929b-a1a8aa3c8487",
		"TLP:GREEN":        "34098fce-860f-48ae-8e50-ebd3cc5e41da",
		"TLP:AMBER":        "f88d31f6-486f-44da-b317-01333bde0b82",
		"TLP:AMBER+STRICT": "939a9414-2ddd-4d32-a0cd-375ea402b003",
		"TLP:RED":          "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
	}[strings.ToUpper(strings.TrimSpace(marking))]
	if id == "" {
		return ""
	}
	return "marking-definition--" + id
}
