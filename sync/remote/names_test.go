package remote

import (
	"testing"

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
