package deploy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ferry/manifest"
)

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
