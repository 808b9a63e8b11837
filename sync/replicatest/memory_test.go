package replicatest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

func TestMemory(t *testing.T) {
	for _, side := range []struct {
		name string
		set  func(m *replicatest.Memory)
	}{
		{"disk", func(*replicatest.Memory) {}},
		{"mlsd server", func(m *replicatest.Memory) { m.Server, m.Precision, m.NoSums = true, manifest.Second, true }},
		{"list server", func(m *replicatest.Memory) {
			m.Server, m.Precision, m.NoSums, m.NoIDs, m.FixedTimes, m.Skew = true, manifest.Minute, true, true, true, -3*time.Hour
		}},
		{"day server", func(m *replicatest.Memory) {
			m.Server, m.Precision, m.NoReplace, m.NoResume, m.NoIDs = true, manifest.Day, true, true, true
		}},
		{"server without times", func(m *replicatest.Memory) {
			m.Server, m.Precision, m.NoReplace, m.FixedTimes = true, manifest.NoTime, true, true
		}},
	} {
		t.Run(side.name, func(t *testing.T) {
			replicatest.Run(t, func(*testing.T) replicatest.Fixture {
				m := replicatest.NewMemory()
				m.Clock = time.Now
				side.set(m)
				return m.Fixture()
			})
		})
	}
}

// settings are the sides that the tests below are repeated on.
var settings = map[string]func(m *replicatest.Memory){
	"disk":                       func(*replicatest.Memory) {},
	"server":                     func(m *replicatest.Memory) { m.Server, m.Precision = true, manifest.Second },
	"server that never replaces": func(m *replicatest.Memory) { m.Server, m.NoReplace, m.Precision = true, true, manifest.Minute },
}

// A scene is a side with old content and one step that changes it.
type scene struct {
	m    *replicatest.Memory
	step sync.Step
}

const (
	oldContent = "the old content"
	newContent = "content that is new, and is longer than a chunk"
)

// scenes are the steps that the tests below break off everywhere.
var scenes = map[string]func(m *replicatest.Memory, trash bool) sync.Step{
	"put":     func(m *replicatest.Memory, _ bool) sync.Step { return written("new", manifest.Entry{}) },
	"replace": func(m *replicatest.Memory, trash bool) sync.Step { return with(written("old", at(m, "old")), trash) },
	"remove": func(m *replicatest.Memory, trash bool) sync.Step {
		return with(sync.Step{Op: sync.Remove, Path: "old", Expect: at(m, "old")}, trash)
	},
	"move": func(m *replicatest.Memory, _ bool) sync.Step {
		return sync.Step{Op: sync.Move, From: "old", Path: "new", Expect: at(m, "old")}
	},
	"mkdir": func(*replicatest.Memory, bool) sync.Step { return sync.Step{Op: sync.MkDir, Path: "new"} },
	"rmdir": func(*replicatest.Memory, bool) sync.Step {
		return sync.Step{Op: sync.RmDir, Path: "empty", Expect: manifest.Entry{Kind: manifest.Dir}}
	},
}

func with(s sync.Step, trash bool) sync.Step { s.Trash = trash; return s }

func at(m *replicatest.Memory, p manifest.Path) manifest.Entry {
	tree, err := m.Scan(context.Background(), sync.Look{})
	if err != nil {
		panic(err)
	}
	return tree.At(p)
}

// written is a Put of newContent, read from another side.
func written(p manifest.Path, expect manifest.Entry) sync.Step {
	other := replicatest.NewMemory()
	other.Write("source", newContent, time.Unix(1, 0))
	want := at(other, "source")
	return sync.Step{Op: sync.Put, Path: p, Expect: expect, Want: want, Open: func(ctx context.Context, offset int64) (sync.Source, error) {
		return other.Reader(ctx, []sync.Wanted{{Path: "source", Entry: want}}).Open(ctx, 0, offset)
	}}
}

