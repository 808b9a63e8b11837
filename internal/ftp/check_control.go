package ftp

import (
	"context"
	"crypto/tls"
	"slices"
	stdsync "sync"
	"time"
)

// connect opens a session where there is none, or where it is dead.
func (k *checker) connect(ctx context.Context) error {
	if k.session != nil && !k.session.Dead() {
		return nil
	}
	if k.session != nil {
		k.session.c.close()
		k.session = nil
	}
	for attempt := 0; ; attempt++ {
		s, err := k.pool.openSession(ctx, k.features)
		if err == nil {
			k.session, k.features = s, s.features
			return nil
		}
		if !Retryable(err) || attempt >= k.opts.Retries || ctx.Err() != nil {
			return fatal(err)
		}
		if err := Sleep(ctx, k.opts.Backoff(attempt)); err != nil {
			return err
		}
	}
}

// askServer fills in what the control connection shows: greeting, features, TLS,
// system and round-trip time.
func (k *checker) askServer(ctx context.Context) error {
	r, c := k.report, k.session.c
	r.Greeting, r.Features = Printable(c.greeting), k.features.words()
	if conn, ok := c.conn.(*tls.Conn); ok {
		r.TLS = k.tlsReport(conn.ConnectionState())
	}
	system, err := k.session.Command(ctx, "SYST")
	if err != nil {
		return err
	}
	if system.OK() {
		r.System = Printable(system.Text)
	}
	var trips []time.Duration
	for range 5 {
		begin := time.Now()
		if _, err := k.session.Command(ctx, "NOOP"); err != nil {
			return err
		}
		trips = append(trips, time.Since(begin))
	}
	slices.Sort(trips)
	r.RoundTrip = trips[len(trips)/2]
	return nil
}

func (k *checker) tlsReport(cs tls.ConnectionState) *TLSReport {
	leaf := cs.PeerCertificates[0]
	t := &TLSReport{Version: tls.VersionName(cs.Version), Cipher: tls.CipherSuiteName(cs.CipherSuite),
		Fingerprint: certificatePrint(leaf), Subject: Printable(leaf.Subject.String()), Expires: leaf.NotAfter, Trust: "chain"}
	switch {
	case k.opts.Fingerprint != "":
		t.Trust = "fingerprint"
	case k.opts.Insecure:
		t.Trust = "anything (insecure)"
	}
	return t
}

// findRoot fills in the root and whether it exists.
func (k *checker) findRoot(ctx context.Context) error {
	if err := k.connect(ctx); err != nil {
		return err
	}
	root, err := k.target.Root(ctx, k.session)
	if err != nil {
		return err
	}
	k.report.Root = root + "/"
	if root != "" {
		k.report.Root = root
	}
	there, err := k.session.Command(ctx, "CWD "+k.report.Root)
	k.report.RootThere = err == nil && there.OK()
	return err
}

// countSessions counts how many sessions the server allows at the same time, up to
// Options.Connections, and remembers what the check found out.
func (k *checker) countSessions(ctx context.Context) error {
	if err := k.connect(ctx); err != nil {
		return err
	}
	more := make([]*Session, k.opts.Connections-1)
	errs := make([]error, len(more))
	var all stdsync.WaitGroup
	for i := range more {
		if err := Sleep(ctx, dialPace); err != nil {
			break
		}
		all.Go(func() { more[i], errs[i] = k.pool.openSession(ctx, k.features) })
	}
	all.Wait()
	k.report.Connections = 1
	for i, s := range more {
		if s != nil {
			k.report.Connections++
			s.c.close()
		} else if class, ok := ClassOf(errs[i]); ok && class != Busy && class != Login {
			k.note("another connection failed: %v", errs[i])
		}
	}
	if k.report.Mode != "" {
		k.pool.mu.Lock()
		k.pool.f = k.features
		k.pool.mu.Unlock()
		k.pool.remember()
	}
	return nil
}
