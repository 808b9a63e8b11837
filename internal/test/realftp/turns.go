package realftp

import (
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Turns stands before an FTP server and counts the round trips that a client on
// a long link would wait for. It counts by what is said on the control
// connections and looks at no clock, so that the count is the same on every
// machine; data connections go past it.
//
// A round trip is: opening a control connection; each piece of commands that is
// sent when no reply is owed (the greeting counts as one that is), or only the
// final one of a download; and for each transfer, beyond the piece that asks for its data connection, two in passive
// mode (to connect, and for the data until the final reply) and one in active
// mode. A transfer command by itself goes out with the connection that it is
// for, and counts nothing. What a server adds of its own, as vsftpd does when it
// waits for its end of an upload to be acknowledged, is not seen.
type Turns struct {
	Addr string

	mu    sync.Mutex
	count int
	said  []string
}

// CountTurns puts a Turns before the server at addr, until the test ends.
func CountTurns(t testing.TB, addr string) *Turns {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Turns{Addr: ln.Addr().String()}
	var running sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	closed := false
	keep := func(conn net.Conn) bool {
		mu.Lock()
		defer mu.Unlock()
		open = append(open, conn)
		return !closed
	}
	running.Go(func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", addr)
			if err != nil || !keep(client) || !keep(server) {
				client.Close()
				continue
			}
			d := &dialogue{Turns: c, owed: 1}
			c.add(1, "connect")
			running.Go(func() { relay(server, client, d.commands) })
			running.Go(func() { relay(client, server, d.replies) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		mu.Lock()
		closed = true
		for _, conn := range open {
			conn.Close()
		}
		mu.Unlock()
		running.Wait()
	})
	return c
}

// relay copies from src to dst and shows what it copies first.
func relay(dst, src net.Conn, show func([]byte)) {
	buf := make([]byte, 64<<10)
	for {
		n, err := src.Read(buf)
		if n > 0 {
			show(buf[:n])
			if _, werr := dst.Write(buf[:n]); err == nil {
				err = werr
			}
		}
		if err != nil {
			dst.Close()
			return
		}
	}
}

// Take returns the round trips since the last call, and what they were for: the
// verbs of each piece of commands.
func (c *Turns) Take() (n int, said []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, said = c.count, c.said
	c.count, c.said = 0, nil
	return n, said
}

func (c *Turns) add(n int, what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count += n
	c.said = append(c.said, what)
}

// A dialogue is one control connection.
type dialogue struct {
	*Turns
	mu      sync.Mutex
	owed    int // final replies
	greeted bool
	fetches bool   // the last transfer is one from the server, whose final reply is owed
	invited bool   // the last piece that asked for a data connection was for active mode
	half    []byte // of a command line
	part    []byte // of a reply
	inside  string // the code of a reply of several lines that has begun
}

var transferVerbs = []string{"STOR", "RETR", "LIST", "MLSD", "NLST", "REST", "APPE"}

// commands takes in what the client says.
func (d *dialogue) commands(text []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.half = append(d.half, text...)
	var verbs []string
	for {
		line, rest, whole := strings.Cut(string(d.half), "\r\n")
		if !whole {
			break
		}
		d.half = []byte(rest)
		verb, _, _ := strings.Cut(line, " ")
		verbs = append(verbs, verb)
	}
	if len(verbs) == 0 {
		return
	}
	waited := d.owed == 0 || d.owed == 1 && d.fetches // the data has come: a client knows that before the reply
	d.fetches = false
	d.owed += len(verbs)
	turns := 0
	alone := !slices.ContainsFunc(verbs, func(v string) bool { return !slices.Contains(transferVerbs, v) })
	if waited && !alone || !d.greeted {
		turns++
	}
	if waited && !d.greeted {
		turns++ // for the greeting
	}
	d.greeted = true
	for _, v := range verbs {
		switch v {
		case "EPRT", "PORT":
			d.invited = true
		case "EPSV", "PASV":
			d.invited = false
		case "STOR", "RETR", "LIST", "MLSD", "NLST", "APPE":
			turns += 2
			d.fetches = v != "STOR" && v != "APPE"
			if d.invited && !alone {
				turns--
			}
		}
	}
	d.add(turns, strings.Join(verbs, " "))
}

// replies takes in what the server says.
func (d *dialogue) replies(text []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.part = append(d.part, text...)
	for {
		line, rest, whole := strings.Cut(string(d.part), "\n")
		if !whole {
			return
		}
		d.part = []byte(rest)
		line = strings.TrimRight(line, "\r")
		switch {
		case len(line) < 4 || line[0] < '1' || line[0] > '6':
		case d.inside == "" && line[3] == '-':
			d.inside = line[:3]
		case d.inside == "" || d.inside == line[:3] && line[3] == ' ':
			d.inside = ""
			if line[0] != '1' {
				d.owed--
			}
		}
	}
}
