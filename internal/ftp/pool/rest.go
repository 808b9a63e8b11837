package pool

import (
	"context"
	stdsync "sync"
	"time"
)

// restAnswer is how long a session that rests may take to say that it lives.
const restAnswer = 2 * time.Second

// Rest is told that nothing was asked of the server for a minute or so, and
// again from time to time. Of the sessions that nobody uses it closes all but one
// with QUIT, so that they take nobody's place. The one that is left is kept awake
// with NOOP for as long as the server allows that (RFC 959 section 4.1.3); none is opened
// in its place, since the next pass does that. Rest takes [restAnswer] at most,
// also when ctx ends in the middle of it: a command that is under way is waited for,
// because breaking it off would cost the session.
func (p *Pool) Rest(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	p.remember()
	idle := p.takeIdle(anyone)
	if len(idle) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), restAnswer)
	defer cancel()
	last := len(idle) - 1
	var all stdsync.WaitGroup
	for _, one := range idle[:last] {
		all.Go(func() { p.drop(one.session) })
	}
	if idle[last].isAlive(ctx) {
		p.giveBack(idle[last].session)
	} else {
		p.drop(idle[last].session)
	}
	all.Wait()
}
