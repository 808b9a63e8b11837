package remote

import (
	"errors"
	"testing"

	"ferry/internal/ftp"
	"ferry/manifest"
)

func TestNamesKeepSpellings(t *testing.T) {
	n := names{root: "/home/ann"}
	n.set("\u00fcber", "u\u0308ber")
	n.set("\u00fcber/x/\u00f6", "o\u0308")
	n.set("plain", "plain")
	for p, want := range map[manifest.Path]string{
		"":                    "/home/ann",
		"plain":               "/home/ann/plain",
		"\u00fcber":           "/home/ann/u\u0308ber",
		"\u00fcber/x":         "/home/ann/u\u0308ber/x",
		"\u00fcber/x/\u00f6":  "/home/ann/u\u0308ber/x/o\u0308",
		"\u00fcber/\u00f6":    "/home/ann/u\u0308ber/\u00f6",
		"other/\u00fcber/x":   "/home/ann/other/\u00fcber/x",
		"\u00fcber2/x/\u00f6": "/home/ann/\u00fcber2/x/\u00f6",
	} {
		if got := n.dir(p); got != want {
			t.Errorf("dir(%q) is %q, want %q", p, got, want)
		}
	}
	n.moved("\u00fcber", "d/moved", "moved")
	if got := n.dir("d/moved/x/\u00f6"); got != "/home/ann/d/moved/x/o\u0308" {
		t.Errorf("after a move: %q", got)
	}
	if got := n.dir("\u00fcber"); got != "/home/ann/\u00fcber" {
		t.Errorf("what was moved: %q", got)
	}
}

func TestNamesAtTheServersRoot(t *testing.T) {
	var n names
	at := n.place("f", "f")
	if n.dir("") != "/" || n.dir("d") != "/d" || at.String() != "/f" || at.parent() != "/" || splitPath("/a") != (place{"", "a"}) {
		t.Errorf("%q %q %q %q %v", n.dir(""), n.dir("d"), at, at.parent(), splitPath("/a"))
	}
}

func TestWorkingDirectory(t *testing.T) {
	tests := []struct{ server, text, want string }{
		{"vsftpd", `"/" is the current directory`, "/"},
		{"vsftpd, doubled", `"/a ""b"" c" is the current directory`, `/a "b" c`},
		{"pure-ftpd, not doubled", `"/a "b"" is your current location`, `/a "b"`},
		{"text behind in quotes", `"/a" is "home"`, "/a"},
		{"no text", `"/a"`, "/a"},
		{"a space at the end", `"/a " is it`, "/a "},
		{"no quotes", `/a is it`, ""},
		{"no end", `"/a`, ""},
		{"Windows", `"C:\a" is it`, ""},
		{"nothing", `"" is it`, ""},
	}
	for _, tt := range tests {
		got, err := ftp.ParsePWD(tt.text)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %s is %q, %v, want %q", tt.server, tt.text, got, err, tt.want)
		}
	}
}

func TestJoinRoot(t *testing.T) {
	for _, tt := range []struct{ home, path, want string }{
		{"/", "", ""},
		{"/home/ann", "", "/home/ann"},
		{"/home/ann/", "htdocs//x/", "/home/ann/htdocs/x"},
		{"", "/srv/./www", "/srv/www"},
		{"/", " x ", "/ x "},
	} {
		if got, err := joinRoot(tt.home, tt.path); got != tt.want || err != nil {
			t.Errorf("%q and %q: %q, %v, want %q", tt.home, tt.path, got, err, tt.want)
		}
	}
	for _, path := range []string{"..", "a/../b", "a\r\nDELE b", "a\xff"} {
		if got, err := joinRoot("/home", path); !errors.Is(err, manifest.ErrName) {
			t.Errorf("%q: %q, %v", path, got, err)
		}
	}
}
