package read

import (
	"context"
	"io"
)

// read is [file.Read] through the segments.
func (g *segments) read(p []byte) (int, error) {
	f := g.file
	g.prepare()
	for f.err == nil {
		room, q := g.here(min(len(p), ownBytes))
		var n int
		var err error
		if q == nil {
			n, err = g.readOwn(p[:room])
		} else {
			n, err = g.readPart(q, p[:room])
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, f.err
}

// prepare prepares the place, if that was asked for. Nobody writes to it while the file is read.
func (g *segments) prepare() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.wanted || g.ready || g.hopeless {
		return
	}
	if err := g.place.Begin(); err != nil {
		g.file.opts.Log.Info("this file is read over one connection", "path", g.file.At, "because", err)
		g.hopeless = true
		return
	}
	g.ready = true
	select {
	case g.kick <- struct{}{}:
	default:
	}
}

// here returns the segment that the file has come to, or nil and how many of most bytes it
// reads by itself before the next one.
func (g *segments) here(most int) (int, *segment) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.parts) > 0 {
		q := g.parts[0]
		if q.over && (q.at <= g.pos || q.at == q.from) {
			g.parts = g.parts[1:] // nothing came, or the file is behind it
			continue
		}
		if g.pos < q.from {
			return int(min(int64(most), q.from-g.pos)), nil
		}
		return most, q
	}
	return most, nil
}

// readOwn reads on the connection of the file itself.
func (g *segments) readOwn(p []byte) (int, error) {
	f := g.file
	if f.data == nil {
		if f.pos >= g.size {
			return 0, io.EOF
		}
		f.err = f.start()
		g.change(func() { g.own = f.data != nil })
		return 0, f.err
	}
	n, err := f.readOn(p)
	g.change(func() { g.pos = f.pos; g.received += int64(n) })
	return n, err
}

// readPart reads what is in place of q. It reads nothing where q does not belong there, or
// ended early.
func (g *segments) readPart(q *segment, p []byte) (int, error) {
	f := g.file
	if !q.joined {
		if !g.belongs(q, f.tail) {
			if f.ctx.Err() != nil {
				f.err = context.Cause(f.ctx)
				return 0, f.err
			}
			f.opts.Log.Info("the rest of this file is read over one connection", "path", f.At, "because", "its parts do not fit together")
			g.giveUp()
			return 0, nil
		}
		q.joined, f.partly = true, true
		f.release()
		g.change(func() { g.own = false })
	}
	n := min(int64(len(p)), g.await(q)-f.pos)
	if f.ctx.Err() != nil {
		f.err = context.Cause(f.ctx)
		return 0, f.err
	}
	if n <= 0 {
		return 0, nil // here takes it away
	}
	k, err := g.place.ReadAt(p[:n], f.pos)
	if int64(k) < n {
		f.err = err
		return 0, err
	}
	f.pos += n
	f.keepTail(p[:n])
	g.change(func() { g.pos = f.pos })
	return int(n), nil
}

// await waits until q has more than the file, and returns how far it has come. The end of the
// last segment counts once the server has said that it is the end.
func (g *segments) await(q *segment) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !q.over && (q.at <= g.pos || q.at == g.size) && g.ctx.Err() == nil {
		g.changed.Wait()
	}
	return q.at
}

// giveUp ends all segments. What they brought has to be read again.
func (g *segments) giveUp() {
	g.stop()
	g.change(func() { g.parts, g.hopeless = nil, true })
	g.place.Drop(g.file.pos)
}
