package deploy

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A tree holds the contents of files by their paths.
type tree map[string]string

// with returns the files of both; those of more count. An empty content there takes a file out.
func (tr tree) with(more tree) tree {
	both := maps.Clone(tr)
	maps.Copy(both, more)
	maps.DeleteFunc(both, func(_, content string) bool { return content == "" })
	return both
}

// replace makes the local directory dir hold a tree and nothing else.
func replace(t testing.TB, dir string, files tree) {
	t.Helper()
	must(t, os.RemoveAll(dir))
	must(t, os.MkdirAll(dir, 0o755))
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, []byte(content), 0o644))
	}
}

// read returns the files below dir, without ferry's own directory. Directories without files
// are in it with a slash at the end, and links with their target.
func read(t testing.TB, dir string) tree {
	t.Helper()
	files := make(tree)
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, file)
		name = filepath.ToSlash(name)
		switch {
		case name == ".":
		case name == ".ferry":
			return fs.SkipDir
		case d.IsDir():
			files[name+"/"] = ""
		case d.Type() == fs.ModeSymlink:
			target, err := os.Readlink(file)
			files[name] = "-> " + target
			if err != nil {
				return err
			}
		default:
			content, err := os.ReadFile(file)
			files[name] = string(content)
			if err != nil {
				return err
			}
		}
		for up := path.Dir(strings.TrimSuffix(name, "/")); up != "."; up = path.Dir(up) {
			delete(files, up+"/")
		}
		return nil
	})
	must(t, err)
	return files
}

// wantTree checks what is below dir.
func wantTree(t testing.TB, what, dir string, want tree) {
	t.Helper()
	got := read(t, dir)
	if diff := cmp.Diff(want, got, cmp.Transformer("short", shorten)); diff != "" {
		t.Errorf("%s: the site is not as it should be (-want +got):\n%s", what, diff)
	}
}

func shorten(content string) string {
	if len(content) > 60 {
		return fmt.Sprintf("%d bytes: %.40q", len(content), content)
	}
	return content
}

// work returns the names of the files below the work directory of dir.
func work(t testing.TB, dir string) (names []string) {
	t.Helper()
	own := filepath.Join(dir, ".ferry")
	err := filepath.WalkDir(own, func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(own, file)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if !os.IsNotExist(err) {
		must(t, err)
	}
	return names
}

// A snapshot is a directory with everything in it, as it was at some moment.
type snapshot struct {
	dir   string
	files []snapshotFile
}

type snapshotFile struct {
	name    string
	info    fs.FileInfo
	content []byte
}

func takeSnapshot(t testing.TB, dir string) *snapshot {
	t.Helper()
	s := &snapshot{dir: dir}
	must(t, filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || file == dir {
			return err
		}
		f := snapshotFile{name: file}
		if f.info, err = d.Info(); err == nil && d.Type().IsRegular() {
			f.content, err = os.ReadFile(file)
		}
		s.files = append(s.files, f)
		return err
	}))
	return s
}

// restore puts everything back, with modes and times. own gives files to the user of the server.
func (s *snapshot) restore(t testing.TB, own func()) {
	t.Helper()
	entries, err := os.ReadDir(s.dir)
	must(t, err)
	for _, e := range entries {
		must(t, os.RemoveAll(filepath.Join(s.dir, e.Name())))
	}
	for _, f := range s.files {
		if f.info.IsDir() {
			must(t, os.Mkdir(f.name, f.info.Mode().Perm()))
			continue
		}
		must(t, os.WriteFile(f.name, f.content, f.info.Mode().Perm()))
	}
	own()
	for _, f := range slices.Backward(s.files) {
		must(t, os.Chmod(f.name, f.info.Mode()))
		must(t, os.Chtimes(f.name, f.info.ModTime(), f.info.ModTime()))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
