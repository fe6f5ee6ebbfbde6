// Package mapping says how columns become claims: a language, in YAML, that turns the rows of tables into records, and
// the mappings that orbat ships.
//
// Start with [Parse], then [Mapping.Records], whose example reads two rows. [Mapping.Check] needs no data; [Draft]
// writes a first mapping of a table, [Schema] what editors complete by, and [Source] a mapping that is shipped. What is
// wrong with a mapping, or with the files given for it, is a [MappingError], several at once joined; data that are not
// what the mapping expects are an [ExpectationError].
//
// # The language
//
// A mapping has tables. Each of a table's rows describes entities and joins them by relations. What stands where a
// value is wanted is a column, or a template ("sfm:{o_id}"), or an object that picks texts and refines them in the
// order in which language.go lists its keys:
//
//	sources: {split: ";", broken: [nan], key: {xid: "src:{}"}}    # how the cells that source names are read
//	confidence: {map: {Low: 30, Medium: 60, High: 90}}            # … and those that confidence names
//	indexes:
//	  - {name: unit_id, table: units, from: Name, to: ID}         # over the whole file, before its first row is read
//	tables:
//	  - name: posts
//	    file: persons.csv
//	    entities:
//	      - name: person
//	        type: Person
//	        key: {name: Name}
//	        properties:
//	          name: Name
//	          aliases: {column: Aliases, split: ";", source: "Source: Aliases", confidence: "Confidence: Aliases"}
//	    relations:
//	      - relation: commands
//	        from: person
//	        to: {type: Unit, key: [{xid: {lookup: unit_id, of: Unit, into: "u:{}"}}, {name: Unit}]}
//	        where: {column: Role, is: Commander}
//	        source: ["Source: Unit", "Source: Role"]
//	        period:
//	          from: {date: {year: y, month: m, day: d, text: First}, exact: {column: Start, is: Y}}
//
// A table says how its sheet is laid out (header, fill, outline: sheet.go). Several entities of one row are the items
// of an each (items.go), whose text is {} and whose named parts are {name}, within the entity and within the relations
// that name it at one end.
//
// # What holds
//
//   - A mapping is checked against the ontology, and its columns against each file's header, before the first row is
//     read. All mistakes are told at once, each with its place.
//   - What a row says depends on the row, the rows above it where fill or outline say so, and the indexes alone, and
//     what these find not on the order of rows or files: of several texts the first is the first in the order of bytes.
//     Records come in the order of tables, files and rows.
//   - An entity without key, or a relation without one of its ends, is no fault: sheets have empty cells. A fault
//     rejects the one value or relation that it is in, or, in what identifies an entity, all that is said of it. What
//     the mapping requires and a row does not have, or has wrong, rejects the row: nothing of it is kept. A value is
//     required where it is asked for: of an entity that is there, of a relation that has both ends.
//   - No clock and no habit decides what a date means: years of two digits are of the century that the mapping names. A
//     day written as a time of that day (2014-08-01T00:00:00Z) is that day.
//   - A mapping that names its data set is for no other; one that names none leaves it to the load.
//   - Memory: a row at a time, and the indexes, which hold what they look up for every row of their table. Expectations
//     that count entities hold eight bytes of each.
//
// # Where to look
//
// The types of language.go are the language. A binder compiles what they say for one table and the header of one file
// of it (bind.go); a run reads the files in their passes (run.go): headers, indexes, expectations, then the records.
package mapping
