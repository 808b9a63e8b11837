package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/third"
)

// wayLimit is how long a trial between two servers may take: a firewall answers nothing.
const wayLimit = 10 * time.Second

const noAnswer = "no answer"

// A Party is one of the three that take part in a transfer between servers.
type Party string

// The parties.
const (
	Client Party = "client"
	First  Party = "first"
	Second Party = "second"
)

// other returns the other server.
func (p Party) other() Party {
	if p == First {
		return Second
	}
	return First
}

// A Way is one trial of a transfer between two servers: who sends, and who listens for the
// connection of the other one.
type Way struct {
	Sender   Party  `json:"sender"`
	Listener Party  `json:"listener"`
	Works    bool   `json:"works"`
	Why      string `json:"why,omitempty"` // it does not work
	Cause    string `json:"cause,omitempty"`
	Steps    []Step `json:"steps"`

	one bool // both are sessions of one server
}

// A Step is a command, a reply, or the opening of the data connection.
type Step struct {
	From   Party  `json:"from"`
	To     Party  `json:"to"`
	Text   string `json:"text"`
	Data   bool   `json:"data,omitempty"`
	Failed bool   `json:"failed,omitempty"`
}

// try makes the trial t, over TLS with hello as the TLS client of the other one. The names of ferry's
// own files become FILE in the steps.
func (w *Way) try(ctx context.Context, t third.Transfer, hello third.Party) {
	parties := map[third.Party]Party{third.Client: Client, third.Source: w.Sender, third.Target: w.Sender.other()}
	limited, cancel := context.WithTimeout(ctx, wayLimit)
	defer cancel()
	w.Steps = []Step{}
	t.Told = func(s third.Step) {
		text := s.Text
		if limited.Err() != nil {
			text = noAnswer
		}
		for _, path := range []string{t.FromPath, t.ToPath} {
			if path != "" {
				text = strings.ReplaceAll(text, path, "FILE")
			}
		}
		w.Steps = append(w.Steps, Step{parties[s.From], parties[s.To], ftp.Printable(text), s.Data, s.Failed})
	}
	refusal, err := t.Try(limited, w.Listener == w.Sender, hello)
	w.Why, w.Cause = "", ""
	switch last := w.refusal(); {
	case err == nil:
		w.Works = true
		return
	case last != nil && last.Text == noAnswer:
		w.Why = fmt.Sprintf("%s does not answer %s within %v", w.name(last.From), w.commandTo(last), wayLimit)
	case last != nil:
		w.Why = fmt.Sprintf("%s answers %s with %s", w.name(last.From), w.commandTo(last), last.Text)
	case refusal != "":
		w.Why = ftp.Printable(refusal)
	default:
		w.Why = ftp.Printable(err.Error())
	}
	w.Cause = w.cause()
}

// name returns what a server is called.
func (w *Way) name(p Party) string {
	if w.one {
		return "the server"
	}
	return "the " + string(p) + " server"
}

// cause returns what most likely is behind it that a way does not work; "": there is no more to
// say.
func (w *Way) cause() string {
	const allows = ", which is usual unless a setting allows more"
	caller, listener := w.name(w.Listener.other()), w.name(w.Listener)
	port, last := w.replyTo("PORT"), w.refusal()
	switch {
	case port == nil:
	case port.Failed:
		return caller + " connects to nobody but its client" + allows
	case last != nil && w.connected() && (w.replyTo("SSCN") != nil || w.replyTo("CPSV") != nil):
		return "the two do not come to terms over TLS: a server that wants the TLS session of its client again on data connections takes none of another server"
	case last != nil && last.From == w.Listener && last.Text == noAnswer:
		return listener + " lets in nobody but its client, or a firewall keeps the two apart"
	case last != nil && last.From == w.Listener && w.connected():
		return listener + " lets in nobody but its client" + allows
	case last != nil && slices.ContainsFunc(w.Steps, func(s Step) bool { return s.Data && s.Failed }):
		return caller + " does not reach that port of " + listener + ": a firewall, or that has another address for it"
	}
	return ""
}

// refusal returns the first reply that refuses, nil where there is none.
func (w *Way) refusal() *Step {
	for i, s := range w.Steps {
		if s.Failed && !s.Data {
			return &w.Steps[i]
		}
	}
	return nil
}

// commandTo returns the verb of the last command before a reply, to whom it is from.
func (w *Way) commandTo(reply *Step) (verb string) {
	for i := range w.Steps {
		switch s := &w.Steps[i]; {
		case s == reply:
			return verb
		case s.From == Client && s.To == reply.From:
			verb, _, _ = strings.Cut(s.Text, " ")
		}
	}
	return verb
}

// replyTo returns the reply to a command, nil where there was none.
func (w *Way) replyTo(verb string) *Step {
	for i := 1; i < len(w.Steps); i++ {
		if v, _, _ := strings.Cut(w.Steps[i-1].Text, " "); v == verb {
			return &w.Steps[i]
		}
	}
	return nil
}

// connected reports whether the data connection was opened, as far as the server says that was to
// open it.
func (w *Way) connected() bool {
	for _, s := range w.Steps {
		if s.Data {
			return !s.Failed
		}
	}
	return false
}
