package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// fixture makes the trees of both sides.
type fixture struct {
	name  string
	make  func(local, remote string) error
	equal bool // the sides are equal before the change
}

func smallFiles(dirs, files int, seed uint64) shape {
	return shape{dirs: dirs, files: files, smallest: 1 << 10, largest: 8 << 10, seed: seed}
}

func localOnly(name string, s shape) fixture {
	return fixture{name: name, make: func(local, _ string) error { return s.make(local) }}
}

func remoteOnly(name string, s shape) fixture {
	return fixture{name: name, make: func(_, remote string) error { return s.make(remote) }}
}

func onBoth(name string, shapes ...shape) fixture {
	return fixture{name: name, equal: true, make: func(local, remote string) error {
		for _, s := range shapes {
			if err := s.make(local, remote); err != nil {
				return err
			}
		}
		return nil
	}}
}

// hardLinked is onBoth for many files. The files on the server are hard links to the local ones, so no tool may write them.
func hardLinked(name string, s shape) fixture {
	return fixture{name: name, equal: true, make: func(local, remote string) error {
		if err := s.make(local); err != nil {
			return err
		}
		return filepath.WalkDir(local, func(path string, d fs.DirEntry, err error) error {
			if err != nil || path == local {
				return err
			}
			there := filepath.Join(remote, strings.TrimPrefix(path, local))
			if d.IsDir() {
				return os.Mkdir(there, 0o755)
			}
			return os.Link(path, there)
		})
	}}
}

func largeUp(size int64) fixture {
	return fixture{name: "large up", make: func(local, _ string) error { return makeLarge(filepath.Join(local, "large.bin"), size, 7) }}
}

func largeDown(size int64) fixture {
	return fixture{name: "large down", make: func(_, remote string) error { return makeLarge(filepath.Join(remote, "large.bin"), size, 7) }}
}

// siteOnBoth is a fixture with the same site on both sides.
func siteOnBoth(name string, site func(roots ...string) error) fixture {
	return fixture{name: name, equal: true, make: func(local, remote string) error { return site(local, remote) }}
}

// textDown and textUp are texts of 200 kB, as source code or logs, that compress to about a third.
func textDown(files int) fixture {
	return fixture{name: "texts down", make: func(_, remote string) error { return makeTexts(remote, files) }}
}

func textUp(files int) fixture {
	return fixture{name: "texts up", make: func(local, _ string) error { return makeTexts(local, files) }}
}

// siteThere is a site at the source of a copy: small files, and some that are large.
func siteThere() fixture {
	return fixture{name: "site at the source", make: func(source, _ string) error {
		for i := range 8 {
			if err := makeLarge(filepath.Join(source, fmt.Sprintf("large-%d.bin", i)), 4<<20, uint64(20+i)); err != nil {
				return err
			}
		}
		return smallFiles(10, 20, 11).make(source)
	}}
}
