package order

import (
	"testing"

	"ferry/manifest"
)

func TestOrder(t *testing.T) {
	usual := Parse(Default())
	for class, paths := range map[int][]manifest.Path{
		1: {"css/site.css", "app.js", "a/b/logo.svg", "font.woff2"},
		2: {"doc.pdf", "data.txt", "a/noextension"},
		3: {"a/index.html", "feed.xml", "list.json", "a/x.php"},
		4: {"index.html", "index.php", ".htaccess", "a/.htaccess"},
	} {
		for _, p := range paths {
			if got := usual.Class(p); got != class {
				t.Errorf("%s has class %d, want %d", p, got, class)
			}
		}
	}
	own := Parse("# comment\n\n*.css  lib/ with\\ blank\n/top.html\n*.css !main.css\n")
	for p, want := range map[manifest.Path]int{
		"other": 0, "lib/x": 1, "with blank": 1, "top.html": 2, "a/top.html": 0, "a.css": 3, "main.css": 1,
	} {
		if got := own.Class(p); got != want {
			t.Errorf("%s has class %d, want %d", p, got, want)
		}
	}
}
