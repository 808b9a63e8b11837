package ftp

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"time"
)

// earlyBytes is how much of an upload may be sent before the server has agreed
// to take it: so much fits into the socket's buffers, and nothing waits.
const earlyBytes = 16 << 10

// A transfer is one command that moves data: where it is to be done, the
// command itself and what became of it.
type Transfer struct {
	Op, Path      string
	Before        Batch    // commands before all others, whose replies are nobody's condition
	Begun         func()   // called when those came, the final reply of the transfer before, and that this one begins; may be nil
	cwd           []string // commands right before it, which must succeed: CWD
	Offset        int64    // REST; 0: none
	Line          string   // MLSD, LIST, RETR x, STOR x
	Upload        bool
	Series        bool // one of several that follow one another: see swift.go
	Many          bool // and there are many
	UploadFollows bool // another upload follows, and the port for it may be asked for early: see onward.go
	outOfStep     bool // what came for that is no answer to it

	together bool          // the transfer command goes out with what comes before it
	limit    time.Duration // for the server to come, in place of the book's; 0: none

	data   *dataConn
	start  Reply // preliminary, or the refusal
	Final  Reply
	rests  bool  // REST went out before it
	early  bool  // start was made up; the real one is still to come
	Err    error // what went wrong on the control connection
	traces []*Trace
}

// aboutAddress matches refusals of PORT and EPRT that are about the address
// told: "500 Illegal PORT command." of vsftpd, "501 Rejected data connection to
// foreign address" of pyftpdlib.
var aboutAddress = regexp.MustCompile(`(?i)illegal|address|private|bounce|foreign|refus`)

// run opens a data connection in the first mode that works and gives the
// transfer command. With a nil error t.start is the server's answer: a
// preliminary reply, and t.data is connected; or a refusal.
func (c *controlConn) run(t *Transfer) error {
	if done, err := c.runPipelined(t); done {
		return err
	}
	modes, failed := c.modes.candidates()
	for _, m := range modes {
		l := newTrace(m, c.wire.LocalAddr(), c.wire.RemoteAddr())
		t.traces = append(t.traces, l)
		err := c.attempt(t, m, l)
		if err == nil {
			if t.start.Preliminary() {
				l.Works = true
				c.modes.worked(m)
			}
			return nil
		}
		var refused *modeError
		if !errors.As(err, &refused) {
			if c.lostIn(l) && !c.modes.isProven(m) {
				cut := l.fails("the control connection broke: "+err.Error(), causeControlCut)
				c.modes.failed(m, l)
				return &Error{Op: "opening a data connection", Class: Retry, Err: cut, Hint: l.Usually}
			}
			return err
		}
		c.o.Log.Info("data mode does not work", "mode", m.String(), "why", l.Why)
		if c.modes.toleratesFailure(m) {
			c.dead = true
			return &Error{Op: "opening a data connection", Class: Retry, Err: err, Hint: l.Usually}
		}
		c.modes.failed(m, l)
		failed = append(failed, l)
		if c.dead {
			return &Error{Op: "opening a data connection", Class: Retry, Err: err, Hint: l.Usually}
		}
	}
	e := &Error{Op: "opening a data connection", Class: Server, Err: errors.New(joinTraces(failed))}
	if len(failed) > 0 {
		e.Hint = "usually " + failed[0].Usually
	}
	return fatal(e)
}

const causeControlCut = "a firewall or router that inspects FTP and cuts a connection whose commands it does not like"

// lostIn reports whether the connection broke, or went silent, after the
// command for a data connection.
func (c *controlConn) lostIn(l *Trace) bool {
	return c.dead && c.last.Code != 421 && len(l.Steps) > 0 && c.watch.context().Err() == nil
}

// attempt gives the commands of a transfer with its data connection in mode m.
// A *modeError says that this mode does not work; the control connection is
// then dead or ready for another try.
func (c *controlConn) attempt(t *Transfer, m dataMode, l *Trace) error {
	t.start = Reply{}
	if m == modePORT && c.modes.unreached() {
		return l.fails("as by EPRT, nobody would come", causeActiveSilent)
	}
	ask := m.String()
	var d *dataListener
	if m.active() {
		var err error
		if d, err = c.listenForData(); err != nil {
			return err
		}
		defer d.close()
		if ask, err = c.portCommand(m, d); err == errNoIPv6 {
			return l.fails(err.Error(), "")
		} else if err != nil {
			return err
		}
	} else if m == modePASV && !addrOf(c.wire.RemoteAddr()).Is4() {
		return l.fails(errNoIPv6.Error(), "")
	}
	told, err := c.prepare(t, ask, d, l)
	if err != nil || t.start.Refused() {
		return err
	}
	if m.active() {
		return c.attemptActive(t, m, told, d, l)
	}
	return c.attemptPassive(t, m, told, l)
}

