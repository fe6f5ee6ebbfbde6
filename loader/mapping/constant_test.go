package mapping

import (
	"strings"
	"testing"
)

// What would be wrong of every row is a mistake of the mapping, told with its line before a row is read.
func TestConstantsThatNothingTakes(t *testing.T) {
	const entity = "tables:\n- name: t\n  entities:\n  - type: Person\n    key: {id: A}\n    "
	const value = entity + "properties:\n      rank: {column: A, source: S,\n        "
	const date = entity + "properties:\n      birth_date:\n        date: "
	for text, expected := range map[string]string{
		entity + "confidence: 150":                                                                 `m.yaml:6:17: no confidence "150"`,
		entity + "confidence: -1":                                                                  `m.yaml:6:17: no confidence "-1"`,
		entity + "confidence: {column: C, map: {Low: 30, High: 300}}":                              `m.yaml:6:17: no confidence "300"`,
		entity + "confidence: {first: [{column: C}, {text: none}]}":                                `m.yaml:6:39: no confidence "none"`,
		"confidence: {map: {Low: 30}}\n" + value + "confidence: 101}":                              `m.yaml:9:21: no confidence "101"`,
		"confidence: {map: {Low: 30}}\n" + value + "confidence: {first: [C, {text: High}]}}":       `m.yaml:9:33: no confidence of the name "High"`,
		"confidence: {keep: x_c}\n" + entity + "confidence: C":                                     "m.yaml:1:13: the rule for confidence has no map",
		"confidence: {map: {Low: 30}, keep: c}\n" + entity + "confidence: C":                       "m.yaml:1:13: keep is c",
		"confidence: {map: {Low: 300}}\n" + entity + "where: {column: A, is: x}":                   `m.yaml:1:13: "Low" becomes "300"`,
		entity + "credibility: 9":                                                                  `m.yaml:6:18: no Admiralty credibility "9"`,
		entity + "credibility: {column: C, map: {B2: 2, F6: 0}}":                                   `m.yaml:6:18: no Admiralty credibility "0"`,
		entity + "assertion: {text: maybe}":                                                        `m.yaml:6:16: no assertion "maybe"`,
		entity + "assertion: {column: C, map: {n: denied, y: sure}}":                               `m.yaml:6:16: no assertion "sure"`,
		entity + "assertion: {column: C, map: {n: denied}, others: keep}":                          "",
		entity + "assertion: {text: Denied}":                                                       "",
		value + "period: {text: {text: 2016/2014}}}":                                               `m.yaml:8:24: from 2016 is after to 2014 in "2016/2014"; write FROM/TO, the earlier first`,
		value + "period: {text: {text: 2014/soon}}}":                                               `m.yaml:8:24: no year at "soon" in "2014/soon"; write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mmZ`,
		value + "period: {text: {text: 2014/..}}}":                                                 "",
		value + "period: {from: {date: {text: {text: 1.2.2014}}}}}":                                `m.yaml:8:38: no date "1.2.2014"`,
		value + "period: {in: {text: {text: 1.2.2014}, formats: [D.M.YYYY]}}}":                     "",
		entity + "properties: {country: {column: C, as: country, map: {n: Nigeria, a: Atlantis}}}": `m.yaml:6:27: "Atlantis" is no country`,
		entity + "properties: {country: {text: Nigeria, as: country}}":                             "",
		entity + "properties: {country: {text: Nigeria}}":                                          `m.yaml:6:27: country: "Nigeria" is not an ISO 3166-1 alpha-2 country code; write two letters, such as SY`,
		date + "{year: 20140}":                                                                     `m.yaml:8:22: no year "20140"`,
		date + "{year: Y, month: 13}":                                                              `m.yaml:8:32: no month "13"`,
		date + "{year: Y, month: M, day: {text: x}}":                                               `m.yaml:8:40: no day "x"`,
		date + "{year: 2014, month: 2, day: 29}":                                                   "",
		strings.Replace(entity, "{id: A}", "{xid: {text: here}}", 1) + "doc: x":                    `m.yaml:6:5: unknown key "doc"`,
		strings.Replace(entity, "{id: A}", "{xid: {text: here}}", 1):                               `m.yaml:5:16: xid "here" is not of the form scheme:id (the scheme in lower case)`,
		strings.Replace(entity, "{id: A}", `{id: {text: "a:b"}}`, 1):                               `m.yaml:5:15: id "a:b" holds a colon; write it as xid if it is global, else use another character`,
	} {
		m, err := Parse("m.yaml", []byte(text))
		if err == nil {
			err = m.Check(ontology(t))
		}
		if got := oneLine(err); got != expected {
			t.Errorf("%s:\n  %s\nwant\n  %s", text, got, expected)
		}
	}
}

func oneLine(err error) string {
	if err == nil {
		return ""
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// {} is a text only where one is at hand, and what is empty says nothing: both are refused, at their line.
func TestNothingAtHand(t *testing.T) {
	const table = "tables:\n- name: t\n  entities:\n  - type: Person\n    "
	const nothing = `{} stands for nothing in "{}"`
	for text, expected := range map[string]string{
		table + `key: {name: "{}"}`:                                                           "m.yaml:5:17: " + nothing,
		table + `key: {id: A}` + "\n    " + `properties: {name: "{}"}`:                        "m.yaml:6:24: " + nothing,
		table + `each: "{}"`:                                                                  "m.yaml:5:11: " + nothing,
		table + `each: A` + "\n    " + `where: {value: "{}", is: x}`:                          "m.yaml:6:20: " + nothing,
		table + `key: {id: {column: A, split: ",", into: "x{}"}}`:                             "",
		table + `each: {column: A, split: ","}` + "\n    " + `key: {name: "{}"}`:              "",
		table + `each: A` + "\n    " + `key: {id: N}` + "\n    " + `properties: {name: "{}"}`: "",
		"indexes: [{name: i, table: t, from: \"{}\"}]\n" + table + `key: {id: A}`:             "m.yaml:1:37: " + nothing,
		"sources: {key: {name: \"{}\"}, locator: \"{}\"}\n" + table + `key: {id: A}`:          "",
		table + `key: {id: A}` + "\n  " + `relations: [{relation: commands, from: {type: Person, key: {name: "{}"}}, to: {type: Unit, key: {id: A}}}]`: "m.yaml:6:69: " + nothing,
		table + `key: {id: {column: A, map: {}}}`:          "m.yaml:5:32: an empty object says nothing",
		table + `key: {id: {first: []}}`:                   "m.yaml:5:23: an empty list says nothing",
		table + `where: {column: A, is: []}`:               "m.yaml:5:28: an empty list says nothing",
		table + `key: {id: A, where: {column: A, is: ""}}`: "m.yaml:5:25: an empty cell is no text",
		table + `where: {any: []}`:                         "m.yaml:5:18: an empty list says nothing",
		table + `key: {}`:                                  "m.yaml:5:10: an empty object says nothing",
		table + `key: {id: {all: [{}]}}`:                   "m.yaml:5:22: an empty object says nothing",
		table + `"-": {}`:                                  `m.yaml:5:5: unknown key "-"`,
		table + `"": {}`:                                   `m.yaml:5:5: unknown key ""`,
	} {
		m, err := Parse("m.yaml", []byte(text))
		if err == nil {
			err = m.Check(ontology(t))
		}
		if got := oneLine(err); got != expected {
			t.Errorf("%s:\n  %s\nwant\n  %s", text, got, expected)
		}
	}
}
