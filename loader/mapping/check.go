package mapping

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// Check sees that a mapping is whole and says only what the ontology can take. It needs no data.
func (m *Mapping) Check(o *schema.Ontology) error {
	var mistakes []*MappingError
	r := m.newRun(o, cmp.Or(m.Dataset, schema.DefaultDataset))
	r.indexes = map[string]*lookup{}
	top := r.binder(nil, "", nil, &mistakes)
	if m.Dataset != "" {
		if err := schema.CheckDataset(m.Dataset); err != nil {
			top.mistake(m.At, err.Error(), "")
		}
	}
	if len(m.Tables) == 0 {
		top.mistake(m.At, "the mapping has no tables", "give at least one under tables")
	}
	m.checkNames(top)
	m.checkConfidence(top)
	for i := range m.Indexes { // an index may use those before it
		ix := &m.Indexes[i]
		if t := m.table(ix.Table); t != nil {
			r.binder(t, "", nil, &mistakes).compileIndex(ix)
		}
		r.indexes[ix.Name] = &lookup{index: ix}
	}
	for i := range m.Tables {
		r.binder(&m.Tables[i], "", nil, &mistakes).compile()
	}
	m.checkExpectations(top)
	return joined(mistakes)
}

// CheckFiles checks a mapping as Check does, and against the headers of its files. It tells which columns nothing uses.
func (m *Mapping) CheckFiles(ctx context.Context, inputs []Input, opts Options) (unused []string, err error) {
	if err := m.Check(opts.Ontology); err != nil {
		return nil, err
	}
	dataset, err := m.datasetOf(opts.Dataset)
	if err != nil {
		return nil, err
	}
	r := m.newRun(opts.Ontology, dataset)
	if r.inputs, err = m.assign(inputs); err != nil {
		return nil, err
	}
	return r.checkHeaders(ctx)
}

// checkNames sees that tables, indexes and entities have names, each its own.
func (m *Mapping) checkNames(b *binder) {
	tables, indexes := map[string]bool{}, map[string]bool{}
	for i := range m.Tables {
		t := &m.Tables[i]
		name(b, tables, t.Name, "table", t.At)
		b.checkFile(t)
		if len(t.Entities)+len(t.Relations) == 0 {
			used := false
			for _, ix := range m.Indexes {
				used = used || ix.Table == t.Name
			}
			if !used {
				b.mistake(t.At, "nothing comes of the table "+t.Name, "give entities or relations")
			}
		}
		entities := map[string]bool{}
		for j := range t.Entities {
			if e := &t.Entities[j]; e.Name != "" {
				name(b, entities, e.Name, "entity", e.At)
			}
		}
	}
	for i := range m.Indexes {
		ix := &m.Indexes[i]
		name(b, indexes, ix.Name, "index", ix.At)
		if m.table(ix.Table) == nil {
			b.mistake(ix.At, "no table "+strconv.Quote(ix.Table), "name one of the tables")
		}
		if ix.From == nil {
			b.mistake(ix.At, "the index has no from", "give the column that is looked up")
		}
		switch ix.Many {
		case "", "reject", "first", "all":
		default:
			b.mistake(ix.At, "many is "+strconv.Quote(ix.Many), "one of reject, first, all")
		}
	}
}

func name(b *binder, seen map[string]bool, name, what string, at place) {
	switch {
	case name == "":
		b.mistake(at, "the "+what+" has no name", "give name")
	case seen[name]:
		b.mistake(at, "two of the name "+strconv.Quote(name), "each "+what+" has a name of its own")
	}
	seen[name] = true
}

// checkConfidence sees that the rule for confidence grades what it reads.
func (m *Mapping) checkConfidence(b *binder) {
	rule := m.Confidence
	if rule == nil {
		return
	}
	if rule.Map == nil {
		b.mistake(rule.At, "the rule for confidence has no map", "say what each word of the sheet is from 0 to 100; numbers need no rule")
	}
	if rule.Keep != "" && !strings.HasPrefix(rule.Keep, "x_") {
		b.mistake(rule.At, "keep is "+rule.Keep, "the name of an x_ property, such as x_confidence")
	}
	for _, word := range slices.Sorted(maps.Keys(rule.Map)) {
		if text := rule.Map[word]; !isWhole(text, 0, 100) {
			b.mistake(rule.At, strconv.Quote(word)+" becomes "+strconv.Quote(text), "a confidence is a whole number from 0 to 100")
		}
	}
}

// isWhole reports whether a text is a whole number within bounds, as the loader reads one.
func isWhole(text string, from, to int) bool {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	return err == nil && n >= from && n <= to
}
