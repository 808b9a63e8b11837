package check

import (
	"context"
	"crypto/tls"
	"slices"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/trust"
)

// connect opens a session where there is none, or where it is dead.
func (k *checker) connect(ctx context.Context) error {
	if k.session != nil && !k.session.Dead() {
		return nil
	}
	if k.session != nil {
		k.session.Close()
		k.session = nil
	}
	for attempt := 0; ; attempt++ {
		s, err := k.client.Open(ctx, k.features)
		if err == nil {
			k.session, k.features = s, s.Features()
			return nil
		}
		if !ftp.Retryable(err) || attempt >= k.opts.Retries || ctx.Err() != nil {
			return ftp.Fatal(err)
		}
		if err := ftp.Sleep(ctx, k.opts.Backoff(attempt)); err != nil {
			return err
		}
	}
}

// askServer fills in what the control connection shows: greeting, features, TLS,
// system and round-trip time.
func (k *checker) askServer(ctx context.Context) error {
	r := k.report
	r.Greeting, r.Features = ftp.Printable(k.session.Greeting()), k.features.Words()
	if state, ok := k.session.TLS(); ok {
		r.TLS = k.tlsReport(state)
	}
	system, err := k.session.Command(ctx, "SYST")
	if err != nil {
		return err
	}
	if system.OK() {
		r.System = ftp.Printable(system.Text)
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
		Fingerprint: trust.Fingerprint(leaf), Subject: ftp.Printable(leaf.Subject.String()), Expires: leaf.NotAfter, Trust: "chain"}
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
	k.report.Connections = 1
	for k.report.Connections < k.opts.Connections {
		// One after another: a server that sees several arrive at once may count those that it is about to refuse.
		s, err := k.client.Open(ctx, k.features)
		if err != nil {
			if class, ok := ftp.ClassOf(err); ok && class != ftp.Busy && class != ftp.Login {
				k.note("another connection failed: %v", err)
			}
			break
		}
		defer s.Close()
		k.report.Connections++
	}
	if k.report.Mode != "" {
		k.client.Remember(k.features)
	}
	return nil
}
