package stix

import (
	"slices"
	"sort"
	"strings"

	"orbat/loader/format/decode"
	"orbat/schema"
)

// entityTypes says which entity type an object of a STIX type becomes; any other is a Concept. identity and
// threat-actor are told by what the object says of itself (stixActor).
var entityTypes = map[string]string{
	"intrusion-set": "Organisation",

	"malware": "Equipment", "tool": "Equipment", "software": "Equipment", "infrastructure": "Equipment",
	"x-mitre-asset": "Equipment", // classes of devices, such as a programmable logic controller

	"campaign": "Operation",

	// That something was seen is something that happened.
	"incident": "Event", "sighting": "Event", "observed-data": "Event",

	"location": "Location",

	"report": "Source", "note": "Source", "opinion": "Source", "grouping": "Source",

	// An identifier used in communication. The last three are OpenCTI's.
	"user-account": "Account", "email-addr": "Account", "url": "Account", "domain-name": "Account",
	"ipv4-addr": "Account", "ipv6-addr": "Account", "mac-addr": "Account",
	"hostname": "Account", "phone-number": "Account", "cryptocurrency-wallet": "Account",
}

// platforms says where the identifiers of accounts are used.
var platforms = map[string]string{
	"email-addr": "e-mail", "url": "web", "domain-name": "DNS", "hostname": "DNS", "ipv4-addr": "IPv4", "ipv6-addr": "IPv6",
	"mac-addr": "MAC", "phone-number": "telephone", "cryptocurrency-wallet": "cryptocurrency",
}

const conceptType = "Concept"

// entityTypeOf returns the entity type of an object.
func entityTypeOf(kind string, n *decode.Node) string {
	switch entity := entityTypes[kind]; {
	case entity != "":
		return entity
	case kind == "identity" || kind == "threat-actor":
		return actorType(kind, n)
	}
	return conceptType
}

// actorType tells a person from an organisation by what the object says of itself. Words that suit either (a spy, a
// malware author, a hacker) decide nothing.
func actorType(kind string, n *decode.Node) string {
	individual := false
	says := func(key, word string) {
		for value := range n.Get(key).All() {
			individual = individual || strings.EqualFold(stringOf(value), word)
		}
	}
	if kind == "identity" {
		says("identity_class", "individual")
	} else {
		says("resource_level", "individual")
		for _, key := range []string{"threat_actor_types", "labels"} { // labels: STIX 2.0
			says(key, "insider-accidental")
			says(key, "insider-disgruntled")
		}
		says("x_opencti_type", "Threat-Actor-Individual")
		for extension := range n.Get("extensions").Said() {
			individual = individual || stringOf(extension.Value.Get("type")) == "Threat-Actor-Individual"
		}
	}
	if individual {
		return "Person"
	}
	return "Organisation"
}

// possibleTypes returns the entity types that an object may have of which only the STIX type is known.
func possibleTypes(kind string) []string {
	if kind == "identity" || kind == "threat-actor" {
		return []string{"Person", "Organisation"}
	}
	return []string{entityTypeOf(kind, nil)}
}

// describe returns the entity its values, and its relations with what it refers to.
func (o *object) describe() {
	o.name()
	o.aliases()
	for _, key := range []string{"description", "content", "explanation"} { // of most; of notes; of opinions
		if o.describes(key) {
			break
		}
	}
	if o.marking != "" {
		o.add("marking", o.marking)
	}
	o.externalIDs()
	switch o.entity {
	case "Person", "Organisation":
		o.contact()
	case "Equipment":
		o.equipment()
	case "Operation":
		o.add("op_kind", "campaign")
		o.seen("first_seen", "last_seen", true)
	case "Event":
		o.event()
	case "Location":
		o.location()
	case "Account":
		o.account()
	case "Source":
		o.document()
	case conceptType:
		o.add("concept_kind", o.id.kind)
		o.definition()
	}
	if o.id.kind == "observed-data" {
		o.observe()
	}
	o.embedded()
}

// name names the entity, by the next best that it has where it has no name.
func (o *object) name() {
	if o.place("name", "name") {
		return
	}
	for _, key := range []string{
		"name", "abstract", "value", "display_name", "account_login", "user_id", "path", "key", "subject", "pattern", "command_line",
		"serial_number",
	} {
		if s := oneLine(o.text(key)); s != "" {
			o.add("name", s)
			return
		}
	}
	hashes := slices.Collect(o.node().Get("hashes").Said())
	slices.SortFunc(hashes, func(a, b *decode.Member) int { return strings.Compare(a.Key, b.Key) })
	for _, hash := range hashes {
		if s := oneLine(stringOf(&hash.Value)); s != "" {
			o.add("name", s)
			return
		}
	}
	if number := o.node().Get("number"); o.id.kind == "autonomous-system" && number != nil && number.IsScalar() {
		o.add("name", oneLine("AS"+number.Text))
	}
}

