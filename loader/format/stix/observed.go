package stix

import (
	"crypto/sha1" //nolint:gosec // what STIX 2.1 makes ids of observables with (UUID version 5); nothing rests on its strength
	"encoding/hex"
	"regexp"
	"strings"

	"orbat/loader/format/decode"
	"orbat/schema"
)

// observableSpace is the namespace of the ids of observables (STIX 2.1, section 2.9).
const observableSpace = "00abedb4-aa42-466c-9c01-fed23315a9b7"

// identifyingKeys names the key whose value alone makes the id of an observable in STIX 2.1.
var identifyingKeys = map[string]string{
	"email-addr": "value", "url": "value", "domain-name": "value", "ipv4-addr": "value", "ipv6-addr": "value", "mac-addr": "value",
	"mutex": "name", "directory": "path", "autonomous-system": "number",
}

// observableID returns the id that STIX 2.1 has for an observable: the same address is one account wherever it stands.
func observableID(kind, key string, value *decode.Node) objectID {
	name := append(schema.AppendJSONString([]byte("{"), key), ':')
	name = append(value.AppendCompact(name, false), '}')
	return objectID{kind: kind, uuid: uuid5(observableSpace, string(name))}
}

// uuid5 makes a UUID of a name in a namespace (RFC 9562, version 5).
func uuid5(space, name string) string {
	bytes, err := hex.DecodeString(strings.ReplaceAll(space, "-", ""))
	if err != nil || len(bytes) != 16 { // an id that is none, which was taken as it is
		bytes = []byte(space + "\x00")
	}
	sum := sha1.Sum(append(bytes, name...)) //nolint:gosec // see above
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// observe makes entities of the observables that an observed-data of STIX 2.0 holds, related to it. Their references
// are keys within it. One whose value does not identify it gets an id made of the object's id and the key. They are
// kept as x_objects too, as they stand.
func (o *object) observe() {
	objects := o.node().Get("objects")
	ids := make(map[string]objectID)
	for m := range objects.Said() {
		kind := stringOf(m.Value.Get("type"))
		if _, ok := parseID(kind + "--" + observableSpace); !ok || kind == "relationship" || kind == "bundle" {
			continue
		}
		if key := identifyingKeys[kind]; m.Value.Get(key) != nil && m.Value.Get(key).IsScalar() {
			ids[m.Key] = observableID(kind, key, m.Value.Get(key))
		} else {
			ids[m.Key] = objectID{kind: kind, uuid: uuid5(o.id.uuid, m.Key)}
		}
	}
	for m := range objects.Said() {
		id, ok := ids[m.Key]
		if !ok {
			continue
		}
		observable := &object{
			origin: &decode.RawRecord{
				Node: m.Value, Pos: o.origin.PosOf(m.Value.At), Locate: o.origin.Locate,
			}, raw: o.raw, id: id, entity: entityTypeOf(id.kind, &m.Value),
			refer: func(key string) (objectID, bool) { id, ok := ids[key]; return id, ok },
			homes: map[string]bool{"type": true}, values: map[string][]schema.Value{}, tied: make(map[string]bool), says: o.says,
			marking: o.marking,
			record:  o.record, withdrawn: o.withdrawn,
		}
		if id.kind != "observed-data" { // nothing observes itself
			observable.describe()
		}
		o.besides = append(append(o.besides, observable.besides...), observable.records()...)
		o.tie("object", id)
	}
}

var emailText = regexp.MustCompile(
	`[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+`)

// contact makes accounts of the e-mail addresses under which an identity can be reached.
func (o *object) contact() {
	for _, address := range emailText.FindAllString(o.text("contact_information"), -1) {
		id := observableID("email-addr", "value", &decode.Node{Kind: decode.Text, Text: address})
		account := o.newRecord(schema.EntityRecord)
		account.Subject = schema.Ref{XID: id.xid(), Type: "Account"}
		account.Values = map[string][]schema.Value{
			"name": {{Text: address}}, "handle": {{Text: address}}, "platform": {{Text: platforms["email-addr"]}},
		}
		if o.marking != "" {
			account.Values["marking"] = []schema.Value{{Text: o.marking}}
		}
		account.Provenance = o.says
		o.besides = append(o.besides, account)
		o.ties = append(o.ties, o.relation("uses_account", o.id, id))
	}
}
