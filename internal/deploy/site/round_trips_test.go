package site

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/internal/ftp"
	"ferry/internal/test/realftp"
	"ferry/manifest"
)

// TestRoundTrips holds what a deploy may cost, method by method. Each step of it begins with
// the sessions that the one before has left.
func TestRoundTrips(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			server := realftp.Start(t, name, realftp.Options{})
			turns := realftp.CountRoundTrips(t, server.Addr)
			spent := func(what string, most int) {
				t.Helper()
				n, said := turns.Take()
				t.Logf("%s: %d round trips", what, n)
				if n > most || testing.Verbose() {
					for i, one := range said {
						said[i] = fmt.Sprintf("%.80s", one)
					}
					t.Log(strings.ReplaceAll(strings.Join(said, " | "), "EPSV | STOR | ", ""))
				}
				if n > most {
					t.Errorf("%s: %d round trips, want at most %d", what, n, most)
				}
			}
			dir := t.TempDir()
			open := func() *Server {
				return connect(t, turns.Addr, "site", func(o *Options) { o.Connections, o.StateDir = 4, dir })
			}
			srv := open()
			spent("open", 8)
			srv.Close()
			turns.Take()
			srv = open()
			spent("open, with what is remembered of the server", 3+1) // one may still be of the server that was closed
			ctx := t.Context()
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			d := &disk{t, filepath.Join(server.Root, "site"), filepath.Join(server.Root, "site/.ferry")}
			turns.Take()
			_, _, err := srv.Root(ctx, true)
			must(err)
			spent("the root made", 6)
			release, _, err := srv.Lock(ctx)
			must(err)
			spent("lock, and a look for the state, where there is none", 4)
			_, err = srv.Look(ctx, []deploy.Place{live("dir/00"), live("dir/01")}, true)
			must(err)
			spent("look", 5) // by a listing, as long as nothing is known of the server
			_, err = srv.Look(ctx, []deploy.Place{live("")}, true)
			must(err)
			spent("another look", 1)
			release() // at once: else a sign of life may be counted
			spent("release", 1)
			d.Write(deploy.Work("trash/x"), "")
			_, err = srv.Begin(ctx)
			must(err)
			spent("begin where there is no state, and the work directory is listed to be sure", 7) // one for the other name of the work directory
			d.Write(deploy.Work("state"), "state")
			_, err = srv.Begin(ctx)
			must(err)
			spent("begin on a state", 3)
			release, _, err = srv.Lock(ctx)
			must(err)
			found, err := srv.Begin(ctx)
			must(err)
			spent("lock and begin on a state", 3)
			if string(found.State) != "state" || found.Stage || found.Commit {
				t.Errorf("%+v", found)
			}
			must(applied(srv.Apply(ctx, [][]deploy.Chain{{{{Op: deploy.Unlock}}}})))
			if _, err := os.Stat(filepath.Join(d.work, "lock")); err == nil {
				t.Error("the lock is there")
			}
			release()
			spent("release with other commands", 1)
			for i := range 20 {
				d.Write(live(fmt.Sprintf("dir/%02d", i)), "old")
			}
			turns.Take()
			_, err = srv.List(ctx, []manifest.Path{"dir"})
			must(err)
			spent("list", 4)
			_, _, err = srv.Root(ctx, false)
			must(err)
			spent("the root, which is known", 0)
			makeDirs := func() error {
				return applied(srv.Apply(ctx, [][]deploy.Chain{{{{Op: deploy.MakeDir, To: deploy.Work("stage")}, {Op: deploy.MakeDir, To: deploy.Work("stage/s")}}}}))
			}
			must(makeDirs())
			spent("the first directories, and the work directory protected", 9)
			must(makeDirs())
			spent("directories", 1)
			upload := func(n int) {
				t.Helper()
				var files []deploy.Upload
				for i := range n {
					f := deploy.Upload{Name: fmt.Sprintf("stage/s/%d.part", i), Size: 3, Open: func(offset int64) (io.ReadCloser, error) {
						return io.NopCloser(strings.NewReader("new"[offset:])), nil
					}}
					f.Keep = func(seen manifest.Entry) string { return fmt.Sprintf("stage/s/%d", i) }
					files = append(files, f)
				}
				must(srv.Upload(ctx, files, func(i int, r deploy.Uploaded) { must(r.Err) }))
			}
			upload(1)
			spent("upload of the first file", 6)
			upload(1)
			spent("upload of 1 file", 5)
			upload(20)
			spent("upload of 20 files, with three more logins", 20*3+4*2+3*3)
			var all []*ftp.Session // on loopback not all are needed before
			for range 4 {
				s, err := srv.pool.Borrow(ctx)
				must(err)
				all = append(all, s)
			}
			for _, s := range all {
				srv.pool.Return(s)
			}
			turns.Take()
			upload(20)
			spent("upload of 20 files", 20*3+4*2)
			upload(150)
			spent("upload of 150 files", 150*31/10)
			chains := func(n int) (all []deploy.Chain) {
				for i := range n {
					all = append(all, deploy.Chain{{Op: deploy.Rename, From: deploy.Work(fmt.Sprintf("stage/s/%d", i)), To: live(fmt.Sprintf("dir/%02d", i))}})
				}
				return all
			}
			must(applied(srv.Apply(ctx, [][]deploy.Chain{chains(1), {{{Op: deploy.MakeDir, To: deploy.Work("d")}}}, {{{Op: deploy.Delete, From: live("dir/19")}}}})))
			spent("apply of a few steps", 1)
			upload(150)
			turns.Take()
			must(applied(srv.Apply(ctx, [][]deploy.Chain{chains(50), chains(150)[50:100], chains(150)[100:]})))
			spent("apply of 150 renames in three classes", 16)
			for i := range 150 {
				d.lacks(deploy.Work(fmt.Sprintf("stage/s/%d", i)))
				if content, _ := d.Content(live(fmt.Sprintf("dir/%02d", i))); content != "new" {
					t.Errorf("%d is %q", i, content)
				}
			}
		})
	}
}

func live(p string) deploy.Place { return deploy.Place{Path: p} }

func (d *disk) lacks(at deploy.Place) {
	d.Helper()
	if content, is := d.Content(at); is {
		d.Errorf("%+v is there: %q", at, content)
	}
}

// applied returns the first error of an Apply.
func applied(errs [][][]error, err error) error {
	if err != nil {
		return err
	}
	for _, group := range errs {
		for _, chain := range group {
			for _, err := range chain {
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}
