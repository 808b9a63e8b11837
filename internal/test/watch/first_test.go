//go:build linux

package watch

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/test/realftp"
)

// TestInStep does each simple thing once, on either side and on every server.
func TestInStep(t *testing.T) {
	for _, server := range realftp.Names() {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, server)
			p.write(map[string]string{"a": "1", "dir/b": "2", "dir/sub/c": "3", "away": "4"})
			r := p.watch("--poll", "1s")
			r.state("idle")
			p.wantEqual()
			r.forget()

			p.write(map[string]string{"a": "edited here", "new/deep/d": "new here"})
			r.upload("new/deep/d")
			p.become("the edit of here is there", func() bool { return holds(filepath.Join(p.there, "a"), "edited here") })
			must(t, os.Remove(filepath.Join(p.here, "away")))
			p.become("what went away here went away there", func() bool { return gone(filepath.Join(p.there, "away")) })

			p.writeThere("dir/b", "edited there")
			p.writeThere("other/e", "new there")
			p.become("the edit of there is here", func() bool { return holds(filepath.Join(p.here, "dir/b"), "edited there") })
			p.become("what is new there is here", func() bool { return holds(filepath.Join(p.here, "other/e"), "new there") })
			must(t, os.RemoveAll(filepath.Join(p.there, "dir/sub")))
			p.become("what went away there went away here", func() bool { return gone(filepath.Join(p.here, "dir/sub")) })

			p.settle(r)
			want := map[string]int{"upload remote": 2, "mkdir remote": 2, "delete remote": 1, "download local": 2, "mkdir local": 1, "delete local": 1, "rmdir local": 1}
			if diff := cmp.Diff(want, r.actions()); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			p.wantAtRest(r)
		})
	}
}
