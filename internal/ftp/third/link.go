// Package third has one FTP server send files to another (RFC 959, section 5.2): PASV on one,
// PORT with that address on the other, and the data flows between them.
package third

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"ferry/internal/ftp"
)

// ErrHere means that a file is not sent directly: it has to go through this machine. Nothing was
// sent.
var ErrHere = errors.New("not sent directly")

// A Link is what was found out about direct transfers from one server to another. Nothing is
// known at first. Its methods may be called from several goroutines.
type Link struct {
	// Mode says when files go directly. It is set before the first one.
	Mode Mode
	// Tell is called once, with the reason, where the servers do not send to each other; it may
	// be nil.
	Tell func(why string)

	probing  sync.Mutex // held while a first transfer begins
	trial    sync.Mutex // held by the one transfer over TLS while none was proven
	mu       sync.Mutex
	works    *way   // nil: none was found yet
	failed   []way  // in which a transfer over TLS began and broke off, while none was proven
	refused  string // why there is none; "": there may be one
	failures int    // transfers in a row that broke off
	unproven int    // files in a row that came, and could not be shown to be whole
	files    int    // that went over the link and were found to be whole
	bytes    int64
}

// A way says which server listens for the other one, and which begins the TLS handshake.
type way struct {
	sourceListens bool
	hello         Party
}

// listener returns the server that listens.
func (w way) listener() Party {
	if w.sourceListens {
		return Source
	}
	return Target
}

// beginOneOfMany is begin where other transfers go the same way at the same time: some servers
// stall when several of their sessions are told to connect.
func (t Transfer) beginOneOfMany(ctx context.Context, w way) (p *pair, refusal string, err error) {
	calls := t.From
	if w.sourceListens {
		calls = t.To
	}
	if calls.Features().Has(ftp.OneActiveSessionOnly) {
		refusal = fmt.Sprintf("%s stalls when it connects for several sessions at a time", calls.ServerAddr())
		return nil, refusal, t.here(refusal)
	}
	return t.begin(ctx, w)
}

// mostFailures is how many transfers in a row may break off, or prove nothing, before a link is
// given up.
const mostFailures = 3

// Open reports whether a direct transfer is worth trying.
func (l *Link) Open() bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused == "" && l.Mode != Off
}

// Proven reports whether a file was found to be whole that had gone over the link.
func (l *Link) Proven() bool {
	files, _ := l.Sent()
	return files > 0
}

// Prove notes that a file of size bytes went over the link and was found to be the one at the source.
func (l *Link) Prove(size int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.files++
	l.bytes += size
	l.unproven = 0
}

// Doubt notes that a file went over the link and could not be shown to be the one at the source,
// so that it has to be sent again.
func (l *Link) Doubt() {
	l.mu.Lock()
	l.unproven++
	n := l.unproven
	l.mu.Unlock()
	if n >= mostFailures {
		l.GiveUp(fmt.Sprintf("%d files in a row could not be shown to be whole", n))
	}
}

// Sent returns how many files went over the link and were found to be whole.
func (l *Link) Sent() (files int, bytes int64) {
	if l == nil {
		return 0, 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files, l.bytes
}

// GiveUp ends direct transfers over the link.
func (l *Link) GiveUp(why string) {
	l.mu.Lock()
	first := l.refused == ""
	l.refused = why
	l.mu.Unlock()
	if first && l.Tell != nil {
		l.Tell(why)
	}
}

// ended notes how a transfer ended for which the servers were asked.
func (l *Link) ended(err error) {
	l.mu.Lock()
	l.failures++
	if err == nil {
		l.failures = 0
	}
	failures := l.failures
	l.mu.Unlock()
	if failures >= mostFailures {
		l.GiveUp(fmt.Sprintf("%d transfers in a row broke off, the last with: %v", failures, err))
	}
}

// fail notes that a transfer in way w began and broke off. Over TLS, while nothing was proven, the
// next one goes in another way: the servers may not come to terms, as one that wants its client's
// TLS session again takes none of another server.
func (l *Link) fail(ctx context.Context, t Transfer, w way, err error) {
	if !t.OverTLS() || l.Proven() || ctx.Err() != nil {
		return
	}
	l.mu.Lock()
	l.works, l.failed = nil, append(l.failed, w)
	failed := slices.Clone(l.failed)
	l.mu.Unlock()
	if ways, _ := t.ways(); !slices.ContainsFunc(ways, func(w way) bool { return !slices.Contains(failed, w) }) {
		l.GiveUp(fmt.Sprintf("over TLS they do not come to terms: %v", err))
	}
}

func (l *Link) hasFailed(w way) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.failed, w)
}