// prepare sends what comes before the transfer command and returns the answer
// to ask. A refusal of what must come before is in t.start. Some servers connect
// to the door as soon as they are asked and answer when they are in, so silence
// is a sign that they cannot.
func (c *controlConn) prepare(t *Transfer, ask string, d *dataListener, l *Trace) (told Reply, err error) {
	if told, ok := c.takePort(t, ask); ok {
		l.asked(ask)
		l.answered(told)
		return told, nil
	}
	unsent := append(append([]string(nil), t.cwd...), ask)
	if t.together {
		unsent = append(unsent, c.transferLines(t)...)
	}
	if !c.single {
		if err := c.send(append(slices.Clone(t.Before.lines), unsent...)...); err != nil {
			return Reply{}, err
		}
		unsent = nil
	}
	l.asked(ask)
	if err := c.readBefore(t); err != nil {
		return Reply{}, err
	}
	for _, line := range t.cwd {
		if unsent, err = c.sendNext(unsent); err != nil {
			return Reply{}, err
		}
		r, err := c.answerTo(line)
		if err != nil {
			return Reply{}, err
		}
		if !r.OK() && t.start.Code == 0 {
			t.start = r
		}
	}
	if _, err = c.sendNext(unsent); err != nil {
		return Reply{}, err
	}
	if limit := c.limitOf(t, l.mode); d != nil && !t.start.Refused() {
		if came, err := c.awaits(limit); err == nil && !came {
			return told, c.notReached(d, limit, l)
		}
	}
	if told, err = c.final(); err != nil {
		err = c.broken(verbOf(ask), err)
		l.silent("no answer: " + err.Error())
		return told, err
	}
	l.answered(told)
	if c.dead && !t.start.Refused() {
		if !c.modes.isProven(l.mode) {
			return told, l.fails("the server answers "+told.String(), causeCommandRefused)
		}
		return told, ReplyError(verbOf(ask), "", told)
	}
	return told, nil
}

// sendNext sends the first of lines that are to go one at a time, if there are
// any, and returns the others.
func (c *controlConn) sendNext(lines []string) ([]string, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	return lines[1:], c.send(lines[0])
}

func (c *controlConn) attemptPassive(t *Transfer, m dataMode, told Reply, l *Trace) error {
	to, err := c.passive(m, told, l)
	if err != nil {
		return err
	}
	// Where the mode is known to work, the transfer command goes out with the
	// connection: a round trip less. A connection that then fails costs the
	// session, because the server waits for it.
	eager := c.modes.isProven(m) || !t.Upload && c.modes.recalls(m)
	if eager {
		if err := c.sendTransfer(t, l); err != nil {
			return err
		}
	}
	conn, err := c.connect(to, c.modes.limit(m, c.watch.timeout), l)
	if err != nil {
		if eager && isOurs(err) {
			c.dead = true // the server waits for a connection
		} else if eager {
			return c.unconnected(t, err, l)
		}
		return err
	}
	if !eager {
		if err := c.sendTransfer(t, l); err != nil {
			conn.Close()
			return err
		}
	}
	if err := c.restarted(t); err != nil || t.start.Refused() {
		conn.Close()
		return err
	}
	t.data.bind(conn)
	if eager && t.Upload && !c.losesEarly() {
		t.early, t.start = true, Reply{150, "on its way"}
		return nil
	}
	return c.begin(t, l)
}

// losesEarly reports whether the server may lose an upload that is over before
// it has read the command. Such a server agrees to an upload at once, without
// waiting for the connection, so that its answer is no later.
func (c *controlConn) losesEarly() bool { return c.features.Has(LosesEarlyData) }

// unconnected looks why no connection came about after the transfer command was
// sent: servers that refuse the command close the port at once. err is why the
// connection failed.
func (c *controlConn) unconnected(t *Transfer, err error, l *Trace) error {
	if came, aerr := c.awaits(c.modes.trialTime(c.watch.timeout)); aerr != nil || !came {
		c.dead = true
		if aerr != nil {
			return c.broken(verbOf(t.Line), aerr)
		}
		return err
	}
	if rerr := c.restarted(t); rerr != nil || t.start.Refused() {
		return rerr
	}
	r, nerr := c.next()
	if nerr != nil {
		return c.broken(verbOf(t.Line), nerr)
	}
	l.answered(r)
	switch {
	case r.Code == 425:
		return err
	case !r.Refused():
		c.dead = true // it waits for a connection that will not come
		return err
	}
	t.start = r
	return nil
}

