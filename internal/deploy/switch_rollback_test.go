package deploy_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/deploy"
)

// Every way of going back without a number leads to what was live last before the release that is
// live, however old its files are, and never to what nobody has seen.
func TestSwitchBackToLastLive(t *testing.T) {
	files := func(text string) texts { return texts{"index.html": text} }
	for name, pointed := range map[string]bool{"directory": false, "pointer": true} {
		start := func(keep int) (s *switched, shown func() string) {
			var p *pointedSite
			if s = newSwitched(t); pointed {
				p = newPointed(t, "")
				s = p.switched
			}
			s.policy.Keep = keep
			return s, func() string {
				if pointed {
					return p.shown()["index.html"]
				}
				return s.live()["index.html"]
			}
		}
		deployed := func(s *switched, text string) {
			if _, err := s.on(s.m.Open(), files(text)); err != nil {
				t.Fatal(name, err)
			}
		}
		back := func(s *switched, to int) {
			if _, err := s.back(to); err != nil {
				t.Fatal(name, err)
			}
		}

		for keep := 1; keep < 4; keep++ { // a bad release is gone back from, and the next one is bad, too
			s, shown := start(keep)
			deployed(s, "good")
			deployed(s, "bad")
			back(s, 0)
			deployed(s, "bad as well")
			back(s, 0)
			if got := shown(); got != "good" {
				t.Errorf("%s, keep %d: %q is live", name, keep, got)
			}
			if _, err := s.back(2); err == nil && shown() != "bad" || err != nil && !errors.Is(err, deploy.ErrNotKept) {
				t.Errorf("%s, keep %d: back to what is kept: %q, %v", name, keep, shown(), err)
			}
		}

		for _, c := range []struct {
			name string
			to   int // the step back that is killed; 0: a deploy is
		}{{"a deploy", 0}, {"a step back", 1}} {
			for n := 0; ; n++ {
				s, shown := start(3)
				for _, text := range []string{"one", "two", "three"} {
					deployed(s, text)
				}
				machine := s.m.Open()
				machine.KillAfter(n)
				if c.to == 0 {
					s.on(machine, files("never shown, unless it went live"))
				} else {
					deploy.Rollback(context.Background(), s.options(machine, nil), c.to)
				}
				if !machine.Killed() {
					break
				}
				if shown() != "three" {
					continue
				}
				// Two steps back from what was live all the time.
				deployed(s, "four")
				back(s, 0)
				if got := shown(); got != "three" {
					t.Errorf("%s, %s killed after %d steps: %q is live, want three", name, c.name, n, got)
				}
				back(s, 0)
				if diff := cmp.Diff("two", shown()); diff != "" {
					t.Errorf("%s, %s killed after %d steps:\n%s", name, c.name, n, diff)
				}
				if t.Failed() {
					t.FailNow()
				}
			}
		}

		for n := 0; ; n++ {
			s, shown := start(2) // nothing was live before
			machine := s.m.Open()
			machine.KillAfter(n)
			s.on(machine, files("never shown"))
			if !machine.Killed() {
				break
			}
			if shown() != "" {
				continue
			}
			deployed(s, "first")
			if _, err := s.back(0); !errors.Is(err, deploy.ErrNotKept) || shown() != "first" {
				t.Errorf("%s, killed after %d steps: %q, %v", name, n, shown(), err)
			}
		}
	}
}
