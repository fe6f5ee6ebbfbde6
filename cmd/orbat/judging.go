package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"orbat/deploy"
	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// judging is how the statements that a load has read of texts are judged one by one, before they count: by keys, or by
// a file. What is accepted is loaded, and what is rejected, so that it stays as evidence; what is put right is loaded
// beside it; the rest is not.
type judging struct {
	*app
	who
	dataset string // of records that name none
	loader  *loader.Loader
	conn    *deploy.Conn
	keys    *keyboard

	pairs      []inputRecord
	names      map[string]string   // of who stands in the input, by xid
	xids       map[string][]string // whom a normalised name means
	texts      map[string]string   // hashes of the documents' texts, by xid
	statements []*readStatement
}

// inputRecord is a record of the input, or what was told in its place.
type inputRecord struct {
	record *schema.Record
	err    error
}

// readStatement is a statement that was read of a text.
type readStatement struct {
	at     int // of its record
	record *schema.Record
	claim  *schema.Claim
	known  string         // how it was judged before
	kind   string         // how it is judged now; empty: not yet
	right  *schema.Record // put in its place; nil: none is
	why    string
}

// putRight is why a statement is rejected that is put right, where nobody says why: without the values, which may be
// marked, while the judgement is not.
const putRight = "put right"

// corrected reports whether a correction was accepted: one that is only typed is none.
func (s *readStatement) corrected() bool { return s.kind == schema.Reject && s.right != nil }

// collect takes all records of the input: nothing of the graph is held while somebody judges.
func (j *judging) collect(ctx context.Context, records iter.Seq2[*schema.Record, error]) error {
	j.names, j.xids, j.texts = map[string]string{}, map[string][]string{}, map[string]string{}
	judged, err := j.loader.Judgements(ctx)
	if err != nil {
		return j.conn.Explain("read the judgements", err)
	}
	for record, err := range records {
		var bad *schema.RecordError
		var odd *schema.Notice
		if err != nil && !errors.As(err, &bad) && !errors.As(err, &odd) && !errors.As(err, new(*schema.RecordChange)) {
			return err
		}
		j.pairs = append(j.pairs, inputRecord{record, err})
		if err != nil {
			continue
		}
		if record.Kind == schema.EntityRecord {
			j.describe(record)
			continue
		}
		if claim := j.readingOf(record); claim != nil {
			j.statements = append(j.statements, &readStatement{at: len(j.pairs) - 1, record: record, claim: claim})
		}
	}
	for _, s := range j.statements {
		s.known = judged.Of(s.claim, j.texts[s.claim.Cites[0].Source])
	}
	return ctx.Err()
}

// describe remembers whom a record describes, and which text a document has.
func (j *judging) describe(record *schema.Record) {
	xid, err := j.xidOf(record.Subject, record.Dataset)
	if err != nil {
		return // the load rejects it
	}
	if sum := record.Values[schema.TextHash]; len(sum) > 0 {
		j.texts[xid] = sum[0].Text
	}
	if name := record.Values["name"]; len(name) > 0 {
		j.names[xid] = name[0].Text
		if meant := schema.NormalName(name[0].Text); !slices.Contains(j.xids[meant], xid) {
			j.xids[meant] = append(j.xids[meant], xid)
		}
	}
}

// xidOf returns the xid of a reference in a record of a data set, or of one that names none.
func (j *judging) xidOf(ref schema.Ref, dataset string) (string, error) {
	return ref.Absolute(cmp.Or(dataset, j.dataset, schema.DefaultDataset))
}

// readingOf returns the claim of a record that was read of a text; nil: it was not, or the load will reject it.
func (j *judging) readingOf(record *schema.Record) *schema.Claim {
	if !strings.HasPrefix(record.Method, schema.ReadMethod) {
		return nil
	}
	claims, err := loader.Claims(j.loader.Ontology, j.dataset, record)
	if err != nil || len(claims) == 0 || !claims[len(claims)-1].IsReading() {
		return nil
	}
	return claims[len(claims)-1]
}