// known returns the way that works, nil while none is known.
func (l *Link) known() *way {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.works
}

// begin has both servers begin a transfer, in the way that is known or in the first that works. An
// error that wraps ErrHere has left both sessions as they were.
func (l *Link) begin(ctx context.Context, t Transfer) (*pair, error) {
	w := l.known()
	if w == nil {
		l.probing.Lock()
		defer l.probing.Unlock()
		w = l.known() // another one may have found out meanwhile
	}
	if !l.Open() {
		return nil, ErrHere
	}
	if w != nil {
		p, refusal, err := t.begin(ctx, *w)
		if refusal != "" {
			l.ended(errors.New(refusal))
		}
		return p, err
	}
	ways, why := t.ways()
	for _, w := range ways {
		if l.hasFailed(w) {
			continue
		}
		p, refusal, err := t.beginOneOfMany(ctx, w)
		switch {
		case err == nil:
			l.mu.Lock()
			l.works = &w
			l.mu.Unlock()
			return p, nil
		case !errors.Is(err, ErrHere):
			l.fail(ctx, t, w, err)
			return nil, err
		case refusal == "" || t.From.Dead() || t.To.Dead():
			if refusal != "" {
				l.GiveUp(refusal)
			}
			return nil, err
		}
		switch {
		case why == "":
			why = refusal
		case why != refusal:
			why += "; " + refusal
		}
	}
	l.GiveUp(why)
	return nil, ErrHere
}

// reaches reports whether a server at from can be expected to reach the address listens, as we
// see both: an address of this machine or of a private network means another one elsewhere.
func reaches(from, listens netip.Addr) bool {
	switch {
	case !from.Is4() || !listens.Is4():
		return false
	case listens.IsLoopback():
		return from.IsLoopback()
	case isLocal(listens):
		return isLocal(from) || from.IsLoopback()
	}
	return true
}

// localRanges are those of addresses that [netip.Addr.IsPrivate] does not know: behind the address
// of a provider (RFC 6598), and for measurements in a laboratory (RFC 2544).
var localRanges = []netip.Prefix{netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("198.18.0.0/15")}

// isLocal reports whether an address is another machine's in another network.
func isLocal(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLinkLocalUnicast() || slices.ContainsFunc(localRanges, func(p netip.Prefix) bool { return p.Contains(a) })
}

// A Transfer is one file that is to be sent from one server to another.
type Transfer struct {
	From     *ftp.Session
	FromPath string
	To       *ftp.Session
	ToPath   string
	// AllowTLS allows the transfer where both servers are reached over TLS. It goes over TLS then,
	// and none of them checks whom it speaks to.
	AllowTLS bool
	// Size tells how much of the file the other server holds by now, as far as it is
	// known; it may be nil. It is called now and then while the transfer runs.
	Size func(ctx context.Context) (int64, error)
	// Grown is called with the number of bytes that came; it may be nil.
	Grown func(n int64)
	// Send is what the source is asked for in place of the file at FromPath, as "LIST".
	Send string
	// Keep is what the target is asked for in place of storing it, as "LIST"; see [Transfer.Try].
	Keep string
	// Told is called with each step, as it happens; it may be nil.
	Told func(Step)

	trial bool // whether anything comes at all has to show soon
}
