package sync_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"ferry/manifest"
	"ferry/sync"
)

var someModes = []uint16{0o644, 0o755, 0o600, 0o444, 0o777}

// withModes makes both sides show and set permission bits.
func (w *world) withModes() {
	for _, side := range w.sides {
		side.Modes = true
	}
}

func (w *world) mode(s sync.Side, p string) uint16 { return w.sides[s].Entry(p).Mode }

func (w *world) wantModes(p string, local, remote uint16) {
	w.t.Helper()
	if l, r := w.mode(sync.Local, p), w.mode(sync.Remote, p); l != local || r != remote {
		w.t.Errorf("%s: local %o, remote %o; want %o and %o\n%s", p, l, r, local, remote, w.tail())
	}
}

// TestModesModel lets users write, rename, delete and change permissions on both sides, also
// during passes that crash or lose replies. At rest both sides have the same permissions.
func TestModesModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		m.withModes()
		chmod := func(t *rapid.T) {
			s := rapid.SampledFrom(bothSides[:]).Draw(t, "side")
			p := rapid.SampledFrom(m.names).Draw(t, "path")
			if content := m.tree(s)[p]; content != "" && content != "/" {
				mode := rapid.SampledFrom(someModes).Draw(t, "mode")
				m.logf("user sets mode %o of %s %s", mode, s, p)
				m.sides[s].Chmod(p, mode)
			}
		}
		quiet := func(t *rapid.T) {
			m.quiet(t)
			for range 2 {
				m.sync()
			}
			if sum := m.sync(); sum.Chmods > 0 {
				t.Fatalf("a pass at rest set modes\n%s", m.tail())
			}
			for p, content := range m.tree(sync.Local) {
				if l, r := m.mode(sync.Local, p), m.mode(sync.Remote, p); content != "/" && p != othersTemp && l != r {
					t.Fatalf("%s: local %o, remote %o\n%s", p, l, r, m.tail())
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"user":      func(t *rapid.T) { m.user(t) },
			"chmod":     chmod,
			"chmod too": chmod,
			"sync":      func(t *rapid.T) { m.disturbed(t, nil, trouble{}) },
			"busySync":  func(t *rapid.T) { m.disturbed(t, nil, trouble{busy: 8}) },
			"crashSync": func(t *rapid.T) { m.disturbed(t, nil, trouble{busy: 4, kill: 6}) },
			"lossySync": func(t *rapid.T) { m.disturbed(t, nil, trouble{lose: 6}) },
			"part":      func(t *rapid.T) { m.disturbed(t, m.scope(t), trouble{}) },
			"quiet":     quiet,
		})
		quiet(t)
	})
}

