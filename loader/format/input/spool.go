package input

import (
	"context"
	"io"
	"os"
	"sync"

	"orbat/schema"
)

// Spool copies what can be read once into a temporary file, and returns the File that reads it any number of times,
// with what gives it up. It ends with the context. The file has no name once it is open, where the system lets it go:
// however the program ends, nothing is left.
func Spool(ctx context.Context, name string, r io.Reader) (_ File, done func(), err error) {
	fail := func(err error) error {
		return ErrorAt(ctx, schema.Position{File: name}, &ReadError{Err: err, Fault: schema.Fault{
			Reason: "it is read several times, and needs a temporary copy", Hint: "make room in " + os.TempDir() + ", or set TMPDIR",
		}})
	}
	spool, err := os.CreateTemp("", "orbat-*")
	if err != nil {
		return File{}, nil, fail(err)
	}
	named := os.Remove(spool.Name()) != nil
	done = sync.OnceFunc(func() {
		_ = spool.Close()
		if named {
			_ = os.Remove(spool.Name())
		}
	})
	// Not every reader can be interrupted: a terminal, or the pipe that a shell gives, blocks until there is more. It
	// is left to it; what it still reads goes nowhere.
	var size int64
	copied := make(chan error, 1)
	go func() {
		n, err := io.Copy(spool, &watchedReader{ctx: ctx, r: r})
		size = n
		copied <- err
	}()
	select {
	case err = <-copied:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		done()
		return File{}, nil, fail(err)
	}
	return File{Path: name, Name: name, Size: size, again: spool}, done, nil
}
