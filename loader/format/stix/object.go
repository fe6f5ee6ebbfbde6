package stix

import (
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// object is one object of STIX on its way to records.
type object struct {
	origin *decode.RawRecord
	raw    []byte // for its records
	id     objectID
	entity string                             // the entity type that it becomes
	refer  func(text string) (objectID, bool) // resolves a reference
	homes  map[string]bool                    // the keys whose value has found a home that holds it exactly

	values    map[string][]schema.Value
	says      schema.Provenance // what all its statements share: who says so, how sure, on what sources
	marking   string
	record    string // the id of the object that states it
	withdrawn bool   // its author has revoked it

	besides []*schema.Record // the sources and accounts that it describes
	ties    []*schema.Record // its relations
	tied    map[string]bool  // which they are
}

// objectID is an identifier: type--UUID.
type objectID struct{ kind, uuid string }

func (id objectID) xid() string     { return "stix:" + id.text() }
func (id objectID) text() string    { return id.kind + "--" + id.uuid }
func (id objectID) ref() schema.Ref { return schema.Ref{XID: id.xid()} }

// maxType is the longest name of a type; the specification allows 250 characters.
const maxType = 250

// parseID reads an identifier. The letters of a UUID are digits: case means nothing there.
func parseID(text string) (objectID, bool) {
	at := len(text) - 36
	if at < 3 || text[at-2:at] != "--" || at-2 > maxType {
		return objectID{}, false
	}
	id := objectID{kind: text[:at-2], uuid: strings.ToLower(text[at:])}
	for i := range len(id.uuid) {
		c := id.uuid[i]
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return objectID{}, false
		}
	}
	for i := range len(id.kind) {
		if c := id.kind[i]; c != '-' && c != '_' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return objectID{}, false
		}
	}
	return id, true
}

// strictID reports whether an id is of the form type--UUID.
func strictID(text string) bool {
	_, ok := parseID(text)
	return ok
}

// lenientID reads an identifier of which the part after the type may be anything that an xid can hold.
func lenientID(text string) (objectID, bool) {
	if id, ok := parseID(text); ok {
		return id, true
	}
	kind, rest, found := strings.Cut(text, "--")
	if _, ok := parseID(kind + "--" + observableSpace); !found || !ok || strings.TrimSpace(rest) != rest || rest == "" {
		return objectID{}, false
	}
	id := objectID{kind: kind, uuid: rest}
	xid, err := schema.CheckXID(id.xid())
	return id, err == nil && xid == id.xid()
}

// recordsOf returns the records that one object makes: those of what it describes besides, and its own. parse reads
// ids.
func recordsOf(f *decode.RawRecord, parse func(string) (objectID, bool)) (besides, own []*schema.Record, err *decode.ValueError) {
	o, err := newObject(f, parse)
	switch {
	case err != nil:
		return nil, nil, err
	case o.id.kind == "relationship":
		record, err := o.relationship()
		return o.besides, []*schema.Record{record}, err
	case o.id.kind == "sighting" && o.reference("sighting_of_ref") == (objectID{}):
		return nil, nil, o.missing("sighting_of_ref", "a sighting says under sighting_of_ref what was seen")
	}
	o.describe()
	if n := len(o.besides) + len(o.ties); n > maxRecords {
		return nil, nil, decode.At(0, schema.Fault{
			Reason: "the object makes " + strconv.Itoa(n) + " records; at most " + strconv.Itoa(maxRecords) + " are read",
			Hint:   "split it into several that refer to fewer",
		})
	}
	return o.besides, o.records(), nil
}

// maxRecords is how many records one object may make, which are held until it is read.
const maxRecords = 100_000

func newObject(f *decode.RawRecord, parse func(string) (objectID, bool)) (*object, *decode.ValueError) {
	n := &f.Node
	if n.Kind != decode.Object {
		return nil, n.Wrong("an object of STIX is an object, not "+n.What(), formHint)
	}
	kind, id := stringOf(n.Get("type")), stringOf(n.Get("id"))
	if kind == "" {
		return nil, decode.Missing("type", n.Keys(), "every object of STIX has a type and an id")
	}
	if id == "" {
		return nil, decode.Missing("id", n.Keys(), "every object of STIX has an id: "+kind+"--UUID")
	}
	parsed, ok := parse(id)
	if !ok || parsed.kind != kind {
		fault := schema.Fault{
			Column: "id", Value: id, Reason: "is not of the form " + schema.Shorten(kind) + "--UUID",
			Hint: "the id begins with the object's type; the UUID has 32 hexadecimal digits and 4 hyphens",
		}
		if other, ok := lenientID(id); ok && other.kind == kind {
			fault.Hint += "; or take such ids as they are"
			fault.Option = schema.Option{Name: "lenient-ids"}
		}
		return nil, decode.At(n.Get("id").At, fault)
	}
	o := &object{
		origin: f, raw: f.Kept(), id: parsed, entity: entityTypeOf(parsed.kind, n), refer: parse,
		values: map[string][]schema.Value{}, tied: make(map[string]bool), record: parsed.text(),
	}
	o.homes = map[string]bool{"type": true, "id": o.record == id}
	revoked := n.Get("revoked")
	o.withdrawn = revoked != nil && revoked.Text == "true"
	o.sayWho()
	o.sayVersion()
	o.mark()
	o.cite()
	return o, nil
}

