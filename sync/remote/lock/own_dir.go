package lock

import (
	"ferry/internal/ftp"
	"ferry/manifest"
)

// OwnDir returns the name of ferry's own directory in a root, as far as it is known what
// the server thinks of names with a leading dot. f may be nil.
func OwnDir(f *ftp.Features) string {
	if f == nil || f.Has(ftp.KeepsDotDirs) {
		return manifest.Own
	}
	return manifest.OwnPlain
}

// OtherDir returns the name that ferry's own directory has where [OwnDir] is wrong.
func OtherDir(f *ftp.Features) string { return otherDir(OwnDir(f)) }

// otherDir returns the other name that ferry's own directory may have.
func otherDir(dir string) string {
	if dir == manifest.Own {
		return manifest.OwnPlain
	}
	return manifest.Own
}

// dir is the name of ferry's own directory.
func (l *Lock) dir() string { return OwnDir(l.opts.Features) }

// mayBeHeldInOther reports whether another machine may have its lock in the other
// directory than dir: one that found out something else about names with a leading dot.
// A server that takes them is asked only where ferry's plain directory was seen.
func (l *Lock) mayBeHeldInOther(dir string) bool {
	if l.opts.Dir != "" {
		return false
	}
	return dir != manifest.Own || l.opts.PlainSeen != nil && l.opts.PlainSeen()
}
