package queries

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"orbat/schema"
)

// opening is the first request of a question, which mostly is the only one: it looks the names up, asks the file's DQL around what
// they mean, and describes what that finds. Each would take a round trip of its own, which costs as much as a small answer itself.
//
// The DQL is asked around all that a name matches at any level, before it is known which level is the best. Where that leaves a doubt
// (nothing is called so, too many are, it is a part of another) nothing of the answer is used but decisions, and names and DQL are
// asked one after the other.
type opening struct {
	text   string
	vars   map[string]string
	params []*Param // of type entity, in the order of their numbers in the text
	root   string   // the block that begins at the only one: of its answers those of others can be left out. Empty: they cannot
	reads  bool     // decisions come with it
}

const (
	maxDescribed = 500 // nodes that an opening describes: a hub may have thousands more than an answer shows
	maxNamed     = 10  // entities of one name that it looks at
	maxGuessed   = 3   // of them, those around which it asks the DQL
)

// open sends the opening and takes what it brings: entities, descriptions, and the DQL's answer for the first [asking.ask].
func (a *asking) open(ctx context.Context, ask Ask) error {
	o := a.opening(ask)
	if o == nil {
		return nil
	}
	blocks, err := a.snapshot.blocks(ctx, o.text, o.vars)
	if err != nil {
		return ctx.Err() // DQL that does not go with more in one request is asked alone; so is a wrong one, which says where
	}
	return a.takeOpening(o, blocks)
}

// opening makes the request, nil where what the question asks first depends on more than its names.
func (a *asking) opening(ask Ask) *opening {
	q := a.query
	if a.sight != nil || len(q.Reach) > 0 || !slices.Contains([]string{"", "expand", "statements"}, q.Step) {
		return nil
	}
	o := &opening{vars: map[string]string{}, reads: q.Step == "statements" || ask.Evidence || a.values.filter.active()}
	blocks := o.lookUps(a)
	if len(o.params) == 0 {
		return nil
	}
	d := q.dissected()
	if d == nil {
		return nil
	}
	stands := map[string]string{"frontier": "orbat_one0"}
	var known []string
	for i, p := range o.params {
		known = append(known, "orbat_one"+strconv.Itoa(i))
		stands[p.Name] = known[i]
	}
	if len(known) == 1 {
		o.root = d.root
	}
	for name := range stands {
		if d.elsewhere[name] {
			return nil
		}
	}
	body, nodes := d.body(a.relations, stands, !q.Shape.rows() || q.Step != "")
	if o.reads {
		blocks, o.vars["$orbat_decided"] = blocks+decisionBlocks("0x0", "$orbat_decided"), schema.DatasetSource(schema.DecisionsDataset)
	}
	var declared []string
	for _, name := range slices.Sorted(maps.Keys(o.vars)) {
		declared = append(declared, name+": string")
	}
	for _, v := range d.declared {
		if stands[v.name] == "" {
			declared, o.vars["$"+v.name] = append(declared, "$"+v.name+": "+v.kind), a.vars["$"+v.name]
		}
	}
	known = append(known, nodes...)
	o.text = "query " + d.name + "(" + strings.Join(declared, ", ") + ") {" + blocks + body +
		describeBlocks(a.ontology, strings.Join(known, ", "), ", first: "+strconv.Itoa(maxDescribed), ask.Full) + "}"
	return o
}

// lookUps are the blocks that find what the entity parameters name, as [snapshot.lookUp] does, in orbat_foundN. orbat_oneN is what the
// DQL is asked around.
func (o *opening) lookUps(a *asking) string {
	var b strings.Builder
	for i := range a.query.Params {
		p := &a.query.Params[i]
		text := strings.TrimSpace(a.values.text[p.Name])
		if p.Type != "entity" || text == "" {
			continue
		}
		key := schema.SearchKey(text)
		if len(text) > schema.MaxXID || key == "" {
			o.params = nil
			return ""
		}
		n := strconv.Itoa(len(o.params))
		o.params = append(o.params, p)
		o.vars["$orbat_xid"+n], o.vars["$orbat_text"+n], o.vars["$orbat_key"+n] = storedXID(text), text, key
		b.WriteString(strings.NewReplacer("N", n, "MANY", strconv.Itoa(maxNamed), "FEW", strconv.Itoa(maxGuessed)).Replace(`
			orbat_xN as var(func: eq(xid, $orbat_xidN))
			orbat_nN as var(func: eq(name, $orbat_textN), first: MANY)
			orbat_aN as var(func: eq(aliases, $orbat_textN), first: MANY)
			orbat_kN as var(func: eq(name.key, $orbat_keyN), first: MANY)
			orbat_oneN as var(func: uid(orbat_xN, orbat_nN, orbat_aN, orbat_kN), first: FEW)
			orbat_guessN(func: uid(orbat_oneN)) { uid }
			orbat_foundN(func: uid(orbat_xN, orbat_nN, orbat_aN, orbat_kN)) { uid xid entity.type name aliases entity.rep { uid } }
		`))
	}
	return b.String()
}