// each runs test for every scene on every side, with and without trash.
func each(t *testing.T, test func(t *testing.T, stage func() scene)) {
	for side, set := range settings {
		for name, step := range scenes {
			for _, trash := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%v", side, name, trash), func(t *testing.T) {
					test(t, func() scene {
						m := replicatest.NewMemory()
						m.Chunk = 20
						set(m)
						m.Write("old", oldContent, time.Unix(0, 0))
						m.Mkdir("empty")
						return scene{m, step(m, trash)}
					})
				})
			}
		}
	}
}

// run carries out the step while nth, counted from 0, of its operations goes as
// the hook says. It reports the outcome, the operation, whether there was one,
// and whether the hook panicked.
func (s scene) run(nth int, hook func(op string) error) (out sync.Outcome, op string, reached, crashed bool) {
	n := 0
	s.m.OnIO = func(now string, _ manifest.Path) error {
		if n++; n <= nth {
			return nil
		}
		if n == nth+1 {
			op, reached = now, true
		}
		return hook(now)
	}
	defer func() {
		s.m.OnIO = nil
		crashed = recover() != nil
	}()
	s.m.Apply(context.Background(), []sync.Step{s.step}, func(_ int, o sync.Outcome) { out = o })
	return out, op, reached, false
}

// contents are all contents anywhere, half-written ones left out.
func contents(m *replicatest.Memory) map[string]string {
	all := make(map[string]string)
	for _, p := range m.List() {
		name := p[strings.LastIndexByte(p, '/')+1:]
		if content, ok := m.Read(p); ok {
			if _, temp := manifest.TempMark(name); !temp {
				all[p] = content
			}
		}
	}
	return all
}

// whole fails the test where a file has neither the old nor the new content.
func whole(t *testing.T, m *replicatest.Memory, when string) {
	t.Helper()
	for p, content := range contents(m) {
		if content != oldContent && content != newContent {
			t.Errorf("%s: %q has the content %q", when, p, content)
		}
	}
}

// A crash between any two operations leaves whole files only, and a side on
// which the step can be done again.
func TestCrashAnywhere(t *testing.T) {
	each(t, func(t *testing.T, stage func() scene) {
		for nth := 0; ; nth++ {
			s := stage()
			_, op, reached, crashed := s.run(nth, func(string) error { panic("crash") })
			if !reached {
				if nth < 2 {
					t.Fatalf("only %d operations", nth)
				}
				return
			}
			if !crashed {
				t.Fatalf("the crash at %s did not come through", op)
			}
			s.m.Crash()
			whole(t, s.m, "after a crash at "+op)
			if s.step.Trash && !slices.Contains(slices.Collect(maps.Values(contents(s.m))), oldContent) {
				aside := ""
				for _, p := range s.m.List() {
					if c, _ := s.m.Read(p); c == oldContent {
						aside = p
					}
				}
				t.Errorf("after a crash at %s the old content is nowhere but in %q", op, aside)
			}
			s.step.Expect = at(s.m, s.step.Path)
			if s.step.Op == sync.Put {
				out, _, _, _ := s.run(1<<30, nil)
				if out.Err != nil {
					t.Errorf("once more after a crash at %s: %v", op, out.Err)
				}
				if got, _ := s.m.Read(string(s.step.Path)); got != newContent {
					t.Errorf("once more after a crash at %s: %q", op, got)
				}
			}
		}
	})
}

// An operation that fails fails its step, and everything stays as it was.
func TestErrorAnywhere(t *testing.T) {
	each(t, func(t *testing.T, stage func() scene) {
		for nth := 0; ; nth++ {
			s := stage()
			before := contents(s.m)
			broken := errors.New("no")
			once := 0
			out, op, reached, _ := s.run(nth, func(string) error {
				if once++; once == 1 {
					return broken
				}
				return nil
			})
			if !reached {
				return
			}
			if out.Err == nil && op == "unlink" && s.step.Op == sync.Put {
				continue // the old version that was put aside is litter now
			}
			if !errors.Is(out.Err, broken) || out.Ambiguous {
				t.Errorf("%s failed: %v, ambiguous: %v", op, out.Err, out.Ambiguous)
			}
			if diff := cmp.Diff(before, contents(s.m)); diff != "" {
				t.Errorf("%s failed (-before +after):\n%s", op, diff)
			}
		}
	})
}

