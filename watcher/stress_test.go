package watcher

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

var stressOps = flag.Int("stress", 3000, "operations of each stress test")

// While random things happen to a directory, it is enough to scan where batches say to
// know what it contains.
func TestStress(t *testing.T) {
	notWine(t)
	for _, c := range []struct {
		name     string
		room     int           // watches that the system has
		fullPoll time.Duration // see Options
	}{
		{"watched", 1 << 30, 0},
		{"half polled", 15, 0},
		{"polled", 0, 0},
		{"polled, seldom fullPoll", 0, 700 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			seed := uint64(time.Now().UnixNano())
			t.Log("seed", seed)
			f := &fakeSystem{room: c.room, err: syscall.ENOSPC}
			o := quick()
			o.minFullPoll = c.fullPoll
			y := openTestDir(t, t.TempDir(), o, f.openReal)
			s := &stress{testDir: y, rnd: rand.New(rand.NewPCG(seed, 0)), outside: t.TempDir()}
			s.run()
			t.Logf("%d batches, %d paths; %+v", len(y.batches), len(y.reported()), y.w.State())
		})
	}
}

// run follows batches while changes go on.
func (s *stress) run() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range *stressOps {
			s.op(i)
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		case b := <-s.w.Batches():
			s.follow(b)
		}
	}
	s.waitUntilEqual()
}

type stress struct {
	*testDir
	rnd     *rand.Rand
	outside string
}

// path returns a random path out of a few, so that operations collide.
func (s *stress) path() string {
	p := fmt.Sprintf("n%d", s.rnd.IntN(6))
	for s.rnd.IntN(3) > 0 && len(p) < 12 {
		p += fmt.Sprintf("/n%d", s.rnd.IntN(6))
	}
	return s.disk(p)
}

// op tries a random operation.
func (s *stress) op(i int) {
	p, q := s.path(), s.path()
	out := filepath.Join(s.outside, fmt.Sprint(s.rnd.IntN(5)))
	content := []byte(fmt.Sprint(i))
	switch s.rnd.IntN(16) {
	case 0, 1, 2:
		_ = os.WriteFile(p, content, 0o666)
	case 3:
		_ = os.MkdirAll(p, 0o777)
	case 4:
		_ = os.MkdirAll(p, 0o777)
		for j := range s.rnd.IntN(10) {
			_ = os.WriteFile(filepath.Join(p, fmt.Sprint("f", j)), content, 0o666)
		}
	case 5:
		deep := filepath.Join(p, "x/y/z")
		_ = os.MkdirAll(deep, 0o777)
		_ = os.WriteFile(filepath.Join(deep, "f"), content, 0o666)
	case 6, 7:
		_ = os.Rename(p, q)
	case 8:
		_ = os.RemoveAll(p)
	case 9:
		_ = os.Remove(p)
	case 10:
		_ = os.Rename(p, out)
	case 11:
		_ = os.Rename(out, p)
	case 12: // atomic save
		_ = os.WriteFile(p+".tmp", content, 0o666)
		_ = os.Rename(p+".tmp", p)
	case 13: // swap
		_ = os.Rename(p, out+"-swap")
		_ = os.Rename(q, p)
		_ = os.Rename(out+"-swap", q)
	case 14:
		if f, err := os.OpenFile(p, os.O_APPEND|os.O_WRONLY, 0); err == nil {
			_, _ = f.Write(content)
			_ = f.Close()
		}
	case 15:
		_ = os.Remove(p)
		_ = os.Symlink(s.outside, p)
	}
	switch s.rnd.IntN(40) { // at times it pauses, so that batches come in between
	case 0:
		time.Sleep(time.Duration(s.rnd.IntN(30)) * time.Millisecond)
	case 1:
		if s.rnd.IntN(10) == 0 {
			time.Sleep(time.Duration(s.rnd.IntN(400)) * time.Millisecond)
		}
	}
}
