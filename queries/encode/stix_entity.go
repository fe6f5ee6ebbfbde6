package encode

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"orbat/queries"
)

// stixKept is what an edge needs of an entity that is no identity with an id of the usual form.
type stixKept struct {
	kind string    // one of a few constants, or the type in the id that the entity brought
	id   uuid.UUID // of an account: it is made of other things than the xid
}

// xidUUID is the UUID of an entity's id.
func xidUUID(xid string) uuid.UUID { return uuid.NewSHA1(stixSpace(), []byte(xid)) }

// reference returns the STIX id of an entity that has been written.
func (s *stixBundle) reference(xid string) string {
	key := xidUUID(xid)
	kept, found := s.ids[key]
	switch {
	case !found:
		return "identity--" + key.String()
	case kept.id != uuid.UUID{}:
		return kept.kind + "--" + kept.id.String()
	}
	return kept.kind + "--" + key.String()
}

// stixOwn splits an xid that is STIX's own.
func stixOwn(xid string) (kind string, id uuid.UUID, ok bool) {
	text, found := strings.CutPrefix(xid, "stix:")
	kind, rest, cut := strings.Cut(text, "--")
	id, err := uuid.Parse(rest)
	return kind, id, found && cut && err == nil && id.String() == rest && id.Variant() == uuid.RFC4122 && id.Version() >= 1 &&
		id.Version() <= 5
}

// entity writes a node.
func (s *stixBundle) entity(n *queries.Node) {
	kind := stixKind(n)
	key := xidUUID(n.XID)
	own, id, isOwn := stixOwn(n.XID)
	isOwn = isOwn && stixFits(own, n)
	switch {
	case isOwn:
		kind = own
		s.ids[key] = stixKept{kind: strings.Clone(own), id: id}
	case kind == "user-account":
		s.ids[key] = stixKept{kind: kind, id: accountUUID(accountOf(n))}
	case kind != "identity":
		s.ids[key] = stixKept{kind: kind}
	}
	self := s.reference(n.XID)
	if s.already(self, kind) {
		return
	}
	o := newObject(kind, self)
	if kind == "user-account" {
		delete(o, "created")
		delete(o, "modified")
		for name, text := range accountOf(n) {
			o[name] = text
		}
		o["display_name"] = n.Name
	} else {
		o["name"] = orUnnamed(n)
		if text := joined(n.Properties, "description"); text != "" {
			o["description"] = text
		}
	}
	s.kindly(o, n, kind)
	o["extensions"] = stixExtensions(kind, n)
	s.mark(o, n.Properties["marking"]...)
	s.write(o)
}

// already reports whether an object of that id stands in the bundle: what an earlier export put into every bundle and
// was loaded since, and accounts that the specification takes for one.
func (s *stixBundle) already(id, kind string) bool {
	if id == stixProducer() || id == stixLossyNote() {
		return true
	}
	if kind != "user-account" {
		return false
	}
	again := s.accounts[id]
	s.accounts[id] = true
	return again
}

func orUnnamed(n *queries.Node) string {
	if n.Name == "" {
		return n.XID
	}
	return n.Name
}

// stixKind says what an entity becomes (ontology: maps_to stix), where several would do the one that claims least:
// nobody is called a threat actor who is not an armed group.
func stixKind(n *queries.Node) string {
	switch n.Type {
	case "Organisation":
		if slices.Contains(n.Properties["org_kind"], "armed_group") {
			return "threat-actor"
		}
	case "Equipment":
		if k := joined(n.Properties, "equip_kind"); k == "software" || k == "munition" {
			return "tool"
		}
		return "infrastructure"
	case "Location":
		return "location"
	case "Event":
		return "incident"
	case "Operation":
		return "campaign"
	case "Account":
		return "user-account"
	case "Source":
		if newSpan(joined(n.Properties, "published")).first.IsZero() {
			return "note" // a report must say when it was published
		}
		return "report"
	case "Concept":
		switch k := joined(n.Properties, "concept_kind"); k {
		case "attack-pattern", "course-of-action", "vulnerability":
			return k
		}
		return "x-orbat-concept"
	}
	return "identity" // Person, Unit, and who nobody described
}

// stixFits reports whether an entity can be written as the object it once was: one of which we know all that must be
// said.
func stixFits(own string, n *queries.Node) bool {
	switch own {
	case "threat-actor", "intrusion-set":
		return n.Type == "Organisation" || n.Type == "Person"
	case "tool", "infrastructure":
		return n.Type == "Equipment"
	case "report":
		return stixKind(n) == own
	case "note":
		return n.Type == "Source"
	case "identity":
		return stixKind(n) == own || stixKind(n) == "threat-actor"
	}
	return own == stixKind(n)
}

