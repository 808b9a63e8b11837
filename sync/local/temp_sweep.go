package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// Leftovers implements [sync.Replica].
func (d *Directory) Leftovers() bool {
	return len(d.temps.all()) > 0 || len(d.temps.journal.Dirs()) > 0
}

// Sweep implements [sync.Replica].
func (d *Directory) Sweep(ctx context.Context, s sync.Sweep) error {
	root, err := d.currentRoot()
	if err != nil {
		return err
	}
	temps := d.temps.all()
	for _, dir := range d.temps.journal.Dirs() {
		if p := manifest.Path(dir); temps[p] == nil {
			temps[p] = nil // to be listed
		}
	}
	resumed := make(map[string]int64) // the size of what may go on
	comes := make(map[arrival]bool)
	for w := range s.Writes() {
		if w.Entry.Size >= sync.ResumeFrom {
			resumed[fingerprint(w.Path, w.Entry)] = w.Entry.Size
		}
		if _, is := temps[w.Path.Parent()]; is {
			comes[arrival{w.Path.Parent(), w.Entry.Size, w.Entry.ModTime}] = true
		}
	}
	keep := func(name string, size int64) bool {
		if !d.temps.isOwn(name) {
			return !s.Others
		}
		mark, _ := manifest.TempMark(name)
		whole, pending := resumed[mark[:len(noFingerprint)]]
		return pending && size <= whole || d.temps.isKept(name) && !s.Whole
	}
	var errs []error
	for _, p := range slices.SortedFunc(maps.Keys(temps), manifest.Path.Compare) {
		if err := stopped(ctx); err != nil {
			return err
		}
		if err := d.sweepDir(root, p, temps[p], keep, comes); err != nil {
			errs = append(errs, fmt.Errorf("removing half-written files in %q: %w", p, err))
		}
	}
	return errors.Join(errs...)
}

// sweepDir removes from the directory at p the temporary files that interrupted passes
// left. names are those that a scan saw; nil: the directory was not listed.
func (d *Directory) sweepDir(root *rootDir, p manifest.Path, names []string, keep func(name string, size int64) bool, comes map[arrival]bool) error {
	dir, err := d.openDir(root, p)
	if errors.Is(err, errNoDirectory) {
		d.temps.set(p, nil)
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.close()
	if names == nil {
		if names, err = dir.tempNames(); err != nil {
			return err
		}
	}
	var left []string
	var errs []error
	for _, name := range names {
		info, err := dir.Lstat(name)
		if isMissing(err) {
			continue
		}
		if err == nil && d.mayRemoveTemp(p, name, info) && !keep(name, info.Size()) {
			if err = d.removeLeftover(root, dir, name, info, comes[arrival{p, info.Size(), info.ModTime().UnixNano()}]); err == nil {
				d.temps.journal.Gone(string(p) + "/" + name)
				continue
			}
		}
		left = append(left, name)
		if err != nil && !errors.Is(err, errInUse) {
			errs = append(errs, err)
		}
	}
	d.temps.set(p, left)
	return errors.Join(errs...)
}

// tempNames returns the names of the temporary files in dir.
func (dir *dirHandle) tempNames() ([]string, error) {
	all, err := dir.file.Readdirnames(-1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return slices.DeleteFunc(all, func(name string) bool {
		_, temp := manifest.TempMark(name)
		return !temp
	}), nil
}

// mayRemoveTemp reports whether the temporary file name in the directory at p was left
// behind: by this owner, or by somebody else and has stood still for long.
func (d *Directory) mayRemoveTemp(p manifest.Path, name string, info os.FileInfo) bool {
	if _, temp := manifest.TempMark(name); !temp || !info.Mode().IsRegular() {
		return false
	}
	e := manifest.Entry{Kind: manifest.File, Size: info.Size(), ModTime: info.ModTime().UnixNano()}
	return d.temps.isOwn(name) || d.temps.journal.StoodStill(string(p)+"/"+name, e, time.Now())
}

// An arrival is what a file that the pass will write into a directory looks like once it
// is complete. A temporary file that looks like that is a copy of the source.
type arrival struct {
	dir     manifest.Path
	size    int64
	modTime int64 // nanoseconds
}

// removeLeftover removes a temporary file that was left behind. One that may hold what
// somebody wrote goes into the trash, unless it has another name, as in the trash, or
// comes once more.
func (d *Directory) removeLeftover(root *rootDir, dir *dirHandle, name string, info os.FileInfo, comes bool) error {
	mark, _ := manifest.TempMark(name)
	if !strings.HasPrefix(mark, noFingerprint) || hasOtherLinks(info) || comes {
		return dir.removeTemp(name, info)
	}
	slot, err := d.trash(root, dir.path(name))
	if err != nil {
		return err
	}
	defer slot.close()
	return renameNew(dir, name, slot.dirHandle, slot.name)
}

// Tidy implements [sync.Replica].
func (d *Directory) Tidy(context.Context) error {
	left := d.temps.all()
	d.temps.journal.End(func(dir string) bool {
		return slices.ContainsFunc(left[manifest.Path(dir)], d.temps.isOwn)
	})
	return nil
}
