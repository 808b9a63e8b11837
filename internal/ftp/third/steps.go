package third

import (
	"context"
	"fmt"

	"ferry/internal/ftp"
)

// A Party is one of the three that take part in a transfer between servers.
type Party int

// The parties.
const (
	Client Party = iota // this machine
	Source
	Target
)

// A Step is a command, a reply, or the opening of the data connection.
type Step struct {
	From, To Party
	Text     string
	Data     bool // the opening of the data connection
	Failed   bool // it was refused, or did not work
}

func (t Transfer) tell(s Step) {
	if t.Told != nil {
		t.Told(s)
	}
}

func (t Transfer) party(s *ftp.Session) Party {
	if s == t.From {
		return Source
	}
	return Target
}

// command is [ftp.Session.Command].
func (t Transfer) command(ctx context.Context, s *ftp.Session, line string) (ftp.Reply, error) {
	t.tell(Step{From: Client, To: t.party(s), Text: line})
	r, err := s.Command(ctx, line)
	t.replied(s, r, err)
	return r, err
}

// send is [ftp.Session.SendFar].
func (t Transfer) send(ctx context.Context, s *ftp.Session, line string) (*ftp.FarTransfer, error) {
	t.tell(Step{From: Client, To: t.party(s), Text: line})
	return s.SendFar(ctx, line)
}

// replied tells what a server answered.
func (t Transfer) replied(s *ftp.Session, r ftp.Reply, err error) {
	text := r.String()
	if err != nil {
		text = err.Error()
	}
	t.tell(Step{From: t.party(s), To: Client, Text: text, Failed: err != nil || r.Refused()})
}

// connected tells of the data connection, as far as what the server said shows that was told to
// make it.
func (t Transfer) connected(calls, listens *ftp.Session, port uint16, r ftp.Reply, err error) {
	failed := r.Code == 425 || r.Code == 426
	if err != nil || r.Refused() && !failed {
		return // it did not get that far
	}
	t.tell(Step{From: t.party(calls), To: t.party(listens), Text: fmt.Sprintf("connect to port %d", port), Data: true, Failed: failed})
}
