package deploy

import (
	"fmt"
	"strings"
	"testing"

	"ferry/internal/test/realftp"
)

// TestSwitchRoundTrips holds what a deploy may cost that switches a site as a whole, from the
// connection to its end, on a machine that knows the server. The switch itself is one write.
func TestSwitchRoundTrips(t *testing.T) {
	s := switchedSite(t, "proftpd")
	files := make(tree)
	for i := range 30 {
		files[fmt.Sprintf("page/%03d.html", i)] = fmt.Sprint("page ", i)
	}
	s.put(files)
	turns := realftp.CountRoundTrips(t, s.addr)
	s.addr = turns.Addr
	s.profile("switch: directory", "shared: [uploads]")
	state := t.TempDir()
	for i, c := range []struct {
		what string
		most int // round trips; 0: the server is not known yet
	}{{"the server is new", 0}, {"the directory is new", 0}, {"nothing changed", 9}, {"one file", 51}} {
		if c.what != "nothing changed" {
			files["page/001.html"] = fmt.Sprint("changed ", i)
		}
		replace(t, s.local, files)
		turns.Take()
		r := s.ferry(state, "deploy", "--config", s.config, "site")
		n, said := turns.Take()
		if r.code != 0 {
			t.Fatalf("exit code %d\n%s", r.code, r.out)
		}
		t.Logf("%s: %d round trips", c.what, n)
		if oneWrite := strings.TrimSpace(strings.Repeat("RNFR RNTO ", 5)); c.what == "one file" && !strings.Contains(strings.Join(said, "|"), oneWrite) {
			t.Errorf("the switch and the way back are not one write: %s", strings.Join(said, " | "))
		}
		if c.most > 0 && n > c.most {
			t.Errorf("%s: %d round trips, want at most %d: %s", c.what, n, c.most, strings.Join(said, " | "))
		}
	}
}