// sendTransfer sends REST, where wanted, and the transfer command in one piece. A
// position stays with the server when the transfer is refused, and with some
// when it succeeds, so the transfer after one with REST begins with REST as well.
func (c *controlConn) sendTransfer(t *Transfer, l *Trace) error {
	lines := c.transferLines(t)
	if t.rests && c.single {
		l.asked(lines[0])
		if err := c.send(lines[0]); err != nil {
			return err
		}
		err := c.restarted(t)
		if t.rests = false; err != nil || t.start.Refused() {
			return err
		}
		lines = lines[1:]
	}
	for _, line := range lines {
		l.asked(line)
	}
	return c.send(lines...)
}

func (c *controlConn) transferLines(t *Transfer) []string {
	if t.Offset == 0 && !c.rested {
		return []string{t.Line}
	}
	t.rests, c.rested = true, true
	return []string{fmt.Sprintf("REST %d", t.Offset), t.Line}
}

// limitOf returns how long the server may take to come in active mode m.
func (c *controlConn) limitOf(t *Transfer, m dataMode) time.Duration {
	if t.limit > 0 {
		return min(t.limit, c.watch.timeout)
	}
	return c.modes.limit(m, c.watch.timeout)
}

// restarted reads the reply to REST. A transfer from an offset that the server
// refused would begin at 0, so the connection is given up.
func (c *controlConn) restarted(t *Transfer) error {
	if !t.rests {
		return nil
	}
	r, err := c.final()
	if err != nil {
		return c.broken("REST", err)
	}
	c.rested = t.Offset > 0
	if r.Code != 350 {
		c.dead = true
		t.start = r
		if !r.Refused() {
			return &Error{Op: "REST", Path: t.Path, Class: Server, Code: r.Code, Reply: Printable(r.Text)}
		}
	}
	return nil
}

// begin reads the answer to the transfer command.
func (c *controlConn) begin(t *Transfer, l *Trace) (err error) {
	if t.start, err = c.next(); err != nil {
		return c.broken(verbOf(t.Line), err)
	}
	l.answered(t.start)
	if t.start.Preliminary() {
		return nil
	}
	t.data.abort()
	return c.declined(t, l)
}

// declined tells a refusal of the data connection from a refusal of what was
// asked.
func (c *controlConn) declined(t *Transfer, l *Trace) error {
	switch {
	case !t.start.Refused():
		c.dead = true
		return ReplyError(t.Op, t.Path, t.start)
	case t.start.Code == 425 && !mentionsReuse(t.start.Text) && !c.dead:
		usually := "a setting of the server, or a NAT that gives data connections another address than the control connection"
		if t.data == nil || t.data.wire == nil {
			usually = causeActiveSilent
		}
		return l.fails("the server answers "+t.start.String(), usually)
	}
	return nil
}

func (c *controlConn) attemptActive(t *Transfer, m dataMode, told Reply, d *dataListener, l *Trace) error {
	if !told.OK() {
		usually := causeCommandRefused
		if aboutAddress.MatchString(told.Text) {
			usually = causeActiveAddress
		}
		return l.fails("the server answers "+told.String(), usually)
	}
	if !t.together {
		if err := c.sendTransfer(t, l); err != nil {
			return err
		}
	}
	if err := c.restarted(t); err != nil || t.start.Refused() {
		return err
	}
	conn, err := c.acceptServer(t, d, c.limitOf(t, m), l)
	switch {
	case err != nil:
		return err
	case conn == nil:
		return c.declined(t, l)
	}
	t.data.bind(conn)
	return nil
}

// agreed reads the real answer to a transfer command that was answered for the
// server before. It reports whether the server goes on with the transfer.
func (t *Transfer) agreed(c *controlConn) (bool, error) {
	if !t.early {
		return true, nil
	}
	t.early = false
	r, err := c.next()
	if err != nil {
		return false, err
	}
	if !r.Preliminary() {
		t.Final = r
	}
	return r.Preliminary(), nil
}

// finish reads the final reply, for the library and for us.
func (t *Transfer) finish(c *controlConn) (Reply, error) {
	if t.Final.Code == 0 {
		if err := t.end(c); err != nil {
			t.Err = c.broken(verbOf(t.Line), err)
			return Reply{}, t.Err
		}
	}
	t.data.release()
	return t.Final, nil
}

// end waits for the final reply and, where the port for the next upload was asked
// for meanwhile, for that.
func (t *Transfer) end(c *controlConn) error {
	if going, err := t.agreed(c); err != nil || !going {
		return err
	}
	asked, err := c.askPortEarly(t)
	if err != nil {
		return err
	}
	r, err := c.final()
	if err != nil {
		return err
	}
	t.Final = r
	if asked && !c.dead {
		t.outOfStep = errors.Is(c.readEarlyPort(), errOutOfStep)
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