// aliases takes the other names. That a name is its own alias says nothing.
func (o *object) aliases() {
	var taken []string
	known := map[string]bool{o.text("name"): true}
	all := true
	for _, key := range []string{"aliases", "x_mitre_aliases", "x_opencti_aliases"} {
		for _, alias := range o.texts(key) {
			if known[alias] {
				all = false
				continue
			}
			known[alias] = true
			_, exact := o.add("aliases", alias)
			all = all && exact
			taken = append(taken, alias)
		}
	}
	if n := o.node().Get("aliases"); n != nil { // as a list without an order of its own
		o.homes["aliases"] = all && n.Kind == decode.List && len(taken) == len(n.Items) && sort.StringsAreSorted(taken)
	}
}

// describes takes the description; one that holds what no text may is taken without, and kept as x_… as it stands.
func (o *object) describes(key string) bool {
	s := o.text(key)
	if s == "" {
		return false
	}
	if o.place("description", key) {
		return true
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return ' '
		}
		return r
	}, s)
	ok, _ := o.add("description", s)
	return ok
}

func (o *object) equipment() {
	switch o.id.kind {
	case "infrastructure":
		o.add("equip_kind", "other")
	case "x-mitre-asset":
		o.add("equip_kind", "other")
		o.add("level", "class")
	default:
		o.add("equip_kind", "software")
	}
}

func (o *object) event() {
	switch o.id.kind {
	case "incident":
		o.add("event_kind", "incident")
		o.seen("first_seen", "last_seen", true) // OpenCTI's
	case "sighting":
		o.seen("first_seen", "last_seen", false)
	case "observed-data":
		o.seen("first_observed", "last_observed", false)
	}
}

// seen takes a period. That a campaign was first seen then says only that it had begun (within); a sighting begins when
// its subject was first seen. The timestamps are kept as x_… too, as they stand.
func (o *object) seen(first, last string, within bool) {
	if period := periodOf(o.text(first), o.text(last), within); period != "" {
		o.add("date", period)
	}
}

// periodOf returns a period by two timestamps; empty where they make none.
func periodOf(from, to string, within bool) string {
	if from != "" && within {
		from = "~" + from
	}
	if to != "" && within {
		to += "~"
	}
	if from == "" && to == "" {
		return ""
	}
	period := from + "/" + to
	if _, err := schema.ParsePeriod(period); err != nil {
		return ""
	}
	return period
}

// location takes a place. A place that says country, or city, and nothing finer is one.
func (o *object) location() {
	n := o.node()
	finer := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return n.Get(key) != nil })
	}
	if len(o.values["name"]) == 0 {
		for _, key := range []string{"street_address", "city", "administrative_area", "country", "region"} {
			if s := oneLine(o.text(key)); s != "" {
				o.add("name", s)
				break
			}
		}
	}
	o.place("country", "country")
	longitude, latitude := n.Get("longitude"), n.Get("latitude")
	if longitude != nil && latitude != nil && decode.IsNumber(longitude.Text) && decode.IsNumber(latitude.Text) {
		ok, _ := o.add("geo", `{"type":"Point","coordinates":[`+longitude.Text+`,`+latitude.Text+`]}`)
		o.homes["longitude"], o.homes["latitude"] = ok && longitude.Kind == decode.Literal, ok && latitude.Kind == decode.Literal
	}
	if precision := n.Get("precision"); precision != nil && precision.Kind == decode.Literal && !strings.HasPrefix(precision.Text, "-") {
		_, o.homes["precision"] = o.add("precision_m", precision.Text)
	}
	switch kind := o.text("x_opencti_location_type"); {
	case kind == "Country", kind == "City":
		o.add("loc_kind", strings.ToLower(kind))
	case kind == "Position":
		o.add("loc_kind", "point")
	case kind != "" || finer("street_address", "postal_code", "latitude"):
	case finer("city"):
		o.add("loc_kind", "city")
	case finer("country") && !finer("administrative_area"):
		o.add("loc_kind", "country")
	}
}

// account takes an identifier.
func (o *object) account() {
	if o.id.kind == "user-account" {
		o.place("platform", "account_type")
		if !o.place("handle", "account_login") {
			o.place("handle", "user_id")
		}
		return
	}
	o.add("platform", platforms[o.id.kind])
	if o.id.kind == "url" && o.place("url", "value") {
		return
	}
	o.place("handle", "value")
}

// document takes a report, note, opinion or grouping, which is a Source.
func (o *object) document() {
	if o.id.kind == "report" {
		if s := o.text("name"); s != "" {
			o.add("title", s)
		}
		if s := o.text("published"); s != "" {
			o.add("published", s) // kept as x_… too, as it stands
		}
	}
	o.place("language", "lang")
}

// definition takes what a marking says, which stands in an object of its own until STIX 2.1.
func (o *object) definition() {
	if o.id.kind != "marking-definition" {
		return
	}
	inner := o.node().Get("definition")
	if s := stringOf(inner.Get("statement")); s != "" && len(o.values["description"]) == 0 {
		o.add("description", s)
	}
	if s := oneLine(stringOf(inner.Get("tlp"))); s != "" && len(o.values["name"]) == 0 {
		o.add("name", "TLP:"+strings.ToUpper(s))
	}
}
