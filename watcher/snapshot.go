package watcher

import (
	"encoding/binary"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// A snapshot is what was in one directory, sorted by name: for each entry the
// length of the name, the name, and eight bytes of stamp.
type snapshot []byte

// A seen is one entry of a directory.
type seen struct {
	name  string
	info  os.FileInfo
	stamp uint64
}

// stampOf returns a number that changes when an entry does. Of a directory only
// the mode counts: its time says no more than its content.
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

// coarse is how far apart two changes must be for every file system to give them
// different times (FAT counts in two seconds).
const coarse = 2100 * time.Millisecond

// readSeen reads a directory with what is known of each entry. since is its own
// time, which changes when a name comes or goes after this; 0 where that cannot
// be told, because the last one did just now.
func readSeen(disk string) (all []seen, since int64, err error) {
	dir, err := os.Stat(disk)
	if err != nil {
		return nil, 0, err
	}
	if time.Since(dir.ModTime()).Abs() > coarse {
		since = dir.ModTime().UnixNano()
	}
	entries, err := os.ReadDir(disk)
	if err != nil {
		return nil, 0, err
	}
	all = make([]seen, 0, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue // gone since the names were read
		}
		all = append(all, seen{e.Name(), info, stampOf(info)})
	}
	slices.SortFunc(all, func(a, b seen) int { return strings.Compare(a.name, b.name) })
	return all, since, nil
}

func newSnapshot(all []seen) snapshot {
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

// next takes the first entry off s.
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

// differ calls gone with every name that s has and now has not, and changed with
// every entry of now that s has not, or with another stamp.
func (s snapshot) differ(now []seen, gone func(name string), changed func(e seen, before bool)) {
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
