// Package encode writes an answer, a stream of nodes and edges, as a file that other programs read.
//
// Start with [All], the list of encoders, or [Find], which takes one of their names; give its Encode a writer and a
// [queries.Graph], such as the one that [queries.Result] makes of itself or [queries.Runner] exports. A new format is a
// function in that list. The rows of an answer leave by the encoders of [Tables]. Colours and shapes are those of the
// graph's ontology ([schema.Ontology.Style]).
//
// Memory does not grow with the graph: nodes, then edges, are read once and written as they come. An error from the
// graph or the writer ends the encoding with that error, and what was written until then is cut short, never a file
// that looks whole. GeoJSON and KML keep the positions they have met, STIX some 40 bytes of each entity that is no
// identity.
//
// # Columns
//
// A format such as GraphML declares its attributes before the first node, when nobody knows yet which ones will come.
// So all formats but json, stix and mermaid share one fixed table of flat columns; a value that is not known is left
// out. Only the format json nests, and says all there is. Mermaid has labels, types and relations alone.
//
// Of a node:
//
//	label           the name on one line, to show
//	xid             the external id
//	type            Person, Unit …; absent: nobody described it
//	name            the name; the xid where there is none
//	aliases         other names
//	description     what a reader should know first
//	country         ISO 3166-1 alpha-2
//	kind            event_kind, org_kind, equip_kind, loc_kind or op_kind, whichever the type has
//	affiliation     friend, hostile, neutral …
//	echelon         team to theater
//	rank            as the source writes it
//	status          of a person or event
//	sidc            symbol code
//	date            of an event or operation, as orbat writes dates: 2014-08, 2014-08~2014-10 …
//	date_from       the first day or second that date allows; absent: unknown or open
//	date_to         the last one
//	date_precision  year, month, day, minute, second, range, before or after; see below
//	latitude        WGS84 degrees, where the property geo is a GeoJSON point
//	longitude
//	differs         properties of which sources disagree, with the other values; shown is what the most reliable of
//	                them say (law 11); absent: nothing differs
//	denied          properties of which others deny the value that is shown (law 9): date; absent: none
//	merged          xids that decisions made one with it
//	properties      what else is known, as a JSON object of lists
//
// Of an edge:
//
//	relation        commands, subordinate_to …
//	label           the relation in words, to show; of related_to what the tie is
//	period          when it holds, as orbat writes periods: 2014/2016-05, 2022-04-01/..
//	date_from, date_to, date_precision
//	confidence      0-100, the highest of its claims; absent: nobody graded them
//	claims          how many claims are behind it
//	sources         how many sources those cite
//	possible        true if it holds only possibly at the time that was asked for
//	contested       true if other claims deny or negate what it says; evidence has them
//	denied_by       who does, and in which source, with the quote
//	role, title, rank, authority, outcome, quantity
//	relation_kind   the qualifier kind, under a name that GEXF does not use for something else
//	qualifiers      the other qualifiers, as a JSON object of lists
//	evidence        a line for each citation: source, publisher, date, URL, locator, span, quote
//
// Several values stand in one column with "; " between them, and then exactly in properties or qualifiers as well.
//
// Dates in date_from and date_to are whole (2014-08-01, or 2014-08-01T09:30:00Z where the time of day is known), as
// the widest span the period allows: 2014 is 2014-01-01 to 2014-12-31, and date_precision says that only the year is
// known. Where the two ends differ it is written as periods are, one before and one after a slash: "month/day",
// "year/.." (open), "/before".
//
// # Ids
//
// A node's id is its xid, an edge's the id that evidence is asked for by ([queries.Edge.ID], which must be unique in
// the graph; where it is empty it is made from the edge's ends and relation). They stay the same from one export to
// the next, so that a file can be added to a workspace that holds an earlier one. GraphML's ids are XML name tokens:
// characters that those may not hold are written _xHHHH_, as .NET's XmlConvert.EncodeNmToken does and DecodeName
// undoes; the column xid has the xid as it is.
//
// All edges are directed; a symmetric relation comes once, its smaller xid first (law 12).
//
// # CSV
//
// csv-links is one table of links with the names of both ends (of the first 50,000 entities). csv-gephi and csv-neo4j
// are zip archives of nodes.csv and edges.csv, not compressed, so that they can be written as a stream; Neo4j's import
// is to allow multiline fields. In all of them an apostrophe stands before what a spreadsheet would calculate: at the
// beginning of a text (an id is one too), and within it after a semicolon, a tab or a line's end, where one that takes
// another separator begins a cell. No other format changes texts so.
//
// # Characters
//
// XML 1.0 has no way to write most control characters, nor U+FFFE and U+FFFF: in all formats but JSON each is replaced
// by U+FFFD. Bytes that are not UTF-8 are replaced so in every format. All else, line breaks included, reads back as it
// was, but for labels, which are one line. JSON is written with <, > and & escaped, so that it may stand in a <script>
// element.
package encode
