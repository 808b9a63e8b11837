package report

import (
	"fmt"
	"slices"
	"strings"

	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
)

// A textPass shows a pass to a person: the plan of a dry run and the summary on
// standard output; failures, conflicts and problems on standard error; with
// Verbose a line for each action as it finishes.
type textPass struct {
	head  Head
	o     Options
	bars  *bars          // nil: none are drawn
	lines *progressLines // nil: there are none
	wait  phase
	pace  pace

	plan      *sync.Plan // the last one
	compared  compared
	problems  []sideProblem
	conflicts []sync.Conflict        // of all plans: a pass may need a second one
	aside     map[manifest.Path]bool // conflict copies that were made
	told      map[string]bool        // problems that were named
	failures  failures
	done      []string // what was carried out, as far as a brief summary names it
}

// worthNaming is how many paths a brief summary names.
const worthNaming = 3

func (r *textPass) Connecting() {
	r.show("connecting to " + text.Clean(r.head.Remote))
}

func (r *textPass) Begin() { r.show("listing both sides") }

// show begins to draw, or to tell, how the pass gets on. what is waited for.
func (r *textPass) show(what string) {
	if r.o.Terminal == nil && !r.o.Lines {
		return
	}
	r.wait.copy = r.head.Copy
	r.wait.set(what, r.o.Now)
	if r.o.Terminal != nil && r.bars == nil {
		r.bars = newBars(r.o, r.wait.text)
	}
	if r.o.Lines && r.lines == nil {
		r.lines = newProgressLines(r.o.Talk, r.progress)
	}
}

// progress says how far the pass has come.
func (r *textPass) progress() string {
	if at, ok := r.pace.at(r.o.Now()); ok {
		return at.line()
	}
	return r.wait.text()
}

func (r *textPass) Event(ev sync.Event) {
	r.bars.event(ev)
	if r.lines != nil {
		r.pace.observe(ev, r.o.Now())
	}
	switch ev := ev.(type) {
	case sync.Scanned:
		if r.bars != nil || r.lines != nil {
			r.wait.listed(ev)
		}
		r.problem(ev.Side, ev.Problems)
	case sync.Comparing:
		if begins := r.compared.add(ev); begins && r.o.Verbose {
			r.o.Talk.Note("%s", comparing(ev))
		}
		if r.bars != nil || r.lines != nil {
			r.wait.comparing(ev)
		}
	case sync.Doubted:
		r.problem(ev.Side, ev.Problems)
	case sync.Planned:
		r.planned(ev.Plan)
	case sync.Finished:
		r.finished(ev)
	case sync.Noticed:
		r.o.Talk.Note("%s", ev.Text)
	}
}

func (r *textPass) planned(plan *sync.Plan) {
	r.plan = plan
	r.conflicts = append(r.conflicts, plan.Conflicts...)
	if r.head.DryRun && !r.o.Talk.Quiet {
		_ = writePlan(r.o.Out, planLines(plan, r.problems, r.o.Verbose), r.o.Color)
		return
	}
	r.sayProblems()
	if line := r.compared.line(); line != "" && r.o.Verbose {
		r.o.Talk.Note("%s", line)
	}
	r.compared = compared{}
	for _, a := range plan.Actions.All() {
		if a.Kept && !a.Visible() { // a push or pull leaves the directory where it is
			r.sayKept(a)
		}
	}
	for _, s := range plan.Skips {
		if !s.Special {
			r.sayProblem(s.Side, skipLine(s))
		}
	}
}

func (r *textPass) sayKept(a *sync.Action) {
	r.o.Talk.Note("%s stays: %s", text.Clean(string(a.Path)), text.Clean(a.Why))
}

func (r *textPass) sayProblems() {
	for _, p := range r.problems {
		if p.side == sync.Local && p.Unnameable() {
			r.noteSkipped(p)
		} else {
			r.sayProblem(p.side, problemLine(p))
		}
	}
}

// noteSkipped names what will never travel, unless nobody wants to hear of it.
func (r *textPass) noteSkipped(p sideProblem) {
	if !r.o.Talk.Quiet {
		r.sayProblem(p.side, problemLine(p))
	}
}

