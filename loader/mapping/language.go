package mapping

// The types of this file are the language: a mapping file is one Mapping, its keys are the yaml names, and the text of
// each jsonschema tag is what an editor shows beside the key (see [Schema]). parse.go fills them, bind.go compiles
// them.

// Mapping says how the columns of some tables become records.
type Mapping struct {
	Name string `yaml:"-" json:"-"` // the file, or the name of a shipped mapping

	Doc        string          `yaml:"doc" json:"doc,omitempty" jsonschema:"what the mapping reads, in a sentence"`
	Dataset    string          `yaml:"dataset" json:"dataset,omitempty" jsonschema:"the data set of all records: a load that asks for another is refused; without it the load says, or it is default"`
	Blank      []string        `yaml:"blank" json:"blank,omitempty" jsonschema:"texts that mean an empty cell, such as - or n/a"`
	Broken     []string        `yaml:"broken" json:"broken,omitempty" jsonschema:"texts that are faults of the sheet, such as nan: taken as empty, with a notice that names the row"`
	Sources    *sourceRule     `yaml:"sources" json:"sources,omitempty" jsonschema:"how the cells that a source key names are read"`
	Confidence *confidenceRule `yaml:"confidence" json:"confidence,omitempty" jsonschema:"how the cells that a confidence key names are read"`
	Indexes    []index         `yaml:"indexes" json:"indexes,omitempty" jsonschema:"look-ups over whole tables, made before the first row is read"`
	Tables     []table         `yaml:"tables" json:"tables" jsonschema:"the tables and what their rows say"`
	Expect     []expectation   `yaml:"expect" json:"expect,omitempty" jsonschema:"what must hold of the input; else nothing is loaded"`

	At place `yaml:"-" json:"-"`
}

// sourceRule reads the cells that name sources.
type sourceRule struct {
	Split   texts    `yaml:"split" json:"split,omitempty" jsonschema:"separators between the sources of a cell"`
	Blank   []string `yaml:"blank" json:"blank,omitempty" jsonschema:"texts that mean no source"`
	Broken  []string `yaml:"broken" json:"broken,omitempty" jsonschema:"texts that are faults of the sheet: left out with a notice"`
	Key     keys     `yaml:"key" json:"key,omitempty" jsonschema:"the source's key, made of {}, the text between two separators; else that text is its name"`
	Locator *value   `yaml:"locator" json:"locator,omitempty" jsonschema:"where in the source, such as a page found in an index by {}"`

	At place `yaml:"-" json:"-"`
}

// confidenceRule reads the cells that grade.
type confidenceRule struct {
	Map  map[string]string `yaml:"map" json:"map,omitempty" jsonschema:"what each word of the sheet is on the scale from 0 to 100"`
	Keep string            `yaml:"keep" json:"keep,omitempty" jsonschema:"an x_ property that keeps the sheet's own word on relations and values"`

	At place `yaml:"-" json:"-"`
}

// index finds, over all rows of a table, what belongs to a text.
type index struct {
	Name  string `yaml:"name" json:"name" jsonschema:"what lookup calls it"`
	Table string `yaml:"table" json:"table" jsonschema:"the table whose rows are searched"`
	From  *value `yaml:"from" json:"from" jsonschema:"what is looked up"`
	To    *value `yaml:"to" json:"to,omitempty" jsonschema:"what is found; without it the index only knows which texts there are"`
	Where conds  `yaml:"where" json:"where,omitempty" jsonschema:"only rows of which this holds"`
	Fold  bool   `yaml:"fold" json:"fold,omitempty" jsonschema:"compare as names are compared: without case, punctuation and repeated spaces"`
	Many  string `yaml:"many" json:"many,omitempty" jsonschema:"where one text has several: reject the row (the default), or take the first, or all; their order is that of the texts, not of the rows"`

	At place `yaml:"-" json:"-"`
}

