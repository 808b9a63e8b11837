package sync

import "ferry/manifest"

// unsaid puts back what a listing of local directories does not show, but of
// which the scope says nothing: the base is believed there. Whoever names the
// paths may hold one back that is gone, because it may come back at once, and
// what is beside it must not give it away. What has another name by now is no
// such thing: its identity shows.
func (p *pass) keepUnreported(dirs []manifest.Path, fresh *manifest.Tree) {
	if p.partialBase == nil || p.policy.Direction == Pull {
		return
	}
	var b manifest.Builder
	var shown map[uint64]manifest.Entry
	for _, dir := range dirs {
		if p.inScope(dir) && !showsAnything(fresh, dir) {
			continue // it has gone itself, as far as can be told yet: see followUp
		}
		for path, pair := range p.record.Children(dir) {
			was := entryOn(pair, Local)
			if fresh.At(path).Exists() || !fresh.Known(path) || p.inScope(path) || p.opts.Ignore != nil && p.opts.Ignore(path, was.IsDir()) {
				continue
			}
			if shown == nil {
				shown = p.identities(fresh)
			}
			now, is := shown[was.ID]
			if !is || now.Kind != was.Kind || !was.IsDir() && (now.Size != was.Size || now.ModTime != was.ModTime) {
				b.Add(path, was)
			}
		}
	}
	if shown != nil {
		p.trees[Local] = p.trees[Local].Join(b.Tree())
	}
}

// shows reports whether a listing shows anything in dir.
func showsAnything(fresh *manifest.Tree, dir manifest.Path) bool {
	for range fresh.Below(dir) {
		return true
	}
	return false
}

// concerned reports whether the scope says anything of a local path: of itself,
// of a directory above it, or of something below it.
func (p *pass) inScope(path manifest.Path) bool {
	if p.isReported(path) {
		return true
	}
	for dirty := range p.reported {
		if dirty.Below(path) {
			return true
		}
	}
	return false
}

// identities returns what a listing and the local tree so far hold, by identity.
func (p *pass) identities(fresh *manifest.Tree) map[uint64]manifest.Entry {
	all := make(map[uint64]manifest.Entry)
	for _, tree := range []*manifest.Tree{fresh, p.trees[Local]} {
		for _, e := range tree.All() {
			if e.ID != 0 {
				all[e.ID] = e
			}
		}
	}
	return all
}
