// Package left reads what a deploy left on the server about the files there.
package left

import (
	"context"
	"io"
	stdsync "sync"

	"ferry/internal/deploy/release"
	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// stateFile is the name of the record of a release in ferry's own directory.
const stateFile = "state"

// A Record is what a deploy recorded. It is read when it is first wanted, and kept until
// [Record.Forget]. It may be used from several goroutines.
type Record struct {
	// Read reads a file of ferry's own directory, at most that many bytes.
	Read func(ctx context.Context, name string, most int64) ([]byte, error)

	mu      stdsync.Mutex
	known   bool
	release *release.Release // nil: there is none, or it is encrypted
}

// Forget frees what was read, at the end of a pass. A later pass that wants it reads it again.
func (r *Record) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known, r.release = false, nil
}

// get returns the release, nil where there is none that can be read.
func (r *Record) get(ctx context.Context) *release.Release {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.known {
		r.known = true
		if data, err := r.Read(ctx, stateFile, release.MostBytes); err == nil {
			r.release, _ = release.Decode(data, nil)
		}
	}
	return r.release
}

// Claims implements [compare.Claimer]: it returns what the record has of files that are shown
// now as they were shown to the deploy, with a time that is exact to the second.
func (r *Record) Claims(ctx context.Context, run []sync.Wanted) []string {
	claims := make([]string, len(run))
	recorded := r.get(ctx)
	if recorded == nil {
		return claims
	}
	for i, w := range run {
		f := recorded.File(w.Path)
		if f == nil || max(f.Seen.Precision, w.Entry.Precision) > manifest.Second || !manifest.Unchanged(f.Seen, w.Entry) {
			continue
		}
		claims[i] = string(f.Sum[:])
	}
	return claims
}

// File reads the file at an absolute path, at most that many bytes.
func File(ctx context.Context, s *ftp.Session, at string, most int64) ([]byte, error) {
	d, err := s.Retrieve(ctx, at, 0)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(d, most))
	if err == nil {
		_, err = d.Finish() // fails where there is more
	} else {
		d.Abort()
	}
	return data, err
}
