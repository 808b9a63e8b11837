package local_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

var errBroken = errors.New("the line broke")

// A fakeSource is the source of a Put.
type fakeSource struct {
	text      string
	mtime     time.Time
	onOpen    func(offset int64) // called by Open
	breakAt   int                // reading fails after so many bytes; 0: never
	minutes   bool               // the time is exact to the minute
	hasSum    bool               // Sum is known
	noID      bool               // the source has no identity
	onConfirm func() error       // its error is that of Confirm
}

func put(text string, mtime time.Time) *fakeSource { return &fakeSource{text: text, mtime: mtime} }

func (c *fakeSource) want() manifest.Entry {
	e := manifest.Entry{Kind: manifest.File, Size: int64(len(c.text)), ModTime: c.mtime.UnixNano()}
	if c.minutes {
		e.Precision = manifest.Minute
	}
	if !c.noID {
		e.ID = 1
	}
	return e
}

func (c *fakeSource) step(p manifest.Path, expect manifest.Entry) sync.Step {
	return sync.Step{Op: sync.Put, Path: p, Expect: expect, Want: c.want(), Open: func(_ context.Context, offset int64) (sync.Source, error) {
		if c.onOpen != nil {
			c.onOpen(offset)
		}
		if c.breakAt > 0 {
			return &fakeReader{io.MultiReader(strings.NewReader(c.text[offset:c.breakAt]), iotest.ErrReader(errBroken)), c}, nil
		}
		return &fakeReader{strings.NewReader(c.text[offset:]), c}, nil
	}}
}

type fakeReader struct {
	io.Reader
	c *fakeSource
}

func (s *fakeReader) Confirm(context.Context) (manifest.Entry, error) {
	if s.c.onConfirm != nil {
		if err := s.c.onConfirm(); err != nil {
			return manifest.Entry{}, err
		}
	}
	return s.c.want(), nil
}

func (s *fakeReader) Sum() string {
	if !s.c.hasSum {
		return ""
	}
	sum := sha256.Sum256([]byte(s.c.text))
	return string(sum[:])
}

func (s *fakeReader) TellsHash() bool { return s.c.hasSum }

func (s *fakeReader) Close() error { return nil }

func apply(t testing.TB, d *local.Directory, run ...sync.Step) []sync.Outcome {
	t.Helper()
	outs := make([]sync.Outcome, len(run))
	d.Apply(t.Context(), run, func(i int, out sync.Outcome) { outs[i] = out })
	return outs
}

// applyOK carries out steps and ends the test if one fails.
func applyOK(t testing.TB, d *local.Directory, run ...sync.Step) []sync.Outcome {
	t.Helper()
	outs := apply(t, d, run...)
	for i, out := range outs {
		if out.Err != nil {
			t.Fatalf("step %d, %s %q: %v", i, run[i].Op, run[i].Path, out.Err)
		}
	}
	return outs
}

// wantFailure carries out a step, which must fail with an error that wraps want.
func wantFailure(t testing.TB, d *local.Directory, want error, step sync.Step) {
	t.Helper()
	if out := apply(t, d, step)[0]; !errors.Is(out.Err, want) {
		t.Errorf("%s %q: %v, want an error that wraps %q", step.Op, step.Path, out.Err, want)
	}
}

func (h otherUser) wantContent(path, want string) {
	h.t.Helper()
	if got, ok := h.Read(path); !ok || got != want {
		h.t.Errorf("content of %q: %q, there: %v; want %q", path, got, ok, want)
	}
}

func (h otherUser) wantFiles(want ...string) {
	h.t.Helper()
	got := h.List()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		h.t.Errorf("everything: %q, want %q", got, want)
	}
}

func randomText(n int) string {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	return string(b)
}

func TestPutKeepsTheMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes here")
	}
	d, h := open(t, local.Options{})
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o755, 0o444, 0o666} {
		h.Remove("f")
		h.Write("f", "old", fixedTime)
		h.must(os.Chmod(h.at("f"), mode))
		applyOK(t, d, put("new", fixedTime).step("f", scan(t, d).At("f")))
		h.wantContent("f", "new")
		info, err := os.Stat(h.at("f"))
		h.must(err)
		if info.Mode() != mode {
			t.Errorf("mode is %v, was %v", info.Mode(), mode)
		}
	}
	h.must(os.WriteFile(h.at("by hand"), nil, 0o666))
	applyOK(t, d, put("new", fixedTime).step("g", manifest.Entry{}))
	want, err := os.Stat(h.at("by hand"))
	h.must(err)
	if got, err := os.Stat(h.at("g")); err != nil || got.Mode() != want.Mode() {
		t.Errorf("mode of a new file is %v, %v; by hand it is %v", got.Mode(), err, want.Mode())
	}
}

