package copying

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/app"
	"ferry/internal/test/realftp"
	"ferry/sync"
)

func TestMain(m *testing.M) { os.Exit(realftp.Main(m)) }

// realCopy copies between two real servers, and returns how many files went directly and what was told.
func realCopy(t *testing.T, source, target *realftp.Server, state string) (app.PassResult, int, string) {
	t.Helper()
	return realCopyOver(t, "ftp", between("auto"), source, target, state)
}

func realCopyOver(t *testing.T, scheme string, when app.Between, source, target *realftp.Server, state string) (app.PassResult, int, string) {
	t.Helper()
	url := func(s *realftp.Server, dir string) string {
		return fmt.Sprintf(scheme+"://%s:%s@%s/%s", s.User, s.Password, s.Addr, dir)
	}
	p, err := Pair(app.Workspace{Dir: state, StateOption: state}, url(source, "from"), url(target, "to"))
	if err != nil {
		t.Fatal(err)
	}
	if err := ReadRules(p, "", nil); err != nil {
		t.Fatal(err)
	}
	p.Insecure, p.Target.Insecure, p.Between = true, true, when
	var told strings.Builder
	pass := &app.Pass{Opener: app.NewOpener(app.Options{StateDir: state}), Pair: p}
	pass.Options.Observer = func(ev sync.Event) {
		switch ev := ev.(type) {
		case sync.Noticed:
			fmt.Fprintln(&told, ev.Text)
		case sync.Finished:
			if ev.Err != nil {
				t.Errorf("%s: %v", ev.Action.Path, ev.Err)
			}
		}
	}
	result := Run(context.Background(), pass)
	files, _ := p.Link.Sent()
	return result, files, told.String()
}

// TestRealServers copies between each two servers, once where they allow it and once where they refuse.
func TestRealServers(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts many servers")
	}
	for _, foreign := range []bool{true, false} {
		for _, from := range realftp.Names() {
			for _, to := range realftp.Names() {
				t.Run(fmt.Sprintf("foreign %v/%s to %s", foreign, from, to), func(t *testing.T) {
					source := realftp.Start(t, from, realftp.Options{Host: "127.0.0.2", Foreign: foreign})
					target := realftp.Start(t, to, realftp.Options{Host: "127.0.0.3", Foreign: foreign})
					want := map[string][]byte{"small.txt": []byte("small")}
					for i := range 3 {
						want[fmt.Sprintf("big %d.bin", i)] = append(varied(300_000), byte(i))
					}
					for name, content := range want {
						source.WriteFile(t, "from/"+name, string(content))
					}
					state := t.TempDir()
					result, files, told := realCopy(t, source, target, state)
					if err := result.Error(); err != nil || result.Summary.Uploaded != len(want) {
						t.Fatalf("%+v: %v", result.Summary, err)
					}
					for name, content := range want {
						if got, err := os.ReadFile(filepath.Join(target.Root, "to", name)); err != nil || !bytes.Equal(got, content) {
							t.Errorf("%s: %d bytes of %d: %v", name, len(got), len(content), err)
						}
					}
					direct := foreign && (from != "pyftpdlib" || to != "pyftpdlib") // one has to connect, and that one stalls
					if direct && (files != 3 || told != "") || !direct && (files != 0 || strings.Count(told, "do not send to each other") != 1) {
						t.Errorf("%d files went directly; told %q", files, told)
					}
					t.Logf("%d files went directly; told %q", files, told)
					if again, _, _ := realCopy(t, source, target, state); again.Summary.Uploaded != 0 || again.Error() != nil {
						t.Errorf("the second copy: %+v: %v", again.Summary, again.Error())
					}
				})
			}
		}
	}
}

