package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferry/internal/ftp"
	"ferry/internal/test/realftp"
)

// awkwardNames are names that have misled servers and clients, with contents that
// say why.
var awkwardNames = map[string]string{
	".hidden":                 "dotfile",
	".dir/.inner":             "dotfile in a dot directory",
	"with space/a b.txt":      "spaces",
	"[ab]*.txt":               "a pattern",
	"dir [ab]/x":              "a directory that is a pattern",
	"a.txt":                   "what the pattern would match",
	"-dash":                   "looks like an option",
	"-a/x":                    "a directory that looks like an option",
	"~tilde":                  "looks like a home",
	"ünïcödé/日本語.txt":         "UTF-8",
	"emoji 🚢":                 "a ship",
	" leading and trailing ":  "spaces at both ends",
	"empty":                   "",
	"empty dir/":              "",
	"semi;colon=1":            "looks like a fact of MLSD",
	"quote\"d":                "a quote",
	"perc%20ent":              "not an escape sequence",
	"deep/1/2/3/4/5/6/7/8/x":  "deep",
	"total 5":                 "looks like a line of ls",
	"drwxr-xr-x 2 a b 1 c d ": "looks like another",
}

type setting struct {
	server string
	mode   ftp.Mode
	tls    realftp.Security

	pipeline ftp.Pipeline
}

func (s setting) String() string {
	name := fmt.Sprintf("%s/%s/%s", s.server, s.mode, [...]string{"plain", "explicit", "implicit"}[s.tls])
	if s.pipeline == ftp.PipelineOff {
		name += "/no pipelining"
	}
	return name
}

// settings returns all servers in both modes, with and without TLS, and once
// without pipelining.
func settings() []setting {
	var all []setting
	for _, name := range realftp.Names() {
		all = append(all, setting{server: name, pipeline: ftp.PipelineOff})
		for _, mode := range []ftp.Mode{ftp.Passive, ftp.Active} {
			for _, security := range []realftp.Security{realftp.Plain, realftp.Explicit, realftp.Implicit} {
				if realftp.Supports(name, realftp.Options{TLS: security}) == nil {
					all = append(all, setting{server: name, mode: mode, tls: security})
				}
			}
		}
	}
	return all
}

// TestPassOnEveryServer makes a first pass over two populated sides, one with nothing
// to do, one after each side created, edited, renamed and deleted files, and another
// one with nothing to do.
func TestPassOnEveryServer(t *testing.T) {
	for _, s := range settings() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p := newPair(t, s.server, realftp.Options{TLS: s.tls})
			p.options.Mode, p.options.Pipeline = s.mode, s.pipeline
			p.testAllPasses()
			if s == (setting{server: s.server, mode: ftp.Passive}) {
				p.checkTable()
			}
		})
	}
}

// testAllPasses makes the passes that TestPassOnEveryServer describes.
func (p *pair) testAllPasses() {
	p.t.Helper()
	half := 0
	for name, content := range awkwardNames {
		if !p.takes(name) {
			continue
		}
		if half++; half%2 == 0 {
			writeFiles(p.t, p.local, map[string]string{name: content})
		} else {
			p.writeRemote(map[string]string{name: content})
		}
	}
	writeFiles(p.t, p.local, map[string]string{"both": "the same", "edit/l": "one", "edit/r": "one", "gone/l": "1", "gone/r": "2", "ren/l": "moved by us", "ren/r": "moved by them"})
	p.writeRemote(map[string]string{"both": "the same"})
	p.sync()
	tree := p.wantEqual()
	for name, content := range awkwardNames {
		if !p.takes(name) {
			continue
		}
		if got := tree[strings.TrimSuffix(name, "/")]; got != content && !strings.HasSuffix(name, "/") {
			p.t.Errorf("%q holds %q, want %q", name, got, content)
		}
	}
	p.wantNothingToDo()

	p.changeBothSides()
	sum := p.sync()
	tree = p.wantEqual()
	for name, want := range map[string]string{"edit/l": "one, edited here", "edit/r": "one, edited there", "gone/l": "", "gone/r": "",
		"ren/l": "", "ren/l2": "moved by us", "sub/r2": "moved by them", "new/l": "n", "new/r": "n", "a.txt": ""} {
		if tree[name] != want {
			p.t.Errorf("%s holds %q, want %q", name, tree[name], want)
		}
	}
	if sum.Moved == 0 || sum.Conflicts != 0 {
		p.t.Errorf("summary %+v\n%s", sum, strings.Join(p.events, "\n"))
	}
	p.wantNothingToDo()
}

