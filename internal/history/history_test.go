package history

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"ferry/internal/deploy"
	"ferry/manifest"
	"ferry/sync"
)

// TestMain also is the process that others write beside, see TestTogether.
func TestMain(m *testing.M) {
	if dir := os.Getenv("FERRY_TEST_HISTORY"); dir != "" {
		r := recorder(Book{Dir: dir}, time.Now)
		for i := range 300 {
			r.Action(NewAction(sync.Upload, sync.Remote, manifest.Path(fmt.Sprintf("%d-%d", os.Getpid(), i))), nil)
			r.mu.Lock()
			r.flush()
			r.mu.Unlock()
		}
		r.End(&sync.Summary{}, 0, nil)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func recorder(b Book, now func() time.Time) *Recorder {
	return NewRecorder(Options{Book: b, Pair: "key", Profile: "site", Command: "push", Now: now, Failed: func(err error) { panic(err) },
		Sides: Sides{Local: "/here", Remote: "ftp://h/there", Direction: "push"}})
}

func lines(b Book) []Line { return slices.Collect(b.Lines(time.Time{})) }

// paths returns the paths of the actions, the newest first.
func paths(b Book) (all []manifest.Path) {
	for _, l := range lines(b) {
		if l.Action != nil {
			all = append(all, l.At())
		}
	}
	return all
}

// A pass leaves its beginning, its actions with their outcome, and its end.
func TestPass(t *testing.T) {
	b := Open(t.TempDir(), "key", time.Hour)
	r := recorder(b, time.Now)
	r.Event(sync.Finished{Action: &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "css/a.css", Size: 5, Why: "changed", LocalChange: sync.Changed}})
	r.Event(sync.Finished{Action: &sync.Action{Op: sync.Rename, Side: sync.Remote, Path: "b", From: "caf\xe9\n", Why: "renamed"}, Err: errors.New("no")})
	r.Event(sync.Finished{Action: &sync.Action{Op: sync.Forget, Path: "gone"}})
	r.Event(sync.Started{Action: &sync.Action{Op: sync.Upload}})
	r.End(&sync.Summary{Uploaded: 1, Failed: 1, Seconds: 2}, 3, nil)
	got := lines(b)
	if len(got) != 4 || got[0].Type != TypePass || got[3].Type != TypeBegin || got[3].Local != "/here" {
		t.Fatalf("%+v", got)
	}
	end, moved, up := got[0], got[1], got[2]
	if end.Exit != 3 || end.Uploaded != 1 || end.Time.Sub(end.Start) < 2*time.Second || end.Pass != up.Pass || end.Pass == "" {
		t.Errorf("%+v %+v", end, end.End)
	}
	if up.At() != "css/a.css" || up.Op != sync.Upload || up.Side != "remote" || !up.OK || up.Size != 5 || up.LocalChange != sync.Changed ||
		up.Profile != "site" || up.Command != "push" || up.Pair != "key" || !strings.Contains(up.By, "@") {
		t.Errorf("%+v %+v", up, up.Action)
	}
	if moved.Was() != "caf\xe9\n" || moved.At() != "b" || moved.OK || moved.Error != "no" || !moved.Failed() {
		t.Errorf("%+v %+v", moved, moved.Action)
	}
	parts, err := b.parts()
	if err != nil || len(parts) != 1 {
		t.Fatal(parts, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for path, want := range map[string]os.FileMode{b.Dir: 0o700, filepath.Join(b.Dir, parts[0].name): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

// A watch that does nothing writes nothing, and tells each trouble once.
func TestQuiet(t *testing.T) {
	b := Open(t.TempDir(), "key", time.Hour)
	r := recorder(b, time.Now)
	r.o.Quiet = true
	r.End(&sync.Summary{}, 0, nil)
	if _, err := os.Stat(b.Dir); err == nil {
		t.Fatal("a quiet pass leaves something behind")
	}
	for _, text := range []string{"away", "away", "refused", "", "", "refused"} {
		var err error
		if text != "" {
			err = errors.New(text)
		}
		r.End(nil, 4, err)
	}
	var said []string
	for _, l := range lines(b) {
		said = append(said, l.Error)
	}
	if want := []string{"refused", "refused", "away"}; !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
	var none *Recorder
	none.Event(sync.Finished{Action: &sync.Action{Op: sync.Upload}})
	none.Deploy(deploy.Planned{})
	none.Action(Action{}, nil)
	none.End(nil, 0, nil)
}

// Lines wait for others, but not for long and not without end.
func TestFlush(t *testing.T) {
	b := Open(t.TempDir(), "key", time.Hour)
	synctest.Test(t, func(t *testing.T) {
		r := recorder(b, time.Now)
		r.Action(NewAction(sync.Upload, sync.Remote, "a"), nil)
		if got := paths(b); len(got) != 0 {
			t.Errorf("%q is written at once", got)
		}
		time.Sleep(flushAfter + 1)
		synctest.Wait()
		if got := paths(b); len(got) != 1 {
			t.Errorf("%q are written", got)
		}
		long := manifest.Path(strings.Repeat("x", flushBytes))
		r.Action(NewAction(sync.Upload, sync.Remote, long), nil)
		if got := paths(b); len(got) != 2 || got[0] != long {
			t.Errorf("%d are written", len(got))
		}
	})
}

// Wherever a line is cut off, those before it and after it are read.
func TestCutAtEachByte(t *testing.T) {
	whole := Open(t.TempDir(), "key", time.Hour)
	r := recorder(whole, time.Now)
	for _, p := range []manifest.Path{"a", "b\"\n\xff", "c"} {
		r.Action(NewAction(sync.Upload, sync.Remote, p), nil)
	}
	r.flush()
	parts, _ := whole.parts()
	text, err := os.ReadFile(filepath.Join(whole.Dir, parts[0].name))
	if err != nil {
		t.Fatal(err)
	}
	all := []manifest.Path{"c", "b\"\n\xff", "a"}
	b := Open(t.TempDir(), "key", time.Hour)
	if err := os.MkdirAll(b.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for n := strings.LastIndex(string(text[:len(text)/2]), "\n"); n <= len(text); n++ { // the last two lines
		if err := os.WriteFile(filepath.Join(b.Dir, parts[0].name), text[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		ended := strings.Count(string(text[:n]), "\n")
		if got := len(lines(b)); got != ended {
			t.Fatalf("cut at %d: %d lines are read, want %d", n, got, ended)
		}
		again := recorder(b, time.Now)
		again.Action(NewAction(sync.Delete, sync.Local, "later"), nil)
		again.flush()
		got := paths(b)
		want := append([]manifest.Path{"later"}, all[4-max(ended, 1):]...)
		if n > 0 && n < len(text) && text[n] == '\n' && text[n-1] == '}' && ended > 0 {
			want = append([]manifest.Path{"later"}, all[3-ended:]...) // only the line end was missing
		}
		if !slices.Equal(got, want) {
			t.Fatalf("cut at %d: %q, want %q", n, got, want)
		}
	}
}

// Garbage of any kind is skipped: what a lost power leaves, a line without end, other files.
func TestGarbage(t *testing.T) {
	b := Open(t.TempDir(), "key", time.Hour)
	r := recorder(b, time.Now)
	r.Action(NewAction(sync.Upload, sync.Remote, "a"), nil)
	r.flush()
	parts, _ := b.parts()
	file := filepath.Join(b.Dir, parts[0].name)
	for _, garbage := range []string{strings.Repeat("\x00", 100_000), "null\n[]\n{}\n", `{"type":"action","time":"2026-01-01T00:00:00Z"}` + "\n",
		`{"type":"pass","time":"2026-01-01T00:00:00Z"}` + "\n", `{"type":"new","time":"2026-01-01T00:00:00Z"}` + "\n", strings.Repeat("x", longestLine+3*chunk)} {
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(garbage); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		r.Action(NewAction(sync.Upload, sync.Remote, "z"), nil)
		r.flush()
	}
	for _, name := range []string{"notes.txt", "x.jsonl", "000001.jsonl", "-1-20261129.jsonl"} {
		if err := os.WriteFile(filepath.Join(b.Dir, name), []byte("hello\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(b.Dir, "000009-20261129.jsonl"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := paths(b); len(got) != 7 || got[0] != "z" || got[6] != "a" {
		t.Errorf("%q", got)
	}
}

// Lines of all lengths are read backwards as they were written.
func TestBackwards(t *testing.T) {
	b := Open(t.TempDir(), "key", time.Hour)
	r := recorder(b, time.Now)
	var want []manifest.Path
	for i := range 400 {
		p := manifest.Path(fmt.Sprintf("%d%s", i, strings.Repeat("é", i*i%5000)))
		want = append(want, p)
		r.Action(NewAction(sync.Upload, sync.Remote, p), nil)
	}
	r.flush()
	slices.Reverse(want)
	if got := paths(b); !slices.Equal(got, want) {
		t.Errorf("%d paths, want %d", len(got), len(want))
	}
	for l := range b.Lines(time.Time{}) { // somebody who has seen enough
		if l.At() != want[0] {
			t.Error(l.At())
		}
		break
	}
}

// Several processes write at the same time, and all lines are whole.
func TestTogether(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b := Open(t.TempDir(), "key", time.Hour)
	var work stdsync.WaitGroup
	for range 3 {
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), "FERRY_TEST_HISTORY="+b.Dir)
		work.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	work.Wait()
	found := make(map[manifest.Path]bool)
	for _, p := range paths(b) {
		found[p] = true
	}
	if len(found) != 900 || len(lines(b)) != 906 {
		t.Errorf("%d actions, %d lines, want 900 and 906", len(found), len(lines(b)))
	}
}

// What cannot be written is told and forgotten.
func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, dirName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := recorder(Open(dir, "key", time.Hour), time.Now)
	told := 0
	r.o.Failed = func(error) { told++ }
	r.Action(NewAction(sync.Upload, sync.Remote, "a"), nil)
	r.End(&sync.Summary{}, 0, nil)
	if told != 1 || len(r.waiting) != 0 {
		t.Errorf("told %d times, %d bytes wait", told, len(r.waiting))
	}
	if got := lines(r.o.Book); got != nil {
		t.Error(got)
	}
}

// Files go by their age and by their number of bytes, and the newest stays.
func TestRotation(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 12, 0, 0, 0, time.UTC) }
	of := func(number, began, last int, size int64) part {
		return part{name: partName(number, day(began)), number: number, begun: day(began).Truncate(24 * time.Hour), last: day(last), size: size}
	}
	for _, c := range []struct {
		name  string
		keep  time.Duration
		parts []part
		now   time.Time
		next  string
		gone  int
	}{
		{"the first", 0, nil, day(1), "000001-20260101.jsonl", 0},
		{"it goes on", 90 * 24 * time.Hour, []part{of(1, 1, 2, 5)}, day(3), "000001-20260101.jsonl", 0},
		{"it is full", 0, []part{of(1, 1, 2, partSize)}, day(3), "000002-20260103.jsonl", 0},
		{"it is old", 80 * 24 * time.Hour, []part{of(1, 1, 2, 5)}, day(12), "000002-20260112.jsonl", 0},
		{"kept for hours: a day is the least", 2 * time.Hour, []part{of(1, 1, 1, 5)}, day(1).Add(3 * time.Hour), "000001-20260101.jsonl", 0},
		{"kept for ever", 0, []part{of(1, 1, 2, 5)}, day(300), "000001-20260101.jsonl", 0},
		{"the clock was wrong", 90 * 24 * time.Hour, []part{of(7, 200, 200, 5)}, day(3), "000008-20260103.jsonl", 0},
		{"old ones go", 10 * 24 * time.Hour, []part{of(1, 1, 2, 5), of(2, 3, 4, 5), of(3, 20, 29, 5), of(4, 30, 30, 5)}, day(30), "000004-20260130.jsonl", 2},
		{"nothing goes by a clock that jumps", 10 * 24 * time.Hour, []part{of(1, 1, 2, 5), of(2, 3, 4, 5)}, day(3000), "", 0},
		{"what is too much goes", 0, []part{of(1, 1, 2, mostBytes/2), of(2, 3, 4, mostBytes/2), of(3, 5, 6, 1)}, day(7), "000003-20260105.jsonl", 1},
		{"the newest stays", 0, []part{of(1, 1, 2, 9), of(2, 3, 4, mostBytes+1)}, day(5), "000003-20260105.jsonl", 1},
	} {
		b := Book{Keep: c.keep}
		if got := b.next(c.parts, c.now); c.next != "" && got != c.next {
			t.Errorf("%s: writes to %s, want %s", c.name, got, c.next)
		}
		if got := b.excess(c.parts, c.now); len(got) != c.gone {
			t.Errorf("%s: %d go, want %d", c.name, len(got), c.gone)
		}
	}
	b := Open(t.TempDir(), "key", 10*24*time.Hour)
	now := time.Now()
	for i := range 40 {
		r := recorder(b, func() time.Time { return now })
		r.Action(NewAction(sync.Upload, sync.Remote, manifest.Path(fmt.Sprint(i))), nil)
		r.End(&sync.Summary{}, 0, nil)
		parts, _ := b.parts()
		if err := os.Chtimes(filepath.Join(b.Dir, parts[len(parts)-1].name), now, now); err != nil {
			t.Fatal(err)
		}
		now = now.Add(24 * time.Hour)
	}
	got := paths(b)
	if n := len(got); n < 9 || n > 14 || got[0] != "39" || !slices.IsSortedFunc(got, func(a, b manifest.Path) int { return len(b)*1000 - len(a)*1000 + strings.Compare(string(b), string(a)) }) {
		t.Errorf("%q", got)
	}
}

// A path finds what happened to it, to what is below it and to the directories above it,
// under the names that it had.
func TestPathFilter(t *testing.T) {
	now := time.Now()
	b := Open(t.TempDir(), "key", time.Hour)
	r := recorder(b, func() time.Time { now = now.Add(time.Second); return now })
	do := func(op sync.Op, from, path manifest.Path, err error) {
		a := NewAction(op, sync.Remote, path)
		a.SetFrom(from)
		r.Action(a, err)
	}
	do(sync.Upload, "", "old/a", nil)
	do(sync.Upload, "", "older", nil)
	do(sync.Upload, "", "new/a", nil) // another file, long ago
	do(sync.Delete, "", "new/a", nil)
	do(sync.Rename, "nowhere", "new", errors.New("refused"))
	do(sync.Upload, "", "nowhere/a", nil)
	do(sync.Rename, "old", "new", nil)
	do(sync.Upload, "", "new/b", nil)
	do(sync.Upload, "", "new/a", nil)
	do(sync.Rmdir, "", "new", nil)
	r.End(&sync.Summary{}, 0, nil)
	for path, want := range map[manifest.Path]string{
		"new/a":       "rmdir new, upload new/a, move new, move new, delete new/a, upload new/a, upload old/a",
		"old/a":       "move new, upload old/a",
		"old":         "move new, upload old/a",
		"older":       "upload older",
		"new/b":       "rmdir new, upload new/b, move new, move new",
		manifest.Root: "rmdir new, upload new/a, upload new/b, move new, upload nowhere/a, move new, delete new/a, upload new/a, upload older, upload old/a",
		"ne":          "",
	} {
		f := NewPathFilter(path)
		var got []string
		for l := range b.Lines(time.Time{}) {
			if f.Match(&l) {
				got = append(got, fmt.Sprintf("%s %s", l.Op, l.At()))
			}
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%q:\n%s\nwant\n%s", path, s, want)
		}
	}
}

// The last pass is found behind what makes no pass, and one that was cut off is told of.
func TestLastPass(t *testing.T) {
	b := Open(t.TempDir(), "key", time.Hour)
	r := recorder(b, time.Now)
	if last, cut := b.LastPass(); last != nil || cut != nil {
		t.Error(last, cut)
	}
	act := func(path manifest.Path) { r.Action(NewAction(sync.Upload, sync.Remote, path), nil) }
	act("a")
	r.flush()
	if last, cut := b.LastPass(); last != nil || cut == nil || cut.Local != "/here" {
		t.Error(last, cut)
	}
	r.End(&sync.Summary{Uploaded: 1}, 0, nil)
	act("restored")
	r.End(nil, 0, nil)
	if last, cut := b.LastPass(); last == nil || last.Uploaded != 1 || cut != nil {
		t.Error(last, cut)
	}
	act("b")
	r.flush()
	if last, cut := b.LastPass(); last == nil || last.Uploaded != 1 || cut == nil {
		t.Error(last, cut)
	}
	again := recorder(b, time.Now)
	again.End(nil, 4, errors.New("away"))
	if last, cut := b.LastPass(); last == nil || last.Exit != 4 || cut != nil {
		t.Error(last, cut)
	}
	r.End(nil, 0, nil)
}

func TestMerge(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	var books []iter.Seq[Line]
	clock := func() time.Time { now = now.Add(time.Second); return now }
	a, b := Open(dir, "a", time.Hour), Open(dir, "b", time.Hour)
	for i, book := range []Book{a, b, b, a, Open(dir, "c", time.Hour), a} {
		r := recorder(book, clock)
		r.Action(NewAction(sync.Upload, sync.Remote, manifest.Path(fmt.Sprint(i))), nil)
		r.flush()
	}
	for _, key := range []string{"a", "b", "c", "never"} {
		books = append(books, Open(dir, key, 0).Lines(time.Time{}))
	}
	var got []string
	for l := range Merge(books) {
		if l.Action != nil {
			got = append(got, l.Path)
		}
		if len(got) == 5 {
			break
		}
	}
	if s := strings.Join(got, ""); s != "54321" {
		t.Error(s)
	}
	if keys, err := Keys(dir); err != nil || strings.Join(keys, "") != "abc" {
		t.Error(keys, err)
	}
	if keys, err := Keys(t.TempDir()); err != nil || keys != nil {
		t.Error(keys, err)
	}
}

// A release is written when it is live, with what could not be done.
func TestDeploy(t *testing.T) {
	b := Open(t.TempDir(), "key", time.Hour)
	r := recorder(b, time.Now)
	next := deploy.Release{Number: 4, Changes: []deploy.Change{
		{Kind: deploy.Put, Path: "a", Is: manifest.Entry{Kind: manifest.File, Size: 9}},
		{Kind: deploy.Remove, Path: "b", Drift: true}, {Kind: deploy.Chmod, Path: "c"}, {Kind: deploy.Remove, Path: "d"}}}
	r.Deploy(deploy.Planned{Plan: &deploy.Plan{Release: next}})
	r.Deploy(deploy.Staged{Path: "a"})
	if r.begun {
		t.Error("something is written before anything is live")
	}
	next.Changes = next.Changes[:3]
	r.Deploy(deploy.WentLive{Release: &next})
	r.Deploy(deploy.Failed{Path: "d", Err: errors.New("in use")})
	r.End(&sync.Summary{Uploaded: 1}, 3, nil)
	var got []string
	for _, l := range lines(b) {
		if l.Action != nil {
			got = append(got, fmt.Sprintf("%s %s %d %q %s", l.Op, l.Path, l.Size, l.Why, l.Error))
		}
	}
	slices.Reverse(got)
	if s, want := strings.Join(got, "\n"), `upload a 9 "release 4" 
delete b 0 "release 4, over what somebody else had done to it" 
chmod c 0 "release 4" 
delete d 0 "deploy" in use`; s != want {
		t.Errorf("%s\nwant\n%s", s, want)
	}
}

// No password is kept, whatever an error says.
func TestHidePasswords(t *testing.T) {
	for in, want := range map[string]string{
		"dial ftp://ann:geheim@host/x: no":       "dial ftp://ann:***@host/x: no",
		"ftps://ann:p@ss@host and ftp://b:c@d":   "ftps://ann:***@host and ftp://b:***@d",
		"http://:geheim@host":                    "http://:***@host",
		"look at https://host/a:b?c=d@e":         "look at https://host/a:b?c=d@e",
		"ftp://ann@host:2121/dir: 550 no: a@b":   "ftp://ann@host:2121/dir: 550 no: a@b",
		"ftp://host:21/x and then mail to ann@h": "ftp://host:21/x and then mail to ann@h",
		"nothing":                                "nothing",
	} {
		if got := hidePasswords(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// What a pass pays for its history.
func BenchmarkRecorder(b *testing.B) {
	r := recorder(Open(b.TempDir(), "key", time.Hour), time.Now)
	a := &sync.Action{Op: sync.Upload, Side: sync.Remote, Path: "some/directory/with/a/file.txt", Size: 12345, Why: "new", LocalChange: sync.Created}
	for b.Loop() {
		r.Event(sync.Finished{Action: a})
	}
	r.End(&sync.Summary{}, 0, nil)
}

// A search leaves out no line that it looks for, whatever JSON makes of its path.
func TestLinesWith(t *testing.T) {
	book := Open(t.TempDir(), "k", 0)
	paths := []manifest.Path{"css/Site.css", "a<b>.txt", `q"uote`, `back\slash`, "Ärger.txt", "a&b", "plain.txt", "bad\xff.txt"}
	var all []byte
	for _, p := range paths {
		a := NewAction(sync.Upload, sync.Remote, p)
		line, err := encodeLine(&Line{Type: TypeAction, Time: time.Now(), Action: &a})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, line...)
	}
	if err := book.append(all, time.Now()); err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]manifest.Path{
		"site": "css/Site.css", "CSS/S": "css/Site.css", "<b>": "a<b>.txt", `q"`: `q"uote`, `k\s`: `back\slash`, "ÄRGER": "Ärger.txt", "a&": "a&b", "bad": "bad\xff.txt",
	} {
		found := false
		for l := range book.LinesWith(word) {
			found = found || l.At() == want
		}
		if !found {
			t.Errorf("%s is not found by %s", want, word)
		}
	}
	n := 0
	for range book.LinesWith("no-such-file") {
		n++
	}
	if n > 0 {
		t.Errorf("%d lines are found that have nothing of the word", n)
	}
}
