package deploy

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Bulk makes the data of a local Dgraph by Dgraph's offline loader, with no database running. [Local.Adopt] has it
// served.
type Bulk struct {
	Dir      string    // where the result goes; it must not exist, or be empty
	Shards   int       // how many groups of alphas are to serve it; 0: 1
	Finder   Finder    // where the binary comes from
	Progress io.Writer // lines that say what takes long; nil: nobody hears
}

// bulkNote is what the result says of itself, in bulk.json. It is written last, so that a folder without it is none.
type bulkNote struct {
	Format  int    `json:"format"` // 1
	Version string `json:"version"`
	Shards  int    `json:"shards,omitempty"` // none: 1
}

const (
	bulkNoteFile = "bulk.json"
	bulkWork     = ".orbat-bulk-" // and a random end
	bulkLock     = "bulk.lock"    // held while somebody works there
)

// Load makes Dir: write gives the N-Quads, with a folder for what it has to put down meanwhile; schema is in Dgraph's
// own words. Until all is well Dir is not there: what a killed run leaves is a folder named .orbat-bulk-* beside it,
// which the next run there clears away.
func (b Bulk) Load(ctx context.Context, schema string, write func(w io.Writer, temp string) error) (err error) {
	if left, err := os.ReadDir(b.Dir); err == nil && len(left) > 0 {
		return &DatabaseError{Do: "make " + b.Dir, Err: errors.New("there is something in it"), Fix: "name a new folder"}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &DatabaseError{Do: "make " + b.Dir, Err: err, Fix: "name a new folder"}
	}
	finder := b.Finder
	if finder.Progress == nil {
		finder.Progress = b.Progress
	}
	bin, err := finder.Find(ctx)
	if err != nil {
		return err
	}
	parent := filepath.Dir(filepath.Clean(b.Dir))
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return diskError("make the folder", parent, err)
	}
	work, err := os.MkdirTemp(parent, bulkWork)
	if err != nil {
		return diskError("make a folder beside "+b.Dir, parent, err)
	}
	if work, err = filepath.Abs(work); err != nil {
		return err
	}
	held, err := holdWork(work)
	if err != nil {
		return errors.Join(diskError("lock the folder beside "+b.Dir, work, err), os.RemoveAll(work))
	}
	defer func() {
		err = errors.Join(err, os.RemoveAll(work))
		_ = held.Close() // behind it: the folder is nobody else's to clear before
	}()
	clearBulk(parent)
	if err := checkRoom(work, defaultMinFree); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(work, "schema"), []byte(schema), 0o600); err != nil {
		return diskError("write the schema", work, err)
	}
	if err := b.reduce(ctx, bin, work, held, write); err != nil {
		return err
	}
	return b.publish(bin, work)
}

// holdWork locks a new folder to work in. The lock is held before it bears the name by which clearBulk knows a folder:
// one that it could take would be that of a killed run.
func holdWork(work string) (*os.File, error) {
	unnamed := filepath.Join(work, "new.lock")
	held, err := hold(unnamed)
	if err != nil {
		return nil, err
	}
	if err := os.Rename(unnamed, filepath.Join(work, bulkLock)); err != nil {
		return nil, errors.Join(err, held.Close())
	}
	return held, nil
}

// clearBulk removes what runs that were killed have left.
func clearBulk(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, bulkWork+"*", bulkLock)) // a pattern of ours is a right one
	for _, lock := range left {
		held, err := holdOld(lock)
		if err != nil {
			continue // somebody is at work there, or was, and has given it its name
		}
		// A lock that was removed meanwhile, as a run does that has come to its end, says nothing of what stands there
		// now.
		of, err := held.Stat()
		if at, gone := os.Stat(lock); err == nil && gone == nil && os.SameFile(of, at) {
			_ = os.RemoveAll(filepath.Dir(lock)) // else the next run tries again
		}
		_ = held.Close()
	}
}

// reduce runs dgraph bulk beside a zero of its own, which hands out uids: what it knows of them afterwards is part of
// the result. N-Quads go to it through a pipe, so that it works while they are made and none touch the disk.
func (b Bulk) reduce(ctx context.Context, bin Binary, work string, held *os.File, write func(w io.Writer, temp string) error) error {
	ports, err := findPorts(ctx, 0, 1)
	if err != nil {
		return err
	}
	defer ports.release()
	zero, err := spawn(bin.Path, "zero", work, Local{}.args("zero", ports), nil, held, true)
	if err != nil {
		return err
	}
	defer zero.abandon()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // without its zero the loader would wait for ever
		select {
		case <-zero.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	quads, into, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make a pipe: %w", err)
	}
	defer into.Close()
	const third = "/dev/fd/3" // where a process finds the first of its ExtraFiles
	cmd := exec.CommandContext(ctx, bin.Path, "bulk", "--files", third, "--format", "rdf", "--schema", "schema", "--zero",
		ports.addr(zeroGRPC),
		fmt.Sprintf("--reduce_shards=%d", max(1, b.Shards)), fmt.Sprintf("--map_shards=%d", max(1, b.Shards)),
		"--out", "out", "--tmp", "tmp", "--http", ports.addr(alphaHTTP), "--bindall=false", "--logtostderr")
	cmd.Dir, cmd.Env, cmd.ExtraFiles = work, engineEnv(os.Environ()), []*os.File{quads}
	said := &bulkLog{progress: b.Progress, last: time.Now()}
	cmd.Stdout, cmd.Stderr = said, said
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Start()
	_ = quads.Close() // the loader has it open; when it ends, writing fails
	if err != nil {
		return fmt.Errorf("run dgraph bulk: %w", err)
	}
	wrong := write(into, work)
	if wrong != nil && !errors.Is(wrong, syscall.EPIPE) {
		cancel() // what it has is not all
		_ = cmd.Wait()
		return diskError("write N-Quads", work, wrong)
	}
	_ = into.Close() // that is all
	switch err := cmd.Wait(); {
	case zero.ended():
		return zero.failure()
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil || wrong != nil:
		return diskOrElse(work, &DatabaseError{
			Do: "run dgraph bulk",
			Err: fmt.Errorf("%w; its last lines:\n%s", cmp.Or(err, wrong),
				lastLines(said.text.String(), 12)), Fix: "free the disk, or load online", Remedy: RemedyOnline,
		}, said.text.String())
	}
	return zero.stop(context.WithoutCancel(ctx), time.Minute)
}

