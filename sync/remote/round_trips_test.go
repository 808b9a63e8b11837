package remote

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftpserver"
	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/lock"
)

// A countedServer is a server behind a counter of round trips, and a Directory
// with one session.
type countedServer struct {
	name  string
	root  string // on disk
	d     *Directory
	turns *realftp.RoundTripCounter
}

// eachServer calls f for each real server and the embedded one.
func eachServer(t *testing.T, f func(t *testing.T, b *countedServer)) {
	for _, name := range append(realftp.Names(), "embedded") {
		t.Run(name, func(t *testing.T) {
			b := &countedServer{name: name}
			user, password, addr := realftp.User, realftp.Password, ""
			if name == "embedded" {
				b.root = t.TempDir()
				server, err := ftpserver.Start(ftpserver.Options{Root: b.root, User: user, Password: password, CdirInMLSD: true})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { server.Close() })
				addr = server.Addr()
			} else {
				server := realftp.Start(t, name, realftp.Options{})
				b.root, addr = server.Root, server.Addr
			}
			b.turns = realftp.CountRoundTrips(t, addr)
			b.d = open(t, b.turns.Addr, user, password, "some/where", func(o *Options) {
				o.Connections, o.Owner, o.StateDir = 1, "owner", t.TempDir()
			})
			if _, err := b.d.Root(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			f(t, b)
		})
	}
}

// spent fails the test where more than most round trips were spent since the
// last call, and logs what they were for.
func (b *countedServer) spent(t *testing.T, what string, most float64, things int) {
	t.Helper()
	n, said := b.turns.Take()
	each := float64(n) / float64(things)
	t.Logf("%s: %d round trips for %d: %.2f each", what, n, things, each)
	if each > most {
		t.Errorf("%s: %.2f round trips each, want at most %.2f", what, each, most)
	}
	if each > most || testing.Verbose() {
		for i, one := range said {
			said[i] = fmt.Sprintf("%.60s", one)
		}
		t.Log(strings.ReplaceAll(strings.Join(said, " | "), "EPSV | STOR | ", ""))
	}
}

// smallPuts makes steps that write small files.
func smallPuts(n int, content string, expect func(p manifest.Path) manifest.Entry, trash bool) []sync.Step {
	var steps []sync.Step
	for i := range n {
		p := manifest.Path(fmt.Sprintf("small %03d.txt", i))
		text := []byte(fmt.Sprintf("%s %d", content, i))
		want := manifest.Entry{Kind: manifest.File, Size: int64(len(text)), ModTime: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano(), Precision: manifest.Second}
		steps = append(steps, sync.Step{Op: sync.Put, Path: p, Want: want, Expect: expect(p), Trash: trash,
			Open: func(context.Context, int64) (sync.Source, error) {
				return &textSource{*bytes.NewReader(text), want}, nil
			}})
	}
	return steps
}

type textSource struct {
	bytes.Reader
	entry manifest.Entry
}

func (s *textSource) Close() error                                    { return nil }
func (s *textSource) Sum() string                                     { return "" }
func (s *textSource) Confirm(context.Context) (manifest.Entry, error) { return s.entry, nil }

// apply carries steps out and returns what is where then.
func (b *countedServer) apply(t *testing.T, steps []sync.Step) map[manifest.Path]manifest.Entry {
	t.Helper()
	now := make(map[manifest.Path]manifest.Entry)
	b.d.Apply(t.Context(), steps, func(i int, out sync.Outcome) {
		if out.Err != nil {
			t.Errorf("%v %s: %v", steps[i].Op, steps[i].Path, out.Err)
		}
		now[steps[i].Path] = out.Entry
	})
	return now
}

// TestRoundTrips holds what small steps cost on one connection, the login left
// out: a file with its size checked, its time set, a look before it takes its
// place, and its place taken by a rename.
func TestRoundTrips(t *testing.T) {
	eachServer(t, func(t *testing.T, b *countedServer) {
		const n = 60
		most := 3.5
		if b.name == "embedded" {
			most = 5.5 // it gets one renaming at a time, see forgetsRNFR
		}
		b.turns.Take()
		nothing := func(manifest.Path) manifest.Entry { return manifest.Entry{} }
		there := b.apply(t, smallPuts(n, "first", nothing, false))
		b.spent(t, "new files", most, n)
		there = b.apply(t, smallPuts(n, "second", func(p manifest.Path) manifest.Entry { return there[p] }, false))
		b.spent(t, "files in the place of others", most, n)
		there = b.apply(t, smallPuts(n, "third", func(p manifest.Path) manifest.Entry { return there[p] }, true))
		b.spent(t, "files in the place of others, which are kept", most, n)
		data, err := os.ReadFile(filepath.Join(b.root, "some", "where", "small 007.txt"))
		if err != nil || string(data) != "third 7" {
			t.Errorf("%q, %v", data, err)
		}
		var steps []sync.Step
		for p, e := range there {
			steps = append(steps, sync.Step{Op: sync.Remove, Path: p, Expect: e, Trash: true})
		}
		b.apply(t, steps)
		if b.name != "embedded" {
			b.spent(t, "removals", 0.2, n)
		}
	})
}

