package mapping

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

// blankWords are texts by which people say that a cell is empty. Words that are values too, such as unknown, are none.
var blankWords = []string{
	"-", "--", "–", "—", "?", "??", "n/a", "na.", "n.a.", "n/k", "n.k.", "n/d", "n.d.", "unk", "unk.", "tbc", "tbd",
	"k.a.", "k. a.", "#n/a",
}

// blanks returns the texts of a sheet that mean an empty cell, as they are written there, in the order of bytes.
func blanks(rows [][]string) []string {
	var found distinct
	for _, row := range rows {
		for _, cell := range row {
			if text := strings.TrimSpace(cell); slices.Contains(blankWords, strings.ToLower(text)) {
				found.add(text)
			}
		}
	}
	slices.Sort(found.texts)
	return found.texts
}

// levelWords are what the levels of a hierarchy are called, in headers.
var levelWords = []string{
	"army", "corps", "division", "brigade", "regiment", "battalion", "company", "platoon", "formation", "command", "group", "squadron",
	"wing", "unit", "subunit", "level", "district", "region", "sector",
}

// outline finds how the order of the rows is a hierarchy: a column a level, or names that are indented.
func (d *drafter) outline() []int {
	if levels := d.levelColumns(); len(levels) > 0 {
		return levels
	}
	for i := range d.header {
		indented, filled := 0, 0
		for _, row := range d.rows {
			if strings.TrimSpace(row[i]) == "" {
				continue
			}
			if filled++; strings.TrimLeft(row[i], " \t\u00a0") != row[i] {
				indented++
			}
		}
		first := slices.IndexFunc(d.rows, func(row []string) bool { return strings.TrimSpace(row[i]) != "" })
		if indented < 2 || indented == filled || d.reference(i) == "" {
			continue
		}
		if spaces, _ := indent(d.rows[first][i]); spaces == 0 {
			return []int{i}
		}
	}
	return nil
}

// levelColumns finds columns side by side that are called as levels are, of which each row fills one.
func (d *drafter) levelColumns() (levels []int) {
	for i, name := range d.header {
		words := strings.Fields(columnKey(name))
		if slices.ContainsFunc(words, func(word string) bool { return slices.Contains(levelWords, word) }) && d.reference(i) != "" {
			levels = append(levels, i)
		} else if len(levels) > 0 {
			break
		}
	}
	if len(levels) < 2 {
		return nil
	}
	alone := map[int]bool{}
	for _, row := range d.rows {
		var filled []int
		for _, i := range levels {
			if strings.TrimSpace(row[i]) != "" {
				filled = append(filled, i)
			}
		}
		switch {
		case len(filled) > 1:
			return nil
		case len(filled) == 1:
			alone[filled[0]] = true
		}
	}
	if len(alone) < 2 {
		return nil
	}
	return levels
}

// hierarchy proposes what is above each row by the order of the rows; false: it says nothing.
func (d *drafter) hierarchy(relations *yaml.Node) (outline, name *yaml.Node) {
	levels := d.outline()
	known := d.ontology.Relation("subordinate_to")
	if len(levels) == 0 || known == nil || !known.Fits(d.kind.Name, d.kind.Name) ||
		slices.Contains(d.header, pathPart) || slices.Contains(d.header, parentPart) {
		return nil, nil
	}
	outline, name = flowNode(), scalarNode(d.reference(levels[0]))
	what := "its names are indented: each row lies below the last one that is less so (outline, path, parent)"
	if len(levels) > 1 {
		var names, backward []string
		for _, i := range levels {
			names, backward = append(names, d.reference(i)), slices.Insert(backward, 0, d.reference(i))
		}
		put(outline, "name", textsNode(names))
		name = flowNode()
		put(name, "first", textsNode(backward))
		what = "with the " + plural(len(levels)-1, "column") + " beside it a level each: " +
			"a row lies below the last one of a higher level (outline, path, parent)"
	} else {
		put(outline, "name", name)
	}
	for _, i := range levels {
		d.used[i] = true
	}
	d.note(levels[0], what)
	above, to, key := flowNode(), flowNode(), flowNode()
	put(key, "id", scalarNode(parentPart))
	put(to, "type", scalarNode(d.kind.Name))
	put(to, "key", key)
	put(above, "relation", scalarNode("subordinate_to"))
	put(above, "from", scalarNode(d.label()))
	put(above, "to", to)
	relations.Content = append(relations.Content, above)
	return outline, name
}

// pathWords are what columns of paths are called.
var pathWords = []string{"path", "hierarchy", "chain", "structure", "tree", "orbat", "organisation", "organization"}

