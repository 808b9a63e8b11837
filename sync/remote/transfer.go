package remote

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"
)

// earlyBytes is how much of an upload may be sent before the server has agreed
// to take it: so much fits into the socket's buffers, and nothing waits.
const earlyBytes = 16 << 10

// A transfer is one command that moves data: where it is to be done, the
// command itself and what became of it.
type transfer struct {
	op, path string
	ahead    script   // commands before all others, whose replies are nobody's condition
	passed   func()   // called when those came, the final reply of the transfer before, and that this one begins; may be nil
	before   []string // commands right before it, which must succeed: CWD
	offset   int64    // REST; 0: none
	line     string   // MLSD, LIST, RETR x, STOR x
	upload   bool
	swift    bool // one of several that follow one another: see swift.go
	many     bool // and there are many
	onward   bool // another upload follows, and the port for it may be asked for early: see onward.go
	astray   bool // what came for that is no answer to it

	together bool          // the transfer command goes out with what comes before it
	limit    time.Duration // for the server to come, in place of the book's; 0: none

	data    *dataConn
	start   reply // preliminary, or the refusal
	final   reply
	rests   bool  // REST went out before it
	early   bool  // start was made up; the real one is still to come
	err     error // what went wrong on the control connection
	ladders []*Ladder
}

// aboutAddress matches refusals of PORT and EPRT that are about the address
// told: "500 Illegal PORT command." of vsftpd, "501 Rejected data connection to
// foreign address" of pyftpdlib.
var aboutAddress = regexp.MustCompile(`(?i)illegal|address|private|bounce|foreign|refus`)

// run opens a data connection in the first mode that works and gives the
// transfer command. With a nil error t.start is the server's answer: a
// preliminary reply, and t.data is connected; or a refusal.
func (c *control) run(t *transfer) error {
	if done, err := c.runSwiftly(t); done {
		return err
	}
	modes, failed := c.book.order()
	for _, m := range modes {
		l := newLadder(m, c.wire.LocalAddr(), c.wire.RemoteAddr())
		t.ladders = append(t.ladders, l)
		err := c.attempt(t, m, l)
		if err == nil {
			if t.start.preliminary() {
				l.Works = true
				c.book.works(m)
			}
			return nil
		}
		var refused *modeError
		if !errors.As(err, &refused) {
			if c.lostIn(l) && !c.book.isProven(m) {
				cut := l.fails("the control connection broke: "+err.Error(), usuallyControlCut)
				c.book.fails(m, l)
				return &Error{Op: "opening a data connection", Class: Retry, Err: cut, Hint: l.Usually}
			}
			return err
		}
		c.o.Log.Info("data mode does not work", "mode", m.String(), "why", l.Why)
		if c.book.strike(m) {
			c.dead = true
			return &Error{Op: "opening a data connection", Class: Retry, Err: err, Hint: l.Usually}
		}
		c.book.fails(m, l)
		failed = append(failed, l)
		if c.dead {
			return &Error{Op: "opening a data connection", Class: Retry, Err: err, Hint: l.Usually}
		}
	}
	e := &Error{Op: "opening a data connection", Class: Server, Err: errors.New(tellModes(failed))}
	if len(failed) > 0 {
		e.Hint = "usually " + failed[0].Usually
	}
	return fatal(e)
}

const usuallyControlCut = "a firewall or router that inspects FTP and cuts a connection whose commands it does not like"

// lostIn reports whether the connection broke, or went silent, after the
// command for a data connection.
func (c *control) lostIn(l *Ladder) bool {
	return c.dead && c.last.code != 421 && len(l.Steps) > 0 && c.watch.context().Err() == nil
}

