package sync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ferry/sync"
	"ferry/sync/links"
)

// TestLinksAreCopied copies links as links, both ways, and leaves alone what it must.
func TestLinksAreCopied(t *testing.T) {
	for _, s := range bothSides {
		for _, part := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s side, part %v", s, part), func(t *testing.T) {
				w := newWorld(t)
				w.fill(3)
				w.opts.Policy.CopyLinks = true
				w.sync()
				w.sides[s].Link("d0/l", "f0")
				w.sides[s].Link("away", "../away")
				again := func() sync.Summary {
					if part && s == sync.Local {
						return w.part([]string{"d0/l", "away"}, "")
					}
					return w.sync()
				}
				if sum := again(); sum.Links != 1 || sum.Skipped != 1 || sum.Failed != 0 {
					t.Errorf("%+v\n%s", sum, w.tail())
				}
				if got := w.sides[s.Other()].Target("d0/l"); got != "f0" {
					t.Errorf("it leads to %q", got)
				}
				if sum := again(); sum.Links != 0 || sum.Skipped != 1 {
					t.Errorf("again: %+v\n%s", sum, w.tail())
				}
				w.sides[s.Other()].Remove("d0/l")
				if sum := w.sync(); sum.Links != 0 || sum.Skipped != 2 || w.sides[s].Target("d0/l") != "f0" {
					t.Errorf("removed: %+v\n%s", sum, w.tail())
				}
				w.sides[s].Remove("d0/l")
				if sum := w.sync(); sum.Skipped != 1 {
					t.Errorf("removed on both sides: %+v\n%s", sum, w.tail())
				}
				if _, based := w.record.At("d0/l"); based {
					t.Error("it is still in the base")
				}
			})
		}
	}
}

// TestLinksOnASideWithout leaves links alone, and is no failure.
func TestLinksOnASideWithout(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.fill(3)
		w.opts.Policy.CopyLinks = true
		w.sides[s.Other()].NoLinks = true
		w.sides[s].Link("l", "d0/f0")
		if sum := w.sync(); sum.Links != 0 || sum.Skipped != 1 || sum.Failed != 0 {
			t.Errorf("%s side: %+v\n%s", s, sum, w.tail())
		}
	}
}

// TestLinkRefused asks a side once for a link that it refuses, and again when there is
// something to which it leads. Everything that the plan had is counted as ended.
func TestLinkRefused(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.fill(3)
		w.opts.Policy.CopyLinks = true
		w.sides[s.Other()].RefusesLinks = true
		w.sides[s].Link("l", "later")
		var acts bool
		var begun, refused int
		w.opts.Observer = func(ev sync.Event) {
			switch ev := ev.(type) {
			case sync.Planned:
				acts = ev.Plan.Acts()
			case sync.Started:
				begun++
			case sync.Finished:
				begun--
			case sync.Refused:
				begun--
				refused++
			}
		}
		engine := sync.New(w.sides[0], w.sides[1], w.record, w.opts)
		for i, want := range []bool{true, false, true, true, false} {
			if i == 2 {
				w.write(s, "later", "content")
			}
			sum, err := engine.Sync(t.Context())
			if err != nil || sum.Skipped != 1 || sum.Failed != 0 || sum.Links != 0 || acts != want {
				t.Errorf("%s side, pass %d: %+v, %v; acts %v, want %v", s, i, sum, err, acts, want)
			}
		}
		if begun != 0 || refused != 2 {
			t.Errorf("%s side: %d did not end, %d refused", s, begun, refused)
		}
	}
}

// TestLinkRefusalIsKept has another engine, as another process has one, leave alone what was
// refused, say so, and ask again a week later.
func TestLinkRefusalIsKept(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.fill(3)
		w.opts.Policy.CopyLinks = true
		w.sides[s.Other()].RefusesLinks = true
		w.sides[s].Link("l", "nothing")
		now := time.Date(2026, 8, 21, 14, 0, 0, 0, time.UTC)
		w.opts.Now = func() time.Time { return now }
		var kept []links.Refusal
		var notices []string
		var acts bool
		w.opts.Observer = func(ev sync.Event) {
			switch ev := ev.(type) {
			case sync.Planned:
				acts = ev.Plan.Acts()
			case sync.Noticed:
				notices = append(notices, ev.Text)
			}
		}
		for i, want := range []bool{true, false, true} {
			if i == 2 {
				now = now.AddDate(0, 0, 7)
			}
			notices = nil
			w.opts.LinkRefusals = links.NewRefusals(kept)
			w.opts.LinkRefusals.Save = func(all []links.Refusal) error { kept = all; return nil }
			if sum := w.sync(); sum.Skipped != 1 || sum.Failed != 0 || acts != want || len(kept) != 1 {
				t.Errorf("%s side, pass %d: %+v; acts %v, want %v; kept %v\n%s", s, i, sum, acts, want, kept, w.tail())
			}
			if len(notices) != 1 || !strings.Contains(notices[0], "left alone") {
				t.Errorf("%s side, pass %d: said %q", s, i, notices)
			}
		}
	}
}

