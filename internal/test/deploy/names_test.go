package deploy

import (
	"strings"
	"testing"

	"ferry/internal/test/realftp"
)

// TestNamesThatAServerChanges deploys names with control characters. Pure-FTPd stores them with underscores in their place, so
// such a release is refused there; the other servers keep them.
// Files that no deploy put there stay, and a deploy that did its work has nothing to do the next time.
func TestNamesThatAServerChanges(t *testing.T) {
	base := tree{"index.html": "1", "css/s.css": "1"}
	theirs := tree{"c_d.html": "theirs"}
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, name)
			for what, more := range map[string]tree{
				"alone":                             {"a\tb.html": "a tab", "css/\x01.txt": "a control character"},
				"in the way of another":             {"c\td.html": "a tab"},
				"beside another one of the release": {"e\tf.html": "a tab", "e_f.html": "an underscore"},
			} {
				t.Run(what, func(t *testing.T) {
					s := server.beside(t, "web-"+what[:2])
					s.put(base)
					s.write("c_d.html", theirs["c_d.html"])
					next := base.with(more).with(tree{"index.html": "2"})
					replace(t, s.local, next)
					r := s.deploy()
					if again := s.deploy(); again.Changed || again.code != r.code {
						t.Errorf("it ended with %d; another deploy did something, and ended with %d\n%s", r.code, again.code, again.out)
					}
					got := read(t, s.disk)
					switch {
					case got["c_d.html"] != theirs["c_d.html"]:
						t.Errorf("what no deploy put there has changed: %q", got)
					case name == "pureftpd":
						if r.code != 6 || !strings.Contains(r.errors(), `\t`) {
							t.Errorf("exit code %d, want 6 and an error that names the path\n%s", r.code, r.out)
						}
						wantTree(t, "refused", s.disk, base.with(theirs))
					default:
						wantTree(t, "deployed", s.disk, next.with(theirs))
					}
				})
			}
		})
	}
}