// open returns the statements that nobody has judged.
func (j *judging) open() []*readStatement {
	return slices.DeleteFunc(slices.Clone(j.statements), func(s *readStatement) bool { return s.known != "" })
}

// correct loads what was put right, with whom it names: before the judgements, since nobody is asked again about what
// is judged, so that a load that ends in between loses none of it.
func (j *judging) correct(ctx context.Context) error {
	var right []*schema.Record
	ends := map[string]bool{}
	for _, s := range j.statements {
		if s.corrected() {
			right = append(right, s.right)
			j.addEnds(ends, s.right)
		}
	}
	if len(right) == 0 {
		return nil
	}
	_, err := j.loader.Load(ctx, func(yield func(*schema.Record, error) bool) {
		for _, pair := range j.pairs {
			if pair.err != nil || pair.record.Kind != schema.EntityRecord {
				continue
			}
			xid, err := j.xidOf(pair.record.Subject, pair.record.Dataset)
			if err == nil && ends[xid] && !yield(pair.record, nil) {
				return
			}
		}
		for _, record := range right {
			if !yield(record, nil) {
				return
			}
		}
	}, loader.Options{Dataset: j.dataset, NoText: true}) // what is rejected is told when all is loaded
	return err
}

// addEnds adds whom a record names.
func (j *judging) addEnds(ends map[string]bool, r *schema.Record) {
	for _, ref := range []schema.Ref{r.Subject, r.Object, r.AttributedTo} {
		if xid, err := j.xidOf(ref, ""); err == nil {
			ends[xid] = true
		}
	}
}

// decide writes the judgements: before what they are about, so that nothing counts without them.
func (j *judging) decide(ctx context.Context) error {
	var records []*schema.Record
	for _, s := range j.statements {
		if s.kind != "" {
			records = append(records, j.decision(s))
		}
	}
	if len(records) == 0 {
		return nil
	}
	_, err := j.loader.Decide(ctx, records)
	return err
}

// loaded returns the records to be loaded, and tells of each statement that is left out.
func (j *judging) loaded(leftOut func(*schema.Claim)) iter.Seq2[*schema.Record, error] {
	out, ends := map[int]bool{}, map[string]bool{}
	for _, s := range j.statements {
		if s.kind == "" && s.known == "" {
			out[s.at] = true
			leftOut(s.claim)
			continue
		}
		for _, end := range []string{s.claim.Subject, s.claim.Object, s.claim.AttributedTo} {
			ends[end] = true
		}
		if s.right != nil {
			j.addEnds(ends, s.right)
		}
	}
	return func(yield func(*schema.Record, error) bool) {
		for i, pair := range j.pairs {
			if !out[i] && !j.idle(pair.record, ends, leftOut) && !yield(pair.record, pair.err) {
				return
			}
		}
		for _, s := range j.statements {
			if s.corrected() && !yield(s.right, nil) {
				return
			}
		}
	}
}

// idle reports whether a record only describes who is in statements that are left out.
func (j *judging) idle(record *schema.Record, ends map[string]bool, leftOut func(*schema.Claim)) bool {
	if record == nil || record.Kind != schema.EntityRecord || !strings.HasPrefix(record.Method, schema.ReadMethod) {
		return false
	}
	claims, err := loader.Claims(j.loader.Ontology, j.dataset, record)
	if err != nil || len(claims) == 0 || ends[claims[0].Subject] {
		return false
	}
	for _, claim := range claims {
		leftOut(claim)
	}
	return true
}

// statementOf returns what a judgement names of a statement.
func (j *judging) statementOf(s *readStatement) *schema.Statement {
	return schema.StatementOf(s.claim, j.texts[s.claim.Cites[0].Source])
}

