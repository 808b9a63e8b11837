package remote

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/names"
)

// hasLeftovers implements [sync.Replica.Leftovers]. A directory that is noted because of
// what this process keeps for a later attempt is no reason to sweep.
func (t *temporaries) hasLeftovers() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	explained := make(map[string]bool)
	for at := range t.kept {
		explained[t.below(at.Dir)] = true
	}
	for _, dir := range t.opts.Temps.Dirs() {
		if !explained[dir] {
			return true
		}
	}
	for at, e := range t.left {
		if !t.kept[at] && t.abandoned(at, e) {
			return true
		}
	}
	return false
}

// sweep implements [sync.Replica.Sweep]. Directories that were noted and not listed in
// this pass are listed first.
func (t *temporaries) sweep(ctx context.Context, s sync.Sweep) error {
	if err := t.listNoted(ctx); err != nil {
		return fmt.Errorf("looking for half-written files: %w", err)
	}
	resumed := make(map[string]bool)
	for w := range s.Writes() {
		if w.Entry.Size >= sync.ResumeFrom {
			resumed[fingerprint(w.Path, w.Entry)] = true
		}
	}
	var b ftp.Batch
	t.mu.Lock()
	for at, e := range t.left {
		own := t.isOwn(at.Name)
		if !own && !s.Others || own && (resumed[fingerprintIn(at.Name)] && e.Size > 0 || t.kept[at] && !s.Whole) || !t.abandoned(at, e) {
			continue
		}
		b.Add("DELE "+at.String(), func(r ftp.Reply) {
			if r.OK() || r.Code == 550 {
				t.end(at)
				t.opts.Temps.Gone(t.below(at.Dir) + "/" + at.Name)
			}
		})
	}
	t.mu.Unlock()
	if err := t.runAny(ctx, "removing half-written files", &b); err != nil {
		return fmt.Errorf("removing half-written files: %w", err)
	}
	return nil
}

// listNoted lists the directories in which temporaries may have been left, except those
// that were listed in this pass.
func (t *temporaries) listNoted(ctx context.Context) error {
	for _, below := range t.opts.Temps.Dirs() {
		dir := t.names.Root
		if below != "" {
			dir += "/" + below
		}
		t.mu.Lock()
		seen := t.seen[dir]
		t.mu.Unlock()
		if seen || names.CheckPath(dir) != nil {
			continue
		}
		err := t.do(ctx, "listing", func(ctx context.Context, s *ftp.Session) error {
			l, err := t.lister.List(ctx, s, place{Dir: dir}.Parent())
			if err != nil {
				if s.Dead() || ctx.Err() != nil {
					return err
				}
				return nil
			}
			t.forget(dir)
			for _, one := range l.Entries {
				if _, temp := manifest.TempMark(one.Name); temp {
					t.saw(place{Dir: dir, Name: one.Name}, one.Entry)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	t.inListedDirs.Store(true)
	return nil
}

// tidy implements [sync.Replica.Tidy].
func (t *temporaries) tidy() {
	t.mu.Lock()
	holds := make(map[string]bool)
	for at := range t.left {
		if t.isOwn(at.Name) {
			holds[t.below(at.Dir)] = true
		}
	}
	for at := range t.used {
		holds[t.below(at.Dir)] = true
	}
	t.seen = nil
	t.mu.Unlock()
	t.opts.Temps.End(func(dir string) bool { return holds[dir] })
}
