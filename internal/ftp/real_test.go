package ftp

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp/datamode"
	"ferry/internal/test/realftp"
)

func realOptions(s *realftp.Server) Options {
	return Options{Host: s.Host, Port: s.Port, User: s.User, Password: func() (string, error) { return s.Password, nil },
		Fingerprint: s.Fingerprint, Timeout: 20 * time.Second}
}

// TestRealSessions transfers files, also empty ones, in both directions and lists them,
// with every server, every kind of security, and every data mode.
func TestRealSessions(t *testing.T) {
	securities := []struct {
		name string
		kind Security
		o    realftp.Options
	}{
		{"plain", Plain, realftp.Options{}},
		{"explicit TLS 1.3", Explicit, realftp.Options{TLS: realftp.Explicit, ForceTLS: true, TLSMin: "1.3"}},
		{"explicit TLS 1.2", Explicit, realftp.Options{TLS: realftp.Explicit, ForceTLS: true, TLSMax: "1.2"}},
		{"explicit TLS, reuse required", Explicit, realftp.Options{TLS: realftp.Explicit, ForceTLS: true, RequireReuse: true}},
		{"implicit TLS", Implicit, realftp.Options{TLS: realftp.Implicit}},
	}
	for _, name := range realftp.Names() {
		for _, security := range securities {
			if realftp.Supports(name, security.o) != nil {
				continue
			}
			t.Run(name+"/"+security.name, func(t *testing.T) {
				server := realftp.Start(t, name, security.o)
				o := realOptions(server)
				o.Security = security.kind
				for _, m := range datamode.All {
					t.Run(m.String(), func(t *testing.T) {
						p := newLender(t, o)
						p.modes.Allow = []DataMode{m}
						transferFiles(t, p)
						if security.o.RequireReuse || name == "vsftpd" && o.Security != Plain {
							wantResumed(t, p)
						}
					})
				}
			})
		}
	}
}

// transferFiles uploads and downloads files of critical sizes and looks for them in the
// listing.
func transferFiles(t *testing.T, p *lender) {
	t.Helper()
	for i, size := range []int{0, 1, earlyBytes, earlyBytes + 1, 300 << 10, 0, 1 << 20} {
		content := make([]byte, size)
		rand.Read(content)
		name := fmt.Sprintf("/file %d.bin", i)
		err := p.Do(t.Context(), "transferring", func(ctx context.Context, s *Session) error {
			if sent, _, err := s.Store(ctx, name, 0, bytes.NewReader(content)); err != nil || sent != int64(size) {
				return fmt.Errorf("stor of %d bytes: %d sent, %w", size, sent, err)
			}
			if r, err := s.Command(ctx, "SIZE "+name); err != nil || r.Text != fmt.Sprint(size) {
				return fmt.Errorf("SIZE of %d bytes: %q, %w", size, r, err)
			}
			d, err := s.Retrieve(ctx, name, 0)
			if err != nil {
				return err
			}
			got, err := io.ReadAll(d)
			if _, ferr := d.Finish(); err != nil || ferr != nil || !bytes.Equal(got, content) || !d.Clean() {
				return fmt.Errorf("retr of %d bytes: %d came, clean %v, %w, %w", size, len(got), d.Clean(), err, ferr)
			}
			if _, err := s.Retrieve(ctx, "/missing", 0); err == nil || s.Dead() {
				return fmt.Errorf("a missing file: %v, dead %v", err, s.Dead())
			}
			names, raw, err := listNames(ctx, s, "/", s.Features().listForm)
			if err != nil {
				return err
			}
			if want := name[1:]; raw.Check() != nil || !slices.Contains(names, want) {
				return fmt.Errorf("listing without %q: %v, %q", want, raw.Check(), names)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func wantResumed(t *testing.T, p *lender) {
	t.Helper()
	err := p.Once(t.Context(), func(_ context.Context, s *Session) error {
		if cs := s.c.dataTLS; !cs.DidResume {
			t.Errorf("the last data connection (%s) did not resume the session", tls.VersionName(cs.Version))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRealModeByTrial(t *testing.T) {
	for _, name := range realftp.Names() {
		for what, set := range map[string]realftp.Options{"passive off": {NoPassive: true}, "active off": {NoActive: true}} {
			if realftp.Supports(name, set) != nil {
				continue
			}
			t.Run(name+"/"+what, func(t *testing.T) {
				p := newLender(t, realOptions(realftp.Start(t, name, set)))
				transferFiles(t, p)
				if p.mode().Active() != set.NoPassive {
					t.Errorf("mode %v", p.mode())
				}
			})
		}
	}
}

func TestRealBatches(t *testing.T) {
	for _, name := range realftp.Names() {
		for security, kind := range map[realftp.Security]Security{realftp.Plain: Plain, realftp.Explicit: Explicit} {
			t.Run(fmt.Sprintf("%s/%v", name, kind.Scheme()), func(t *testing.T) {
				o := realOptions(realftp.Start(t, name, realftp.Options{TLS: security}))
				o.Security = kind
				testRealBatch(t, o)
			})
		}
	}
}

// testRealBatch sends batches up to one with more commands than any buffer of a server holds.
func testRealBatch(t *testing.T, o Options) {
	p := newLender(t, o)
	err := p.Once(t.Context(), func(ctx context.Context, s *Session) error {
		for _, n := range []int{60, 150, 300, 450, 3000} {
			var lines []string
			for i := range n {
				lines = append(lines, fmt.Sprintf("SIZE /%s%d", strings.Repeat("long", 15), i))
			}
			replies, err := s.batch(ctx, lines)
			if err != nil || len(replies) != n {
				return fmt.Errorf("%d replies of %d: %w", len(replies), n, err)
			}
			for i, r := range replies {
				if r.Code != 550 {
					t.Fatalf("reply %d: %v", i, r)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRealWrongPassword(t *testing.T) {
	for _, name := range realftp.Names() {
		t.Run(name, func(t *testing.T) {
			o := realOptions(realftp.Start(t, name, realftp.Options{}))
			o.Password = func() (string, error) { return "wrong", nil }
			err := newLender(t, o).Do(t.Context(), "ping", ping)
			if class, _ := ClassOf(err); class != Login {
				t.Errorf("got class %d, %v", class, err)
			}
		})
	}
}
