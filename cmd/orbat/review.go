package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/identity"
	"orbat/schema"
)

func (a *app) reviewCommand() *cobra.Command {
	p := &proposing{app: a}
	var w who
	var to string
	var autoAbove float64
	cmd := &cobra.Command{
		Use: "review", Short: "Decide about the candidates one by one", Args: args(cobra.NoArgs),
		Long: `Show the candidates side by side, the likeliest first, with who says what, and take one key for each:

  s same   d different   u unsure   k skip   w give the reason of the next decision   z take back the last   q quit

Each decision is kept at once: leave whenever you like, and the next review goes on with what is not decided. With --to, decisions
are appended to a file instead, for others to review; orbat load applies it. The file is locked meanwhile. What contradicts the
graph's decisions, or the file's, is refused. Without a terminal, keys are read as lines.`,
		Example: `  orbat resolve review --dataset nigeria --against strike-2023 --by ann
  orbat resolve review --to decisions.ndjson
  orbat resolve review --auto-above 0.999 </dev/null    # decide the surest, look at none`,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if cmd.Flags().Changed("auto-above") && !(autoAbove > 0.5 && autoAbove <= 1) {
				return &usageError{
					fmt.Errorf("--auto-above %v is no score to decide by", autoAbove),
					"above 0.5 and up to 1, such as 0.999",
				}
			}
			if to != "" && !strings.HasSuffix(to, ".ndjson") {
				return &usageError{fmt.Errorf("--to %s: orbat load would not know the format by this name", to), "--to decisions.ndjson"}
			}
			r := &review{keys: newKeyboard(a.in), to: to, why: w.why}
			if to != "" {
				if r.file, err = openDecisions(to); err != nil {
					return err
				}
				defer func() { err = errors.Join(err, r.file.close()) }()
			}
			d, err := a.decider(cmd, w.by, w.session)
			if err != nil {
				return err
			}
			defer d.conn.Close()
			r.decider = d
			if err := r.readFile(cmd.Context()); err != nil {
				return err
			}
			a.note("comparing the entities …")
			pairs, err := p.find(cmd.Context(), d.loader)
			if err != nil {
				return d.conn.Explain("compare the entities", err)
			}
			if autoAbove > 0 {
				if pairs, err = r.auto(cmd.Context(), pairs, autoAbove); err != nil {
					return err
				}
			}
			return r.run(cmd.Context(), pairs)
		},
	}
	p.flags(cmd)
	w.flags(cmd)
	cmd.Flags().StringVar(&to, "to", "", "append the decisions to this NDJSON file and leave the graph alone")
	cmd.Flags().Float64Var(&autoAbove, "auto-above", 0, "decide without looking that pairs of this score or more are the same")
	return cmd
}

// review is one session at the terminal.
type review struct {
	*decider
	keys *keyboard
	to   string
	file *decisionsFile // with to
	why  string

	earlier []*schema.Record // decided before the analyst looks: what the file holds, and the surest
	undo    []undoEntry      // in this session, the newest last
	skipped int
}

// undoEntry is one decision of the session.
type undoEntry struct {
	record *schema.Record
	at     int // its pair's place in the list
}

// run shows pair after pair until all are decided or the analyst leaves.
func (r *review) run(ctx context.Context, pairs []identity.Pair) error {
	for i := 0; i < len(pairs); i++ {
		if r.decided().settles(pairs[i]) {
			continue
		}
		if err := r.show(ctx, pairs[i], i, len(pairs)); err != nil {
			return err
		}
		next, err := r.ask(ctx, pairs[i], i)
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			r.sum(len(pairs) - i)
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		i = next - 1
	}
	r.sum(0)
	return nil
}

// decided is what decisions of a file and of the session leave nothing to ask about.
type decided struct {
	rep    map[string]string // by xid: who stands for it; none for those that stand for themselves
	others [][2]string       // different and unsure
}

func (d *decided) find(xid string) string {
	for d.rep[xid] != "" {
		xid = d.rep[xid]
	}
	return xid
}

