package faults

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/cli"
)

// firstKinds holds servers that have to be found out about in the very pass that fetches their files for the first
// time, before anything was sent to them.
var firstKinds = []kind{
	{name: "MLST refused for every file", faults: refuse("MLST", "", "550 No such file or directory.")},
	{name: "MLST denied", faults: refuse("MLST", "", "550 Permission denied.")},
	{name: "MLST and SIZE refused", faults: refuse("MLST|SIZE", "", "550 File not found.")},
	{name: "SIZE refused, LIST only", server: listOnly, faults: refuse("SIZE", "", "550 No such file or directory.")},
	{name: "SIZE and MDTM refused, LIST only", server: listOnly, faults: refuse("SIZE|MDTM", "", "550 File not found.")},
}

// TestFirstFetch fetches all files of a server that was never met before, in one pass.
func TestFirstFetch(t *testing.T) {
	for _, command := range []string{"sync", "pull"} {
		for _, k := range firstKinds {
			t.Run(command+", "+k.name, func(t *testing.T) {
				t.Parallel()
				s := newKind(t, k)
				s.command = command
				there := map[string]string{"in a dir/with space.txt": "spaced"}
				maps.Copy(there, base)
				maps.Copy(there, k.more)
				write(t, s.there, there)
				write(t, s.here, map[string]string{"same/a.txt": "a"})
				if r := s.sync(); r.exit != cli.ExitOK {
					t.Fatalf("%s", r)
				}
				if diff := cmp.Diff(there, read(t, s.here), shorten); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				s.command = "sync" // a pull does not look everywhere
				s.wantQuiet()
			})
		}
	}
}