// TestModesTravel holds what becomes of permissions of one file, by what users do to it.
func TestModesTravel(t *testing.T) {
	for _, c := range []struct {
		name          string
		do            func(w *world)
		local, remote uint16 // after the pass
		chmods        int
	}{
		{"nothing", func(*world) {}, 0o644, 0o644, 0},
		{"local mode", func(w *world) { w.sides[sync.Local].Chmod("f", 0o755) }, 0o755, 0o755, 1},
		{"remote mode", func(w *world) { w.sides[sync.Remote].Chmod("f", 0o600) }, 0o600, 0o600, 1},
		{"both the same", func(w *world) {
			w.sides[sync.Local].Chmod("f", 0o755)
			w.sides[sync.Remote].Chmod("f", 0o755)
		}, 0o755, 0o755, 0},
		{"both", func(w *world) {
			w.sides[sync.Local].Chmod("f", 0o755)
			w.sides[sync.Remote].Chmod("f", 0o600)
		}, 0o755, 0o755, 1},
		{"both, the server wins", func(w *world) {
			w.opts.Policy.Conflict = sync.RemoteWins
			w.sides[sync.Local].Chmod("f", 0o755)
			w.sides[sync.Remote].Chmod("f", 0o600)
		}, 0o600, 0o600, 1},
		{"remote mode, push", func(w *world) {
			w.opts.Policy.Direction = sync.Push
			w.sides[sync.Remote].Chmod("f", 0o600)
		}, 0o644, 0o600, 0},
		{"remote mode, exact push", func(w *world) {
			w.opts.Policy.Direction, w.opts.Policy.Exact = sync.Push, true
			w.sides[sync.Remote].Chmod("f", 0o600)
		}, 0o644, 0o644, 1},
		{"local mode, pull", func(w *world) {
			w.opts.Policy.Direction = sync.Pull
			w.sides[sync.Local].Chmod("f", 0o600)
		}, 0o600, 0o644, 0},
		{"local content and mode", func(w *world) {
			w.write(sync.Local, "f", "longer than it was")
			w.sides[sync.Local].Chmod("f", 0o755)
		}, 0o755, 0o755, 0},
		{"a new script of the server", func(w *world) {
			w.sides[sync.Local].Remove("f")
			w.sync()
			w.write(sync.Remote, "f", "#!")
			w.sides[sync.Remote].Chmod("f", 0o755)
		}, 0o755, 0o755, 0},
		{"a server that says yes and does nothing", func(w *world) {
			w.sides[sync.Remote].FixedModes = true
			w.sides[sync.Local].Chmod("f", 0o755)
		}, 0o755, 0o644, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.withModes()
			w.write(sync.Local, "f", "content")
			w.sync()
			w.sync()
			c.do(w)
			if sum := w.sync(); sum.Chmods != c.chmods {
				t.Errorf("%d modes set, want %d\n%s", sum.Chmods, c.chmods, w.tail())
			}
			w.wantModes("f", c.local, c.remote)
			w.sync()
			if sum := w.sync(); sum.Chmods != 0 {
				t.Errorf("a pass at rest set modes\n%s", w.tail())
			}
			w.wantModes("f", c.local, c.remote)
		})
	}
}

// TestModeOnOneSideContentOnTheOther holds that neither change is lost.
func TestModeOnOneSideContentOnTheOther(t *testing.T) {
	for _, s := range bothSides {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			w := newWorld(t)
			w.withModes()
			w.write(sync.Local, "f", "content")
			w.sync()
			w.sync()
			w.write(s, "f", "longer than it was")
			w.sides[s.Other()].Chmod("f", 0o755)
			w.sync()
			w.sync()
			w.sync()
			w.wantTrees(map[string]string{"f": "longer than it was"})
			w.wantModes("f", 0o755, 0o755)
		})
	}
}

// TestModesBeginToTravel switches permissions on for a pair that has a base without them,
// and meets files that both sides had before the first pass.
func TestModesBeginToTravel(t *testing.T) {
	for _, direction := range []sync.Direction{sync.Both, sync.Push, sync.Pull} {
		for _, based := range []bool{false, true} {
			w := newWorld(t)
			w.write(sync.Local, "f", "content")
			w.write(sync.Remote, "f", "content")
			if based {
				w.sync()
			}
			w.sides[sync.Local].Chmod("f", 0o755)
			w.opts.Policy.Direction = direction
			w.withModes()
			for range 3 {
				w.sync()
			}
			want := uint16(0o755)
			if direction == sync.Pull {
				want = 0o644
			}
			w.wantModes("f", want, want)
		}
	}
}

// TestModesOff holds that a base without permissions is the same as before they existed.
func TestModesOff(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "f", "content")
	w.sync()
	w.sides[sync.Local].Chmod("f", 0o755)
	if sum := w.sync(); sum.Chmods != 0 {
		t.Error("a mode was set")
	}
	if pair, _ := w.record.At(manifest.Path("f")); pair.Local.Mode|pair.Remote.Mode != 0 {
		t.Error("the base has modes")
	}
}

// TestModeThatFailed holds that a mode which could not be set is set by the next pass.
func TestModeThatFailed(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.withModes()
		w.write(sync.Local, "f", "content")
		w.sync()
		w.sync()
		w.sides[s].Chmod("f", 0o755)
		w.sides[s.Other()].OnIO = func(op string, _ manifest.Path) error {
			if op == "chmod" {
				return errors.New("refused")
			}
			return nil
		}
		if sum, err := w.pass(); err != nil || sum.Failed != 1 {
			t.Errorf("%s: %+v, %v", s, sum, err)
		}
		w.sides[s.Other()].OnIO = nil
		w.sync()
		w.wantModes("f", 0o755, 0o755)
	}
}
