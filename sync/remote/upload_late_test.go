package remote

import (
	"strings"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/manifest"
)

// TestTimeIsSetOnce has a server show a file late. The time that it has accepted is not set again
// with each look: that is a change, which may hide the file again.
func TestTimeIsSetOnce(t *testing.T) {
	h := newFixture(t, ftpserver.Options{})
	h.fault(ftpserver.Fault{Command: "STOR", Later: 60 * time.Millisecond})
	h.fault(ftpserver.Fault{Command: "MFMT", Refuse: "213 Modify=20260101000000; done"})
	h.done(h.apply(h.put("a", "late", manifest.Entry{})))
	if n := strings.Count(strings.Join(h.server.Transcript(), "\n"), "> MFMT "); n != 1 {
		t.Errorf("the time was set %d times\n%s", n, strings.Join(h.server.Transcript(), "\n"))
	}
}
