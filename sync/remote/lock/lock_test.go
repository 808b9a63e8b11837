package lock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
	"ferry/internal/ftp/pool"
	"ferry/internal/ftpserver"
	"ferry/manifest"
	"ferry/sync"
)

// lockers returns the lock of the same directory for several owners, with short times.
func lockers(t *testing.T, owners ...string) (root string, all []*Lock) {
	t.Helper()
	root, server := serve(t)
	for _, owner := range owners {
		l := newLock(t, server, Options{Owner: owner, Machine: "machine of " + owner})
		l.times = times{beat: 20 * time.Millisecond, watch: 10 * time.Millisecond, stale: 400 * time.Millisecond, release: time.Second}
		all = append(all, l)
	}
	return root, all
}

// serve starts a server of root.
func serve(t *testing.T) (root string, server *ftpserver.Server) {
	t.Helper()
	root = t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: root, User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return root, server
}

// newLock returns a lock in the root of server, with sessions of its own.
func newLock(t *testing.T, server *ftpserver.Server, o Options) *Lock {
	t.Helper()
	of := ftp.Options{Host: "127.0.0.1", Port: server.Port(), User: "u", Password: func() (string, error) { return "p", nil },
		Connections: 3, Retries: 2, Timeout: 10 * time.Second, Backoff: func(int) time.Duration { return 0 }}.WithDefaults()
	pool := pool.New(of)
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	o.Dirs, o.Log = dirs, of.Log
	return New(pool, "", o)
}

// dirs lists the directories in dir.
func dirs(ctx context.Context, s *ftp.Session, dir string) (all []Dir, err error) {
	l, err := s.List(ctx, dir, s.Features().ListForm(), time.Now(), func(e listing.Entry) {
		if e.Kind == listing.Dir {
			all = append(all, Dir{e.Name, manifest.Entry{Kind: manifest.Dir, ModTime: e.ModTime.UnixNano()}})
		}
	})
	if err == nil {
		err = l.Check()
	}
	return all, err
}

