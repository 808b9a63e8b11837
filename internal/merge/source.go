package merge

import (
	"context"
	"fmt"
	"io"
	"os"

	"ferry/manifest"
	"ferry/sync"
)

// EntryOf returns the entry of the file at path, as a step that puts it somewhere wants it.
func EntryOf(path string) (manifest.Entry, error) {
	info, err := os.Stat(path)
	if err != nil {
		return manifest.Entry{}, err
	}
	if !info.Mode().IsRegular() {
		return manifest.Entry{}, fmt.Errorf("%s is not a file", path)
	}
	e := manifest.Entry{Kind: manifest.File, Size: info.Size()}
	e.SetTime(info.ModTime(), manifest.Nanosecond)
	return e, nil
}

// Opener returns what opens the file at path as the source of a step. want is its entry.
func Opener(path string, want manifest.Entry) func(context.Context, int64) (sync.Source, error) {
	return func(_ context.Context, offset int64) (sync.Source, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		if _, err := f.Seek(offset, io.SeekStart); err != nil {
			f.Close()
			return nil, err
		}
		return &source{f, path, want}, nil
	}
}

type source struct {
	*os.File
	path string
	want manifest.Entry
}

// Confirm implements [sync.Source].
func (s *source) Confirm(context.Context) (manifest.Entry, error) {
	now, err := EntryOf(s.path)
	switch {
	case err != nil:
		return manifest.Entry{}, fmt.Errorf("%w: %w", sync.ErrSource, err)
	case now != s.want:
		return manifest.Entry{}, fmt.Errorf("%s: %w", s.path, sync.ErrChanged)
	}
	return now, nil
}

// Sum implements [sync.Source].
func (s *source) Sum() string { return "" }