// sayProblem names a problem once, however many scans met it.
func (r *textPass) sayProblem(side sync.Side, l planLine) {
	message := problemMessage(r.head.side(side), l)
	if r.told[message] {
		return
	}
	if r.told == nil {
		r.told = make(map[string]bool)
	}
	r.told[message] = true
	r.o.Talk.Say("problem: ", message)
}

func (r *textPass) problem(side sync.Side, problems []manifest.Problem) {
	for _, p := range problems {
		r.problems = append(r.problems, sideProblem{side, p})
	}
}

func (r *textPass) finished(ev sync.Finished) {
	a := ev.Action
	switch {
	case ev.Err != nil:
		one := failure{a, ev.Err, r.o.Verdict.Cause(ev.Err)}
		r.failures.add(one)
		if r.o.Verbose {
			r.o.Talk.Say("failed: ", one.message())
		}
	case a.Op == sync.SetAside:
		if r.aside == nil {
			r.aside = make(map[manifest.Path]bool)
		}
		r.aside[a.Path] = true
	}
	if a.Kept && ev.Err == nil {
		r.sayKept(a)
	}
	if name := text.Clean(string(a.Path)); r.o.Brief && ev.Err == nil && a.Visible() && len(r.done) <= worthNaming && !slices.Contains(r.done, name) {
		r.done = append(r.done, name)
	}
	if r.o.Verbose && ev.Err == nil && a.Visible() && !r.o.Talk.Quiet {
		line := doneLine(a)
		fmt.Fprintln(r.o.Talk.W, r.o.Talk.prefix()+r.o.Talk.Color.paint(line.tone, line.format(doneWidth)))
	}
}

// sayFailures names what failed, and the ways out. With Verbose each failure by itself has
// been named already.
func (r *textPass) sayFailures(ended error) {
	text := ""
	if ended != nil {
		text = r.o.Verdict.Cause(ended)
	}
	told := make(map[string]bool)
	for _, g := range r.failures.groups {
		if !r.o.Verbose || g.all > 1 {
			r.o.Talk.Say("failed: ", g.message(text))
		}
		if hint := r.o.Verdict.Hint(g.first.err); hint != "" && !told[hint] {
			told[hint] = true
			r.o.Talk.Say("hint: ", hint)
		}
	}
}

// reason returns why an action failed, without the words of a replica for what
// it was doing: the line has them already.
func reason(a *sync.Action, err error) string {
	why := err.Error()
	for _, op := range []sync.StepOp{sync.Put, sync.MkDir, sync.Move, sync.Remove, sync.RmDir, sync.SetMode, sync.MakeLink} {
		if rest, ok := strings.CutPrefix(why, fmt.Sprintf("%s %s: ", op, a.Path)); ok {
			return rest
		}
	}
	return why
}

// doneWidth is the width of paths in lines that are written one by one.
const doneWidth = 24

// doneLine returns the line of an action that was carried out.
func doneLine(a *sync.Action) planLine {
	if a.Op == sync.SetAside {
		return planLine{
			tone:  mind,
			local: string(a.LocalChange), arrow: undecided, remote: string(a.RemoteChange),
			path: text.Clean(string(a.From)), note: fmt.Sprintf("%s version is now %s", a.Side, text.Clean(a.Path.Base())),
		}
	}
	return actionLine(a)
}

func (r *textPass) End(s sync.Summary, err error) {
	r.lines.close()
	r.bars.close()
	if r.plan == nil {
		r.sayProblems()
	}
	r.sayFailures(err)
	if !r.head.DryRun {
		r.sayConflicts()
	}
	wrong := err != nil || r.o.Verdict.Exit(s, nil) != 0 || s.ConflictsWaiting > 0
	if r.o.Talk.Quiet && !wrong {
		return
	}
	if err != nil && (r.plan == nil || r.o.Brief && !Did(s)) {
		return // nothing was begun: the error says it all
	}
	fmt.Fprintln(r.o.Out, r.title()+r.head.words(r.summary(s, err))+r.waiting())
}