// takeOpening uses what an opening brings as far as its guess was right.
func (a *asking) takeOpening(o *opening, blocks map[string]*fastjson.Value) error {
	if o.reads {
		if err := a.takeDecisions(blocks); err != nil {
			return err
		}
	}
	found, alone := make([]*candidateNode, len(o.params)), true
	for i, p := range o.params {
		one, sole := match(p, a.values.text[p.Name], blocks["orbat_found"+strconv.Itoa(i)], blocks["orbat_guess"+strconv.Itoa(i)])
		if one == nil || !sole && o.root == "" {
			return nil
		}
		found[i], alone = one, alone && sole
	}
	for _, n := range readNodes(blocks) {
		a.known[n.uid] = n
	}
	for i, p := range o.params {
		c := Candidate{XID: found[i].XID, Type: found[i].Type, Name: found[i].XID, uid: found[i].UID}
		if n := a.known[c.uid]; n != nil {
			c.Name = n.Name
		}
		a.takeEntity(p, c, c.uid)
	}
	a.opened = &opened{vars: a.dqlVars(), blocks: map[string]*fastjson.Value{}}
	if slices.Contains(a.query.declared(), "frontier") {
		a.opened.vars["$frontier"] = uidList([]string{found[0].UID})
	}
	for name, block := range blocks {
		if !strings.HasPrefix(name, "orbat_") {
			if !alone && name == o.root {
				block = onlyAt(block, found[0].UID)
			}
			a.opened.blocks[name] = block
		}
	}
	return nil
}

// match gives the one entity of those found that a parameter's text means (law 17), and whether no other was found; nil where there
// is any doubt. guessed are those around which the DQL was asked.
func match(p *Param, text string, found, guessed *fastjson.Value) (one *candidateNode, alone bool) {
	var all []*candidateNode
	doubt := false
	for _, v := range found.GetArray() {
		n := &candidateNode{UID: textIn(v, "uid"), XID: textIn(v, "xid"), Type: shownType(textIn(v, "entity.type")), Name: textIn(v, "name")}
		for _, alias := range v.GetArray("aliases") {
			n.Aliases = append(n.Aliases, string(alias.GetStringBytes()))
		}
		doubt = doubt || v.Exists("entity.rep") || n.Type == "" || schema.IsDatasetSource(n.XID)
		all = append(all, n)
	}
	best := byBestLevel(strings.TrimSpace(text), slices.Clone(all))
	best = slices.DeleteFunc(best, func(n *candidateNode) bool { return len(p.Of) > 0 && !slices.Contains(p.Of, n.Type) })
	if doubt || len(all) >= maxNamed || len(best) != 1 ||
		!slices.ContainsFunc(guessed.GetArray(), func(v *fastjson.Value) bool { return textIn(v, "uid") == best[0].UID }) {
		return nil, false
	}
	return best[0], len(all) == 1
}

// byBestLevel leaves those whose name a text matches at the best level that any does: xid, name, alias, or the same but for case,
// marks and blanks, which all do that were found.
func byBestLevel(text string, found []*candidateNode) []*candidateNode {
	for _, matches := range []func(n *candidateNode) bool{
		func(n *candidateNode) bool { return n.XID == storedXID(text) },
		func(n *candidateNode) bool { return n.Name == text },
		func(n *candidateNode) bool { return slices.Contains(n.Aliases, text) },
	} {
		if slices.ContainsFunc(found, matches) {
			return slices.DeleteFunc(found, func(n *candidateNode) bool { return !matches(n) })
		}
	}
	return found
}

// opened is what the DQL answered already, and to which variables.
type opened struct {
	vars   map[string]string
	blocks map[string]*fastjson.Value
}

// onlyAt leaves out of a block what does not begin at an entity.
func onlyAt(block *fastjson.Value, uid string) *fastjson.Value {
	var of fastjson.Arena
	kept := of.NewArray()
	for _, node := range block.GetArray() {
		if textIn(node, "uid") == uid {
			kept.SetArrayItem(len(kept.GetArray()), node)
		}
	}
	return kept
}

// take gives the answer, once, if it is one to these variables.
func (o *opened) take(vars map[string]string) map[string]*fastjson.Value {
	if o == nil || !maps.Equal(o.vars, vars) {
		return nil
	}
	blocks := o.blocks
	o.blocks = nil
	return blocks
}

