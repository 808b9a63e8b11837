package deploy

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"ferry/internal/test/realftp"
)

// TestTLS goes the way of a site under TLS: a first deploy onto what is there, fresh clones, a hotfix that is saved, and
// back, byte for byte and with modes.
func TestTLS(t *testing.T) {
	for i, name := range realftp.Names() {
		if !all && i%days != today(days) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, name+"+tls")
			others := tree{"uploads/u.jpg": "theirs", ".well-known/x": "theirs"}
			for name, content := range others.with(tree{"index.html": "before any deploy"}) {
				s.write(name, content)
			}
			h := &history{random: rand.New(rand.NewPCG(rand.Uint64(), 1)), files: tree{"index.html": "start"}}
			for i := range 12 {
				h.files[fmt.Sprintf("p%d/index.html", i)] = fmt.Sprint("page ", i)
			}
			s.put(h.files, "--keep", "9")
			wantTree(t, "the first deploy", s.disk, h.files.with(others))
			s.wantSaved("the first deploy", "before any deploy")
			s.mode("p1/index.html", 0o600)
			was := s.withModes()
			for range 3 {
				s.put(h.commit(), "--keep", "9", "--allow-deletes")
				wantTree(t, fmt.Sprint("commit ", h.number), s.disk, h.files.with(others))
			}
			if r := s.put(h.files, "--keep", "9"); r.Changed {
				t.Errorf("nothing has changed, and something was done\n%s", r.out)
			}
			if r := s.rollback("--to", "1"); r.code != 0 {
				t.Fatalf("going back: exit code %d\n%s", r.code, r.out)
			}
			s.wantExactly("back at the first release", was)
			s.write("index.html", "a hotfix that somebody made")
			next := maps.Clone(h.files)
			next["index.html"] = "the last one"
			s.put(next, "--allow-deletes", "--force")
			wantTree(t, "over a hotfix", s.disk, next.with(others))
			s.wantSaved("over a hotfix", "a hotfix that somebody made")
		})
	}
}
