package sync

import (
	"context"
	"errors"

	"ferry/manifest"
)

// A Scope says where something may have happened. Everywhere else the base is
// believed to be true still.
type Scope struct {
	// Local are paths on the local side that may have changed, each with all that
	// is or was below it. Of a rename both names belong here.
	Local []manifest.Path
	// Remote are directories of the server whose direct entries are to be looked
	// at. Directories found new in them are looked at as well, with all that is
	// below them.
	Remote []manifest.Path
}

// Empty reports whether there is nothing to look at.
func (s Scope) Empty() bool { return len(s.Local) == 0 && len(s.Remote) == 0 }

// errWhole ends a pass over a part before it changed anything: only a look at
// everything can tell what is going on.
var errNeedsFullPass = errors.New("needs a look at everything")

// SyncPaths makes a pass like [Engine.Sync], over a part of the pair: it costs
// what the part costs, and not the tree. What the plan touches, on either side,
// is listed before anything is done, and within the part the outcome, the base
// included, is that of a pass over everything. A rename of which only one name
// is in the scope is carried over as a deletion, or as something new, and the
// other half waits until it is looked at.
//
// It is Sync where a part is not enough: where there is no base yet, a root is
// not the directory that it was, the root itself is in the scope, a side seems
// to have lost everything, the times of the server seem to have moved at once,
// or the part is most of the whole. An empty scope does nothing.
func (e *Engine) SyncPaths(ctx context.Context, scope Scope) (Summary, error) {
	return e.sync(ctx, &scope)
}

// partial reports whether the base and the roots allow a pass over a part.
func (p *pass) partIsEnough() bool {
	if p.record.Len() == 0 {
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

// scanScope looks at what the scope names.
func (p *pass) scanScope(ctx context.Context) error {
	if !p.partIsEnough() {
		return errNeedsFullPass
	}
	p.partialBase = newPartialBase(p.record)
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

// place returns the nearest directory above path that both sides agreed on, and
// its child on the way to path, which is path itself or what is to be looked at
// instead of it. It reports false where path is ignored and always was.
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

// dirsAbove reports whether the base has all that is above dir as directories.
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

// ignoredTop returns the topmost directory above path that is ignored, or path
// where it is ignored whatever it is.
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
