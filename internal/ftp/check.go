package ftp

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"ferry/internal/ftp/listing"
)

// A CheckTarget is the directory that [Check] looks at.
type CheckTarget struct {
	// Root returns its absolute path without a slash at the end; "" is the server's
	// own root.
	Root func(ctx context.Context, s *Session) (string, error)
	// TempName names the file that is written there for a moment, plain without a
	// leading dot. mark is what makes the name unique.
	TempName func(mark string, plain bool) string
}

// Check connects and finds out what the server can do. All four data modes are
// tried, whatever the options say. Where the root is there and may be written,
// one small file is put there, looked at, and removed again; nothing else is
// written.
//
// The error says why there is no report: the server cannot be reached, or the
// login is refused. A server on which no data mode works is no error.
func Check(ctx context.Context, o Options, target CheckTarget) (*Report, error) {
	o = o.WithDefaults()
	k := &checker{o: o, target: target, p: NewPool(o)}
	defer k.p.Close()
	r := &Report{Address: o.Address(), Security: o.Security.Scheme(), User: o.User,
		Dotfiles: "unknown", SetTime: "unknown", ConnectionsAsked: o.Connections}
	k.r = r
	if err := k.run(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// A checker makes a Report. It has one session at a time.
type checker struct {
	o      Options
	target CheckTarget
	p      *Pool
	r      *Report
	s      *Session
	f      *Features
}

func (k *checker) run(ctx context.Context) error {
	if err := k.connect(ctx); err != nil {
		return err
	}
	defer func() {
		if k.s != nil {
			k.s.c.close()
		}
	}()
	for _, step := range []func(context.Context) error{
		k.talk, k.findRoot, k.modes, k.listing, k.write, k.connections,
	} {
		if err := step(ctx); ctx.Err() != nil {
			return err
		} else if err != nil {
			k.note("%v", err)
		}
	}
	return nil
}

func (k *checker) note(format string, args ...any) {
	k.r.Notes = append(k.r.Notes, fmt.Sprintf(format, args...))
}

// connect makes sure that there is a session that lives.
func (k *checker) connect(ctx context.Context) error {
	if k.s != nil && !k.s.Dead() {
		return nil
	}
	if k.s != nil {
		k.s.c.close()
		k.s = nil
	}
	for attempt := 0; ; attempt++ {
		s, err := k.p.openSession(ctx, k.f)
		if err == nil {
			k.s, k.f = s, s.features
			return nil
		}
		if !Retryable(err) || attempt >= k.o.Retries || ctx.Err() != nil {
			return fatal(err)
		}
		if err := Sleep(ctx, k.o.Backoff(attempt)); err != nil {
			return err
		}
	}
}

// talk fills in what the control connection tells.
func (k *checker) talk(ctx context.Context) error {
	r, c := k.r, k.s.c
	r.Greeting, r.Features = Printable(c.greeting), k.f.words()
	if conn, ok := c.conn.(*tls.Conn); ok {
		r.TLS = k.tlsReport(conn.ConnectionState())
	}
	system, err := k.s.Command(ctx, "SYST")
	if err != nil {
		return err
	}
	if system.OK() {
		r.System = Printable(system.Text)
	}
	var trips []time.Duration
	for range 5 {
		begin := time.Now()
		if _, err := k.s.Command(ctx, "NOOP"); err != nil {
			return err
		}
		trips = append(trips, time.Since(begin))
	}
	slices.Sort(trips)
	r.RoundTrip = trips[len(trips)/2]
	return nil
}

func (k *checker) tlsReport(cs tls.ConnectionState) *TLSReport {
	leaf := cs.PeerCertificates[0]
	t := &TLSReport{Version: tls.VersionName(cs.Version), Cipher: tls.CipherSuiteName(cs.CipherSuite),
		Fingerprint: certificatePrint(leaf), Subject: Printable(leaf.Subject.String()), Expires: leaf.NotAfter, Trust: "chain"}
	switch {
	case k.o.Fingerprint != "":
		t.Trust = "fingerprint"
	case k.o.Insecure:
		t.Trust = "anything (insecure)"
	}
	return t
}

func (k *checker) findRoot(ctx context.Context) error {
	if err := k.connect(ctx); err != nil {
		return err
	}
	root, err := k.target.Root(ctx, k.s)
	if err != nil {
		return err
	}
	k.r.Root = root + "/"
	if root != "" {
		k.r.Root = root
	}
	there, err := k.s.Command(ctx, "CWD "+k.r.Root)
	k.r.RootThere = err == nil && there.OK()
	return err
}

// where is the directory to list in: the root, or the login directory where
// that is missing.
func (k *checker) where() string {
	if k.r.RootThere {
		return k.r.Root
	}
	return ""
}

// modes tries all data modes, each by itself.
func (k *checker) modes(ctx context.Context) error {
	for _, m := range dataModes {
		l, err := k.try(ctx, m)
		if err != nil {
			return err
		}
		k.r.Modes = append(k.r.Modes, l)
	}
	for _, m := range k.o.Mode.allowed() {
		if k.r.Modes[m-1].Works {
			k.r.Mode = m.String()
			k.p.modes.worked(m)
			break
		}
	}
	if k.r.Mode == "" {
		k.note("no data mode that the options allow works: neither listings nor files can be had")
	}
	return nil
}

// try lists a directory over a data connection in mode m.
func (k *checker) try(ctx context.Context, m dataMode) (*Trace, error) {
	if err := k.connect(ctx); err != nil {
		return nil, err
	}
	book := k.s.c.modes
	defer func(s *Session) { s.c.modes = book }(k.s)
	k.s.c.modes = &modeTracker{allow: []dataMode{m}}
	t := &Transfer{Op: "listing", Line: FormLIST.command()}
	if k.f.mlst {
		t.Line = FormMLSD.command()
	}
	if dir := k.where(); dir != "" {
		t.cwd = []string{"CWD " + dir}
	}
	d, err := k.s.Receive(ctx, t)
	if err == nil {
		err = k.finishTrial(d)
	}
	if ctx.Err() != nil {
		return nil, err
	}
	l := newTrace(m, k.s.c.sock.LocalAddr(), k.s.c.sock.RemoteAddr())
	if len(t.traces) > 0 {
		l = t.traces[len(t.traces)-1]
	}
	if err != nil {
		l.Works = false
		if l.Why == "" {
			l.Why = err.Error()
		}
		if e := (*Error)(nil); errors.As(err, &e) && l.Cause == "" {
			l.Cause = strings.TrimPrefix(e.Hint, "usually ")
		}
	}
	return l, nil
}

// finishTrial reads a listing to its end.
func (k *checker) finishTrial(d *Download) error {
	buf := make([]byte, 32<<10)
	for {
		if _, err := d.Read(buf); err != nil {
			break
		}
	}
	final, err := d.Finish()
	if l := d.Transfer.traces; final.Code != 0 && len(l) > 0 {
		l[len(l)-1].answered(final)
	}
	if err == nil && k.r.TLS != nil {
		resumed := d.s.c.dataTLS.DidResume
		k.r.TLS.Resumed = &resumed
	}
	return err
}

// listing finds the best command to list with.
func (k *checker) listing(ctx context.Context) error {
	if k.r.Mode == "" {
		return nil
	}
	if err := k.connect(ctx); err != nil {
		return err
	}
	if dir := k.where(); dir != "" {
		if _, err := k.s.Command(ctx, "CWD "+dir); err != nil {
			return err
		}
	}
	if err := k.s.probe(ctx); err != nil {
		return err
	}
	k.r.List = k.f.ListForm.command()
	if k.f.ListForm != FormLIST {
		k.r.Dotfiles = "shown"
	}
	return nil
}

// write puts a temporary into the root, looks at it, and removes it.
func (k *checker) write(ctx context.Context) error {
	if k.r.Mode == "" || !k.r.RootThere {
		return nil
	}
	if err := k.connect(ctx); err != nil {
		return err
	}
	mark := make([]byte, 8)
	rand.Read(mark)
	at, err := k.place(ctx, hex.EncodeToString(mark))
	if err != nil || at == "" {
		return err
	}
	defer k.remove(at)
	if err := k.clock(ctx, at); err != nil {
		return err
	}
	return k.setTime(ctx, at)
}

// place stores the temporary and returns its path, "" where the server does not
// let it.
func (k *checker) place(ctx context.Context, mark string) (string, error) {
	var refusal error
	for _, plain := range []bool{false, true} {
		at := strings.TrimSuffix(k.r.Root, "/") + "/" + k.target.TempName(mark, plain)
		_, _, err := k.s.Store(ctx, at, 0, strings.NewReader("ferry check\r\n"))
		if err == nil {
			k.f.Observe(StoresDotNames, !plain)
			return at, nil
		}
		if class, ok := ClassOf(err); !ok || class != File || k.s.Dead() {
			k.remove(at)
			return "", err
		}
		refusal = err
	}
	k.note("nothing may be written in the directory: %v", refusal)
	return "", nil
}

// remove removes the temporary, on a new session where need be, even when the
// check was cancelled.
func (k *checker) remove(at string) {
	ctx, cancel := context.WithTimeout(context.Background(), k.o.Timeout)
	defer cancel()
	r, err := Reply{}, k.connect(ctx)
	if err == nil {
		r, err = k.s.Command(ctx, "DELE "+at)
	}
	if err != nil {
		k.note("the temporary %q may be left: %v", at, err)
	} else if !r.OK() && r.Code != 550 {
		k.note("the temporary %q could not be removed: %v", at, r)
	}
}

// clock compares the time of the temporary, just written, with ours.
func (k *checker) clock(ctx context.Context, at string) error {
	now := time.Now()
	told, err := k.timeOf(ctx, at)
	if err != nil {
		return err
	}
	raw, err := k.s.List(ctx, k.r.Root, k.f.ListForm)
	if err != nil {
		return err
	}
	name := at[strings.LastIndexByte(at, '/')+1:]
	listed, err := k.find(raw, name, now)
	if err != nil {
		k.note("the listing of the directory cannot be trusted: %v", err)
		return nil
	}
	if listed.Kind == listing.None {
		if k.r.Dotfiles == "unknown" && name[0] == '.' {
			k.r.Dotfiles = "hidden"
		} else {
			k.note("a file just written is not in the listing")
		}
	} else if k.r.Dotfiles == "unknown" && name[0] == '.' {
		k.r.Dotfiles = "shown"
	}
	if told.IsZero() {
		return nil
	}
	c := &ClockReport{}
	c.Zone = told.Sub(now).Round(15 * time.Minute)
	c.Ahead = told.Sub(now) - c.Zone
	if listed.Precision != listing.NoTime && !listed.UTC {
		zone := listed.ModTime.Sub(now).Round(15 * time.Minute)
		c.ListZone = &zone
	}
	k.r.Clock = c
	return nil
}

// find returns what a listing has under name. It fails where the listing is not
// complete.
func (k *checker) find(raw RawListing, name string, now time.Time) (found listing.Entry, err error) {
	lines := 0
	for e, err := range raw.Entries(k.f.ListForm, now) {
		if err != nil {
			return found, err
		}
		if lines++; e.Name == name && e.Kind != listing.CurrentDir && e.Kind != listing.ParentDir {
			found = e
		}
	}
	return found, errors.Join(CheckEnd(raw), CheckCount(raw.Final, lines))
}

// timeOf asks for the time of a file by its name, zero where the server does not
// tell.
func (k *checker) timeOf(ctx context.Context, at string) (time.Time, error) {
	r, err := k.s.Command(ctx, "MDTM "+at)
	if err != nil || r.Code != 213 {
		return time.Time{}, err
	}
	t, err := listing.ParseTimeVal(strings.TrimSpace(r.Text))
	if err != nil {
		return time.Time{}, nil
	}
	return t, nil
}

// setTime tries the commands that set the time of a file, until one does what it
// says.
func (k *checker) setTime(ctx context.Context, at string) error {
	const stamp = "20010203040506"
	want := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	k.r.SetTime = "none"
	for _, way := range []struct {
		name, line string
		sets       Quirk
	}{
		{"MFMT", "MFMT " + stamp + " " + at, MFMTWorks},
		{"MDTM", "MDTM " + stamp + " " + at, MDTMSetsTime},
		{"SITE UTIME", "SITE UTIME " + at + " " + stamp + " " + stamp + " " + stamp + " UTC", SiteUtimeWorks},
		{"SITE UTIME", "SITE UTIME " + stamp + " " + at, ShortUtimeWorks},
	} {
		r, err := k.s.Command(ctx, way.line)
		if err != nil {
			return err
		}
		if !r.OK() {
			continue
		}
		got, err := k.timeOf(ctx, at)
		if err != nil {
			return err
		}
		if zone := got.Sub(want).Round(15 * time.Minute); !got.IsZero() && got.Sub(want) == zone && zone.Abs() <= 14*time.Hour {
			k.f.Observe(way.sets, true)
			k.r.SetTime = way.name
			return nil
		}
	}
	return nil
}

// connections looks how many sessions the server gives at the same time.
func (k *checker) connections(ctx context.Context) error {
	if err := k.connect(ctx); err != nil {
		return err
	}
	more := make([]*Session, k.o.Connections-1)
	errs := make([]error, len(more))
	var all stdsync.WaitGroup
	for i := range more {
		if err := Sleep(ctx, dialPace); err != nil {
			break
		}
		all.Go(func() { more[i], errs[i] = k.p.openSession(ctx, k.f) })
	}
	all.Wait()
	k.r.Connections = 1
	for i, s := range more {
		if s != nil {
			k.r.Connections++
			s.c.close()
		} else if class, ok := ClassOf(errs[i]); ok && class != Busy && class != Login {
			k.note("a further connection failed: %v", errs[i])
		}
	}
	if k.r.Mode != "" {
		k.p.mu.Lock()
		k.p.f = k.f
		k.p.mu.Unlock()
		k.p.remember()
	}
	return nil
}
