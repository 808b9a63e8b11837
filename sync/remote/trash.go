package remote

import (
	"context"
	"fmt"
	"strings"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
	"ferry/manifest"
)

// A trash keeps what is replaced or removed, below the root of the side so that
// a rename gets it there: .ferry/trash/SHELF/PATH. Each pass has a shelf of its
// own, called after its time, that was not there before: a rename would replace
// what another pass put there. Its methods may be called from several goroutines.
type trash struct {
	claiming stdsync.Mutex // held while a shelf is being made

	mu    stdsync.Mutex
	at    time.Time       // of this pass, in whole seconds
	shelf string          // made by this pass; "": none yet
	used  map[string]bool // paths below the root that are taken in this pass
	made  map[string]bool // absolute paths of directories that are there
}

// turn begins a new pass.
func (t *trash) turn(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now = now.UTC().Truncate(time.Second)
	if now.After(t.at) && len(t.used) > 0 || t.at.IsZero() {
		t.at, t.shelf, t.used = now, "", make(map[string]bool)
	}
}

// wants returns the time of the shelf that must be made for what is at below, ""
// where there is one. What comes to the same place twice in one pass goes to
// another shelf, a second on.
func (t *trash) wants(below string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at.IsZero() {
		t.at, t.used = time.Now().UTC().Truncate(time.Second), make(map[string]bool)
	}
	if t.used[below] {
		t.at, t.shelf, t.used = t.at.Add(time.Second), "", make(map[string]bool)
	}
	if t.shelf != "" {
		return ""
	}
	return t.at.Format("20060102-150405")
}

// claimed notes the shelf that was made, below root.
func (t *trash) claimed(root, shelf string) {
	t.mu.Lock()
	t.shelf = shelf
	t.mu.Unlock()
	own := root + "/" + manifest.Own
	t.known([]string{own, own + "/trash", own + "/trash/" + shelf})
}

// next returns the place for what is at below, a path relative to the root, and
// the directories on the way to it that are not known to be there.
func (t *trash) next(root, below string) (at place, dirs []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.used[below] = true
	inside := manifest.Own + "/trash/" + t.shelf + "/" + below
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

// throwAway returns where in the trash each of paths goes. The directories on
// the way that are not known to be there are made by the commands put into b;
// where one of those is refused, so is the rename into it.
func (d *Directory) throwAway(ctx context.Context, s *ftp.Session, b *ftp.Batch, paths []place) ([]place, error) {
	into := make([]place, len(paths))
	asked := make(map[string]bool)
	for i, at := range paths {
		var dirs []string
		below := strings.TrimPrefix(at.String(), d.names.root+"/")
		if err := d.claimShelf(ctx, s, below); err != nil {
			return nil, err
		}
		into[i], dirs = d.trash.next(d.names.root, below)
		for _, dir := range dirs {
			if !asked[dir] {
				asked[dir] = true
				b.Add("MKD "+dir, func(ftp.Reply) { d.trash.known([]string{dir}) }) // refused where it is there
			}
		}
	}
	return into, nil
}

// mostShelves is how many passes may put something away within one second.
const mostShelves = 200

// A claim is the making of a shelf, which succeeds for one only.
type claim struct {
	shelf        string
	told, inside ftp.Reply
}

// begin puts the commands of a claim into b.
func (c *claim) begin(d *Directory, b *ftp.Batch) {
	at := d.lockDir("trash")
	b.Add("MKD "+d.lockDir(""), nil)
	b.Add("MKD "+at, nil)
	b.Expect("MKD "+at+"/"+c.shelf, &c.told)
	b.Expect("CWD "+at+"/"+c.shelf, &c.inside)
	b.Add("CWD "+d.names.dir(manifest.Root), nil)
}

// claimShelf makes the shelf that what is at below goes to, where there is none.
func (d *Directory) claimShelf(ctx context.Context, s *ftp.Session, below string) error {
	d.trash.claiming.Lock()
	defer d.trash.claiming.Unlock()
	stamp := d.trash.wants(below)
	if stamp == "" {
		return nil
	}
	var c claim
	for n := 1; n <= mostShelves; n++ {
		c = claim{shelf: stamp}
		if n > 1 {
			c.shelf = fmt.Sprintf("%s-%d", stamp, n)
		}
		var b ftp.Batch
		c.begin(d, &b)
		if err := b.Run(ctx, s); err != nil {
			return err
		}
		if c.told.OK() {
			d.trash.claimed(d.names.root, c.shelf)
			return nil
		}
		if !c.inside.OK() {
			break
		}
	}
	return s.Require("making the trash", d.lockDir("trash"), c.told)
}