// waiting names the conflicts that nobody has settled yet.
func (r *textPass) waiting() string {
	if r.plan == nil || len(r.plan.Waiting) == 0 {
		return ""
	}
	var names []string
	for _, path := range slices.Compact(slices.Clone(r.plan.Waiting)) {
		if len(names) == worthNaming {
			names = append(names, "...")
			break
		}
		names = append(names, text.Clean(string(path)))
	}
	line := fmt.Sprintf("; %s: %s", ConflictsWait(len(r.plan.Waiting)), strings.Join(names, ", "))
	if r.head.Conflicts != "" {
		line += fmt.Sprintf(" (see %s)", text.Clean(r.head.Conflicts))
	}
	return line
}

// ConflictsWait says how many conflicts nobody has settled yet.
func ConflictsWait(n int) string {
	if n == 1 {
		return "1 conflict waits"
	}
	return fmt.Sprintf("%d conflicts wait", n)
}

// sayConflicts names what waits for the user, each path once.
func (r *textPass) sayConflicts() {
	named := make(map[manifest.Path]bool)
	for _, c := range r.conflicts {
		if named[c.Path] {
			continue
		}
		if c.Skipped || c.Copy != manifest.Root && r.aside[c.Copy] {
			named[c.Path] = true
			r.o.Talk.Say("conflict: ", fmt.Sprintf("%s: %s", text.Clean(string(c.Path)), text.Clean(r.head.outcome(c))))
		}
	}
}

// names returns what was carried out, where that is worth naming and not told
// already.
func (r *textPass) names() string {
	if r.o.Verbose || len(r.done) == 0 || len(r.done) > worthNaming {
		return ""
	}
	return " (" + strings.Join(r.done, ", ") + ")"
}

func (r *textPass) title() string {
	if r.head.Titled && r.head.Profile != "" {
		return r.head.Profile + ": "
	}
	return ""
}

// stopped says what a pass did before it was stopped.
func stopped(s sync.Summary, counts string) string {
	if !Did(s) {
		return "stopped: nothing was done"
	}
	return "stopped: " + counts
}

func (r *textPass) summary(s sync.Summary, err error) string {
	if err != nil && r.o.Verdict.After(err) {
		err = nil // the pass itself came to its end
	}
	switch {
	case r.o.Brief && err != nil:
		return stopped(s, Brief(s)) + r.names()
	case r.o.Brief:
		return "done: " + Brief(s) + r.names()
	case r.head.DryRun && r.plan != nil:
		p := r.plan.Summary()
		p.Problems, p.Twins, p.Skipped = s.Problems, s.Twins, s.Skipped
		p.NotListed, p.ConflictsWaiting, p.Blind, p.Part = s.NotListed, s.ConflictsWaiting, s.Blind, s.Part
		if r.plan.Empty() && p.Problems == 0 {
			return r.atRest(p)
		}
		return "plan only: " + summaryText(p)
	case err != nil:
		return stopped(s, summaryText(s))
	case r.plan != nil && r.plan.Empty() && r.o.Verdict.Exit(s, nil) == 0:
		return r.atRest(s)
	}
	return "done: " + summaryText(s)
}

// atRest returns the summary of a pass that had nothing to do. A push or a pull that
// left something alone, or did not look everywhere or at all, does not claim that the sides are
// equal.
func (r *textPass) atRest(s sync.Summary) string {
	left := s.LeftAlone + s.NotListed
	for _, skip := range r.plan.Skips {
		if !skip.Special {
			left++
		}
	}
	if r.head.Direction == sync.Both || left == 0 && !s.Blind {
		return sentence("in sync", counts(s)) + partNote(s)
	}
	line, where := "nothing to send", "on the server"
	if r.head.Direction == sync.Pull {
		line, where = "nothing to fetch", "here"
	}
	line = sentence(line, counts(s)) + partNote(s)
	if s.NotListed > 0 {
		line += fmt.Sprintf("; %s %s not looked into (--verify does)", directories(s.NotListed), where)
	}
	return line
}

// sentence joins what a pass came to and its counts.
func sentence(what string, counts []string) string {
	if len(counts) == 0 {
		return what
	}
	return what + ": " + strings.Join(counts, ", ")
}

func directories(n int) string {
	if n == 1 {
		return "1 directory"
	}
	return fmt.Sprintf("%d directories", n)
}
