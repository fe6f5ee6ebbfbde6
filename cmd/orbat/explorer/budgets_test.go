package explorer_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
)

// measured is what a behaviour has measured, and what is wanted of it.
type measured struct {
	What   string
	Value  float64
	Unit   string
	Budget *float64
}

func (m measured) String() string {
	wanted := ""
	if m.Budget != nil {
		wanted = fmt.Sprintf("at most %.0f %s", *m.Budget, m.Unit)
	}
	return fmt.Sprintf("| %s | %.0f %s | %s |", m.What, m.Value, m.Unit, wanted)
}

// budgetRecords are a chain of command of 300, whose links held at different times, and a hub of 1,204.
func budgetRecords() string {
	var out strings.Builder
	write := func(record map[string]any) {
		line, err := json.Marshal(record)
		if err != nil {
			panic(err) // of texts
		}
		out.Write(append(line, '\n'))
	}
	for i := range 300 {
		write(map[string]any{"xid": fmt.Sprintf("t:n%d", i), "type": "Unit", "name": fmt.Sprintf("%d Battalion", i)})
		if i > 0 {
			write(map[string]any{
				"relation": "subordinate_to", "from": fmt.Sprintf("t:n%d", i), "to": fmt.Sprintf("t:n%d", (i-1)/6),
				"period": fmt.Sprintf("%d/%d", 2000+i%10, 2006+i%10),
			})
		}
	}
	write(map[string]any{"xid": "t:hub", "type": "Organisation", "name": "Hub"})
	for i := range 1204 {
		write(map[string]any{"xid": fmt.Sprintf("t:h%d", i), "type": "Person", "name": fmt.Sprintf("Member %d", i)})
		write(map[string]any{"relation": "member_of", "from": fmt.Sprintf("t:h%d", i), "to": "t:hub"})
	}
	return out.String()
}

// TestBudgets prints what the page weighs and how long it takes on this machine: make bench-explorer. No time is
// asserted; what is, bytes and requests, stands in TestFirstLoadIsSmall and TestHostileGraph.
func TestBudgets(t *testing.T) {
	if os.Getenv("ORBAT_BUDGETS") == "" {
		t.Skip("make bench-explorer measures")
	}
	needsBrowser(t)
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	servetest.Load(t, conn, "budgets.ndjson", budgetRecords(), "budgets")
	most := float64(firstLoadMost)
	list := []measured{{"first load, compressed", float64(firstLoad(t)), "bytes", &most}}
	list = append(list, behave(t, "budgets", told{Servers: map[string]string{"open": serve(t, anybody(), to(conn))}})...)
	fmt.Println("| what | here | wanted |\n|---|---|---|")
	for _, m := range list {
		fmt.Println(m)
	}
}
