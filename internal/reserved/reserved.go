// Package reserved finds the paths of a pair that never travel.
package reserved

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"ferry/internal/localpath"
	"ferry/manifest"
)

// A Set is the paths below the local root of a pair that ferry obeys or keeps to
// itself: the configuration and the ignore files in use, files that hold passwords, the
// programs that hooks name, and the state directory. They never travel, in either direction, and no rule takes them
// in. It never changes, so any number of goroutines may use it.
type Set struct {
	// Paths are these paths, with everything below them. Another spelling of one, as some
	// file system would understand it, is reserved, too.
	Paths []manifest.Path
	// Root is the local root, and Links says that links below it are followed: then
	// another path may lead to the same file.
	Root  string
	Links bool
}

// Match reports whether p never travels.
func (r *Set) Match(p manifest.Path) bool {
	if p.HasOwn() {
		return true
	}
	if r == nil || len(r.Paths) == 0 {
		return false
	}
	if r.holds(p) {
		return true
	}
	if !r.mayBeAlias(p) {
		return false
	}
	at, ok := pathBelow(r.Root, resolve(filepath.Join(r.Root, filepath.FromSlash(string(p)))), stat)
	return ok && r.holds(at)
}

// Pins reports whether something reserved lies below dir, so that dir must stay where it
// is.
func (r *Set) Pins(dir manifest.Path) bool {
	return r != nil && slices.ContainsFunc(r.Paths, func(p manifest.Path) bool { return samePathWithin(p, dir) })
}

func (r *Set) holds(p manifest.Path) bool {
	return slices.ContainsFunc(r.Paths, func(top manifest.Path) bool { return samePathWithin(p, top) })
}

// mayBeAlias reports whether p may be another path of something reserved: through a link
// that is followed, or by the short names that Windows gives to files.
func (r *Set) mayBeAlias(p manifest.Path) bool {
	if runtime.GOOS == "windows" && strings.Contains(string(p), "~") {
		return true
	}
	if !r.Links {
		return false
	}
	for name := range strings.SplitSeq(string(p), "/") {
		if slices.ContainsFunc(r.Paths, func(top manifest.Path) bool { return manifest.SameName(name, top.Base()) }) {
			return true
		}
	}
	return false
}

// samePathWithin reports whether some file system takes p for dir, or for a path below
// it.
func samePathWithin(p, dir manifest.Path) bool {
	for dir != manifest.Root {
		if p == manifest.Root || differInFirst(p[0], dir[0]) {
			return false
		}
		var a, b string
		a, p = cutFirst(p)
		b, dir = cutFirst(dir)
		if !manifest.SameName(a, b) {
			return false
		}
	}
	return true
}

// differInFirst reports whether names that begin with these bytes are certainly not the
// same, which most are.
func differInFirst(a, b byte) bool {
	return a < 0x80 && b < 0x80 && a|0x20 != b|0x20
}

// cutFirst cuts the first component off a path.
func cutFirst(p manifest.Path) (first string, rest manifest.Path) {
	first, after, _ := strings.Cut(string(p), "/")
	return first, manifest.Path(after)
}

// A Finder finds what is reserved for one pair after another. It looks at each name on the
// disk once, so it is for pairs that are read at one time. The zero value is ready; it is
// used by one goroutine at a time.
type Finder struct {
	places map[string][]string    // see placesOf
	seen   map[string]os.FileInfo // what is at a path; nil: nothing
}

// Find returns what is reserved below the local root: files, given as absolute
// paths, and the state directory. It is an error if the root is the state directory or
// lies in it.
func (f *Finder) Find(root, stateDir string, files []string, links bool) (*Set, error) {
	r := &Set{Root: root, Links: links}
	if stateDir != "" {
		if _, inside := pathBelow(stateDir, resolve(root), f.stat); inside {
			return nil, fmt.Errorf("%s is in the directory in which ferry remembers things", root)
		}
		files = append(slices.Clone(files), stateDir)
	}
	for _, file := range files {
		for _, place := range f.placesOf(file) {
			if p, ok := pathBelow(root, place, f.stat); ok && p != manifest.Root && !slices.Contains(r.Paths, p) {
				r.Paths = append(r.Paths, p)
			}
		}
	}
	slices.SortFunc(r.Paths, manifest.Path.Compare)
	return r, nil
}

// placesOf is [placesOf], looked up once.
func (f *Finder) placesOf(path string) []string {
	places, known := f.places[path]
	if !known {
		if f.places == nil {
			f.places = make(map[string][]string)
		}
		places = placesOf(path)
		f.places[path] = places
	}
	return places
}

// stat is [os.Stat], looked up once. It returns nil where nothing is there.
func (f *Finder) stat(path string) os.FileInfo {
	info, known := f.seen[path]
	if !known {
		if f.seen == nil {
			f.seen = make(map[string]os.FileInfo)
		}
		info = stat(path)
		f.seen[path] = info
	}
	return info
}

// stat returns nil where nothing is at path.
func stat(path string) os.FileInfo {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

// maxLinks is how many links are followed from one name to a file.
const maxLinks = 40

// placesOf returns the names by which the file at path is reached: path itself, and
// wherever the links on the way lead.
func placesOf(path string) []string {
	places := []string{filepath.Clean(path)}
	for range maxLinks {
		at := filepath.Join(resolve(filepath.Dir(path)), filepath.Base(path))
		if !slices.Contains(places, at) {
			places = append(places, at)
		}
		target, err := os.Readlink(at)
		if err != nil {
			break
		}
		path = localpath.Join(filepath.Dir(at), target)
	}
	return places
}

// resolve returns path without links, as far as it exists.
func resolve(path string) string {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		return real
	}
	up := filepath.Dir(path)
	if up == path {
		return path
	}
	return filepath.Join(resolve(up), filepath.Base(path))
}

// pathBelow returns where path is as seen from the directory root, and whether it is
// there at all. Directories are told apart by what they are, not by how they are spelled.
func pathBelow(root, path string, stat func(string) os.FileInfo) (manifest.Path, bool) {
	dir := stat(root)
	if dir == nil {
		rel, err := filepath.Rel(root, path)
		if err != nil || !filepath.IsLocal(rel) {
			return manifest.Root, false
		}
		return parseBelow(rel)
	}
	below := ""
	for at := path; ; at = filepath.Dir(at) {
		if info := stat(at); info != nil && os.SameFile(info, dir) {
			return parseBelow(below)
		}
		if at == filepath.Dir(at) {
			return manifest.Root, false
		}
		below = filepath.Join(filepath.Base(at), below)
	}
}

func parseBelow(rel string) (manifest.Path, bool) {
	if rel == "." {
		return manifest.Root, true
	}
	p, err := manifest.ParsePath(filepath.ToSlash(rel))
	return p, err == nil
}
