package watcher

import (
	"encoding/binary"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/windows"
)

// told is what Windows writes about one change.
func told(action uint32, name string, last bool) []byte {
	units := utf16.Encode([]rune(name))
	b := binary.LittleEndian.AppendUint32(nil, 0)
	b = binary.LittleEndian.AppendUint32(b, action)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*len(units)))
	for _, u := range units {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	if !last {
		binary.LittleEndian.PutUint32(b, uint32(len(b)))
	}
	return b
}

func TestPutAll(t *testing.T) {
	s := &treeSystem{root: `C:\root`, q: newQueue()}
	b := told(windows.FILE_ACTION_REMOVED, `a\b`, false)
	b = append(b, told(windows.FILE_ACTION_ADDED, `d\b`, false)...)
	b = append(b, told(windows.FILE_ACTION_MODIFIED, `d\b\ä`, false)...)
	b = append(b, told(windows.FILE_ACTION_RENAMED_OLD_NAME, `x`, false)...)
	b = append(b, told(windows.FILE_ACTION_RENAMED_NEW_NAME, `y`, true)...)
	if !s.putAll(b) {
		t.Error("it is said to be malformed")
	}
	got, _ := s.q.take()
	want := []event{
		{`C:\root\a\b`, opRemove}, {`C:\root\d\b`, opCreate}, {`C:\root\d\b\ä`, opWrite},
		{`C:\root\x`, opRename}, {`C:\root\y`, opCreate},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(event{})); diff != "" {
		t.Error(diff)
	}
	for i := range len(b) {
		if len(b)-i > 2 && s.putAll(b[:i]) {
			t.Errorf("%d of %d bytes are said to be whole", i, len(b))
		}
	}
	binary.LittleEndian.PutUint32(b[8:], 1<<31)
	if s.putAll(b) {
		t.Error("a name longer than the buffer is said to be whole")
	}
}

// openTree watches a new directory and returns a function that waits for an event.
func openTree(t *testing.T) (root string, s system, wait func(want event)) {
	t.Helper()
	root = filepath.Join(t.TempDir(), "root")
	if err := os.MkdirAll(filepath.Join(root, `deep\er`), 0o777); err != nil {
		t.Fatal(err)
	}
	q := newQueue()
	s, err := openSystem(root, q, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var all []event
	return root, s, func(want event) {
		t.Helper()
		for limit := time.After(patience); ; {
			for i, e := range all {
				if e == want {
					all = all[i+1:]
					return
				}
			}
			select {
			case <-q.wake:
				more, _ := q.take()
				all = append(all, more...)
			case <-limit:
				t.Fatalf("no %v, but %v", want, all)
			}
		}
	}
}

func TestTreeSystem(t *testing.T) {
	root, s, wait := openTree(t)
	at := func(name string) string { return filepath.Join(root, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(at("f"), []byte("1"), 0o666))
	wait(event{at("f"), opCreate})
	wait(event{at("f"), opWrite})
	must(os.Rename(at("f"), at("g")))
	wait(event{at("f"), opRename})
	wait(event{at("g"), opCreate})
	must(os.MkdirAll(at(`new\sub`), 0o777))
	wait(event{at("new"), opCreate})
	wait(event{at(`new\sub`), opCreate})
	must(os.WriteFile(at(`new\sub\f`), nil, 0o666))
	wait(event{at(`new\sub\f`), opCreate})
	must(os.Remove(at("g")))
	wait(event{at("g"), opRemove})
	for range 3 {
		s.Mark()
	}
	for range 3 {
		wait(event{op: opMark})
	}
	must(s.Close())
}

// No handle of the watcher keeps others from renaming a directory below the root, or the
// root, or from removing them. Only while a directory is listed those above it are held.
func TestOthersMayRename(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	if err := os.MkdirAll(filepath.Join(root, `a\b\c`), 0o777); err != nil {
		t.Fatal(err)
	}
	w, err := New(root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	listed, err := openDir(filepath.Join(root, "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer listed.Close()
	rename := func(from, to string) {
		t.Helper()
		if err := os.Rename(filepath.Join(filepath.Dir(root), from), filepath.Join(filepath.Dir(root), to)); err != nil {
			t.Error(err)
		}
	}
	rename(`root\a\b`, `root\b`)
	rename(`root\a`, `root\x`)
	if err := listed.Close(); err != nil {
		t.Error(err)
	}
	rename("root", "other")
	if err := os.Remove(filepath.Join(filepath.Dir(root), `other\b\c`)); err != nil {
		t.Error(err)
	}
}

func TestLongPath(t *testing.T) {
	long := strings.Repeat(`\abcdefghi`, 30)
	for disk, want := range map[string]string{
		`C:\short`:              `C:\short`,
		`C:` + long:             `\\?\C:` + long,
		`\\server\share` + long: `\\?\UNC\server\share` + long,
		`\\?\C:` + long:         `\\?\C:` + long,
		`\\.\C:` + long:         `\\.\C:` + long,
	} {
		if got := longPath(disk); got != want {
			t.Errorf("%s: %s", disk, got)
		}
	}
	dir := t.TempDir() + long
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	f, err := openDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if names, err := f.Readdirnames(-1); err != nil || len(names) > 0 {
		t.Errorf("%q, %v", names, err)
	}
}
