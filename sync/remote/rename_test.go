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
	eachServer(t, func(t *testing.T, b *countedServer) {
		f := b.d.server.features
		_, knownByName := f.Known(ftp.ForgetsRNFR)
		if want := b.name != "embedded"; knownByName != want {
			t.Errorf("known by name: %v, want %v", knownByName, want)
		}
		f.IgnoreProduct()
		for range 2 {
			err := b.d.server.pool.Once(t.Context(), func(ctx context.Context, s *ftp.Session) error {
				clean, err := b.d.trash.renamer.forgetsRNFR(ctx, s, probeRenamesFrom)
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
			var all []*renaming
			for i := range 6 {
				all = append(all, &renaming{from: place{Name: fmt.Sprint("from ", i)}, to: place{Name: fmt.Sprint("to ", i)}})
			}
			all[1].to = place{Dir: "/no/such/directory", Name: "to 1"}
			all[2].from = place{Name: "missing"}
			all[4].from = place{Name: "missing too"}
			err := d.server.pool.Once(t.Context(), func(ctx context.Context, s *ftp.Session) error {
				return d.trash.renamer.run(ctx, s, new(ftp.Batch), all)
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, m := range all {
				data, err := os.ReadFile(filepath.Join(root, fmt.Sprint("to ", i)))
				switch {
				case err == nil && string(data) != fmt.Sprint(i):
					t.Errorf("%d is called %q", i, data)
				case m.replies.Done() != (err == nil):
					t.Errorf("%d: done %v, and %v", i, m.replies.Done(), err)
				}
			}
			if !all[0].replies.Done() || all[1].replies.Done() || all[2].replies.Done() {
				t.Errorf("got %v, %v, %v", all[0].replies, all[1].replies, all[2].replies)
			}
		})
	}
}
