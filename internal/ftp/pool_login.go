package ftp

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"

	"ferry/internal/ftp/listing"
)

// LoginPace is the time between the beginnings of two logins.
const LoginPace = 50 * time.Millisecond

// password asks for the password once.
func (p *Pool) password() (string, error) {
	p.askPassword.Do(func() {
		switch {
		case p.o.Password != nil:
			p.secret, p.secretErr = p.o.Password()
		case p.o.User == "anonymous":
			p.secret = "anonymous@"
		}
	})
	return p.secret, p.secretErr
}

// connect opens a session for a permission of take. Without a session and
// without an error it is worth asking again.
func (p *Pool) connect(ctx context.Context, attempt *int) (*Session, error) {
	err := p.pace(ctx)
	var s *Session
	if err == nil {
		s, err = p.login(ctx)
	}
	if err == nil {
		p.mu.Lock()
		p.opening = false
		p.wake()
		p.mu.Unlock()
		return s, nil
	}
	p.mu.Lock()
	p.open--
	p.opening = false
	others, first := p.open, p.f == nil
	p.wake()
	p.mu.Unlock()
	if ctx.Err() != nil {
		return nil, err
	}
	return nil, p.refused(ctx, err, others, first, attempt)
}

// refused decides what a login that failed means. It returns nil after the wait
// that makes another try worthwhile.
func (p *Pool) refused(ctx context.Context, err error, others int, first bool, attempt *int) error {
	class, _ := ClassOf(err)
	if !first && class == Login {
		class = Busy // it was right before: some servers say so when they are full
	}
	if isModeTrial(err) {
		return nil // each mode gets its try; there are four at most
	}
	if class == Busy && others > 0 {
		p.shrink(others, err)
		return nil
	}
	if class == Login || class == Server || *attempt >= p.o.Retries || first && class == Connect && *attempt >= 1 {
		return Fatal(err)
	}
	if others > 0 {
		p.shrink(others, nil) // do not insist while others work
	}
	p.o.Log.Info("connecting again", "attempt", *attempt+1, "because", err)
	if serr := Sleep(ctx, p.o.Backoff(*attempt)); serr != nil {
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

// learn notes which data mode works.
func (p *Pool) learn(m DataMode) {
	p.remember()
	p.spare(m)
}

// spare keeps to one session in active mode on a server that stalls with several; see
// [OneActiveSessionOnly].
func (p *Pool) spare(m DataMode) {
	if f := p.features(); !m.Active() || f == nil || !f.Has(OneActiveSessionOnly) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limit > 1 {
		p.most, p.limit = 1, 1
		p.o.Log.Info("one session at a time, since several in active mode stall this server")
	}
}

func connections(n int) string {
	if n == 1 {
		return "1 connection"
	}
	return fmt.Sprintf("%d connections", n)
}

// login opens a session; the first one of the pool finds out what the server
// can do.
func (p *Pool) login(ctx context.Context) (*Session, error) {
	p.mu.Lock()
	f := p.f
	p.mu.Unlock()
	s, err := p.openSession(ctx, f)
	if f != nil {
		return s, err
	}
	if err != nil {
		p.firstLoginFailed(err)
		return nil, err
	}
	switch restored := s.features.restore(p.known); {
	case restored && p.o.ListFormat == listing.Auto:
	case p.o.NoListing, p.o.ProbeLater && s.features.mlst && p.o.ListFormat == listing.Auto:
		s.features.unsure = s.features.unsure || !restored
	default:
		if err := s.Probe(ctx); err != nil {
			s.c.abort()
			return nil, err
		}
	}
	learned, err := s.learnTelnet(ctx)
	if err != nil {
		s.c.abort()
		return nil, err
	}
	s.features.remember = func(*Features) { p.remember() }
	restorePipelined(p.modes, s.features, p.o)
	p.mu.Lock()
	p.f = s.features
	if state, ok := s.TLS(); ok {
		p.tlsVersion = tls.VersionName(state.Version)
	}
	p.mu.Unlock()
	if learned {
		p.remember()
	}
	p.learn(p.modes.Current())
	return s, nil
}

// InUse returns the data mode that is tried first and the version of TLS, each "" where
// none is known.
func (p *Pool) InUse() (mode, tlsVersion string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.modes.Current().String(), p.tlsVersion
}

// firstLoginFailed has the next login go step by step, if the failure can lie in how it was
// sent. That login then shows what is wrong.
func (p *Pool) firstLoginFailed(err error) {
	if class, _ := ClassOf(err); class != Connect && class != Busy {
		p.known = Capabilities{Mode: p.known.Mode, Seen: map[Quirk]bool{AnswersInOrder: false}}
	}
}

// pace spreads logins, which some servers count as an attack when they come all
// at once.
func (p *Pool) pace(ctx context.Context) error {
	p.mu.Lock()
	now := time.Now()
	wait := p.nextDial.Sub(now)
	p.nextDial = now.Add(max(wait, 0) + LoginPace)
	p.mu.Unlock()
	return Sleep(ctx, wait)
}
