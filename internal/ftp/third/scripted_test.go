package third

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftp/pool"
)

// scripted starts a server that knows only the replies to some verbs, and returns a session with it. A line "..." waits
// a moment.
func scripted(t *testing.T, replies map[string]string) *ftp.Session {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				fmt.Fprint(conn, "220 Hello.\r\n")
				for in := bufio.NewScanner(conn); in.Scan(); {
					verb, _, _ := strings.Cut(in.Text(), " ")
					reply, known := replies[verb]
					if !known {
						reply = map[string]string{"USER": "331 Password?", "PASS": "230 In.", "PORT": "200 Done.", "TYPE": "200 Done."}[verb]
					}
					if !known && reply == "" {
						reply = "502 No."
					}
					for line := range strings.SplitSeq(reply, "\n") {
						if line == "..." {
							time.Sleep(50 * time.Millisecond) // two replies are not one packet
							continue
						}
						fmt.Fprint(conn, line+"\r\n")
					}
				}
			}()
		}
	}()
	pool := pool.New(ftp.Options{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, User: "ferry", Password: func() (string, error) { return "secret", nil }, Timeout: 2 * time.Second})
	t.Cleanup(func() { pool.Close() })
	s, err := pool.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Return(s) })
	return s
}

// TestWhatTheSourceSaysEndsATransfer holds that a source which cannot send is heard while the target goes on waiting.
func TestWhatTheSourceSaysEndsATransfer(t *testing.T) {
	for _, c := range []struct{ name, says, want string }{
		{"it cannot connect", "150 Here it comes.\n...\n425 Cannot connect.", "425 Cannot connect."},
		{"it leaves", "150 Here it comes.\n...\n421 Bye.", "421 Bye."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			from := scripted(t, map[string]string{"RETR": c.says})
			to := scripted(t, map[string]string{"PASV": "227 Here (127,0,0,1,200,0).", "STOR": "150 Go on."})
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			l := new(Link)
			err := l.Run(ctx, Transfer{From: from, FromPath: "/a", To: to, ToPath: "/b"}, 1<<30)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// TestALinkOverWhichNothingBeginsIsGivenUp holds that a firewall between the servers, for which a file waits until the
// timeout, is not tried with every file.
func TestALinkOverWhichNothingBeginsIsGivenUp(t *testing.T) {
	for name, retr := range map[string]string{"the source": "...", "the target": "150 Go on."} {
		t.Run(name+" is silent", func(t *testing.T) {
			t.Parallel()
			told := ""
			l := &Link{Tell: func(why string) { told = why }}
			for range mostFailures {
				from := scripted(t, map[string]string{"RETR": retr})
				to := scripted(t, map[string]string{"PASV": "227 Here (127,0,0,1,200,0).", "STOR": "..."})
				if err := l.Run(t.Context(), Transfer{From: from, FromPath: "/a", To: to, ToPath: "/b"}, 1000); err == nil || errors.Is(err, ErrHere) {
					t.Fatal(err)
				}
			}
			if l.Open() || !strings.Contains(told, "3 transfers in a row broke off") {
				t.Errorf("told %q", told)
			}
		})
	}
}

// TestNobodyIsSentToAPortOfAService holds that a server which listens cannot have the other one speak to a mail server.
func TestNobodyIsSentToAPortOfAService(t *testing.T) {
	sent := map[string]string{"PASV": "227 Here (127,0,0,1,0,25).", "PORT": "200 Done.", "RETR": "550 It was sent.", "STOR": "550 It was sent."}
	told := ""
	l := &Link{Tell: func(why string) { told = why }}
	err := l.Run(t.Context(), Transfer{From: scripted(t, sent), FromPath: "/a", To: scripted(t, sent), ToPath: "/b"}, 1000)
	if !errors.Is(err, ErrHere) || l.Open() || !strings.Contains(told, "a port of a service") {
		t.Errorf("%v, told %q", err, told)
	}
}
