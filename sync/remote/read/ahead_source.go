package read

import (
	"bytes"
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
)

// An aheadSource is a file in memory. It implements [sync.Source].
type aheadSource struct {
	*bytes.Reader // of all of f
	a             *readAhead
	f             *aheadFile
	i             int
}

func newAheadSource(a *readAhead, f *aheadFile, i int) *aheadSource {
	return &aheadSource{Reader: bytes.NewReader(f.data), a: a, f: f, i: i}
}

// Confirm implements [sync.Source].
func (m *aheadSource) Confirm(ctx context.Context) (manifest.Entry, error) {
	f := m.f
	if m.Len() > 0 {
		return manifest.Entry{}, fmt.Errorf("%w: %d bytes of %d were read", sync.ErrSource, len(f.data)-m.Len(), len(f.data))
	}
	if err := m.a.wait(ctx, func() bool { return f.checked }); err != nil {
		return manifest.Entry{}, err
	}
	if f.confirmed {
		return f.now.Entry, f.now.Err
	}
	if err := m.a.halt(ctx); err != nil {
		return manifest.Entry{}, err
	}
	// A final reply that was lost, or that speaks of a broken connection, says less than
	// the number of bytes and the question that follows.
	if f.download != nil && f.download.Transfer.Final.Code != 0 && !f.download.Transfer.Final.OK() {
		if err := ftp.ReplyError("RETR", f.At, f.download.Transfer.Final); ftp.IsFinal(err) {
			return manifest.Entry{}, fmt.Errorf("%w: %w", sync.ErrSource, err)
		}
	}
	again := &file{env: m.a.env, Target: f.Target, ctx: ctx}
	return again.check()
}

// Sum implements [sync.Source]. The side that writes the content hashes it.
func (m *aheadSource) Sum() string { return "" }

// Close implements [io.Closer].
func (m *aheadSource) Close() error {
	m.a.wantFrom(m.i + 1)
	return nil
}