// TestRoundTripsOfDirectories holds what it costs to make and to remove
// directories.
func TestRoundTripsOfDirectories(t *testing.T) {
	eachServer(t, func(t *testing.T, b *countedServer) {
		const n = 60
		var up, down []sync.Step
		for i := range n {
			p := manifest.Path(fmt.Sprintf("outer/dir %02d", i))
			up = append(up, sync.Step{Op: sync.MkDir, Path: p})
			down = append(down, sync.Step{Op: sync.RmDir, Path: p, Expect: manifest.Entry{Kind: manifest.Dir}})
		}
		up = append([]sync.Step{{Op: sync.MkDir, Path: "outer"}}, up...)
		down = append(down, sync.Step{Op: sync.RmDir, Path: "outer", Expect: manifest.Entry{Kind: manifest.Dir}})
		b.turns.Take()
		b.apply(t, up)
		b.spent(t, "directories made", 0.1, n)
		if err := os.WriteFile(filepath.Join(b.root, "some/where/outer/dir 07/in the way"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		refused := 0
		b.d.Apply(t.Context(), down, func(i int, out sync.Outcome) {
			if down[i].Path == "outer" || down[i].Path == "outer/dir 07" {
				if refused++; out.Err == nil {
					t.Errorf("%s was removed", down[i].Path)
				}
			} else if out.Err != nil {
				t.Error(out.Err)
			}
		})
		if left, err := os.ReadDir(filepath.Join(b.root, "some/where/outer")); refused != 2 || err != nil || len(left) != 1 {
			t.Errorf("%d refused, left: %v, %v", refused, left, err)
		}
		if b.name != "embedded" {
			b.spent(t, "directories removed, but for two", 0.2, n)
		}
	})
}

// TestRoundTripsOfMoves holds what renamings cost: of a directory with files in it,
// and of many files.
func TestRoundTripsOfMoves(t *testing.T) {
	eachServer(t, func(t *testing.T, b *countedServer) {
		const n = 60
		nothing := func(manifest.Path) manifest.Entry { return manifest.Entry{} }
		b.apply(t, []sync.Step{{Op: sync.MkDir, Path: "dir"}})
		steps := smallPuts(n, "some", nothing, false)
		for i := range steps {
			steps[i].Path = "dir/" + steps[i].Path
		}
		there := b.apply(t, steps)
		b.turns.Take()
		now := b.apply(t, []sync.Step{{Op: sync.Move, From: "dir", Path: "moved", Expect: manifest.Entry{Kind: manifest.Dir}}})
		b.spent(t, "a directory renamed", 3, 1) // the first one is looked at
		if !now["moved"].IsDir() {
			t.Errorf("got %v", now)
		}
		var moves []sync.Step
		for p, e := range there {
			moves = append(moves, sync.Step{Op: sync.Move, From: "moved/" + manifest.Path(p.Base()), Path: "moved/new " + manifest.Path(p.Base()), Expect: e})
		}
		b.apply(t, moves)
		if b.name != "embedded" {
			b.spent(t, "files renamed", 0.1, n)
		}
		data, err := os.ReadFile(filepath.Join(b.root, "some/where/moved/new small 042.txt"))
		if err != nil || string(data) != "some 42" {
			t.Errorf("%q, %v", data, err)
		}
	})
}

// TestRoundTripsOfOneFile holds what a pass with one changed file costs.
func TestRoundTripsOfOneFile(t *testing.T) {
	eachServer(t, func(t *testing.T, b *countedServer) {
		nothing := func(manifest.Path) manifest.Entry { return manifest.Entry{} }
		there := b.apply(t, smallPuts(1, "first", nothing, false))
		there = b.apply(t, smallPuts(1, "second", func(p manifest.Path) manifest.Entry { return there[p] }, true))
		o := b.d.server.lockOptions()
		o.Sweeps = func() bool { return false }
		b.d.server.lock = lock.New(b.d.server.pool, b.d.server.names.Root, o)
		b.turns.Take()
		b.d.trash.dirs.beginPass(time.Now().Add(time.Hour)) // as the scan of another pass does
		if _, err := b.d.Root(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		release, _, err := b.d.Lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b.apply(t, smallPuts(1, "third", func(p manifest.Path) manifest.Entry { return there[p] }, true))
		release()
		b.spent(t, "root, lock, one file, old version kept", 10, 1)
	})
}
