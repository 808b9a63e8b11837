package deploy

import (
	"strings"
	"testing"

	"ferry/internal/test/realftp"
)

// TestTwoFileSystems deploys where the work directory is in another file system than the site. Most servers rename nothing from
// one to the other, and one copies in silence: all that is refused before anything is uploaded, with the way out.
func TestTwoFileSystems(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := realftp.Start(t, name, realftp.Options{})
			s := siteOn(t, server)
			old := tree{"index.html": "1", "css/s.css": "1"}
			for name, content := range old.with(tree{".ferry/x": "x", "uploads/u.jpg": "theirs"}) {
				s.write(name, content)
			}
			server.MountTmpfs(t, "web/.ferry")
			replace(t, s.local, tree{"index.html": "the second", "css/s.css": "1"})
			r := s.deploy()
			if r.code != 1 || r.Uploaded != 0 || !strings.Contains(r.out, "another file system") || !strings.Contains(r.out, "hint: work: ") {
				t.Errorf("exit code %d, %d uploaded\n%s", r.code, r.Uploaded, r.out)
			}
			wantTree(t, "with two file systems", s.disk, old.with(tree{"uploads/u.jpg": "theirs"}))
		})
	}
}
