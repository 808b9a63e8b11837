package daemon

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// ErrNobody is wrapped by the error of [Find] where no process watches the pair.
var ErrNobody = errors.New("nobody watches this pair")

// patience is how long a watching process may take to say what it is doing.
const patience = 5 * time.Second

// A Peer is a process that watches a pair.
type Peer struct {
	conn net.Conn
	in   *bufio.Reader
	pid  int
}

// Find connects to the process that watches the pair key, whose socket is known
// in dir. The error wraps [ErrNobody] where there is none.
func Find(ctx context.Context, dir, key string) (*Peer, error) {
	a, err := readAddress(dir, key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNobody, err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", a.Socket)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNobody, err)
	}
	return &Peer{conn: conn, in: bufio.NewReader(conn), pid: a.PID}, nil
}

// PID returns the number of the process.
func (p *Peer) PID() int { return p.pid }

// Close ends the connection. A pair that was lent is given back by that.
func (p *Peer) Close() error { return p.conn.Close() }

// Report asks what the pair is doing.
func (p *Peer) Report(ctx context.Context) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a, err := p.ask(ctx, askStatus)
	switch {
	case err != nil:
		return Report{}, err
	case a.Report == nil:
		return Report{}, errors.New("the watching process says nothing of the pair")
	}
	return *a.Report, nil
}

// Poke makes the process look at everything.
func (p *Peer) Poke(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := p.ask(ctx, askPoke)
	return err
}

// Lend waits until the process has let go of the pair, which it does at the end
// of a pass, and then has it until Close.
func (p *Peer) Lend(ctx context.Context) error {
	_, err := p.ask(ctx, askLend)
	return err
}

// ask sends one request and waits for its answer. When ctx ends before that the
// connection is closed.
func (p *Peer) ask(ctx context.Context, what string) (answer, error) {
	stop := context.AfterFunc(ctx, func() { _ = p.conn.Close() })
	defer stop()
	a, err := p.exchange(what)
	if cause := context.Cause(ctx); cause != nil {
		return a, fmt.Errorf("asking process %d, which watches this pair: %w", p.pid, cause)
	}
	if errors.Is(err, io.EOF) {
		err = errors.New("it has just ended")
	}
	if err == nil && a.Error != "" {
		err = errors.New(a.Error)
	}
	if err != nil {
		return a, fmt.Errorf("asking process %d, which watches this pair: %w", p.pid, err)
	}
	return a, nil
}

func (p *Peer) exchange(what string) (a answer, err error) {
	text, err := json.Marshal(request{Do: what})
	if err != nil {
		return a, err
	}
	if _, err := p.conn.Write(append(text, '\n')); err != nil {
		return a, err
	}
	line, err := p.in.ReadBytes('\n')
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(line, &a)
}
