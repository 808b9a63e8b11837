package watcher

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
)

// The system refuses the sixth watch. The other directories are polled, there is one
// notice, and they are watched as soon as there are more watches.
func TestOutOfWatches(t *testing.T) {
	needsWatchEach(t)
	f := &fakeSystem{room: 5, err: syscall.ENOSPC}
	var notices []string
	o := quick()
	o.Notice = func(text string) { notices = append(notices, text) }
	root := t.TempDir()
	for i := range 10 {
		if err := os.MkdirAll(fmt.Sprintf("%s/d%d/sub", root, i), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	y := openTestDir(t, root, o, f.openReal)
	if s := y.w.State(); s.Watched != 5 || s.Polled != 16 {
		t.Errorf("%+v", s)
	}
	for range 3 {
		for i := range 10 {
			p := fmt.Sprintf("d%d/sub/f", i)
			old, _ := os.ReadFile(y.disk(p))
			y.write(p, string(old)+"x")
		}
		y.waitUntilEqual()
	}
	y.must(os.RemoveAll(y.disk("d9/sub")))
	y.write("d8/new/deep/f", "x")
	y.must(os.Rename(y.disk("d7"), y.disk("d1/d7")))
	y.waitUntilEqual()

	f.setRoom(1000)
	for y.w.State().Polled > 0 {
		y.write("d1/sentinel", fmt.Sprint(y.w.State()))
		y.next()
	}
	y.write("d1/d7/sub/f", "watched by now")
	y.waitUntilEqual()
	y.must(y.w.Close())
	if len(notices) != 1 || !strings.Contains(notices[0], "fs.inotify.max_user_watches") ||
		!strings.Contains(notices[0], "5 directories are watched, 16 are polled every 100ms") {
		t.Errorf("%q", notices)
	}
}

func TestOutOfInstances(t *testing.T) {
	var notices []string
	o := quick()
	o.Notice = func(text string) { notices = append(notices, text) }
	tries := 0
	y := openTestDir(t, t.TempDir(), o, func(root string, q *queue, log *slog.Logger) (system, error) {
		if tries++; tries <= 3 {
			return nil, fmt.Errorf("couldn't initialize inotify: %w", syscall.EMFILE)
		}
		return openSystem(root, q, log)
	})
	if s := y.w.State(); s.Watched != 0 || s.Polled != 1 {
		t.Errorf("%+v", s)
	}
	y.write("d/f", "1")
	y.until("d")
	for y.w.State().Polled > 0 {
		y.write("sentinel", fmt.Sprint(len(y.batches)))
		y.next()
	}
	y.write("d/f", "22")
	y.waitUntilEqual()
	y.must(y.w.Close())
	short := "open files"
	if runtime.GOOS == "linux" {
		short = "fs.inotify.max_user_instances"
	}
	if len(notices) != 1 || !strings.Contains(notices[0], short) {
		t.Errorf("%q", notices)
	}
}

func TestNotice(t *testing.T) {
	s := State{Watched: 10, Polled: 3}
	for _, c := range []struct {
		want shortage
		err  error
		text string
	}{
		{shortage{"inotify watches", "fs.inotify.max_user_watches", 8192}, syscall.ENOSPC,
			"the system has run out of inotify watches: 10 directories are watched, 3 are polled every 10s instead; " +
				"raise fs.inotify.max_user_watches, which is 8192: sysctl fs.inotify.max_user_watches=32768"},
		{shortage{what: "open files", option: "the limit of open files (ulimit -n)"}, syscall.EMFILE,
			"the system has run out of open files: 10 directories are watched, 3 are polled every 10s instead; " +
				"raise the limit of open files (ulimit -n)"},
		{shortage{}, errors.New("not supported"),
			"the system cannot report changes (not supported): all 3 directories are polled every 10s instead"},
	} {
		if diff := cmp.Diff(c.text, c.want.text(c.err, s, "10s")); diff != "" {
			t.Error(diff)
		}
	}
}

// When events are lost the tree is watched from scratch, and then everything is
// reported.
func TestOverflow(t *testing.T) {
	f := &fakeSystem{room: 1000}
	y := openTestDir(t, t.TempDir(), quick(), f.open)
	// The watcher gets no event for this.
	y.write("a/b/f", "x")
	f.overflow()
	if b := y.next(); !b.Everything || len(b.Paths) > 0 {
		t.Errorf("%+v", b)
	}
	if s := y.w.State(); s.Watched != 3 {
		t.Errorf("%+v", s)
	}
	if wrong := y.differences(); len(wrong) > 0 {
		t.Errorf("%q", wrong)
	}
	f.send(opWrite, y.disk("a/b/f"))
	if diff := cmp.Diff(Batch{Paths: []manifest.Path{"a/b/f"}}, y.next()); diff != "" {
		t.Error(diff)
	}
}

// The queue of the watcher itself overflows.
func TestQueueOverflow(t *testing.T) {
	q := newQueue()
	for i := range maxQueue {
		q.put(event{fmt.Sprint(i), opCreate})
	}
	q.put(event{fmt.Sprint(maxQueue - 1), opCreate})
	if events, lost := q.take(); len(events) != maxQueue || !lost {
		t.Errorf("%d events, lost: %v", len(events), lost)
	}
	for range 10 {
		q.put(event{"log", opWrite})
	}
	if events, lost := q.take(); len(events) != 1 || lost {
		t.Errorf("%d events, lost: %v", len(events), lost)
	}
}

func TestSnapshot(t *testing.T) {
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.Mkdir(dir+"/dir", 0o777))
	for _, name := range []string{"a", "gone", "grown", "same", "z"} {
		must(os.WriteFile(dir+"/"+name, nil, 0o666))
	}
	before, _, err := readDir(dir)
	must(err)
	must(os.Remove(dir + "/gone"))
	must(os.Remove(dir + "/z"))
	must(os.WriteFile(dir+"/grown", []byte("x"), 0o666))
	must(os.WriteFile(dir+"/new", nil, 0o666))
	must(os.WriteFile(dir+"/dir/in", nil, 0o666))
	after, _, err := readDir(dir)
	must(err)
	var got []string
	newSnapshot(before).diff(after,
		func(name string) { got = append(got, "-"+name) },
		func(e dirEntry, before bool) { got = append(got, fmt.Sprint("+", e.name, before)) })
	if want := []string{"-gone", "+growntrue", "+newfalse", "-z"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNamesSet(t *testing.T) {
	var set names
	for i := range 1000 {
		h := hashName(fmt.Sprint(i))
		if !set.add(h) || set.add(h) {
			t.Fatalf("%d: added twice or not at all", i)
		}
	}
	for i := range 500 {
		set.remove(hashName(fmt.Sprint(2 * i)))
	}
	for i := range 1000 {
		if set.has(hashName(fmt.Sprint(i))) != (i%2 == 1) {
			t.Errorf("%d", i)
		}
	}
}

// Between full polls, names that appear and vanish are noticed, and so are changes in
// a directory in which something changed recently. A write to any other file is
// noticed by the next full poll.
func TestQuickPolls(t *testing.T) {
	f := &fakeSystem{room: 0, err: syscall.ENOSPC}
	o := quick()
	o.Poll, o.DeletionDelay, o.minFullPoll = 20*time.Millisecond, -1, time.Hour
	root, old := t.TempDir(), time.Now().Add(-time.Hour)
	for _, dir := range []string{"a/sub", "b", "c"} {
		disk := root + "/" + dir
		if err := errors.Join(os.MkdirAll(disk, 0o777), os.WriteFile(disk+"/f", nil, 0o666), os.Chtimes(disk+"/f", old, old)); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"a/sub", "a", "b", "c", ""} {
		if err := os.Chtimes(root+"/"+dir, old, old); err != nil {
			t.Fatal(err)
		}
	}
	y := openTestDir(t, root, o, f.open)
	y.write("c/f", "in place, in a quiet directory")
	y.write("a/sub/new", "1")
	y.until("a/sub/new")
	y.write("a/sub/f", "in place, beside what is new")
	y.until("a/sub/f")
	y.must(os.Rename(y.disk("b/f"), y.disk("b/g")))
	y.until("b/g")
	y.must(os.RemoveAll(y.disk("a/sub")))
	y.until("a/sub")
	if got := y.reported(); slices.Contains(got, manifest.Path("c/f")) {
		t.Errorf("everything was read: %q", got)
	}
	y.must(os.Remove(y.disk("c/f")))
	y.waitUntilEqual()
}
