package format

import (
	"crypto/sha1" //nolint:gosec // what STIX 2.1 makes ids of observables with (UUID version 5); nothing rests on its strength
	"encoding/hex"
	"regexp"
	"strings"

	"orbat/schema"
)

// observableSpace is the namespace of the ids of observables (STIX 2.1, section 2.9).
const observableSpace = "00abedb4-aa42-466c-9c01-fed23315a9b7"

// stixIdentifying names the key whose value alone makes the id of an observable in STIX 2.1.
var stixIdentifying = map[string]string{
	"email-addr": "value", "url": "value", "domain-name": "value", "ipv4-addr": "value", "ipv6-addr": "value", "mac-addr": "value",
	"mutex": "name", "directory": "path", "autonomous-system": "number",
}

// observableID gives an observable the id that STIX 2.1 has for it, so that the same address is one account wherever it stands.
func observableID(kind, key string, value *node) stixID {
	name := append(appendString([]byte("{"), key), ':')
	name = append(value.appendCompact(name, false), '}')
	return stixID{kind: kind, uuid: uuid5(observableSpace, string(name))}
}

// uuid5 makes a UUID of a name in a namespace (RFC 9562, version 5).
func uuid5(space, name string) string {
	bytes, _ := hex.DecodeString(strings.ReplaceAll(space, "-", "")) // it is a UUID
	sum := sha1.Sum(append(bytes, name...))                          //nolint:gosec // see above
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// observe makes entities of the observables that an observed-data of STIX 2.0 holds, related to it. Their references are keys
// within it. One whose value does not identify it gets an id made of the object's id and the key. They are kept as x_objects
// too, as they stand.
func (o *stixObject) observe() {
	objects := o.node().get("objects")
	if objects == nil {
		return
	}
	ids := make(map[string]stixID)
	for i := range objects.members {
		m := &objects.members[i]
		kind := stringOf(m.value.get("type"))
		if _, ok := parseStixID(kind + "--" + observableSpace); !ok || kind == "relationship" || kind == "bundle" {
			continue
		}
		if key := stixIdentifying[kind]; m.value.get(key) != nil && m.value.get(key).isScalar() {
			ids[m.key] = observableID(kind, key, m.value.get(key))
		} else {
			ids[m.key] = stixID{kind: kind, uuid: uuid5(o.id.uuid, m.key)}
		}
	}
	for i := range objects.members {
		m := &objects.members[i]
		id, ok := ids[m.key]
		if !ok {
			continue
		}
		observable := &stixObject{
			found: &found{node: m.value, pos: o.found.pos, locate: o.found.locate}, raw: o.raw, id: id, entity: stixEntity(id.kind, &m.value),
			refer:  func(key string) (stixID, bool) { id, ok := ids[key]; return id, ok },
			placed: map[string]bool{"type": true}, values: map[string][]schema.Value{}, tied: make(map[string]bool), says: o.says, marking: o.marking,
			record: o.record, withdrawn: o.withdrawn,
		}
		if o.found.locate != nil {
			observable.found.pos = o.found.locate(m.value.at)
		}
		if id.kind != "observed-data" { // nothing observes itself
			observable.describe()
		}
		o.besides = append(append(o.besides, observable.besides...), observable.records()...)
		o.tie("object", id)
	}
}

var emailText = regexp.MustCompile(`[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+`)

// contact makes accounts of the e-mail addresses under which an identity can be reached.
func (o *stixObject) contact() {
	for _, address := range emailText.FindAllString(o.text("contact_information"), -1) {
		id := observableID("email-addr", "value", &node{kind: text, text: address})
		account := o.newRecord(schema.EntityRecord)
		account.Subject = schema.Ref{XID: id.xid(), Type: "Account"}
		account.Values = map[string][]schema.Value{
			"name": {{Text: address}}, "handle": {{Text: address}}, "platform": {{Text: stixPlatforms["email-addr"]}},
		}
		if o.marking != "" {
			account.Values["marking"] = []schema.Value{{Text: o.marking}}
		}
		account.Provenance = o.says
		o.besides = append(o.besides, account)
		o.ties = append(o.ties, o.relation("uses_account", o.id, id))
	}
}
