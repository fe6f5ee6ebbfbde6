package mapping

import "testing"

// What is bad costs itself: a value its value, an item of a list that item, what the mapping requires the row, a key
// all that is said of the entity.
func TestBadValues(t *testing.T) {
	const people = `
dataset: d
tables:
  - name: people
    entities:
      - name: person
        type: Person
        key: {id: No}
        required: true
        properties:
          name: {column: Name, required: true}
          nationality: {column: Of, split: ";", as: country}
          birth_date: {column: Born, required: true}
      - name: place
        type: Location
        key: {id: Place}
        confidence: Sure
        properties:
          name: Place
          geo: {template: '{{"type":"Point","coordinates":[{Lon},{Lat}]}'}
confidence: {map: {Low: 30}}
`
	want(t, read(t, people, sheet("p.csv", `
No|Name|Of|Born|Place|Lon|Lat|Sure
1|Ann|SY; Atlantis; FR; Ruritania|1970||||
2|Bob|SY|soon||||
3|Cid||1970-01|Town|1|2|Maybe
a:b|Dan||1970||||
|Eve||1970||||
`)),
		"Person orbat:d/#1 birth_date=1970 name=Ann nationality=SY,FR",
		`  without nationality: Of: "Atlantis" is no country [Atlantis | Ruritania]`,
		`rejected p.csv:3:1: Born: "soon" is no date or period: no year at "soon", and the mapping requires it [soon]`,
		`Person orbat:d/#3 birth_date=1970-01 name=Cid`,
		`Location orbat:d/#Town geo={"type":"Point","coordinates":[1,2]} name=Town`,
		`  without confidence: Sure: no confidence of this name [Maybe]`,
		`rejected p.csv:5:1: No: id "a:b" holds a colon; write it as xid if it is global, else use another character [a:b]`,
		`rejected p.csv:6:1: No: the row has no person, and the mapping requires it []`,
	)
}
