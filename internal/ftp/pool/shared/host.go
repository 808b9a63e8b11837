package shared

import (
	"context"
	"regexp"
	"slices"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
)

// Times of a host.
const (
	limitMemory = 10 * time.Minute // how long a limit is believed in
	turn        = time.Second      // how long one account may keep others waiting that have no session
	goodbye     = 2 * time.Second  // a server may count a session for so long that is closed
	lookAgain   = 300 * time.Millisecond
	settles     = 100 * time.Millisecond // so long is waited for that before the next login
	mostTurns   = 10                     // that an account waits for in vain: then the server means itself
)

// A host is the server at one address, whatever the user. Many let one address have only so
// many sessions. Where one account has met that, all others keep to it, and take turns.
type host struct {
	address string

	mu       stdsync.Mutex
	accounts []*account
	open     int // sessions of all accounts, also those that are being opened
	ready    int // of them, those that are logged in
	limit    int // 0: none is known
	limitAt  time.Time
	unsure   bool // nobody was in, and the server refused all the same: limit may be none
	leftAt   time.Time
	queue    []*turnAsked
}

// A turnAsked is an account that waits for a session.
type turnAsked struct {
	gate    *gate
	since   time.Time
	granted chan struct{}
}

// A gate is what one account has to do with its host. It implements [ftp.Gate].
type gate struct {
	host    *host
	account *account
	open    int // sessions of the account; guarded by host.mu
	refused int // logins in a row that were refused as one too many; guarded by host.mu
}

// add adds an account.
func (h *host) add(a *account) *gate {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.accounts = append(h.accounts, a)
	return &gate{host: h, account: a}
}

// remove removes an account, and reports whether no other is left.
func (h *host) remove(a *account) (last bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.accounts = slices.DeleteFunc(h.accounts, func(other *account) bool { return other == a })
	return len(h.accounts) == 0
}

// Enter implements [ftp.Gate].
func (g *gate) Enter(ctx context.Context) error {
	h := g.host
	h.mu.Lock()
	asked := &turnAsked{g, time.Now(), make(chan struct{})}
	h.queue = append(h.queue, asked)
	h.grant(asked.since)
	h.mu.Unlock()
	select {
	case <-asked.granted:
		return nil
	default:
	}
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		h.makeRoom(g)
		select {
		case <-asked.granted:
			if err := ftp.Sleep(ctx, settles); err != nil {
				g.unused()
				return err
			}
			return nil
		case <-ctx.Done():
			h.mu.Lock()
			h.queue = slices.DeleteFunc(h.queue, func(other *turnAsked) bool { return other == asked })
			h.mu.Unlock()
			select {
			case <-asked.granted:
				g.unused()
			default:
			}
			return context.Cause(ctx)
		case now := <-tick.C: // a limit may be too old, and a session may have come to rest
			h.mu.Lock()
			h.grant(now)
			h.mu.Unlock()
		}
	}
}

// unused gives back the permission to open a session.
func (g *gate) unused() {
	g.host.mu.Lock()
	defer g.host.mu.Unlock()
	g.host.open--
	g.open--
	g.host.grant(time.Now())
}

// grant lets those in whose turn it is. h.mu is held.
func (h *host) grant(now time.Time) {
	for len(h.queue) > 0 {
		if h.limit > 0 && h.open >= h.limit {
			if now.Sub(h.limitAt) < limitMemory {
				return
			}
			h.limit, h.limitAt = h.limit+1, now // see whether it still holds
		}
		first := h.queue[0]
		h.queue = h.queue[1:]
		h.open++
		first.gate.open++
		close(first.granted)
	}
}

// makeRoom closes a session that nobody uses, of another account than that of g.
func (h *host) makeRoom(g *gate) {
	h.mu.Lock()
	others := slices.Clone(h.accounts)
	h.mu.Unlock()
	for _, a := range others {
		if a.gate != g && a.dropIdle() {
			return
		}
	}
}

// Opened implements [ftp.Gate].
func (g *gate) Opened() {
	h := g.host
	h.mu.Lock()
	defer h.mu.Unlock()
	g.refused = 0
	if h.unsure { // it is back; if there is a limit, that shows again
		h.limit, h.unsure = 0, false
		h.grant(time.Now())
	}
	if h.ready++; h.limit > 0 && h.ready > h.limit { // it was met while others were being opened
		h.limit = h.ready
	}
}

// Left implements [ftp.Gate].
func (g *gate) Left() {
	h := g.host
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open--
	h.ready--
	g.open--
	h.leftAt = time.Now()
	h.grant(h.leftAt)
}

// Failed implements [ftp.Gate].
func (g *gate) Failed(ctx context.Context, err error) bool {
	h, now := g.host, time.Now()
	h.mu.Lock()
	h.open--
	g.open--
	class, _ := ftp.ClassOf(err)
	again, wait, tell := class == ftp.Busy && g.isCrowded(err), time.Duration(0), false
	if class == ftp.Busy {
		g.refused++
	}
	switch {
	case g.refused > mostTurns:
		again = false
	case class == ftp.Busy && now.Sub(h.leftAt) < goodbye && h.limit > h.open: // the server counts one that has gone
		again, wait = true, lookAgain
	case again:
		tell = h.limit == 0
		h.limit, h.limitAt = max(1, h.ready), now
	case class == ftp.Busy && h.open == 0:
		h.unsure = true
	}
	h.grant(now)
	h.mu.Unlock()
	if tell {
		g.account.notice("server allows this address only so many connections; the accounts on it take turns")
	}
	return again && ftp.Sleep(ctx, wait) == nil
}

// isCrowded reports whether err refuses a session because of those of other accounts. Without
// a session of its own an account can only wait for theirs; with some, the words of the server
// tell whom it means. host.mu is held.
func (g *gate) isCrowded(err error) bool {
	return g.host.open > g.open && (g.open == 0 || aboutAddress.MatchString(err.Error()))
}

// aboutAddress matches the replies of servers that refuse a session for the address, whatever
// the user.
var aboutAddress = regexp.MustCompile(`(?i)internet address|(your|this|same|single|per|each|from) (ip|host|address|client)\b|per[ -](ip|host)|from your`)

// yields reports whether the account should give a session up for one of another account that
// waits. busy says that it has use for the session itself.
func (g *gate) yields(busy bool) bool {
	h := g.host
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, asked := range h.queue {
		fewer := asked.gate.open == 0 || asked.gate.open+1 < g.open
		if asked.gate != g && (!busy || fewer && time.Since(asked.since) > turn) {
			return true
		}
	}
	return false
}
