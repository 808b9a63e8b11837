package site

import (
	"os"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/ftpserver"
)

// TestWorkOfGroup holds that the other users of a group can still deploy, where the server shows
// that what is made is for all of them.
func TestWorkOfGroup(t *testing.T) {
	for mode, want := range map[string]os.FileMode{"0775": 0o770, "0755": 0o700} {
		facts := func(l ftpserver.Listed) string {
			if l.Dir {
				return "type=dir;UNIX.mode=" + mode + ";"
			}
			return "type=file;size=1;UNIX.mode=0644;"
		}
		f := newFixture(t, ftpserver.Options{Facts: facts}, nil)
		if _, err := f.server.Apply(t.Context(), [][]deploy.Chain{{{{Op: deploy.MakeDir, To: deploy.Work("s")}}}}); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(f.work); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v", mode, info.Mode(), err)
		}
	}
}
