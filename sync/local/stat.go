package local

import (
	"fmt"
	"io/fs"
	"os"

	"ferry/manifest"
	"ferry/sync"
)

// A stat is what the disk says of one name.
type stat struct {
	kind          manifest.Kind
	link          bool
	size          int64
	mtime         int64 // nanoseconds since 1970
	device, inode uint64
	mode          fs.FileMode
}

func kindOf(mode fs.FileMode) manifest.Kind {
	switch {
	case mode.IsRegular():
		return manifest.File
	case mode.IsDir():
		return manifest.Dir
	}
	return manifest.Other
}

func statOf(info os.FileInfo) stat {
	s := stat{
		kind:  kindOf(info.Mode()),
		link:  info.Mode()&fs.ModeSymlink != 0,
		size:  info.Size(),
		mtime: info.ModTime().UnixNano(),
		mode:  info.Mode(),
	}
	s.device, s.inode = inode(info)
	return s
}

// entry returns s as an entry of the tree of h, without a name of its own.
func (h *home) entry(s stat) manifest.Entry {
	e := manifest.Entry{Kind: s.kind, ModTime: s.mtime}
	if s.kind == manifest.File {
		e.Size = s.size
	}
	if s.mtime%1e9 != 0 && !h.fine.Load() {
		h.fine.Store(true)
	}
	if h.stable {
		e.ID = identity(s.device, s.inode, h.device)
	}
	return e
}

// identity folds device and inode into one number. The device of the root
// itself does not count, because it may be another one after every boot.
func identity(device, inode, root uint64) uint64 {
	if inode == 0 {
		return 0
	}
	if device != root {
		inode ^= mix(device)
	}
	return max(mix(inode), 1)
}

// mix is the finalizer of SplitMix64: every bit of x changes half of the result.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// same returns an error wrapping [sync.ErrChanged] where now is not what was.
func same(was, now manifest.Entry) error {
	switch {
	case was.Kind != now.Kind:
		return fmt.Errorf("found %s, expected %s: %w", now.Kind, was.Kind, sync.ErrChanged)
	case !manifest.Unchanged(was, now):
		return fmt.Errorf("found %d bytes of %s, expected %d of %s: %w", now.Size, clock(now), was.Size, clock(was), sync.ErrChanged)
	case was.IsFile() && was.ID != 0 && now.ID != 0 && was.ID != now.ID:
		return fmt.Errorf("found another file in its place: %w", sync.ErrChanged)
	}
	return nil
}

func clock(e manifest.Entry) string { return e.Time().Format("2006-01-02 15:04:05.999999999Z") }
