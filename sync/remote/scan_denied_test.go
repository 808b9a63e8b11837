package remote

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
)

// Directories that the server may not list or enter: most servers answer 226 to
// some listing of one, and nothing in it may be called gone.
func TestDeniedDirectories(t *testing.T) {
	for _, h := range []struct {
		name string
		realftp.Options
	}{
		{"vsftpd", realftp.Options{}},
		{"proftpd", realftp.Options{}},
		{"proftpd", realftp.Options{NoMLSD: true}},
		{"pureftpd", realftp.Options{}},
		{"pyftpdlib", realftp.Options{}},
		{"pyftpdlib", realftp.Options{NoMLSD: true}},
	} {
		t.Run(fmt.Sprintf("%s, MLSD %v", h.name, !h.NoMLSD), func(t *testing.T) {
			server := realftp.Start(t, h.name, h.Options)
			server.WriteFile(t, "d/f", "x")
			server.WriteFile(t, "d/e/f", "x")
			server.WriteFile(t, "g", "x")
			d := open(t, server.Addr, realftp.User, realftp.Password, "", nil)
			dir := filepath.Join(server.Root, "d")
			defer os.Chmod(dir, 0o755)
			for _, mode := range []os.FileMode{0o000, 0o111, 0o311, 0o444, 0o644} {
				if err := os.Chmod(dir, mode); err != nil {
					t.Fatal(err)
				}
				tree, err := d.Scan(t.Context(), sync.Look{})
				if err != nil {
					t.Fatal(err)
				}
				if tree.Known("d/f") || !tree.Known("g") || !tree.At("d").IsDir() || !tree.At("g").IsFile() {
					t.Errorf("%03o: d/f known %v; problems %v", mode, tree.Known("d/f"), tree.Problems())
				}
				was := []manifest.Entry{{Kind: manifest.File}, {Kind: manifest.File}, {Kind: manifest.Dir}}
				for i, err := range d.Gone(t.Context(), []manifest.Path{"d/f", "d/e/f", "d/e"}, was) {
					if err == nil {
						t.Errorf("%03o: path %d is called gone", mode, i)
					}
				}
			}
		})
	}
}
