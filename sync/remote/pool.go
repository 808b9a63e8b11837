package remote

import "context"

// A pool lends sessions of one server.
type pool struct{}

func newPool(o Options) *pool { return &pool{} }

func (p *pool) do(ctx context.Context, op string, f func(ctx context.Context, s *session) error) error {
	return errTodo
}

func (p *pool) once(ctx context.Context, f func(ctx context.Context, s *session) error) error {
	return errTodo
}

func (p *pool) lend(ctx context.Context) (*session, error) { return nil, errTodo }
func (p *pool) giveBack(s *session)                        {}
func (p *pool) close() error                               { return nil }
