package copying

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"ferry/internal/app"
	"ferry/internal/ftpserver"
	"ferry/sync"
)

// varied returns content that is not alike everywhere.
func varied(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		b.WriteString(strconv.Itoa(i) + "\n")
	}
	return b.Bytes()[:size]
}

// A world has two servers, which are foreign to the client and to each other.
type world struct {
	*testing.T
	roots   [2]string
	servers [2]*ftpserver.Server
	state   string
	// connections is how many sessions a copy may have with each server; 0: the default.
	connections int
	checksum    bool
	dryRun      bool
	noRetries   bool
	encoding    string        // of the names at the target
	trash       time.Duration // how long old versions are kept at the target; 0: not at all
	between     app.Between   // when files go directly
	clock       time.Duration // how far the clock of this machine is ahead

	mu      stdsync.Mutex
	notices []string
}

func newWorld(t *testing.T, source, target ftpserver.Options) *world {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("other systems have one loopback address")
	}
	w := &world{T: t, state: t.TempDir()}
	for i, o := range []ftpserver.Options{source, target} {
		w.roots[i] = t.TempDir()
		o.Root, o.Addr = w.roots[i], fmt.Sprintf("127.0.0.%d:0", 2+i)
		server, err := ftpserver.Start(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { server.Close() })
		w.servers[i] = server
	}
	return w
}

func (w *world) write(name string, content []byte) {
	w.Helper()
	path := filepath.Join(w.roots[0], "from", name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, content, 0o644)); err != nil {
		w.Fatal(err)
	}
}

// run makes a copy. observe may be nil.
func (w *world) run(ctx context.Context, observe sync.Observer) (app.PassResult, *app.Pair) {
	w.Helper()
	space := app.Workspace{Dir: w.state, StateOption: w.state}
	scheme := map[bool]string{false: "ftp", true: "ftpes"}[w.servers[0].CertPEM() != nil]
	p, err := Pair(space, scheme+"://ferry:secret@"+w.servers[0].Addr()+"/from", scheme+"://ferry:secret@"+w.servers[1].Addr()+"/to")
	if err != nil {
		w.Fatal(err)
	}
	p.Retries, p.Target.Retries, p.Between = 2, 2, w.between
	p.Insecure, p.Target.Insecure = true, true
	if w.noRetries {
		p.Retries, p.Target.Retries = -1, -1
	}
	p.Checksum, p.Target.Checksum = w.checksum, w.checksum
	p.Target.Encoding = w.encoding
	p.Timeout, p.Target.Timeout = 3*time.Second, 3*time.Second
	p.Connections, p.Target.Connections = w.connections, w.connections
	if err := ReadRules(p, "", nil); err != nil {
		w.Fatal(err)
	}
	if w.trash > 0 {
		p.Trash, p.TrashSet, p.TrashKeep = true, true, w.trash
	}
	pass := &app.Pass{Opener: app.NewOpener(app.Options{StateDir: w.state, Now: func() time.Time { return time.Now().Add(w.clock) }}), Pair: p}
	pass.Options.DryRun = w.dryRun
	pass.Options.Observer = func(ev sync.Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if n, ok := ev.(sync.Noticed); ok {
			w.notices = append(w.notices, n.Text)
		}
		if observe != nil {
			observe(ev)
		}
	}
	return Run(ctx, pass), p
}

// equal holds that the target has what the source has.
func (w *world) equal() {
	w.Helper()
	from := filepath.Join(w.roots[0], "from")
	n := 0
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		rel, _ := filepath.Rel(from, path)
		want, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if got, err := os.ReadFile(filepath.Join(w.roots[1], "to", rel)); err != nil || !bytes.Equal(got, want) {
			w.Errorf("%s: %d bytes of %d: %v", rel, len(got), len(want), err)
		}
		return nil
	})
	if err != nil || n == 0 {
		w.Fatalf("%d files: %v", n, err)
	}
	left, _ := filepath.Glob(filepath.Join(w.roots[1], "to", ".ferry-*"))
	if len(left) > 0 {
		w.Errorf("left behind: %q", left)
	}
}

