//go:build linux

package soak

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	stdsync "sync"
	"syscall"
	"testing"

	"ferry/manifest"
)

// versions are all contents that users wrote. No two have the same content or size.
type versions struct {
	mu   stdsync.Mutex
	next int
	size map[string]int  // by name of the version
	live map[string]bool // that no user has removed or replaced
}

var versionName = regexp.MustCompile(`^version \d+\n`)

// write makes a new version. Its size is unique, so versions differ even if their times are equal.
func (v *versions) write(dice *rand.Rand) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.next++
	name := fmt.Sprintf("version %d\n", v.next)
	size := v.next + []int{20, 20, 20, 3000, 3000, 150_000, 1_300_000}[dice.IntN(7)]
	content := name + strings.Repeat("x", max(0, size-len(name)))
	v.size[name] = len(content)
	v.live[name] = true
	return content
}

// find returns the name of the version with this content; "" if there is none.
func (v *versions) find(content string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	name := versionName.FindString(content)
	if name == "" || v.size[name] != len(content) || strings.TrimLeft(content[len(name):], "x") != "" {
		return ""
	}
	return name
}

// release says that a user removed or replaced a version.
func (v *versions) release(content string) {
	name := v.find(content)
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.live, name)
}

// A user works on one side of a pair. What a user replaces or removes is first moved to the stash in one step. So it is
// known which version that was, even during a pass, and nothing that a pass writes meanwhile is overwritten.
type user struct {
	root     string
	stash    string // a directory beside the root
	uid      int
	dice     *rand.Rand
	versions *versions
	n        int
	edits    int
}

func newUser(t *testing.T, root string, dice *rand.Rand, v *versions) *user {
	t.Helper()
	u := &user{root: root, stash: filepath.Join(filepath.Dir(root), filepath.Base(root)+"-stash"), dice: dice, versions: v}
	for _, dir := range []string{u.root, u.stash} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Dir(root))
	if err != nil {
		t.Fatal(err)
	}
	u.uid = int(info.Sys().(*syscall.Stat_t).Uid)
	if err := os.Lchown(root, u.uid, u.uid); err != nil {
		t.Fatal(err)
	}
	return u
}

func (u *user) dir() string {
	return []string{"", "docs", "docs/old", "src", "src/lib", "src/lib/deep", "ä ö"}[u.dice.IntN(7)]
}

func (u *user) path() string {
	return filepath.Join(u.root, u.dir(), fmt.Sprintf("file%d.txt", u.dice.IntN(9)))
}

// work does one thing. It is no error if that is not possible because something is missing or in the way.
func (u *user) work() error {
	u.edits++
	var err error
	switch n := u.dice.IntN(100); {
	case n < 45:
		err = u.edit(u.path())
	case n < 60:
		err = u.save(u.path())
	case n < 78:
		err = u.remove(u.path())
	case n < 92:
		err = u.move(u.path(), u.path())
	case n < 97:
		err = u.move(filepath.Join(u.root, u.dir()), filepath.Join(u.root, u.dir(), "moved"))
	default:
		err = u.remove(filepath.Join(u.root, u.dir()))
	}
	for _, usual := range []error{fs.ErrNotExist, fs.ErrExist, syscall.ENOTDIR, syscall.EISDIR, syscall.ENOTEMPTY} {
		if errors.Is(err, usual) {
			return nil
		}
	}
	return err
}

// stashAway moves what is at path to the stash, and returns its path there.
func (u *user) stashAway(path string) (string, error) {
	if path == u.root {
		return "", fs.ErrNotExist
	}
	u.n++
	at := filepath.Join(u.stash, fmt.Sprint(u.n))
	return at, os.Rename(path, at)
}

// discard removes something from the stash.
func (u *user) discard(at string) error {
	err := filepath.WalkDir(at, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		u.versions.release(string(content))
		return err
	})
	return errors.Join(err, os.RemoveAll(at))
}

func (u *user) edit(path string) error {
	old, err := u.stashAway(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil {
		if err := u.discard(old); err != nil {
			return err
		}
	}
	u.n++
	fresh := filepath.Join(u.stash, fmt.Sprint(u.n))
	content := u.versions.write(u.dice)
	err = os.WriteFile(fresh, []byte(content), 0o644)
	err = errors.Join(err, os.Lchown(fresh, u.uid, u.uid), u.mkdirParents(path))
	if err == nil {
		err = os.Link(fresh, path)
	}
	if err != nil { // it was never in the tree
		u.versions.release(content)
	}
	return errors.Join(err, os.Remove(fresh))
}

// save edits a file like vim: it renames the old one, writes the new one and removes the old one.
func (u *user) save(path string) error {
	u.n++
	backup := fmt.Sprintf("%s.%d~", path, u.n)
	if err := os.Rename(path, backup); err != nil {
		return err
	}
	err := u.edit(path)
	return errors.Join(err, u.remove(backup))
}

func (u *user) remove(path string) error {
	old, err := u.stashAway(path)
	if err != nil {
		return err
	}
	return u.discard(old)
}

func (u *user) move(path, to string) error {
	if path == to {
		return nil
	}
	old, err := u.stashAway(path)
	if err != nil {
		return err
	}
	if err = u.mkdirParents(to); err == nil {
		info, serr := os.Lstat(old)
		switch {
		case serr != nil:
			err = serr
		case info.IsDir():
			err = os.Rename(old, to)
		default:
			err = os.Link(old, to)
		}
	}
	if err != nil {
		return errors.Join(err, u.discard(old))
	}
	return os.RemoveAll(old) // for a file its other name; a directory is not there any more
}

// mkdirParents makes the directories above path.
func (u *user) mkdirParents(path string) error {
	var missing []string
	for dir := filepath.Dir(path); dir != u.root; dir = filepath.Dir(dir) {
		missing = append(missing, dir)
	}
	slices.Reverse(missing)
	for _, dir := range missing {
		err := os.Mkdir(dir, 0o755)
		if err == nil {
			err = os.Lchown(dir, u.uid, u.uid)
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

// readTree returns the contents of all files below root, "/" for directories. Files that vanish meanwhile are left out.
func readTree(t *testing.T, root string) map[string]string {
	t.Helper()
	tree := make(map[string]string)
	walk(t, root, func(name, content string) { tree[name] = content })
	return tree
}

// walk calls see with everything below root, as in readTree, without keeping it in memory.
func walk(t *testing.T, root string, see func(name, content string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && path == root {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil || d.IsDir() {
			see(name, "/")
			return err
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			see(name, string(content))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func isOwn(name string) bool { return manifest.Path(name).Within(manifest.Own) }

func isTemp(name string) bool {
	_, temp := manifest.TempMark(filepath.Base(name))
	return temp
}
