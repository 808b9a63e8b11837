package dashboard

import (
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"ferry/internal/dashboard/act"
	"ferry/internal/report"
	"ferry/internal/text"
)

// A conflictView is a conflict with its versions side by side.
type conflictView struct {
	act.Conflict
	Sides [2]versionView
	Diff  []diffLine
	Equal bool // the texts are
}

type versionView struct {
	Side    string
	About   string       // its size and time
	NotRead string       // why it is not shown
	Picture template.URL // "": it is none
}

// A diffLine is a line of a diff. Kind is "add", "remove", "place" or "".
type diffLine struct{ Kind, Text string }

type conflictsData struct {
	Conflicts []conflictView
	More      int
	Problems  int
}

// sideNames are the sides for people, in the order of the sides.
var sideNames = [2]string{"here", "on the server"}

func conflictsView(list *act.ConflictList) *conflictsData {
	data := &conflictsData{More: list.More, Problems: list.Problems}
	for _, c := range list.Conflicts {
		v := conflictView{Conflict: c}
		for i, version := range c.Versions {
			v.Sides[i] = versionOf(sideNames[i], version)
		}
		a, b := c.Versions[0], c.Versions[1]
		if a.Text && b.Text {
			v.Diff = diffLines(report.Diff(sideNames[0], sideNames[1], string(a.Content), string(b.Content)))
			v.Equal = len(v.Diff) == 0
		}
		data.Conflicts = append(data.Conflicts, v)
	}
	return data
}

// pictures are the kinds of pictures that a browser shows and that run nothing.
var pictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

func versionOf(side string, v act.Version) versionView {
	view := versionView{Side: side, About: "nothing"}
	if v.There {
		view.About = text.Clean(v.Kind)
		if v.Kind == "file" {
			view.About = report.Size(v.Size)
		}
		if !v.Time.IsZero() {
			view.About += ", changed " + v.Time.Local().Format("2006-01-02 15:04:05")
		}
	}
	kind := http.DetectContentType(v.Content)
	switch {
	case !v.There, v.Text:
	case len(v.Content) > 0 && slices.Contains(pictures, kind):
		view.Picture = template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(v.Content)) // neither kind nor base64 can end the attribute
	case v.NotRead != "":
		view.NotRead = "Not shown: it " + text.Clean(v.NotRead) + "."
	default:
		view.NotRead = "Not shown: it is no text and no picture."
	}
	return view
}

// mostDiffLines is how many lines of a diff are shown.
const mostDiffLines = 500

func diffLines(diff string) []diffLine {
	var lines []diffLine
	for line := range strings.Lines(diff) {
		if len(lines) == mostDiffLines {
			return append(lines, diffLine{"place", "the rest is not shown"})
		}
		kind := map[byte]string{'+': "add", '-': "remove", '@': "place"}[line[0]]
		lines = append(lines, diffLine{kind, text.CleanContent(strings.TrimRight(line, "\n"))})
	}
	return lines
}