// paths finds the column of paths, from the top to what a row is about, and what stands between their levels; -1: none.
func (d *drafter) paths() (i int, separator string) {
	for i, header := range d.header {
		cells := d.cells(i)
		words := strings.Fields(columnKey(header))
		named := slices.ContainsFunc(words, func(word string) bool { return slices.Contains(pathWords, word) })
		for _, separator := range []string{">", "→", "»", `\`, "/", "|"} {
			if (separator == "/" || separator == "|") && !named { // numbers of documents and lists have them too
				continue
			}
			deep, tops := 0, map[string]int{}
			for _, cell := range cells {
				levels := splitAll([]string{cell}, []string{separator})
				if len(levels) > 1 {
					deep++
				}
				if len(levels) > 0 {
					tops[levels[0]]++
				}
			}
			// Most are several levels deep, and have few tops between them: dates and links do not.
			if d.reference(i) != "" && i != d.source && deep > 2 && 2*deep > len(cells) && 2*len(tops) < len(cells)+1 && !d.numeric(i) &&
				!slices.ContainsFunc(cells, func(cell string) bool { return strings.Contains(cell, "://") }) {
				return i, separator
			}
		}
	}
	return -1, ""
}

// numeric reports whether a cell of a column is made of digits and what parts them: a date, a share, a range.
func (d *drafter) numeric(i int) bool {
	return slices.ContainsFunc(d.cells(i), func(cell string) bool { return strings.Trim(cell, "0123456789/.-–: ") == "" })
}

// pathOf proposes the units of a path, each below the one before it, and returns the key and the name of the row's own.
func (d *drafter) pathOf(relations *yaml.Node) (key, name *yaml.Node) {
	i, separator := d.paths()
	known := d.ontology.Relation("subordinate_to")
	if i < 0 || d.used[i] || known == nil || !known.Fits(d.kind.Name, d.kind.Name) {
		return nil, nil
	}
	d.used[i] = true
	d.note(i, "a path of levels: each of them lies below the one before it, and the row is about the last")
	column := scalarNode(d.reference(i))
	level, each, path := &yaml.Node{Kind: yaml.MappingNode}, flowNode(), flowNode()
	put(path, "column", column)
	put(path, "split", scalarNode(separator))
	put(each, "path", path)
	levelKey, properties := flowNode(), flowNode()
	put(levelKey, "id", scalarNode("{path}"))
	put(properties, nameProperty, scalarNode("{}"))
	put(level, "name", scalarNode("level"))
	put(level, "type", scalarNode(d.kind.Name))
	put(level, "each", each)
	put(level, "key", levelKey)
	put(level, "properties", properties)
	d.others = append(d.others, level)
	above, to, parent := flowNode(), flowNode(), flowNode()
	put(parent, "id", scalarNode("{parent}"))
	put(to, "type", scalarNode(d.kind.Name))
	put(to, "key", parent)
	put(above, "relation", scalarNode("subordinate_to"))
	put(above, "from", scalarNode("level"))
	put(above, "to", to)
	relations.Content = append(relations.Content, above)

	quoted := regexp.QuoteMeta(separator)
	ends, between, id := flowNode(), flowNode(), flowNode()
	put(ends, "what", scalarNode(`^\s*`+quoted+`\s*|\s*`+quoted+`\s*$`))
	put(between, "what", scalarNode(`\s*`+quoted+`\s*`))
	put(between, "with", scalarNode(levelsJoin))
	replace := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{ends, between}}
	put(id, "column", column)
	put(id, "replace", replace)
	key = flowNode()
	put(key, "id", id)
	name = flowNode()
	put(name, "column", column)
	put(name, "extract", scalarNode(`([^`+strings.ReplaceAll(separator, `\`, `\\`)+`]+?)\s*`+quoted+`?\s*$`))
	return key, name
}

// inBrackets finds texts with what is said of each in brackets: Ann Lee (commander, 2019-2021).
var inBrackets = regexp.MustCompile(`^[^()]+\([^()]+\)$`)

// bracketed notes columns whose cells hold several texts with what is said of each in brackets.
func (d *drafter) bracketed() {
	for i := range d.header {
		several, fits, all := false, 0, 0
		for _, cell := range d.cells(i) {
			parts := splitAll([]string{cell}, []string{";"})
			several = several || len(parts) > 1
			for _, part := range parts {
				if all++; inBrackets.MatchString(part) {
					fits++
				}
			}
		}
		if several && 2*fits > all && d.reference(i) != "" {
			d.note(i, "several texts in a cell, with what is said of each in brackets: each: {column: "+
				strconv.Quote(schema.Shorten(d.header[i]))+`, split: ";", parts: '^(?P<who>[^(]+?) *\((?P<role>[^)]*)\)$'} makes something of each`)
		}
	}
}
