package names

import (
	"testing"

	"ferry/manifest"
)

func TestNamesKeepSpellings(t *testing.T) {
	n := Names{Root: "/home/ann"}
	n.Set("\u00fcber", "u\u0308ber")
	n.Set("\u00fcber/x/\u00f6", "o\u0308")
	n.Set("plain", "plain")
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
		if got := n.Dir(p); got != want {
			t.Errorf("dir(%q) is %q, want %q", p, got, want)
		}
	}
	n.Moved("\u00fcber", "d/moved", "moved")
	if got := n.Dir("d/moved/x/\u00f6"); got != "/home/ann/d/moved/x/o\u0308" {
		t.Errorf("after a move: %q", got)
	}
	if got := n.Dir("\u00fcber"); got != "/home/ann/\u00fcber" {
		t.Errorf("what was moved: %q", got)
	}
}

func TestNamesAtTheServersRoot(t *testing.T) {
	var n Names
	at := n.Place("f", "f")
	if n.Dir("") != "/" || n.Dir("d") != "/d" || at.String() != "/f" || at.Parent() != "/" || Split("/a") != (Place{"", "a"}) {
		t.Errorf("%q %q %q %q %v", n.Dir(""), n.Dir("d"), at, at.Parent(), Split("/a"))
	}
}