// decision returns the record of a judgement.
func (j *judging) decision(s *readStatement) *schema.Record {
	return loader.Decision{
		Kind: s.kind, Claim: s.claim.Key(), By: j.by, At: time.Now().UTC().Format(time.RFC3339), Why: s.why, Session: j.session,
		Statement: j.statementOf(s),
	}.Record()
}

// refName returns what a reference is called.
func (j *judging) refName(ref schema.Ref) string {
	xid, err := j.xidOf(ref, "")
	if err != nil {
		return cmp.Or(ref.Name, ref.ID, ref.XID) // as it was written
	}
	return cmp.Or(ref.Name, j.names[xid], ref.ID, xid)
}

// sentence returns what a record says, in a line.
func (j *judging) sentence(r *schema.Record) string {
	to := r.Value
	if r.Kind == schema.RelationRecord {
		to = j.refName(r.Object)
	}
	line := j.refName(r.Subject) + "  " + r.Predicate + "  " + to
	for _, name := range slices.Sorted(maps.Keys(r.Values)) {
		for _, value := range r.Values[name] {
			line += "  " + name + "=" + value.Text
		}
	}
	return line
}

// how returns how a statement is put, who says so, and how it was found.
func (j *judging) how(r *schema.Record) string {
	line := cmp.Or(r.Assertion, string(schema.Asserted))
	if !r.AttributedTo.IsZero() {
		line += " · says " + j.refName(r.AttributedTo)
	}
	if rule, found := strings.CutPrefix(r.Method, schema.ReadMethod); found {
		line += " · rule " + rule
	}
	if r.Confidence != "" {
		line += " · confidence " + r.Confidence
	}
	return line
}

// ask takes keys for each statement that nobody has judged.
func (j *judging) ask(ctx context.Context) error {
	open := j.open()
	if before := len(j.statements) - len(open); before > 0 {
		j.note("%d of %d statements are judged already", before, len(j.statements))
	}
	var back []int
	for i := 0; i < len(open); i++ {
		j.show(open[i], i, len(open))
		next, err := j.key(ctx, open, i, &back)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		i = next - 1
	}
	count := map[string]int{}
	right := 0
	for _, s := range open {
		count[s.kind]++
		if s.corrected() {
			right++
		}
	}
	j.note("%d accepted, %d rejected, %d of them put right; %d left open, and not loaded",
		count[schema.Accept], count[schema.Reject], right, count[""])
	if len(open) > count[""] {
		j.note("orbat resolve undo --session %s takes the judgements back", quoteArg(j.session))
	}
	return ctx.Err()
}

func (j *judging) show(s *readStatement, at, of int) {
	shown := cmp.Or(s.right, s.record)
	cite := s.claim.Cites[0]
	j.note("\n%d of %d  %s [%d–%d]", at+1, of, clean(s.record.Pos.File), cite.Begin, cite.End)
	j.note("  “%s”", clean(strings.Join(strings.Fields(cite.Quote), " ")))
	j.note("  %s", clean(j.sentence(shown)))
	j.note("  %s", clean(j.how(shown)))
}

// key takes keys until one judges a statement or leaves, and returns the place of the statement to show next.
func (j *judging) key(ctx context.Context, open []*readStatement, at int, back *[]int) (next int, err error) {
	s := open[at]
	for {
		if err := ctx.Err(); err != nil {
			return at, err
		}
		key, err := j.keys.next(ctx, func() {
			_, _ = fmt.Fprint(j.err, "[a]ccept [r]eject [e]dit s[k]ip [w]hy [z] back [q]uit? ")
		})
		if err != nil {
			j.note("")
			return at, err
		}
		if unicode.IsPrint(key) {
			_, _ = fmt.Fprintf(j.err, "%c", key)
		}
		j.note("")
		switch key {
		case 'a':
			s.kind = schema.Accept
			if s.right != nil { // what was read is not what is accepted
				s.kind, s.why = schema.Reject, cmp.Or(s.why, putRight)
			}
			*back = append(*back, at)
			return at + 1, nil
		case 'r':
			s.kind, s.right = schema.Reject, nil
			*back = append(*back, at)
			return at + 1, nil
		case 'e':
			if err := j.edit(ctx, s); err != nil {
				return at, err
			}
			j.show(s, at, len(open))
		case 'k':
			s.right = nil
			*back = append(*back, at)
			return at + 1, nil
		case 'w':
			if s.why, err = j.keys.line(ctx, "why: ", j.err); err != nil {
				return at, err
			}
		case 'z':
			if len(*back) == 0 {
				j.note("nothing to take back")
				continue
			}
			last := (*back)[len(*back)-1]
			*back = (*back)[:len(*back)-1]
			open[last].kind, open[last].right, open[last].why = "", nil, ""
			return last, nil
		case 'q':
			return at, io.EOF
		default:
			j.note("a, r, e, k, w, z or q; orbat load --help says more")
		}
	}
}

