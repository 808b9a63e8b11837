package ahead

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func openFile(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func size(t *testing.T, f *os.File) int64 {
	t.Helper()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// A file with parts ahead is longer than it will be, and no longer so when it was cut or is
// complete.
func TestPlaceMarksTheFile(t *testing.T) {
	for _, complete := range []bool{false, true} {
		f := openFile(t)
		progress := int64(0)
		p := New(f, 1000, func(n int64) { progress += n })
		if _, err := p.WriteAt([]byte("early"), 500); !errors.Is(err, ErrCut) {
			t.Errorf("before Begin: %v", err)
		}
		if err := p.Begin(); err != nil {
			t.Fatal(err)
		}
		if got := size(t, f); got != 1001 {
			t.Errorf("%d bytes while parts come, want 1001", got)
		}
		if _, err := p.WriteAt([]byte("ahead"), 500); err != nil || progress != 5 {
			t.Errorf("%v, progress %d", err, progress)
		}
		want := int64(300)
		if complete {
			want = 1000
			if err := p.Complete(); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Cut(300); err != nil {
			t.Fatal(err)
		}
		if got := size(t, f); got != want {
			t.Errorf("%d bytes at last, want %d", got, want)
		}
		if _, err := p.WriteAt([]byte("late"), 600); !errors.Is(err, ErrCut) {
			t.Errorf("after the end: %v", err)
		}
		if err := p.Begin(); !errors.Is(err, ErrCut) || size(t, f) != want {
			t.Errorf("Begin after the end: %v", err)
		}
	}
}

// A file without parts ahead is left as it is.
func TestPlaceThatNobodyUsed(t *testing.T) {
	f := openFile(t)
	if _, err := f.WriteString("text"); err != nil {
		t.Fatal(err)
	}
	p := New(f, 1000, nil)
	if err := errors.Join(p.Cut(2), p.Complete()); err != nil || size(t, f) != 4 {
		t.Errorf("%d bytes, %v", size(t, f), err)
	}
	var none *Place
	if err := errors.Join(none.Cut(2), none.Complete()); err != nil || none.Holds(0, 1) || none.Unproven() {
		t.Error("no place is a place")
	}
}

func TestPlaceHolds(t *testing.T) {
	progress := int64(0)
	p := New(openFile(t), 100, func(n int64) { progress += n })
	if err := p.Begin(); err != nil {
		t.Fatal(err)
	}
	put := func(at int64, n int) {
		t.Helper()
		if _, err := p.WriteAt(make([]byte, n), at); err != nil {
			t.Fatal(err)
		}
	}
	check := func(at int64, n int, want bool) {
		t.Helper()
		if got := p.Holds(at, n); got != want {
			t.Errorf("%d bytes at %d are held: %v", n, at, got)
		}
	}
	put(50, 10)
	put(20, 10)
	put(60, 10)
	check(50, 20, true)
	check(20, 10, true)
	check(20, 11, false)
	check(30, 10, false)
	put(30, 20) // closes the gap
	check(20, 50, true)
	check(19, 2, false)
	p.Drop(40)
	check(20, 20, true)
	check(39, 2, false)
	p.Drop(0)
	check(20, 1, false)
	if progress != 0 {
		t.Errorf("progress %d, want none where all is to be read again", progress)
	}
}

type noHoles struct{ *os.File }

// A file that cannot grow has no parts ahead, and stays as it is.
func (noHoles) Truncate(int64) error { return errors.New("no") }

func TestPlaceWithoutHoles(t *testing.T) {
	f := openFile(t)
	p := New(noHoles{f}, 100, nil)
	if err := p.Begin(); err == nil {
		t.Error("Begin worked")
	}
	if _, err := p.WriteAt([]byte("x"), 5); !errors.Is(err, ErrCut) || size(t, f) != 0 {
		t.Errorf("%v, %d bytes", err, size(t, f))
	}
}