func (o *object) node() *decode.Node { return &o.origin.Node }

// text returns a text of the object; empty where there is none, or something else.
func (o *object) text(key string) string { return stringOf(o.node().Get(key)) }

func stringOf(n *decode.Node) string {
	if n == nil || n.Kind != decode.Text {
		return ""
	}
	return n.Text
}

// texts returns a list of texts, or the one that stands in a list's place.
func (o *object) texts(key string) []string {
	var all []string
	for n := range o.node().Get(key).All() {
		if s := stringOf(n); s != "" {
			all = append(all, s)
		}
	}
	return all
}

func (o *object) reference(key string) objectID {
	id, _ := o.refer(o.text(key))
	return id
}

func (o *object) missing(key, hint string) *decode.ValueError {
	if n := o.node().Get(key); n != nil {
		return n.Wrong("is no STIX identifier, type--UUID", hint).Within(key)
	}
	return decode.Missing(key, o.id.text(), hint)
}

// sayWho takes who says it and how sure they are.
func (o *object) sayWho() {
	if by := o.text("created_by_ref"); by != "" {
		if id, ok := o.refer(by); ok {
			o.says.AttributedTo = id.ref()
			o.homes["created_by_ref"] = id.text() == by
		}
	}
	if n := o.node().Get("confidence"); n != nil && n.Kind == decode.Literal {
		if confidence, err := strconv.Atoi(n.Text); err == nil && confidence >= 0 && confidence <= 100 {
			o.says.Confidence = n.Text
			o.homes["confidence"] = strconv.Itoa(confidence) == n.Text
		}
	}
}

// sayVersion takes which version of the object it is. Only then does all that it says bear the object's id: what of the
// others does not, never had one.
func (o *object) sayVersion() {
	if modified := o.text("modified"); modified != "" && strings.TrimSpace(modified) == modified {
		o.says.ID, o.says.Version = o.record, modified
		o.homes["modified"] = schema.CanonicalText(modified) == modified
	}
}

// relation begins a relation that the object states. What its author has revoked is denied: it draws no edge.
func (o *object) relation(predicate string, from, to objectID) *schema.Record {
	r := o.newRecord(schema.RelationRecord)
	r.Predicate, r.Subject, r.Object, r.Provenance = predicate, from.ref(), to.ref(), o.says
	r.ID, r.Marking = o.record, o.marking
	if o.withdrawn {
		r.Assertion = string(schema.Denied)
	}
	return r
}

// add returns a property a value, or reports that it cannot have it. exact: the property holds it just as it stands.
func (o *object) add(property, text string) (ok, exact bool) {
	shape := shapes[property]
	canonical, err := shape.Parse(text)
	if err != nil {
		return false, false
	}
	o.values[property] = append(o.values[property], schema.Value{Text: text})
	return true, canonical == text
}

// place returns a property the text under a key, which then needs no x_… where the property holds it exactly.
func (o *object) place(property, key string) bool {
	s := o.text(key)
	if s == "" {
		return false
	}
	ok, exact := o.add(property, s)
	o.homes[key] = exact
	return ok
}

// shapes says of the properties that STIX fills what they can hold, so that what they cannot is kept as x_… instead of
// having its object rejected.
var shapes = map[string]*schema.Property{
	"name":         {Name: "name", Kind: schema.KindString, Indexed: true},
	"aliases":      {Name: "aliases", Kind: schema.KindString, Indexed: true},
	"description":  {Name: "description", Kind: schema.KindText},
	"country":      {Name: "country", Kind: schema.KindCountry, Indexed: true},
	"external_ids": {Name: "external_ids", Kind: schema.KindExternalID, Indexed: true},
	"marking":      {Name: "marking", Kind: schema.KindString},
	"concept_kind": {Name: "concept_kind", Kind: schema.KindString, Indexed: true},
	"equip_kind":   {Name: "equip_kind", Kind: schema.KindString, Indexed: true},
	"level":        {Name: "level", Kind: schema.KindString},
	"op_kind":      {Name: "op_kind", Kind: schema.KindString},
	"event_kind":   {Name: "event_kind", Kind: schema.KindString, Indexed: true},
	"loc_kind":     {Name: "loc_kind", Kind: schema.KindString, Indexed: true},
	"date":         {Name: "date", Kind: schema.KindPeriod},
	"geo":          {Name: "geo", Kind: schema.KindGeo},
	"precision_m":  {Name: "precision_m", Kind: schema.KindFloat},
	"handle":       {Name: "handle", Kind: schema.KindString, Indexed: true},
	"platform":     {Name: "platform", Kind: schema.KindString},
	"url":          {Name: "url", Kind: schema.KindURL},
	"title":        {Name: "title", Kind: schema.KindString},
	"published":    {Name: "published", Kind: schema.KindDate},
	"language":     {Name: "language", Kind: schema.KindLanguage},
}

