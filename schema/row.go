package schema

// Row is one row of a table: what readers of tables yield and mappings turn into records. The first row of a table is
// its header.
type Row struct {
	Pos   Position // of the row's first cell
	Cells []string // as many as the header has
	Raw   []byte   // the row as it stood in the file, for the file of rejects
}
