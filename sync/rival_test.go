package sync_test

import (
	"context"
	"errors"
	"testing"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/trashbin"
)

// A rival is another machine that replaces one file on the server: it takes the lock,
// moves the old version away and puts a version back.
type rival struct {
	w       *world
	holds   bool
	away    string // the path whose name is free at the moment; "": none
	refuses bool   // it does not let go while somebody waits
	awaited int
	work    func() // what it does before it lets go, besides
}

const rivalDesk = manifest.Own + "/rival"

// begin takes the lock and the file p away.
func (r *rival) begin(p string) {
	r.holds, r.away = true, p
	r.w.sides[sync.Remote].Rename(p, rivalDesk)
	r.w.logf("the rival takes %s away", p)
}

// end puts the file back and lets go of the lock. Where its name is taken, or its
// directory gone, the file goes into the trash.
func (r *rival) end() {
	if r.away != "" {
		tree := r.w.tree(sync.Remote)
		to := r.away
		if parent := string(manifest.Path(to).Parent()); tree[to] != "" || parent != "" && tree[parent] != "/" {
			to = trashbin.Dir + "/20250101-000000/" + to
		}
		r.w.sides[sync.Remote].Rename(rivalDesk, to)
		r.w.logf("the rival puts %s to %s", r.away, to)
	}
	if r.work != nil {
		r.work()
	}
	r.holds, r.away = false, ""
}

// Holds implements [replicatest.Rival].
func (r *rival) Holds() bool { return r.holds }

// Await implements [replicatest.Rival].
func (r *rival) Await(context.Context) error {
	r.awaited++
	if r.refuses {
		return errors.New("a rival")
	}
	r.end()
	return nil
}

// TestAbsentUnderALock takes a file away while the pass looks, as a machine does that
// replaces it. No deletion comes of it, in any direction.
func TestAbsentUnderALock(t *testing.T) {
	for _, c := range []struct {
		name      string
		direction sync.Direction
		dry       bool
		refuses   bool
		scope     *sync.Scope
		awaited   int
	}{
		{name: "sync", awaited: 1},
		{name: "pull", direction: sync.Pull, awaited: 1},
		{name: "a part", scope: &sync.Scope{Remote: []manifest.Path{"d"}}, awaited: 1},
		{name: "a rival that goes on", refuses: true, awaited: 1},
		{name: "a dry run", dry: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			for _, p := range []string{"a", "b", "d/c", "d/e"} {
				w.write(sync.Local, p, "content of "+p)
			}
			w.sync()
			before := w.tree(sync.Local)
			r := &rival{w: w, refuses: c.refuses}
			w.sides[sync.Remote].Rival = r
			r.begin("d/c")
			w.sides[sync.Remote].Remove("d/e") // which is really gone
			w.opts.Policy.Direction, w.opts.DryRun = c.direction, c.dry
			pass := w.pass
			if c.scope != nil {
				pass = func() (sync.Summary, error) { return w.passOver(*c.scope) }
			}
			sum, err := pass()
			if err != nil || r.awaited != c.awaited {
				t.Fatalf("%v, waited %d times\n%s", err, r.awaited, w.tail())
			}
			if c.dry || c.refuses {
				if sum.DeletedLocal > 0 || sum.Problems == 0 {
					t.Errorf("%+v\n%s", sum, w.tail())
				}
				r.refuses, w.opts.DryRun = false, false
				r.end()
				sum = w.sync()
			}
			delete(before, "d/e")
			if sum.DeletedLocal != 1 {
				t.Errorf("%+v\n%s", sum, w.tail())
			}
			w.wantTrees(before)
		})
	}
}

// TestLooksAgainAfterAWait has a rival change the server while a pass waits for the lock.
// The pass carries out a plan that it made afterwards.
func TestLooksAgainAfterAWait(t *testing.T) {
	for _, direction := range []sync.Direction{sync.Both, sync.Push} {
		w := newWorld(t)
		for _, p := range []string{"a", "b", "c", "d/e"} {
			w.write(sync.Local, p, "first "+p)
		}
		w.sync()
		w.opts.Policy.Direction = direction
		r := &rival{w: w, holds: true, work: func() {
			w.write(sync.Remote, "a", "second a") // as this side has it, too
			w.write(sync.Remote, "new", "made by both")
			w.sides[sync.Remote].Remove("c")
		}}
		w.sides[sync.Remote].Rival = r
		w.write(sync.Local, "a", "second a")
		w.write(sync.Local, "b", "second b")
		w.write(sync.Local, "new", "made by both")
		w.sides[sync.Local].Remove("c")
		sum := w.sync()
		if r.awaited != 1 || sum.Failed+sum.Conflicts > 0 || sum.Uploaded != 1 {
			t.Errorf("%v: %+v, waited %d times\n%s", direction, sum, r.awaited, w.tail())
		}
		w.wantTrees(map[string]string{"a": "second a", "b": "second b", "new": "made by both", "d": "/", "d/e": "first d/e"})
		w.wantQuiet()
		if r.awaited != 1 || w.sides[sync.Remote].Locked() {
			t.Errorf("%v: waited %d times, still locked: %v", direction, r.awaited, w.sides[sync.Remote].Locked())
		}
	}
}

// TestSweepIsNoReasonToWait holds that a pass with nothing to do on the server does not
// end for a rival there.
func TestSweepIsNoReasonToWait(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "a", "first")
	w.sync()
	temp := manifest.TempName(manifest.NewTempMark("0123456789abcdef", ""), false)
	w.write(sync.Remote, temp, "left behind")
	r := &rival{w: w, holds: true, refuses: true}
	w.sides[sync.Remote].Rival = r
	w.wantQuiet()
	if _, there := w.sides[sync.Remote].Read(temp); !there || r.awaited != 1 {
		t.Errorf("swept without the lock: %v, waited %d times", !there, r.awaited)
	}
	r.end()
	w.wantQuiet()
	if _, there := w.sides[sync.Remote].Read(temp); there {
		t.Error("it is still there")
	}
}
