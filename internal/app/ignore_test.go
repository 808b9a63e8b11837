package app

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ferry/internal/config"
)

// TestIgnoreTextEncodings holds that an ignore file in UTF-16 is read, and that what is no
// text is refused.
func TestIgnoreTextEncodings(t *testing.T) {
	wide := func(order, text string) string {
		var b strings.Builder
		b.WriteString(map[string]string{"le": "\xff\xfe", "be": "\xfe\xff", "": ""}[order])
		for _, r := range text {
			if order == "be" {
				b.WriteString(string([]byte{byte(r >> 8), byte(r)}))
			} else {
				b.WriteString(string([]byte{byte(r), byte(r >> 8)}))
			}
		}
		return b.String()
	}
	for name, c := range map[string]struct {
		data    string
		refused bool
	}{
		"UTF-8":               {data: "# a comment\n*.map\nгеограф\n"},
		"UTF-8 with a mark":   {data: "\ufeff*.map\n"},
		"UTF-16LE":            {data: wide("le", "# a comment\r\n*.map\r\n")},
		"UTF-16BE":            {data: wide("be", "*.map\n")},
		"UTF-16 without mark": {data: wide("", "*.map\n"), refused: true},
		"cut":                 {data: wide("le", "*.map\n") + "x", refused: true},
		"not text":            {data: "*.map\n\x00", refused: true},
		"UTF-32":              {data: "\xff\xfe\x00\x00*\x00\x00\x00", refused: true},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, ".ferryignore"), []byte(c.data), 0o644); err != nil {
			t.Fatal(err)
		}
		p, err := config.Pair(dir, "ftp://h/x", dir, dir)
		if err != nil {
			t.Fatal(err)
		}
		pair := &Pair{Profile: p, Direct: true, stateDir: t.TempDir()}
		err = pair.ReadRules("", nil)
		switch {
		case c.refused && (err == nil || ExitCode(err) != ExitUsage || !strings.Contains(err.Error(), ".ferryignore")):
			t.Errorf("%s: %v", name, err)
		case !c.refused && err != nil:
			t.Errorf("%s: %v", name, err)
		case !c.refused && !pair.Rules.Match("a.map", false):
			t.Errorf("%s: a.map is not left out", name)
		}
	}
}

// TestPatternsFoldCase holds that patterns match without case on the systems on which git does so.
func TestPatternsFoldCase(t *testing.T) {
	for system, want := range map[string]bool{"windows": true, "darwin": true, "linux": false, "freebsd": false} {
		if patternsFoldCase(system) != want {
			t.Errorf("%s: want %v", system, want)
		}
	}
	dir := t.TempDir()
	p, err := config.Pair(dir, "ftp://h/x", dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	pair := &Pair{Profile: p, Direct: true, stateDir: t.TempDir()}
	if err := pair.ReadRules("", []string{"*.map"}); err != nil {
		t.Fatal(err)
	}
	if got := pair.Rules.Match("A.MAP", false); got != patternsFoldCase(runtime.GOOS) {
		t.Errorf("A.MAP is left out: %v", got)
	}
}
