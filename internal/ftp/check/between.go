package check

import (
	"context"
	"fmt"
	"strings"

	"ferry/internal/ftp"
	"ferry/internal/ftp/third"
)

// A Between is what [RunBetween] found out about two servers.
type Between struct {
	Servers [2]Server `json:"servers"`
	Ways    []*Way    `json:"ways"`
}

// A Server is one of the two.
type Server struct {
	Address   string   `json:"address"`  // host:port
	Security  string   `json:"security"` // ftp, ftpes or ftps
	User      string   `json:"user"`
	Root      string   `json:"root"` // absolute path
	RootThere bool     `json:"root_there"`
	Notes     []string `json:"notes,omitempty"`
}

// Works reports whether files go directly from one of the two to the other.
func (b *Between) Works(sender Party) bool {
	for _, w := range b.Ways {
		if w.Sender == sender && w.Works {
			return true
		}
	}
	return false
}

// An end is one of them, with a small file of ours; "": none could be stored.
type end struct {
	*checker
	temp string
}

// RunBetween connects to two servers and finds out whether they send files to each other, both
// ways, whichever of them listens. Where a root exists and may be written, it stores one small file
// there and has the other server send another one, and removes both again, also when ctx is
// cancelled. Where nothing can be stored, it only looks whether the data connection opens.
//
// The error is as for [Run], and at says of which of the two it is.
func RunBetween(ctx context.Context, opts [2]ftp.Options, targets [2]Target) (found *Between, at int, err error) {
	var both [2]*end
	for i := range both {
		both[i] = &end{checker: newChecker(opts[i], targets[i])}
		defer both[i].close()
		defer both[i].tidy()
		if err := both[i].prepare(ctx); err != nil {
			return nil, i, err
		}
	}
	found = new(Between)
	for sender := range both {
		for _, listener := range []int{1 - sender, sender} {
			w := &Way{Sender: parties[sender], Listener: parties[listener]}
			for tries, left := 0, 1; tries < left && !w.Works; tries++ {
				for i, e := range both {
					if err := e.connect(ctx); err != nil {
						return nil, i, err
					}
				}
				left = sendTo(ctx, w, both[sender], both[1-sender], tries)
				if err := ctx.Err(); err != nil {
					return nil, 0, err
				}
			}
			found.Ways = append(found.Ways, w)
		}
	}
	for i, e := range both {
		e.tidy()
		r := e.report
		found.Servers[i] = Server{r.Address, r.Security, r.User, r.Root, r.RootThere, r.Notes}
	}
	return found, 0, nil
}

var parties = [2]Party{First, Second}

// prepare logs in and stores the file.
func (e *end) prepare(ctx context.Context) error {
	err := e.connect(ctx)
	if err == nil {
		err = e.findRoot(ctx)
	}
	if err != nil || !e.report.RootThere {
		return err
	}
	if e.temp, err = e.storeTemp(ctx, newMark()); err != nil {
		e.note("%v", err)
	}
	return ctx.Err()
}

// tidy removes the file.
func (e *end) tidy() {
	if e.temp != "" {
		e.removeTemp(e.temp)
		e.temp = ""
	}
}

// sendTo has one of the servers send to the other in way w, where there are several who can begin
// the TLS handshake by the one with that number. It returns how many there are.
func sendTo(ctx context.Context, w *Way, from, to *end, number int) (hellos int) {
	t := third.Transfer{From: from.session, FromPath: from.temp, To: to.session, AllowTLS: from.target.AllowTLS}
	can := t.Hellos(w.Listener == w.Sender)
	hello := can[min(number, len(can)-1)]
	if from.temp == "" {
		t.Send = "LIST"
	}
	if to.temp == "" {
		t.Keep = "LIST"
		w.try(ctx, t, hello)
		return len(can)
	}
	dir, name := to.temp[:strings.LastIndex(to.temp, "/")+1], to.temp[strings.LastIndex(to.temp, "/")+1:]
	t.ToPath = dir + to.target.TempName(newMark(), !strings.HasPrefix(name, "."))
	defer to.removeTemp(t.ToPath)
	w.try(ctx, t, hello)
	if !w.Works || t.Send != "" {
		return len(can)
	}
	r, err := to.session.Command(ctx, "SIZE "+t.ToPath)
	if size := strings.TrimSpace(r.Text); err == nil && r.Code == 213 && size != fmt.Sprint(len(tempText)) {
		w.Works, w.Why = false, fmt.Sprintf("both say that all was sent, and the file has %s bytes of %d", ftp.Printable(size), len(tempText))
	}
	return len(can)
}