// Where a reply is lost the replica looks, and then knows.
func TestLostReplyAnywhere(t *testing.T) {
	each(t, func(t *testing.T, stage func() scene) {
		for nth := 0; ; nth++ {
			for _, lost := range []error{replicatest.ErrLostReply, replicatest.ErrLostRequest} {
				s, plain := stage(), stage()
				plain.run(1<<30, nil)
				before := contents(s.m)
				once := 0
				out, op, reached, _ := s.run(nth, func(string) error {
					if once++; once == 1 {
						return lost
					}
					return nil
				})
				if !reached {
					return
				}
				if out.Ambiguous {
					t.Errorf("%s, %v: ambiguous although looking settles it", op, lost)
				}
				want := before
				if out.Err == nil {
					want = contents(plain.m)
				}
				if diff := cmp.Diff(want, contents(s.m)); diff != "" {
					t.Errorf("%s, %v, outcome %v (-want +got):\n%s", op, lost, out.Err, diff)
				}
			}
		}
	})
}

// Where the look is lost as well the outcome says so.
func TestLostForGood(t *testing.T) {
	each(t, func(t *testing.T, stage func() scene) {
		seen := false
		for nth := 0; ; nth++ {
			s := stage()
			out, op, reached, _ := s.run(nth, func(string) error { return replicatest.ErrLostReply })
			if !reached {
				break
			}
			if out.Ambiguous != (out.Err != nil && strings.Contains(out.Err.Error(), "looking did not settle it")) {
				t.Errorf("%s: ambiguous %v, error %v", op, out.Ambiguous, out.Err)
			}
			if out.Err == nil && op != "unlink" {
				t.Errorf("%s: no error although everything was lost from there on", op)
			}
			seen = seen || out.Ambiguous
		}
		if !seen {
			t.Error("no outcome was ambiguous")
		}
	})
}

func TestListingThatLies(t *testing.T) {
	m := replicatest.NewMemory()
	m.Write("d/f", "x", time.Time{})
	m.Write("d/g", "x", time.Time{})
	m.Lie = func(dir manifest.Path, names []string) []string {
		if dir == "d" {
			return names[:1]
		}
		return names
	}
	if at(m, "d/g").Exists() || !at(m, "d/f").Exists() {
		t.Error("the listing does not lie as it was told")
	}
	if err := m.Gone(t.Context(), []manifest.Path{"d/g"}, make([]manifest.Entry, 1))[0]; !errors.Is(err, sync.ErrPresent) {
		t.Errorf("Gone: %v, want the truth", err)
	}
}

func TestUnreadableDirectory(t *testing.T) {
	m := replicatest.NewMemory()
	m.Write("d/f", "x", time.Time{})
	m.OnIO = func(op string, p manifest.Path) error {
		if op == "list" && p == "d" {
			return errors.New("550 no")
		}
		return nil
	}
	tree, err := m.Scan(t.Context(), sync.Look{})
	if err != nil || tree.Known("d/f") || len(tree.Problems()) != 1 {
		t.Errorf("error %v, problems %v; want one problem", err, tree.Problems())
	}
}

func TestClockAndSkew(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 30, 45, 600, time.UTC)
	for _, with := range []struct {
		precision manifest.Precision
		want      time.Time
	}{
		{manifest.Nanosecond, now.Add(-3 * time.Hour)},
		{manifest.Second, time.Date(2026, 7, 1, 9, 30, 45, 0, time.UTC)},
		{manifest.Minute, time.Date(2026, 7, 1, 9, 30, 0, 0, time.UTC)},
		{manifest.Day, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)},
		{manifest.NoTime, time.Time{}},
	} {
		m := replicatest.NewMemory()
		m.Clock = func() time.Time { return now }
		m.Skew, m.Precision = -3*time.Hour, with.precision
		m.Write("f", "x", time.Time{})
		if got := at(m, "f").Time(); !got.Equal(with.want) {
			t.Errorf("precision %d: %v, want %v", with.precision, got, with.want)
		}
	}
}
