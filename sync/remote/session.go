package remote

import (
	"context"
	"errors"
	"io"
)

var errTodo = errors.New("not yet")

// listForm is the command that lists a directory.
type listForm uint8

const (
	formMLSD listForm = iota
	formLIST
	formLISTa // LIST -a
)

// A rawListing is what came over the data connection, and how it ended.
type rawListing struct {
	data  []byte
	final reply
	// clean says that the data connection ended with FIN, and under TLS with
	// close_notify.
	clean bool
}

// A session is one control connection, logged in. One goroutine uses it at a
// time, as the pool lends it.
type session struct{ f *features }

func (s *session) cmd(ctx context.Context, line string) (reply, error) { return reply{}, errTodo }

func (s *session) batch(ctx context.Context, lines []string) ([]reply, error) { return nil, errTodo }

func (s *session) list(ctx context.Context, dir string, form listForm) (rawListing, error) {
	return rawListing{}, errTodo
}

func (s *session) retr(ctx context.Context, path string, offset int64) (*download, error) {
	return nil, errTodo
}

func (s *session) stor(ctx context.Context, path string, offset int64, r io.Reader) (sent int64, final reply, err error) {
	return 0, reply{}, errTodo
}

func (s *session) features() *features { return s.f }

func (s *session) mustReply(op, path string, r reply, want ...int) error { return errTodo }

type download struct{}

func (d *download) Read(p []byte) (int, error)             { return 0, errTodo }
func (d *download) finish(ctx context.Context) (reply, error) { return reply{}, errTodo }
func (d *download) abort()                                  {}
