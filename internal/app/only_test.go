package app

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ferry/internal/config"
)

// TestOnly checks how the paths of --only are read: relative to the root, as files of this
// machine, and never as everything by accident.
func TestOnly(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "site")
	for _, p := range []string{"site/css/deep/b.css", "site/css/.htaccess", "site/.htaccess", "site/index.html", "elsewhere/x"} {
		p = filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const everything, refused = "", "!"
	for _, c := range []struct{ in, typed, want string }{
		{"", "css", "css"}, {"", "css/", "css"}, {"", "./css", "css"}, {"", "css//deep/", "css/deep"}, {"", "css/.", "css"}, {"", "css/../index.html", "index.html"},
		{"", "site/css", "css"}, {"", "./site/css/", "css"}, {"", root, everything}, {"", root + "/css", "css"}, {"", "/css", "css"}, {"", "/only-there", "only-there"},
		{"", "new/file", "new/file"}, {"", ".", everything}, {"", "./", everything},
		{"", "", refused}, {"", "/", refused}, {"", "//", refused}, {"", "..", refused}, {"", "../x", refused}, {"", "css/../../x", refused},
		{"", dir, refused}, {"", filepath.Join(dir, "elsewhere"), refused},
		{"site", ".", everything}, {"site", "./css", "css"}, {"site", "..", refused}, {"site", "../elsewhere", refused}, {"site", "./only-there", "only-there"},
		{"site/css", ".", "css"}, {"site/css", "./", "css"}, {"site/css", "..", everything}, {"site/css", "../index.html", "index.html"}, {"site/css", "./deep", "css/deep"},
		{"site/css", "./deleted", "css/deleted"}, {"site/css", "deep", "css/deep"}, {"site/css", "css", "css"}, {"site/css", ".htaccess", ".htaccess"},
		{"site/css", "./.htaccess", "css/.htaccess"}, {"site/css", "./index.html", "index.html"},
	} {
		if runtime.GOOS == "windows" && strings.HasPrefix(c.typed, "/") {
			continue
		}
		w := Workspace{Dir: filepath.Join(dir, filepath.FromSlash(c.in))}
		p := &Pair{Profile: &config.Profile{Local: root}}
		got, err := w.Only(p, []string{c.typed})
		var usage *Error
		switch {
		case c.want == refused && (!errors.As(err, &usage) || usage.Code != ExitUsage || usage.Hint == ""):
			t.Errorf("in %q, --only %q: %q, %v", c.in, c.typed, got, err)
		case c.want == refused:
		case err != nil, c.want == everything && got != nil, c.want != everything && (len(got) != 1 || string(got[0]) != c.want):
			t.Errorf("in %q, --only %q: %q, %v; want %q", c.in, c.typed, got, err, c.want)
		}
	}
}
