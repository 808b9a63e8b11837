package ftp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp/listing"
)

// withSession calls do with a session of a new pool.
func withSession(t *testing.T, f *fake, change func(*Options), do func(ctx context.Context, s *Session)) {
	t.Helper()
	err := f.pool(change).Once(t.Context(), func(ctx context.Context, s *Session) error {
		do(ctx, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// listNames lists a directory and returns the names in it.
func listNames(ctx context.Context, s *Session, dir string, form ListForm) (names []string, l *Listing, err error) {
	l, err = s.List(ctx, dir, form, time.Now(), func(e listing.Entry) { names = append(names, e.Name) })
	return names, l, err
}

func TestListStandsInTheDirectory(t *testing.T) {
	f := newFake(t)
	f.files["/x"] = []byte("x")
	f.on["CWD"] = func(p *peer, arg string) bool { return arg == "/missing" && p.say("550 no such directory") }
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		for range 2 {
			names, raw, err := listNames(ctx, s, "/a [b] -c*", FormMLSD)
			if err != nil || raw.Check() != nil || !slices.Equal(names, []string{"x"}) {
				t.Errorf("got %q, %+v, %v", names, raw, err)
			}
			before := f.saw("MLSD")
			var e *Error
			if _, _, err := listNames(ctx, s, "/missing", FormMLSD); !errors.As(err, &e) || e.Code != 550 || s.Dead() {
				t.Errorf("missing: %v", err)
			}
			if f.saw("MLSD") != before {
				t.Error("the wrong directory was listed")
			}
		}
	})
	if !slices.Contains(f.commands(), "CWD /a [b] -c*") || !slices.Contains(f.commands(), "MLSD") {
		t.Errorf("commands: %q", f.commands())
	}
}

func TestNamesThatCannotBeSent(t *testing.T) {
	f := newFake(t)
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		before := len(f.commands())
		for _, name := range []string{"/a\r\nDELE b", "/a\nb", "/a\x00", "/\xff"} {
			_, _, stor := s.Store(ctx, name, 0, strings.NewReader(""))
			_, retr := s.Retrieve(ctx, name, 0)
			_, _, list := listNames(ctx, s, name, FormMLSD)
			_, cmd := s.Command(ctx, "DELE "+name)
			_, batch := s.batch(ctx, []string{"DELE /good", "DELE " + name})
			for _, err := range []error{stor, retr, list, cmd, batch} {
				if class, ok := ClassOf(err); !ok || class != File {
					t.Errorf("%q: %v", name, err)
				}
			}
		}
		if s.Dead() || len(f.commands()) != before {
			t.Errorf("sent %q", f.commands()[before:])
		}
	})
}

func TestRepliesInPiecesAndTogether(t *testing.T) {
	f := newFake(t)
	f.on["NOOP"] = func(p *peer, _ string) bool {
		for _, c := range []byte("200-one\r\n200 two\r\n") {
			p.conn.Write([]byte{c})
		}
		return true
	}
	var held bytes.Buffer
	f.on["SIZE"] = func(p *peer, arg string) bool { // ten replies in one packet
		fmt.Fprintf(&held, "213 %s\r\n", arg)
		if strings.HasSuffix(arg, "9") {
			p.conn.Write(held.Bytes())
			held.Reset()
		}
		return true
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		if r, err := s.Command(ctx, "NOOP"); err != nil || r != (Reply{Code: 200, Text: "one\ntwo"}) {
			t.Errorf("got %q, %v", r, err)
		}
		s.features.Observe(FindsSplitLineEnds, true) // no guardLine before batchEnd
		var lines []string
		for i := range 1000 {
			lines = append(lines, fmt.Sprint("SIZE ", i))
		}
		replies, err := s.batch(ctx, lines)
		if err != nil || len(replies) != len(lines) {
			t.Fatalf("%d replies, %v", len(replies), err)
		}
		for i, r := range replies {
			if r != (Reply{Code: 213, Text: fmt.Sprint(i)}) {
				t.Fatalf("reply %d is %q", i, r)
			}
		}
	})
}

func TestBatchThatBreaks(t *testing.T) {
	f := newFake(t)
	f.on["DELE"] = func(p *peer, arg string) bool {
		if arg != "/3" {
			return false
		}
		p.say("421 Timeout.")
		return p.conn.Close() == nil
	}
	for i := range 9 {
		f.files[fmt.Sprint("/", i)] = nil
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		var lines []string
		for i := range 9 {
			lines = append(lines, fmt.Sprint("DELE /", i))
		}
		replies, err := s.batch(ctx, lines)
		var e *Error
		if !errors.As(err, &e) || !e.Lost || len(replies) != 4 || replies[2].Code != 250 || replies[3].Code != 421 || !s.Dead() {
			t.Errorf("got %v, %v", replies, err)
		}
	})
}

// TestReplyToNothing checks that after an extra reply no other reply is believed.
func TestReplyToNothing(t *testing.T) {
	f := newFake(t)
	f.on["SYST"] = func(p *peer, _ string) bool {
		p.conn.Write([]byte("215 UNIX\r\n250 gone\r\n"))
		return true
	}
	f.files["/x"] = nil
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		if _, err := s.Command(ctx, "SYST"); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Command(ctx, "DELE /x"); !errors.Is(err, errProtocol) || !s.Dead() {
			t.Errorf("got %v, %v", r, err)
		}
	})
	if _, there := f.file("/x"); !there {
		t.Error("the command went out all the same")
	}
}
