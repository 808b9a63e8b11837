package deploy_test

import (
	"strings"
	"testing"
	"time"

	"ferry/internal/deploy"
)

// TestSwitchBackKeepsDrift goes back over what somebody else made of a file, by force. It stays
// somewhere in the work directory, also when its directory is used again, and is listed then.
func TestSwitchBackKeepsDrift(t *testing.T) {
	const made = "somebody else's"
	for _, keep := range []int{1, 2} {
		for _, p := range []string{"index.html", "only/2.html", "hand-made.html"} {
			s := newSwitched(t)
			s.policy.Keep, s.policy.DriftKeep = keep, 24*time.Hour
			s.put(releaseN(1))
			s.put(releaseN(2))
			s.m.Write(deploy.Place{Path: p}, made)
			s.force = true
			if _, err := s.back(0); err != nil {
				t.Fatal(err)
			}
			s.force = false
			for n := range keep + 4 {
				held := ""
				for _, name := range s.m.Names(true) {
					if text, _ := s.m.Content(deploy.Work(name)); text == made {
						held = name
					}
				}
				for _, name := range s.m.Names(false) {
					if text, _ := s.m.Content(deploy.Place{Path: name}); text == made {
						held = name
					}
				}
				saved, err := deploy.SavedVersions(t.Context(), s.options(s.m.Open(), nil))
				if err != nil || held == "" || strings.Contains(held, "drift/") && len(saved) != 1 {
					t.Errorf("keep %d, %s, after %d: it is %q; saved %v, %v", keep, p, n, held, saved, err)
				}
				s.put(releaseN(10 + n))
			}
		}
	}
}