// dissected is the DQL of a file taken apart, to be put together with more.
type dissected struct {
	name      string
	declared  []declaration
	parts     []part
	end       string          // what follows the last part, without the last brace
	elsewhere map[string]bool // variables that are named in other places than those parts
	root      string          // the block that begins at the one uid($…); empty: there is none, or others follow from it
}

// declaration is a variable that the DQL declares, without its $.
type declaration struct{ name, kind string }

// part is a place to change: uid($variable), or uid xid where there is no variable.
type part struct{ before, variable string }

// dissect takes the DQL apart; nil: it is not of the plain form query name($a: string) { … }.
func (q *Query) dissect() *dissected {
	// What may look like a place to change, but is a comment or a literal, is taken first.
	token := regexp.MustCompile(`"(?:[^"\\]|\\.)*"|<[^>\n]*>|#[^\n]*|\buid\s*\(\s*\$(\w+)\s*\)|\buid\s+xid\b`)
	d := &dissected{elsewhere: map[string]bool{}}
	var plain strings.Builder
	rest := q.DQL
	for at := token.FindStringSubmatchIndex(rest); at != nil; at = token.FindStringSubmatchIndex(rest) {
		plain.WriteString(rest[:at[0]])
		switch found := rest[at[0]:at[1]]; {
		case found[0] == '#':
		case at[2] >= 0:
			d.parts = append(d.parts, part{plain.String(), rest[at[2]:at[3]]})
			plain.Reset()
		case found[0] == 'u':
			d.parts = append(d.parts, part{plain.String(), ""})
			plain.Reset()
		default:
			plain.WriteString(found)
		}
		rest = rest[at[1]:]
	}
	d.end = plain.String() + rest
	end := strings.LastIndex(d.end, "}")
	if end < 0 || len(d.parts) == 0 || !d.takeHead() {
		return nil
	}
	d.end = d.end[:end]
	texts := []string{d.end}
	for _, p := range d.parts {
		texts = append(texts, p.before)
	}
	for _, m := range regexp.MustCompile(`\$(\w+)`).FindAllStringSubmatch(strings.Join(texts, " "), -1) {
		d.elsewhere[m[1]] = true
	}
	if !regexp.MustCompile(`\bas\b`).MatchString(strings.Join(texts, " ")) {
		d.root = d.findRoot()
	}
	return d
}

// takeHead cuts query name($a: string) { off the beginning.
func (d *dissected) takeHead() bool {
	first := &d.parts[0]
	m := regexp.MustCompile(`^\s*query\s+(\w+)\s*\(([^)]*)\)\s*\{`).FindStringSubmatch(first.before)
	if m == nil {
		return false
	}
	d.name, first.before = m[1], first.before[len(m[0]):]
	for _, v := range strings.Split(m[2], ",") {
		of := regexp.MustCompile(`^\s*\$(\w+)\s*:\s*(\w+!?)\s*$`).FindStringSubmatch(v)
		if of == nil {
			return false // a default, say
		}
		d.declared = append(d.declared, declaration{of[1], of[2]})
	}
	return true
}

// findRoot names the block that begins at uid($…), where that is asked for nothing else and each of the block's answers says where
// it begins.
func (d *dissected) findRoot() (name string) {
	for i, p := range d.parts {
		if p.variable == "" {
			continue
		}
		m := regexp.MustCompile(`(\w+)\s*\(\s*func\s*:\s*$`).FindStringSubmatch(p.before)
		if name != "" || m == nil || m[1] == "var" || i+1 == len(d.parts) || d.parts[i+1].variable != "" {
			return ""
		}
		if !regexp.MustCompile(`^\s*\)[^{}]*\{\s*$`).MatchString(d.parts[i+1].before) {
			return "" // first: 5 would count the others too
		}
		name = m[1]
	}
	return name
}

// body puts the DQL together, with variables of the text where uid($…) names those that they stand for. With note, variables hold the
// entities of each uid xid; nodes names them.
func (d *dissected) body(relations []string, stands map[string]string, note bool) (text string, nodes []string) {
	const mark = "\x00" // no DQL holds it
	var b strings.Builder
	for _, p := range d.parts {
		b.WriteString(p.before)
		switch {
		case p.variable == "" && note:
			b.WriteString("uid " + mark + " as xid")
		case p.variable == "":
			b.WriteString("uid xid")
		case stands[p.variable] != "":
			b.WriteString("uid(" + stands[p.variable] + ")")
		default:
			b.WriteString("uid($" + p.variable + ")")
		}
	}
	pieces := strings.Split(expandRelations(b.String()+d.end, relations), mark)
	b.Reset()
	for i, piece := range pieces {
		b.WriteString(piece)
		if i < len(pieces)-1 {
			nodes = append(nodes, "orbat_node"+strconv.Itoa(i))
			b.WriteString(nodes[i])
		}
	}
	return b.String(), nodes
}
