package ftp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp/trust"
)

// certificate makes a self-signed certificate that is valid for loopback.
func certificate(t *testing.T) (*tls.Config, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fake"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, leaf
}

func secureFake(t *testing.T) (*fake, *x509.Certificate) {
	f := newFake(t)
	var leaf *x509.Certificate
	f.tls, leaf = certificate(t)
	return f, leaf
}

func TestTLSRoundTrip(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, mode := range []Mode{Passive, Active} {
			t.Run(tls.VersionName(version)+" "+mode.String(), func(t *testing.T) {
				f, leaf := secureFake(t)
				f.tls.MinVersion, f.tls.MaxVersion = version, version
				p := f.pool(func(o *Options) {
					o.Security, o.Mode, o.Fingerprint = Explicit, mode, trust.Fingerprint(leaf)
				})
				roundTrip(t, p)
				// Session tickets that nobody reads must not cut uploads.
				big := string(bytes.Repeat([]byte("0123456789abcdef"), 64<<10))
				for range 5 {
					if err := put(p, "/big", big); err != nil {
						t.Fatal(err)
					}
					if data, _ := f.file("/big"); string(data) != big {
						t.Fatalf("%d bytes of %d arrived", len(data), len(big))
					}
				}
				if err := p.Once(t.Context(), func(_ context.Context, s *Session) error {
					if cs := s.c.dataTLS; !cs.DidResume || cs.Version != version {
						t.Errorf("data connection: %s, resumed %v", tls.VersionName(cs.Version), cs.DidResume)
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

func TestTLSTrust(t *testing.T) {
	_, other := certificate(t)
	for _, test := range []struct {
		name string
		set  func(o *Options, leaf *x509.Certificate)
		fail string // part of the error or hint; "" works
	}{
		{"unknown authority", func(*Options, *x509.Certificate) {}, "--fingerprint sha256:"},
		{"root", func(o *Options, leaf *x509.Certificate) {
			pool := x509.NewCertPool()
			pool.AddCert(leaf)
			o.TLS = &tls.Config{RootCAs: pool}
		}, ""},
		{"root, but another name", func(o *Options, leaf *x509.Certificate) {
			pool := x509.NewCertPool()
			pool.AddCert(leaf)
			o.TLS, o.Host = &tls.Config{RootCAs: pool}, "localhost"
		}, "use one of these names in the URL"},
		{"root, and the name in the certificate", func(o *Options, leaf *x509.Certificate) {
			pool := x509.NewCertPool()
			pool.AddCert(leaf)
			o.TLS, o.Host, o.ServerName = &tls.Config{RootCAs: pool}, "localhost", "127.0.0.1"
		}, ""},
		{"root, but not the name to be checked", func(o *Options, leaf *x509.Certificate) {
			pool := x509.NewCertPool()
			pool.AddCert(leaf)
			o.TLS, o.ServerName = &tls.Config{RootCAs: pool}, "ftp.example.net"
		}, "not for ftp.example.net"},
		{"pinned", func(o *Options, leaf *x509.Certificate) { o.Fingerprint = trust.Fingerprint(leaf) }, ""},
		{"pinned in capitals with colons", func(o *Options, leaf *x509.Certificate) {
			hex := strings.ToUpper(strings.TrimPrefix(trust.Fingerprint(leaf), "sha256:"))
			o.Fingerprint = hex[:2] + ":" + hex[2:]
		}, ""},
		{"another one pinned", func(o *Options, _ *x509.Certificate) { o.Fingerprint = trust.Fingerprint(other) }, "is not the pinned one"},
		{"pinned nonsense", func(o *Options, _ *x509.Certificate) { o.Fingerprint = "abc" }, "is not a SHA-256 fingerprint"},
		{"insecure", func(o *Options, _ *x509.Certificate) { o.Insecure = true }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, leaf := secureFake(t)
			p := f.pool(func(o *Options) { o.Security = Explicit; test.set(o, leaf) })
			err := p.Do(t.Context(), "ping", ping)
			if test.fail == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || e.Class != Login || !errors.Is(err, ErrFatal) || !strings.Contains(err.Error()+e.Hint, test.fail) {
				t.Errorf("got %v (hint %q), want %q", err, e.Hint, test.fail)
			}
			if f.saw("USER")+f.saw("PASS") > 0 {
				t.Error("the login was sent to a server that is not trusted")
			}
		})
	}
}

// TestNeverClearText checks that only AUTH goes out in clear text when TLS is asked for.
func TestNeverClearText(t *testing.T) {
	for _, test := range []struct {
		name string
		set  func(f *fake)
	}{
		{"AUTH refused", func(f *fake) { f.on["AUTH"] = refuse("502 no") }},
		{"AUTH answered 200", func(f *fake) { f.on["AUTH"] = refuse("200 fine") }},
		{"clear text behind the 234", func(f *fake) {
			f.on["AUTH"] = func(p *peer, _ string) bool {
				p.conn.Write([]byte("234 go\r\n230 you are in\r\n"))
				p.conn = tls.Server(p.conn, p.tls) // all else is as it should be
				p.br = bufio.NewReader(p.conn)
				return true
			}
		}},
		{"no TLS behind the 234", func(f *fake) { f.on["AUTH"] = refuse("234 go") }},
		{"PROT refused", func(f *fake) { f.on["PROT"] = refuse("534 no") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, _ := secureFake(t)
			test.set(f)
			p := f.pool(func(o *Options) {
				o.Security, o.Insecure, o.Timeout, o.Retries = Explicit, true, 200*time.Millisecond, -1
			})
			if err := put(p, "/x", "content"); !errors.Is(err, ErrFatal) {
				t.Errorf("got %v", err)
			}
			if n := f.saw("STOR"); n > 0 {
				t.Error("a transfer was asked for")
			}
			if n := f.saw("PASS"); n > 0 && test.name != "PROT refused" {
				t.Error("the password went out in clear text")
			}
		})
	}
}

// TestTLSUploadRefused checks that an upload that is refused does not wait for the
// timeout, although the server never answers the handshake on its data connection.
func TestTLSUploadRefused(t *testing.T) {
	f, _ := secureFake(t)
	p := f.pool(func(o *Options) { o.Security, o.Insecure = Explicit, true })
	roundTrip(t, p)
	f.mu.Lock()
	f.on["STOR"] = refuse("553 no")
	f.mu.Unlock()
	begin := time.Now()
	for _, content := range []string{"", "content", strings.Repeat("content", 10000)} {
		var e *Error
		if err := put(p, "/x", content); !errors.As(err, &e) || e.Code != 553 {
			t.Errorf("%d bytes: %v", len(content), err)
		}
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if f.opened() != 1 {
		t.Errorf("%d connections: a refusal cost the session", f.opened())
	}
}

func TestDataConnectionOfSomebodyElse(t *testing.T) {
	f, _ := secureFake(t)
	other, _ := certificate(t)
	f.on["STOR"] = func(p *peer, arg string) bool {
		mine := p.tls
		p.tls = other
		defer func() { p.tls = mine }()
		p.receive(arg)
		return true
	}
	p := f.pool(func(o *Options) { o.Security, o.Insecure, o.Retries = Explicit, true, -1 })
	if err := put(p, "/x", "content"); err == nil {
		t.Error("an upload went to somebody else")
	}
	if data, _ := f.file("/x"); len(data) > 0 {
		t.Errorf("%q was sent", data)
	}
}

func TestImplicitServerWithoutPROT(t *testing.T) {
	f, leaf := secureFake(t)
	f.on["PBSZ"], f.on["PROT"] = refuse("550 no"), func(p *peer, _ string) bool { p.prot = true; return p.say("550 no") }
	f.ln = tls.NewListener(f.ln, f.tls)
	p := f.pool(func(o *Options) { o.Security, o.Fingerprint = Implicit, trust.Fingerprint(leaf) })
	roundTrip(t, p)
}

func TestSessionCacheKeepsWhatItHas(t *testing.T) {
	cache, session := &sessionCache{}, &tls.ClientSessionState{}
	if _, ok := cache.Get("x"); ok {
		t.Error("an empty cache has a session")
	}
	cache.Put("x", session)
	cache.Put("x", nil) // what a broken handshake does
	if got, ok := cache.Get("x"); !ok || got != session {
		t.Error("the session is gone")
	}
}