func TestPutTimeToTheNanosecond(t *testing.T) {
	d, h := open(t, local.Options{})
	for i := range 20 {
		at := fixedTime.Add(time.Duration(i) * 1000000007)
		if runtime.GOOS == "windows" {
			at = at.Truncate(100)
		}
		out := applyOK(t, d, put("x", at).step("f", scan(t, d).At("f")))[0]
		info, err := os.Stat(h.at("f"))
		h.must(err)
		if !info.ModTime().Equal(at) || out.Entry.ModTime != at.UnixNano() {
			t.Errorf("time is %v, the outcome said %v, want %v", info.ModTime(), out.Entry.Time(), at)
		}
	}
}

func TestPutThroughALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege here")
	}
	d, h := open(t, local.Options{})
	h.Write("../outside/f", "not ours", fixedTime)
	h.Write("dir/f", "ours", fixedTime)
	h.Write("g", "ours", fixedTime)
	tree := scan(t, d)
	h.Remove("dir")
	h.must(os.Symlink("../outside", h.at("dir")))
	h.Remove("g")
	h.must(os.Symlink("../outside/f", h.at("g")))
	for _, trash := range []bool{false, true} {
		for _, step := range []sync.Step{
			put("new", fixedTime).step("dir/f", tree.At("dir/f")),
			put("new", fixedTime).step("dir/new", manifest.Entry{}),
			put("new", fixedTime).step("g", tree.At("g")),
			put("new", fixedTime).step("g", manifest.Entry{}),
			{Op: sync.Remove, Path: "dir/f", Expect: tree.At("dir/f")},
			{Op: sync.Remove, Path: "g", Expect: tree.At("g")},
			{Op: sync.RmDir, Path: "dir", Expect: tree.At("dir")},
			{Op: sync.MkDir, Path: "dir/sub"},
			{Op: sync.MkDir, Path: "dir"},
			{Op: sync.Move, From: "dir/f", Path: "h", Expect: tree.At("dir/f")},
			{Op: sync.Move, From: "g", Path: "h", Expect: tree.At("g")},
		} {
			step.Trash = trash
			if out := apply(t, d, step)[0]; out.Err == nil {
				t.Errorf("%s %q went through a link", step.Op, step.Path)
			}
		}
	}
	r := d.Reader(t.Context(), []sync.Wanted{{Path: "dir/f", Entry: tree.At("dir/f")}, {Path: "g", Entry: tree.At("g")}})
	for i := range 2 {
		if src, err := r.Open(t.Context(), i, 0); err == nil {
			t.Errorf("file %d was read through a link", i)
			src.Close()
		}
	}
	if err := d.Gone(t.Context(), []manifest.Path{"dir/gone"}, make([]manifest.Entry, 1))[0]; err == nil {
		t.Error("something behind a link is provably gone")
	}
	h.wantContent("../outside/f", "not ours")
	if all, err := os.ReadDir(h.at("../outside")); err != nil || len(all) != 1 {
		t.Errorf("outside: %v, %v", all, err)
	}
}

func TestTrashBehindALink(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege here")
	}
	d, h := open(t, local.Options{})
	h.Mkdir("../outside")
	h.Mkdir("inside")
	h.Write("f", "old", fixedTime)
	for _, target := range []string{"../outside", "inside"} {
		h.Remove(".ferry")
		h.must(os.Symlink(target, h.at(".ferry")))
		for _, step := range []sync.Step{put("new", fixedTime).step("f", scan(t, d).At("f")), {Op: sync.Remove, Path: "f", Expect: scan(t, d).At("f")}} {
			step.Trash = true
			if out := apply(t, d, step)[0]; out.Err == nil {
				t.Errorf("%s with the trash behind a link to %s: no error", step.Op, target)
			}
			h.wantContent("f", "old")
		}
	}
	if all, err := os.ReadDir(h.at("../outside")); err != nil || len(all) != 0 {
		t.Errorf("outside: %v, %v", all, err)
	}
}

func TestTrashIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes here")
	}
	d, h := open(t, local.Options{})
	h.Write("d/f", "old", fixedTime)
	step := sync.Step{Op: sync.Remove, Path: "d/f", Expect: scan(t, d).At("d/f"), Trash: true}
	applyOK(t, d, step)
	info, err := os.Stat(h.at(".ferry/trash"))
	h.must(err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("mode of the trash: %v", info.Mode())
	}
}

// A file moves to the trash, and then a file in a directory of the same name.
func TestTrashFileAndDirectoryOfOneName(t *testing.T) {
	d, h := open(t, local.Options{})
	for _, path := range []string{"a", "a/b", "a/b/c", "a"} {
		h.Remove("a")
		h.Write(path, "at "+path, fixedTime)
		p := manifest.Path(path)
		applyOK(t, d, sync.Step{Op: sync.Remove, Path: p, Expect: scan(t, d).At(p), Trash: true})
	}
	kept := 0
	for _, path := range h.List() {
		if _, ok := h.Read(path); ok {
			kept++
		}
	}
	if kept != 4 {
		t.Errorf("%d files are kept, want 4: %q", kept, h.List())
	}
}

func TestRmDirRemovesTempFiles(t *testing.T) {
	d, h := open(t, local.Options{})
	temp := manifest.TempName(manifest.NewTempMark("0123456789abcdef", ""), false)
	theirs := manifest.TempName(manifest.NewTempMark("0123456789abcdef", "somebody else"), false)
	for _, with := range []struct {
		name  string
		paths []string
		ok    bool
	}{
		{"one of ours", []string{"d/" + temp}, true},
		{"one that somebody else may be writing", []string{"d/" + theirs}, false},
		{"ours and somebody's", []string{"d/" + temp, "d/f"}, false},
		{"a directory that looks like ours", []string{"d/" + temp + "/f"}, false},
	} {
		t.Run(with.name, func(t *testing.T) {
			h.Remove("d")
			for _, path := range with.paths {
				h.Write(path, "x", time.Now())
			}
			out := apply(t, d, sync.Step{Op: sync.RmDir, Path: "d", Expect: manifest.Entry{Kind: manifest.Dir}})[0]
			if (out.Err == nil) != with.ok {
				t.Errorf("error: %v, want none: %v", out.Err, with.ok)
			}
			for _, path := range with.paths {
				if _, there := h.Read(path); there == with.ok {
					t.Errorf("%q is there: %v", path, there)
				}
			}
		})
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("nothing is read-only for this user")
	}
	d, h := open(t, local.Options{})
	h.Write("d/f", "old", fixedTime)
	h.Write("e/f", "old", fixedTime)
	tree := scan(t, d)
	h.must(os.Chmod(h.at("d"), 0o555))
	t.Cleanup(func() { os.Chmod(h.at("d"), 0o777) })
	outs := apply(t, d, put("new", fixedTime).step("d/f", tree.At("d/f")), sync.Step{Op: sync.Remove, Path: "d/f", Expect: tree.At("d/f"), Trash: true},
		put("new", fixedTime).step("e/f", tree.At("e/f")))
	if outs[0].Err == nil || outs[1].Err == nil || outs[2].Err != nil {
		t.Errorf("outcomes: %v, %v, %v; want two errors and none", outs[0].Err, outs[1].Err, outs[2].Err)
	}
	h.wantContent("d/f", "old")
	h.wantContent("e/f", "new")
}

// Outcomes wait until directories are synced, but not until a long run ends.
func TestOutcomesAreReportedSoon(t *testing.T) {
	d, _ := open(t, local.Options{})
	told := 0
	first := put(randomText(5<<20), fixedTime).step("f", manifest.Entry{})
	second := put("x", fixedTime)
	second.onOpen = func(int64) {
		if told != 1 {
			t.Errorf("%d outcomes were told when the second step began, want that of the large file", told)
		}
	}
	d.Apply(t.Context(), []sync.Step{first, second.step("g", manifest.Entry{})}, func(int, sync.Outcome) { told++ })
	if told != 2 {
		t.Errorf("%d outcomes were told, want 2", told)
	}
}
