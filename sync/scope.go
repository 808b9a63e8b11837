package sync

import (
	"context"
	"errors"

	"ferry/manifest"
)

// A Scope says where something may have changed. Everywhere else the base is taken
// to be up to date.
type Scope struct {
	// Local are local paths that may have changed, each with everything that is or
	// was below it. A rename is reported with both names.
	Local []manifest.Path
	// Remote are directories of the server whose direct entries are to be listed. New
	// directories that are found in them are listed too, with everything below.
	Remote []manifest.Path
}

// Empty reports whether there is nothing to look at.
func (s Scope) Empty() bool { return len(s.Local) == 0 && len(s.Remote) == 0 }

// errNeedsFullPass ends a pass with a scope before it changed anything: only a full
// pass can decide.
var errNeedsFullPass = errors.New("needs a full pass")

// SyncPaths makes a pass like [Engine.Sync], but only over a part of the pair. Its
// cost depends on the size of the part, not of the tree. Whatever the plan touches
// on either side is listed before anything is done, and within the part the
// result, including the base, is that of a full pass. A rename of which the scope
// has only one name is carried over as a deletion or as a new file; the other half
// waits until the other name is in a scope.
//
// It makes a full pass where a part is not enough: there is no base yet, a root is
// another directory than before, the root itself is in the scope, a side seems to
// have lost everything, the times on the server seem to have shifted, or the part
// covers most of the pair. An empty scope does nothing.
func (e *Engine) SyncPaths(ctx context.Context, scope Scope) (Summary, error) {
	return e.sync(ctx, &scope)
}

// partIsEnough reports whether the base and the roots allow a pass with a scope.
func (p *pass) partIsEnough() bool {
	if !p.lookedAtWhole() {
		return false
	}
	was := [2]string{}
	was[Local], was[Remote] = p.record.Roots()
	for s, root := range p.roots {
		if root.Kind != manifest.Dir || was[s] != "" && root.ID != "" && was[s] != root.ID {
			return false
		}
	}
	return true
}

// scanScope lists what the scope names.
func (p *pass) scanScope(ctx context.Context) error {
	if !p.partIsEnough() {
		return errNeedsFullPass
	}
	p.partialBase = manifest.NewPartialBase(p.record)
	p.base = p.partialBase
	p.trees = [2]*manifest.Tree{{}, {}}
	p.listed = [2]map[manifest.Path]bool{{}, {}}
	p.reported = make(map[manifest.Path]bool)
	var want [2][]manifest.Path
	for _, path := range p.scope.Local {
		dir, child, ok := p.nearestDir(path)
		switch {
		case path == manifest.Root:
			return errNeedsFullPass
		case ok:
			want[Local] = append(want[Local], dir)
			p.reported[child] = true
		}
	}
	for _, path := range p.scope.Remote {
		if dir, _, ok := p.nearestDir(path); ok {
			if p.isDirInBase(path) {
				dir = path
			}
			want[Remote] = append(want[Remote], dir)
		}
	}
	return p.listDirs(ctx, want)
}

// nearestDir returns the nearest directory above path that is in the base, and its
// child on the way to path: path itself, or the directory to list in its place. It
// reports false if path is ignored and always was.
func (p *pass) nearestDir(path manifest.Path) (dir, child manifest.Path, ok bool) {
	if path == manifest.Root {
		return path, path, true
	}
	top, ignored := p.ignoredTop(path)
	if ignored {
		if _, based := p.record.At(top); !based {
			return path, path, false
		}
		path = top
	}
	child = path
	for dir = range path.Ancestors {
		if p.isDirInBase(dir) && p.dirsAbove(dir) {
			break
		}
		child = dir
	}
	return dir, child, true
}

// dirsAbove reports whether everything above dir is a directory in the base.
func (p *pass) dirsAbove(dir manifest.Path) bool {
	for above := range dir.Ancestors {
		if !p.isDirInBase(above) {
			return false
		}
	}
	return true
}

func (p *pass) isDirInBase(path manifest.Path) bool {
	if path == manifest.Root {
		return true
	}
	pair, _ := p.record.At(path)
	return pair.Kind() == manifest.Dir
}

// ignoredTop returns the topmost ignored directory above path, or path itself if it
// is ignored both as a file and as a directory.
func (p *pass) ignoredTop(path manifest.Path) (top manifest.Path, ignored bool) {
	if p.opts.Ignore == nil {
		return path, false
	}
	top = path
	ignored = p.opts.Ignore(path, true) && p.opts.Ignore(path, false)
	for dir := range path.Ancestors {
		if dir != manifest.Root && p.opts.Ignore(dir, true) {
			top, ignored = dir, true
		}
	}
	return top, ignored
}