// diskOrElse names a full disk where that is why a process ended.
func diskOrElse(folder string, other error, said string) error {
	if errors.Is(diagnose(said, folder), ErrDiskFull) {
		return diskFull("run dgraph bulk", folder, other)
	}
	return other
}

// place returns the folder of an alpha's data in the result: of any alpha of the group i+1, where there are several
// groups.
func (b Bulk) place(i int) string {
	if b.Shards > 1 {
		return fmt.Sprintf("group%d", i+1)
	}
	return "alpha"
}

// publish leaves of the work what is served, and gives it its name.
func (b Bulk) publish(bin Binary, work string) error {
	for i := range max(1, b.Shards) {
		place := filepath.Join(work, b.place(i))
		if err := os.MkdirAll(place, 0o700); err != nil {
			return diskError("make the result", work, err)
		}
		if err := os.Rename(filepath.Join(work, "out", strconv.Itoa(i), "p"), filepath.Join(place, "p")); err != nil {
			return &DatabaseError{Do: "take the result of dgraph bulk", Err: err, Remedy: RemedyOnline}
		}
	}
	for _, name := range []string{"out", "tmp", "schema", bulkLock, "zero.log"} {
		if err := os.RemoveAll(filepath.Join(work, name)); err != nil {
			return fmt.Errorf("clear up: %w", err)
		}
	}
	note, err := json.Marshal(bulkNote{1, bin.Version, b.Shards})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(work, bulkNoteFile), append(note, '\n'), 0o600); err != nil {
		return diskError("note the result", work, err)
	}
	_ = os.Remove(b.Dir) // an empty folder; if it is none any more, the next line says so
	if err := os.Rename(work, b.Dir); err != nil {
		return fmt.Errorf("name the result: %w", err)
	}
	return nil
}

// adopting is the file that stands while Adopt is at work: data beside it is half of some.
const adopting = "adopting"

// Adopt has the local Dgraph, which must have no data yet, serve a copy of what [Bulk] made.
func (l Local) Adopt(ctx context.Context, dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, bulkNoteFile))
	var note bulkNote
	if err != nil || json.Unmarshal(text, &note) != nil || note.Format != 1 {
		return &DatabaseError{Do: "serve " + dir, Err: errors.New("it is not the result of an offline load"), Remedy: RemedyBulk, Of: dir}
	}
	if note.Shards > 1 {
		return &DatabaseError{
			Do: "serve " + dir, Err: fmt.Errorf("it is made for %d groups of alphas, and the local Dgraph has one", note.Shards),
			Fix:    "give each alpha of a cluster the folder of its group, and the first zero that of zero",
			Remedy: RemedyOneGroup,
		}
	}
	unlock, err := l.lockFolder(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if (l.has("alpha") || l.has("zero")) && !l.unfinished() {
		return &DatabaseError{
			Do: "serve " + dir, Err: errors.New("the local Dgraph in " + l.folder() + " has data already"),
			Remedy: RemedyOtherHome,
		}
	}
	if err := os.WriteFile(l.file(adopting), nil, 0o600); err != nil {
		return diskError("copy the data", l.folder(), err)
	}
	if l.Replicas, err = l.replicas(); err != nil {
		return err
	}
	l.say("copying the data of %s", dir)
	for _, name := range nodeNames(l.Replicas) {
		kind, i := nodeIndex(name)
		if kind == "zero" && i > 0 {
			continue // it learns from the first
		}
		if err := errors.Join(os.RemoveAll(l.file(name)), os.CopyFS(l.file(name), os.DirFS(filepath.Join(dir, kind)))); err != nil {
			return diskError("copy the data", l.folder(), err)
		}
	}
	if l.Replicas > 1 {
		if err := (cluster{Replicas: l.Replicas}).write(l.file(clusterFile)); err != nil {
			return err
		}
	}
	return os.Remove(l.file(adopting))
}

// unfinished reports whether Adopt was cut short here.
func (l Local) unfinished() bool {
	_, err := os.Stat(l.file(adopting))
	return err == nil
}

// bulkLog keeps what dgraph bulk says and passes on, now and then, how far it is.
type bulkLog struct {
	progress io.Writer
	text     bytes.Buffer
	rest     string
	last     time.Time
}

func (b *bulkLog) Write(p []byte) (int, error) {
	const kept = 64 << 10
	b.text.Write(p)
	if over := b.text.Len() - kept; over > 0 {
		b.text.Next(over)
	}
	lines := strings.Split(b.rest+string(p), "\n")
	b.rest = lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		// Such as [12:00:05Z] MAP 05s nquad_count:1.234M …
		if _, told, found := strings.Cut(line, "Z] "); found && b.progress != nil && time.Since(b.last) > 5*time.Second {
			b.last = time.Now()
			fmt.Fprintln(b.progress, "dgraph bulk:", strings.TrimSpace(told))
		}
	}
	return len(p), nil
}
