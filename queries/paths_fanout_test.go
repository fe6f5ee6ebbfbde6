package queries

// SetFanout has a search for paths take whoever has so many links of a kind for a hub: small graphs have hubs then.
func (r *Runner) SetFanout(n int) { r.fanout = n }
