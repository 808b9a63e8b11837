package realftp

import (
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// RoundTripCounter is a proxy for an FTP server. It counts the round trips that a
// client with a long round-trip time would wait for. It counts from what is sent
// on control connections, without a clock, so that the result is the same on every
// machine. Data connections do not pass through it.
//
// One round trip is counted for opening a control connection, and for each batch
// of commands that is sent while no reply is awaited. The greeting is a reply as
// well. The final reply of a download is not awaited, because the client knows
// from the data that it is complete. Each transfer counts further round trips: two
// in passive mode, for the connect and for the data until the final reply, and one
// in active mode. A transfer command that is sent alone is not counted itself,
// because it is sent together with the data connection. Waits of the server itself
// are not counted.
type RoundTripCounter struct {
	Addr string

	mu      sync.Mutex
	count   int
	batches []string // the verbs of each batch
}

// CountRoundTrips puts a Turns before the server at addr, until the test ends.
func CountRoundTrips(t testing.TB, addr string) *RoundTripCounter {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &RoundTripCounter{Addr: ln.Addr().String()}
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
			d := &controlConn{RoundTripCounter: c, awaited: 1}
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

// relay copies from src to dst, and calls inspect with everything before it is sent.
func relay(dst, src net.Conn, inspect func([]byte)) {
	buf := make([]byte, 64<<10)
	for {
		n, err := src.Read(buf)
		if n > 0 {
			inspect(buf[:n])
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

// Take returns the number of round trips since the last call, and the verbs of each
// batch of commands.
func (c *RoundTripCounter) Take() (n int, batches []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, batches = c.count, c.batches
	c.count, c.batches = 0, nil
	return n, batches
}

// add counts a batch of commands. QUIT is none: nobody waits for its reply, which may come
// when the next things are counted.
func (c *RoundTripCounter) add(n int, what string) {
	if what == "QUIT" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count += n
	c.batches = append(c.batches, what)
}

// A controlConn is the state of one control connection.
type controlConn struct {
	*RoundTripCounter
	mu            sync.Mutex
	awaited       int // final replies
	greeted       bool
	downloading   bool   // the last transfer is a download, and its final reply is awaited
	active        bool   // the last data connection was asked for in active mode
	partCommand   []byte // a command line without its end so far
	partReply     []byte // a reply line without its end so far
	multilineCode string // code of the multi-line reply that is being read, or ""
}

var transferVerbs = []string{"STOR", "RETR", "LIST", "MLSD", "NLST", "REST", "APPE"}

// commands handles what the client sends.
func (d *controlConn) commands(text []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.partCommand = append(d.partCommand, text...)
	var verbs []string
	for {
		line, rest, whole := strings.Cut(string(d.partCommand), "\r\n")
		if !whole {
			break
		}
		d.partCommand = []byte(rest)
		verb, _, _ := strings.Cut(line, " ")
		verbs = append(verbs, verb)
	}
	if len(verbs) == 0 {
		return
	}
	waited := d.awaited == 0 || d.awaited == 1 && d.downloading // a client knows before the reply that it has all data
	d.downloading = false
	d.awaited += len(verbs)
	trips := 0
	alone := !slices.ContainsFunc(verbs, func(v string) bool { return !slices.Contains(transferVerbs, v) })
	if waited && !alone || !d.greeted {
		trips++
	}
	if waited && !d.greeted {
		trips++ // for the greeting
	}
	d.greeted = true
	for _, v := range verbs {
		switch v {
		case "EPRT", "PORT":
			d.active = true
		case "EPSV", "PASV":
			d.active = false
		case "STOR", "RETR", "LIST", "MLSD", "NLST", "APPE":
			trips += 2
			d.downloading = v != "STOR" && v != "APPE"
			if d.active && !alone {
				trips--
			}
		}
	}
	d.add(trips, strings.Join(verbs, " "))
}

// replies handles what the server sends.
func (d *controlConn) replies(text []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.partReply = append(d.partReply, text...)
	for {
		line, rest, whole := strings.Cut(string(d.partReply), "\n")
		if !whole {
			return
		}
		d.partReply = []byte(rest)
		line = strings.TrimRight(line, "\r")
		switch {
		case len(line) < 4 || line[0] < '1' || line[0] > '6':
		case d.multilineCode == "" && line[3] == '-':
			d.multilineCode = line[:3]
		case d.multilineCode == "" || d.multilineCode == line[:3] && line[3] == ' ':
			d.multilineCode = ""
			if line[0] != '1' {
				d.awaited--
			}
		}
	}
}
