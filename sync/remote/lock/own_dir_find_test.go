package lock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/sync"
)

// TestOwnDirIsThere has a server refuse something in ferry's own directory, once or always. What
// ferry remembers is there, so it goes nowhere else, and the server is not known for anything.
func TestOwnDirIsThere(t *testing.T) {
	const own, inside = "/.ferry", "/.ferry/*"
	for name, faults := range map[string][]ftpserver.Fault{
		"MKD once":         {{Command: "MKD", Path: inside, Refuse: "550 no", Times: 1}},
		"MKD":              {{Command: "MKD", Path: inside, Refuse: "550 Permission denied"}},
		"RNFR":             {{Command: "RNFR", Path: inside, Refuse: "500 no"}},
		"RNTO":             {{Command: "RNTO", Path: inside, Refuse: "553 no"}},
		"closed":           {{Command: "CWD", Path: own, Refuse: "550 no"}, {Command: "MKD", Path: inside, Refuse: "550 no"}},
		"shown by listing": {{Command: "CWD|MLST", Path: own, Refuse: "550 no"}, {Command: "MKD", Path: inside, Refuse: "550 no"}},
		"nothing can be told": {{Command: "CWD|MLST", Path: own, Refuse: "550 no"}, {Command: "MKD", Path: inside, Refuse: "550 no"},
			{Command: "LISTING", Path: "/", Refuse: "550 no"}},
	} {
		t.Run(name, func(t *testing.T) {
			root, server := serve(t)
			if err := os.WriteFile(filepath.Join(makeDir(t, root, ".ferry"), "state"), []byte("what is live"), 0o644); err != nil {
				t.Fatal(err)
			}
			for _, f := range faults {
				server.Faults().Add(f)
			}
			l := dotLock(t, server, "a", true, false)
			_, _, err := l.Take(t.Context())
			if !errors.Is(err, sync.ErrUnsupported) {
				t.Errorf("got %v", err)
			}
			if e := (*ftp.Error)(nil); name != "nothing can be told" && (!errors.As(err, &e) || e.Hint == "") {
				t.Errorf("%v: no hint", err)
			}
			if isThere(root, "ferry-data") || !l.opts.Features.Has(ftp.KeepsDotDirs) {
				t.Error("the other directory is used")
			}
		})
	}
}

// TestFindOwnDir has the memory say that the server refuses names with a leading dot.
func TestFindOwnDir(t *testing.T) {
	for _, there := range []bool{false, true} {
		root, server := serve(t)
		if there {
			makeDir(t, root, ".ferry")
		}
		l := dotLock(t, server, "a", false, false)
		if err := l.pool.Do(t.Context(), "", func(ctx context.Context, s *ftp.Session) error { return FindOwnDir(ctx, s, "") }); err != nil {
			t.Fatal(err)
		}
		if l.opts.Features.Has(ftp.KeepsDotDirs) != there {
			t.Errorf("it is there: %v", there)
		}
	}
}

// makeDir makes a directory in root.
func makeDir(t *testing.T, root, name string) string {
	t.Helper()
	dir := filepath.Join(root, name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
