package cli

import (
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"ferry/manifest"
	"ferry/sync"

	"github.com/dustin/go-humanize"
)

// A planLine is one line of a printed plan, after unison: what each side did to
// a path, and the arrow between.
type planLine struct {
	local, arrow, remote string
	path                 string
	size                 string
	note                 string

	order manifest.Path
}

// The arrows.
const (
	toRemote   = "---->"
	toLocal    = "<----"
	undecided  = "<-?->"
	agreed     = "====="
	widestPath = 60
)

// planLines returns the lines of a plan in the order of paths. all shows what
// needs no work as well: equal files that are recorded, and special files.
func planLines(plan *sync.Plan, problems []sideProblem, all bool) []planLine {
	var lines []planLine
	covered := make(map[manifest.Path]bool)
	for _, c := range plan.Conflicts {
		lines = append(lines, conflictLine(c))
		covered[c.Path] = true
		if c.Copy != manifest.Root {
			covered[c.Copy] = true
		}
	}
	for i := range plan.Actions {
		a := &plan.Actions[i]
		if covered[a.Path] || a.Op == sync.SetAside || !all && a.Op == sync.Adopt || !told(a) {
			continue
		}
		lines = append(lines, actionLine(a))
	}
	for _, s := range plan.Skips {
		if all || !s.Special {
			lines = append(lines, skipLine(s))
		}
	}
	for _, p := range problems {
		lines = append(lines, problemLine(p))
	}
	slices.SortStableFunc(lines, func(a, b planLine) int { return a.order.Compare(b.order) })
	return lines
}

func actionLine(a *sync.Action) planLine {
	l := planLine{
		local:  string(a.LocalChange),
		remote: string(a.RemoteChange),
		arrow:  toLocal,
		path:   clean(string(a.Path)),
		order:  a.Path,
	}
	if a.Side == sync.Remote {
		l.arrow = toRemote
	}
	switch a.Op {
	case sync.Upload, sync.Download:
		l.size = humanize.Bytes(uint64(max(a.Size, 0)))
		if bothChanged(a) {
			l.note = clean(a.Why)
		}
	case sync.Delete:
		l.note = "for good"
		if a.Trash {
			l.note = "to trash"
		}
	case sync.Rename:
		l.note = "from " + clean(string(a.From))
	case sync.Mkdir, sync.Rmdir:
		l.path += "/"
	case sync.Adopt:
		l.arrow, l.note = agreed, "equal"
	case sync.Compare:
		l.arrow, l.note = undecided, clean(a.Why)
	}
	return l
}

// bothChanged reports whether an action settles changes on both sides, so that
// its reason is worth a word.
func bothChanged(a *sync.Action) bool {
	return a.LocalChange != sync.NoChange && a.RemoteChange != sync.NoChange
}

func conflictLine(c sync.Conflict) planLine {
	return planLine{
		local:  string(c.LocalChange),
		arrow:  undecided,
		remote: string(c.RemoteChange),
		path:   clean(string(c.Path)),
		note:   clean(settlement(c)),
		order:  c.Path,
	}
}

// settlement says what becomes of a conflict.
func settlement(c sync.Conflict) string {
	switch {
	case c.Skipped:
		return "left alone on both sides"
	case c.Copy != manifest.Root:
		return fmt.Sprintf("keep both: %s version becomes %s", c.Loser, c.Copy.Base())
	}
	return fmt.Sprintf("%s wins", c.Loser.Other())
}

func skipLine(s sync.Skip) planLine {
	path := s.Path
	if s.Name != "" {
		path = path.Join(s.Name)
	}
	return planLine{
		local: string(sync.Blocked),
		path:  clean(string(path)),
		note:  clean(s.Why) + ", skipped",
		order: s.Path,
	}
}

func problemLine(p sideProblem) planLine {
	l := planLine{
		local: string(sync.Blocked),
		path:  p.where(),
		note:  clean(p.Why) + ", left alone",
		order: p.Path,
	}
	if p.Name != "" {
		l.note = clean(p.Why) + ", skipped"
	}
	return l
}

// A sideProblem is something that could not be read, and where.
type sideProblem struct {
	side sync.Side
	manifest.Problem
}

// where names the unknown part, for people.
func (p sideProblem) where() string {
	if path := p.Path.Join(p.Name); path != manifest.Root {
		return clean(string(path))
	}
	return "."
}

// writePlan writes lines as a table whose last columns stand below one another.
func writePlan(w io.Writer, lines []planLine) error {
	width := 0
	for _, l := range lines {
		width = max(width, min(utf8.RuneCountInString(l.path), widestPath))
	}
	for _, l := range lines {
		if _, err := io.WriteString(w, l.text(width)+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// text returns the line with its path filled to width columns.
func (l planLine) text(width int) string {
	s := fmt.Sprintf("  %-7s  %-5s  %-7s   ", l.local, l.arrow, l.remote)
	switch {
	case l.size == "" && l.note == "":
		return s + l.path
	case l.note == "":
		return s + fmt.Sprintf("%s  %7s", pad(l.path, width), l.size)
	case l.size == "":
		return s + fmt.Sprintf("%s  %s", pad(l.path, width), l.note)
	}
	return s + fmt.Sprintf("%s  %7s  %s", pad(l.path, width), l.size, l.note)
}
