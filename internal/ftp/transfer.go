package ftp

import (
	"errors"
	"ferry/internal/ftp/wire"
	"net"
	"slices"
	"time"
)

// A Transfer is one command that moves data over a data connection, with what it needs
// and what became of it. It is used once. Its exported fields are set before it begins,
// but Final and Err are results.
type Transfer struct {
	Op, Path string // the operation and its path, for errors
	Line     string // the command: MLSD, LIST, RETR x, STOR x
	offset   int64  // for REST; 0: none
	upload   bool

	// Before is sent first. Of its replies only their place is checked: whether they
	// can belong to these commands at all. Nothing may be concluded from them until
	// Begun is called, which may be nil. Then all replies have come, also the final one
	// of the transfer before, and the server has begun this transfer, which shows that
	// there was no extra reply.
	Before Batch
	Begun  func()
	cwd    []string // sent next; each must succeed

	// Series says that several small transfers from the server follow one another. Many
	// says that there are enough of them to try pipelined active mode; see
	// [PipelineFrom].
	Series, Many bool
	// UploadFollows says that another small upload follows, so EPSV for it may be sent
	// early; see [Session.ConfirmsLate].
	UploadFollows bool

	// Size is how many bytes the file has; 0: that is not known. Name is the name that tells what is
	// in it; "": Path.
	Size int64
	Name string
	// Deflate has the data go in MODE Z where the server knows it, and says afterwards whether they
	// did. Trial says that it is the first download that does: its size must be Size. See
	// [deflate.Line.BeginTrial].
	Deflate, Trial bool

	// Final is the final reply, the zero reply before that has come. Err is the error
	// of the control connection.
	Final Reply
	Err   error

	patient bool // content is sent only after the server has begun the upload
	whole   bool // its paths went out as they are, see spaces.go

	data      *dataConn
	command   *awaited // the reply to Line, once that was sent
	start     Reply    // the preliminary reply, or the refusal
	early     bool     // start is assumed; the real reply is still to come
	outOfStep bool     // the reply to an early EPSV does not fit
	traces    []*Trace
}

// opListing is the operation of a listing.
const opListing = "listing"

// ListTransfer makes dir, an absolute path, the working directory and lists it; ""
// lists the current one. The listing command itself gets no path: servers read options
// and patterns in one, and some reply 226 for a directory that does not exist.
func ListTransfer(dir string, form ListForm) *Transfer {
	t := &Transfer{Op: opListing, Path: dir, Line: form.Command()}
	if dir != "" {
		t.cwd = []string{"CWD " + dir}
	}
	return t
}

// retrieveTransfer downloads a file, from offset on.
func retrieveTransfer(path string, offset int64) *Transfer {
	return &Transfer{Op: "RETR", Path: path, Line: "RETR " + path, offset: offset}
}

// StorTransfer uploads a file, from offset on.
func StorTransfer(path string, offset int64) *Transfer {
	return &Transfer{Op: "STOR", Path: path, Line: "STOR " + path, offset: offset, upload: true}
}

// Resumes reports whether t begins in the middle of a file.
func (t *Transfer) Resumes() bool { return t.offset > 0 }

// check fails where a command cannot be sent; see [CheckLine].
func (t *Transfer) check() error {
	for _, line := range slices.Concat([]string{t.Line}, t.cwd, t.Before.lines) {
		if err := CheckLine(line); err != nil {
			return err
		}
	}
	return nil
}

// declined reports whether the server refused the transfer command itself, and none of
// those before it.
func (t *Transfer) declined() bool { return t.command != nil && t.command.reply.Refused() }

// nowBegun calls Begun, once.
func (t *Transfer) nowBegun() {
	if t.Begun != nil {
		t.Begun()
		t.Begun = nil
	}
}

// ended notes the final reply of a transfer that had begun.
func (t *Transfer) ended(r Reply, err error) {
	if !t.start.Preliminary() {
		return // a refusal is not a final reply; it is in start
	}
	t.Final = r
	if err != nil {
		t.Err = err
	}
	t.data.stopDraining()
}

// readStart reads the real preliminary reply where it was assumed before. It reports
// whether the server has begun the transfer.
func (t *Transfer) readStart(c *controlConn) (bool, error) {
	if !t.early {
		return true, nil
	}
	t.early = false
	r, err := c.awaitStart(t.command)
	if err == nil && t.endsUnannounced(c, r) {
		return true, nil
	}
	if err == nil && r.Refused() && !t.upload {
		t.Final = r
	}
	return err == nil && r.Preliminary(), err
}

// finish reads and returns the final reply.
func (t *Transfer) finish(c *controlConn) (Reply, error) {
	if t.Final.Code == 0 {
		if err := t.end(c); err != nil {
			t.Err = c.broken(wire.Verb(t.Line), err)
			return Reply{}, t.Err
		}
	}
	t.data.stopDraining()
	return t.Final, nil
}

// end waits for the final reply and, where EPSV for the next upload was sent meanwhile,
// for the reply to that.
func (t *Transfer) end(c *controlConn) error {
	if begun, err := t.readStart(c); err != nil || !begun || t.Final.Code != 0 {
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

// newTransfer makes t the current transfer.
func (c *controlConn) newTransfer(t *Transfer) {
	t.data = &dataConn{c: c, t: t}
	c.transfer = t
	c.count(t)
}

// count notes that t begins.
func (c *controlConn) count(t *Transfer) {
	now := time.Now()
	if !c.busySince.IsZero() {
		c.traffic.Jobs.Add(1)
		c.traffic.JobTime.Add(int64(now.Sub(c.busySince)))
	}
	c.busySince = now
	if t.Op == opListing {
		c.traffic.Listings.Add(1)
	} else {
		c.traffic.Files.Add(1)
	}
}

// dialData returns the data connection of the current transfer; the library calls it.
func (c *controlConn) dialData() (net.Conn, error) {
	if c.transfer == nil {
		return nil, errors.New("no transfer wanted")
	}
	return c.transfer.data, nil
}
