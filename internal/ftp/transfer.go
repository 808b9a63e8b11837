package ftp

import (
	"errors"
	"net"
	"slices"
)

// A Transfer is one command that moves data over a data connection: what is
// wanted, and what became of it.
type Transfer struct {
	Op, Path string // what is being done and to what, for errors
	Line     string // the command: MLSD, LIST, RETR x, STOR x
	offset   int64  // for REST; 0: none
	upload   bool

	// Before is sent first. Its replies are not checked, but for whether they can be
	// replies to these commands at all. Nothing may be concluded from them until
	// Begun is called: then they have come, and with them the final reply to the
	// transfer before, and the server has begun with this one, which shows that there
	// was not one reply too many. Begun may be nil.
	Before Batch
	Begun  func()
	cwd    []string // sent next; these must succeed

	// Series says that several small transfers from the server follow one another,
	// and Many that there are many, so that it may pay to try active mode for them;
	// see pipelined_active.go.
	Series, Many bool
	// UploadFollows says that another small upload follows, so that the port for it
	// may be asked for early; see early_epsv.go.
	UploadFollows bool

	// Final is the final reply, the zero reply before it has come. Err says what went
	// wrong on the control connection.
	Final Reply
	Err   error

	data      *dataConn
	command   *awaited // to Line, once it is out
	start     Reply    // preliminary, or the refusal
	early     bool     // start was made up; the real one is still to come
	outOfStep bool     // the reply to a command that was sent early does not fit
	traces    []*Trace
}

// ListTransfer makes dir, an absolute path, the working directory and lists it;
// "" is the one that is. No path is given to the listing command itself: servers
// take one for options or patterns, and some answer 226 for what is not there.
func ListTransfer(dir string, form ListForm) *Transfer {
	t := &Transfer{Op: "listing", Path: dir, Line: form.command()}
	if dir != "" {
		t.cwd = []string{"CWD " + dir}
	}
	return t
}

// RetrTransfer fetches a file from offset on.
func retrieveTransfer(path string, offset int64) *Transfer {
	return &Transfer{Op: "RETR", Path: path, Line: "RETR " + path, offset: offset}
}

// StorTransfer writes a file from offset on.
func StorTransfer(path string, offset int64) *Transfer {
	return &Transfer{Op: "STOR", Path: path, Line: "STOR " + path, offset: offset, upload: true}
}

// check refuses what cannot be sent before anything is.
func (t *Transfer) check() error {
	for _, line := range slices.Concat([]string{t.Line}, t.cwd, t.Before.lines) {
		if err := CheckLine(line); err != nil {
			return err
		}
	}
	return nil
}

// nowBegun tells whoever waits for it that the server has begun with t.
func (t *Transfer) nowBegun() {
	if t.Begun != nil {
		t.Begun()
		t.Begun = nil
	}
}

// ended notes the final reply of a transfer that had begun. Everything has
// arrived by then.
func (t *Transfer) ended(r Reply, err error) {
	if !t.start.Preliminary() {
		return // a refusal: that is how it starts
	}
	t.Final = r
	if err != nil {
		t.Err = err
	}
	t.data.stopDraining()
}

// agreed reads the real answer to a transfer command that was taken for granted
// before. It reports whether the server goes on with the transfer.
func (t *Transfer) readStart(c *controlConn) (bool, error) {
	if !t.early {
		return true, nil
	}
	t.early = false
	r, err := c.awaitStart(t.command)
	return err == nil && r.Preliminary(), err
}

// finish reads the final reply, for the library and for us.
func (t *Transfer) finish(c *controlConn) (Reply, error) {
	if t.Final.Code == 0 {
		if err := t.end(c); err != nil {
			t.Err = c.broken(verbOf(t.Line), err)
			return Reply{}, t.Err
		}
	}
	t.data.stopDraining()
	return t.Final, nil
}

// end waits for the final reply and, where the port for the next upload was asked
// for meanwhile, for that.
func (t *Transfer) end(c *controlConn) error {
	if begun, err := t.readStart(c); err != nil || !begun {
		return err
	}
	port, err := c.askPortEarly(t)
	if err != nil {
		return err
	}
	if _, err := c.await(t.command); err != nil {
		return err
	}
	if port != nil && !c.dead {
		c.readEarlyPort(t, port)
	}
	return nil
}

// newTransfer prepares the next transfer.
func (c *controlConn) newTransfer(t *Transfer) {
	t.data = &dataConn{c: c, t: t}
	c.transfer = t
}

// dialData is what the library calls for a data connection.
func (c *controlConn) dialData() (net.Conn, error) {
	if c.transfer == nil {
		return nil, errors.New("no transfer wanted")
	}
	return c.transfer.data, nil
}