// asked reports whether a server was asked such a command.
func (w *world) asked(server int, verbs ...string) bool {
	return slices.ContainsFunc(w.servers[server].Transcript(), func(line string) bool {
		return slices.ContainsFunc(verbs, func(verb string) bool { return strings.Contains(line, verb+" ") })
	})
}

var foreign = ftpserver.Options{Foreign: true}

func TestTheSourceIsOnlyReadFrom(t *testing.T) {
	w := newWorld(t, ftpserver.Options{}, ftpserver.Options{})
	w.write("a.txt", []byte("a"))
	w.write("big.bin", varied(300_000))
	result, _ := w.run(context.Background(), nil)
	if err := result.Error(); err != nil || result.Summary.Uploaded != 2 || result.Summary.Downloaded != 0 {
		t.Fatalf("%+v: %v", result.Summary, err)
	}
	w.equal()
	if w.asked(0, "STOR", "APPE", "DELE", "RNFR", "MKD", "RMD", "MFMT", "SITE") {
		t.Errorf("something was changed: %q", w.servers[0].Transcript())
	}
}

func TestTroubleOnTheDirectWayLosesNothing(t *testing.T) {
	hash := ftpserver.Options{Foreign: true, Hash: true}
	for _, c := range []struct {
		name    string
		options ftpserver.Options
		at      int // the server with the fault
		fault   ftpserver.Fault
		told    string // "": nothing
		direct  int    // files; -1: any number
	}{
		{"nothing is wrong", foreign, 0, ftpserver.Fault{Command: "NOOP"}, "", 3},
		{"nothing is wrong, with hashes", hash, 0, ftpserver.Fault{Command: "NOOP"}, "", 3},
		{"the source cuts one", foreign, 0, ftpserver.Fault{Command: "RETR", Data: ftpserver.CutAt(200_000), Times: 1}, "", -1},
		{"the source cuts one and calls it complete", foreign, 0, ftpserver.Fault{Command: "RETR", Data: ftpserver.ShortenTo(200_000), Times: 1}, "", -1},
		{"the target keeps half of one and calls it complete", foreign, 1, ftpserver.Fault{Command: "STOR", Data: ftpserver.ShortenTo(200_000), Times: 1}, "", -1},
		{"the target resets one", foreign, 1, ftpserver.Fault{Command: "STOR", Data: ftpserver.ResetAt(200_000), Times: 1}, "", -1},
		{"the source stands still in one", foreign, 0, ftpserver.Fault{Command: "RETR", Data: ftpserver.StallAt(200_000), Times: 1}, "", -1},
		{"the source's reply is lost", foreign, 0, ftpserver.Fault{Command: "RETR", Lose: true, Times: 1}, "", -1},
		{"the target's reply is lost", foreign, 1, ftpserver.Fault{Command: "STOR", Path: ".ferry-*", Lose: true, Times: 1}, "", -1},
		{"the target breaks one off at its end", foreign, 1, ftpserver.Fault{Command: "STOR", Path: ".ferry-*", Reply: "426 Try again.", Times: 1}, "", -1},
		{"the source says at the end that it could not read", foreign, 0, ftpserver.Fault{Command: "RETR", Reply: "451 Read error.", Times: 1}, "", -1},
		{"the source refuses RETR once", foreign, 0, ftpserver.Fault{Command: "RETR", Refuse: "450 Busy.", Times: 1}, "", -1},
		{"the source refuses PORT from the second on", foreign, 0, ftpserver.Fault{Command: "PORT", Skip: 1, Refuse: "500 Illegal PORT command."}, "", -1},
		{"the target refuses PASV, and lets itself be told", foreign, 1, ftpserver.Fault{Command: "PASV", Refuse: "502 No."}, "", 3},
		{"both refuse PORT", foreign, 0, ftpserver.Fault{Command: "PORT|PASV", Refuse: "500 No."}, "the servers do not send to each other", 0},
		{"PASV names somebody else", foreign, 1, ftpserver.Fault{Command: "PASV", Port: ftpserver.ForeignAddress("192.0.2.1")}, "", 3},
		{"the hash at the target is another one", hash, 1, ftpserver.Fault{Command: "XSHA256|HASH", Rewrite: func(reply string) string {
			return "213 SHA-256 0-1 " + strings.Repeat("0", 64) + " x"
		}}, "the hashes of the servers differ", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.options, c.options)
			for i := range 3 {
				w.write(fmt.Sprintf("%d.bin", i), append(varied(400_000), byte(i)))
			}
			w.write("small.txt", []byte("small"))
			w.servers[c.at].Faults().Add(c.fault)
			result, p := w.run(context.Background(), nil)
			if err := result.Error(); err != nil || result.Summary.Failed > 0 || result.Summary.Uploaded != 4 {
				t.Fatalf("%+v: %v", result.Summary, err)
			}
			w.equal()
			if told := strings.Join(w.notices, "\n"); c.told == "" && told != "" || !strings.Contains(told, c.told) {
				t.Errorf("told: %q", told)
			}
			if files, _ := p.Link.Sent(); c.direct >= 0 && files != c.direct {
				t.Errorf("%d files went directly, want %d", files, c.direct)
			}
			if w.asked(0, "PORT 192,0,2,1") {
				t.Error("a server was sent to an address that another one had named")
			}
			w.servers[c.at].Faults().Clear()
			if result, _ = w.run(context.Background(), nil); result.Summary.Uploaded != 0 || result.Error() != nil {
				t.Errorf("the second copy: %+v: %v", result.Summary, result.Error())
			}
		})
	}
}

