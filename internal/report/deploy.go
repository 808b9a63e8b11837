package report

import (
	"io"
	"strconv"
	"strings"
	"time"

	"ferry/internal/ci"
	"ferry/internal/deploy"
	"ferry/internal/text"
	"ferry/manifest"
)

// A Deploy shows one deploy. Event gets its events, one at a time; End comes last, with what
// the deploy returned, also where nothing came before it.
type Deploy interface {
	Event(deploy.Event)
	End(DeployResult)
}

// A DeployResult is what a deploy came to.
type DeployResult struct {
	deploy.Result
	Seconds float64
	Err     error
	Exit    int
}

// A DeployHead says which deploy a report is about.
type DeployHead struct {
	Profile string // "" for a pair given directly
	Remote  string // for people
	Drift   string // the command that lists what somebody else changed
	DryRun  bool
	// Titled prints the name of the profile before the summary, where several run.
	Titled bool
	// Keeps says that the release before can be gone back to.
	Keeps bool
	// Rollback says that an older release is made live again.
	Rollback bool
}

// NewDeploy returns what shows one deploy.
func NewDeploy(head DeployHead, o Options, log *ci.Log) Deploy {
	if o.JSON {
		return &jsonDeploy{head: head, o: o}
	}
	return &textDeploy{head: head, o: o, log: log}
}

// A textDeploy shows a deploy to a person, or to those who read the log of a CI run.
type textDeploy struct {
	head DeployHead
	o    Options
	log  *ci.Log
	plan *deploy.Plan
	bar  *deployBar

	staged int
}

func (r *textDeploy) Event(ev deploy.Event) {
	switch ev := ev.(type) {
	case deploy.Planned:
		r.planned(ev.Plan, ev.Bytes)
	case deploy.Staged:
		r.staged++
		r.bar.staged(r.staged, ev.Size)
	case deploy.Committing:
		r.bar.end()
	case deploy.Failed:
		r.o.Talk.Say("failed: ", text.Clean(string(ev.Path))+": "+text.Clean(ev.Err.Error()))
	case deploy.Noticed:
		r.o.Talk.Note("%s", ev.Text)
	case deploy.Warned:
		r.warn(ev.Text)
	}
}

// warn shows a warning once: the annotation of a CI system is a line of its log as well.
func (r *textDeploy) warn(message string) {
	if !r.log.Warning(message) {
		r.o.Talk.Warn("%s", message)
	}
}

func (r *textDeploy) planned(plan *deploy.Plan, bytes int64) {
	r.o.drawing()
	r.plan = plan
	for _, d := range plan.Drift {
		r.warn(driftText(d, r.head))
	}
	changes := plan.Release.Changes
	if !r.o.Talk.Quiet && (r.head.DryRun || r.o.Verbose || r.log.System != ci.None) && len(changes) > 0 {
		r.log.Begin(text.Count(len(changes), "change"))
		for _, c := range sortedChanges(changes) {
			line := c.Letter() + " " + text.Clean(string(c.Path))
			if c.Is.IsFile() {
				line += "  " + Size(c.Is.Size)
			}
			r.log.Line(line)
		}
		r.log.End()
	}
	if !r.head.DryRun {
		r.bar.end() // of a plan that another one has followed
		r.staged = 0
		r.bar = newDeployBar(r.o, plan, bytes)
	}
}

// driftText says what somebody else did to a file, and what becomes of it.
func driftText(d deploy.Drift, head DeployHead) string {
	message := text.Clean(string(d.Path)) + ": somebody else "
	switch d.What {
	case "deleted":
		message += "deleted it on the server"
	case "in the way":
		message += "put it there, where a file of the release belongs"
	default:
		message += "changed it on the server"
	}
	switch {
	case d.Saved:
		message += "; that version is kept in the work directory (\"" + text.Clean(head.Drift) + "\" lists it)"
	case d.Left:
		message += "; it is left as it is"
	}
	return message
}

func (r *textDeploy) End(result DeployResult) {
	r.bar.end()
	if result.Err != nil && !result.Committed {
		return
	}
	if r.o.Talk.Quiet && result.Exit == 0 {
		return
	}
	line := deployText(result, r.head)
	if r.head.Titled && r.head.Profile != "" {
		line = r.head.Profile + ": " + line
	}
	io.WriteString(r.o.Out, line+"\n")
}

// deployText returns the last line of a deploy.
func deployText(d DeployResult, head DeployHead) string {
	var parts []string
	number := strconv.Itoa(d.Release)
	if d.Finished != 0 {
		parts = append(parts, "finished release "+strconv.Itoa(d.Finished))
	}
	if d.Plan == nil || d.Plan.Empty() {
		if d.Release == 0 {
			return strings.Join(append(parts, "nothing to deploy"), ", ")
		}
		return strings.Join(append(parts, "nothing to deploy: release "+number+" is live"), ", ")
	}
	n := countChanges(d.Plan.Release.Changes)
	counts := []string{strconv.Itoa(n.added) + " new", strconv.Itoa(n.modified) + " replaced", strconv.Itoa(n.removed) + " deleted"}
	if head.DryRun {
		return strings.Join(append(append(parts, "would deploy: "+counts[0]), counts[1:]...), ", ")
	}
	word := "deployed release " + number
	if head.Rollback {
		word = "went back to release " + strconv.Itoa(d.Plan.Release.Back) + " as release " + number
	}
	parts = append(parts, word+": "+counts[0])
	parts = append(parts, counts[1:]...)
	parts = append(parts, "up "+Size(d.BytesUp))
	if d.Reused > 0 {
		parts = append(parts, text.Count(d.Reused, "file")+" staged before")
	}
	if len(d.Failed) > 0 {
		parts = append(parts, "failed "+strconv.Itoa(len(d.Failed)))
	}
	parts = append(parts, "live within "+max(d.Mixed.Round(time.Millisecond), time.Millisecond).String(), durationText(d.Seconds))
	return strings.Join(parts, ", ")
}

// changeCounts are the numbers of changes by kind.
type changeCounts struct{ added, modified, removed int }

func countChanges(changes []deploy.Change) (n changeCounts) {
	for _, c := range changes {
		if c.RemovesDir() {
			continue
		}
		switch c.Letter() {
		case deploy.Added:
			n.added++
		case deploy.Modified:
			n.modified++
		default:
			n.removed++
		}
	}
	return n
}

// MarkedPaths returns the paths of the changes, each after the letter of its kind and a tab.
func MarkedPaths(changes []deploy.Change) []string {
	var lines []string
	for _, c := range sortedChanges(changes) {
		lines = append(lines, c.Letter()+"\t"+string(c.Path))
	}
	return lines
}

func sortedChanges(changes []deploy.Change) []deploy.Change {
	return sortedBy(changes, func(c deploy.Change) manifest.Path { return c.Path })
}
