package ftp

import (
	"context"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp/listing"
)

// TestUnservedTransfer has a server say 226 to a transfer and leave its data connection alone.
// That costs one timeout and is not tried again, since nothing else would happen. It says what
// the server does, and is no complete listing.
func TestUnservedTransfer(t *testing.T) {
	for verb, do := range map[string]func(ctx context.Context, s *Session) error{
		"MLSD": func(ctx context.Context, s *Session) error {
			_, err := s.List(ctx, "/d", FormMLSD, time.Now(), func(listing.Entry) {})
			return err
		},
		"RETR": func(ctx context.Context, s *Session) error {
			d, err := s.Retrieve(ctx, "/d/f", 0)
			if err == nil {
				_, err = d.ReadFile(5)
			}
			return err
		},
	} {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.on["CWD"] = func(p *peer, _ string) bool { // not for the listing of the login directory
				p.mu.Lock()
				defer p.mu.Unlock()
				p.on["MLSD"] = refuse("226 Transfer done")
				return false
			}
			f.on["RETR"] = refuse("226 Transfer done")
			p := f.pool(func(o *Options) { o.Timeout, o.Retries = 300*time.Millisecond, 3 })
			err := p.Do(t.Context(), "test", do)
			if class, _ := ClassOf(err); err == nil || class != File || !strings.Contains(err.Error(), "does not end its data connection") {
				t.Errorf("%v", err)
			}
			if f.saw("RETR") > 1 || f.saw("CWD") > 1 {
				t.Errorf("it was tried again: %q", f.commands())
			}
		})
	}
}
