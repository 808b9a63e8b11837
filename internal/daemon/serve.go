package daemon

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// idleTimeout is how long a client may stay connected without a request.
const idleTimeout = 30 * time.Second

// A server answers the connections of one socket.
type server struct {
	handler Handler
	stop    context.CancelFunc
	work    sync.WaitGroup
}

// Serve starts to answer requests with h. It is called once, and does not block.
func (c *Claim) Serve(h Handler) {
	if c.listener == nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &server{handler: h, stop: stop}
	c.server = s
	listener := c.listener
	s.work.Go(func() { s.accept(ctx, listener) })
	context.AfterFunc(ctx, func() { _ = listener.Close() })
}

// close closes all connections and returns when their goroutines have ended.
func (s *server) close() {
	s.stop()
	s.work.Wait()
}

func (s *server) accept(ctx context.Context, listener net.Listener) {
	for {
		conn, err := listener.Accept()
		switch {
		case ctx.Err() != nil || errors.Is(err, net.ErrClosed):
			if err == nil {
				_ = conn.Close()
			}
			return
		case err != nil: // probably out of file descriptors
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		default:
			s.work.Go(func() { s.serveConn(ctx, conn) })
		}
	}
}

// serveConn answers the requests of one connection until it is closed or sends a bad
// request.
func (s *server) serveConn(ctx context.Context, conn net.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer conn.Close()
	in := bufio.NewReaderSize(conn, maxRequest)
	for {
		_ = conn.SetReadDeadline(time.Now().Add(idleTimeout))
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			s.reply(conn, answer{Error: "the request is too long"})
		}
		if err != nil {
			return
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			s.reply(conn, answer{Error: "a request must be a JSON object on one line"})
			return
		}
		if !s.answer(ctx, cancel, conn, in, r) {
			return
		}
	}
}

// answer answers one request, and reports whether another may follow.
func (s *server) answer(ctx context.Context, cancel func(), conn net.Conn, in io.Reader, r request) bool {
	switch r.Do {
	case requestStatus:
		report := s.handler.Report()
		return s.reply(conn, answer{Report: &report})
	case requestPoke:
		s.handler.Poke()
		return s.reply(conn, answer{})
	case requestPause:
		s.handler.Pause()
		return s.reply(conn, answer{})
	case requestResume:
		s.handler.Resume()
		return s.reply(conn, answer{})
	case requestHandover:
		s.handOver(ctx, cancel, conn, in)
		return false
	case requestFollow:
		s.untilGone(cancel, conn, in)
		s.follow(ctx, conn)
		return false
	case requestAct:
		if s.handler.Act != nil {
			s.untilGone(cancel, conn, in)
			s.reply(conn, s.act(ctx, r))
			return false
		}
	}
	s.reply(conn, answer{Error: fmt.Sprintf("unknown request %q", r.Do)})
	return false
}

// handOver hands over the pair until the connection is closed.
func (s *server) handOver(ctx context.Context, cancel func(), conn net.Conn, in io.Reader) {
	s.untilGone(cancel, conn, in)
	takeBack, err := s.handler.HandOver(ctx)
	if err != nil {
		s.reply(conn, answer{Error: err.Error()})
		return
	}
	defer takeBack()
	if s.reply(conn, answer{}) {
		<-ctx.Done()
	}
}

// untilGone calls cancel when the client has gone.
func (s *server) untilGone(cancel func(), conn net.Conn, in io.Reader) {
	_ = conn.SetReadDeadline(time.Time{})
	s.work.Go(func() {
		_, _ = io.Copy(io.Discard, in)
		cancel()
	})
}

// followEvery is how often a pair is looked at for a client that follows it. It is all
// that following costs.
const followEvery = 200 * time.Millisecond

// aliveEvery is how often a report is sent that has not changed, so that the client knows that
// this process is there, and mostSilence how long a client waits for one.
var aliveEvery, mostSilence = 10 * time.Second, 30 * time.Second

// follow sends reports until ctx ends or the client does not take them.
func (s *server) follow(ctx context.Context, conn net.Conn) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	var last []byte
	var sent time.Time
	for {
		report := s.handler.Report()
		now, err := json.Marshal(report)
		if err != nil {
			return
		}
		if !bytes.Equal(now, last) || time.Since(sent) >= aliveEvery {
			if !s.reply(conn, answer{Report: &report}) {
				return
			}
			last, sent = now, time.Now()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// act does what a client asks for.
func (s *server) act(ctx context.Context, r request) answer {
	result, err := s.handler.Act(ctx, r.What, r.With)
	if err != nil {
		a := answer{Error: err.Error()}
		var refusal *Refusal
		if errors.As(err, &refusal) {
			a.Hint = refusal.Hint
		}
		return a
	}
	text, err := json.Marshal(result)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Result: text}
}

// reply reports whether the answer was sent.
func (s *server) reply(conn net.Conn, a answer) bool {
	text, err := json.Marshal(a)
	if err != nil {
		return false
	}
	_ = conn.SetWriteDeadline(time.Now().Add(idleTimeout))
	_, err = conn.Write(append(text, '\n'))
	return err == nil
}
