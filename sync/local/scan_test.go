package local_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

func scan(t testing.TB, d *local.Directory) *manifest.Tree {
	t.Helper()
	tree, err := d.Scan(t.Context(), sync.Look{})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// kinds returns all paths of a tree with what they are.
func kinds(tree *manifest.Tree) map[manifest.Path]manifest.Kind {
	all := make(map[manifest.Path]manifest.Kind)
	for p, e := range tree.All() {
		all[p] = e.Kind
	}
	return all
}

func wantTree(t testing.TB, tree *manifest.Tree, want map[manifest.Path]manifest.Kind) {
	t.Helper()
	if diff := cmp.Diff(want, kinds(tree)); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
}

var fixedTime = time.Date(2024, 3, 5, 10, 20, 30, 123456700, time.UTC) // Windows has no more digits

func TestScanFollowingLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege here")
	}
	d, h := open(t, local.Options{FollowLinks: true})
	h.Write("../secret", "secret", fixedTime)
	h.Write("dir/sub/f", "x", fixedTime)
	for link, target := range map[string]string{
		"to file": "dir/sub/f", "to dir": "dir/sub", "to nothing": "nothing", "to outside": "../secret", "to the outside": "..", "to itself": "to itself",
		"dir/sub/up": "..", "dir/sub/root": "../..", "absolute": h.at("dir"), "dir/down": "sub",
	} {
		h.must(os.Symlink(target, h.at(link)))
	}
	h.must(os.Symlink("other side", h.at("one side")))
	h.Mkdir("other side")
	h.must(os.Symlink("../one side", h.at("other side/back")))
	tree := scan(t, d)
	wantTree(t, tree, map[manifest.Path]manifest.Kind{
		"dir": manifest.Dir, "dir/sub": manifest.Dir, "dir/sub/f": manifest.File, "dir/sub/up": manifest.Other, "dir/sub/root": manifest.Other,
		"dir/down": manifest.Dir, "dir/down/f": manifest.File, "dir/down/up": manifest.Other, "dir/down/root": manifest.Other,
		"to file": manifest.File, "to dir": manifest.Dir, "to dir/f": manifest.File, "to dir/root": manifest.Other,
		"to dir/up": manifest.Dir, "to dir/up/down": manifest.Other,
		"to dir/up/sub": manifest.Dir, "to dir/up/sub/f": manifest.File, "to dir/up/sub/up": manifest.Other, "to dir/up/sub/root": manifest.Other,
		"to nothing": manifest.Other, "to outside": manifest.Other, "to the outside": manifest.Other, "to itself": manifest.Other, "absolute": manifest.Other,
		"one side": manifest.Dir, "one side/back": manifest.Other, "other side": manifest.Dir, "other side/back": manifest.Other,
	})
	some, err := d.Scan(t.Context(), sync.Look{Dirs: []manifest.Path{"to dir", "to the outside"}})
	h.must(err)
	if !some.At("to dir/f").IsFile() || some.Known("to the outside/secret") {
		t.Errorf("some directories: %v, problems %v", kinds(some), some.Problems())
	}
	sum, err := d.Sum(t.Context(), "to dir/f", tree.At("to dir/f"))
	if err != nil || sum == "" {
		t.Errorf("sum behind a link: %x, %v", sum, err)
	}
	for i, step := range []sync.Step{
		put("new", fixedTime).step("to dir/g", manifest.Entry{}),
		put("new", fixedTime).step("to file", tree.At("to file")),
		{Op: sync.Remove, Path: "to dir/f", Expect: tree.At("to dir/f")},
		{Op: sync.Remove, Path: "to file", Expect: tree.At("to file")},
		{Op: sync.RmDir, Path: "to dir", Expect: tree.At("to dir")},
		{Op: sync.MkDir, Path: "to dir/d"},
		{Op: sync.Move, From: "to dir/f", Path: "f", Expect: tree.At("to dir/f")},
	} {
		if out := apply(t, d, step)[0]; out.Err == nil {
			t.Errorf("step %d changed something behind a link", i)
		}
	}
}

func TestScanNamesWithLineBreaks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such names here")
	}
	d, h := open(t, local.Options{})
	h.Write("d/two\nlines", "x", fixedTime)
	h.Write("d/good", "x", fixedTime)
	h.Write("new\rline/f", "x", fixedTime)
	tree := scan(t, d)
	wantTree(t, tree, map[manifest.Path]manifest.Kind{"d": manifest.Dir, "d/good": manifest.File})
	if !tree.At("d").Holds {
		t.Error("d does not hold the name that cannot be held")
	}
	if len(tree.Problems()) != 2 || tree.Problems()[0].Name != "new\rline" || tree.Problems()[1].Name != "two\nlines" {
		t.Errorf("problems: %v", tree.Problems())
	}
	if !tree.Known("d/good") || !tree.Known("d") {
		t.Error("one bad name makes its neighbours unknown")
	}
}

func TestScanTimesToTheNanosecond(t *testing.T) {
	d, h := open(t, local.Options{})
	for i, at := range []time.Time{fixedTime, fixedTime.Add(1), time.Unix(0, 0), time.Unix(-5, 5), time.Date(2100, 1, 1, 0, 0, 0, 7, time.UTC)} {
		name := fmt.Sprint("f", i)
		h.Write(name, "x", at)
		info, err := os.Stat(h.at(name))
		h.must(err)
		if got := scan(t, d).At(manifest.Path(name)); got.ModTime != info.ModTime().UnixNano() {
			t.Errorf("time is %v, the disk says %v", got.Time(), info.ModTime())
		}
	}
}

