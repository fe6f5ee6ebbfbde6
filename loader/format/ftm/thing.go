package ftm

import (
	"slices"
	"strconv"
	"strings"

	"orbat/loader/format/decode"
	"orbat/schema"
)

// thing makes an entity, and the relations with what its properties name.
func (r *recorder) thing(self schema.Ref) *decode.ValueError {
	r.isEntity = true
	record := schema.Record{
		Kind: schema.EntityRecord, Subject: self, Values: map[string][]schema.Value{}, Provenance: r.says(),
	}
	texts := map[string][]string{}
	for _, property := range sortedKeys(r.kind.Set) {
		if value := r.kind.Set[property]; r.takes(self.Type, property, value) {
			texts[property] = []string{value}
		}
	}
	r.names(self.Type, texts)
	r.homes(self.Type, texts)
	r.externalIDs(self.Type, texts)
	r.geo(self.Type, texts)
	if property := r.kind.Period; property != "" {
		if period := r.period(nil); period != "" && r.takes(self.Type, property, period) {
			texts[property] = []string{period}
		}
	}
	accounts := r.accountsOf(self)
	links := r.linksOf(self)
	for _, property := range sortedKeys(texts) {
		record.Values[property] = r.plainOrOwn(property, slices.Compact(sortedValues(texts[property])))
	}
	record.Extra = r.extraValues()
	r.put(record)
	for _, other := range append(accounts, links...) {
		r.put(other)
	}
	return nil
}

// plainOrOwn makes values of texts. Several values of a property that holds one are claims of their own, told apart
// from what the describing claim says by the record's id.
func (r *recorder) plainOrOwn(property string, texts []string) []schema.Value {
	own := !r.isList(property) && len(texts) > 1
	var values []schema.Value
	for _, s := range texts {
		value := schema.Value{Text: s}
		if own {
			value.Own = &schema.Provenance{ID: r.id, Version: r.version}
		}
		values = append(values, value)
	}
	return values
}

// names finds the name. Of several it is the one that the publisher shows, else the first; the others are aliases.
func (r *recorder) names(kind string, texts map[string][]string) {
	for _, property := range r.kind.Name {
		values := r.values(property)
		good, bad := r.split(kind, "name", values)
		if len(good) == 0 {
			continue
		}
		name := good[0]
		if slices.Contains(good, r.caption) {
			name, r.caption = r.caption, ""
		}
		texts["name"] = []string{name}
		for _, other := range good {
			if other != name {
				texts["aliases"] = append(texts["aliases"], other)
			}
		}
		r.rest(property, bad)
		return
	}
}

// homes fills the properties that the table names.
func (r *recorder) homes(kind string, texts map[string][]string) {
	for _, target := range sortedKeys(r.kind.Values) {
		property := r.ontology.Property(kind, target)
		if property == nil {
			continue
		}
		for _, from := range r.kind.Values[target] {
			good, bad := r.split(kind, target, r.values(from))
			for _, value := range good {
				if !slices.Contains(texts["name"], value) || target != "aliases" {
					texts[target] = append(texts[target], canonical(property, value))
				}
			}
			if len(good) > 0 {
				r.rest(from, bad)
			}
			if len(good) > 0 && !property.List {
				break
			}
		}
	}
}

// split tells the values that a property takes from the others.
func (r *recorder) split(kind, target string, values []string) (good, bad []string) {
	property := r.ontology.Property(kind, target)
	for _, value := range values {
		if property != nil && r.takes(kind, target, canonical(property, value)) {
			good = append(good, value)
		} else {
			bad = append(bad, value)
		}
	}
	return good, bad
}

// canonical writes dates the way the ontology does, and so tells which values are the same.
func canonical(p *schema.Property, value string) string {
	if p.Dated() {
		if date, ok := parseDate(value); ok {
			return date.String()
		}
		return value
	}
	if same, err := p.Parse(value); err == nil {
		return same
	}
	return value
}

// externalIDs makes scheme:value of the identifiers.
func (r *recorder) externalIDs(kind string, texts map[string][]string) {
	const target = "external_ids"
	put := func(scheme, value string) bool {
		id := scheme + ":" + value
		if !r.takes(kind, target, id) {
			return false
		}
		texts[target] = append(texts[target], id)
		return true
	}
	for _, property := range sortedKeys(r.kind.IDs) {
		scheme := r.scheme(r.kind.IDs[property], r.kind.Values["country"])
		var bad []string
		for _, value := range r.values(property) {
			id := value
			if scheme == "imo" && len(id) > 3 && strings.EqualFold(id[:3], scheme) { // written with and without the letters
				id = strings.TrimSpace(id[3:])
			}
			if scheme == "" || !put(scheme, id) {
				bad = append(bad, value)
			}
		}
		r.rest(property, bad)
	}
	var unknown []string
	for _, id := range r.referents {
		if id != r.id && !put("ftm", id) {
			unknown = append(unknown, id)
		}
	}
	if len(unknown) > 0 {
		r.extra["x_referents"] = keptText(unknown)
	}
}

