package local

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// A stat holds the attributes of one file, directory or link.
type stat struct {
	kind          manifest.Kind
	link          bool
	size          int64
	mtime         time.Time
	changed       int64 // ctime, in nanoseconds since 1970; 0 if unknown
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
		mtime: info.ModTime(),
		mode:  info.Mode(),
	}
	s.device, s.inode = inode(info)
	s.changed = changeTime(info)
	return s
}

// entry returns s as an entry of the tree below the root. Its name is not set.
func (root *rootDir) entry(s stat) manifest.Entry {
	e := manifest.Entry{Kind: s.kind}
	e.SetTime(s.mtime, manifest.Nanosecond)
	if s.kind == manifest.File {
		e.Size = s.size
	}
	if root.modes {
		e.SetMode(uint16(s.mode.Perm()))
	}
	if s.mtime.Nanosecond() != 0 && !root.subsecond.Load() {
		root.subsecond.Store(true)
	}
	if root.stableInodes {
		e.ID = identity(s.device, s.inode, root.device)
		if s.kind == manifest.File {
			e.Changed = s.changed
		}
	}
	return e
}

// identity combines device and inode into one number. The device of the root is
// left out, because its number may change with every boot.
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

// same returns an error that wraps [sync.ErrChanged] if now differs from was.
func same(was, now manifest.Entry) error {
	switch {
	case was.Kind != now.Kind:
		return fmt.Errorf("found %s, expected %s: %w", now.Kind, was.Kind, sync.ErrChanged)
	case !manifest.Unchanged(was, now):
		return fmt.Errorf("found %d bytes from %s, expected %d from %s: %w", now.Size, formatTime(now), was.Size, formatTime(was), sync.ErrChanged)
	case was.IsFile() && was.ID != 0 && now.ID != 0 && was.ID != now.ID:
		return fmt.Errorf("found another file: %w", sync.ErrChanged)
	}
	return nil
}

func formatTime(e manifest.Entry) string { return e.Time().Format("2006-01-02 15:04:05.999999999Z") }
