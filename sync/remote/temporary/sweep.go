package temporary

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/names"
)

// Leftovers implements [sync.Replica.Leftovers]. A directory that is noted because of
// what this process keeps for a later attempt is no reason to sweep.
func (t *Files) Leftovers() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	explained := make(map[string]bool)
	for at := range t.kept {
		explained[t.below(at.Dir)] = true
	}
	for _, dir := range t.Journal.Dirs() {
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

// Sweep implements [sync.Replica.Sweep]. Directories that were noted and not listed in
// this pass are listed first.
func (t *Files) Sweep(ctx context.Context, s sync.Sweep) error {
	if err := t.listNoted(ctx); err != nil {
		return fmt.Errorf("looking for half-written files: %w", err)
	}
	resumed := make(map[string]bool)
	for w := range s.Writes() {
		if w.Entry.Size >= sync.ResumeFrom {
			resumed[Fingerprint(w.Path, w.Entry)] = true
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
				t.End(at)
				t.Journal.Gone(t.below(at.Dir) + "/" + at.Name)
			}
		})
	}
	t.mu.Unlock()
	if b.Len() == 0 {
		return nil
	}
	if err := t.Do(ctx, "removing half-written files", b.Run); err != nil {
		return fmt.Errorf("removing half-written files: %w", err)
	}
	return nil
}

// listNoted lists the directories in which temporaries may have been left, except those
// that were listed in this pass.
func (t *Files) listNoted(ctx context.Context) error {
	for _, below := range t.Journal.Dirs() {
		dir := t.Root
		if below != "" {
			dir += "/" + below
		}
		t.mu.Lock()
		seen := t.seen[dir]
		t.mu.Unlock()
		if seen || names.CheckPath(dir) != nil {
			continue
		}
		err := t.Do(ctx, "listing", func(ctx context.Context, s *ftp.Session) error {
			l, err := t.Lister.List(ctx, s, names.Place{Dir: dir}.Parent())
			if err != nil {
				if s.Dead() || ctx.Err() != nil {
					return err
				}
				return nil
			}
			t.Forget(dir)
			for _, one := range l.Entries {
				if _, temp := manifest.TempMark(one.Name); temp {
					t.Saw(names.Place{Dir: dir, Name: one.Name}, one.Entry)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Tidy implements [sync.Replica.Tidy].
func (t *Files) Tidy() {
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
	t.Journal.End(func(dir string) bool { return holds[dir] })
}
