package replicatest

import (
	"context"
	"fmt"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// A Paper is a side that lists what a rule says, and says yes to everything without doing
// anything. It is for measurements over very many files, and keeps nothing of them. What a first
// pass does not need is missing.
type Paper struct {
	sync.Replica
	// Dirs directories have Files files each. A hundred of them are in a directory.
	Dirs, Files int
}

var paperSum = strings.Repeat("s", 32) // the checksum of all files

// Root implements [sync.Replica].
func (p *Paper) Root(context.Context, bool) (sync.RootState, error) {
	return sync.RootState{Kind: manifest.Dir, ID: "paper", Where: "paper"}, nil
}

// Scan implements [sync.Replica].
func (p *Paper) Scan(context.Context, sync.Look) (*manifest.Tree, error) {
	var b manifest.Builder
	id := uint64(0)
	add := func(path manifest.Path, e manifest.Entry) {
		id++
		e.ID, e.ModTime, e.Changed = id, 1_700_000_000_000_000_000+int64(id), 1_700_000_000_000_000_000
		b.Add(path, e)
	}
	for d := range p.Dirs {
		area := manifest.Path(fmt.Sprintf("area-%02d", d/100))
		if d%100 == 0 {
			add(area, manifest.Entry{Kind: manifest.Dir})
		}
		dir := area.Join(fmt.Sprintf("section-%04d", d))
		add(dir, manifest.Entry{Kind: manifest.Dir})
		for f := range p.Files {
			add(dir.Join(fmt.Sprintf("document-%07d.txt", d*p.Files+f)), manifest.Entry{Kind: manifest.File, Size: 1000, Mode: 0o644})
		}
	}
	return b.Tree(), nil
}

// Sum implements [sync.Replica].
func (p *Paper) Sum(context.Context, manifest.Path, manifest.Entry) (string, error) {
	return paperSum, nil
}

// SameInOtherCase implements [sync.Replica].
func (p *Paper) SameInOtherCase(context.Context, []sync.OtherCase) (bool, error) { return false, nil }

// Reader implements [sync.Replica].
func (p *Paper) Reader(context.Context, []sync.Wanted) sync.Reader { return paperReader{} }

type paperReader struct{ sync.Reader }

func (paperReader) Close() error { return nil }

// Apply implements [sync.Replica].
func (p *Paper) Apply(_ context.Context, run []sync.Step, done func(int, sync.Outcome)) {
	for i, step := range run {
		now := step.Want
		if step.Op == sync.MkDir {
			now = manifest.Entry{Kind: manifest.Dir}
		}
		done(i, sync.Outcome{Entry: now, Sum: paperSum, Bytes: now.Size})
	}
}

// Leftovers implements [sync.Replica].
func (p *Paper) Leftovers() bool { return false }

// Tidy implements [sync.Replica].
func (p *Paper) Tidy(context.Context) error { return nil }

// Close implements [sync.Replica].
func (p *Paper) Close() error { return nil }
