package schema

// RecordChange says that an input is no list of records but changes a data set, record by record, as a delta of
// FollowTheMoney does: what the data set said before as the record of this id is what the input says of it now, and
// nothing where it says nothing. Readers yield it in the place of an error, before the records that it is about, and go
// on; who can only take records ends with it, and its Reason says why.
type RecordChange struct {
	Fault
	ID   string   // of the record
	Into [32]byte // tells apart what becomes of it: two changes of one record that differ contradict each other
}

// NewRecordChange returns the change of a record.
func NewRecordChange(pos Position, id string, into [32]byte) *RecordChange {
	return &RecordChange{ID: id, Into: into, Fault: Fault{
		Pos: pos, Column: "op", Reason: "a delta, which says how a data set changed and not what it holds",
		Hint: "load it into the data set that it changes",
	}}
}
