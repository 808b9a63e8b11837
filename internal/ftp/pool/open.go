package pool

import (
	"context"
	"fmt"
	"time"

	"ferry/internal/ftp"
)

// loginPace is the time between the beginnings of two logins.
const loginPace = 50 * time.Millisecond

// connect opens a session for a permission of take. Without a session and
// without an error it is worth asking again.
func (p *Pool) connect(ctx context.Context, attempt *int) (*ftp.Session, error) {
	err := p.pace(ctx)
	var s *ftp.Session
	if err == nil {
		s, err = p.client.Login(ctx)
	}
	p.mu.Lock()
	if err != nil {
		p.open--
	}
	p.opening = false
	others, first := p.open, p.client.Features() == nil
	p.wake()
	p.mu.Unlock()
	if err == nil || ctx.Err() != nil {
		return s, err
	}
	return nil, p.refused(ctx, err, others, first, attempt)
}

// refused decides what a login that failed means. It returns nil after the wait
// that makes another try worthwhile.
func (p *Pool) refused(ctx context.Context, err error, others int, first bool, attempt *int) error {
	class, _ := ftp.ClassOf(err)
	if !first && class == ftp.Login {
		class = ftp.Busy // it was right before: some servers say so when they are full
	}
	if ftp.IsModeTrial(err) {
		return nil // each mode gets its try; there are four at most
	}
	if class == ftp.Busy && others > 0 {
		p.shrink(others, err)
		return nil
	}
	if class == ftp.Login || class == ftp.Server || *attempt >= p.o.Retries || first && class == ftp.Connect && *attempt >= 1 {
		return ftp.Fatal(err)
	}
	if others > 0 {
		p.shrink(others, nil) // do not insist while others work
	}
	p.o.Log.Info("connecting again", "attempt", *attempt+1, "because", err)
	if serr := ftp.Sleep(ctx, p.o.Backoff(*attempt)); serr != nil {
		return serr
	}
	*attempt++
	return nil
}

// shrink lowers the limit to the sessions there are.
func (p *Pool) shrink(to int, because error) {
	p.mu.Lock()
	p.limit, p.busyAt = max(1, min(p.limit, to)), time.Now()
	tell := because != nil && !p.told
	if tell {
		p.told = true
	}
	limit := p.limit
	p.mu.Unlock()
	if tell {
		p.o.Notice(fmt.Sprintf("server allows only %s; going on with %d", connections(limit), limit))
		p.o.Log.Info("server takes no more connections", "limit", limit, "because", because)
	}
}

func connections(n int) string {
	if n == 1 {
		return "1 connection"
	}
	return fmt.Sprintf("%d connections", n)
}

// pace spreads logins, which some servers count as an attack when they come all
// at once.
func (p *Pool) pace(ctx context.Context) error {
	p.mu.Lock()
	now := time.Now()
	wait := p.nextDial.Sub(now)
	p.nextDial = now.Add(max(wait, 0) + loginPace)
	p.mu.Unlock()
	return ftp.Sleep(ctx, wait)
}