// edit takes one change of a statement.
func (j *judging) edit(ctx context.Context, s *readStatement) error {
	key, err := j.keys.next(ctx, func() { _, _ = fmt.Fprint(j.err, "edit [f]rom [r]elation [t]o [a]ssertion? ") })
	if err != nil {
		return err
	}
	j.note("%c", key)
	now := cmp.Or(s.right, s.record)
	var change changed
	var shown string
	switch key {
	case 'f':
		shown = "from (" + j.refName(now.Subject) + "): "
	case 'r':
		shown = "relation (" + now.Predicate + "): "
	case 't':
		shown = "to (" + cmp.Or(now.Value, j.refName(now.Object)) + "): "
	case 'a':
		shown = "assertion (" + cmp.Or(now.Assertion, string(schema.Asserted)) + "): "
	default:
		j.note("nothing is changed: f, r, t or a")
		return nil
	}
	text, err := j.keys.line(ctx, clean(shown), j.err)
	if err != nil || text == "" {
		return err
	}
	switch key {
	case 'f':
		change.From = text
	case 'r':
		change.Relation = text
	case 't':
		change.To = text
	case 'a':
		change.Assertion = text
	}
	right, err := j.put(ctx, s, change)
	if err != nil {
		j.note("not changed: %v", err)
		return ctx.Err()
	}
	s.right = right
	return nil
}

// changed is what is put right of a statement; what is empty stays.
type changed struct{ From, Relation, To, Assertion string }

// put returns what a statement says when it is put right.
func (j *judging) put(ctx context.Context, s *readStatement, change changed) (*schema.Record, error) {
	right := *cmp.Or(s.right, s.record)
	right.Values = maps.Clone(right.Values)
	right.Method = schema.ReviewMethod
	var err error
	if change.From != "" {
		if right.Subject, err = j.end(ctx, change.From); err != nil {
			return nil, err
		}
	}
	switch {
	case change.To == "":
	case right.Kind == schema.ValueRecord:
		right.Value = change.To
	default:
		if right.Object, err = j.end(ctx, change.To); err != nil {
			return nil, err
		}
	}
	right.Predicate, right.Assertion = cmp.Or(change.Relation, right.Predicate), cmp.Or(change.Assertion, right.Assertion)
	if change.Relation != "" { // what qualified the one need not qualify the other
		relation := j.loader.Ontology.Relation(change.Relation)
		for name := range right.Values {
			if relation != nil && relation.Qualifier(name) == nil {
				delete(right.Values, name)
			}
		}
	}
	_, err = loader.Claims(j.loader.Ontology, j.dataset, &right)
	return &right, err
}