func (d *decided) add(record *schema.Record) {
	a, b := d.find(record.Subject.XID), d.find(record.Object.XID)
	switch {
	case record.Predicate != schema.Same:
		d.others = append(d.others, [2]string{record.Subject.XID, record.Object.XID})
	case a != b:
		d.rep[a] = b
	}
}

func (d *decided) settles(pair identity.Pair) bool {
	a, b := d.find(pair.A.XID), d.find(pair.B.XID)
	return a == b || slices.ContainsFunc(d.others, func(o [2]string) bool {
		x, y := d.find(o[0]), d.find(o[1])
		return x == a && y == b || x == b && y == a
	})
}

// decided so far, by the file and in the session.
func (r *review) decided() *decided {
	d := &decided{rep: map[string]string{}}
	for _, record := range r.earlier {
		d.add(record)
	}
	for _, m := range r.undo {
		d.add(m.record)
	}
	return d
}

// ask takes keys until one decides or leaves, and returns the place of the pair to show next.
func (r *review) ask(ctx context.Context, pair identity.Pair, at int) (next int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return at, err // interrupted while deciding
		}
		key, err := r.keys.next(ctx, func() { r.printf("[s]ame [d]ifferent [u]nsure s[k]ip [w]hy [z] back [q]uit? ") })
		if err != nil {
			r.printf("\n")
			return at, err
		}
		if unicode.IsPrint(key) {
			r.printf("%c", key)
		}
		r.printf("\n")
		switch key {
		case 's', 'd', 'u':
			kind := map[rune]string{'s': schema.Same, 'd': schema.Different, 'u': schema.Unsure}[key]
			err := r.decide(ctx, kind, pair, at)
			if contradicts := (*loader.ContradictionError)(nil); errors.As(err, &contradicts) {
				r.printf("not decided: %v\nhint: %s\n", contradicts, r.mend(contradicts))
				continue
			}
			return at + 1, err
		case 'k':
			r.skipped++
			return at + 1, nil
		case 'w':
			if r.why, err = r.keys.line(ctx, "why: ", r.out); err != nil {
				return at, err
			}
		case 'z':
			if len(r.undo) == 0 {
				r.printf("nothing to take back\n")
				continue
			}
			return r.takeBack(ctx)
		case 'q':
			return at, io.EOF
		default:
			r.printf("s, d, u, k, w, z or q; orbat resolve review --help says more\n")
		}
	}
}

// decide keeps one decision: in the graph, or in the file.
func (r *review) decide(ctx context.Context, kind string, pair identity.Pair, at int) error {
	m := undoEntry{record: r.record(kind, [2]string{pair.A.XID, pair.B.XID}, "", r.why), at: at}
	if err := r.keep(ctx, []*schema.Record{m.record}); err != nil {
		return err
	}
	r.undo = append(r.undo, m)
	r.why = ""
	return nil
}

