package daemon

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// idle is how long somebody may be connected without asking.
const idle = 30 * time.Second

// A server answers the connections of one socket.
type server struct {
	handler Handler
	stop    context.CancelFunc
	work    sync.WaitGroup
}

// Serve begins to answer with h. It is called once.
func (c *Claimed) Serve(h Handler) {
	if c.listener == nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &server{handler: h, stop: stop}
	c.served = s
	listener := c.listener
	s.work.Go(func() { s.accept(ctx, listener) })
	context.AfterFunc(ctx, func() { _ = listener.Close() })
}

// close ends all connections and returns when they are gone.
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
		case err != nil: // out of descriptors, as likely as not
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		default:
			s.work.Go(func() { s.talk(ctx, conn) })
		}
	}
}

// talk answers the requests of one connection, until it is closed or asks for
// something that is not understood.
func (s *server) talk(ctx context.Context, conn net.Conn) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer conn.Close()
	in := bufio.NewReaderSize(conn, maxLine)
	for {
		_ = conn.SetReadDeadline(time.Now().Add(idle))
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			s.reply(conn, answer{Error: "the request is too long"})
		}
		if err != nil {
			return
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			s.reply(conn, answer{Error: "a request is a JSON object on one line"})
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
	case askStatus:
		report := s.handler.Report()
		return s.reply(conn, answer{Report: &report})
	case askPoke:
		s.handler.Poke()
		return s.reply(conn, answer{})
	case askLend:
		s.lend(ctx, cancel, conn, in)
		return false
	}
	s.reply(conn, answer{Error: fmt.Sprintf("nothing is known of %q", r.Do)})
	return false
}

// lend lets go of the pair for as long as the connection stands.
func (s *server) lend(ctx context.Context, cancel func(), conn net.Conn, in io.Reader) {
	_ = conn.SetReadDeadline(time.Time{})
	s.work.Go(func() {
		_, _ = io.Copy(io.Discard, in)
		cancel()
	})
	giveBack, err := s.handler.Lend(ctx)
	if err != nil {
		s.reply(conn, answer{Error: err.Error()})
		return
	}
	defer giveBack()
	if s.reply(conn, answer{}) {
		<-ctx.Done()
	}
}

// reply reports whether the answer was sent.
func (s *server) reply(conn net.Conn, a answer) bool {
	text, err := json.Marshal(a)
	if err != nil {
		return false
	}
	_ = conn.SetWriteDeadline(time.Now().Add(idle))
	_, err = conn.Write(append(text, '\n'))
	return err == nil
}