// table is one table and what each of its rows says.
type table struct {
	Name      string       `yaml:"name" json:"name" jsonschema:"what indexes and expectations call it"`
	File      string       `yaml:"file" json:"file,omitempty" jsonschema:"the file's name, or its last folders and name (posts/*.csv), * and ? allowed; without it the table takes every file that no other takes"`
	Sheet     string       `yaml:"sheet" json:"sheet,omitempty" jsonschema:"Excel: the sheet; else the first"`
	Quotes    *bool        `yaml:"quotes" json:"quotes,omitempty" jsonschema:"false: a quote is a character like any other, as in TSV that no spreadsheet wrote"`
	Encoding  string       `yaml:"encoding" json:"encoding,omitempty" jsonschema:"what the text is written in, where it is not UTF-8: windows-1252"`
	Optional  bool         `yaml:"optional" json:"optional,omitempty" jsonschema:"the table may be absent"`
	Header    *headerRule  `yaml:"header" json:"header,omitempty" jsonschema:"where the names of the columns stand, if not in the first row"`
	Fill      texts        `yaml:"fill" json:"fill,omitempty" jsonschema:"columns whose empty cell means the one above it, as merged areas leave them"`
	Outline   *outlineRule `yaml:"outline" json:"outline,omitempty" jsonschema:"rows below one another are a hierarchy: two more columns, path and parent"`
	Values    valueNames   `yaml:"values" json:"values,omitempty" jsonschema:"values by a name of the mapping's own, which stands for them like a column: several extracts are joined by a template, {area}-{number}"`
	Ignore    []string     `yaml:"ignore" json:"ignore,omitempty" jsonschema:"columns left out on purpose; the check names all others that nothing uses"`
	Where     conds        `yaml:"where" json:"where,omitempty" jsonschema:"only rows of which this holds"`
	Entities  []entity     `yaml:"entities" json:"entities,omitempty" jsonschema:"what a row describes"`
	Relations []relation   `yaml:"relations" json:"relations,omitempty" jsonschema:"what a row joins"`

	At place `yaml:"-" json:"-"`
}

// headerRule says where the names of the columns stand.
type headerRule struct {
	Row      string `yaml:"row" json:"row,omitempty" jsonschema:"the line, or row of the sheet, that they stand in: what is above it, such as a title, is not read"`
	Rows     string `yaml:"rows" json:"rows,omitempty" jsonschema:"over how many rows they stand: 2 where groups of columns have a name above theirs. A column is called by both, a space between; an empty cell of the upper row goes on with the one to its left"`
	Comments string `yaml:"comments" json:"comments,omitempty" jsonschema:"rows whose first cell begins with this, such as #, are not read"`

	At place `yaml:"-" json:"-"`
}

// outlineRule reads a hierarchy from the order of the rows: each row lies below the last one before it of a lesser
// level.
type outlineRule struct {
	Name  texts  `yaml:"name" json:"name" jsonschema:"the column of the names, or the columns of the levels, from the top: what stands in one lies below the last one in those before it"`
	Level string `yaml:"level" json:"level,omitempty" jsonschema:"the column that holds the level as a number; without it the spaces before the name tell"`

	At place `yaml:"-" json:"-"`
}

// entity is something that a row describes or refers to.
type entity struct {
	Name        string                `yaml:"name" json:"name,omitempty" jsonschema:"what relations and sources of this table call it"`
	Type        *typeValue            `yaml:"type" json:"type" jsonschema:"its type"`
	Each        *eachRule             `yaml:"each" json:"each,omitempty" jsonschema:"several entities a row: one for each of these texts, which is {} within it and within the relations that name it"`
	Key         keys                  `yaml:"key" json:"key,omitempty" jsonschema:"what identifies it: the first of these that gives something; without it what its property name gives"`
	Where       conds                 `yaml:"where" json:"where,omitempty" jsonschema:"only rows of which this holds"`
	Required    bool                  `yaml:"required" json:"required,omitempty" jsonschema:"a row without it is rejected as a whole"`
	Placeholder conds                 `yaml:"placeholder" json:"placeholder,omitempty" jsonschema:"where this holds it only fills a place in a hierarchy: people and places are kept off it"`
	Properties  map[string]properties `yaml:"properties" json:"properties,omitempty" jsonschema:"its properties, x_ ones included, each a column or more; of several under name the first that gives something is the name, the others are aliases"`
	provenance  `yaml:",inline"`

	At place `yaml:"-" json:"-"`
}

