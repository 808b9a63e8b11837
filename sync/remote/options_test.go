package remote

import (
	"errors"
	"testing"

	"ferry/internal/ftp"
	"ferry/manifest"
)

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
