package queries

import "time"

// SetSnapshotLasts lowers how old a snapshot may be and still be taken at its word.
func (r *Runner) SetSnapshotLasts(d time.Duration) { r.lasts = d }
