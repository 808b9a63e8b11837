package remote

import (
	"context"
	"strings"
	stdsync "sync"
	"time"

	"ferry/manifest"
)

// A trash keeps what is replaced or removed, below the root of the side so that
// a rename gets it there: .ferry/trash/TIME/PATH. Each pass has a time of its
// own. Its methods may be called from several goroutines.
type trash struct {
	mu   stdsync.Mutex
	at   time.Time       // of this pass, in whole seconds
	used map[string]bool // paths below the root that are taken in this pass
	made map[string]bool // absolute paths of directories that are there
}

// turn begins a new pass.
func (t *trash) turn(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now = now.UTC().Truncate(time.Second)
	if now.After(t.at) && len(t.used) > 0 || t.at.IsZero() {
		t.at, t.used = now, make(map[string]bool)
	}
}

// next returns the place for what is at below, a path relative to the root, and
// the directories on the way to it that are not known to be there. What comes
// to the same place twice in one pass goes to a pass of its own, a second on.
func (t *trash) next(root, below string) (at place, dirs []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at.IsZero() {
		t.at, t.used = time.Now().UTC().Truncate(time.Second), make(map[string]bool)
	}
	if t.used[below] {
		t.at, t.used = t.at.Add(time.Second), make(map[string]bool)
	}
	t.used[below] = true
	inside := manifest.Own + "/trash/" + t.at.Format("20060102-150405") + "/" + below
	names := strings.Split(inside, "/")
	dir := root
	for _, name := range names[:len(names)-1] {
		dir += "/" + name
		if !t.made[dir] {
			dirs = append(dirs, dir)
		}
	}
	return place{dir, names[len(names)-1]}, dirs
}

// known notes directories of the trash that are there.
func (t *trash) known(dirs []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.made == nil {
		t.made = make(map[string]bool)
	}
	for _, dir := range dirs {
		t.made[dir] = true
	}
}

// doubt forgets which directories are there: somebody may have emptied the
// trash.
func (t *trash) doubt() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.made = nil
}

// throwAway returns where in the trash each of paths goes, having made the
// directories.
func (d *Directory) throwAway(ctx context.Context, s *session, paths []place) ([]place, error) {
	into := make([]place, len(paths))
	var all []string
	var b script
	asked := make(map[string]bool)
	for i, at := range paths {
		var dirs []string
		into[i], dirs = d.trash.next(d.names.root, strings.TrimPrefix(at.String(), d.names.root+"/"))
		for _, dir := range dirs {
			if !asked[dir] {
				asked[dir] = true
				all = append(all, dir)
				b.add("MKD "+dir, nil) // refused where it is there; the rename into it tells
			}
		}
	}
	if err := b.run(ctx, s); err != nil {
		return nil, err
	}
	d.trash.known(all)
	return into, nil
}
