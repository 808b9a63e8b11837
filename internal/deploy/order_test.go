package deploy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ferry/internal/deploy/order"
	"ferry/manifest"
	"ferry/sync/namecase"
)

// New files come before all replaced ones, pages after what they need, deletions last, and
// what stands in the way right before what needs its place.
func TestArrange(t *testing.T) {
	file := manifest.Entry{Kind: manifest.File}
	changes := []Change{
		{Kind: Remove, Path: "gone.html", Was: file},
		{Kind: Put, Path: "index.html", Was: file},
		{Kind: Put, Path: "about.html", Was: file},
		{Kind: Put, Path: "site.css", Was: file},
		{Kind: Chmod, Path: "x.cgi", Was: file},
		{Kind: Put, Path: "new.html"},
		{Kind: Put, Path: "new.js"},
		{Kind: Remove, Path: "d/old/x", Was: file},
		{Kind: Remove, Path: "d", Was: manifest.Entry{Kind: manifest.Dir}},
		{Kind: Remove, Path: "d/old", Was: manifest.Entry{Kind: manifest.Dir}},
		{Kind: Put, Path: "d"},
		{Kind: Remove, Path: "e", Was: file},
		{Kind: Put, Path: "e/page.html"},
		{Kind: Put, Path: "e/style.css"},
	}
	arrange(changes, order.Parse(order.Default()).Class, namecase.NotAsked)
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
	changes := []Change{{Kind: Put, Path: "a.html"}, {Kind: Remove, Path: "A.html", Was: manifest.Entry{Kind: manifest.File}}}
	arrange(changes, func(manifest.Path) int { return 0 }, namecase.FoldsCase)
	if changes[0].Path != "A.html" {
		t.Errorf("%+v", changes)
	}
}

func TestSteps(t *testing.T) {
	file := manifest.Entry{Kind: manifest.File}
	changes := []Change{
		{Kind: Put, Path: "n/m/new", From: "stage/s/0/1"},
		{Kind: Put, Path: "old", From: "stage/s/0/2", Was: file, Aside: "stage/b/1", Class: 1},
		{Kind: Put, Path: "caf\u00e9", From: "stage/s/0/3", Was: manifest.Entry{Kind: manifest.File, Name: "cafe\u0301"}, Class: 1},
		{Kind: Remove, Path: "d/gone", Was: file, Class: 2},
	}
	groups := Steps(changes, []manifest.Path{"n", "n/m", "p"}, []manifest.Path{"d/e", "d"})
	var got []string
	for i, g := range groups {
		for _, c := range g {
			line := fmt.Sprint(i)
			for _, s := range c {
				line += fmt.Sprintf(" %s%s>%s", []string{"mv ", "rm ", "mkdir", "rmdir ", "chmod"}[s.Op], s.From.Path, s.To.Path)
			}
			got = append(got, line)
		}
	}
	want := []string{
		"0 mkdir>n mkdir>n/m", "0 mkdir>p",
		"1 mv stage/s/0/1>n/m/new",
		"2 mv old>stage/b/1 mv stage/s/0/2>old", "2 mv stage/s/0/3>cafe\u0301",
		"3 rm d/gone>",
		"4 rmdir d/e> rmdir d>",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
