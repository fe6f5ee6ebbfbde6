package format

// The bounds hold memory within reason whatever a file contains; streaming formats have none on the whole file.
const (
	// MaxRecord is the longest line of NDJSON, row of CSV or record of JSON in bytes. A longer one is rejected.
	MaxRecord = 16 << 20
	// MaxYAML is the largest YAML document in bytes. A file may hold several, separated by "---".
	MaxYAML = 64 << 20
	// MaxDepth is the deepest nesting of lists and objects within a record.
	MaxDepth = 100
	// MaxAliased is how many values the aliases of one YAML document may stand for, all told.
	MaxAliased = 100_000
	// MaxRaw is how many bytes of a record are kept for the file of rejects.
	MaxRaw = 64 << 10
	// MaxRejectValue is how many bytes of an offending value a reject shows.
	MaxRejectValue = 1 << 10

	// maxWindow is the largest zstd window accepted; zstd's own command uses up to 128 MiB (--ultra --long=27).
	maxWindow = 128 << 20
	// maxTexts is what the shared texts of a workbook may take, each counted with textOverhead. They are all that is held of it
	// beyond the row at hand.
	maxTexts     = 256 << 20
	textOverhead = 64
	// maxPart is the largest part of a workbook (a sheet, unpacked) that is read, and maxRowXML what one row or text may take there.
	maxPart   = 4 << 30
	maxRowXML = MaxRecord
	// maxSpool is the largest workbook that is copied to a temporary file, where it comes from a pipe or compressed.
	maxSpool = 512 << 20
	// maxDescribed is how many inline descriptions of sources are remembered, so as not to repeat them.
	maxDescribed = 4096
	// bufferSize is what a reader holds of a file at a time, and all that is looked at to recognise its shape.
	bufferSize = 64 << 10
)
