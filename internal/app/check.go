package app

import (
	"context"
	"errors"

	"ferry/internal/ftp/check"
	"ferry/internal/ftp/third"
	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync/remote"
)

// mostSetgid is how many directories a note names.
const mostSetgid = 10

// Check connects to the server of a pair and finds out what it can do. The report has
// no data mode where none works. try asks for trials of all operations, in a directory that
// is made for them and removed again.
func (o *Opener) Check(ctx context.Context, p *Pair, try bool) (*ServerReport, error) {
	server, err := o.serverOptions(ctx, p)
	if err != nil {
		return nil, err
	}
	server.Notice = o.note
	report, err := remote.Check(ctx, server, try)
	if err == nil && p.Deploy != nil && len(report.Setgid) > 0 {
		report.Notes = append(report.Notes, "a deploy does not give its files the group of directories with a setgid bit: "+
			text.Some(report.Setgid, mostSetgid)+"; they get that of the work directory")
	}
	return report, connecting(p, err)
}

// CheckBetween finds out whether the servers of a copy send files to each other, in both directions.
func (o *Opener) CheckBetween(ctx context.Context, p *Pair) (found *check.Between, err error) {
	pairs := [2]*Pair{p, p.Target}
	var both [2]remote.Options
	for i, p := range pairs {
		if both[i], err = o.serverOptions(ctx, p); err != nil {
			return nil, err
		}
		both[i].Notice, both[i].Link = o.note, &third.Link{Mode: pairs[0].Between}
	}
	found, at, err := remote.CheckBetween(ctx, both)
	return found, connecting(pairs[at], err)
}

// TestConnection logs in, and reports whether the remote directory is there. It is an
// error if something else has its name.
func (o *Opener) TestConnection(ctx context.Context, p *Pair) (found bool, err error) {
	far, err := o.connect(ctx, p)
	if err != nil {
		return false, err
	}
	root, err := far.Root(ctx, false)
	if err := errors.Join(err, far.Close()); err != nil {
		return false, err
	}
	if root.Kind != manifest.Dir && root.Kind != manifest.None {
		return false, notDirectory(p.Remote.String(), root.Kind)
	}
	return root.Kind == manifest.Dir, nil
}
