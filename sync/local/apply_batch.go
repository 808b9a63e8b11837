package local

import (
	"errors"
	"fmt"
	"os"
	"time"

	"ferry/sync"
)

// A durableBatch holds back the outcomes of steps until the directories they
// changed are synced to disk. Otherwise the base could record a file whose name
// is lost in a power failure, and the next pass would take the file for deleted.
type durableBatch struct {
	d       *Directory
	done    func(i int, out sync.Outcome)
	dirs    map[string]*os.File // changed directories, by their path on disk
	pending []pendingOutcome
	since   time.Time // when the first pending outcome was held back
	bytes   int64     // written by the pending steps
}

type pendingOutcome struct {
	i   int
	out sync.Outcome
}

// A batch is flushed when it reaches one of these limits.
const (
	maxBatchSteps = 64
	maxBatchBytes = 4 << 20
	maxBatchTime  = 500 * time.Millisecond
)

// dirty records that names in dir changed. The directory is synced by the next
// flush; dir itself may be closed before.
func (batch *durableBatch) dirty(dir *dirHandle) {
	if batch.dirs[dir.at] != nil || batch.d.opts.NoSync {
		return
	}
	if f, err := dir.Open("."); err == nil {
		batch.dirs[dir.at] = f
	} else {
		batch.d.log.Warn("directory cannot be synced to disk", "path", dir.at, "error", err)
	}
}

// hold keeps the outcome of step i until the next flush.
func (batch *durableBatch) hold(i int, out sync.Outcome) {
	if len(batch.pending) == 0 {
		batch.since = time.Now()
	}
	batch.pending = append(batch.pending, pendingOutcome{i, out})
	batch.bytes += out.Bytes
	if len(batch.pending) >= maxBatchSteps || batch.bytes >= maxBatchBytes || time.Since(batch.since) > maxBatchTime {
		batch.flush()
	}
}

// flush syncs the directories to disk and reports the outcomes.
func (batch *durableBatch) flush() {
	var errs []error
	for at, f := range batch.dirs {
		if err := syncDir(f); err != nil {
			errs = append(errs, fmt.Errorf("syncing directory %q to disk: %w", at, err))
		}
		f.Close()
	}
	clear(batch.dirs)
	err := errors.Join(errs...)
	for _, w := range batch.pending {
		if err != nil {
			w.out = sync.Outcome{Err: err, Bytes: w.out.Bytes, Ambiguous: true}
		}
		batch.done(w.i, w.out)
	}
	batch.pending, batch.bytes = nil, 0
}
