package local_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"ferry/sync/local"
	"ferry/sync/replicatest"
)

// An otherUser works on the directory behind the replica's back.
type otherUser struct {
	t    testing.TB
	root string
}

func (h otherUser) at(path string) string { return filepath.Join(h.root, filepath.FromSlash(path)) }

func (h otherUser) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h otherUser) Write(path, content string, mtime time.Time) {
	h.t.Helper()
	h.must(os.MkdirAll(filepath.Dir(h.at(path)), 0o777))
	h.must(os.WriteFile(h.at(path), []byte(content), 0o666))
	h.must(os.Chtimes(h.at(path), time.Time{}, mtime))
}

func (h otherUser) Mkdir(path string)  { h.t.Helper(); h.must(os.MkdirAll(h.at(path), 0o777)) }
func (h otherUser) Remove(path string) { h.t.Helper(); h.must(os.RemoveAll(h.at(path))) }

func (h otherUser) Rename(from, to string) {
	h.t.Helper()
	h.must(os.Rename(h.at(from), h.at(to)))
}

func (h otherUser) Read(path string) (string, bool) {
	info, err := os.Lstat(h.at(path))
	if err != nil || !info.Mode().IsRegular() {
		return "", false
	}
	b, err := os.ReadFile(h.at(path))
	return string(b), err == nil
}

func (h otherUser) List() []string {
	var all []string
	err := filepath.WalkDir(h.root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == h.root {
			return nil // the root may be gone, and a directory unreadable
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, h.root+string(filepath.Separator)))
		if e.IsDir() {
			rel += "/"
		}
		all = append(all, rel)
		return nil
	})
	h.must(err)
	return all
}

func (h otherUser) Link(path string) {
	h.t.Helper()
	h.must(os.MkdirAll(filepath.Dir(h.at(path)), 0o777))
	h.must(os.Symlink("nowhere", h.at(path)))
}

func (h otherUser) Deny(path string) {
	h.t.Helper()
	h.must(os.Chmod(h.at(path), 0))
	h.t.Cleanup(func() { os.Chmod(h.at(path), 0o777) })
}

// open returns a new, empty directory.
func open(t testing.TB, o local.Options) (*local.Directory, otherUser) {
	t.Helper()
	h := otherUser{t, filepath.Join(t.TempDir(), "root")}
	h.Mkdir("")
	return reopen(t, h, o), h
}

// reopen opens the same directory once more, as another process would.
func reopen(t testing.TB, h otherUser, o local.Options) *local.Directory {
	t.Helper()
	d, err := local.Open(h.root, o)
	h.must(err)
	_, err = d.Root(t.Context(), false)
	h.must(err)
	t.Cleanup(func() { d.Close() })
	return d
}

func TestConformance(t *testing.T) {
	for _, with := range []struct {
		name string
		o    local.Options
	}{
		{"plain", local.Options{}},
		{"following links", local.Options{FollowLinks: true, NoSync: true}},
	} {
		t.Run(with.name, func(t *testing.T) {
			replicatest.Run(t, func(t *testing.T) replicatest.Fixture {
				d, h := open(t, with.o)
				f := replicatest.Fixture{
					Replica: d, Write: h.Write, Mkdir: h.Mkdir, Remove: h.Remove, Rename: h.Rename, Read: h.Read, List: h.List,
					SetsTimes: true, Sums: true, Resumes: true, IDs: runtime.GOOS != "windows",
				}
				if runtime.GOOS != "windows" {
					f.Link = h.Link
				}
				if os.Geteuid() > 0 {
					f.Deny = h.Deny
				}
				if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
					f.FoldsCase = true
				}
				if runtime.GOOS == "windows" {
					f.Refuses = func(name string) bool { return local.RefusedByWindows(name) != "" }
				}
				return f
			})
		})
	}
}
