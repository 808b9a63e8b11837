package lock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/sync"
)

// dotLock returns the lock of an owner who knows what the server does with names that begin
// with a dot.
func dotLock(t *testing.T, server *ftpserver.Server, owner string, dots, plainSeen bool) *Lock {
	t.Helper()
	l := newLock(t, server, Options{Owner: owner, PlainSeen: func() bool { return plainSeen }})
	if err := l.pool.Do(t.Context(), "", func(_ context.Context, s *ftp.Session) error { l.opts.Features = s.Features(); return nil }); err != nil {
		t.Fatal(err)
	}
	l.opts.Features.Observe(ftp.KeepsDotDirs, dots)
	l.times = times{beat: 20 * time.Millisecond, watch: 10 * time.Millisecond, stale: time.Second, release: time.Second, late: 30 * time.Millisecond}
	return l
}

func isThere(root, name string) bool {
	_, err := os.Stat(filepath.Join(root, name))
	return err == nil
}

// TestLockWithoutDots has servers refuse names with a leading dot, in commands of all kinds.
func TestLockWithoutDots(t *testing.T) {
	for commands, refuse := range map[string]string{
		"MKD": "550 no", "MKD|RNFR|RNTO|CWD|RMD|DELE|STOR|RETR": "501 no", "MKD|RNTO": "502 no",
	} {
		t.Run(commands, func(t *testing.T) {
			root, server := serve(t)
			server.Faults().Add(ftpserver.Fault{Command: commands, Path: "/.ferry*", Refuse: refuse})
			server.Faults().Add(ftpserver.Fault{Command: commands, Path: "/.ferry/*", Refuse: refuse})
			l, other := dotLock(t, server, "a", true, false), dotLock(t, server, "b", true, false)
			release, _, err := l.Take(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if holds, known := l.opts.Features.Known(ftp.KeepsDotDirs); holds || !known || !isThere(root, "ferry-data/lock/a") {
				t.Errorf("it is known: %v, %v", holds, known)
			}
			if _, _, err := other.Take(t.Context()); !errors.Is(err, sync.ErrHeld) {
				t.Errorf("another machine that has to find that out: %v", err)
			}
			release()
			if isThere(root, "ferry-data/lock") {
				t.Error("the lock is still there")
			}
		})
	}
}

// TestLockUnderBothNames has two machines know different things about the same server.
func TestLockUnderBothNames(t *testing.T) {
	root, server := serve(t)
	dots, plain := dotLock(t, server, "dots", true, true), dotLock(t, server, "plain", false, false)
	for _, c := range []struct{ first, second *Lock }{{dots, plain}, {plain, dots}} {
		release, _, err := c.first.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.second.Take(t.Context()); !errors.Is(err, sync.ErrHeld) {
			t.Errorf("%s while %s has the lock: %v", c.second.opts.Owner, c.first.opts.Owner, err)
		}
		q := c.second.Question()
		var b ftp.Batch
		q.Queue(&b)
		if err := c.second.pool.Do(t.Context(), "asking", b.Run); err != nil || !q.isForeign() {
			t.Errorf("%s does not see the lock of %s: %v", c.second.opts.Owner, c.first.opts.Owner, err)
		}
		release()
		if release, _, err = c.second.Take(t.Context()); err != nil {
			t.Fatal(err)
		}
		release()
	}
	// A killed run left its lock under the other name.
	if err := os.MkdirAll(filepath.Join(root, ".ferry", "lock", "plain"), 0o755); err != nil {
		t.Fatal(err)
	}
	release, waited, err := plain.Take(t.Context())
	if err != nil || waited || isThere(root, ".ferry/lock") {
		t.Errorf("its own lock under the other name: waited %v, %v", waited, err)
	}
	release()
}

// TestLockThatCannotBeTaken ends soon where the server renames nothing.
func TestLockThatCannotBeTaken(t *testing.T) {
	root, server := serve(t)
	server.Faults().Add(ftpserver.Fault{Command: "RNTO", Refuse: "553 no"})
	l := dotLock(t, server, "a", true, false)
	if _, _, err := l.Take(t.Context()); !errors.Is(err, sync.ErrUnsupported) {
		t.Errorf("got %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(root, "*", "lock*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if !l.opts.Features.Has(ftp.KeepsDotDirs) {
		t.Error("the dot is not what was refused")
	}
}
