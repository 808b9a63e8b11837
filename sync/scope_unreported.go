package sync

import "ferry/manifest"

// keepUnreported keeps local paths that a listing does not show although the scope
// does not name them: for these the base still counts. The watcher may be holding
// back the report of a path that is gone, because it may come back at once. A
// change to a file beside it must not cause its deletion. Paths that were renamed
// are not kept: their identity shows up under the new name.
func (p *pass) keepUnreported(dirs []manifest.Path, fresh *manifest.Tree) {
	if p.partialBase == nil || p.policy.Direction == Pull {
		return
	}
	var b manifest.Builder
	var shown map[uint64]manifest.Entry
	for _, dir := range dirs {
		if p.inScope(dir) && !showsAnything(fresh, dir) {
			continue // it may be gone itself: see dirsToList
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

// showsAnything reports whether a listing shows anything in dir.
func showsAnything(fresh *manifest.Tree, dir manifest.Path) bool {
	for range fresh.Below(dir) {
		return true
	}
	return false
}

// inScope reports whether the scope names a local path, a directory above it, or
// something below it.
func (p *pass) inScope(path manifest.Path) bool {
	if p.isReported(path) {
		return true
	}
	for reported := range p.reported {
		if reported.Below(path) {
			return true
		}
	}
	return false
}

// identities returns the entries of a listing and of the local tree so far, by
// identity.
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
