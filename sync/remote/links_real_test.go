package remote

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ferry/internal/test/realftp"
	"ferry/manifest"
	"ferry/sync"
)

// TestLinksOnRealServers reads links of every server that shows them, and makes some where
// the server can.
func TestLinksOnRealServers(t *testing.T) {
	for _, c := range []struct {
		name  string
		extra []string
		makes bool
	}{
		{name: "vsftpd"},
		{name: "proftpd", extra: []string{"LoadModule mod_site_misc.c"}, makes: true},
		{name: "proftpd", extra: []string{"LoadModule mod_site_misc.c", "FactsOptions UseSlink"}, makes: true},
		{name: "pureftpd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := realftp.Start(t, c.name, realftp.Options{Extra: c.extra})
			server.WriteFile(t, "site/d/f", "x")
			server.WriteFile(t, "site/g", "y")
			at := func(name string) string { return filepath.Join(server.Root, "site", name) }
			err := errors.Join(os.Symlink("f", at("d/in")), os.Symlink("../g", at("d/up")), os.Symlink("d", at("dir")), os.Symlink("/etc/hostname", at("out")), server.Own())
			if err != nil {
				t.Fatal(err)
			}
			var notes []string
			d := open(t, server.Addr, realftp.User, realftp.Password, "site", func(o *Options) { o.Notice = func(text string) { notes = append(notes, text) } })
			if _, err := d.Scan(t.Context(), sync.Look{}); err != nil {
				t.Fatal(err)
			}
			targets, makes, err := d.Links(t.Context(), []manifest.Path{"d/in", "d/up", "dir", "out", "g", "nothing"})
			if want := []string{"f", "../g", "d", "/../etc/hostname", "", ""}; err != nil || makes != c.makes || !slices.Equal(targets, want) {
				t.Errorf("%q, %v, %v; want %q, %v", targets, makes, err, want, c.makes)
			}
			run := []sync.Step{
				{Op: sync.MakeLink, Path: "d/new", Target: "../g"},
				{Op: sync.MakeLink, Path: "to nothing", Target: "nothing"},
				{Op: sync.MakeLink, Path: "dangling", Target: "d/nothing"},
				{Op: sync.MakeLink, Path: "away", Target: "../away"},
				{Op: sync.MakeLink, Path: "g", Target: "d/f"},
			}
			errs := make([]error, len(run))
			d.Apply(t.Context(), run, func(i int, out sync.Outcome) { errs[i] = out.Err })
			if (errs[0] == nil) != c.makes || !c.makes && !errors.Is(errs[0], sync.ErrUnsupported) || (len(notes) == 1) != c.makes {
				t.Errorf("%v, %q", errs[0], notes)
			}
			for i, err := range errs[1:4] {
				if !errors.Is(err, sync.ErrUnsupported) {
					t.Errorf("%s: %v", run[i+1].Path, err)
				}
			}
			if !errors.Is(errs[4], sync.ErrChanged) {
				t.Errorf("in the place of a file: %v", errs[4])
			}
			if targets, _, err := d.Links(t.Context(), []manifest.Path{"d/new"}); c.makes && (err != nil || targets[0] != "/g") {
				t.Errorf("the new link leads to %q, %v", targets, err)
			}
			server.WriteFile(t, "my site/f", "x")
			spaced := open(t, server.Addr, realftp.User, realftp.Password, "my site", nil)
			if _, makes, err := spaced.Links(t.Context(), nil); makes || err != nil {
				t.Errorf("below a root with a space: %v, %v", makes, err)
			}
		})
	}
}