// eachRule makes several items of a row: the texts of a value, or one of zip, columns and path. What it names is {name}
// within.
type eachRule struct {
	value   `yaml:",inline"`
	Parts   string           `yaml:"parts" json:"parts,omitempty" jsonschema:"a regular expression (RE2) that each text must fit: its named groups, (?P<role>…), are {role} within"`
	Zip     map[string]value `yaml:"zip" json:"zip,omitempty" jsonschema:"instead of a value: lists side by side, {name} within being the item of the list of that name; they must be of one length"`
	Columns string           `yaml:"columns" json:"columns,omitempty" jsonschema:"instead of a value: one item for each filled cell whose header fits this regular expression (RE2): {} is the cell, {column} the header, and its named groups, such as (?P<year>…), are {year}"`
	Path    *value           `yaml:"path" json:"path,omitempty" jsonschema:"instead of a value: the levels of a hierarchy from the top, split from one cell or taken from all columns: {} is the name of each, {path} it with those above, {parent} those above, empty at the top"`

	At place `yaml:"-" json:"-"`
}

// relation is something a row says of two entities.
type relation struct {
	Relation   string           `yaml:"relation" json:"relation" jsonschema:"the relation"`
	From       *end             `yaml:"from" json:"from" jsonschema:"an entity of this table by its name, or one given here by type and key"`
	To         *end             `yaml:"to" json:"to" jsonschema:"an entity of this table by its name, or one given here by type and key"`
	Where      conds            `yaml:"where" json:"where,omitempty" jsonschema:"only rows of which this holds"`
	Required   bool             `yaml:"required" json:"required,omitempty" jsonschema:"a row without both ends is rejected as a whole"`
	Properties map[string]value `yaml:"properties" json:"properties,omitempty" jsonschema:"its qualifiers, x_ ones included"`
	provenance `yaml:",inline"`

	At place `yaml:"-" json:"-"`
}

// provenance is what a statement says about itself.
type provenance struct {
	Source       sources `yaml:"source" json:"source,omitempty" jsonschema:"who says so: columns, or entities of this table of type Source"`
	Quote        *value  `yaml:"quote" json:"quote,omitempty" jsonschema:"the source's words"`
	Locator      *value  `yaml:"locator" json:"locator,omitempty" jsonschema:"where in the source: a page, a section"`
	Confidence   *value  `yaml:"confidence" json:"confidence,omitempty" jsonschema:"0 to 100, or a column read by the rule for confidence"`
	Credibility  *value  `yaml:"credibility" json:"credibility,omitempty" jsonschema:"Admiralty credibility, 1 to 6"`
	Period       *period `yaml:"period" json:"period,omitempty" jsonschema:"when it held"`
	Assertion    *value  `yaml:"assertion" json:"assertion,omitempty" jsonschema:"asserted, negated, denied, hedged, reported or planned"`
	AttributedTo *end    `yaml:"attributed_to" json:"attributed_to,omitempty" jsonschema:"who is said to say so"`
	Method       *value  `yaml:"method" json:"method,omitempty" jsonschema:"how it was found out"`
	Marking      *value  `yaml:"marking" json:"marking,omitempty" jsonschema:"how it may be shared"`
	Record       *value  `yaml:"record" json:"record,omitempty" jsonschema:"the statement's id in its source"`
	Version      *value  `yaml:"version" json:"version,omitempty" jsonschema:"which version of the record the statement is from: of those with one record id only the latest counts; dates, numbers, or texts in their order"`
}

