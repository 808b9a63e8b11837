package e2e

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
	"ferry/sync/remote"
)

// TestRoundTripsOfOneChange counts the round trips of a pass over one changed file,
// with an open session, as while a pair is watched: the root, the directory, the
// lock, the file with its checks and renames, and the lock again.
func TestRoundTripsOfOneChange(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, name, realftp.Options{})
			counter := realftp.CountRoundTrips(t, p.server.Addr)
			_, port, err := net.SplitHostPort(counter.Addr)
			if err == nil {
				p.options.Port, err = strconv.Atoi(port)
			}
			if err != nil {
				t.Fatal(err)
			}
			p.options.Connections, p.options.Owner, p.options.Mode = 1, "owner", ftp.Passive
			for _, file := range []string{"a", "dir/b", "dir/c", "dir/in/d", "other/e"} {
				writeFiles(t, p.local, map[string]string{file: "some " + file})
			}
			store, err := manifest.OpenStore(p.store, manifest.StoreOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer store.Close()
			far, err := remote.Open(t.Context(), p.options)
			if err != nil {
				t.Fatal(err)
			}
			defer far.Close()
			near, err := local.Open(p.local, local.Options{NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer near.Close()
			engine := sync.New(near, far, store, p.engine)
			if _, err := engine.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			least := 1000 // some passes take more: to remove old locks, or because two run within a second
			for _, text := range []string{"changed", "changed again", "and again"} {
				writeFiles(t, p.local, map[string]string{"dir/b": text})
				counter.Take()
				sum, err := engine.SyncPaths(t.Context(), sync.Scope{Local: []manifest.Path{"dir/b"}})
				n, batches := counter.Take()
				t.Logf("%d round trips: %s", n, strings.Join(batches, " | "))
				if err != nil || sum.Uploaded != 1 {
					t.Fatalf("%+v, %v\n%s", sum, err, strings.Join(p.events, "\n"))
				}
				least = min(least, n)
				data, err := os.ReadFile(filepath.Join(p.server.Root, "tree/dir/b"))
				if err != nil || string(data) != text {
					t.Errorf("%q, %v", data, err)
				}
			}
			most := 13
			if name == "vsftpd" {
				most = 14 // it asks for the times of what is new in a listing
			}
			if least > most {
				t.Errorf("one change cost %d round trips, want at most %d", least, most)
			}
		})
	}
}
