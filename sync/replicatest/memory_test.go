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
		{"folding disk", func(m *replicatest.Memory) { m.FoldsCase = true }},
		{"folding server", func(m *replicatest.Memory) {
			m.FoldsCase, m.Server, m.Precision, m.NoSums = true, true, manifest.Second, true
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

// sides are the sides on which the tests below run.
var sides = map[string]func(m *replicatest.Memory){
	"disk":                       func(*replicatest.Memory) {},
	"server":                     func(m *replicatest.Memory) { m.Server, m.Precision = true, manifest.Second },
	"server that never replaces": func(m *replicatest.Memory) { m.Server, m.NoReplace, m.Precision = true, true, manifest.Minute },
}

// A stepOnSide is a side with old content, and one step that changes it.
type stepOnSide struct {
	m    *replicatest.Memory
	step sync.Step
}

const (
	oldContent = "the old content"
	newContent = "content that is new, and is longer than a chunk"
)

// steps are the steps that the tests below interrupt at every operation.
var steps = map[string]func(m *replicatest.Memory, trash bool) sync.Step{
	"put": func(m *replicatest.Memory, _ bool) sync.Step { return putStep("new", manifest.Entry{}) },
	"replace": func(m *replicatest.Memory, trash bool) sync.Step {
		return withTrash(putStep("old", at(m, "old")), trash)
	},
	"remove": func(m *replicatest.Memory, trash bool) sync.Step {
		return withTrash(sync.Step{Op: sync.Remove, Path: "old", Expect: at(m, "old")}, trash)
	},
	"move": func(m *replicatest.Memory, _ bool) sync.Step {
		return sync.Step{Op: sync.Move, From: "old", Path: "new", Expect: at(m, "old")}
	},
	"mkdir": func(*replicatest.Memory, bool) sync.Step { return sync.Step{Op: sync.MkDir, Path: "new"} },
	"rmdir": func(*replicatest.Memory, bool) sync.Step {
		return sync.Step{Op: sync.RmDir, Path: "empty", Expect: manifest.Entry{Kind: manifest.Dir}}
	},
}

func withTrash(s sync.Step, trash bool) sync.Step { s.Trash = trash; return s }

func at(m *replicatest.Memory, p manifest.Path) manifest.Entry {
	tree, err := m.Scan(context.Background(), sync.Look{})
	if err != nil {
		panic(err)
	}
	return tree.At(p)
}

// putStep returns a Put of newContent, which is read from another side.
func putStep(p manifest.Path, expect manifest.Entry) sync.Step {
	other := replicatest.NewMemory()
	other.Write("source", newContent, time.Unix(1, 0))
	want := at(other, "source")
	return sync.Step{Op: sync.Put, Path: p, Expect: expect, Want: want, Open: func(ctx context.Context, offset int64) (sync.Source, error) {
		return other.Reader(ctx, []sync.Wanted{{Path: "source", Entry: want}}).Open(ctx, 0, offset)
	}}
}

// onEverySide runs test for every step on every side, with and without trash.
func onEverySide(t *testing.T, test func(t *testing.T, stage func() stepOnSide)) {
	for side, set := range sides {
		for name, step := range steps {
			for _, trash := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%v", side, name, trash), func(t *testing.T) {
					test(t, func() stepOnSide {
						m := replicatest.NewMemory()
						m.Chunk = 20
						set(m)
						m.Write("old", oldContent, time.Unix(0, 0))
						m.Mkdir("empty")
						return stepOnSide{m, step(m, trash)}
					})
				})
			}
		}
	}
}

// run carries out the step, and calls hook for every operation from the nth on,
// counted from 0. It returns the outcome, the nth operation, whether there was one,
// and whether the hook panicked.
func (s stepOnSide) run(nth int, hook func(op string) error) (out sync.Outcome, op string, reached, crashed bool) {
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

// contents returns the contents of all files by path, without temporary files.
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

// wantWhole fails the test if a file has neither the old nor the new content.
func wantWhole(t *testing.T, m *replicatest.Memory, when string) {
	t.Helper()
	for p, content := range contents(m) {
		if content != oldContent && content != newContent {
			t.Errorf("%s: %q has the content %q", when, p, content)
		}
	}
}

// A crash between any two operations leaves only whole files, and the step can be
// carried out again afterwards.
func TestCrashAnywhere(t *testing.T) {
	onEverySide(t, func(t *testing.T, stage func() stepOnSide) {
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
				t.Fatalf("the crash at %s was swallowed", op)
			}
			s.m.Crash()
			wantWhole(t, s.m, "after a crash at "+op)
			if s.step.Trash && !slices.Contains(slices.Collect(maps.Values(contents(s.m))), oldContent) {
				aside := ""
				for _, p := range s.m.List() {
					if c, _ := s.m.Read(p); c == oldContent {
						aside = p
					}
				}
				t.Errorf("after a crash at %s the old content is only in %q", op, aside)
			}
			s.step.Expect = at(s.m, s.step.Path)
			if s.step.Op == sync.Put {
				out, _, _, _ := s.run(1<<30, nil)
				if out.Err != nil {
					t.Errorf("the step after a crash at %s: %v", op, out.Err)
				}
				if got, _ := s.m.Read(string(s.step.Path)); got != newContent {
					t.Errorf("content after a crash at %s and another step: %q", op, got)
				}
			}
		}
	})
}

// If an operation fails its step fails, and nothing is changed.
func TestErrorAnywhere(t *testing.T) {
	onEverySide(t, func(t *testing.T, stage func() stepOnSide) {
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
				continue // the old version remains under a temporary name
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

// If a reply is lost the replica finds out what happened.
func TestLostReplyAnywhere(t *testing.T) {
	onEverySide(t, func(t *testing.T, stage func() stepOnSide) {
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
					t.Errorf("%s, %v: ambiguous although the replica can look", op, lost)
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

// If the replica cannot find out what happened, the outcome is ambiguous.
func TestAmbiguousOutcome(t *testing.T) {
	onEverySide(t, func(t *testing.T, stage func() stepOnSide) {
		seen := false
		for nth := 0; ; nth++ {
			s := stage()
			out, op, reached, _ := s.run(nth, func(string) error { return replicatest.ErrLostReply })
			if !reached {
				break
			}
			if out.Ambiguous != (out.Err != nil && strings.Contains(out.Err.Error(), "it is unknown whether it was carried out")) {
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

func TestAlterListing(t *testing.T) {
	m := replicatest.NewMemory()
	m.Write("d/f", "x", time.Time{})
	m.Write("d/g", "x", time.Time{})
	m.AlterListing = func(dir manifest.Path, names []string) []string {
		if dir == "d" {
			return names[:1]
		}
		return names
	}
	if at(m, "d/g").Exists() || !at(m, "d/f").Exists() {
		t.Error("the listing was not altered")
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
