package encode

import (
	"iter"
	"strconv"

	"orbat/queries"
	"orbat/schema"
)

// Texts that readers must give back exactly.
const (
	arabic   = "أسامة المهاجر"
	cyrillic = "Сергей Шойгу"
	chinese  = "中国人民解放军 🛩"
	quoted   = `He said "it's <b>ours</b>" & left`
	lines    = "first line\nsecond\tline\r\nthird  \n"
	script   = `</script><script>alert('x')</script> ]]> <![CDATA[ x ]]> --> &amp; {"a":1}`
	controls = "a\x00b\x01c\x0bd\x1be\x7ff\ufffeg\uffffh\xffi\u2028j"
)

// nasty is a small graph with what has broken exports, or could.
func nasty() *queries.Graph {
	nodes := []*queries.Node{
		{XID: "sfm:p1", Type: "Person", Name: arabic, Properties: map[string][]string{
			"name": {arabic}, "aliases": {"Usamah al-Muhajir", cyrillic, "semi; colon"}, "rank": {"amir"}, "x_odd": {"kept"},
		}, Merged: []string{"sfm:p1b", "stix:identity--7"}},
		{XID: "orbat:case/Person/сергей шойгу", Type: "Person", Name: cyrillic, Properties: map[string][]string{
			"description": {lines}, "country": {"RU"}, "status": {"active"}, "birth_date": {"1955-05-21"},
		}},
		{XID: `orbat:case/#a"b<c>&'d`, Type: "Unit", Name: quoted, Properties: map[string][]string{
			"sidc": {"10031000261100000000"}, "affiliation": {"friend"}, "echelon": {"command"}, "name": {"another name"},
		}},
		{XID: "x:a b", Type: "Organisation", Name: chinese, Properties: map[string][]string{"org_kind": {"armed_group"}}},
		{XID: "x:a_x0020_b", Type: "Equipment", Name: script, Properties: map[string][]string{
			"equip_kind": {"uav"}, "description": {script}, "designation": {`MQ-9 "Reaper"`},
		}},
		{XID: "x:\ufffe", Type: "Source", Name: controls, Properties: map[string][]string{
			"description": {controls}, "url": {"https://example.org/?a=1&b=2"}, "published": {"2014-08-02"},
		}},
		{XID: "x:place", Type: "Location", Name: "Ḥimṣ", Properties: map[string][]string{
			"geo": {`{"type":"Point","coordinates":[36.75,-34.5]}`}, "loc_kind": {"city"},
		}},
		{XID: "x:area", Type: "Location", Name: "area", Properties: map[string][]string{
			"geo": {`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`}, "country": {"SY", "IQ"},
		}},
		{XID: "x:strike", Type: "Event", Name: "Strike\non two lines", Properties: map[string][]string{
			"date": {"2023-07-07T09:30Z"}, "event_kind": {"strike"}, "killed": {"1"},
		}, Differs: map[string][]string{"killed": {"2", "12"}, "event_kind": {"raid"}}},
		{XID: "x:instant", Type: "Event", Name: "An instant", Properties: map[string][]string{"date": {"2023-07-07T09:30:00.123456789Z"}}},
		{XID: "x:month", Type: "Operation", Name: "A month", Properties: map[string][]string{"date": {"2014-02"}, "op_kind": {"campaign"}}},
		{XID: "x:dates", Type: "Event", Name: "Two dates", Properties: map[string][]string{"date": {"2014", "2015"}}},
		{XID: "x:nobody", Name: "x:nobody"}, // undescribed
		{XID: "x:empty", Type: "Account"},   // no name at all
	}
	p1, p2, unit, org, kit := nodes[0].XID, nodes[1].XID, nodes[2].XID, nodes[3].XID, nodes[4].XID
	edges := []*queries.Edge{
		{
			ID: "E1", From: p1, Relation: "commands", To: unit, Period: "2014/2016-05", Confidence: number(90), Claims: 2, Sources: 2,
			Qualifiers: map[string][]string{"role": {"commander", "deputy"}, "title": {quoted}, "acting": {"true"}},
			Evidence: []*queries.Evidence{
				{Key: "k1", Dataset: "case", Assertion: schema.Asserted, Cites: []queries.Citation{
					{
						Source: "x:doc", Title: "Daily " + cyrillic, Publisher: "Reuters", Published: "2014-08-02",
						URL: "https://example.org/1", Locator: "p. 3", Quote: "took\ncommand of \"it\" " + script,
					},
					{Source: schema.DatasetSource("case"), Published: "2015"},
				}},
				{Key: "k2", Dataset: "other", Assertion: schema.Denied, AttributedTo: p2, Rejected: true, Retracted: true},
			},
		},
		// parallel
		{ID: "E2", From: p1, Relation: "posted_to", To: unit, Period: "2022-04-01/..", Confidence: number(0), Claims: 1, Sources: 1},
		{
			ID: "E3", From: unit, Relation: "affiliated_with", To: p1, Period: "../2014-08", Claims: 1, Sources: 1, Possible: true,
			Qualifiers: map[string][]string{"kind": {"allegiance"}},
		}, // the other way
		{
			ID: "E4", From: org, Relation: "related_to", To: org, Period: "~2010/", Claims: 1, Sources: 1,
			Qualifiers: map[string][]string{"label": {chinese + "\n" + quoted}},
		}, // to itself
		// no period, symmetric
		{ID: "E5", From: p1, Relation: "associate_of", To: p2, Claims: 1, Sources: 1},
		// minutes
		{ID: "E6", From: kit, Relation: "used_in", To: "x:strike", Period: "2023-07-07T09:30Z", Claims: 1, Sources: 1},
		{
			ID: "E7", From: org, Relation: "affected_by", To: "x:instant", Period: "2023-07-07T09:30:00.123456789Z",
			Confidence: number(100),
			Claims:     1, Sources: 1, Qualifiers: map[string][]string{"outcome": {"killed"}, "quantity": {"3"}}, Contested: true,
			Evidence: []*queries.Evidence{{
				Assertion: schema.Denied, AttributedTo: p1,
				Cites: []queries.Citation{{Source: "x:doc", Title: "Statement", Quote: "they live"}},
			}},
		},
		{ID: "E8", From: p2, Relation: "located_at", To: "x:place", Period: "2014-08-01", Claims: 1, Sources: 1},
		{ID: "E9", From: p2, Relation: "located_at", To: "x:area", Period: "2014-08~2014-10/2015", Claims: 1, Sources: 1},
		{ID: "E10", From: "x:nobody", Relation: "member_of", To: org, Period: "not a period", Claims: 1, Sources: 1},
		{From: "x:\ufffe", Relation: "mentions", To: "x:empty", Claims: 1, Sources: 1}, // no id
		{
			ID: "E12", From: "x:a b", Relation: "opposes", To: "x:a_x0020_b", Claims: 1, Sources: 1,
			Evidence: []*queries.Evidence{{
				Assertion: schema.Hedged,
				Cites:     []queries.Citation{{Source: "x:\ufffe", Title: controls, Publisher: "P"}},
			}},
		},
	}
	return &queries.Graph{
		Page:  page(),
		Title: "nasty " + quoted + " " + controls,
		Meta:  map[string]string{"query": "ego-network", "param.of": script},
		Nodes: sequence(nodes),
		Edges: sequence(edges),
	}
}

func number(n int) *int { return &n }

func sequence[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range list {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// everyCharacter is a graph with each character of the basic plane, and some of the others, in a text and in an id.
func everyCharacter() *queries.Graph {
	return &queries.Graph{Page: page(), Nodes: func(yield func(*queries.Node, error) bool) {
		const last, each = 0x1_1000, 64
		for from := rune(0); from < last; from += each {
			var all []rune
			for r := range rune(each) {
				all = append(all, from+r)
			}
			text := string(all)
			if !yield(&queries.Node{XID: "x:" + strconv.Itoa(int(from)) + text, Type: "Unit", Name: text}, nil) {
				return
			}
		}
	}}
}