// takes reports whether ferry stores a name on this server. Pure-FTPd replaces a space at the end, and on servers that it
// does not know ferry takes no such name.
func (p *pair) takes(name string) bool {
	known := p.server.Name != "pureftpd" && slices.Contains(realftp.Names(), p.server.Name)
	return known || !strings.HasSuffix(name, " ")
}

// changeBothSides creates, edits, renames and deletes files on both sides.
func (p *pair) changeBothSides() {
	p.t.Helper()
	writeFiles(p.t, p.local, map[string]string{"edit/l": "one, edited here", "new/l": "n"})
	p.writeRemote(map[string]string{"edit/r": "one, edited there", "new/r": "n", "sub/": ""})
	p.must(os.Remove(filepath.Join(p.local, "gone/l")))
	p.must(os.Remove(filepath.Join(p.local, "a.txt")))
	p.must(os.Remove(filepath.Join(p.remote(), "gone/r")))
	p.must(os.Rename(filepath.Join(p.local, "ren/l"), filepath.Join(p.local, "ren/l2")))
	p.must(os.Rename(filepath.Join(p.remote(), "ren/r"), filepath.Join(p.remote(), "sub/r2")))
	p.must(os.Rename(filepath.Join(p.local, "deep"), filepath.Join(p.local, "deeper still")))
}

// TestPassOnLimitedServer makes the same passes on servers that lack something.
func TestPassOnLimitedServer(t *testing.T) {
	for _, c := range []struct {
		name, server string
		options      realftp.Options
	}{
		{"no MLSD, another time zone", "vsftpd", realftp.Options{Zone: "America/New_York", LocalTime: true}},
		{"no MLSD, times cannot be set, another time zone", "vsftpd", realftp.Options{NoMDTMWrite: true, Zone: "Asia/Kolkata", LocalTime: true}},
		{"no MFMT", "proftpd", realftp.Options{NoMFMT: true}},
		{"no MLSD and local times", "proftpd", realftp.Options{NoMLSD: true, LocalTime: true, Zone: "Asia/Kolkata"}},
		{"neither MLSD nor MFMT", "pyftpdlib", realftp.Options{NoMLSD: true, NoMFMT: true}},
		{"no rename over a file", "proftpd", realftp.Options{NoOverwrite: true}},
		{"TLS session reuse demanded", "vsftpd", realftp.Options{TLS: realftp.Explicit, ForceTLS: true, RequireReuse: true}},
		{"TLS session reuse demanded", "proftpd", realftp.Options{TLS: realftp.Explicit, ForceTLS: true, RequireReuse: true}},
		{"TLS 1.2 only", "vsftpd", realftp.Options{TLS: realftp.Explicit, TLSMax: "1.2"}},
		{"TLS 1.3 only", "pureftpd", realftp.Options{TLS: realftp.Explicit, TLSMin: "1.3"}},
		{"passive mode refused", "vsftpd", realftp.Options{NoPassive: true}},
		{"passive mode refused", "proftpd", realftp.Options{NoPassive: true}},
		{"passive mode refused", "pyftpdlib", realftp.Options{NoPassive: true}},
		{"active mode refused", "proftpd", realftp.Options{NoActive: true}},
	} {
		t.Run(c.server+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, c.server, c.options)
			p.testAllPasses()
		})
	}
}

// TestManyFiles transfers 2,000 files in 100 directories, half of them each way. It
// asks for more connections than the server allows. There are not many more files,
// because each transfer blocks a port of the loopback for a minute.
func TestManyFiles(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t, name, realftp.Options{MaxConnections: 2})
			p.options.Connections = 8
			ours, theirs := make(map[string]string), make(map[string]string)
			for i := range 2000 {
				to := ours
				if i%2 == 1 {
					to = theirs
				}
				to[fmt.Sprintf("d%d/e%d/file %d.txt", i/2%10, i/2%100, i)] = strings.Repeat(fmt.Sprint(i, " "), i%50)
			}
			writeFiles(t, p.local, ours)
			p.writeRemote(theirs)
			if sum := p.sync(); sum.Uploaded != 1000 || sum.Downloaded != 1000 {
				t.Errorf("%+v", sum)
			}
			p.wantEqual()
			p.wantNothingToDo()
			p.must(os.Rename(filepath.Join(p.local, "d3"), filepath.Join(p.local, "moved")))
			p.must(os.RemoveAll(filepath.Join(p.local, "d4")))
			sum := p.sync()
			if sum.Moved != 1 || sum.BytesUp != 0 || sum.DeletedRemote != 211 {
				t.Errorf("%+v", sum)
			}
			p.wantEqual()
			p.wantNothingToDo()
		})
	}
}
