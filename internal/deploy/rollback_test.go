package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/manifest"
	"ferry/sync"
)

// keeping returns options of a deploy that keeps releases.
func keeping(server deploy.Server, s texts) deploy.Options {
	return deploy.Options{Server: server, Source: s, Now: func() time.Time { return time.Unix(1_800_000_000, 0) }, CutLines: true,
		Policy: deploy.Policy{Keep: 9, MostDeletions: func(int) int { return -1 }}}
}

func wantSite(t *testing.T, what string, m *deploytest.Memory, want texts) {
	t.Helper()
	if got := siteOf(m); !maps.Equal(got, want) {
		t.Errorf("%s: the site holds %v, want %v", what, got, want)
	}
}

// releaseN is a release in which all files have changed, and some are added and deleted.
func releaseN(n int) texts {
	return texts{"index.html": fmt.Sprint("release ", n), manifest.Path(fmt.Sprintf("only/%d.html", n)): "x"}
}

// goes is a number to deploy, or to go back to; -1 goes back by one.
type goes struct{ deploy, back int }

// TestRollbackTo goes to any release that is kept, whatever the releases came from.
func TestRollbackTo(t *testing.T) {
	// Release 4 is 2 again.
	branched := []goes{{deploy: 1}, {deploy: 2}, {deploy: 3}, {back: -1}, {deploy: 5}}
	for _, c := range []struct {
		history []goes
		to      []int
	}{
		{branched, []int{3}},
		{branched, []int{1, 3, 5, 2}},
		{branched, []int{2, 3, 2, 5, 1}},
		{append(slices.Clone(branched), goes{back: 3}, goes{deploy: 8}, goes{back: -1}, goes{deploy: 10}), []int{1, 5, 8, 10, 2, 3}},
	} {
		m := deploytest.NewMemory()
		for _, g := range c.history {
			if g.deploy != 0 {
				run(t, keeping(m.Open(), releaseN(g.deploy)))
			} else if _, err := deploy.Rollback(t.Context(), keeping(m.Open(), nil), max(g.back, 0)); err != nil {
				t.Fatal(err)
			}
		}
		for _, to := range c.to {
			ctx, cancel := context.WithCancel(t.Context())
			steps := 0
			o := keeping(m.Open(), nil)
			o.Observer = func(ev deploy.Event) {
				if _, ok := ev.(deploy.Committed); ok {
					if steps++; steps > 9 {
						cancel()
					}
				}
			}
			_, err := deploy.Rollback(ctx, o, to)
			cancel()
			if err != nil {
				t.Fatalf("%v, to %d: %v", c.history, to, err)
			}
			wantSite(t, fmt.Sprintf("%v, to %d", c.history, to), m, releaseN(to))
		}
	}
}

// TestRollbackNoWay changes nothing where a release cannot be reached.
func TestRollbackNoWay(t *testing.T) {
	aside := func(m *deploytest.Memory, n int) deploy.Place {
		for _, name := range m.Names(true) {
			if strings.HasPrefix(name, fmt.Sprintf("d/%d/b/", n)) && !strings.HasSuffix(name, "/") {
				return deploy.Work(name)
			}
		}
		return deploy.Place{}
	}
	for _, c := range []struct {
		what string
		do   func(m *deploytest.Memory)
		to   int
		want string // in the error
	}{
		{"a release that never was", func(*deploytest.Memory) {}, 99, "is not kept"},
		{"one that is live", func(*deploytest.Memory) {}, 4, "is live already"},
		{"one that is not kept", func(m *deploytest.Memory) { m.Remove(deploy.Work("d/2")) }, 1, "is not kept"},
		{"a file that is gone", func(m *deploytest.Memory) { m.Remove(aside(m, 2)) }, 1, "is gone"},
		{"a file of the first step that is gone", func(m *deploytest.Memory) { m.Remove(aside(m, 4)) }, 0, "is gone"},
		{"a damaged record", func(m *deploytest.Memory) { m.Write(deploy.Work("d/2/state"), "?") }, 1, "damaged"},
	} {
		m := deploytest.NewMemory()
		for n := range 4 {
			run(t, keeping(m.Open(), releaseN(n+1)))
		}
		c.do(m)
		_, err := deploy.Rollback(t.Context(), keeping(m.Open(), nil), c.to)
		if err == nil || !strings.Contains(err.Error(), c.want) || c.to != 4 && !errors.Is(err, deploy.ErrNotKept) {
			t.Errorf("%s: %v", c.what, err)
		}
		wantSite(t, c.what, m, releaseN(4))
		if n := m.Names(true); slices.Contains(n, "stage/") {
			t.Errorf("%s: %v", c.what, n)
		}
	}
}

