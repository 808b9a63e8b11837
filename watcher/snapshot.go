package watcher

import (
	"encoding/binary"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// A snapshot is the encoded content of one directory, sorted by name: for each entry
// the length of the name, the name, and a stamp of eight bytes.
type snapshot []byte

// A dirEntry is one entry of a directory.
type dirEntry struct {
	name  string
	info  os.FileInfo
	stamp uint64
}

// stampOf returns a number that changes when an entry changes. For a directory only
// the mode counts.
func stampOf(info os.FileInfo) uint64 {
	x := mix(uint64(info.Mode() & (fs.ModeType | fs.ModePerm)))
	if info.IsDir() {
		return x
	}
	return mix(mix(x^uint64(info.Size())) ^ uint64(info.ModTime().UnixNano()))
}

// mix is the finalizer of SplitMix64: every bit of x changes half of the result.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// mtimeResolution is how far apart two changes must be to have different times on
// every file system. FAT has a resolution of two seconds.
const mtimeResolution = 2100 * time.Millisecond

// readDir reads a directory and its entries. mtime is the time of the directory, which
// changes when a name appears or vanishes; 0 if it is so recent that the next change
// might not change it.
func readDir(disk string) (all []dirEntry, mtime int64, err error) {
	dir, err := os.Stat(disk)
	if err != nil {
		return nil, 0, err
	}
	if time.Since(dir.ModTime()).Abs() > mtimeResolution {
		mtime = dir.ModTime().UnixNano()
	}
	f, err := openDir(disk)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	if err != nil {
		return nil, 0, err
	}
	all = make([]dirEntry, 0, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue // vanished since the names were read
		}
		all = append(all, dirEntry{e.Name(), info, stampOf(info)})
	}
	slices.SortFunc(all, func(a, b dirEntry) int { return strings.Compare(a.name, b.name) })
	return all, mtime, nil
}

func newSnapshot(all []dirEntry) snapshot {
	size := 0
	for _, e := range all {
		size += len(e.name) + 10
	}
	s := make(snapshot, 0, size)
	for _, e := range all {
		s = binary.AppendUvarint(s, uint64(len(e.name)))
		s = append(s, e.name...)
		s = binary.LittleEndian.AppendUint64(s, e.stamp)
	}
	return s
}

// next removes and returns the first entry of s.
func (s *snapshot) next() (name string, stamp uint64, ok bool) {
	if len(*s) == 0 {
		return "", 0, false
	}
	n, used := binary.Uvarint(*s)
	rest := (*s)[used:]
	name, rest = string(rest[:n]), rest[n:]
	stamp, *s = binary.LittleEndian.Uint64(rest), rest[8:]
	return name, stamp, true
}

// diff calls gone for every name that is in s and not in now, and changed for every
// entry of now that is not in s, or has another stamp there. before says that its name
// is in s.
func (s snapshot) diff(now []dirEntry, gone func(name string), changed func(e dirEntry, before bool)) {
	name, stamp, ok := s.next()
	for _, e := range now {
		for ok && name < e.name {
			gone(name)
			name, stamp, ok = s.next()
		}
		if !ok || name != e.name {
			changed(e, false)
			continue
		}
		if stamp != e.stamp {
			changed(e, true)
		}
		name, stamp, ok = s.next()
	}
	for ok {
		gone(name)
		name, _, ok = s.next()
	}
}
