package input

import (
	"io"
	"os"
	"strconv"

	"orbat/schema"
)

// RandomAccess returns the input's bytes in any order: those of its file, else of a temporary copy.
func (in *Input) RandomAccess() (io.ReaderAt, int64, error) {
	if in.file != nil {
		info, err := in.file.Stat()
		if err != nil {
			return nil, 0, err
		}
		return &watchedReaderAt{in: in, r: in.file}, info.Size(), nil
	}
	spool, err := os.CreateTemp("", "orbat-*.xlsx")
	if err != nil {
		return nil, 0, &ReadError{
			Err: err,
			Fault: schema.Fault{
				Reason: "a workbook needs a temporary copy",
				Hint:   "make room in " + os.TempDir() + ", or set TMPDIR; a plain file needs none",
			},
		}
	}
	_ = os.Remove(spool.Name()) // at once, where the system can: nothing is left when killed
	in.closers = append(in.closers, func() {
		_ = spool.Close()
		_ = os.Remove(spool.Name())
	})
	size, err := io.Copy(spool, io.LimitReader(in.R, maxSpool+1))
	switch {
	case err != nil:
		return nil, 0, err
	case size > maxSpool:
		return nil, 0, Fail(schema.Fault{
			Reason: "the workbook is larger than " + strconv.Itoa(maxSpool>>20) + " MiB",
			Hint:   "unpack it to a file, or save the sheet as CSV",
		})
	}
	return &watchedReaderAt{in: in, r: spool}, size, nil
}

// CountRest counts what was not read of an archive in random access as read: the parts that were not needed.
func (in *Input) CountRest() { in.count(in.unread) }

// count counts bytes of the file as read, none twice.
func (in *Input) count(n int64) {
	n = min(n, in.unread)
	in.unread -= n
	if in.Options.Progress != nil {
		in.Options.Progress.Add(n)
	}
}

// watchedReaderAt is watchedReader for random access.
type watchedReaderAt struct {
	in *Input
	r  io.ReaderAt
}

func (w *watchedReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if err := w.in.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.r.ReadAt(p, off)
	w.in.count(int64(n))
	return n, err
}