// keep writes decisions to the graph or to the file, all or none. One that contradicts others is refused.
func (r *review) keep(ctx context.Context, records []*schema.Record) error {
	if r.to == "" {
		_, err := r.loader.Decide(ctx, records)
		return err
	}
	if err := r.loader.Contradiction(ctx, r.inFile(), records); err != nil {
		return err
	}
	for _, record := range records {
		line, err := r.line(record)
		if err == nil {
			err = r.file.append(line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inFile returns what the file held already, and what the session has added to it.
func (r *review) inFile() []*schema.Record {
	all := slices.Clone(r.earlier)
	for _, m := range r.undo {
		all = append(all, m.record)
	}
	return all
}

// mend says how a decision that is in the way can be taken back: one of the graph by its key, one of the file from
// there.
func (r *review) mend(contradicts *loader.ContradictionError) string {
	for _, record := range r.inFile() {
		if claims, err := loader.Claims(r.loader.Ontology, "", record); r.to != "" && err == nil &&
			slices.ContainsFunc(contradicts.Chain, func(d loader.Decision) bool { return d.Key == claims[0].Key() }) {
			return "if one of these is wrong, take its line out of " + r.to + "; z takes back the last"
		}
	}
	return hintOf(contradicts)
}

// takeBack undoes the newest decision and returns its pair's place.
func (r *review) takeBack(ctx context.Context) (int, error) {
	m := r.undo[len(r.undo)-1]
	if r.to != "" {
		line, err := r.line(m.record)
		if err == nil {
			err = r.file.takeOut(line)
		}
		if err != nil {
			return 0, err
		}
	} else {
		claims, err := loader.Claims(r.loader.Ontology, "", m.record)
		if err == nil {
			_, err = r.loader.Undo(ctx, []string{claims[0].Key()})
		}
		if err != nil {
			return 0, r.conn.Explain("undo", err)
		}
	}
	r.undo = r.undo[:len(r.undo)-1]
	r.printf("taken back\n")
	return m.at, nil
}

// auto decides the surest pairs, together, and returns the rest. One that contradicts other decisions is left to the
// analyst.
func (r *review) auto(ctx context.Context, pairs []identity.Pair, above float64) ([]identity.Pair, error) {
	var rest []identity.Pair
	var records []*schema.Record
	sure := map[*schema.Record]identity.Pair{}
	known := r.decided()
	for _, pair := range pairs {
		switch {
		case pair.Score < above:
			rest = append(rest, pair)
		case !known.settles(pair):
			record := r.record(schema.Same, [2]string{pair.A.XID, pair.B.XID}, "",
				fmt.Sprintf("score %s, above %v", score(pair.Score), above))
			known.add(record)
			records, sure[record] = append(records, record), pair
		}
	}
	for len(records) > 0 {
		err := r.keep(ctx, records)
		contradicts := (*loader.ContradictionError)(nil)
		if !errors.As(err, &contradicts) {
			if err != nil {
				return nil, r.conn.Explain("decide", err)
			}
			break
		}
		r.note("left to you: %v", contradicts)
		records = slices.DeleteFunc(records, func(d *schema.Record) bool {
			refused := both(d.Subject.XID, d.Object.XID) == both(contradicts.Decision.Between[0], contradicts.Decision.Between[1])
			if refused {
				rest = append([]identity.Pair{sure[d]}, rest...)
			}
			return refused
		})
	}
	r.earlier = append(r.earlier, records...) // z takes back what the analyst decided, one by one; undo --session the rest
	how := "orbat resolve undo --session " + quoteArg(r.session) + " takes them back"
	if r.to != "" {
		how = "they are in " + r.to
	}
	r.note("%d pairs of score %v or more decided to be the same; %s", len(records), above, how)
	return rest, nil
}

// both names a pair in whatever order its ends come.
func both(a, b string) [2]string { return [2]string{min(a, b), max(a, b)} }

// sum says what the session did.
func (r *review) sum(left int) {
	count := map[string]int{}
	for _, m := range r.undo {
		count[m.record.Predicate]++
	}
	r.printf("%d same, %d different, %d unsure, %d skipped, %d left\n", count[schema.Same], count[schema.Different], count[schema.Unsure],
		r.skipped, left)
	switch {
	case len(r.undo) == 0:
	case r.to != "":
		r.printf("in %s; orbat load %s applies it\n", r.to, quoteArg(r.to))
	default:
		r.printf("orbat resolve undo --session %s takes all of it back\n", quoteArg(r.session))
	}
}

// readFile reads the decisions that the file holds already, so that a review goes on where the last one ended.
func (r *review) readFile(ctx context.Context) error {
	if r.to == "" {
		return nil
	}
	if info, err := os.Stat(r.to); err != nil || info.Size() == 0 {
		return err
	}
	files, err := format.Files([]string{r.to}, nil)
	if err != nil {
		return err
	}
	for record, err := range format.Read(ctx, files[0], format.Options{Format: "ndjson"}) {
		if err != nil {
			return err
		}
		if record.Kind != schema.DecisionRecord {
			return &usageError{fmt.Errorf("%s holds more than decisions", record.Pos), "--to takes a file of decisions, or a new one"}
		}
		r.earlier = append(r.earlier, record)
	}
	return nil
}

// line returns a decision as a line of the file.
func (r *review) line(record *schema.Record) ([]byte, error) {
	claims, err := loader.Claims(r.loader.Ontology, "", record)
	if err != nil {
		return nil, err
	}
	return claims[0].AppendJSON(nil), nil
}
