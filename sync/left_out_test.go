package sync_test

import (
	"slices"
	"strings"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

// TestWhatFerryObeysNeverTravels checks that what is left out whatever the rules say
// changes no side, in any direction, also where an older ferry had carried it over: then
// it is forgotten on both sides and deleted on neither.
func TestWhatFerryObeysNeverTravels(t *testing.T) {
	reserved := func(p manifest.Path) bool { return p == "ferry.yaml" || p.HasOwn() && p != manifest.Own }
	kept := []string{"ferry.yaml", "sub/.ferry/trash/20260101-000000/old", "sub/deep/.FERRY/lock/holder"}
	for _, direction := range []sync.Direction{sync.Both, sync.Push, sync.Pull} {
		for _, before := range []bool{false, true} {
			t.Run(direction.String()+map[bool]string{true: " recorded before"}[before], func(t *testing.T) {
				w := newWorld(t)
				w.fill(6)
				w.sync()
				for _, s := range bothSides {
					for _, p := range kept {
						w.write(s, p, "of the "+s.String()+" side")
					}
				}
				if before {
					for _, p := range kept {
						e := manifest.Entry{Kind: manifest.File, Size: 7, ModTime: 1, Precision: manifest.Second}
						for dir := range manifest.Path(p).Ancestors {
							if dir != manifest.Root {
								_ = w.record.Set(dir, manifest.Pair{Local: manifest.Entry{Kind: manifest.Dir}, Remote: manifest.Entry{Kind: manifest.Dir}})
							}
						}
						_ = w.record.Set(manifest.Path(p), manifest.Pair{Local: e, Remote: e})
					}
				}
				w.opts.Policy.Direction = direction
				w.opts.Ignore = func(p manifest.Path, _ bool) bool { return p == "ferry.yaml" }
				w.opts.LeftOut = reserved
				for range 2 {
					if sum := w.sync(); sum.Uploaded+sum.Downloaded+sum.DeletedLocal+sum.DeletedRemote+sum.Moved > 0 || sum.LeftOut == 0 {
						t.Errorf("%+v\n%s", sum, w.tail())
					}
				}
				for _, s := range bothSides {
					for _, p := range kept {
						if got, _ := w.sides[s].Read(p); got != "of the "+s.String()+" side" {
							t.Errorf("%s: %s is %q\n%s", s, p, got, w.tail())
						}
					}
				}
				for _, p := range kept {
					if _, based := w.record.At(manifest.Path(p)); based {
						t.Errorf("%s is still in the base", p)
					}
				}
			})
		}
	}
}

// TestLeftOutIsNamed checks that the plan names what was left out, each path once and
// nothing else that is ignored.
func TestLeftOutIsNamed(t *testing.T) {
	w := newWorld(t)
	for _, s := range bothSides {
		w.write(s, "ferry.yaml", "of the "+s.String()+" side")
		w.write(s, "a.log", "ignored by a rule")
	}
	w.write(sync.Remote, "sub/.ferry/trash/x", "of another pair")
	w.opts.Ignore = func(p manifest.Path, _ bool) bool {
		return p == "ferry.yaml" || strings.HasSuffix(string(p), ".log")
	}
	w.opts.LeftOut = func(p manifest.Path) bool { return p == "ferry.yaml" || p.HasOwn() && p != manifest.Own }
	var named []manifest.Path
	observe := w.opts.Observer
	w.opts.Observer = func(ev sync.Event) {
		if planned, ok := ev.(sync.Planned); ok {
			named = planned.Plan.LeftOut
		}
		observe(ev)
	}
	sum := w.sync()
	if want := []manifest.Path{"ferry.yaml", "sub/.ferry"}; !slices.Equal(named, want) || sum.LeftOut != len(want) {
		t.Errorf("%q, %+v, want %q", named, sum, want)
	}
}

type pins string

func (p pins) Pins(dir manifest.Path) bool { return manifest.Path(p).Below(dir) }

// TestPinnedDirectoryIsNotRenamed checks that the other side cannot carry away a
// directory that holds what ferry obeys: what is in it is moved, and it stays.
func TestPinnedDirectoryIsNotRenamed(t *testing.T) {
	w := newWorld(t)
	w.write(sync.Local, "conf/a", "alpha")
	w.write(sync.Local, "conf/ferry.yaml", "obeyed")
	w.opts.Ignore = func(p manifest.Path, _ bool) bool { return p.Base() == "ferry.yaml" }
	w.opts.Pinned = pins("conf/ferry.yaml")
	w.sync()
	w.sides[sync.Remote].Rename("conf", "gone")
	w.sync()
	if got, _ := w.sides[sync.Local].Read("conf/ferry.yaml"); got != "obeyed" {
		t.Errorf("conf/ferry.yaml is %q\n%s", got, w.tail())
	}
	if got, _ := w.sides[sync.Local].Read("gone/a"); got != "alpha" {
		t.Errorf("gone/a is %q\n%s", got, w.tail())
	}
}
