package schema

// Row is one row of a table: what readers of tables yield and mappings turn into records. The first row of a table is
// its header.
type Row struct {
	Pos    Position    // of the row's first cell
	Cells  []string    // as many as the header has
	Faults []CellFault // of the cells that cannot be read: each costs what is made of that cell (law 15)
	// Fractions are the texts of the cells that the file holds as numbers with a fraction: a full stop stands before
	// that, however the sheet writes numbers elsewhere.
	Fractions []string
	Raw       []byte // the row as it stood in the file, for the file of rejects
}

// CellFault is why a cell cannot be read.
type CellFault struct {
	Cell  int // its place among the cells, from 0
	Fault Fault
}

// FaultOf returns why a cell cannot be read, nil where it can.
func (r *Row) FaultOf(cell int) *Fault {
	for i := range r.Faults {
		if r.Faults[i].Cell == cell {
			return &r.Faults[i].Fault
		}
	}
	return nil
}