// property is a value and what is said of it. With sources, confidence or a period it is a claim of its own.
type property struct {
	value      `yaml:",inline"`
	provenance `yaml:",inline"`
	Where      conds `yaml:"where" json:"where,omitempty" jsonschema:"only rows of which this holds"`

	At place `yaml:"-" json:"-"`
}

// value makes texts of a row: it picks, then refines in the order of the fields.
type value struct {
	Column   string  `yaml:"column" json:"column,omitempty" jsonschema:"the cell of this column, by its header or as #3"`
	Text     string  `yaml:"text" json:"text,omitempty" jsonschema:"always this text"`
	Template string  `yaml:"template" json:"template,omitempty" jsonschema:"a text with {column} in it; empty where one of them is"`
	First    []value `yaml:"first" json:"first,omitempty" jsonschema:"the first of these that gives something"`
	All      []value `yaml:"all" json:"all,omitempty" jsonschema:"what all of these give"`
	Lookup   string  `yaml:"lookup" json:"lookup,omitempty" jsonschema:"what this index finds"`
	Of       *value  `yaml:"of" json:"of,omitempty" jsonschema:"with lookup: what is looked up"`
	Date     *date   `yaml:"date" json:"date,omitempty" jsonschema:"a date, as precise as its parts"`
	Point    *point  `yaml:"point" json:"point,omitempty" jsonschema:"a position, for a property that is one: GeoJSON"`
	Span     *period `yaml:"span" json:"span,omitempty" jsonschema:"a period, for a property that is one"`

	Split    texts             `yaml:"split" json:"split,omitempty" jsonschema:"separators between several texts"`
	Blank    []string          `yaml:"blank" json:"blank,omitempty" jsonschema:"texts that mean nothing here"`
	Broken   []string          `yaml:"broken" json:"broken,omitempty" jsonschema:"texts that are faults of the sheet: left out with a notice"`
	Clean    bool              `yaml:"clean" json:"clean,omitempty" jsonschema:"control and invisible characters are taken out, white space of any kind becomes a single space"`
	Replace  replacements      `yaml:"replace" json:"replace,omitempty" jsonschema:"what is replaced by what, one after the other"`
	Matches  string            `yaml:"matches" json:"matches,omitempty" jsonschema:"only texts in which this regular expression (RE2) is found"`
	Unlike   string            `yaml:"unlike" json:"unlike,omitempty" jsonschema:"only texts in which this regular expression (RE2) is not found"`
	Extract  string            `yaml:"extract" json:"extract,omitempty" jsonschema:"the part of the text in the brackets of this regular expression (RE2)"`
	Map      map[string]string `yaml:"map" json:"map,omitempty" jsonschema:"what each text becomes"`
	Fold     bool              `yaml:"fold" json:"fold,omitempty" jsonschema:"with map: compare as names are compared, without case, punctuation and repeated spaces"`
	Others   string            `yaml:"others" json:"others,omitempty" jsonschema:"with map, lookup or as country: texts that they do not know are rejected (the default; what lookup does not find is dropped), kept, or dropped: reject, keep, drop"`
	Number   *number           `yaml:"number" json:"number,omitempty" jsonschema:"how a number is written, which becomes one as programs write it: 1234.5"`
	As       string            `yaml:"as" json:"as,omitempty" jsonschema:"upper, lower, or country: an English name of a country as its ISO code"`
	Into     string            `yaml:"into" json:"into,omitempty" jsonschema:"a text with {} in it, the value"`
	Required bool              `yaml:"required" json:"required,omitempty" jsonschema:"a row where it is asked for and gives nothing is rejected as a whole"`

	At place `yaml:"-" json:"-"`
}

// replacement is what is replaced by what in a text.
type replacement struct {
	What string `yaml:"what" json:"what" jsonschema:"a regular expression (RE2)"`
	With string `yaml:"with" json:"with,omitempty" jsonschema:"what stands there instead, $1 (${1} before a digit, a letter or _) being what is in the first brackets; without it nothing"`

	At place `yaml:"-" json:"-"`
}

