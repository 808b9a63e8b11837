// Package chmod sets the permission bits of files on a server.
package chmod

import (
	"context"

	"ferry/internal/ftp"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/read"
)

// A Server is what the files are on.
type Server interface {
	read.Server
	// Do is [pool.Pool.Do].
	Do(ctx context.Context, op string, f func(ctx context.Context, s *ftp.Session) error) error
	// Modes tells the user what was not set.
	Modes() *Notes
}

// A change is one SetMode step under way.
type change struct {
	target read.Target
	mode   uint16
	reply  ftp.Reply
	err    error
}

// Apply carries out SetMode steps. Each file is looked at first. Where the server does not
// set permission bits, that is said, and is no error. The entries of the outcomes have no
// bits but those that a listing showed: a reply alone does not tell that they are set.
func Apply(ctx context.Context, srv Server, steps []sync.Step, outs []sync.Outcome) {
	all := make([]*change, len(steps))
	for i, step := range steps {
		all[i] = &change{mode: step.Want.Mode, target: read.Target{Wanted: sync.Wanted{Path: step.Path, Entry: step.Expect}}}
		all[i].target.At, all[i].err = srv.Path(all[i].target.Wanted)
	}
	err := srv.Do(ctx, "setting modes", func(ctx context.Context, s *ftp.Session) error { return run(ctx, srv, s, all) })
	for i, c := range all {
		switch {
		case c.err != nil:
			outs[i].Err = c.err
		case err != nil:
			outs[i].Err = err
		default:
			outs[i].Entry = c.outcome(srv, steps[i].Expect)
		}
	}
}

// run looks at the files and sends the commands.
func run(ctx context.Context, srv Server, s *ftp.Session, all []*change) error {
	var b ftp.Batch
	for _, c := range all {
		if c.err != nil {
			continue
		}
		answer, err := srv.Look(ctx, s, c.target)
		if err != nil {
			return err
		}
		if c.err = answer.Err; c.err == nil {
			ftp.ExpectSetMode(&b, s.Features(), c.target.At, c.mode, &c.reply)
		}
	}
	return b.Run(ctx, s)
}

// outcome returns what is known of the file after the command. was is what it was before.
func (c *change) outcome(srv Server, was manifest.Entry) manifest.Entry {
	switch {
	case c.reply.OK():
		was.Mode = 0
	case c.reply.Code == 0 || ftp.MeansUnknownCommand(c.reply):
		srv.Modes().None()
	default:
		srv.Modes().Not(c.target.At, ftp.ReplyError("SITE CHMOD", c.target.At, c.reply))
	}
	return was
}