// A blind server cannot look at some places, or read some files.
type blind struct {
	*deploytest.Machine
	at string
}

var errBlind = errors.New("nobody can tell")

func (s *blind) Look(ctx context.Context, places []deploy.Place, held bool) ([]deploy.Look, error) {
	looks, err := s.Machine.Look(ctx, places, held)
	for i, at := range places {
		if err == nil && strings.HasPrefix(at.Path, s.at) {
			looks[i] = deploy.Look{Err: errBlind}
		}
	}
	return looks, err
}

func (s *blind) Read(ctx context.Context, name string, most int64) ([]byte, error) {
	if strings.HasPrefix(name, s.at) {
		return nil, errBlind
	}
	return s.Machine.Read(ctx, name, most)
}

// What cannot be looked at is not said to be gone.
func TestRollbackUnknown(t *testing.T) {
	for _, at := range []string{"d/2/release", "d/2/state", "d/2/b/"} {
		for _, to := range []int{0, 1} {
			m := deploytest.NewMemory()
			run(t, keeping(m.Open(), releaseN(1)))
			run(t, keeping(m.Open(), releaseN(2)))
			_, err := deploy.Rollback(t.Context(), keeping(&blind{m.Open(), at}, nil), to)
			if !errors.Is(err, errBlind) || errors.Is(err, deploy.ErrNotKept) {
				t.Errorf("%s: %v", at, err)
			}
			wantSite(t, at, m, releaseN(2))
		}
	}
}

// TestRollbackForce keeps each version that somebody else has made of a file.
func TestRollbackForce(t *testing.T) {
	first := texts{"index.html": "1", "dir/gone.html": "gone", "same": "same", "file": "a file"}
	second := texts{"index.html": "2", "new.html": "new", "same": "same", "file/x": "x"}
	at := func(p string) deploy.Place { return deploy.Place{Path: p} }
	const theirs = "what somebody else made"
	for _, c := range []struct {
		what    string
		do      func(m *deploytest.Memory)
		refused bool
		saved   bool
	}{
		{"nothing", func(*deploytest.Memory) {}, false, false},
		{"a file where one was deleted", func(m *deploytest.Memory) { m.Write(at("dir/gone.html"), theirs) }, false, true},
		{"another version of a file", func(m *deploytest.Memory) { m.Write(at("index.html"), theirs) }, false, true},
		{"another version of a new file", func(m *deploytest.Memory) { m.Write(at("new.html"), theirs) }, false, true},
		{"a file is gone", func(m *deploytest.Memory) { m.Remove(at("index.html")) }, false, false},
		{"a new file is gone", func(m *deploytest.Memory) { m.Remove(at("new.html")) }, false, false},
		{"a file in place of a directory", func(m *deploytest.Memory) { m.Remove(at("file")); m.Write(at("file"), theirs) }, false, true},
		{"a directory where a file comes back", func(m *deploytest.Memory) { m.Write(at("dir/gone.html/x"), theirs) }, true, false},
	} {
		m := deploytest.NewMemory()
		run(t, keeping(m.Open(), first))
		run(t, keeping(m.Open(), second))
		c.do(m)
		was := siteOf(m)
		o := keeping(m.Open(), nil)
		o.Force = true
		_, err := deploy.Rollback(t.Context(), o, 0)
		if c.refused {
			var unsafe *sync.UnsafeError
			if !errors.As(err, &unsafe) {
				t.Errorf("%s: %v", c.what, err)
			}
			wantSite(t, c.what, m, was)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		wantSite(t, c.what, m, first)
		saved, err := deploy.SavedVersions(t.Context(), o)
		if err != nil || len(saved) > 0 != c.saved {
			t.Errorf("%s: saved %v, %v", c.what, saved, err)
		}
		for _, s := range saved {
			if text, _ := m.Content(s.At); text != theirs {
				t.Errorf("%s: saved %q", c.what, text)
			}
		}
	}
}