// number is how numbers are written.
type number struct {
	Decimal   string `yaml:"decimal" json:"decimal,omitempty" jsonschema:"what stands before the fraction: a full stop, or a comma; without it a full stop, or a comma where full stops stand between thousands"`
	Thousands texts  `yaml:"thousands" json:"thousands,omitempty" jsonschema:"what may stand between groups of three digits, such as . or a space"`

	At place `yaml:"-" json:"-"`
}

// point is a position on the earth (WGS84).
type point struct {
	Latitude  *value `yaml:"latitude" json:"latitude,omitempty" jsonschema:"degrees, or degrees, minutes and seconds with N or S"`
	Longitude *value `yaml:"longitude" json:"longitude,omitempty" jsonschema:"degrees, or degrees, minutes and seconds with E or W"`
	Text      *value `yaml:"text" json:"text,omitempty" jsonschema:"both in one cell"`
	Order     string `yaml:"order" json:"order,omitempty" jsonschema:"which of two numbers without letters comes first in text: latitude (the default) or longitude"`
	MGRS      *value `yaml:"mgrs" json:"mgrs,omitempty" jsonschema:"a position of the Military Grid Reference System: the middle of its square"`

	At place `yaml:"-" json:"-"`
}

// key is one way to identify an entity.
type key struct {
	XID  *value `yaml:"xid" json:"xid,omitempty" jsonschema:"a global id, scheme:id"`
	ID   *value `yaml:"id" json:"id,omitempty" jsonschema:"an id of this data set"`
	Name *value `yaml:"name" json:"name,omitempty" jsonschema:"a name, which identifies within data set and type"`

	Where conds `yaml:"where" json:"where,omitempty" jsonschema:"only rows of which this holds"`

	At place `yaml:"-" json:"-"`
}

// date is a date in one column, or in columns for its parts, with the text beside them to compare.
type date struct {
	Year    *value   `yaml:"year" json:"year,omitempty" jsonschema:"the year"`
	Month   *value   `yaml:"month" json:"month,omitempty" jsonschema:"the month, 1 to 12"`
	Day     *value   `yaml:"day" json:"day,omitempty" jsonschema:"the day of the month"`
	Text    *value   `yaml:"text" json:"text,omitempty" jsonschema:"the date as text: taken where there is no year, else compared with the parts"`
	Formats []string `yaml:"formats" json:"formats,omitempty" jsonschema:"how the text is written, such as D/M/YYYY, DD.MM.YY or MMMM YYYY; YYYY-MM-DD, YYYY-MM and YYYY always do"`
	Months  texts    `yaml:"months" json:"months,omitempty" jsonschema:"with MMMM or MMM in formats: the languages of the months' names beside English, such as fr, es, ru, ar"`
	Serial  bool     `yaml:"serial" json:"serial,omitempty" jsonschema:"a number is a day as Excel counts them: 45123 is 2023-07-16"`
	Or      texts    `yaml:"or" json:"or,omitempty" jsonschema:"separators between several dates in one text of which one is right, such as \" or \": the date is the range that holds all"`
	Several texts    `yaml:"several" json:"several,omitempty" jsonschema:"separators between several dates in one text, each of which is claimed on its own, such as \" or \" and ;"`
	About   texts    `yaml:"about" json:"about,omitempty" jsonschema:"words before a date that make it uncertain, such as ca., c. or about: a year with the one before and after it, a month or day likewise"`
	Century string   `yaml:"century" json:"century,omitempty" jsonschema:"with YY in formats: the first of the hundred years that two digits mean; 1930 reads 45 as 1945 and 29 as 2029"`

	At place `yaml:"-" json:"-"`
}

