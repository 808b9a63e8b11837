package ftp

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"ferry/internal/ftp/charset"
)

func find(t *testing.T, name string) *charset.Charset {
	t.Helper()
	c, err := charset.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTelnetByte checks that a server which follows Telnet gets 0xFF twice, that all others get it once, and that this is
// found out once, without a command that changes anything. "я" is 0xFF in windows-1251, and "ят" a Telnet command.
func TestTelnetByte(t *testing.T) {
	for _, tt := range []struct {
		name, charset, text, want string
		reads                     func(arg string) string // how the server takes an argument
		probes                    int
	}{
		{"takes it for a letter", "windows-1251", "пять я", "\xef\xff\xf2\xfc \xff", func(arg string) string { return arg }, 3},
		{"follows Telnet", "windows-1251", "пять я", "\xef\xff\xff\xf2\xfc \xff\xff", func(arg string) string { return strings.ReplaceAll(arg, "\xff\xf2", "") }, 3},
		{"drops it", "windows-1251", "пять я", "\xef\xff\xff\xf2\xfc \xff\xff", func(arg string) string { return strings.ReplaceAll(arg, "\xff", "") }, 3},
		{"enters everything", "windows-1251", "пять я", "\xef\xff\xf2\xfc \xff", func(arg string) string { return arg }, 1},
		{"an encoding without it", "shift-jis", "表", "\x95\x5c", func(arg string) string { return arg }, 0},
		{"UTF-8", "utf-8", "я", "\xd1\x8f", func(arg string) string { return arg }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.on["CWD"] = func(p *peer, arg string) bool {
				switch tt.reads(arg) {
				case ".", "./":
					return p.say("250 here")
				}
				if tt.name == "enters everything" {
					return p.say("250 there")
				}
				return p.say("550 no such directory")
			}
			f.on["MDTM"] = func(p *peer, arg string) bool {
				return p.say("550 " + strings.ReplaceAll(arg, iac, iac+iac) + " is not there")
			}
			dir := t.TempDir()
			change := func(o *Options) { o.Charset, o.StateDir, o.Connections = find(t, tt.charset), dir, 2 }
			for run := range 2 {
				p := f.pool(change)
				s, err := p.Borrow(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				r, err := s.Command(t.Context(), "MDTM "+tt.text)
				if err != nil || !strings.Contains(tt.want, iac+iac) && !strings.HasPrefix(r.Text, tt.text) {
					t.Errorf("the reply is %q, %v", r.Text, err)
				}
				if got := f.commands(); got[len(got)-1] != "MDTM "+tt.want {
					t.Errorf("%q is sent, want %q", got[len(got)-1], "MDTM "+tt.want)
				}
				if n := f.saw("CWD"); n != tt.probes {
					t.Errorf("run %d: %d probes, want %d in all", run, n, tt.probes)
				}
				p.Return(s)
				p.Close()
			}
		})
	}
}

// TestEncodedLogin checks that user and password go out in the encoding, that a server is not told to speak UTF-8 then, and
// that what the encoding lacks is refused without showing it.
func TestEncodedLogin(t *testing.T) {
	f := newFake(t)
	f.on["PASS"] = refuse("230 come in")
	var log bytes.Buffer
	change := func(o *Options) {
		o.Charset, o.User = find(t, "cp1252"), "bjørn"
		o.Password = func() (string, error) { return "pässwörd", nil }
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: LevelDialogue}))
	}
	p := f.pool(change)
	roundTrip(t, p)
	said := strings.Join(f.commands(), "\n")
	if !strings.Contains(said, "USER bj\xf8rn\nPASS p\xe4ssw\xf6rd\n") || strings.Contains(said, "OPTS UTF8") {
		t.Errorf("said %q", said)
	}
	if strings.Contains(log.String(), "pässwörd") {
		t.Errorf("the password is in the log:\n%s", log.String())
	}
	p = f.pool(func(o *Options) {
		change(o)
		o.Password = func() (string, error) { return "密码", nil }
	})
	_, err := p.Borrow(t.Context())
	if class, _ := ClassOf(err); err == nil || class != Login || strings.ContainsAny(err.Error(), "密码") {
		t.Errorf("a password that cannot be sent: %v", err)
	}
}

// TestLackedInABatch checks that a command with a character that the encoding lacks is refused before anything is sent.
func TestLackedInABatch(t *testing.T) {
	f := newFake(t)
	p := f.pool(func(o *Options) { o.Charset = find(t, "cp1252") })
	err := p.Do(t.Context(), "asking", func(ctx context.Context, s *Session) error {
		var b Batch
		b.Add("MLST /a", nil)
		b.Add("MLST /日", nil)
		return b.Run(ctx, s)
	})
	class, _ := ClassOf(err)
	if err == nil || class != File || !strings.Contains(err.Error(), "windows-1252 has no character '日'") || f.saw("MLST") > 0 {
		t.Errorf("%v, said %q", err, f.commands())
	}
}
