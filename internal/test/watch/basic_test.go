//go:build linux

package watch

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/test/realftp"
)

// Every simple change is made once, on each side and on every server.
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

			p.write(map[string]string{"a": "edited locally", "new/deep/d": "new locally"})
			r.upload("new/deep/d")
			p.waitUntil("the local edit is uploaded", func() bool { return holds(filepath.Join(p.remote, "a"), "edited locally") })
			must(t, os.Remove(filepath.Join(p.local, "away")))
			p.waitUntil("the local deletion is carried over", func() bool { return gone(filepath.Join(p.remote, "away")) })

			p.writeRemote("dir/b", "edited remotely")
			p.writeRemote("other/e", "new remotely")
			p.waitUntil("the remote edit is downloaded", func() bool { return holds(filepath.Join(p.local, "dir/b"), "edited remotely") })
			p.waitUntil("the new remote file is downloaded", func() bool { return holds(filepath.Join(p.local, "other/e"), "new remotely") })
			must(t, os.RemoveAll(filepath.Join(p.remote, "dir/sub")))
			p.waitUntil("the remote deletion is carried over", func() bool { return gone(filepath.Join(p.local, "dir/sub")) })

			p.waitUntilSettled(r)
			want := map[string]int{"upload remote": 2, "mkdir remote": 2, "delete remote": 1, "download local": 2, "mkdir local": 1, "delete local": 1, "rmdir local": 1}
			if diff := cmp.Diff(want, r.actions()); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			p.wantInStep(r)
		})
	}
}
