package service

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what is rendered into testdata")

// specs are the services of the golden files.
var specs = map[string]Spec{
	"plain": {
		Name: "ferry", Description: "ferry: keeps what ferry.yaml names in sync",
		Program: "/usr/local/bin/ferry", Args: []string{"watch", "--config", "/home/u/ferry.yaml"}, ConfigFile: "/home/u/ferry.yaml",
	},
	"awkward": {
		Name: "ferry-a_b-1a2b3c", Description: `ferry: 100% of "it" & <more>\`,
		Program:    "/opt/50% off $HOME/ferry",
		Args:       []string{"watch", "--config", `/home/ü b/$x/%h/"q" 'r' \s/<&>.yaml`, "", ";", "tab\there", "a b"},
		ConfigFile: `/home/ü b/$x/%h/"q" 'r' \s/<&>.yaml`, AllowPrivileges: true,
	},
}

func worlds(run Runner) map[string]System {
	return map[string]System{
		"systemd":   {OS: "linux", HomeDir: "/home/u", UID: 1000, User: "u", Run: run},
		"launchd":   {OS: "darwin", HomeDir: "/Users/u", UID: 501, User: "u", Run: run},
		"scheduler": {OS: "windows", HomeDir: `C:\Users\u`, DataDir: `C:\Users\u\AppData\Local`, User: `DESK\u & co`, Run: run},
	}
}

func TestText(t *testing.T) {
	for system, w := range worlds(nil) {
		for name, s := range specs {
			m, err := New(w)
			if err != nil {
				t.Fatal(err)
			}
			if system == "scheduler" {
				s.Program, s.ConfigFile = strings.ReplaceAll("C:"+s.Program, "/", `\`), strings.ReplaceAll("C:"+s.ConfigFile, "/", `\`)
			}
			got, err := m.Text(s)
			if err != nil {
				t.Fatal(err)
			}
			// The paths of logs are joined in the way of the system that the test runs on.
			if filepath.Separator == '\\' {
				got = strings.ReplaceAll(got, `\Users\u\Library\Logs\ferry\`, "/Users/u/Library/Logs/ferry/")
			}
			got = strings.ReplaceAll(got, "\r\n", "\n")
			golden := filepath.Join("testdata", system+"-"+name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", golden, diff)
			}
			if _, ours := parseMark(got); !ours {
				t.Errorf("%s does not carry the mark", golden)
			}
			if system != "systemd" {
				wantXML(t, golden, got, s)
			}
		}
	}
}

// wantXML checks that a definition is XML that contains the arguments.
func wantXML(t *testing.T, name, text string, s Spec) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var texts []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if data, ok := token.(xml.CharData); ok {
			texts = append(texts, string(data))
		}
	}
	if !slices.Contains(texts, s.Program) {
		t.Errorf("%s: %q is not in it", name, s.Program)
	}
	if !slices.ContainsFunc(texts, func(text string) bool { return text == mark+s.ConfigFile+"\n" }) {
		t.Errorf("%s: nothing says what it is for", name)
	}
}

func TestTextRefuses(t *testing.T) {
	for name, s := range map[string]Spec{
		"a program without a place": {Program: "ferry"},
		"a line end in an argument": {Program: "/bin/ferry", Args: []string{"a\nExecStart=/bin/sh"}},
		"a line end in the path":    {Program: "/bin/ferry", ConfigFile: "/a\r\n/b"},
		"a NUL":                     {Program: "/bin/\x00"},
	} {
		for system, w := range worlds(nil) {
			m, _ := New(w)
			if text, err := m.Text(s); err == nil {
				t.Errorf("%s: %s: no error\n%s", system, name, text)
			}
		}
	}
	for _, program := range []string{`/a"b`, "/a'b", `/a\b`, "/a\xff"} {
		if _, err := (systemd{}).Text(Spec{Program: program}); err == nil {
			t.Errorf("systemd: no error for %q", program)
		}
	}
}

