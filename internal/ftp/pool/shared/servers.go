// Package shared has all pairs of a process use one pool of sessions for each account on a
// server. So they log in once, take no more connections together than the server allows,
// and find out together that it is lost.
package shared

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	stdsync "sync"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
)

// Servers are the accounts that are in use. Their methods may be called from any goroutine.
type Servers struct {
	keep bool
	salt string // makes passwords in keys unreadable

	mu       stdsync.Mutex
	accounts map[string]*account // by key
	hosts    map[string]*host    // by address
}

// New returns servers of which none is in use. With keep set, sessions stay open until
// [Servers.Close], for whoever uses the same account next; otherwise until the last one who
// uses it is done.
func New(keep bool) *Servers {
	return &Servers{keep: keep, salt: rand.Text(), accounts: make(map[string]*account), hosts: make(map[string]*host)}
}

// Open returns a lease of the pool for the server of o. Those whose options lead to the
// same server, user, password and settings share a pool. It connects when a session is
// first wanted.
func (s *Servers) Open(o ftp.Options) (*Lease, error) {
	o = o.WithDefaults()
	password := ""
	if o.Password != nil {
		var err error
		if password, err = o.Password(); err != nil {
			return nil, &ftp.Error{Op: "asking for the password", Class: ftp.Login, Err: err}
		}
		o.Password = func() (string, error) { return password, nil }
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := s.key(o, password)
	a := s.accounts[key]
	if a == nil {
		s.prune(time.Now())
		a = newAccount(s.host(o.Address()))
		s.accounts[key] = a
	}
	return a.lease(o, s.keep), nil
}

// key is equal for options that may share a pool. What each has for itself is left out, and
// the password cannot be told from it. A field that is new in the options is part of it.
func (s *Servers) key(o ftp.Options, password string) string {
	sum := hmac.New(sha256.New, []byte(s.salt))
	sum.Write([]byte(password))
	encoding := o.Charset.Name()
	o.Password, o.Notice, o.Backoff, o.Charset, o.Gate = nil, nil, nil, nil, nil
	o.BytesUp, o.BytesDown, o.Segments = 0, 0, 0
	return fmt.Sprintf("%#v %q %s", o, encoding, hex.EncodeToString(sum.Sum(nil)))
}

// host returns what is known of the server at an address. s.mu is held.
func (s *Servers) host(address string) *host {
	h := s.hosts[address]
	if h == nil {
		h = &host{address: address}
		s.hosts[address] = h
	}
	return h
}

// prune forgets the accounts that nobody has used for long: those of a profile that is gone, or has
// another password now. s.mu is held.
func (s *Servers) prune(now time.Time) {
	for key, a := range s.accounts {
		if !a.isForgotten(now) {
			continue
		}
		delete(s.accounts, key)
		if h := a.gate.host; h.remove(a) {
			delete(s.hosts, h.address)
		}
	}
}

// all returns the accounts.
func (s *Servers) all() []*account {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*account
	for _, a := range s.accounts {
		all = append(all, a)
	}
	return all
}

// TryNow ends the waits for servers that were lost or refused the login: the next one who
// wants a session tries. A server that was tried in the last second is left alone.
func (s *Servers) TryNow() {
	for _, a := range s.all() {
		a.tryNow(time.Now())
	}
}

// Close closes the sessions that were kept. Leases that are open keep theirs.
func (s *Servers) Close() error {
	var all stdsync.WaitGroup
	for _, a := range s.all() {
		all.Go(a.closeUnused)
	}
	all.Wait()
	return nil
}

var _ pool.Lender = (*Lease)(nil)

type long struct{}

// Long marks ctx: what is borrowed under it is kept for long, as for a large file. Where
// several share a pool, one session at least is left for what takes a moment.
func Long(ctx context.Context) context.Context { return context.WithValue(ctx, long{}, true) }

func isLong(ctx context.Context) bool { return ctx.Value(long{}) != nil }