// kindly adds what is peculiar to a type.
func (s *stixBundle) kindly(o stixObject, n *queries.Node, kind string) {
	switch kind {
	case "identity":
		o["identity_class"] = map[string]string{"Person": "individual", "Unit": "organization", "Organisation": "organization"}[n.Type]
		if o["identity_class"] == "" {
			o["identity_class"] = "unknown"
		}
	case "threat-actor":
		if n.Type == "Person" {
			o["resource_level"] = "individual"
		}
	case "location":
		stixLocation(o, n)
	case "campaign":
		start, end := newSpan(joined(n.Properties, "date")).instants()
		if start != "" {
			o["first_seen"] = start
		}
		if end != "" {
			o["last_seen"] = end
		}
	case "report":
		published := newSpan(joined(n.Properties, "published")).first.Format(stixTimestamp)
		o["published"], o["object_refs"] = published, []string{stixLossyNote()}
	case "note":
		o["abstract"], o["content"], o["object_refs"] = o["name"], orUnnamed(n), []string{stixLossyNote()}
		if text, found := o["description"]; found {
			o["content"] = text
		}
		delete(o, "name")
		delete(o, "description")
	}
	switch kind {
	case "threat-actor", "intrusion-set", "campaign", "tool", "infrastructure", "attack-pattern", "x-orbat-concept":
		if len(n.Properties["aliases"]) > 0 {
			o["aliases"] = n.Properties["aliases"]
		}
	}
	if kind == "report" || kind == "note" {
		if address := stixURL(joined(n.Properties, "url")); address != "" {
			o["external_references"] = []stixObject{{"source_name": orUnnamed(n), "url": address}}
		}
	}
}

// stixLocation says where a place is: STIX wants a country, a point or a region.
func stixLocation(o stixObject, n *queries.Node) {
	for _, text := range n.Properties["geo"] {
		shape, bad := shapeOf([]string{text})
		var geometry struct {
			Type        string
			Coordinates []json.Number
		}
		if bad || shape == nil || json.Unmarshal([]byte(text), &geometry) != nil || geometry.Type != "Point" {
			continue
		}
		o["longitude"], o["latitude"] = geometry.Coordinates[0], geometry.Coordinates[1]
		if precision, err := strconv.ParseFloat(joined(n.Properties, "precision_m"), 64); err == nil {
			o["precision"] = precision
		}
		break
	}
	if countries := n.Properties["country"]; len(countries) > 0 {
		o["country"] = countries[0]
	} else if o["latitude"] == nil {
		o["region"] = "unknown"
	}
}

// accountOf returns what identifies an account.
func accountOf(n *queries.Node) map[string]string {
	account := map[string]string{}
	if platform := joined(n.Properties, "platform"); platform != "" {
		account["account_type"] = platform
	}
	if handle := joined(n.Properties, "handle"); handle != "" {
		account["account_login"] = handle
	} else {
		account["user_id"] = n.XID
	}
	return account
}

// accountUUID is the UUID that the specification (section 2.9) has for an observable: of its identifying properties, as
// canonical JSON, whose keys are sorted.
func accountUUID(identifying map[string]string) uuid.UUID {
	space := uuid.MustParse("00abedb4-aa42-466c-9c01-fed23315a9b7")
	return uuid.NewSHA1(space, []byte(plainJSON(identifying)))
}

// stixExtensions says what STIX has no property for, under orbat's names.
func stixExtensions(kind string, n *queries.Node) stixObject {
	about := stixObject{"extension_type": "property-extension", "xid": n.XID}
	if n.Type != "" {
		about["entity_type"] = n.Type
	}
	if len(n.Merged) > 0 {
		about["merged"] = n.Merged
	}
	if properties := presentLists(n.Properties); len(properties) > 0 {
		about["properties"] = plainJSON(properties)
	}
	if len(n.Differs) > 0 {
		about["differs"] = plainJSON(n.Differs)
	}
	if len(n.Denied) > 0 {
		about["denied"] = n.Denied
	}
	all := stixObject{stixExtension(): about}
	if kind == "x-orbat-concept" {
		all[stixNewObjects()] = stixObject{"extension_type": "new-sdo"}
	}
	return all
}

func presentLists(lists map[string][]string) map[string][]string {
	present := map[string][]string{}
	for name, list := range lists {
		if len(list) > 0 {
			present[name] = list
		}
	}
	return present
}

// stixURL returns a URL that any reader takes, or "".
func stixURL(text string) string {
	const forbidden = "\"<>\\^`{|} "
	plain := !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(forbidden, r) })
	parsed, err := url.Parse(text)
	if err != nil || !plain || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		return ""
	}
	return text
}