// oneLine makes a text fit for a name: what breaks lines becomes a space, what is too long is cut.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r >= 0x80 && r <= 0xa0 || r == 0x2028 || r == 0x2029
	}), " ")
	if len(s) <= schema.MaxIndexed/2 { // NFC makes some characters longer
		return s
	}
	return input.CutText(s, schema.MaxIndexed/2)
}

// extra returns all that has found no home, as x_….
func (o *object) extra() map[string]string {
	var extra map[string]string
	var keys map[string]bool // of the object
	for m := range o.node().Said() {
		if o.homes[m.Key] {
			continue
		}
		if extra == nil {
			extra, keys = make(map[string]string), make(map[string]bool)
			for other := range o.node().Said() {
				keys[other.Key] = true
			}
		}
		extra[extraName(keys, m.Key)] = string(m.Value.AppendCompact(nil, false))
	}
	return extra
}

// extraName returns the x_… name of a key, which no other key of the object has.
func extraName(keys map[string]bool, key string) string {
	if strings.HasPrefix(key, "x_") {
		return key
	}
	name := "x_" + key
	for keys[name] || name[2:] != key && keys[name[2:]] {
		name = "x_stix_" + name[2:]
	}
	return name
}

// records returns the records of an object that is described.
func (o *object) records() []*schema.Record {
	self := o.newRecord(schema.EntityRecord)
	self.Subject = schema.Ref{XID: o.id.xid(), Type: o.entity}
	self.Values, self.Extra, self.Provenance = o.values, o.extra(), o.says
	return append([]*schema.Record{self}, o.ties...)
}

func (o *object) newRecord(kind schema.RecordKind) *schema.Record {
	return &schema.Record{Pos: o.origin.Pos, Raw: o.raw, Kind: kind}
}

// markings are the ids that every reader of STIX knows: TLP 1.0 (white to red), then TLP 2.0 (clear to red).
var markings = map[string]string{
	"613f2e26-407d-48c7-9eca-b8e91df99dc9": "TLP:WHITE",
	"34098fce-860f-48ae-8e50-ebd3cc5e41da": "TLP:GREEN",
	"f88d31f6-486f-44da-b317-01333bde0b82": "TLP:AMBER",
	"5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "TLP:RED",
	"94868c89-83c2-464b-929b-a1a8aa3c8487": "TLP:CLEAR",
	"bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "TLP:GREEN",
	"55d920b0-5e8b-4f79-9ee9-91f868d9b421": "TLP:AMBER",
	"939a9414-2ddd-4d32-a0cd-375ea402b003": "TLP:AMBER+STRICT",
	"e828b379-4e03-4974-9ac4-e53a884c97c1": "TLP:RED",
}

// maxMarking is the longest text of a marking in bytes; more are kept as x_… alone.
const maxMarking = 4 << 10

// mark takes the markings: the TLP by name, others by id, since what they say stands in another object.
func (o *object) mark() {
	refs := o.texts("object_marking_refs")
	if len(refs) == 0 {
		return
	}
	exact := o.node().Get("object_marking_refs").Kind == decode.List
	const separator = "; "
	var names []string
	long := 0
	for _, text := range refs {
		name := oneLine(text)
		if id, ok := parseID(text); ok && id.kind == "marking-definition" {
			if tlp := markings[id.uuid]; tlp != "" {
				name = tlp
			}
		}
		exact = exact && name == text
		if slices.Contains(names, name) {
			continue
		}
		names = append(names, name)
		if long += len(name) + len(separator); long > maxMarking+len(separator) {
			return
		}
	}
	exact = exact && len(names) == len(o.node().Get("object_marking_refs").Items)
	o.marking = strings.Join(names, separator)
	o.homes["object_marking_refs"] = exact
}

// seenRecords remembers the latest that was described besides the objects, sources above all, so as not to repeat it
// with each. It takes the same memory however long the file is: a table of sums, in each line of which the newest comes
// first.
type seenRecords struct{ lines *[2048][8]uint64 }

// already reports whether the same was described before. What says more than what it is, is never left out.
func (s *seenRecords) already(record *schema.Record) bool {
	if record.Kind != schema.EntityRecord || !record.IsZero() || len(record.Extra) > 0 {
		return false
	}
	whole, plain := decode.Fingerprint(record)
	if !plain {
		return false
	}
	if s.lines == nil {
		s.lines = new([2048][8]uint64)
	}
	sum := binary.LittleEndian.Uint64(whole[:]) | 1 // 0 is an empty place
	line := &s.lines[binary.LittleEndian.Uint16(whole[8:])%uint16(len(s.lines))]
	if slices.Contains(line[:], sum) {
		return true
	}
	copy(line[1:], line[:])
	line[0] = sum
	return false
}