// The arguments are parsed again according to systemd.syntax(7) and the section on
// command lines of systemd.service(5).
func TestSystemdArg(t *testing.T) {
	for _, s := range []string{
		"watch", "", " ", "a b", "\t", `"`, `'`, `\`, `\\`, `a\`, `\"`, "%", "%h", "%%", "$", "$$", "${HOME}", "$HOME", ";", `\;`, "#x",
		"ü", "\xff", "a\xffb", "\x01\x7f", "日本", "\uFFFD", "@-:+!x", "=", "`id`", "$(id)", "*", "a\\x20b",
	} {
		word := systemdArg(s)
		if got, ok := unquote(word); !ok || got != s {
			t.Errorf("%q is written as %s, which reads as %q", s, word, got)
		}
	}
}

// unquote parses one argument of a command line in a unit.
func unquote(word string) (string, bool) {
	inner, quoted := strings.CutPrefix(word, `"`)
	if quoted {
		if inner, quoted = strings.CutSuffix(inner, `"`); !quoted {
			return "", false
		}
	} else if word == "" || strings.ContainsAny(word, " \t;#'\\\"") {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(inner); i++ {
		c := inner[i]
		switch {
		case c == '"' || c < ' ':
			return "", false
		case c == '\\' && i+1 < len(inner) && strings.IndexByte(`"\`, inner[i+1]) >= 0:
			i++
			c = inner[i]
		case c == '\\' && i+3 < len(inner) && inner[i+1] == 'x':
			const digits = "0123456789abcdef"
			c = byte(strings.IndexByte(digits, inner[i+2])<<4 | strings.IndexByte(digits, inner[i+3]))
			i += 3
		case c == '\\':
			return "", false
		case c == '%' || c == '$':
			if i++; i >= len(inner) || inner[i] != c {
				return "", false
			}
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// systemd itself accepts the units.
func TestSystemdVerifies(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is not here")
	}
	dir := t.TempDir()
	place := filepath.Join(dir, "50% off $HOME", "ü")
	if err := os.MkdirAll(place, 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(place, "ferry")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, s := range specs {
		s.Program = program
		text, err := systemd{}.Text(s)
		if err != nil {
			t.Fatal(err)
		}
		verify := func(text string) (string, error) {
			file := filepath.Join(dir, s.Name+".service")
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("systemd-analyze", "--user", "--man=no", "verify", file)
			cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+dir)
			out, err := cmd.CombinedOutput()
			return string(out), err
		}
		if out, err := verify(text); err != nil || strings.Contains(out, ".service:") {
			t.Errorf("%s: %v\n%s\n%s", name, err, out, text)
		}
		// It does look: the same unit with another program is refused.
		if out, err := verify(strings.ReplaceAll(text, "/ferry\" watch", "/none\" watch")); err == nil {
			t.Errorf("%s: a program that is not there is fine: %s", name, out)
		}
	}
}

func TestWindowsArg(t *testing.T) {
	for s, want := range map[string]string{
		"a": "a", "": `""`, "a b": `"a b"`, `a"b`: `"a\"b"`, `C:\x y\`: `"C:\x y\\"`, `C:\x\`: `C:\x\`, `\\"`: `"\\\\\""`,
	} {
		if got := windowsArg(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestUTF16File(t *testing.T) {
	text := utf16File("aü😀")
	var words []uint16
	for i := 0; i+1 < len(text); i += 2 {
		words = append(words, uint16(text[i])|uint16(text[i+1])<<8)
	}
	if got := string(utf16.Decode(words)); got != "\uFEFFaü😀" {
		t.Errorf("%q", got)
	}
}

func TestName(t *testing.T) {
	seen := map[string]string{}
	for _, profile := range []string{"", "site", "a.b-c_D9", "a b", "a@b", "a_b", "ü", "é", "日本"} {
		name := Name(profile)
		if strings.ContainsFunc(name, func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", r)
		}) || !strings.HasPrefix(name, "ferry") {
			t.Errorf("%q: %q", profile, name)
		}
		if other, taken := seen[name]; taken {
			t.Errorf("%q and %q are both %q", profile, other, name)
		}
		seen[name] = profile
	}
	if Name("site") != "ferry-site" || Name("") != "ferry" {
		t.Error(Name("site"), Name(""))
	}
}

func TestForUnknownSystem(t *testing.T) {
	_, err := New(System{OS: "plan9"})
	var p *Problem
	if !errors.As(err, &p) || p.Hint == "" {
		t.Errorf("error %v", err)
	}
}
