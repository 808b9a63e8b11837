package ftp

import (
	"context"
	"errors"
	"io"
	"testing"
)

func TestDownloadThatEndsTooSoon(t *testing.T) {
	f := newFake(t)
	f.files["/x"] = []byte("content")
	f.on["RETR"] = func(p *peer, _ string) bool {
		p.say("150 here it comes")
		if conn, err := p.data(); err == nil {
			conn.Write([]byte("con"))
			conn.Close()
		}
		return p.say("451 read error")
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		d, err := s.Retrieve(ctx, "/x", 0)
		if err != nil {
			t.Fatal(err)
		}
		io.ReadAll(d)
		var e *Error
		if _, err := d.Finish(); !errors.As(err, &e) || e.Code != 451 || e.Class != Retry {
			t.Errorf("finish: %v", err)
		}
		if s.Dead() {
			t.Error("a plain reply cost the session")
		}
	})
}

func TestDownloadWithBytesLeft(t *testing.T) {
	f := newFake(t)
	f.files["/x"] = []byte("content")
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		d, err := s.Retrieve(ctx, "/x", 0)
		if err != nil {
			t.Fatal(err)
		}
		io.ReadFull(d, make([]byte, 3))
		if _, err := d.Finish(); !errors.Is(err, ErrMoreData) || !s.Dead() {
			t.Errorf("finish: %v, dead %v", err, s.Dead())
		}
	})
}
