package remote

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
)

// TestRenamesEnd holds the servers that get several renamings at a time to what
// makes that safe: a RNTO that was refused leaves no RNFR behind. The embedded
// server, as others of its library, keeps it, and is found out.
func TestRenamesEnd(t *testing.T) {
	benches(t, func(t *testing.T, b *bench) {
		f := b.d.f
		_, knownByName := f.Known(ftp.ForgetsRNFR)
		if want := b.name != "embedded"; knownByName != want {
			t.Errorf("known by name: %v, want %v", knownByName, want)
		}
		f.IgnoreProduct()
		for range 2 {
			err := b.d.pool.Once(t.Context(), func(ctx context.Context, s *ftp.Session) error {
				clean, err := b.d.clearsRenames(ctx, s, tryRenamesFrom)
				if want := b.name != "embedded"; clean != want {
					t.Errorf("a refused RNTO ends a renaming: %v, want %v", clean, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if n, _ := b.turns.Take(); n == 0 {
			t.Error("nothing was tried out")
		}
		left, err := filepath.Glob(filepath.Join(b.root, "some/where/.ferry/*"))
		if err != nil || len(left) > 0 {
			t.Errorf("left: %q, %v", left, err)
		}
	})
}

// TestRenamesAfterARefusal refuses one renaming of several because its place
// cannot be had, and another because what is to be renamed is gone: none of
// the files gets the name of another.
func TestRenamesAfterARefusal(t *testing.T) {
	for _, name := range append(realftp.Names(), "embedded") {
		t.Run(name, func(t *testing.T) {
			root, addr := t.TempDir(), ""
			own := func() error { return nil }
			if name == "embedded" {
				server, err := ftpserver.Start(ftpserver.Options{Root: root, User: realftp.User, Password: realftp.Password})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { server.Close() })
				addr = server.Addr()
			} else {
				server := realftp.Start(t, name, realftp.Options{})
				root, addr, own = server.Root, server.Addr, server.Own
			}
			for i := range 6 {
				if err := os.WriteFile(filepath.Join(root, fmt.Sprint("from ", i)), fmt.Append(nil, i), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := own(); err != nil {
				t.Fatal(err)
			}
			d := open(t, addr, realftp.User, realftp.Password, "", nil)
			var from, to []place
			for i := range 6 {
				from, to = append(from, place{"", fmt.Sprint("from ", i)}), append(to, place{"", fmt.Sprint("to ", i)})
			}
			to[1] = place{"/no/such/directory", "to 1"}
			from[2] = place{"", "missing"}
			from[4] = place{"", "missing too"}
			pairs := make([]ftp.Renaming, 6)
			err := d.pool.Once(t.Context(), func(ctx context.Context, s *ftp.Session) error {
				return d.renames(ctx, s, new(ftp.Batch), from, to, pairs)
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range pairs {
				data, err := os.ReadFile(filepath.Join(root, fmt.Sprint("to ", i)))
				switch {
				case err == nil && string(data) != fmt.Sprint(i):
					t.Errorf("%d is called %q", i, data)
				case p.Done() != (err == nil):
					t.Errorf("%d: done %v, and %v", i, p.Done(), err)
				}
			}
			if !pairs[0].Done() || pairs[1].Done() || pairs[2].Done() {
				t.Errorf("got %v", pairs)
			}
		})
	}
}
