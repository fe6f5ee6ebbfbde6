package queries_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"orbat/schema"
)

// ranking counts the links of all.
func (i *inquiry) ranking() (string, []string) {
	var lines []string
	for _, xid := range i.all() {
		var out, in, certain int
		for _, t := range i.ties {
			holding := i.holding(i.link(t, ""))
			if holding == schema.No {
				continue
			}
			for n, end := range []string{t.from, t.to} {
				if end == xid {
					out, in = out+1-n, in+n
					if holding == schema.Certain {
						certain++
					}
				}
			}
		}
		if out+in > 0 {
			lines = append(lines, fmt.Sprintf("%s %d %d %d", xid, out, in, certain))
		}
	}
	return "", sorted(lines)
}

// paths are all shortest chains between two entities, and where none of those surely held, the shortest that did.
func (i *inquiry) paths() (string, []string) {
	from, to := pick(i.Rand, i.all()), pick(i.Rand, i.all())
	args := "from=" + from + "|to=" + to + "|max_hops=3|budget=600"
	if from == to {
		return args, nil
	}
	byLength := map[int]answers{}
	var walk func(at chained, on, keys []string)
	walk = func(at chained, on, keys []string) {
		if at.end == to || len(at.links) == 3 {
			if holding := i.moment(at.links...); at.end == to && holding != schema.No {
				if byLength[len(keys)] == nil {
					byLength[len(keys)] = answers{}
				}
				byLength[len(keys)].add(strings.Join(keys, ", "), holding)
			}
			return
		}
		for _, t := range i.ties {
			if end := t.far(at.end); (t.from == at.end || t.to == at.end) && !slices.Contains(on, end) {
				walk(at.with(end, i.link(t, "")), append(slices.Clone(on), end), append(slices.Clone(keys), t.key()))
			}
		}
	}
	walk(chained{end: from}, []string{from}, nil)
	found, certain := answers{}, false
	for length := 1; length <= 3 && !certain; length++ {
		surely := maps.Clone(byLength[length])
		maps.DeleteFunc(surely, func(_ string, holding schema.Certainty) bool { return holding != schema.Certain })
		if certain = len(surely) > 0; len(found) == 0 {
			maps.Copy(found, byLength[length])
		} else {
			maps.Copy(found, surely)
		}
	}
	return args, found.lines()
}

// smallest is how many links the smallest graph has that joins three entities.
func (i *inquiry) smallest() (string, []string) {
	ends := []string{pick(i.Rand, i.people), pick(i.Rand, i.units), pick(i.Rand, i.places)}
	args := "entities=" + strings.Join(ends, ";") + "|max_hops=4"
	for size := 2; size <= 4; size++ {
		best := schema.No
		i.trees(ends, size, func(tree []link) { best = max(best, i.moment(tree...)) })
		if best != schema.No {
			return args, []string{fmt.Sprintf("%d links", size)}
		}
	}
	return args, nil // it has more links than are looked through
}

// trees finds all trees of so many links that join some entities.
func (i *inquiry) trees(ends []string, size int, do func(tree []link)) {
	seen := map[string]bool{}
	var grow func(tree []link, in []string)
	grow = func(tree []link, in []string) {
		if len(tree) == size {
			if !slices.ContainsFunc(ends, func(end string) bool { return !slices.Contains(in, end) }) {
				do(tree)
			}
			return
		}
		for _, t := range i.ties {
			if slices.Contains(in, t.from) == slices.Contains(in, t.to) {
				continue
			}
			end := t.to
			if slices.Contains(in, end) {
				end = t.from
			}
			next := append(slices.Clone(tree), i.link(t, ""))
			var keys []string
			for _, l := range next {
				keys = append(keys, l.key())
			}
			if key := strings.Join(sorted(keys), ","); !seen[key] && i.moment(next...) != schema.No {
				seen[key] = true
				grow(next, append(slices.Clone(in), end))
			}
		}
	}
	grow(nil, ends[:1])
}