func TestScanRootReplacedBeforeScan(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("f", "x", fixedTime)
	h.must(os.Rename(h.root, h.root+" moved"))
	h.Mkdir("")
	h.Write("other", "x", fixedTime)
	if _, err := d.Scan(t.Context(), sync.Look{}); !errors.Is(err, sync.ErrFatal) {
		t.Errorf("a scan of another root: %v, want ErrFatal", err)
	}
	if out := apply(t, d, put("x", fixedTime).step("new", manifest.Entry{}))[0]; !errors.Is(out.Err, sync.ErrFatal) {
		t.Errorf("a put into another root: %v, want ErrFatal", out.Err)
	}
	if err := d.Gone(t.Context(), []manifest.Path{"f"}, make([]manifest.Entry, 1))[0]; !errors.Is(err, sync.ErrFatal) {
		t.Errorf("gone from another root: %v, want ErrFatal", err)
	}
	one, err := d.Root(t.Context(), false)
	h.must(err)
	wantTree(t, scan(t, d), map[manifest.Path]manifest.Kind{"other": manifest.File})
	h.Remove("")
	h.must(os.Rename(h.root+" moved", h.root))
	two, err := d.Root(t.Context(), false)
	h.must(err)
	if one.ID == two.ID {
		t.Errorf("two roots have one identity: %q", one.ID)
	}
}

func TestScanRootThatIsAFile(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Remove("")
	err := os.WriteFile(h.root, nil, 0o666)
	if runtime.GOOS == "windows" && err != nil {
		t.Skip("a directory that was removed may keep its name while it is open: ", err)
	}
	h.must(err)
	state, err := d.Root(t.Context(), true)
	if err != nil && state.Kind != manifest.File {
		t.Errorf("Root: %+v, %v; want a file", state, err)
	}
	if _, err := d.Scan(t.Context(), sync.Look{}); err == nil {
		t.Error("a file was listed")
	}
}

func TestScanCancelled(t *testing.T) {
	d, h := open(t, local.Options{})
	for i := range 20 {
		h.Write(fmt.Sprintf("d%d/f", i), "x", fixedTime)
	}
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := d.Scan(ctx, sync.Look{Ignore: func(p manifest.Path, _ bool) bool {
		if p == "d5" {
			cancel(stop)
		}
		return false
	}})
	if !errors.Is(err, stop) {
		t.Errorf("error is %v, want the cause of the context", err)
	}
}

// BenchmarkScan lists 100,000 files in 5,000 directories.
func BenchmarkScan(b *testing.B) {
	h := otherUser{b, filepath.Join(b.TempDir(), "root")}
	for i := range 5000 {
		dir := fmt.Sprintf("area %02d/directory %02d/part-%d", i/250, i/10%25, i%10)
		h.Mkdir(dir)
		for j := range 20 {
			h.must(os.WriteFile(h.at(fmt.Sprintf("%s/photo of the day %05d.jpeg", dir, j)), nil, 0o666))
		}
	}
	d := reopen(b, h, local.Options{})
	b.ReportAllocs()
	var live float64
	for b.Loop() {
		tree := scan(b, d)
		if tree.Len() != 100_000+5000+20+500 {
			b.Fatalf("%d entries", tree.Len())
		}
		b.StopTimer()
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		live = float64(m.HeapAlloc) / (1 << 20)
		runtime.KeepAlive(tree)
		b.StartTimer()
	}
	b.ReportMetric(live, "MiB-live")
}

func TestScanRootReplacedDuringScan(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("a/f", "x", fixedTime)
	h.Write("b/f", "x", fixedTime)
	_, err := d.Scan(t.Context(), sync.Look{Ignore: func(p manifest.Path, _ bool) bool {
		if p == "a/f" {
			h.Remove("b")
			h.Remove("")
			h.Mkdir("")
		}
		return false
	}})
	if !errors.Is(err, sync.ErrFatal) {
		t.Errorf("error is %v, want ErrFatal: what was listed was not there any more", err)
	}
}

// Another file with the same size and time was renamed over the file.
func TestReplacedBySameSizeAndTime(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("f", "one", fixedTime)
	h.Write("g", "two", fixedTime)
	was := scan(t, d).At("f")
	h.Rename("g", "f")
	for _, step := range []sync.Step{
		put("new", fixedTime).step("f", was),
		{Op: sync.Remove, Path: "f", Expect: was},
		{Op: sync.Move, From: "f", Path: "g", Expect: was},
	} {
		wantFailure(t, d, sync.ErrChanged, step)
	}
	if _, err := d.Sum(t.Context(), "f", was); !errors.Is(err, sync.ErrChanged) {
		t.Errorf("Sum: %v, want ErrChanged", err)
	}
	h.wantContent("f", "two")
	h.wantFiles("f")
}

func TestConfirmBeforeTheEnd(t *testing.T) {
	d, h := open(t, local.Options{})
	h.Write("f", "content", fixedTime)
	r := d.Reader(t.Context(), []sync.Wanted{{Path: "f", Entry: scan(t, d).At("f")}})
	src, err := r.Open(t.Context(), 0, 3)
	h.must(err)
	defer src.Close()
	if _, err := src.Confirm(t.Context()); !errors.Is(err, sync.ErrSource) {
		t.Errorf("Confirm before the end: %v, want ErrSource", err)
	}
	if sum := src.Sum(); sum != "" {
		t.Errorf("Sum before the end: %x, want none", sum)
	}
	if _, err := r.Open(t.Context(), 0, 8); !errors.Is(err, sync.ErrChanged) {
		t.Errorf("opened behind the end: %v, want ErrChanged", err)
	}
}