func TestLockIsForOneOwner(t *testing.T) {
	root, d := lockers(t, "a", "b")
	release, _, err := d[0].Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d[1].Take(t.Context()); !errors.Is(err, sync.ErrHeld) {
		t.Errorf("a second owner: %v, want ErrHeld", err)
	}
	release()
	if _, err := os.Stat(filepath.Join(root, ".ferry", "lock")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock is still there: %v", err)
	}
	release, _, err = d[1].Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestLockWaits(t *testing.T) {
	_, d := lockers(t, "a", "b")
	d[1].opts.Wait = true
	release, _, err := d[0].Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() {
		release, _, err := d[1].Take(t.Context())
		if err == nil {
			release()
		}
		got <- err
	}()
	select {
	case err := <-got:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(2 * d[0].times.stale): // the beats keep it alive beyond that
	}
	release()
	if err := <-got; err != nil {
		t.Error(err)
	}
}

// TestLockWaitsUntil gives up on a lock that is kept alive.
func TestLockWaitsUntil(t *testing.T) {
	_, d := lockers(t, "a", "b")
	d[1].opts.Wait, d[1].opts.WaitUntil = true, time.Now()
	release, _, err := d[0].Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, _, err := d[1].Take(t.Context()); !errors.Is(err, sync.ErrHeld) {
		t.Errorf("got %v", err)
	}
}

// TestLockOfAKilledRun leaves a lock behind, as kill -9 does.
func TestLockOfAKilledRun(t *testing.T) {
	for _, next := range []string{"a", "b"} {
		_, d := lockers(t, "a", next)
		if got, err := d[0].make(t.Context(), "dead", nil); err != nil || !got.made {
			t.Fatal(got, err)
		}
		if err := d[0].writeHolder(t.Context(), holder{Token: "dead"}); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		release, _, err := d[1].Take(t.Context())
		if err != nil {
			t.Fatalf("for %s: %v", next, err)
		}
		release()
		if waited := time.Since(start); next == "a" && waited > d[1].times.stale {
			t.Errorf("its own lock held it up for %v", waited)
		} else if next == "b" && waited < d[1].times.stale {
			t.Errorf("the lock of another was broken after %v", waited)
		}
	}
}

// TestLockOfACopy holds that a copy of the state directory on another machine, or on this
// one in another place, does not break the lock of the original while that is at work.
func TestLockOfACopy(t *testing.T) {
	_, d := lockers(t, "a", "a", "a")
	d[0].opts.Boot, d[1].opts.Boot, d[2].opts.Boot = "first", "second", "first"
	release, _, err := d[0].Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d[1].Take(t.Context()); !errors.Is(err, sync.ErrHeld) || !strings.Contains(err.Error(), "machine of a") {
		t.Errorf("the copy: %v, want ErrHeld that names the holder", err)
	}
	release()
	if got, err := d[0].make(t.Context(), "dead", nil); err != nil || !got.made {
		t.Fatal(got, err)
	}
	release, waited, err := d[2].Take(t.Context())
	if err != nil || waited {
		t.Fatalf("the next run of the same machine: waited %v, %v", waited, err)
	}
	release()
}

// TestBrokenLockLeavesNothing holds that what is left of a lock which was taken away goes,
// though the connection is lost on the way.
func TestBrokenLockLeavesNothing(t *testing.T) {
	root, server := serve(t)
	l := newLock(t, server, Options{Owner: "a"})
	if err := os.MkdirAll(filepath.Join(root, ".ferry", "lock", "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	cut := server.Faults().Add(ftpserver.Fault{Command: "RMD", Path: "lock-*", Close: true, Skip: 1, Times: 1})
	release, _, err := l.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release()
	left, err := filepath.Glob(filepath.Join(root, ".ferry", "lock*"))
	if err != nil || len(left) > 0 || cut.Fired() != 1 {
		t.Errorf("left: %v, %v; the fault has struck %d times", left, err, cut.Fired())
	}
}

func TestLockEndsWithItsContext(t *testing.T) {
	_, d := lockers(t, "a", "b")
	d[1].opts.Wait = true
	release, _, err := d[0].Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, _, err := d[1].Take(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

// TestOldLocksAreSwept leaves behind what a connection leaves that is lost while
// a lock is made or broken.
func TestOldLocksAreSwept(t *testing.T) {
	root, d := lockers(t, "a")
	old := time.Now().Add(-3 * 24 * time.Hour)
	for _, name := range []string{"lock-OLD", "lock-NEW", "other"} {
		dir := filepath.Join(root, ".ferry", name)
		if err := os.MkdirAll(filepath.Join(dir, "b"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(dir, old, old); err != nil { // which means nothing
			t.Fatal(err)
		}
	}
	journal := manifest.OpenTempJournal(filepath.Join(t.TempDir(), "temps"))
	d[0].opts.Temps = journal
	for _, one := range listDirs(t, d[0], ".ferry") {
		if one.Name == "lock-OLD" {
			journal.StoodStill(".ferry/lock-OLD", one.Entry, old)
		}
	}
	for _, turn := range []bool{false, true} {
		d[0].opts.Sweeps = func() bool { return turn }
		release, _, err := d[0].Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		release()
		for name, want := range map[string]bool{"lock-OLD": !turn, "lock-NEW": true, "other": true, "lock": false} {
			if _, err := os.Stat(filepath.Join(root, ".ferry", name)); (err == nil) != want {
				t.Errorf("turn %v: %s there: %v, want %v", turn, name, err == nil, want)
			}
		}
	}
}

// listDirs returns the directories in a directory below the root.
func listDirs(t *testing.T, l *Lock, below string) (all []Dir) {
	t.Helper()
	err := l.pool.Do(t.Context(), "listing", func(ctx context.Context, s *ftp.Session) (err error) {
		all, err = dirs(ctx, s, "/"+below)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestLockOfAShortPass holds that a lock costs one batch of commands to take and
// one to let go: who holds it is written only when the pass lasts.
func TestLockOfAShortPass(t *testing.T) {
	root, d := lockers(t, "a")
	d[0].times.first = time.Hour
	release, _, err := d[0].Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, ".ferry", "lock", "beat")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the beat of a pass that has just begun: %v", err)
	}
	release()
	if left, err := os.ReadDir(filepath.Join(root, ".ferry")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestReleaseInABatch holds that a lock can be released with other commands, once, and that it is
// released all the same where those are not sent.
func TestReleaseInABatch(t *testing.T) {
	for _, sent := range []bool{true, false} {
		root, d := lockers(t, "a", "b")
		release, _, err := d[0].Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		err = d[0].pool.Once(t.Context(), func(ctx context.Context, s *ftp.Session) error {
			var b ftp.Batch
			d[0].QueueRelease(&b, s.Features())
			if !sent {
				return nil
			}
			return b.Run(ctx, s)
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(root, ".ferry", "lock")); (err == nil) == sent {
			t.Errorf("sent %v: the lock: %v", sent, err)
		}
		other := func() {}
		if sent {
			if other, _, err = d[1].Take(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		release()
		if _, err := os.Stat(filepath.Join(root, ".ferry", "lock")); (err == nil) != sent {
			t.Errorf("sent %v, and then released: the lock: %v", sent, err)
		}
		other()
	}
}

// TestAskedBeforeTheLockWasThere lets the holder go between the refusal and the look at it. What
// was asked with the first attempt is of the time before then, and must not be believed.
func TestAskedBeforeTheLockWasThere(t *testing.T) {
	_, d := lockers(t, "a", "b")
	release, _, err := d[0].Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	run := func(told bool, release func()) Runner {
		return func(ctx context.Context, s *ftp.Session, b ftp.Batch) (bool, error) {
			err := b.Run(ctx, s)
			release()
			return told, err
		}
	}
	unlock, waited, err := d[1].TakeWith(t.Context(), run(true, release))
	if err != nil || !waited {
		t.Errorf("waited: %v, %v", waited, err)
	}
	unlock()
	for _, told := range []bool{true, false} {
		unlock, waited, err = d[1].TakeWith(t.Context(), run(told, func() {}))
		if err != nil || waited {
			t.Errorf("with nobody else there, told %v: waited: %v, %v", told, waited, err)
		}
		unlock()
	}
}