// TestLinkRefusedAsItsTargetWent asks for a link again when that to which it leads comes back,
// after the pass that asked for it first had removed that.
func TestLinkRefusedAsItsTargetWent(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.fill(3)
		w.opts.Policy.CopyLinks = true
		w.opts.LinkRefusals = links.NewRefusals(nil)
		w.write(s, "to", "content")
		w.sync()
		w.sides[s.Other()].RefusesLinks = true
		w.sides[s].Remove("to")
		w.sides[s].Link("l", "to")
		w.sync()
		w.write(s, "to", "again")
		w.sync()
		w.sides[s.Other()].RefusesLinks = false
		if sum := w.sync(); sum.Links != 1 {
			t.Errorf("%s side: %+v\n%s", s, sum, w.tail())
		}
	}
}

// TestLinkInRenamedDirectory carries over, in one pass, a new link and that the directory in
// which it is was renamed on the other side.
func TestLinkInRenamedDirectory(t *testing.T) {
	for _, s := range bothSides {
		w := newWorld(t)
		w.fill(9)
		w.opts.Policy.CopyLinks = true
		w.sync()
		w.sides[s.Other()].Link("d0/l", "f0")
		w.sides[s].Rename("d0", "new")
		if sum := w.sync(); sum.Links != 1 || sum.Failed+sum.Skipped+sum.Conflicts != 0 {
			t.Errorf("%s side: %+v\n%s", s, sum, w.tail())
		}
		for _, side := range w.sides {
			if got := side.Target("new/l"); got != "f0" {
				t.Errorf("%s side: it leads to %q\n%s", s, got, w.tail())
			}
		}
		w.wantQuiet()
	}
}

// TestModelLinks makes and removes links, files and directories on both sides at random. No
// pass removes or replaces a link, or anything because of one, and a second pass has nothing
// to do.
func TestModelLinks(t *testing.T) {
	names := []string{"a", "b", "d/a", "d/b", "d/e/a"}
	targets := []string{"a", "../a", "d", "../../x", "/a", "d/e", "."}
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.opts.Policy.CopyLinks = true
		w.opts.Policy.Direction = rapid.SampledFrom([]sync.Direction{sync.Both, sync.Both, sync.Push, sync.Pull}).Draw(t, "direction")
		w.opts.Limits.AllowDeletes, w.opts.Limits.AcceptEmpty = true, true
		w.fill(1)
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			for range rapid.IntRange(1, 4).Draw(t, "changes") {
				s := rapid.SampledFrom(bothSides[:]).Draw(t, "side")
				side := w.sides[s]
				name := rapid.SampledFrom(names).Draw(t, "name")
				if above := side.Entry(parentOf(name)); name != "a" && name != "b" && above.Exists() && !above.IsDir() {
					continue
				}
				side.Remove(name)
				switch rapid.IntRange(0, 3).Draw(t, "what") {
				case 0, 1:
					side.Link(name, rapid.SampledFrom(targets).Draw(t, "target"))
				case 2:
					w.write(s, name, rapid.SampledFrom([]string{"1", "22"}).Draw(t, "content"))
				}
			}
			var before [2]map[string]string
			for i, side := range w.sides {
				before[i] = linksOf(side.List(), side.Target)
			}
			w.sync()
			for i, side := range w.sides {
				for name, target := range before[i] {
					if got := side.Target(name); got != target {
						t.Fatalf("%s on side %d led to %q, and now to %q\n%s", name, i, target, got, w.tail())
					}
				}
				for name, target := range linksOf(side.List(), side.Target) {
					if strings.HasPrefix(target, "/") && before[i][name] == "" {
						t.Fatalf("%s was made, and leads to %q", name, target)
					}
				}
			}
			if sum := w.sync(); sum.Links != 0 {
				t.Fatalf("a second pass made %d links\n%s", sum.Links, w.tail())
			}
		}
	})
}

func linksOf(names []string, target func(string) string) map[string]string {
	found := make(map[string]string)
	for _, name := range names {
		if to := target(name); to != "" {
			found[name] = to
		}
	}
	return found
}

func parentOf(name string) string {
	return name[:max(0, strings.LastIndex(name, "/"))]
}
