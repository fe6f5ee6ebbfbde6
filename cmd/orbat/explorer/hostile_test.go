package explorer_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
)

// What somebody loads to break the page: markup wherever a text may stand, names that run backwards, show nothing or do
// not end, a hub, all relations between two at once, a command that goes round, and a link that everybody tells of.
func hostileRecords() string {
	var out strings.Builder
	write := func(record map[string]any) {
		line, err := json.Marshal(record)
		if err != nil {
			panic(err) // of texts and lists
		}
		out.Write(append(line, '\n'))
	}
	const evil = `<script>document.title="taken"</script><img src=x onerror='document.title="taken"'>"'--></script>{{1}}${1}`
	source := func(n int) map[string]any {
		return map[string]any{"source": fmt.Sprintf("h:s%d", n), "quote": fmt.Sprintf("%d %s", n, evil)}
	}
	sources := []any{source(0)}
	for i := range 1000 {
		write(map[string]any{
			"xid": fmt.Sprintf("h:s%d", i), "type": "Source", "title": fmt.Sprintf("Source %d %s", i, evil),
			"publisher": evil, "url": "https://h.example/?q=<script>\"'", "reliability": "C",
		})
	}
	for xid, name := range map[string]string{
		"h:evil": "Evil " + evil, "h:rtl": "Override \u202etxe.nogard\u202c end", "h:zero": "Ze\u200bro\u200d\ufeff Width\u2060",
		"h:arabic": "لواء القدس Brigade", "h:long": "Long " + strings.Repeat("name ", 800),
		"h:unbroken": "Unbroken" + strings.Repeat("x", 4000),
	} {
		write(map[string]any{
			"xid": xid, "type": "Person", "name": name, "aliases": []string{evil, name + " too"},
			"description": evil + strings.Repeat("y", 10_000), "sources": sources,
		})
		write(map[string]any{"relation": "associate_of", "from": "h:evil", "to": xid, "sources": sources})
	}
	for i := range 1000 { // many claims behind one link
		write(map[string]any{
			"relation": "commands", "from": "h:evil", "to": "h:unit0", "sources": []any{source(i)}, "period": "2010/2020",
			"confidence": i % 101,
		})
	}
	for i := range 3 { // round and round
		write(map[string]any{"xid": fmt.Sprintf("h:unit%d", i), "type": "Unit", "name": fmt.Sprintf("Ring %d", i), "sources": sources})
		write(map[string]any{
			"relation": "subordinate_to", "from": fmt.Sprintf("h:unit%d", i), "to": fmt.Sprintf("h:unit%d", (i+1)%3), "sources": sources,
		})
	}
	for i, xid := range []string{"h:org0", "h:org1"} { // all that may stand between two, both ways, many times
		write(map[string]any{"xid": xid, "type": "Organisation", "name": fmt.Sprintf("Twin %d", i), "sources": sources})
	}
	for i := range 500 {
		relations := []string{"affiliated_with", "allied_with", "opposes", "stance_towards", "associate_of", "communicated_with"}
		write(map[string]any{
			"relation": relations[i%len(relations)], "from": fmt.Sprintf("h:org%d", i/6%2), "to": fmt.Sprintf("h:org%d", 1-i/6%2),
			"period": fmt.Sprintf("%d", 1500+i), "sources": []any{source(i)},
		})
	}
	write(map[string]any{"xid": "h:hub", "type": "Organisation", "name": "Hub of all", "sources": sources})
	for i := range 5000 {
		relation := "member_of"
		if i < 1204 {
			relation = "affiliated_with"
		}
		write(map[string]any{"xid": fmt.Sprintf("h:p%d", i), "type": "Person", "name": fmt.Sprintf("Member %d", i), "sources": sources})
		write(map[string]any{"relation": relation, "from": fmt.Sprintf("h:p%d", i), "to": "h:hub", "sources": sources})
	}
	return out.String()
}

// Whatever is loaded, the page shows it as the text that it is, and stays usable.
func TestHostileGraph(t *testing.T) {
	needsBrowser(t)
	conn := deploytest.Shared(t)
	servetest.Load(t, conn, "hostile.ndjson", hostileRecords(), "hostile")
	behave(t, "hostile", told{Servers: map[string]string{"open": serve(t, anybody(), to(conn))}})
}
