package order

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ferry/internal/deploy/release"
	"ferry/manifest"
	"ferry/sync/namecase"
)

// New files come before all replaced ones, pages after what they need, deletions last, and
// what stands in the way right before what needs its place.
func TestArrange(t *testing.T) {
	file := manifest.Entry{Kind: manifest.File}
	changes := []release.Change{
		{Kind: release.Remove, Path: "gone.html", Was: file},
		{Kind: release.Put, Path: "index.html", Was: file},
		{Kind: release.Put, Path: "about.html", Was: file},
		{Kind: release.Put, Path: "site.css", Was: file},
		{Kind: release.Chmod, Path: "x.cgi", Was: file},
		{Kind: release.Put, Path: "new.html"},
		{Kind: release.Put, Path: "new.js"},
		{Kind: release.Remove, Path: "d/old/x", Was: file},
		{Kind: release.Remove, Path: "d", Was: manifest.Entry{Kind: manifest.Dir}},
		{Kind: release.Remove, Path: "d/old", Was: manifest.Entry{Kind: manifest.Dir}},
		{Kind: release.Put, Path: "d"},
		{Kind: release.Remove, Path: "e", Was: file},
		{Kind: release.Put, Path: "e/page.html"},
		{Kind: release.Put, Path: "e/style.css"},
	}
	Arrange(changes, Parse(Default()).Class, namecase.NotAsked)
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%d %s%s", c.Class, []string{"", "-", "m "}[c.Kind], c.Path))
	}
	want := []string{
		"0 -e", "0 e/style.css", "0 new.js", "1 -d/old/x", "1 -d/old", "1 -d", "1 d", "2 e/page.html", "2 new.html",
		"3 site.css", "4 m x.cgi", "5 about.html", "6 index.html", "7 -gone.html",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// On a server that folds case, a file that gets its name in another case is not deleted
// after it was put there.
func TestArrangeCase(t *testing.T) {
	changes := []release.Change{{Kind: release.Put, Path: "a.html"}, {Kind: release.Remove, Path: "A.html", Was: manifest.Entry{Kind: manifest.File}}}
	Arrange(changes, func(manifest.Path) int { return 0 }, namecase.FoldsCase)
	if changes[0].Path != "A.html" {
		t.Errorf("%+v", changes)
	}
}