// scheme completes SCHEME-CC by the country, where the first of the properties that names any names just one: a
// register's number tells nothing without it.
func (r *recorder) scheme(scheme string, countries []string) string {
	base, national := strings.CutSuffix(scheme, "-CC")
	if !national {
		return scheme
	}
	for _, property := range countries {
		switch values := r.values(property); len(values) {
		case 0:
			continue
		case 1:
			if code := r.country(values[0]); code != "" {
				return base + "-" + code
			}
		}
		break
	}
	return base
}

// geo makes a point of one latitude and one longitude.
func (r *recorder) geo(kind string, texts map[string][]string) {
	if len(r.kind.Point) != 2 {
		return
	}
	lat, lon := r.values(r.kind.Point[0]), r.values(r.kind.Point[1])
	if len(lat) != 1 || len(lon) != 1 || !decode.IsNumber(lat[0]) || !decode.IsNumber(lon[0]) {
		return
	}
	point := `{"type":"Point","coordinates":[` + lon[0] + "," + lat[0] + "]}"
	if r.takes(kind, "geo", point) {
		texts["geo"] = []string{point}
		r.rest(r.kind.Point[0], nil)
		r.rest(r.kind.Point[1], nil)
	}
}

// accountsOf makes accounts of e-mail addresses and telephone numbers. They are the same for everyone who has them; a
// number without its country code is not, and is kept.
func (r *recorder) accountsOf(self schema.Ref) []schema.Record {
	var records []schema.Record
	for _, property := range sortedKeys(r.kind.Accounts) {
		var bad []string
		platform := r.kind.Accounts[property]
		for _, value := range sortedValues(r.values(property)) {
			scheme, handle := accountHandle(platform, value)
			xid, ok := xidOf(scheme, handle)
			if scheme == "" || !ok || !r.takes("Account", "handle", handle) {
				bad = append(bad, value)
				continue
			}
			account := schema.Ref{XID: xid, Type: "Account"}
			records = append(records,
				schema.Record{
					Kind: schema.EntityRecord, Subject: account, Provenance: r.says(),
					Values: map[string][]schema.Value{
						"name": {{Text: handle}}, "handle": {{Text: handle}}, "platform": {{Text: platform}},
					},
				},
				schema.Record{
					Kind: schema.RelationRecord, Subject: schema.Ref{XID: self.XID}, Predicate: "uses_account",
					Object:     schema.Ref{XID: xid},
					Provenance: r.says(),
				})
		}
		r.rest(property, bad)
	}
	return records
}

// accountHandle returns the scheme and the one spelling of an address or number; no scheme: it is none.
func accountHandle(platform, value string) (scheme, handle string) {
	if platform == "e-mail" {
		user, host, found := strings.Cut(value, "@")
		if !found || user == "" || host == "" || strings.ContainsAny(value, " \t\n<>,;") || strings.Contains(host, "@") {
			return "", ""
		}
		return "email", strings.ToLower(value)
	}
	digits := strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "", "/", "").Replace(value)
	rest, international := strings.CutPrefix(digits, "+")
	if !international || len(rest) < 5 || len(rest) > 15 || strings.Trim(rest, "0123456789") != "" {
		return "", ""
	}
	return "tel", digits
}

// linksOf makes relations with the entities that properties name.
func (r *recorder) linksOf(self schema.Ref) []schema.Record {
	var records []schema.Record
	for _, property := range sortedKeys(r.kind.Links) {
		sentence := r.kind.Links[property]
		if sentence.relation == "" {
			continue // kept
		}
		for _, other := range r.refs(property) {
			record := r.relation(sentence, schema.Ref{XID: self.XID}, other)
			if sentence.from == "it" {
				record.Subject, record.Object = record.Object, record.Subject
			}
			records = append(records, record)
		}
	}
	return records
}

// relation begins a relation. The label stands in the qualifier of that name, else as the role of the second.
func (r *recorder) relation(sentence sentence, from, to schema.Ref) schema.Record {
	record := schema.Record{Kind: schema.RelationRecord, Subject: from, Predicate: sentence.relation, Object: to, Provenance: r.says()}
	switch relation := r.ontology.Relation(sentence.relation); {
	case sentence.label == "":
	case relation != nil && relation.Qualifier("label") != nil:
		record.Values = map[string][]schema.Value{"label": {{Text: sentence.label}}}
	default:
		record.Extra = map[string]string{"x_role": keptText([]string{sentence.label})}
	}
	return record
}

// tooMany is the most relations that one entity may make.
const tooMany = 10_000

func tooManyRelations(id string, n int) *decode.ValueError {
	return decode.At(0, schema.Fault{
		Column: "id", Value: id, Reason: "makes " + strconv.Itoa(n) + " relations",
		Hint: "at most " + strconv.Itoa(tooMany) + " are read; split the entity",
	})
}
