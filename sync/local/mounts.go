package local

import (
	"errors"
	"hash/fnv"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ferry/manifest"
)

// mounts are the directories below the root on which another file system is mounted, or
// another part of one: their paths as they are spelled on disk, and what identifies what is
// mounted there. That stays the same when it is mounted again, also after a restart of the
// machine. A nil value means that nobody knows.
type mounts map[string]uint64

// mountIdentity makes one number of what identifies a mounted file system.
func mountIdentity(parts ...string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(strings.Join(parts, "\x00")))
	return max(h.Sum64(), 1)
}

// add adds the mount point at, an absolute path, if it is below root. What was mounted there
// before is hidden.
func (m mounts) add(root, at string, id uint64) {
	if below, ok := strings.CutPrefix(at, strings.TrimSuffix(root, "/")+"/"); ok {
		m[below] = id
	}
}

// mountsNow returns what is mounted below the root.
func (d *Directory) mountsNow() mounts {
	root, err := filepath.EvalSymlinks(d.path)
	if err != nil {
		return nil
	}
	found, err := d.listMounts(root)
	if err != nil {
		d.log.Debug("nobody knows what is mounted", "error", err)
		return nil
	}
	return found
}

// differ reports whether something else than in m, or nothing, is mounted now at or above
// a path.
func (m mounts) differ(now mounts, at string) bool {
	if m == nil || now == nil {
		return false
	}
	for dir := at; dir != "."; dir = path.Dir(dir) {
		if m[dir] != now[dir] {
			return true
		}
	}
	return false
}

// What is said of a directory on another file system than before. Nothing in it is
// synced, and nothing in it counts as deleted.
const (
	wayOutOfMount  = "; if that is meant to be, accept what is there now once with --accept-empty"
	mountIsMissing = "the file system that was mounted here is missing: mount it again" + wayOutOfMount
	mountIsNew     = "a file system is mounted here now, over what was synced: unmount it" + wayOutOfMount
	mountIsOther   = "another file system is mounted here than before" + wayOutOfMount
)

// otherDevice returns why what is at p cannot be compared with its past, or "". now is the
// identity of what is mounted there.
func (s *scanner) otherDevice(p manifest.Path, now uint64) string {
	if s.mounts == nil || s.look.Past == nil || s.look.AnyDevice {
		return ""
	}
	was := s.look.Past(p)
	switch {
	case !was.IsDir() || was.Device == now:
		return ""
	case now == 0:
		return mountIsMissing
	case was.Device == 0:
		return mountIsNew
	}
	return mountIsOther
}

// compareDevice returns what is mounted on the directory p, and why p cannot be compared with
// its past, or "". Where a mount is missing, the directory is opened first, so that an
// automounter can bring it back.
func (s *scanner) compareDevice(p manifest.Path) (device uint64, why string) {
	at := s.d.spellings.diskPath(p)
	if why = s.otherDevice(p, s.mounts[at]); why == mountIsMissing {
		if r, err := s.openDir(p); err == nil {
			r.close()
		}
		if now := s.d.mountsNow(); now[at] != 0 {
			s.mounts[at] = now[at]
		}
		why = s.otherDevice(p, s.mounts[at])
	}
	return s.mounts[at], why
}

// isWhereItWas makes dir unknown if it or a directory above it is on another file system
// than in the past, and reports whether it is not.
func (s *scanner) isWhereItWas(dir manifest.Path) bool {
	for _, at := range wayTo(dir) {
		if _, why := s.compareDevice(at); why != "" {
			s.tree.Unknown(dir, why)
			return false
		}
	}
	return true
}

// wayTo returns the directories above p and p itself, from the top down, without the root.
func wayTo(p manifest.Path) []manifest.Path {
	var way []manifest.Path
	for at := p; at != manifest.Root; at = at.Parent() {
		way = append([]manifest.Path{at}, way...)
	}
	return way
}

// checkMountsStayed makes unknown what was mounted or unmounted during the scan.
func (s *scanner) checkMountsStayed() {
	now := s.d.mountsNow()
	if s.mounts == nil || now == nil {
		return
	}
	for at, id := range s.mounts {
		if now[at] != id {
			s.unknownMount(at)
		}
	}
	for at := range now {
		if s.mounts[at] == 0 {
			s.unknownMount(at)
		}
	}
}

// unknownMount makes unknown what the scan listed at and below a mount point.
func (s *scanner) unknownMount(at string) {
	p, err := manifest.ParsePath(at)
	if err != nil {
		return
	}
	const why = "it was mounted or unmounted while it was listed"
	if s.look.Dirs == nil || slices.Contains(s.look.Dirs, p.Parent()) {
		s.tree.Unknown(p, why)
	}
	for _, dir := range s.look.Dirs {
		if dir.Within(p) {
			s.tree.Unknown(dir, why)
		}
	}
}

// checkMounted puts an error in the place of nil for a name that is missing because
// something was unmounted: it was a mount point, or something at or above it was mounted or
// unmounted since the last scan.
func (d *Directory) checkMounted(paths []manifest.Path, was []manifest.Entry, errs []error) {
	d.mu.Lock()
	scanned := d.mounts
	d.mu.Unlock()
	now := d.mountsNow()
	for i, p := range paths {
		if errs[i] == nil && (was[i].Device != 0 || scanned.differ(now, d.spellings.diskPath(p))) {
			errs[i] = errMountIsMissing
		}
	}
}

var errMountIsMissing = errors.New(mountIsMissing)