func TestAnInterruptedCopyGoesOn(t *testing.T) {
	w := newWorld(t, foreign, foreign)
	for i := range 40 { // more than the sessions carry at a time
		w.write(fmt.Sprintf("%d.bin", i), append(varied(1<<20), byte(i)))
	}
	ctx, cancel := context.WithCancel(context.Background())
	finished := 0
	result, _ := w.run(ctx, func(ev sync.Event) {
		if done, ok := ev.(sync.Finished); ok && done.Action.Op == sync.Upload {
			if finished++; finished == 2 {
				cancel()
			}
		}
	})
	if app.ExitCode(result.Err) != app.ExitInterrupted {
		t.Fatal(result.Err)
	}
	again, _ := w.run(context.Background(), nil)
	if err := again.Error(); err != nil || again.Summary.Uploaded == 0 || result.Summary.Uploaded+again.Summary.Uploaded != 40 {
		t.Fatalf("%d, then %+v: %v", result.Summary.Uploaded, again.Summary, err)
	}
	w.equal()
}

// TestOneConnectionIsEnough copies small and large files in turns: what is read ahead must not keep the only session.
func TestOneConnectionIsEnough(t *testing.T) {
	w := newWorld(t, foreign, foreign)
	w.connections = 1
	for i := range 60 { // more small ones than are read ahead, before and after the large ones
		size := 10
		if i%20 == 1 {
			size = 200_000
		}
		w.write(fmt.Sprintf("%02d.bin", i), append(varied(size), byte(i)))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	result, p := w.run(ctx, nil)
	if err := result.Error(); err != nil || result.Summary.Uploaded != 60 {
		t.Fatalf("%+v: %v", result.Summary, err)
	}
	w.equal()
	if files, _ := p.Link.Sent(); files != 3 {
		t.Errorf("%d files went directly", files)
	}
}

// TestWhatIsAlikeProvesNothing holds that a file whose end could be that of any cut one is not taken for whole.
func TestWhatIsAlikeProvesNothing(t *testing.T) {
	w := newWorld(t, foreign, foreign)
	w.write("zeros.bin", make([]byte, 300_000))
	result, p := w.run(context.Background(), nil)
	if err := result.Error(); err != nil || result.Summary.Uploaded != 1 {
		t.Fatalf("%+v: %v", result.Summary, err)
	}
	if files, _ := p.Link.Sent(); files != 0 {
		t.Error("it went directly")
	}
	w.equal()
}

// TestChecksumReadsWhatWasProvenByItsEnd holds that a content which is not that of the source is found when both are read.
func TestChecksumReadsWhatWasProvenByItsEnd(t *testing.T) {
	w := newWorld(t, foreign, foreign)
	w.write("a.bin", varied(300_000))
	if result, p := w.run(context.Background(), nil); result.Error() != nil {
		t.Fatal(result.Error())
	} else if files, _ := p.Link.Sent(); files != 1 {
		t.Fatalf("%d files went directly", files)
	}
	w.checksum = true
	if result, _ := w.run(context.Background(), nil); result.Error() != nil || result.Summary.Conflicts != 0 || result.Summary.Uploaded != 0 {
		t.Fatalf("%+v: %v", result.Summary, result.Error())
	}
	at := filepath.Join(w.roots[1], "to/a.bin")
	was, err := os.Stat(at)
	if err != nil {
		t.Fatal(err)
	}
	garbled := varied(300_000)
	garbled[1000] ^= 1
	if err := errors.Join(os.WriteFile(at, garbled, 0o644), os.Chtimes(at, was.ModTime(), was.ModTime())); err != nil {
		t.Fatal(err)
	}
	if result, _ := w.run(context.Background(), nil); result.Error() != nil || result.Summary.Skipped != 1 {
		t.Fatalf("the change at the target was not found: %+v: %v", result.Summary, result.Error())
	}
}

// TestOneDirectoryIsKnownBehindTwoSpellings refuses a copy within one directory before anything is changed, however its
// URLs are written: an exact copy would delete what it reads.
func TestOneDirectoryIsKnownBehindTwoSpellings(t *testing.T) {
	for _, c := range []struct{ name, from, to string }{
		{"the source lies in the target", "//from/new", "/from"},
		{"the target lies in the source", "/from", "//from/new"},
		{"one directory", "/from", "//from"},
		{"a link to it", "/from", "/link"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, ftpserver.Options{}, ftpserver.Options{})
			w.write("new/a.txt", []byte("a"))
			w.write("b.txt", []byte("b"))
			if err := os.Symlink("from", filepath.Join(w.roots[0], "link")); err != nil {
				t.Fatal(err)
			}
			w.servers[0].Faults().Add(ftpserver.Fault{Command: "MLST", Rewrite: func(reply string) string {
				return strings.ReplaceAll(reply, "Type=", "Unique=7U1;Type=")
			}})
			server := "ftp://ferry:secret@" + w.servers[0].Addr()
			p, err := Pair(app.Workspace{Dir: w.state, StateOption: w.state}, server+c.from, server+c.to)
			if err != nil {
				t.Fatal(err)
			}
			p.Exact, p.Target.Exact = true, true
			if err := ReadRules(p, "", nil); err != nil {
				t.Fatal(err)
			}
			pass := &app.Pass{Opener: app.NewOpener(app.Options{StateDir: w.state}), Pair: p}
			pass.Options.AllowDeletes = true
			result := Run(context.Background(), pass)
			if !errors.Is(result.Err, app.ErrCommon) {
				t.Errorf("%+v: %v", result.Summary, result.Err)
			}
			for _, name := range []string{"new/a.txt", "b.txt"} {
				if _, err := os.Stat(filepath.Join(w.roots[0], "from", name)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestTheSourceForgetsNothingForTheTarget holds that where temporaries may be left at the target is remembered from copy
// to copy, also beside a source that has none.
func TestTheSourceForgetsNothingForTheTarget(t *testing.T) {
	w := newWorld(t, ftpserver.Options{}, ftpserver.Options{})
	w.write("sub/a.bin", varied(3_000_000))
	w.servers[1].Faults().Add(ftpserver.Fault{Command: "STOR|APPE", Path: ".ferry-*", Data: ftpserver.CutAt(1_500_000), Reply: "426 Broken."})
	for i := range 2 {
		if result, _ := w.run(context.Background(), nil); result.Summary.Failed != 1 {
			t.Fatalf("%+v: %v", result.Summary, result.Error())
		}
		journals, err := filepath.Glob(filepath.Join(w.state, "pairs", "*.temps"))
		if err != nil || len(journals) != 1 {
			t.Fatalf("journals: %q, %v", journals, err)
		}
		if text, err := os.ReadFile(journals[0]); err != nil || !strings.Contains(string(text), `dir "sub"`) {
			t.Errorf("after copy %d: %q, %v", i+1, text, err)
		}
	}
}

// TestWhatTheTargetCannotNameIsLeftAlone holds that a copy knows which names the target has, and fails at none.
func TestWhatTheTargetCannotNameIsLeftAlone(t *testing.T) {
	w := newWorld(t, ftpserver.Options{}, ftpserver.Options{})
	w.encoding = "windows-1251"
	w.write("a.txt", []byte("a"))
	w.write("\u65e5\u672c.txt", []byte("b"))
	for range 2 {
		if result, _ := w.run(context.Background(), nil); result.Err != nil || result.Summary.Failed != 0 || result.Summary.Problems != 1 {
			t.Errorf("%+v: %v", result.Summary, result.Err)
		}
	}
}

// TestADryRunReadsNoContents holds that a plan costs no download from either server.
func TestADryRunReadsNoContents(t *testing.T) {
	w := newWorld(t, ftpserver.Options{}, ftpserver.Options{})
	w.write("a.txt", []byte("the same"))
	if result, _ := w.run(context.Background(), nil); result.Error() != nil {
		t.Fatal(result.Error())
	}
	w.state, w.dryRun = t.TempDir(), true
	if result, _ := w.run(context.Background(), nil); result.Error() != nil {
		t.Fatal(result.Error())
	}
	if w.asked(1, "RETR") {
		t.Errorf("the target was read: %q", w.servers[1].Transcript())
	}
}

// TestNothingIsAppendedToWhatServersMayStillWrite holds that a part which came directly is not gone on with.
func TestNothingIsAppendedToWhatServersMayStillWrite(t *testing.T) {
	w := newWorld(t, foreign, foreign)
	w.write("big.bin", varied(4_000_000))
	w.servers[0].Faults().Add(ftpserver.Fault{Command: "RETR", Data: ftpserver.CutAt(3_000_000), Times: 1})
	if result, _ := w.run(context.Background(), nil); result.Error() != nil || result.Summary.Uploaded != 1 {
		t.Fatalf("%+v: %v", result.Summary, result.Error())
	}
	w.equal()
	if !w.asked(0, "PORT") || w.asked(1, "> APPE", "> REST") {
		t.Errorf("it was resumed, or did not go directly: %q", w.servers[1].Transcript())
	}
}

// TestADirectTransferIsNoAttempt holds that a file for which no attempt may be repeated goes through this machine where
// the direct way breaks off.
func TestADirectTransferIsNoAttempt(t *testing.T) {
	w := newWorld(t, foreign, foreign)
	w.noRetries = true
	w.write("big.bin", varied(400_000))
	cut := w.servers[0].Faults().Add(ftpserver.Fault{Command: "RETR", Data: ftpserver.CutAt(200_000), Times: 1})
	if result, _ := w.run(context.Background(), nil); result.Error() != nil || result.Summary.Uploaded != 1 {
		t.Fatalf("%+v: %v", result.Summary, result.Error())
	}
	if cut.Fired() != 1 || !w.asked(0, "PORT") {
		t.Error("nothing went directly")
	}
	w.equal()
}

// TestWhatProvesNothingIsNotSentTwiceForEver holds that the direct way is given up where every file has to be sent again.
func TestWhatProvesNothingIsNotSentTwiceForEver(t *testing.T) {
	w := newWorld(t, foreign, foreign)
	w.connections = 1
	for i := range 6 {
		w.write(fmt.Sprintf("%d.bin", i), make([]byte, 200_000+i))
	}
	if result, _ := w.run(context.Background(), nil); result.Error() != nil || result.Summary.Uploaded != 6 {
		t.Fatalf("%+v: %v", result.Summary, result.Error())
	}
	w.equal()
	direct := 0
	for _, line := range w.servers[0].Transcript() {
		if strings.Contains(line, "> PORT 127,0,0,3,") {
			direct++
		}
	}
	if direct != 3 || len(w.notices) != 1 || !strings.Contains(w.notices[0], "could not be shown to be whole") {
		t.Errorf("%d files were sent directly, told %q", direct, w.notices)
	}
}

// TestAPartIsGoneOnWithThroughThisMachine holds that a large file that is cut on its way through this machine is not sent
// again from its beginning.
func TestAPartIsGoneOnWithThroughThisMachine(t *testing.T) {
	w := newWorld(t, ftpserver.Options{}, ftpserver.Options{})
	w.write("big.bin", varied(4_000_000))
	w.servers[1].Faults().Add(ftpserver.Fault{Command: "STOR", Path: ".ferry-*", Data: ftpserver.CutAt(3_000_000), Times: 1})
	result, _ := w.run(context.Background(), nil)
	if result.Error() != nil || result.Summary.Uploaded != 1 || result.Summary.BytesUp > 5_500_000 {
		t.Fatalf("%+v: %v", result.Summary, result.Error())
	}
	w.equal()
}

// TestManyGoDirectlyAtOnce holds that as many large files as there are connections are under way at a time, once the
// first has shown that it works.
func TestManyGoDirectlyAtOnce(t *testing.T) {
	w := newWorld(t, foreign, foreign)
	w.connections = 4
	for i := range 12 {
		w.write(fmt.Sprintf("%02d.bin", i), append(varied(300_000), byte(i)))
	}
	var mu stdsync.Mutex
	under, most := 0, 0
	met := make(chan struct{})
	hook := func() {
		mu.Lock()
		under++
		most = max(most, under)
		if under == 3 {
			close(met)
		}
		mu.Unlock()
		select {
		case <-met:
		case <-time.After(2 * time.Second):
		}
	}
	w.servers[0].Faults().Add(ftpserver.Fault{Command: "RETR", Skip: 2, Times: 3, Hook: hook})
	if result, _ := w.run(context.Background(), nil); result.Error() != nil || result.Summary.Uploaded != 12 {
		t.Fatalf("%+v: %v", result.Summary, result.Error())
	}
	w.equal()
	if most < 3 {
		t.Errorf("at most %d were under way", most)
	}
}

// TestOldVersionsAtTheTarget holds that a copy keeps what it replaces only where that is asked for, as long as that says,
// by the clocks of this machine and of the target.
func TestOldVersionsAtTheTarget(t *testing.T) {
	for _, c := range []struct {
		name        string
		keep, clock time.Duration
		stamp       string // of what is kept; "": now
		want        int
	}{
		{"not asked for", 0, 0, "", 0},
		{"asked for", 30 * 24 * time.Hour, 0, "", 1},
		{"long ago", 30 * 24 * time.Hour, 0, "20200101-000000", 0},
		{"this machine has a wrong clock", 30 * 24 * time.Hour, 48 * time.Hour, "20200101-000000", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, ftpserver.Options{}, ftpserver.Options{})
			w.trash, w.clock = c.keep, 0
			for i := range 2 {
				w.write("a.txt", varied(10*(i+1)))
				if result, _ := w.run(context.Background(), nil); result.Error() != nil || result.Summary.Uploaded != 1 {
					t.Fatalf("%+v: %v", result.Summary, result.Error())
				}
			}
			w.clock = c.clock
			if c.stamp != "" {
				w.backdate(c.stamp)
			}
			if result, _ := w.run(context.Background(), nil); result.Error() != nil {
				t.Fatal(result.Error())
			}
			kept, err := filepath.Glob(filepath.Join(w.roots[1], "to/.ferry/trash-*/*/a.txt"))
			if err != nil || len(kept) != c.want {
				t.Errorf("kept: %q, %v", kept, err)
			}
			if _, err := os.Stat(filepath.Join(w.roots[0], "from/.ferry")); err == nil {
				t.Error("something is kept at the source")
			}
		})
	}
}

// backdate gives what the target keeps another time, and has the next copy look at it.
func (w *world) backdate(stamp string) {
	w.Helper()
	kept, err := filepath.Glob(filepath.Join(w.roots[1], "to/.ferry/trash-*/*-*"))
	looked, _ := filepath.Glob(filepath.Join(w.state, "pairs/*.trimmed"))
	if err != nil || len(kept) != 1 || len(looked) != 1 {
		w.Fatalf("kept: %q, %q, %v", kept, looked, err)
	}
	if err := errors.Join(os.Rename(kept[0], filepath.Join(filepath.Dir(kept[0]), stamp)), os.Remove(looked[0])); err != nil {
		w.Fatal(err)
	}
}

// TestOverTLSOnlyHashesProve holds that over TLS nothing counts that went directly but what the hashes of both servers
// show to be whole: nobody knows who was between them.
func TestOverTLSOnlyHashesProve(t *testing.T) {
	plain := ftpserver.Options{Foreign: true, TLS: ftpserver.Explicit, ForceTLS: true, SSCN: true}
	hashes := plain
	hashes.Hash = true
	for _, c := range []struct {
		name     string
		from, to ftpserver.Options
		between  app.Between
		fault    ftpserver.Fault // of the target
		direct   int
		told     string // "": nothing
		sent     bool   // SSCN was
	}{
		{name: "both tell hashes", from: hashes, to: hashes, between: between("on"), direct: 3, sent: true},
		{name: "the source tells none", from: plain, to: hashes, between: between("on"), told: "over TLS only a SHA-256 of both servers"},
		{name: "the target tells none", from: hashes, to: plain, between: between("on"), told: "over TLS only a SHA-256 of both servers"},
		{name: "the target refuses to tell it", from: hashes, to: hashes, between: between("on"), fault: ftpserver.Fault{Command: "HASH|XSHA256", Refuse: "550 No."}, told: "could not be shown to be whole", sent: true},
		{name: "the target has something else", from: hashes, to: hashes, between: between("on"), told: "the hashes of the servers differ", sent: true,
			fault: ftpserver.Fault{Command: "HASH|XSHA256", Times: 1, Rewrite: func(reply string) string { return hexDigest.ReplaceAllString(reply, strings.Repeat("0", 64)) }}},
		{name: "it was not asked for", from: hashes, to: hashes, told: "do not check each other's certificates"},
		{name: "it was forbidden", from: hashes, to: hashes, between: between("off")},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.from, c.to)
			w.between, w.connections = c.between, 1
			for i := range 3 {
				w.write(fmt.Sprintf("%d.bin", i), append(varied(300_000), byte(i)))
			}
			if c.fault.Command != "" {
				w.servers[1].Faults().Add(c.fault)
			}
			result, p := w.run(t.Context(), nil)
			if result.Error() != nil || result.Summary.Uploaded != 3 {
				t.Errorf("%+v: %v", result.Summary, result.Error())
			}
			w.equal()
			files, _ := p.Link.Sent()
			about := slices.DeleteFunc(w.notices, func(n string) bool { return !strings.Contains(n, "do not send to each other") })
			if files != c.direct || c.told == "" && len(about) > 0 || c.told != "" && (len(about) != 1 || !strings.Contains(about[0], c.told)) {
				t.Errorf("%d files went directly, told %q", files, about)
			}
			for _, verb := range []string{"SSCN", "PORT"} {
				if c.sent != (w.asked(0, verb) || w.asked(1, verb)) {
					t.Errorf("%s was sent: %v", verb, !c.sent)
				}
			}
		})
	}
}

func between(text string) (when app.Between) {
	if err := when.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return when
}

var hexDigest = regexp.MustCompile(`(?i)[0-9a-f]{64}`)
