package remote

import (
	"context"
	"time"

	"ferry/manifest"
)

// sightFresh is how long what the first session saw of the root counts as seen
// when the pass asks for it.
const sightFresh = 2 * time.Second

// A sight is what the first session to a server saw of the root, while it found out
// how the server lists: the look at the root and its listing. Each is good for one
// use, and only as long as no session was lent since: what was done on one may
// have changed what is there.
type sight struct {
	root          string
	at            time.Time
	lent          int   // sessions lent by the pool until then
	entered, told reply // to CWD and MLST of the root

	raw    rawListing
	form   listForm
	listed bool // raw is the root's
}

// sights begins the first listing of a server with the look at the root, so that
// it lists that. It returns nil where it cannot.
func (s *session) sights(t *transfer) *sight {
	if s.pool == nil || s.oneByOne() || s.c.home.code != 257 {
		return nil
	}
	root, err := findRoot(context.Background(), s, s.pool.o)
	if err != nil {
		return nil
	}
	if root == "" {
		root = "/"
	}
	if sendable(root) != nil {
		return nil
	}
	got := &sight{root: root}
	t.ahead.note("CWD "+root, &got.entered)
	if _, promised := s.f.feat["MLST"]; promised {
		t.ahead.note("MLST "+root, &got.told)
	}
	return got
}

// see keeps what came, where the listing is known to be the root's and whole as far
// as the server shows that.
func (g *sight) see(f *features, raw rawListing) {
	if g == nil || g.entered.code == 0 {
		return
	}
	g.at, g.raw, g.form = time.Now(), raw, f.listForm
	g.listed = g.entered.ok() && f.dots
}

// fresh reports whether what was seen of the root still counts. d.mu is held.
func (d *Directory) fresh(g *sight) bool {
	return g != nil && g.root == d.names.dir(manifest.Root) && time.Since(g.at) <= sightFresh && d.pool.lends() == g.lent
}

// firstLook reports whether the first session has just entered the root, and what
// MLST said of it then.
func (d *Directory) firstLook() (told reply, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.sight
	if !d.fresh(g) || !g.entered.ok() {
		return reply{}, false
	}
	told, g.entered = g.told, reply{}
	return told, true
}

// firstListing returns the listing of the root that the first session has just
// read, where it is complete; nil where there is none.
func (d *Directory) firstListing() *dirListing {
	d.mu.Lock()
	g := d.sight
	fresh := d.fresh(g)
	d.sight = nil
	d.mu.Unlock()
	if !fresh || !g.listed {
		return nil
	}
	l, err := parseListing(g.form, g.raw, time.Now())
	if err != nil || !l.self || len(l.refused) > 0 || l.odd() {
		return nil
	}
	return l
}

// seen takes the root in, where the first session has just listed it. It reports
// false where f is to be listed.
func (sc *scan) seen(ctx context.Context, f *folder) bool {
	if !sc.deep || f.path != manifest.Root {
		return false
	}
	l := sc.d.firstListing()
	if l == nil || sc.doubts(f, l) || sc.take(ctx, f, l) != nil {
		return false
	}
	sc.finished()
	return true
}
