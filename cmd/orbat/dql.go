package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"orbat/queries"
	"orbat/schema"
)

// dql is one run of raw DQL.
type dql struct {
	*app
	vars    []string
	output  string
	cost    bool
	timeout time.Duration
}

func (a *app) dqlCommand() *cobra.Command {
	d := &dql{app: a}
	outputs := []string{"json", "raw", "ndjson", "table"}
	cmd := &cobra.Command{
		Use: "dql QUERY | FILE | -", Short: "Run read-only DQL, Dgraph's own query language", Args: args(cobra.ExactArgs(1)),
		Long: `Run a query in DQL as it is: typed, from a file, or from standard input (-). It runs in a read-only transaction: nothing can
be written. Values belong into variables, which --var fills; --cost says on standard error what the answer took.

orbat schema show lists the types, relations and properties to ask for.`,
		Example: `  orbat dql '{ q(func: eq(entity.type, "Person"), first: 5) { name rank } }' -o table
  orbat dql 'query q($n: string) { q(func: eq(name, $n)) { xid commands { name } } }' --var n='Michael Kurilla'
  orbat dql query.dql --cost
  echo 'schema {}' | orbat dql -`,
		RunE: func(cmd *cobra.Command, words []string) error {
			if !slices.Contains(outputs, d.output) {
				return &usageError{fmt.Errorf("unknown output %q", d.output), "one of " + strings.Join(outputs, ", ")}
			}
			return d.run(cmd, words[0])
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"dql"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	cmd.Flags().StringArrayVar(&d.vars, "var", nil, "name=value of a variable that the query declares; may be repeated")
	cmd.Flags().StringVarP(&d.output, "output", "o", "json", "json, raw (as Dgraph sends it), ndjson (a line for each node) or table")
	cmd.Flags().BoolVar(&d.cost, "cost", false, "say what it took: uids read, bytes, time")
	cmd.Flags().DurationVar(&d.timeout, "timeout", time.Minute, "give up after so long; 0: never")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(outputs, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("var", cobra.NoFileCompletions)
	return cmd
}

func (d *dql) run(cmd *cobra.Command, word string) error {
	text, name, err := d.text(word)
	if err != nil {
		return err
	}
	if writes(text) {
		return &usageError{
			errors.New("orbat dql only reads, and this writes"),
			"orbat load writes, with the sources behind what it writes; orbat datasets remove deletes",
		}
	}
	vars, err := d.variables()
	if err != nil {
		return err
	}
	ctx, cancel := withTimeout(cmd.Context(), d.timeout)
	defer cancel()
	conn, err := d.connect(ctx)
	if err != nil {
		return timedOut(ctx, "connect", d.timeout, "", err)
	}
	defer conn.Close()
	answer, cost, err := queries.Raw(ctx, conn, text, vars)
	var wrong *queries.DQLError
	if errors.As(err, &wrong) {
		return &usageError{errors.New(d.complaint(text, name, wrong)), hintOf(wrong)}
	}
	if err = timedOut(ctx, "dql", d.timeout, "", err); errors.As(err, new(*timeoutError)) {
		return err
	}
	if err != nil {
		return conn.Explain("ask", err)
	}
	if err := d.print(answer); err != nil {
		return err
	}
	if d.cost {
		d.note("%s", costLine(cost))
		d.note("Dgraph: parsing %s, snapshot %s, processing %s, encoding %s", short(cost.Latency.Parsing), short(cost.Latency.Timestamp),
			short(cost.Latency.Processing), short(cost.Latency.Encoding))
		if most := mostRead(cost, 8); most != "" {
			d.note("most read: %s", most)
		}
	}
	return nil
}

// text returns the query, and what to call it in complaints. DQL always has a brace; a file's name hardly.
func (d *dql) text(word string) (text, name string, err error) {
	var data []byte
	switch {
	case word == "-":
		name = "stdin"
		data, err = io.ReadAll(d.in)
	case strings.Contains(word, "{"):
		return word, "query", nil
	default:
		name = word
		data, err = os.ReadFile(word)
		if errors.Is(err, os.ErrNotExist) {
			return "", "", &usageError{err, "a query has braces: { q(func: has(xid), first: 5) { xid name } }; else name a file, or - " +
				"for standard input"}
		}
	}
	if err != nil {
		return "", "", fmt.Errorf("read the query: %w", err)
	}
	if strings.TrimSpace(string(data)) == "" {
		return "", "", &usageError{fmt.Errorf("%s holds no query", name), "{ q(func: has(xid), first: 5) { xid name } }"}
	}
	return strings.TrimPrefix(string(data), "\ufeff"), name, nil
}

// writes reports whether a text is a mutation, which Dgraph would call a mistake of another kind. (It could not be run
// either way: it is sent as a read-only query.)
func writes(text string) bool {
	var words []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		words = append(words, strings.Fields(strings.ReplaceAll(line, "{", " { "))...)
		if len(words) > 3 {
			break
		}
	}
	starts := func(these ...string) bool { return len(words) >= len(these) && slices.Equal(words[:len(these)], these) }
	return starts("mutation") || starts("upsert", "{") || starts("{", "set", "{") || starts("{", "delete", "{")
}

func (d *dql) variables() (map[string]string, error) {
	vars := map[string]string{}
	for _, v := range d.vars {
		name, value, found := strings.Cut(v, "=")
		name = "$" + strings.TrimPrefix(name, "$")
		if !found || name == "$" {
			return nil, &usageError{fmt.Errorf("--var %q is not of the form name=value", schema.Shorten(v)), "--var n='Michael Kurilla'"}
		}
		if _, twice := vars[name]; twice {
			return nil, &usageError{fmt.Errorf("--var %s is given twice", name), "give it once"}
		}
		vars[name] = value
	}
	return vars, nil
}

// complaint shows what is wrong with the line that holds it.
func (d *dql) complaint(text, name string, wrong *queries.DQLError) string {
	if wrong.Pos.Line == 0 {
		return clean(wrong.Reason)
	}
	place := fmt.Sprintf("%s:%d:%d: %s", name, wrong.Pos.Line, wrong.Pos.Column, clean(wrong.Reason))
	return place + "\n" + strings.TrimSuffix(d.sourceMark(text, wrong.Pos.Line, wrong.Pos.Column, "  "), "\n")
}

func (d *dql) print(answer []byte) error {
	switch d.output {
	case "raw":
		_, err := fmt.Fprintf(d.out, "%s\n", answer)
		return err
	case "json":
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, answer, "", "  "); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		_, err := fmt.Fprintf(d.out, "%s\n", pretty.Bytes())
		return err
	}
	blocks, err := blocksOf(answer)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	for i, block := range blocks {
		if d.output == "ndjson" {
			for _, node := range block.nodes {
				if _, err := fmt.Fprintf(d.out, "%s\n", node); err != nil {
					return err
				}
			}
			continue
		}
		if len(blocks) > 1 {
			if i > 0 {
				d.printf("\n")
			}
			d.printf("%s\n", clean(block.name))
		}
		if err := d.table(block); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
	}
	return nil
}

// dqlBlock is one named list of an answer.
type dqlBlock struct {
	name  string
	nodes []json.RawMessage
}

// blocksOf reads an answer's blocks in the order in which Dgraph gives them.
func blocksOf(answer []byte) ([]dqlBlock, error) {
	var blocks []dqlBlock
	err := eachField(answer, func(name string, value json.RawMessage) error {
		block := dqlBlock{name: name}
		if err := json.Unmarshal(value, &block.nodes); err != nil {
			block.nodes = []json.RawMessage{value}
		}
		blocks = append(blocks, block)
		return nil
	})
	return blocks, err
}

// eachField yields the fields of a JSON object in their order.
func eachField(object []byte, take func(name string, value json.RawMessage) error) error {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		if err := take(fmt.Sprint(name), value); err != nil {
			return err
		}
	}
	return nil
}

// table shows a block's nodes as rows; what lies deeper stays JSON.
func (d *dql) table(block dqlBlock) error {
	if len(block.nodes) == 0 {
		d.printf("Nothing found.\n")
		return nil
	}
	var columns []string
	var found []map[int]string // by column
	for _, node := range block.nodes {
		cells := map[int]string{}
		err := eachField(node, func(name string, value json.RawMessage) error {
			i := slices.Index(columns, name)
			if i < 0 {
				i, columns = len(columns), append(columns, name)
			}
			cells[i] = cellOf(value)
			return nil
		})
		if err != nil {
			return err
		}
		found = append(found, cells)
	}
	rows := make([][]string, len(found))
	for n, cells := range found {
		rows[n] = make([]string, len(columns))
		for i, cell := range cells {
			rows[n][i] = cell
		}
	}
	d.printTable(columns, rows)
	return nil
}

func cellOf(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	var texts []string
	if json.Unmarshal(value, &texts) == nil {
		return strings.Join(texts, ", ")
	}
	return string(value)
}
