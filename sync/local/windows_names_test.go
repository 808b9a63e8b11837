package local

import (
	"strings"
	"testing"
)

func TestRefusedByWindows(t *testing.T) {
	for name, fine := range map[string]bool{
		"plain.txt": true, "with space": true, ".hidden": true, "ümlaut": true, "COM": true, "COM10": true, "LPTX": true, "console": true, "null": true, "a.con": true,
		`back\slash`: false, "co:lon": false, "st*r": false, "wh?t": false, `quo"te`: false, "le<ss": false, "mo>re": false, "pi|pe": false,
		"tab\there": false, "\x01": false, "\x7f": true, "a\xfeb": false, "~$a.docx": true, "trailing.dot.": false, "aux.txt": false, "lpt³.x": false, "dot.": false, "space ": false, "...": false,
		"con": false, "CON": false, "Con.txt": false, "con.tar.gz": false, "nul": false, "aux.": false, "prn": false, "com1": false, "COM0": false, "LPT9.log": false, "com¹": false, "conin$": false, "nul .txt": false,
	} {
		if why := refusedByWindows(name); (why == "") != fine {
			t.Errorf("%q: %q, want it refused: %v", name, why, !fine)
		}
	}
}

func FuzzRefusedByWindows(f *testing.F) {
	f.Add("con.txt")
	f.Add("a:b")
	f.Fuzz(func(t *testing.T, name string) {
		if refusedByWindows(name) == "" && strings.ContainsAny(name, `\/:*?"<>|`) {
			t.Errorf("%q is not refused", name)
		}
	})
}
