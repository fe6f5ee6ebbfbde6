package view

import (
	"context"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/queries/canned"
)

// Cost is what an answer took of the database.
type Cost struct {
	Requests int               `json:"requests"`
	UIDs     uint64            `json:"uids"` // read by Dgraph: entities and links touched
	ByField  map[string]uint64 `json:"by_field,omitempty"`
	Bytes    int               `json:"bytes"` // of the answers
	Server   time.Duration     `json:"server_ns"`
	Latency  Latency           `json:"latency"`
	Elapsed  time.Duration     `json:"elapsed_ns"` // as the client saw it, its own work included
}

// Latency is where the server's time went, in nanoseconds.
type Latency struct {
	Parsing    time.Duration `json:"parsing_ns"`
	Timestamp  time.Duration `json:"timestamp_ns"` // waiting for the snapshot's
	Processing time.Duration `json:"processing_ns"`
	Encoding   time.Duration `json:"encoding_ns"`
}

// add counts what one request took.
func (c *Cost) add(answer *api.Response) {
	c.Requests++
	c.Bytes += len(answer.GetJson())
	for field, n := range answer.GetMetrics().GetNumUids() {
		switch {
		case field == "_total":
			c.UIDs += n
		case field != "" && n > 0: // the nameless one counts uid(…) given
			if c.ByField == nil {
				c.ByField = map[string]uint64{}
			}
			c.ByField[field] += n
		}
	}
	l := answer.GetLatency()
	c.Server += time.Duration(l.GetTotalNs())                      //nolint:gosec // no answer takes 292 years
	c.Latency.Parsing += time.Duration(l.GetParsingNs())           //nolint:gosec // as above
	c.Latency.Timestamp += time.Duration(l.GetAssignTimestampNs()) //nolint:gosec // as above
	c.Latency.Processing += time.Duration(l.GetProcessingNs())     //nolint:gosec // as above
	c.Latency.Encoding += time.Duration(l.GetEncodingNs())         //nolint:gosec // as above
}

// Raw runs read-only DQL as it is and returns Dgraph's JSON with what it took. Variables are by name, with their $.
// What Dgraph finds wrong with the text is a [*DQLError].
func Raw(ctx context.Context, db DB, dql string, vars map[string]string) ([]byte, Cost, error) {
	begun, cost := time.Now(), Cost{}
	answer, err := db.NewReadOnlyTxn().QueryWithVars(ctx, dql, vars)
	if err != nil {
		return nil, Cost{}, canned.ExplainDQL(dql, err)
	}
	cost.add(answer)
	cost.Elapsed = time.Since(begun)
	return answer.GetJson(), cost, nil
}
