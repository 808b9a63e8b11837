package config

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ferry/internal/ftp"
)

func TestPair(t *testing.T) {
	p, err := Pair("./public", "ftpes://deploy:secret@example.com/htdocs", abs("/w"), abs("/home/u"))
	if err != nil {
		t.Fatal(err)
	}
	want := NewProfile("public-example.com")
	want.Local = abs("/w/public")
	want.Remote = Remote{Security: ftp.Explicit, User: "deploy", Host: "example.com", Path: "htdocs"}
	want.Password = Literal("")
	if diff := cmp.Diff(want, p, hidePasswords); diff != "" {
		t.Error(diff)
	}
	if got := p.Password.reveal().text; got != "secret" {
		t.Errorf("the password is %q", got)
	}
}

func TestPairName(t *testing.T) {
	for local, want := range map[string]string{
		"/":                           "example.com",
		"/srv/www":                    "www-example.com",
		"/My Pictures (2)":            "my-pictures-2-example.com",
		"/..hidden":                   "hidden-example.com",
		"/" + strings.Repeat("ж", 70): "example.com",
		"/" + strings.Repeat("x", 70): strings.Repeat("x", 60),
	} {
		if got := pairName(local, "example.com", 60); got != want || checkName(got) != "" {
			t.Errorf("%q: %q, want %q", local, got, want)
		}
	}
}

func TestPairErrors(t *testing.T) {
	for _, c := range []struct{ local, url, want, hint string }{
		{"ftp://h/x", "./public", "the URL stands before the local directory", "comes first: ./public ftp://h/x"},
		{"ftp://h/x", "ftp://i/x", "both sides of the pair are URLs", "ferry sync ./public ftpes://"},
		{"./a", "./b", `"./b" is not a URL`, "ferry sync ./public ftpes://"},
		{"./a", "example.com/x", `"example.com/x" is not a URL`, "ferry sync ./public ftpes://"},
		{"./a", "sftp://u:secret@h", "reading the URL: sftp:// is file transfer over SSH, which ferry does not support", "ftpes://"},
		{"", "ftp://h", "the path is empty", ""},
		{"a\x00", "ftp://h", "the path contains a NUL character", ""},
		{"~bob/x", "ftp://h", `"~bob/x": ~ stands only for your own home directory`, "./~bob/x"},
	} {
		_, err := Pair(c.local, c.url, abs("/w"), abs("/home/u"))
		if err == nil || err.Error() != c.want || !strings.Contains(Hint(err), c.hint) {
			t.Errorf("%q %q: %v, %q", c.local, c.url, err, Hint(err))
		}
	}
	if _, err := Pair("~/x", "ftp://h", abs("/w"), ""); err == nil {
		t.Error("~ without a home is no error")
	}
}

func TestLocalPath(t *testing.T) {
	for s, want := range map[string]string{
		".":          "/w",
		"a/b/../c":   "/w/a/c",
		"../x":       "/x",
		"~":          "/home/u",
		"~/a":        "/home/u/a",
		"~/../b":     "/home/b",
		"a~b":        "/w/a~b",
		"~.bak":      "/w/~.bak",
		abs("/d//e"): "/d/e",
		" ":          "/w/ ",
	} {
		if runtime.GOOS == "windows" && s == " " {
			continue // no path there ends in a space
		}
		if got, err := localPath(s, abs("/w"), abs("/home/u")); err != nil || got != abs(want) && got != filepath.FromSlash(want) {
			t.Errorf("%q is %q, %v, want %q", s, got, err, abs(want))
		}
	}
}

func TestLocalPathOfWindows(t *testing.T) {
	if runtime.GOOS != "windows" {
		t.Skip("only Windows has drives")
	}
	for s, want := range map[string]string{`\data`: `D:\data`, "/data": `D:\data`, `E:\data`: `E:\data`, "E:/data": `E:\data`, `.\data`: `D:\w\data`, `\\host\share\x`: `\\host\share\x`} {
		if got, err := localPath(s, `D:\w`, ""); err != nil || got != want {
			t.Errorf("%q is %q, %v, want %q", s, got, err, want)
		}
	}
	for _, s := range []string{"D:data", "d:", `E:..\x`} {
		if got, err := localPath(s, `D:\w`, ""); err == nil || !strings.Contains(Hint(err), `:\`) {
			t.Errorf("%q is %q, %v, %q", s, got, err, Hint(err))
		}
	}
}
