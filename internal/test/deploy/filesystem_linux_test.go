package deploy

import (
	"strings"
	"testing"

	"ferry/internal/test/realftp"
)

// TestTwoFileSystems deploys where the work directory is in another file system than the site. Most servers rename nothing
// from one to the other: then no file of the site changes, and the error names the command. One copies in silence.
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
			next := tree{"index.html": "the second", "css/s.css": "1"}
			replace(t, s.local, next)
			r := s.deploy()
			want := old
			if name == "proftpd" {
				want = next
			} else if r.code != 1 || !strings.Contains(r.errors(), "RNTO") {
				t.Errorf("exit code %d\n%s", r.code, r.out)
			}
			wantTree(t, "with two file systems", s.disk, want.with(tree{"uploads/u.jpg": "theirs"}))
		})
	}
}
