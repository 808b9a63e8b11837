package report

import (
	"fmt"
	"io"
	"iter"
	"slices"

	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"

	"github.com/mattn/go-runewidth"
)

// A planLine is one line of a printed plan, as unison prints it: what each side did
// to a path, and the arrow between.
type planLine struct {
	local, arrow, remote string
	path                 string
	size                 string
	note                 string
	tone                 tone

	order manifest.Path
}

const (
	toRemote   = "---->"
	toLocal    = "<----"
	undecided  = "<-?->"
	agreed     = "====="
	widestPath = 60
)

// planLines yields the lines of a plan in the order of paths. all includes what
// needs no work: equal files that are recorded, special files, and what never travels.
// The lines of actions are made as they are asked for: there may be millions of them.
func planLines(plan *sync.Plan, problems []sideProblem, all bool) iter.Seq[planLine] {
	var first, last []planLine // those before and after the actions of a path
	covered := make(map[manifest.Path]bool)
	for _, c := range plan.Conflicts {
		first = append(first, conflictLine(c))
		covered[c.Path] = true
		if c.Copy != manifest.Root {
			covered[c.Copy] = true
		}
	}
	for _, s := range plan.Skips {
		if all || !s.Special {
			last = append(last, skipLine(s))
		}
	}
	for _, path := range plan.LeftOut {
		if all {
			last = append(last, leftOutLine(path))
		}
	}
	for _, p := range problems {
		last = append(last, problemLine(p))
	}
	inOrder := func(a, b planLine) int { return a.order.Compare(b.order) }
	slices.SortStableFunc(first, inOrder)
	slices.SortStableFunc(last, inOrder)
	actions := plan.Actions
	actions.Sort(func(*sync.Action) int { return 0 }, func(int) bool { return false })
	return func(yield func(planLine) bool) {
		first, last := first, last
		// until yields what comes before the actions of a path, or all that is left.
		until := func(path manifest.Path, rest bool) bool {
			for {
				f := len(first) > 0 && (rest || first[0].order.Compare(path) <= 0)
				l := len(last) > 0 && (rest || last[0].order.Compare(path) < 0)
				var line planLine
				switch {
				case f && (!l || inOrder(first[0], last[0]) <= 0):
					line, first = first[0], first[1:]
				case l:
					line, last = last[0], last[1:]
				default:
					return true
				}
				if !yield(line) {
					return false
				}
			}
		}
		for _, a := range actions.All() {
			if covered[a.Path] || a.Op == sync.SetAside || !all && a.Op == sync.Adopt || !a.Visible() {
				continue
			}
			if !until(a.Path, false) || !yield(actionLine(a)) {
				return
			}
		}
		until(manifest.Root, true)
	}
}

func actionLine(a *sync.Action) planLine {
	l := planLine{arrow: toLocal, path: text.Clean(string(a.Path)), order: a.Path}
	l.local, l.remote, l.note = columns(a)
	if a.Side == sync.Remote {
		l.arrow = toRemote
	}
	switch a.Op {
	case sync.Upload, sync.Download:
		l.size = Size(a.Size)
		if bothChanged(a) {
			l.note = text.Clean(a.Why)
		}
	case sync.Delete:
		l.tone = bad
		if l.note != "" {
			l.note += ", "
		}
		if a.Trash {
			l.note += "to trash"
		} else {
			l.note += "for good"
		}
	case sync.Chmod, sync.Link:
		l.note = text.Clean(a.Why)
	case sync.Rename:
		l.note = "from " + text.Clean(string(a.From))
	case sync.Mkdir, sync.Rmdir:
		l.path += "/"
		if a.Op == sync.Rmdir {
			l.tone = bad
		}
		if a.Kept {
			l.note = text.Clean(a.Why)
		}
	case sync.Adopt:
		l.arrow, l.note = agreed, "equal"
	case sync.Compare:
		l.arrow, l.note = undecided, text.Clean(a.Why)
	}
	return l
}

// bothChanged reports whether an action answers changes on both sides, so that its
// reason is worth a note.
func bothChanged(a *sync.Action) bool {
	return a.LocalChange != sync.NoChange && a.RemoteChange != sync.NoChange
}

func conflictLine(c sync.Conflict) planLine {
	return planLine{
		local:  string(c.LocalChange),
		arrow:  undecided,
		remote: string(c.RemoteChange),
		path:   text.Clean(string(c.Path)),
		note:   text.Clean(c.Outcome()),
		order:  c.Path,
		tone:   mind,
	}
}

func skipLine(s sync.Skip) planLine {
	path := s.Path
	if s.Name != "" {
		path = path.Join(s.Name)
	}
	return planLine{
		local: string(sync.Blocked),
		path:  text.Clean(string(path)),
		note:  text.Clean(s.Why) + ", skipped",
		order: s.Path,
		tone:  mind,
	}
}

func leftOutLine(path manifest.Path) planLine {
	return planLine{
		local: string(sync.Blocked),
		path:  text.Clean(string(path)),
		note:  "belongs to ferry or configures it, left out",
		order: path,
	}
}

func problemLine(p sideProblem) planLine {
	l := planLine{
		local: string(sync.Blocked),
		path:  p.where(),
		note:  text.Clean(p.Why) + ", left alone",
		order: p.Path,
		tone:  mind,
	}
	if p.Name != "" {
		l.note = text.Clean(p.Why) + ", skipped"
	}
	return l
}

// Problem returns the message about a part of a side that could not be read.
func Problem(side sync.Side, p manifest.Problem) string {
	return problemMessage(side.String(), problemLine(sideProblem{side, p}))
}

func problemMessage(side string, l planLine) string {
	return fmt.Sprintf("%s: %s: %s", side, l.path, l.note)
}

// A sideProblem is something that could not be read, and where.
type sideProblem struct {
	side sync.Side
	manifest.Problem
}

// where names the unknown part, for people.
func (p sideProblem) where() string {
	if path := p.Path.Join(p.Name); path != manifest.Root {
		return text.Clean(string(path))
	}
	return "."
}

// writePlan writes lines as a table with aligned columns, those that need a look in
// colour.
func writePlan(w io.Writer, lines iter.Seq[planLine], color Color) error {
	width := 0
	for l := range lines {
		width = max(width, min(runewidth.StringWidth(l.path), widestPath))
	}
	for l := range lines {
		if _, err := io.WriteString(w, color.paint(l.tone, l.format(width))+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// format returns the line with its path filled to width columns.
func (l planLine) format(width int) string {
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
