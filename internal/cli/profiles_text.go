package cli

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"ferry/internal/app"
	"ferry/internal/history"
	"ferry/internal/report"
	"ferry/internal/report/words"
	"ferry/internal/text"
)

type jsonProfile struct {
	Type      string        `json:"type"`
	Profile   string        `json:"profile"`
	Local     string        `json:"local"`
	Remote    string        `json:"remote"`
	Direction app.Direction `json:"direction"`
	Deploy    bool          `json:"deploy,omitempty"`
	Trust     string        `json:"trust"`
	// LastPass is the end of the last pass in the history.
	LastPass *history.Line `json:"last_pass,omitempty"`
	// CutOff is the beginning of a later one that did not come to its end, or is under way.
	CutOff *history.Line `json:"cut_off,omitempty"`
	// Watch is what the running watch says, as "ferry status --json" prints it.
	Watch    *app.WatchReport `json:"watch,omitempty"`
	NextPoll time.Time        `json:"next_poll,omitzero"`
}

func (s *profileState) json() jsonProfile {
	j := jsonProfile{Type: "profile", Profile: s.pair.Name, Local: s.pair.Local, Remote: s.pair.Remote.String(), Direction: s.pair.Direction,
		Deploy: s.pair.Deploy != nil, Trust: s.trust, LastPass: s.last, CutOff: s.cut, Watch: s.watch}
	if s.watch != nil {
		j.NextPoll = s.watch.NextPoll
	}
	return j
}

// text returns the lines for people.
func (s *profileState) text(now time.Time) string {
	p := s.pair
	var b strings.Builder
	line := func(what, said string) { fmt.Fprintf(&b, "  %-10s %s\n", what, said) }
	fmt.Fprintln(&b, text.Clean(p.Name))
	line("local", text.Clean(p.Local))
	line("remote", text.Clean(p.Remote.String()))
	way := map[app.Direction]string{app.Both: "both ways", app.Push: "push", app.Pull: "pull"}[p.Direction]
	if p.Deploy != nil {
		way = "deploy"
	}
	line("direction", way)
	line("trust", text.Clean(s.trust))
	line("last pass", s.lastPass(now))
	if s.watch != nil {
		line("watched", fmt.Sprintf("by process %d: %s", s.watch.PID, words.State(s.watch.Status, s.watch.InStep)))
		if !s.watch.NextPoll.IsZero() {
			line("next poll", words.When(s.watch.NextPoll, now))
		}
	}
	return b.String()
}

// lastPass says when the last pass was, and what it came to.
func (s *profileState) lastPass(now time.Time) string {
	said := "none is recorded"
	switch {
	case s.watch != nil && !s.watch.LastPass.IsZero() && (s.last == nil || s.last.Time.Before(s.watch.LastPass)):
		said = words.When(s.watch.LastPass, now) + "  watch"
		if s.watch.Last != nil && report.Did(*s.watch.Last) {
			said += ", last change: " + report.Brief(*s.watch.Last)
		}
		return said
	case s.last != nil:
		said = fmt.Sprintf("%s  %s, exit %d: %s", words.When(s.last.Time, now), text.Clean(s.last.Command), s.last.Exit, cmp.Or(words.OneLine(s.last.Error), s.counts()))
	}
	if s.cut != nil && s.watch == nil {
		cut := fmt.Sprintf("%s  %s, did not finish: it was killed, or is still running", words.When(s.cut.Time, now), text.Clean(s.cut.Command))
		if s.last == nil {
			return cut
		}
		said = cut + "\n  before     " + said
	}
	return said
}

func (s *profileState) counts() string {
	if s.last.End.Summary == nil {
		return "done"
	}
	return report.Brief(*s.last.End.Summary)
}