// end returns whom a text means: by xid, by the name of one in the document or in the graph, or, as Type/Name, one that
// is new.
func (j *judging) end(ctx context.Context, text string) (schema.Ref, error) {
	switch meant := j.xids[schema.NormalName(text)]; len(meant) {
	case 0:
	case 1:
		return schema.Ref{XID: meant[0]}, nil
	default:
		return schema.Ref{}, fmt.Errorf("%q is the name of %s: write the id of the one you mean",
			schema.Shorten(text), strings.Join(meant, " and "))
	}
	if kind, name, found := strings.Cut(text, "/"); found && j.loader.Ontology.Type(strings.TrimSpace(kind)) != nil {
		return schema.Ref{Type: strings.TrimSpace(kind), Name: strings.TrimSpace(name)}, nil
	}
	if j.names[text] != "" {
		return schema.Ref{XID: text}, nil
	}
	library, err := queries.Builtin(j.loader.Ontology)
	if err != nil {
		return schema.Ref{}, err
	}
	found, err := (&queries.Runner{DB: j.conn, Ontology: j.loader.Ontology, Library: library}).Entity(ctx, text)
	if xid, bad := schema.CheckXID(text); errors.As(err, new(*queries.UnknownEntityError)) && bad == nil {
		return schema.Ref{XID: xid}, nil
	}
	if err != nil {
		return schema.Ref{}, fmt.Errorf("%w; write Person/Jo Roe for one that is new", err)
	}
	return schema.Ref{XID: found.XID}, nil
}

// checkJudging refuses what cannot go together.
func (l *loading) checkJudging(paths []string) error {
	switch {
	case l.link != 0 && !(l.link > 0.5 && l.link <= 1):
		return &usageError{fmt.Errorf("--link %v is no score to decide by", l.link), "above 0.5 and up to 1, such as 0.99"}
	case l.review && l.judgements != "":
		return &usageError{errors.New("--review and --judgements are two ways to judge"), "take one of them"}
	case (l.review || l.judgements != "") && l.replace:
		return &usageError{
			errors.New("what is judged adds to a data set, and --replace takes out of it"), "replace first, then judge what was read",
		}
	case l.review && slices.Contains(paths, "-"):
		return &usageError{errors.New("--review takes its keys from standard input"), "name the files, or give --judgements FILE"}
	}
	return nil
}

// judge has what was read of texts judged, and returns what is to be loaded; a plan only writes it to a file.
func (l *loading) judge(
	ctx context.Context, to *loader.Loader, records iter.Seq2[*schema.Record, error], dataset string, reading *textReading,
) (iter.Seq2[*schema.Record, error], error) {
	conn, err := l.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	j := &judging{app: l.app, who: l.who, dataset: dataset, loader: to, conn: conn}
	if j.by = cmp.Or(j.by, userName()); j.by == "" && !l.plan {
		return nil, &usageError{errors.New("who judges?"), "--by NAME"}
	}
	j.session = cmp.Or(j.session, newSession(j.by, time.Now()))
	if err := j.collect(ctx, records); err != nil {
		return nil, err
	}
	switch {
	case l.plan:
		if err := j.write(l.judgements); err != nil {
			return nil, err
		}
		return func(yield func(*schema.Record, error) bool) {
			for _, pair := range j.pairs {
				if !yield(pair.record, pair.err) {
					return
				}
			}
		}, nil
	case l.review:
		j.keys = newKeyboard(l.in)
		err = j.ask(ctx)
	default:
		err = j.read(ctx, l.judgements)
	}
	if err == nil {
		err = j.correct(ctx)
	}
	if err == nil {
		err = j.decide(ctx)
	}
	if err != nil {
		return nil, err
	}
	return j.loaded(func(c *schema.Claim) {
		if reading != nil {
			reading.LeaveOut(c)
		}
	}), nil
}

// printLinked says which entities a load linked.
func (l *loading) printLinked(r *loader.Report) {
	sessions := map[string]int{}
	for _, link := range r.Linked {
		l.printf("  the same  %s and %s: %s\n", clean(link.Between[0]), clean(link.Between[1]), clean(link.Why))
		sessions[link.Session]++
	}
	for _, session := range slices.Sorted(maps.Keys(sessions)) {
		l.printf("  linked    %d; orbat resolve undo --session %s takes them back\n", sessions[session], quoteArg(session))
	}
}