// TestRealServersOverTLS holds that over TLS data goes directly only where that was asked for and both servers tell
// hashes.
func TestRealServersOverTLS(t *testing.T) {
	sscn := []string{"TLSVerifyServer off"}
	digest := append([]string{"LoadModule mod_digest.c"}, sscn...)
	for _, c := range []struct {
		name, to string
		extra    []string // of the target
		when     string
		direct   bool
		told     string
	}{
		{"not asked for", "proftpd", digest, "auto", false, "over TLS the servers do not check"},
		{"ProFTPD to ProFTPD", "proftpd", digest, "on", true, ""},
		{"ProFTPD to ProFTPD, which tells no hashes", "proftpd", sscn, "on", false, "over TLS only a SHA-256"},
		{"ProFTPD to Pure-FTPd, which tells no hashes", "pureftpd", nil, "on", false, "over TLS only a SHA-256"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := realftp.Start(t, "proftpd", realftp.Options{Host: "127.0.0.2", Foreign: true, TLS: realftp.Explicit, ForceTLS: true, Extra: digest})
			target := realftp.Start(t, c.to, realftp.Options{Host: "127.0.0.3", Foreign: true, TLS: realftp.Explicit, ForceTLS: true, RequireReuse: c.to == "proftpd", Extra: c.extra})
			for i := range 3 {
				source.WriteFile(t, fmt.Sprintf("from/big %d.bin", i), string(append(varied(500_000), byte(i))))
			}
			result, files, told := realCopyOver(t, "ftpes", between(c.when), source, target, t.TempDir())
			if err := result.Error(); err != nil || result.Summary.Uploaded != 3 {
				t.Fatalf("%+v: %v", result.Summary, err)
			}
			for i := range 3 {
				got, err := os.ReadFile(filepath.Join(target.Root, fmt.Sprintf("to/big %d.bin", i)))
				if err != nil || !bytes.Equal(got, append(varied(500_000), byte(i))) {
					t.Errorf("%d bytes: %v", len(got), err)
				}
			}
			// Until the first one is proven, the others go through this machine.
			if c.direct != (files > 0) || c.direct && told != "" || !strings.Contains(told, c.told) {
				t.Errorf("%d files went directly; told %q", files, told)
			}
			t.Logf("%d files went directly; told %q", files, told)
		})
	}
}

// TestRealRename holds that a directory which was renamed at the source is renamed at the target, and what went directly
// is proven by the hashes of both servers where they tell them.
func TestRealRename(t *testing.T) {
	digest := realftp.Options{Foreign: true, Extra: []string{"LoadModule mod_digest.c"}}
	for _, c := range []struct {
		name     string
		from, to string
		options  realftp.Options
		size     int
		rebuilt  bool // one file in the new directory has another content, and all that a listing shows of the old one
	}{
		{"small files", "proftpd", "vsftpd", realftp.Options{}, 1000, false},
		{"large ones, directly, with hashes", "proftpd", "proftpd", digest, 300_000, false},
		{"large ones, directly", "proftpd", "proftpd", realftp.Options{Foreign: true}, 300_000, false},
		{"large ones, directly, of which one has changed", "proftpd", "proftpd", realftp.Options{Foreign: true}, 300_000, true},
		{"more than is read for it, directly", "proftpd", "proftpd", realftp.Options{Foreign: true}, 12 << 20, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.options.Host = "127.0.0.2"
			source := realftp.Start(t, c.from, c.options)
			c.options.Host = "127.0.0.3"
			target := realftp.Start(t, c.to, c.options)
			for i := range 5 {
				name := fmt.Sprintf("from/one/%d.bin", i)
				source.WriteFile(t, name, string(append(varied(c.size), byte(i))))
				old := time.Now().Add(-time.Duration(i+2) * 24 * time.Hour)
				if err := os.Chtimes(filepath.Join(source.Root, name), old, old); err != nil {
					t.Fatal(err)
				}
			}
			state := t.TempDir()
			result, files, _ := realCopy(t, source, target, state)
			if result.Error() != nil || result.Summary.Uploaded != 5 || c.options.Foreign != (files == 5) {
				t.Fatalf("%+v, %d directly: %v", result.Summary, files, result.Error())
			}
			if err := os.Rename(filepath.Join(source.Root, "from/one"), filepath.Join(source.Root, "from/two")); err != nil {
				t.Fatal(err)
			}
			changed := filepath.Join(source.Root, "from/two/2.bin")
			if c.rebuilt {
				was, err := os.Stat(changed)
				if err = errors.Join(err, os.WriteFile(changed, bytes.Repeat([]byte("x"), c.size+1), 0o644)); err != nil {
					t.Fatal(err)
				}
				if err := os.Chtimes(changed, was.ModTime(), was.ModTime()); err != nil {
					t.Fatal(err)
				}
			}
			result, _, _ = realCopy(t, source, target, state)
			if result.Error() != nil || !c.rebuilt && (result.Summary.Moved != 1 || result.Summary.Uploaded != 0) {
				t.Errorf("%+v: %v", result.Summary, result.Error())
			}
			for i := range 5 {
				name := fmt.Sprintf("two/%d.bin", i)
				want, err := os.ReadFile(filepath.Join(source.Root, "from", name))
				if err != nil {
					t.Fatal(err)
				}
				if got, err := os.ReadFile(filepath.Join(target.Root, "to", name)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s has %d bytes, want %d: %v", name, len(got), len(want), err)
				}
			}
			if _, err := os.Stat(filepath.Join(target.Root, "to/one")); err == nil {
				t.Error("the old directory is left")
			}
		})
	}
}