// attempt gives the commands of a transfer with its data connection in mode m.
// A *modeError says that this mode does not work; the control connection is
// then dead or ready for another try.
func (c *control) attempt(t *transfer, m dataMode, l *Ladder) error {
	t.start = reply{}
	if m == modePORT && c.book.unreached() {
		return l.fails("as by EPRT, nobody would come", usuallyActiveSilent)
	}
	ask := m.String()
	var d *door
	if m.active() {
		var err error
		if d, err = c.openDoor(); err != nil {
			return err
		}
		defer d.close()
		if ask, err = c.invitation(m, d); err == errNoIPv6 {
			return l.fails(err.Error(), "")
		} else if err != nil {
			return err
		}
	} else if m == modePASV && !addrOf(c.wire.RemoteAddr()).Is4() {
		return l.fails(errNoIPv6.Error(), "")
	}
	told, err := c.prepare(t, ask, d, l)
	if err != nil || t.start.refused() {
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
func (c *control) prepare(t *transfer, ask string, d *door, l *Ladder) (told reply, err error) {
	if told, ok := c.takePort(t, ask); ok {
		l.asked(ask)
		l.answered(told)
		return told, nil
	}
	unsent := append(append([]string(nil), t.before...), ask)
	if t.together {
		unsent = append(unsent, c.transferLines(t)...)
	}
	if !c.single {
		if err := c.send(append(slices.Clone(t.ahead.lines), unsent...)...); err != nil {
			return reply{}, err
		}
		unsent = nil
	}
	l.asked(ask)
	if err := c.pass(t); err != nil {
		return reply{}, err
	}
	for _, line := range t.before {
		if unsent, err = c.sendNext(unsent); err != nil {
			return reply{}, err
		}
		r, err := c.answerTo(line)
		if err != nil {
			return reply{}, err
		}
		if !r.ok() && t.start.code == 0 {
			t.start = r
		}
	}
	if _, err = c.sendNext(unsent); err != nil {
		return reply{}, err
	}
	if limit := c.limitOf(t, l.mode); d != nil && !t.start.refused() {
		if came, err := c.awaits(limit); err == nil && !came {
			return told, c.nobody(d, limit, l)
		}
	}
	if told, err = c.final(); err != nil {
		err = c.broken(verbOf(ask), err)
		l.silent("no answer: " + err.Error())
		return told, err
	}
	l.answered(told)
	if c.dead && !t.start.refused() {
		if !c.book.isProven(l.mode) {
			return told, l.fails("the server answers "+told.String(), usuallyCommandRefused)
		}
		return told, replyError(verbOf(ask), "", told)
	}
	return told, nil
}

// sendNext sends the first of lines that are to go one at a time, if there are
// any, and returns the others.
func (c *control) sendNext(lines []string) ([]string, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	return lines[1:], c.send(lines[0])
}

func (c *control) attemptPassive(t *transfer, m dataMode, told reply, l *Ladder) error {
	to, err := c.passive(m, told, l)
	if err != nil {
		return err
	}
	// Where the mode is known to work, the transfer command goes out with the
	// connection: a round trip less. A connection that then fails costs the
	// session, because the server waits for it.
	eager := c.book.isProven(m) || !t.upload && c.book.recalls(m)
	if eager {
		if err := c.sendTransfer(t, l); err != nil {
			return err
		}
	}
	conn, err := c.connect(to, c.book.limit(m, c.watch.timeout), l)
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
	if err := c.restarted(t); err != nil || t.start.refused() {
		conn.Close()
		return err
	}
	t.data.bind(conn)
	if eager && t.upload && !c.losesEarly() {
		t.early, t.start = true, reply{150, "on its way"}
		return nil
	}
	return c.begin(t, l)
}

// losesEarly reports whether the server may lose an upload that is over before
// it has read the command: pyftpdlib takes the end of the data connection for
// the end of the way, and waits for another. It agrees to an upload at once,
// without waiting for the connection, so that its answer is no later.
func (c *control) losesEarly() bool {
	return strings.Contains(strings.ToLower(c.greeting), "pyftpdlib")
}

// unconnected looks why no connection came about after the transfer command was
// sent: servers that refuse the command close the port at once. err is why the
// connection failed.
func (c *control) unconnected(t *transfer, err error, l *Ladder) error {
	if came, aerr := c.awaits(c.book.trialTime(c.watch.timeout)); aerr != nil || !came {
		c.dead = true
		if aerr != nil {
			return c.broken(verbOf(t.line), aerr)
		}
		return err
	}
	if rerr := c.restarted(t); rerr != nil || t.start.refused() {
		return rerr
	}
	r, nerr := c.next()
	if nerr != nil {
		return c.broken(verbOf(t.line), nerr)
	}
	l.answered(r)
	switch {
	case r.code == 425:
		return err
	case !r.refused():
		c.dead = true // it waits for a connection that will not come
		return err
	}
	t.start = r
	return nil
}

// sendTransfer sends REST, where wanted, and the transfer command in one piece. A
// position stays with the server when the transfer is refused, and with some
// when it succeeds, so the transfer after one with REST begins with REST as well.
func (c *control) sendTransfer(t *transfer, l *Ladder) error {
	lines := c.transferLines(t)
	if t.rests && c.single {
		l.asked(lines[0])
		if err := c.send(lines[0]); err != nil {
			return err
		}
		err := c.restarted(t)
		if t.rests = false; err != nil || t.start.refused() {
			return err
		}
		lines = lines[1:]
	}
	for _, line := range lines {
		l.asked(line)
	}
	return c.send(lines...)
}

func (c *control) transferLines(t *transfer) []string {
	if t.offset == 0 && !c.rested {
		return []string{t.line}
	}
	t.rests, c.rested = true, true
	return []string{fmt.Sprintf("REST %d", t.offset), t.line}
}

// limitOf returns how long the server may take to come in active mode m.
func (c *control) limitOf(t *transfer, m dataMode) time.Duration {
	if t.limit > 0 {
		return min(t.limit, c.watch.timeout)
	}
	return c.book.limit(m, c.watch.timeout)
}

// restarted reads the reply to REST. A transfer from an offset that the server
// refused would begin at 0, so the connection is given up.
func (c *control) restarted(t *transfer) error {
	if !t.rests {
		return nil
	}
	r, err := c.final()
	if err != nil {
		return c.broken("REST", err)
	}
	c.rested = t.offset > 0
	if r.code != 350 {
		c.dead = true
		t.start = r
		if !r.refused() {
			return &Error{Op: "REST", Path: t.path, Class: Server, Code: r.code, Reply: printable(r.text)}
		}
	}
	return nil
}

// begin reads the answer to the transfer command.
func (c *control) begin(t *transfer, l *Ladder) (err error) {
	if t.start, err = c.next(); err != nil {
		return c.broken(verbOf(t.line), err)
	}
	l.answered(t.start)
	if t.start.preliminary() {
		return nil
	}
	t.data.abort()
	return c.declined(t, l)
}

// declined tells a refusal of the data connection from a refusal of what was
// asked.
func (c *control) declined(t *transfer, l *Ladder) error {
	switch {
	case !t.start.refused():
		c.dead = true
		return replyError(t.op, t.path, t.start)
	case t.start.code == 425 && !mentionsReuse(t.start.text) && !c.dead:
		usually := "a setting of the server, or a NAT that gives data connections another address than the control connection"
		if t.data == nil || t.data.wire == nil {
			usually = usuallyActiveSilent
		}
		return l.fails("the server answers "+t.start.String(), usually)
	}
	return nil
}

func (c *control) attemptActive(t *transfer, m dataMode, told reply, d *door, l *Ladder) error {
	if !told.ok() {
		usually := usuallyCommandRefused
		if aboutAddress.MatchString(told.text) {
			usually = usuallyActiveAddress
		}
		return l.fails("the server answers "+told.String(), usually)
	}
	if !t.together {
		if err := c.sendTransfer(t, l); err != nil {
			return err
		}
	}
	if err := c.restarted(t); err != nil || t.start.refused() {
		return err
	}
	conn, err := c.welcome(t, d, c.limitOf(t, m), l)
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
func (t *transfer) agreed(c *control) (bool, error) {
	if !t.early {
		return true, nil
	}
	t.early = false
	r, err := c.next()
	if err != nil {
		return false, err
	}
	if !r.preliminary() {
		t.final = r
	}
	return r.preliminary(), nil
}

// finish reads the final reply, for the library and for us.
func (t *transfer) finish(c *control) (reply, error) {
	if t.final.code == 0 {
		if err := t.end(c); err != nil {
			t.err = c.broken(verbOf(t.line), err)
			return reply{}, t.err
		}
	}
	t.data.release()
	return t.final, nil
}

// end waits for the final reply and, where the port for the next upload was asked
// for meanwhile, for that.
func (t *transfer) end(c *control) error {
	if going, err := t.agreed(c); err != nil || !going {
		return err
	}
	asked, err := c.goOnward(t)
	if err != nil {
		return err
	}
	r, err := c.final()
	if err != nil {
		return err
	}
	t.final = r
	if asked && !c.dead {
		t.astray = errors.Is(c.arrive(), errOutOfStep)
	}
	return nil
}

// newTransfer prepares the next transfer.
func (c *control) newTransfer(t *transfer) {
	t.data = &dataConn{c: c, t: t}
	c.transfer = t
}

// dialData is what the library calls for a data connection.
func (c *control) dialData() (net.Conn, error) {
	if c.transfer == nil {
		return nil, errors.New("no transfer wanted")
	}
	return c.transfer.data, nil
}
