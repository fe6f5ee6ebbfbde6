package canned

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"orbat/schema"
)

// Values are a question's parameters, checked: what DQL variables carry, and the filters.
type Values struct {
	Text   map[string]string // as checked: dates and positions canonical
	Ints   map[string]int
	Dates  map[string]schema.Range
	Filter Filter
}

func newValues() *Values {
	return &Values{Text: map[string]string{}, Ints: map[string]int{}, Dates: map[string]schema.Range{}, Filter: Filter{MinConfidence: -1}}
}

// Read reads the parameters and puts in the defaults. Entities stay as typed; names.go resolves them.
func (q *Query) Read(params map[string]string) (*Values, error) {
	v := newValues()
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if q.Param(name) == nil {
			return nil, q.misnamed(name, "no such parameter", name+"=")
		}
		if strings.TrimSpace(params[name]) != "" {
			if err := q.refuse(name); err != nil {
				return nil, err
			}
		}
	}
	for _, p := range q.AllParams() {
		text, given := params[p.Name]
		if !given {
			text = p.Default
		}
		if strings.TrimSpace(text) == "" {
			if given && p.Type == "marking" { // an empty variable of a script must not open everything
				return nil, NewParamError(q.Name, p.Name, "names no marking",
					"give one, such as TLP:GREEN or SECRET; without "+p.Name+" nothing is left out")
			}
			if p.Required {
				return nil, NewParamError(q.Name, p.Name, "missing: "+p.Help, "")
			}
			continue
		}
		if err := v.take(&p, text); err != nil {
			return nil, NewParamError(q.Name, p.Name, err.Error(), "")
		}
		if err := q.checkMoment(v, p.Name); err != nil {
			return nil, err
		}
	}
	return v, v.Filter.check(q.Name, q.ComparesTimes())
}

func (v *Values) take(p *Param, text string) error {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return errors.New("not valid UTF-8 text")
	}
	text = strings.TrimSpace(text)
	v.Text[p.Name] = text
	switch p.Type {
	case "int":
		n, err := strconv.Atoi(text)
		if err != nil || n < p.Min || p.Max > 0 && n > p.Max {
			return fmt.Errorf("%q is not a whole number %s", schema.Shorten(text), p.bounds())
		}
		v.Ints[p.Name] = n
		if p.Name == "min_confidence" {
			v.Filter.MinConfidence = n
		}
	case "date":
		date, err := schema.ParseDate(text)
		if err != nil {
			return err
		}
		v.Text[p.Name], v.Dates[p.Name] = date.String(), date
		switch p.Name {
		case "as_of":
			v.Filter.AsOf = date
		case "from", "since": // where from and to are a path's ends
			v.Filter.From = date
		case "to", "until":
			v.Filter.To = date
		}
	case "bool":
		if text != "true" && text != "false" {
			return fmt.Errorf("%q is not true or false", schema.Shorten(text))
		}
		if p.Name == "certain" {
			v.Filter.Certain = text == "true"
		}
	case "enum":
		if !slices.Contains(p.Of, text) {
			return fmt.Errorf("%q is not one of %s", schema.Shorten(text), strings.Join(p.Of, ", "))
		}
	case "position":
		at, err := ParsePosition(text)
		if err != nil {
			return err
		}
		v.Text[p.Name] = at.String()
	case "marking":
		limit, err := ParseMaxMarking(text)
		if err != nil {
			return err
		}
		v.Filter.MaxMarking = limit
	case "dataset":
		if err := schema.CheckDataset(text); err != nil {
			return err
		}
		v.Filter.Dataset = text
	}
	return nil
}
