package format

import (
	"slices"
	"strings"
	"unicode"

	"orbat/schema"
)

// ftmEntity is one entity of FollowTheMoney, whichever encoding it came in.
type ftmEntity struct {
	id, schema string
	caption    string
	datasets   []string
	referents  []string            // other ids of the same entity
	properties map[string][]string // as they stand, each value once
	extra      map[string]string   // x_… from outside the properties, as compact JSON

	found *found
	at    place // of a nested entity
	left  map[string][]string
	seen  map[[2]string]bool // what was added
}

func newFTMEntity() *ftmEntity {
	return &ftmEntity{properties: map[string][]string{}, extra: map[string]string{}, seen: map[[2]string]bool{}}
}

// values gives the values of a property.
func (e *ftmEntity) values(property string) []string { return e.properties[property] }

// add adds a value to a property, once.
func (e *ftmEntity) add(property, value string) {
	if key := [2]string{property, value}; value != "" && !e.seen[key] {
		e.seen[key] = true
		e.properties[property] = append(e.properties[property], value)
	}
}

// rest says that a home was found for the values of a property, but for some. What no home takes is kept as x_PROPERTY.
func (e *ftmEntity) rest(property string, homeless []string) {
	var still []string
	if len(homeless) > 0 {
		none := map[string]bool{}
		for _, value := range homeless {
			none[value] = true
		}
		for _, value := range e.left[property] {
			if none[value] {
				still = append(still, value)
			}
		}
	}
	if e.left[property] = still; still == nil {
		delete(e.left, property)
	}
}

// entity takes an entity: the entities nested within it, then itself.
func (f *ftmFile) entity(found *found, n *node) error {
	e, nested, fault := entityOfNode(f.vocabulary, n)
	if fault != nil {
		if fault.at == 0 {
			fault.at = n.at
		}
		return f.send(nil, found.reject(fault))
	}
	for _, inner := range nested {
		if err := f.entity(found, inner); err != nil {
			return err
		}
	}
	e.found, e.at = found, n.at
	return f.yieldEntity(e, "")
}

// entityOfNode reads an entity and finds those nested within it: objects where ids could stand.
func entityOfNode(v *ftmVocabulary, n *node) (*ftmEntity, []*node, *fault) {
	if n.kind != object {
		return nil, nil, &fault{value: n.show(), reason: "an entity is an object, not " + n.what(), hint: ftmHint}
	}
	e := newFTMEntity()
	var nested []*node
	for i := range n.members {
		m := &n.members[i]
		if m.value.isAbsent() {
			continue
		}
		var err *fault
		switch m.key {
		case "id":
			e.id, err = scalar(&m.value)
		case "schema":
			e.schema, err = scalar(&m.value)
		case "caption":
			e.caption, err = scalar(&m.value)
		case "datasets":
			e.datasets, err = ftmTexts(&m.value)
		case "referents":
			e.referents, err = ftmTexts(&m.value)
		case "last_seen": // see readFTM
		case "properties":
			if m.value.kind != object {
				err = &fault{value: m.value.show(), reason: "properties is " + m.value.what() + "; an object is needed", hint: ftmHint}
			}
		default:
			e.extra["x_"+m.key] = string(m.value.appendCompact(nil, false))
		}
		if err != nil {
			if err.at == 0 {
				err.at = m.at
			}
			return nil, nil, err.within(m.key)
		}
	}
	for _, must := range []struct{ key, value string }{{"id", e.id}, {"schema", e.schema}} {
		if strings.TrimSpace(must.value) == "" {
			return nil, nil, &fault{column: must.key, value: n.keys(), reason: "missing", hint: ftmHint}
		}
	}
	if properties := n.get("properties"); properties != nil {
		for i := range properties.members {
			m := &properties.members[i]
			nested = append(nested, e.property(m.key, &m.value, v.schemata[e.schema])...)
		}
	}
	return e, nested, nil
}

// property takes the values of a property, and gives the entities that stand in it instead of their ids.
func (e *ftmEntity) property(name string, n *node, s *ftmSchema) (nested []*node) {
	single := [1]node{*n}
	items := single[:]
	if n.kind == list {
		items = n.items
	}
	for i := range items {
		item := &items[i]
		id := item.get("id")
		switch {
		case item.isAbsent():
		case item.isScalar():
			e.add(name, strings.TrimSpace(item.text))
		case item.kind == object && id != nil && id.isScalar():
			if item.get("schema") != nil || item.get("properties") != nil {
				nested = append(nested, item)
			}
			// What names this entity itself says so there: a Person's nested Sanctions.
			if s != nil && s.refers(name) || !names(item.get("properties"), e.id) {
				e.add(name, id.text)
			}
		default:
			e.add(name, string(item.appendCompact(nil, false)))
		}
	}
	return nested
}

// refers reports whether the schema has a property that names other entities.
func (s *ftmSchema) refers(property string) bool {
	_, linked := s.Links[property]
	return linked || slices.Contains(s.ends(), property) || s.Cites[property] == "document"
}

// ends lists the properties of an interval that name what it is about.
func (s *ftmSchema) ends() []string {
	ends := []string{s.Edge.from, s.Edge.to}
	for _, sentence := range s.Also {
		ends = append(ends, sentence.from, sentence.to)
	}
	if s.Value != nil {
		ends = append(ends, s.Value.Of)
	}
	if s.About != nil {
		ends = append(ends, s.About.Of)
	}
	return ends
}

// names reports whether one of the properties names an entity.
func names(properties *node, id string) bool {
	if properties == nil {
		return false
	}
	for i := range properties.members {
		value := &properties.members[i].value
		items := []node{*value}
		if value.kind == list {
			items = value.items
		}
		for j := range items {
			inner := items[j].get("id")
			if items[j].isScalar() && items[j].text == id || inner != nil && inner.text == id {
				return true
			}
		}
	}
	return false
}

// ftmTexts takes a text or a list of texts.
func ftmTexts(n *node) ([]string, *fault) {
	items := []node{*n}
	if n.kind == list {
		items = n.items
	}
	var texts []string
	for i := range items {
		if items[i].isAbsent() {
			continue
		}
		s, err := scalar(&items[i])
		if err != nil {
			return nil, err
		}
		texts = append(texts, s)
	}
	return texts, nil
}

// ftmXID makes the xid of an id; false: it is too long. What an xid cannot hold is written as %XX.
func ftmXID(scheme, id string) (string, bool) {
	var xid strings.Builder
	xid.WriteString(scheme + ":")
	for i, r := range id {
		if r == '%' || unicode.IsControl(r) || unicode.IsSpace(r) && (r != ' ' || i == 0 || i == len(id)-1) {
			const hex = "0123456789ABCDEF"
			for _, b := range []byte(string(r)) {
				xid.Write([]byte{'%', hex[b>>4], hex[b&15]})
			}
			continue
		}
		xid.WriteRune(r)
	}
	_, err := schema.CheckXID(xid.String())
	return xid.String(), err == nil
}
