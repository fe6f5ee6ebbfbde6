package mapping

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"orbat/schema"
)

// replace compiles clean and replace.
func (b *binder) replace(v *value, get getter) getter {
	m := b.meter(v)
	if v.Clean {
		get = m.each(get, func(_ *scope, text string) (string, *rowError) { return cleaned(text), nil })
	}
	for i := range v.Replace {
		r := &v.Replace[i]
		p := b.pattern(r.What, r.At)
		switch {
		case r.What == "":
			b.mistake(r.At, "replace says nothing of what", "give what, a regular expression, and with")
		case p != nil && p.MatchString(""):
			b.mistake(r.At, strconv.Quote(r.What)+" is found in an empty text", "it would be found everywhere: say what must be there")
		case p != nil:
			if group := missingGroup(p, r.With); group != "" {
				b.mistake(r.At, "with names "+group+", and what has no such brackets: it would stand for nothing",
					"where a digit, a letter or _ follows, write ${1}; a dollar sign is $$")
			}
			get = m.each(get, func(s *scope, text string) (string, *rowError) { return m.replaced(s, p, text, r.With) })
		}
	}
	return get
}

// missingGroup returns the first reference in the text that takes the place of what is found to a group that the
// expression does not have, which would stand for nothing; empty: none.
func missingGroup(p *regexp.Regexp, with string) string {
	for _, found := range regexp.MustCompile(`\$(?:\$|(\w+)|\{(\w+)\})`).FindAllStringSubmatch(with, -1) {
		name := found[1] + found[2]
		number, err := strconv.Atoi(name)
		switch {
		case name == "": // $$
		case err == nil && number <= p.NumSubexp():
		case err != nil && p.SubexpIndex(name) >= 0:
		default:
			return found[0]
		}
	}
	return ""
}

// replaced replaces what is found in a text. What it becomes is bounded before it is made: at most as long as all that
// stands between what is found, with for each of them, and what is found as often as with refers to it.
func (m *meter) replaced(s *scope, p *regexp.Regexp, text, with string) (string, *rowError) {
	if bad := m.take(s, len(text)); bad != nil { // what is searched takes time
		return "", bad
	}
	finds, found := 0, 0
	rest := p.ReplaceAllStringFunc(text, func(one string) string {
		finds++
		found += len(one)
		return ""
	})
	if finds == 0 {
		return strings.TrimSpace(text), nil
	}
	if most := len(rest) + finds*len(with) + strings.Count(with, "$")*found; most > maxRowTexts {
		return "", m.take(s, most)
	}
	made := strings.TrimSpace(p.ReplaceAllString(text, with))
	if len(made) > len(text) && len(made) > schema.MaxValue {
		return "", tooLong(m.label, text)
	}
	return made, nil
}

// cleaned takes controls and invisible characters out of a text and makes white space of any kind a single space.
func cleaned(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d': // they join and part letters in Persian, Hindi and emojis
			return r
		case unicode.Is(unicode.C, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// number compiles how numbers are written.
func (b *binder) number(v *value, get getter) getter {
	n := v.Number
	if n == nil {
		return get
	}
	decimal := n.Decimal
	if decimal == "" {
		decimal = "."
		if slices.Contains(n.Thousands, decimal) {
			decimal = ","
		}
	}
	switch decimal {
	case ".", ",":
	default:
		b.mistake(n.At, "decimal is "+strconv.Quote(decimal), "one of , and .")
		return get
	}
	if slices.Contains(n.Thousands, decimal) {
		b.mistake(n.At, strconv.Quote(decimal)+" stands before the fraction and between thousands", "it can be only one")
		return get
	}
	var groups []string
	for _, separator := range n.Thousands {
		if separator == "" || strings.ContainsAny(separator, "0123456789+-") {
			b.mistake(n.At, "thousands is "+strconv.Quote(separator), "what stands between groups of three digits")
			return get
		}
		groups = append(groups, regexp.QuoteMeta(separator))
		if separator == " " {
			groups = append(groups, "\u00a0", "\u202f", "\u2009") // as programs write a space that must not break
		}
	}
	whole := `\d+`
	if len(groups) > 0 {
		whole = `(?:\d+|\d{1,3}(?:(?:` + strings.Join(groups, "|") + `)\d{3})+)`
	}
	form := regexp.MustCompile(`^([+\-−]?)(` + whole + `)(?:` + regexp.QuoteMeta(decimal) + `(\d+))?$`)
	label := b.label(v)
	return b.meter(v).each(get, func(s *scope, text string) (string, *rowError) {
		if slices.Contains(s.row.Fractions, text) {
			return text, nil // a program has written it, not the country whose rule this is
		}
		found := form.FindStringSubmatch(plainDigits(text))
		if found == nil {
			return "", &rowError{Fault: schema.Fault{
				Column: label, Value: text, Reason: "no number as the mapping knows it",
				Hint: "correct the cell, or say in number what stands before the fraction and between thousands",
			}}
		}
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, found[2])
		sign := ""
		if found[1] == "-" || found[1] == "−" {
			sign = "-"
		}
		if found[3] == "" {
			return sign + digits, nil
		}
		return sign + digits + "." + found[3], nil
	})
}

// plainDigits writes the digits of other scripts, such as Arabic ones, as 0 to 9.
func plainDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r <= unicode.MaxASCII || !unicode.IsDigit(r) {
			return r
		}
		const digits = 10 // stand side by side, from 0
		for _, block := range unicode.Nd.R16 {
			if low := rune(block.Lo); low <= r && r <= rune(block.Hi) {
				return '0' + (r-low)%digits
			}
		}
		for _, block := range unicode.Nd.R32 {
			if low := rune(block.Lo); low <= r && r <= rune(block.Hi) {
				return '0' + (r-low)%digits
			}
		}
		return r
	}, text)
}
