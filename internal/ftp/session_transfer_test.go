package ftp

import (
	"bytes"
	"context"
	"errors"
	"ferry/internal/ftp/socket"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestUploadWhoseReplyIsLost(t *testing.T) {
	f := newFake(t)
	f.on["STOR"] = func(p *peer, arg string) bool {
		p.say("150 send")
		conn, err := p.data()
		if err == nil {
			io.Copy(io.Discard, conn)
			conn.Close()
		}
		return p.conn.Close() == nil
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		sent, _, err := s.Store(ctx, "/x", 0, strings.NewReader("content"))
		var e *Error
		if !errors.As(err, &e) || !e.Lost || e.Class != Retry || sent != 7 {
			t.Errorf("sent %d, %v; want a lost reply", sent, err)
		}
		if !s.Dead() {
			t.Error("the session lives on")
		}
	})
}

// TestUploadWhoseSourceFails checks that the error of the source is returned as it is,
// without a class: it is not the server's fault.
func TestUploadWhoseSourceFails(t *testing.T) {
	f := newFake(t)
	gone := errors.New("the disk is gone")
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		_, _, err := s.Store(ctx, "/x", 0, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(gone)))
		if err != gone {
			t.Errorf("got %v, want the source's error", err)
		}
		if class, ok := ClassOf(err); ok {
			t.Errorf("it has class %d", class)
		}
	})
}

func TestRefusedUploadIsNotRead(t *testing.T) {
	for _, code := range []int{550, 553, 452} {
		f := newFake(t)
		f.on["STOR"] = refuse(fmt.Sprint(code, " no"))
		withSession(t, f, nil, func(ctx context.Context, s *Session) {
			for range 2 { // before and after the mode is known to work
				src := &socket.Source{R: bytes.NewReader(make([]byte, 1<<20))}
				_, r, err := s.Store(ctx, "/x", 0, src)
				var e *Error
				if !errors.As(err, &e) || e.Code != code || e.Class != File || r.Code != code {
					t.Fatalf("got %v, %v", r, err)
				}
				if src.N > 128<<10 {
					t.Errorf("%d bytes were read for an upload that is refused", src.N)
				}
				if s.Dead() {
					t.Fatal("a plain refusal cost the session")
				}
			}
		})
	}
}

func TestUploadThatTheServerBreaksOff(t *testing.T) {
	f := newFake(t)
	f.on["STOR"] = func(p *peer, arg string) bool {
		p.say("150 send")
		if conn, err := p.data(); err == nil {
			io.CopyN(io.Discard, conn, 1000)
			conn.Close()
		}
		return p.say("552 Quota exceeded")
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		_, r, err := s.Store(ctx, "/x", 0, bytes.NewReader(make([]byte, 8<<20)))
		var e *Error
		if !errors.As(err, &e) || e.Code != 552 || r.Code != 552 {
			t.Errorf("got %v, %v; want the server's reason", r, err)
		}
	})
}

// TestUploadCutButConfirmed checks that an upload that the server broke off has failed,
// whatever its final reply.
func TestUploadCutButConfirmed(t *testing.T) {
	f := newFake(t)
	f.on["STOR"] = func(p *peer, arg string) bool {
		p.say("150 send")
		if conn, err := p.data(); err == nil {
			io.CopyN(io.Discard, conn, 1000)
			conn.Close()
		}
		return p.say("226 stored")
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		if _, _, err := s.Store(ctx, "/x", 0, bytes.NewReader(make([]byte, 8<<20))); err == nil {
			t.Error("an upload that was cut counts as stored")
		}
	})
}

func TestOffsets(t *testing.T) {
	f := newFake(t)
	f.files["/x"] = []byte("0123456789")
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		for range 2 {
			d, err := s.Retrieve(ctx, "/x", 4)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(d)
			if _, ferr := d.Finish(); err != nil || ferr != nil || string(got) != "456789" {
				t.Errorf("got %q, %v, %v", got, err, ferr)
			}
		}
		if _, _, err := s.Store(ctx, "/x", 8, strings.NewReader("ab")); err != nil {
			t.Fatal(err)
		}
		if data, _ := f.file("/x"); string(data) != "01234567ab" {
			t.Errorf("the file holds %q", data)
		}
	})
	// The position of a REST whose transfer was refused must not apply to the next
	// transfer. This server, like most, keeps it.
	f = newFake(t)
	f.files["/x"] = []byte("0123456789")
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		if _, err := s.Retrieve(ctx, "/missing", 4); err == nil || s.Dead() {
			t.Fatalf("missing: %v", err)
		}
		d, err := s.Retrieve(ctx, "/x", 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(d)
		if _, ferr := d.Finish(); err != nil || ferr != nil || string(got) != "0123456789" {
			t.Errorf("got %q, %v, %v", got, err, ferr)
		}
	})
	f = newFake(t)
	f.on["REST"] = refuse("502 no")
	f.files["/x"] = []byte("0123456789")
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		if _, err := s.Retrieve(ctx, "/x", 4); err == nil {
			t.Error("a transfer began at 0 in place of 4")
		}
		if !s.Dead() {
			t.Error("the session lives on, with a transfer pending")
		}
	})
}
