package canned_test

import (
	"fmt"

	"orbat/queries/canned"
	"orbat/schema"
)

// A question is read, its parameters checked, and its DQL made ready, without any database.
func Example() {
	ontology, err := schema.Default()
	if err != nil {
		panic(err)
	}
	const file = `# name: led-by
# purpose: What a person commands.
# shape: graph
# relations: [commands]
# params: [{name: person, type: entity, of: [Person], required: true, help: the person}]
# example: orbat query led-by 'Michael Kurilla'
query led($person: string) { q(func: uid($person)) {
  uid xid
  %out @facets { uid xid }
} }`
	q, wrong := canned.Check("led-by.dql", file, ontology, nil)
	fmt.Println(q.Purpose, len(wrong))
	params, err := q.ParseArgs([]string{"Michael Kurilla", "as_of=2023-07"})
	if err != nil {
		panic(err)
	}
	values, err := q.Read(params)
	if err != nil {
		panic(err)
	}
	fmt.Println(values.Text["person"], values.Filter.AsOf)
	fmt.Println(canned.ExpandRelations(q.DQL, q.Relations))
	_, err = q.Read(map[string]string{"as_of": "2023"})
	fmt.Println(err)
	// Output:
	// What a person commands. 0
	// Michael Kurilla 2023-07
	// query led($person: string) { q(func: uid($person)) {
	//   uid xid
	//   commands @facets { uid xid }
	// } }
	// person: missing: the person
}
