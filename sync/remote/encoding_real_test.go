package remote

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"ferry/internal/ftp/charset"
	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
)

// TestRealEncodedNames reads, renames and removes files whose names hold 0xFF before every byte that could make a Telnet
// command of it. vsftpd and Pure-FTPd take it for a letter, ProFTPD follows Telnet.
func TestRealEncodedNames(t *testing.T) {
	cs, err := charset.Find("windows-1251")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"vsftpd", "proftpd", "pureftpd"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := realftp.Start(t, name, realftp.Options{})
			at := func(p string) string { return filepath.Join(server.Root, p) }
			var names []string
			for b := 0xEF; b <= 0xFF; b++ {
				bytes := string([]byte{0xFF, byte(b), '.', 0xFF, 0xFF, byte(b)})
				server.WriteFile(t, "\xff\xff/"+bytes, bytes)
				names = append(names, bytes)
			}
			d := open(t, server.Addr, realftp.User, realftp.Password, "", func(o *Options) { o.Charset = cs })
			tree, err := d.Scan(t.Context(), sync.Look{})
			if err != nil || len(tree.Problems()) > 0 || tree.Len() != len(names)+1 {
				t.Fatalf("%d entries, problems %v, %v", tree.Len(), tree.Problems(), err)
			}
			var steps []sync.Step
			var wanted []sync.Wanted
			for p, e := range tree.Below("яя") {
				wanted = append(wanted, sync.Wanted{Path: p, Entry: e})
				steps = append(steps, sync.Step{Op: sync.Move, From: p, Path: "яя/" + p[len("яя/"):] + "я", Expect: e})
			}
			r := d.Reader(t.Context(), wanted)
			for i, w := range wanted {
				src, err := r.Open(t.Context(), i, 0)
				if err != nil {
					t.Fatal(err)
				}
				content, err := io.ReadAll(src)
				if text, _ := cs.Decode(string(content)); err != nil || manifest.Path("яя/"+text) != w.Path {
					t.Errorf("%q holds %q, %v", w.Path, content, err)
				}
				src.Close()
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			steps = append(steps, sync.Step{Op: sync.MkDir, Path: "ят"})
			d.Apply(t.Context(), steps, func(i int, out sync.Outcome) {
				if out.Err != nil {
					t.Errorf("%v %q: %v", steps[i].Op, steps[i].Path, out.Err)
				}
			})
			for _, name := range names {
				if _, err := os.Stat(at("\xff\xff/" + name + "\xff")); err != nil {
					t.Error(err)
				}
			}
			if info, err := os.Stat(at("\xff\xf2")); err != nil || !info.IsDir() {
				t.Errorf("a new directory: %v", err)
			}
			gone := d.Gone(t.Context(), []manifest.Path{steps[0].From, steps[0].Path}, make([]manifest.Entry, 2))
			if gone[0] != nil || gone[1] == nil {
				t.Errorf("the old name and the new one: %v", gone)
			}
		})
	}
}
