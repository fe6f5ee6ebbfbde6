package ftm

import (
	"crypto/sha256"
	"slices"
	"strings"
	"unicode"

	"orbat/loader/format/decode"
	"orbat/schema"
)

// entity is one entity of FollowTheMoney, whichever encoding it came in.
type entity struct {
	id, schema string
	caption    string
	datasets   []string
	referents  []string            // other ids of the same entity
	properties map[string][]string // as they stand, each value once
	extra      map[string]string   // x_… from outside the properties, as compact JSON
	version    string              // when it last changed; empty: nobody says

	origin *decode.RawRecord
	at     decode.Place // of a nested entity
	left   map[string][]string
	seen   map[[2]string]bool // what was added
}

func newEntity() *entity {
	return &entity{properties: map[string][]string{}, extra: map[string]string{}, seen: map[[2]string]bool{}}
}

// values returns the values of a property.
func (e *entity) values(property string) []string { return e.properties[property] }

// add adds a value to a property, once.
func (e *entity) add(property, value string) {
	if key := [2]string{property, value}; value != "" && !e.seen[key] {
		e.seen[key] = true
		e.properties[property] = append(e.properties[property], value)
	}
}

// rest says that a home was found for the values of a property, but for some. What no home takes is kept as x_PROPERTY.
func (e *entity) rest(property string, homeless []string) {
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
func (f *file) entity(found *decode.RawRecord, n *decode.Node) error {
	e, nested, fault := entityOfNode(f.vocabulary, n)
	if fault != nil {
		return f.Send(nil, found.Reject(fault.Or(n.At)))
	}
	for _, inner := range nested {
		if err := f.entity(found, inner); err != nil {
			return err
		}
	}
	e.origin, e.at = found, n.At
	if f.delta {
		if err := f.Note(schema.NewRecordChange(found.PosOf(n.At), e.id, sha256.Sum256(n.AppendCompact(nil, false)))); err != nil {
			return err
		}
	}
	return f.yieldEntity(e, "")
}

// entityOfNode reads an entity and finds those nested within it: objects where ids could stand.
func entityOfNode(v *vocabulary, n *decode.Node) (*entity, []*decode.Node, *decode.ValueError) {
	if n.Kind != decode.Object {
		return nil, nil, n.Wrong("an entity is an object, not "+n.What(), formHint)
	}
	e := newEntity()
	var nested []*decode.Node
	for m := range n.Said() {
		var err *decode.ValueError
		switch m.Key {
		case "id":
			e.id, err = decode.Scalar(&m.Value)
		case "schema":
			e.schema, err = decode.Scalar(&m.Value)
		case "caption":
			e.caption, err = decode.Scalar(&m.Value)
		case "datasets":
			e.datasets, err = textsOf(&m.Value)
		case "referents":
			e.referents, err = textsOf(&m.Value)
		case "last_seen": // see the package comment
		case "last_change":
			if m.Value.Kind == decode.Text && schema.CanonicalText(m.Value.Text) == m.Value.Text &&
				strings.TrimSpace(m.Value.Text) == m.Value.Text {
				e.version = m.Value.Text
			} else {
				e.extra["x_last_change"] = string(m.Value.AppendCompact(nil, false))
			}
		case "properties":
			if m.Value.Kind != decode.Object {
				err = decode.At(0, schema.Fault{
					Value: m.Value.Show(), Reason: "properties is " + m.Value.What() + "; an object is needed", Hint: formHint,
				})
			}
		default:
			e.extra["x_"+m.Key] = string(m.Value.AppendCompact(nil, false))
		}
		if err != nil {
			return nil, nil, err.Or(m.At).Within(m.Key)
		}
	}
	for _, must := range []struct{ key, value string }{{"id", e.id}, {"schema", e.schema}} {
		if strings.TrimSpace(must.value) == "" {
			return nil, nil, decode.Missing(must.key, n.Keys(), formHint)
		}
	}
	for m := range n.Get("properties").Said() {
		nested = append(nested, e.property(m.Key, &m.Value, v.schemata[e.schema])...)
	}
	return e, nested, nil
}

// property takes the values of a property, and returns the entities that stand in it instead of their ids.
func (e *entity) property(name string, n *decode.Node, s *entitySchema) (nested []*decode.Node) {
	for item := range n.All() {
		id := item.Get("id")
		switch {
		case item.IsScalar():
			e.add(name, strings.TrimSpace(item.Text))
		case item.Kind == decode.Object && id != nil && id.IsScalar():
			if item.Get("schema") != nil || item.Get("properties") != nil {
				nested = append(nested, item)
			}
			// What names this entity itself says so there: a Person's nested Sanctions.
			if s != nil && s.refers(name) || !names(item.Get("properties"), e.id) {
				e.add(name, id.Text)
			}
		default:
			e.add(name, string(item.AppendCompact(nil, false)))
		}
	}
	return nested
}

// refers reports whether the schema has a property that names other entities.
func (s *entitySchema) refers(property string) bool {
	_, linked := s.Links[property]
	return linked || slices.Contains(s.ends(), property) || s.Cites[property] == "document"
}

// ends lists the properties of an interval that name what it is about.
func (s *entitySchema) ends() []string {
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
func names(properties *decode.Node, id string) bool {
	for m := range properties.Said() {
		for item := range m.Value.All() {
			inner := item.Get("id")
			if item.IsScalar() && item.Text == id || inner != nil && inner.Text == id {
				return true
			}
		}
	}
	return false
}

// textsOf takes a text or a list of texts.
func textsOf(n *decode.Node) ([]string, *decode.ValueError) {
	var texts []string
	for item := range n.All() {
		s, err := decode.Scalar(item)
		if err != nil {
			return nil, err
		}
		texts = append(texts, s)
	}
	return texts, nil
}

// xidOf makes the xid of an id; false: it is too long. What an xid cannot hold is written as %XX.
func xidOf(scheme, id string) (string, bool) {
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
