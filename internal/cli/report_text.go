package cli

import (
	"fmt"
	"io"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// A textReport shows a pass to a person: the plan of a dry run and the summary
// on standard output; failures, conflicts and problems on standard error; with
// verbose a line for each action as it finishes.
type textReport struct {
	head    passHead
	out     io.Writer
	talk    talker
	verbose bool
	brief   bool         // the summary leaves out what did not happen
	draw    func() *bars // nil: no bars
	bars    *bars

	plan      *sync.Plan // the last one
	problems  []sideProblem
	conflicts []sync.Conflict        // of all plans: a pass may need a second one
	aside     map[manifest.Path]bool // conflict copies that were made
	told      map[string]bool        // problems that were named
	failed    int
	done      []string // what was carried out, as far as a brief summary names it
}

// worthNaming is how many paths a brief summary names.
const worthNaming = 3

func (r *textReport) begin() {
	if r.draw != nil {
		r.bars = r.draw()
	}
}

func (r *textReport) event(ev sync.Event) {
	r.bars.event(ev)
	switch ev := ev.(type) {
	case sync.Scanned:
		r.problem(ev.Side, ev.Problems)
	case sync.Doubted:
		r.problem(ev.Side, ev.Problems)
	case sync.Planned:
		r.planned(ev.Plan)
	case sync.Finished:
		r.finished(ev)
	case sync.Noticed:
		r.talk.note("%s", ev.Text)
	}
}

func (r *textReport) planned(plan *sync.Plan) {
	r.plan = plan
	r.conflicts = append(r.conflicts, plan.Conflicts...)
	if r.head.dryRun && !r.talk.quiet {
		_ = writePlan(r.out, planLines(plan, r.problems, r.verbose))
		return
	}
	r.sayProblems()
	for _, s := range plan.Skips {
		if !s.Special {
			r.sayProblem(s.Side, skipLine(s))
		}
	}
}

func (r *textReport) sayProblems() {
	for _, p := range r.problems {
		r.sayProblem(p.side, problemLine(p))
	}
}

// sayProblem names a problem once, however many scans met it.
func (r *textReport) sayProblem(side sync.Side, l planLine) {
	text := fmt.Sprintf("%s: %s: %s", side, l.path, l.note)
	if r.told[text] {
		return
	}
	if r.told == nil {
		r.told = make(map[string]bool)
	}
	r.told[text] = true
	r.talk.say("problem: ", text)
}

func (r *textReport) problem(side sync.Side, problems []manifest.Problem) {
	for _, p := range problems {
		r.problems = append(r.problems, sideProblem{side, p})
	}
}

func (r *textReport) finished(ev sync.Finished) {
	a := ev.Action
	switch {
	case ev.Err != nil:
		r.failed++
		r.talk.say("failed: ", fmt.Sprintf("%s %s: %s", a.Op, clean(string(a.Path)), clean(reason(a, ev.Err))))
		if hint := hintFor(ev.Err); hint != "" && r.failed == 1 {
			r.talk.say("hint: ", hint)
		}
	case a.Op == sync.SetAside:
		if r.aside == nil {
			r.aside = make(map[manifest.Path]bool)
		}
		r.aside[a.Path] = true
	}
	if r.brief && ev.Err == nil && told(a) && len(r.done) <= worthNaming {
		r.done = append(r.done, clean(string(a.Path)))
	}
	if r.verbose && ev.Err == nil && told(a) && !r.talk.quiet {
		fmt.Fprintln(r.talk.w, r.talk.prefix()+doneLine(a))
	}
}

// reason returns why an action failed, without the words of a replica for what
// it was doing: the line has them already.
func reason(a *sync.Action, err error) string {
	text := err.Error()
	for _, op := range []sync.StepOp{sync.Put, sync.MkDir, sync.Move, sync.Remove, sync.RmDir} {
		if rest, ok := strings.CutPrefix(text, fmt.Sprintf("%s %s: ", op, a.Path)); ok {
			return rest
		}
	}
	return text
}

// doneWidth is the width of paths in lines that are written one by one.
const doneWidth = 24

// doneLine returns the line of an action that was carried out.
func doneLine(a *sync.Action) string {
	if a.Op == sync.SetAside {
		return planLine{
			local: string(a.LocalChange), arrow: undecided, remote: string(a.RemoteChange),
			path: clean(string(a.From)), note: fmt.Sprintf("%s version is now %s", a.Side, clean(a.Path.Base())),
		}.text(doneWidth)
	}
	return actionLine(a).text(doneWidth)
}

func (r *textReport) end(s sync.Summary, err error) {
	r.bars.close()
	if r.plan == nil {
		r.sayProblems()
	}
	if !r.head.dryRun {
		r.sayConflicts()
	}
	wrong := err != nil || summaryCode(s) != ExitOK
	if r.talk.quiet && !wrong {
		return
	}
	if err != nil && (r.plan == nil || r.brief && !did(s)) {
		return // nothing was begun: the error says it all
	}
	fmt.Fprintln(r.out, r.title()+r.summary(s, err))
}

// sayConflicts names what waits for the user, each path once.
func (r *textReport) sayConflicts() {
	named := make(map[manifest.Path]bool)
	for _, c := range r.conflicts {
		if named[c.Path] {
			continue
		}
		if c.Skipped || c.Copy != manifest.Root && r.aside[c.Copy] {
			named[c.Path] = true
			r.talk.say("conflict: ", fmt.Sprintf("%s: %s", clean(string(c.Path)), clean(settlement(c))))
		}
	}
}

// names returns what was carried out, where that is worth naming and not told
// already.
func (r *textReport) names() string {
	if r.verbose || len(r.done) == 0 || len(r.done) > worthNaming {
		return ""
	}
	return " (" + strings.Join(r.done, ", ") + ")"
}

func (r *textReport) title() string {
	if r.head.titled && r.head.profile != "" {
		return r.head.profile + ": "
	}
	return ""
}

func (r *textReport) summary(s sync.Summary, err error) string {
	if isLate(err) {
		err = nil // the pass itself came to its end
	}
	switch {
	case r.brief && err != nil:
		return "stopped: " + briefText(s) + r.names()
	case r.brief:
		return "done: " + briefText(s) + r.names()
	case r.head.dryRun && r.plan != nil:
		p := planned(r.plan)
		p.Problems, p.Skipped = s.Problems, s.Skipped
		if r.plan.Empty() && p.Problems == 0 {
			return "in sync: " + summaryText(p)
		}
		return "plan only: " + summaryText(p)
	case err != nil:
		return "stopped: " + summaryText(s)
	case r.plan != nil && r.plan.Empty() && summaryCode(s) == ExitOK:
		return "in sync: " + summaryText(s)
	}
	return "done: " + summaryText(s)
}