// period is when something held.
type period struct {
	From *edge  `yaml:"from" json:"from,omitempty" jsonschema:"when it began"`
	To   *edge  `yaml:"to" json:"to,omitempty" jsonschema:"when it ended"`
	In   *date  `yaml:"in" json:"in,omitempty" jsonschema:"a date within which it happened"`
	Seen *date  `yaml:"seen" json:"seen,omitempty" jsonschema:"a date on which it was seen to hold: it had begun by then and lasted until then at least"`
	Text *value `yaml:"text" json:"text,omitempty" jsonschema:"a period as orbat writes it: 2014-08/2016"`

	Merge string `yaml:"merge" json:"merge,omitempty" jsonschema:"with seen: what rows say alike on dates that follow on each other is one statement, from the first to the last of them. from (or to): unless what stands at this end was seen otherwise in between; true: unless either was"`
	Gap   string `yaml:"gap" json:"gap,omitempty" jsonschema:"with merge: the most days between two dates; after more a new statement begins"`

	At place `yaml:"-" json:"-"`
}

// edge is one end of a period.
type edge struct {
	Date  *date `yaml:"date" json:"date,omitempty" jsonschema:"the end itself, or, where it is only cited, a date at which it held"`
	Exact conds `yaml:"exact" json:"exact,omitempty" jsonschema:"where this holds the date is the end itself, else it held by then at least; without it the date is the end"`
	Open  conds `yaml:"open" json:"open,omitempty" jsonschema:"where this holds there is no such end: it still goes on"`

	At place `yaml:"-" json:"-"`
}

// cond is a question to a row. All that is given must hold.
type cond struct {
	Column  string `yaml:"column" json:"column,omitempty" jsonschema:"the column asked about"`
	Value   *value `yaml:"value" json:"value,omitempty" jsonschema:"the value asked about"`
	Is      texts  `yaml:"is" json:"is,omitempty" jsonschema:"it is one of these texts"`
	Matches string `yaml:"matches" json:"matches,omitempty" jsonschema:"this regular expression (RE2) is found in it"`
	Same    *value `yaml:"same" json:"same,omitempty" jsonschema:"it is what this value is"`
	In      string `yaml:"in" json:"in,omitempty" jsonschema:"this index knows it"`
	Empty   *bool  `yaml:"empty" json:"empty,omitempty" jsonschema:"true: it says nothing; false: it says something"`
	Not     conds  `yaml:"not" json:"not,omitempty" jsonschema:"this does not hold"`
	Any     conds  `yaml:"any" json:"any,omitempty" jsonschema:"one of these holds"`

	At place `yaml:"-" json:"-"`
}

// expectation is what must hold of the whole input, before anything is loaded.
type expectation struct {
	Rows      string   `yaml:"rows" json:"rows,omitempty" jsonschema:"count the rows of this table"`
	Entities  string   `yaml:"entities" json:"entities,omitempty" jsonschema:"count the distinct entities of this type"`
	Relations string   `yaml:"relations" json:"relations,omitempty" jsonschema:"count the statements of this relation"`
	Filled    string   `yaml:"filled" json:"filled,omitempty" jsonschema:"the share of rows, in per cent, where this column says something"`
	Table     string   `yaml:"table" json:"table,omitempty" jsonschema:"with filled: the table of the column"`
	Min       *float64 `yaml:"min" json:"min,omitempty" jsonschema:"at least so many"`
	Max       *float64 `yaml:"max" json:"max,omitempty" jsonschema:"at most so many"`

	At place `yaml:"-" json:"-"`
}

// The lists that may be written as a single item.
type (
	texts      []string
	keys       []key
	conds      []cond
	properties []property
	sources    []source

	replacements []replacement
)

// valueNames are values by the names that a table gives them.
type valueNames map[string]value

// source is one thing that a source key names: a column, or an entity of the table.
type source struct {
	value `yaml:",inline"`
}

// end is one end of a relation: the name of an entity of the table, or an entity given in place.
type end struct {
	Name   string
	Inline *entity

	At place
}

// typeValue is a type: a constant, or a value whose texts are types.
type typeValue struct {
	value `yaml:",inline"`
}

// place is where something stands in the mapping's file.
type place struct{ line, column int }
