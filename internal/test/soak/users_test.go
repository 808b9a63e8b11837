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

// versions are all contents that users ever wrote, each different from all others in content and size.
type versions struct {
	mu   stdsync.Mutex
	next int
	size map[string]int  // by name of the version
	live map[string]bool // that no user has removed or replaced
}

var versionName = regexp.MustCompile(`^version \d+\n`)

// write makes a version. Its size is its own, so that nobody needs a time to tell it from others.
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

// known returns the version that content is, "" where it is none or not whole.
func (v *versions) known(content string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	name := versionName.FindString(content)
	if name == "" || v.size[name] != len(content) || strings.TrimLeft(content[len(name):], "x") != "" {
		return ""
	}
	return name
}

// release notes that a user removed or replaced a version.
func (v *versions) release(content string) {
	name := v.known(content)
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.live, name)
}

// A user works on one side of a pair. What a user replaces or removes is first taken away in one step, so that it is
// known what that was, even while a pass is at work; nothing that a pass puts somewhere meanwhile is overwritten.
type user struct {
	root     string
	hand     string // a directory beside the root, for what was taken away
	uid      int
	dice     *rand.Rand
	versions *versions
	n        int
	edits    int
}

func newUser(t *testing.T, root string, dice *rand.Rand, v *versions) *user {
	t.Helper()
	u := &user{root: root, hand: filepath.Join(filepath.Dir(root), filepath.Base(root)+"-hand"), dice: dice, versions: v}
	for _, dir := range []string{u.root, u.hand} {
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

// work does one thing. What does not come about, because something is not there or in the way, is left.
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

// take takes what is at path away, and returns where it is now.
func (u *user) take(path string) (string, error) {
	if path == u.root {
		return "", fs.ErrNotExist
	}
	u.n++
	at := filepath.Join(u.hand, fmt.Sprint(u.n))
	return at, os.Rename(path, at)
}

// drop forgets what was taken away.
func (u *user) drop(at string) error {
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
	old, err := u.take(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil {
		if err := u.drop(old); err != nil {
			return err
		}
	}
	u.n++
	fresh := filepath.Join(u.hand, fmt.Sprint(u.n))
	content := u.versions.write(u.dice)
	err = os.WriteFile(fresh, []byte(content), 0o644)
	err = errors.Join(err, os.Lchown(fresh, u.uid, u.uid), u.above(path))
	if err == nil {
		err = os.Link(fresh, path)
	}
	if err != nil { // it never was in the tree
		u.versions.release(content)
	}
	return errors.Join(err, os.Remove(fresh))
}

// save edits a file as vim does: the old one aside, beside it, the new one in its place, and the old one goes.
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
	old, err := u.take(path)
	if err != nil {
		return err
	}
	return u.drop(old)
}

func (u *user) move(path, to string) error {
	if path == to {
		return nil
	}
	old, err := u.take(path)
	if err != nil {
		return err
	}
	if err = u.above(to); err == nil {
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
		return errors.Join(err, u.drop(old))
	}
	return os.RemoveAll(old) // the other name of a file; a directory has gone
}

// above makes the directories above path.
func (u *user) above(path string) error {
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

// read returns all files below root by path, "/" for directories. What goes away meanwhile is left out.
func read(t *testing.T, root string) map[string]string {
	t.Helper()
	tree := make(map[string]string)
	walk(t, root, func(name, content string) { tree[name] = content })
	return tree
}

// walk calls see with what is below root, as read returns it, without keeping it all.
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
