package daemon

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"
)

// ErrNotWatched is wrapped by the error of [Find] if no process watches the pair.
var ErrNotWatched = errors.New("no process watches this pair")

// answerTimeout is how long a watching process may take to answer.
const answerTimeout = 5 * time.Second

// A Peer is a connection to a process that watches a pair.
type Peer struct {
	conn net.Conn
	in   *bufio.Reader
	pid  int
}

// Find connects to the process that watches the pair with the given key. dir is the
// directory that was given to [Acquire]. The error wraps [ErrNotWatched] if there is
// no such process.
func Find(ctx context.Context, dir, key string) (*Peer, error) {
	a, err := readAddress(dir, key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotWatched, err)
	}
	if made := filepath.Dir(a.Socket); madeFor(made, dir) {
		// When the process is gone, another user can make the directory again.
		at, err := os.Lstat(made)
		file, err2 := os.Lstat(addressFile(dir, key))
		if err := errors.Join(err, err2); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotWatched, err)
		}
		if !private(at, file) {
			return nil, fmt.Errorf("%w: %s does not belong to the user of %s alone", ErrNotWatched, made, dir)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", a.Socket)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotWatched, err)
	}
	return &Peer{conn: conn, in: bufio.NewReader(conn), pid: a.PID}, nil
}

// PID returns the ID of the process.
func (p *Peer) PID() int { return p.pid }

// Close closes the connection. A pair that was taken over goes back to the process.
func (p *Peer) Close() error { return p.conn.Close() }

// Report returns what the pair is doing.
func (p *Peer) Report(ctx context.Context) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	a, err := p.ask(ctx, request{Do: requestStatus})
	switch {
	case err != nil:
		return Report{}, err
	case a.Report == nil:
		return Report{}, errors.New("the watching process sent no report")
	}
	return *a.Report, nil
}

// Poke asks the process for a full pass now.
func (p *Peer) Poke(ctx context.Context) error { return p.tell(ctx, requestPoke) }

// Pause has the process let go of the pair until Resume.
func (p *Peer) Pause(ctx context.Context) error { return p.tell(ctx, requestPause) }

// Resume ends a pause.
func (p *Peer) Resume(ctx context.Context) error { return p.tell(ctx, requestResume) }

func (p *Peer) tell(ctx context.Context, what string) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	_, err := p.ask(ctx, request{Do: what})
	return err
}

// Follow calls f with a report now, after every change and now and then, until ctx ends, or
// the process does or says nothing for long. It uses the connection up.
func (p *Peer) Follow(ctx context.Context, f func(Report)) error {
	a, err := p.ask(ctx, request{Do: requestFollow})
	defer context.AfterFunc(ctx, func() { _ = p.conn.Close() })()
	for err == nil {
		if a.Report == nil {
			return errors.New("the watching process sent no report")
		}
		f(*a.Report)
		_ = p.conn.SetReadDeadline(time.Now().Add(mostSilence))
		a, err = p.read()
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return fmt.Errorf("following process %d, which watches this pair: %w", p.pid, err)
}

// Act has the process do something with the pair, see [Handler.Act], and decodes the
// answer into result. An error of the act itself is a [Refusal]. It uses the connection up.
func (p *Peer) Act(ctx context.Context, what string, with, result any) error {
	text, err := json.Marshal(with)
	if err != nil {
		return err
	}
	a, err := p.ask(ctx, request{Do: requestAct, What: what, With: text})
	switch {
	case err != nil && a.Error != "":
		return &Refusal{a.Error, a.Hint}
	case err != nil:
		return err
	}
	return json.Unmarshal(a.Result, result)
}

// TakeOver waits until the process has ended its pass and closed the pair. The
// caller can then work on the pair until it calls Close.
func (p *Peer) TakeOver(ctx context.Context) error {
	_, err := p.ask(ctx, request{Do: requestHandover})
	return err
}

// ask sends one request and waits for its answer. If ctx is cancelled before that,
// the connection is closed.
func (p *Peer) ask(ctx context.Context, what request) (answer, error) {
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

func (p *Peer) exchange(what request) (a answer, err error) {
	text, err := json.Marshal(what)
	if err != nil {
		return a, err
	}
	if _, err := p.conn.Write(append(text, '\n')); err != nil {
		return a, err
	}
	return p.read()
}

// read reads one answer.
func (p *Peer) read() (a answer, err error) {
	line, err := p.in.ReadBytes('\n')
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(line, &a)
}
