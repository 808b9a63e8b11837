package deploy_test

import (
	"errors"
	"testing"

	"ferry/internal/deploy"
)

// A server refuses to remove directories that lost their last file. They are empty, so that no
// deploy stops at them, whatever comes next.
func TestSwitchRefusedRemoval(t *testing.T) {
	for name, next := range map[string][]texts{
		"other files": {{"index.html": "3"}, {"index.html": "4"}, {"index.html": "5"}},
		"back again":  {{"index.html": "3"}, {"index.html": "4", "h/i/j": "new"}, {"index.html": "5"}},
		"a file now":  {{"index.html": "3"}, {"index.html": "4", "h": "a file"}, {"index.html": "5", "h": "a file"}},
	} {
		for _, keep := range []int{0, 2} {
			s := newSwitched(t)
			s.policy.Keep = keep
			s.put(texts{"index.html": "1", "h/i/j": "1", "h/k": "1"})
			s.put(texts{"index.html": "2", "h/i/j": "1", "h/k": "1"})
			refused := 0
			s.m.Refuse = func(step deploy.Step) error {
				if step.Op != deploy.RemoveDir {
					return nil
				}
				refused++
				return errors.New("550 busy")
			}
			s.put(next[0])
			s.m.Refuse = nil
			if refused == 0 {
				t.Errorf("%s: no directory was to be removed", name)
			}
			for _, files := range next[1:] {
				s.put(files)
			}
		}
	}
}

// What somebody put into such a directory is not lost.
func TestSwitchEmptyNoMore(t *testing.T) {
	s := newSwitched(t)
	s.put(texts{"index.html": "1"})
	s.m.MakeDir(deploy.Place{Path: "h/i"})
	s.put(texts{"index.html": "2"})
	s.m.Write(deploy.Place{Path: "h/i/theirs"}, "theirs")
	if _, err := s.on(s.m.Open(), texts{"index.html": "3"}); err == nil {
		t.Error("a file that no deploy put there is gone with the site")
	}
}
