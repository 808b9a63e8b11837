package report

import (
	"fmt"
	"io"
	"strings"

	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/explain"
)

// WriteExplanation writes what is known of a path for people.
func WriteExplanation(w io.Writer, e explain.Explanation) {
	fmt.Fprintln(w, text.Clean(string(e.Path)))
	row := func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %-10s  %s\n", what, fmt.Sprintf(format, args...))
	}
	word := "not ignored"
	if e.Ignored {
		word = "ignored"
	}
	row("patterns", "%s: %s", word, e.Pattern)
	if e.Ignored {
		row("decision", "it is left alone on both sides")
		return
	}
	for _, s := range [...]sync.Side{sync.Local, sync.Remote} {
		row(s.String(), "%s", entryText(e.Now[s]))
	}
	if e.Recorded {
		row("last pass", "%s", baseText(e.Base))
	} else {
		row("last pass", "nothing is recorded")
	}
	for _, line := range decisions(e) {
		row("decision", "%s", line)
	}
}

// entryText describes an entry in a few words.
func entryText(e manifest.Entry) string {
	if !e.Exists() {
		return "nothing there"
	}
	if !e.IsFile() {
		return e.Kind.String()
	}
	bytes := fmt.Sprintf("%d bytes", e.Size)
	if e.Size >= 1000 {
		bytes = fmt.Sprintf("%s (%s)", Size(e.Size), bytes)
	}
	return "file, " + bytes + timeText(e)
}

func timeText(e manifest.Entry) string {
	layouts := map[manifest.Precision]string{manifest.Minute: "2006-01-02 15:04", manifest.Day: "2006-01-02"}
	layout := layouts[e.Precision]
	if layout == "" {
		layout = "2006-01-02 15:04:05"
	}
	if t := e.Time(); !t.IsZero() {
		return ", changed " + t.Format(layout) + " UTC"
	}
	return ""
}

// baseText describes what both sides agreed on.
func baseText(p manifest.Pair) string {
	if p.Kind() != manifest.File {
		return p.Kind().String() + " on both sides"
	}
	line := fmt.Sprintf("file, %d bytes", p.Local.Size)
	if p.Sum != "" {
		line += fmt.Sprintf(", SHA-256 %x…", p.Sum[:4])
	}
	return line + "; local " + strings.TrimPrefix(timeText(p.Local), ", ") + "; remote " + strings.TrimPrefix(timeText(p.Remote), ", ")
}

// decisions says what a pass would do, and why.
func decisions(e explain.Explanation) (lines []string) {
	for _, c := range e.Conflicts {
		lines = append(lines, fmt.Sprintf("conflict: %s (%s)", text.Clean(c.Outcome()), text.Clean(c.Why)))
	}
	for i := range e.Actions {
		lines = append(lines, actionText(&e.Actions[i], e.Path))
	}
	for _, s := range e.Skips {
		lines = append(lines, "left alone: "+text.Clean(s.Why))
	}
	for s, problems := range e.Problems {
		for _, q := range problems {
			lines = append(lines, fmt.Sprintf("left alone: %s on the %s side: %s", sideProblem{sync.Side(s), q}.where(), sync.Side(s), text.Clean(q.Why)))
		}
	}
	switch {
	case len(lines) == 0 && !e.Known():
		lines = append(lines, "nothing: neither side has it")
	case len(lines) == 0:
		lines = append(lines, "nothing: both sides are as they were in the last pass")
	}
	if e.Below > 0 {
		lines = append(lines, fmt.Sprintf("%s below it, see ferry status --only %s", text.Count(e.Below, "change"), text.Clean(string(e.Path))))
	}
	if e.Stopped != nil {
		lines = append(lines, "the pass would stop: "+text.Clean(e.Stopped.What))
	}
	return lines
}

// actionText says what an action does, and why.
func actionText(a *sync.Action, path manifest.Path) string {
	var b strings.Builder
	switch {
	case a.Op == sync.Refresh:
		return "nothing: the content is the same, and the new time is recorded"
	case a.Op == sync.Forget:
		return "forget it: " + text.Clean(whyForgotten(a))
	case a.Op == sync.Rename && path.Within(a.From):
		fmt.Fprintf(&b, "move to %s on the %s side", text.Clean(string(path.Rebase(a.From, a.Path))), a.Side)
		if path != a.From {
			fmt.Fprintf(&b, " with %s/", text.Clean(string(a.From)))
		}
	case a.Op == sync.Rename:
		fmt.Fprintf(&b, "move from %s on the %s side", text.Clean(string(path.Rebase(a.Path, a.From))), a.Side)
		if path != a.Path {
			fmt.Fprintf(&b, " with %s/", text.Clean(string(a.From)))
		}
	case a.Op == sync.SetAside:
		fmt.Fprintf(&b, "the %s version becomes %s", a.Side, text.Clean(a.Path.Base()))
	case a.Op == sync.Adopt:
		b.WriteString("record it")
	case a.Op == sync.Compare:
		b.WriteString("compare the contents")
	default:
		fmt.Fprintf(&b, "%s on the %s side", a.Op, a.Side)
	}
	if a.Why != "" && a.Why != string(sync.Created) {
		b.WriteString(": " + text.Clean(a.Why))
	} else if a.Why != "" {
		fmt.Fprintf(&b, ": new on the %s side", a.Side.Other())
	}
	return b.String()
}

func whyForgotten(a *sync.Action) string {
	if a.Why != "" {
		return a.Why
	}
	return "neither side has it any more"
}

// An ExplanationLine is an explanation as a line of JSON.
type ExplanationLine struct {
	Type    string `json:"type"`
	Profile string `json:"profile,omitempty"`
	Path
	LeftOut  bool       `json:"left_out"`
	Pattern  string     `json:"pattern"`
	Local    *jsonEntry `json:"local,omitempty"`
	Remote   *jsonEntry `json:"remote,omitempty"`
	LastPass *jsonBase  `json:"last_pass,omitempty"`
	Decision []string   `json:"decision,omitempty"`
}

type jsonBase struct {
	Local  *jsonEntry `json:"local,omitempty"`
	Remote *jsonEntry `json:"remote,omitempty"`
	SHA256 string     `json:"sha256,omitempty"`
}

// NewExplanationLine returns an explanation as a line of JSON.
func NewExplanationLine(profile string, e explain.Explanation) ExplanationLine {
	l := ExplanationLine{Type: "explanation", Profile: profile, Path: PathOf(e.Path), LeftOut: e.Ignored, Pattern: e.Pattern,
		Local: entryJSON(e.Now[sync.Local]), Remote: entryJSON(e.Now[sync.Remote])}
	if e.Recorded {
		l.LastPass = &jsonBase{entryJSON(e.Base.Local), entryJSON(e.Base.Remote), fmt.Sprintf("%x", e.Base.Sum)}
	}
	if !e.Ignored {
		l.Decision = decisions(e)
	}
	return l
}
