package ftp

import (
	"errors"
	"strings"

	"ferry/internal/ftp/listing"
)

// A Stat is what the server says about one name. The kind of the entry is None where
// nothing has the name. With an error it is unknown what is there.
type Stat struct {
	Entry listing.Entry
	Err   error
}

// QueueStat adds to b the commands that ask what is at abs, an absolute path. deliver is
// called when all replies have come. [Features.CanStat] must be true. Without MLST
// the working directory may change. An answer that tells of a file makes [Features.Trusts]
// true.
func QueueStat(b *Batch, f *Features, abs string, deliver func(Stat)) {
	answered, command := deliver, f.StatQuirk()
	deliver = func(told Stat) {
		if told.Err == nil && told.Entry.Kind == listing.File {
			f.trust(command, abs)
		}
		answered(told)
	}
	if f.HasMLST() {
		b.Add("MLST "+abs, func(r Reply) {
			told := ParseMLST(abs, r)
			if MeansUnknownCommand(r) || r.Code == 250 && told.Err != nil {
				f.Observe(MLSTWorks, false)
			}
			deliver(told)
		})
		return
	}
	var size, mdtm Reply
	b.Expect("SIZE "+abs, &size)
	if f.HasMDTM() {
		b.Expect("MDTM "+abs, &mdtm)
	}
	b.Add("CWD "+abs, func(cwd Reply) {
		f.learnFromStat(size, mdtm, cwd)
		deliver(readStat(abs, size, mdtm, cwd))
	})
}

// QueueProof adds to b one command about the file at path, which makes [Features.Trusts] true if
// the server tells of it.
func QueueProof(b *Batch, f *Features, path string) {
	if f.HasMLST() {
		QueueStat(b, f, path, func(Stat) {})
		return
	}
	b.Add("SIZE "+path, func(r Reply) {
		if TellsSize(r) {
			f.trust(SIZEWorks, path)
		}
	})
}

// learnFromStat learns from the replies about one name whether SIZE and MDTM tell anything.
// A file whose size is told is there, so MDTM must know it.
func (f *Features) learnFromStat(size, mdtm, cwd Reply) {
	if MeansUnknownCommand(size) || size.OK() && !TellsSize(size) {
		f.Observe(SIZEWorks, false)
	}
	isFile := size.Code == 213 && !cwd.OK()
	refused := mdtm.Code/100 == 5 || mdtm.OK() && !TellsTime(mdtm)
	if _, known := f.Known(MDTMWorks); MeansUnknownCommand(mdtm) || isFile && refused && !known {
		f.Observe(MDTMWorks, false)
	}
}

// TellsSize reports whether r, a reply to SIZE, holds a size.
func TellsSize(r Reply) bool {
	_, err := listing.ParseSize(strings.TrimSpace(r.Text))
	return r.Code == 213 && err == nil
}

// TellsTime reports whether r, a reply to MDTM, holds a time, or says that the file has
// none.
func TellsTime(r Reply) bool {
	_, err := listing.ParseTimeVal(strings.TrimSpace(r.Text))
	return r.Code == 213 && (err == nil || errors.Is(err, listing.ErrNoDate))
}

// StatQuirk returns the quirk that says whether the command works with which [QueueStat]
// asks for files.
func (f *Features) StatQuirk() Quirk {
	if f.HasMLST() {
		return MLSTWorks
	}
	return SIZEWorks
}

// StatCommand returns the command with which [QueueStat] asks for files.
func (f *Features) StatCommand() string {
	if f.HasMLST() {
		return "MLST"
	}
	return "SIZE"
}

// Proven reports whether q was seen to hold for this very server.
func (f *Features) Proven(q Quirk) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.observed[q]
}

// Trusts reports whether the command of [QueueStat], whose quirk is command, was seen to tell
// of a file of this server, and where path has a space, of one whose path has a space too.
func (f *Features) Trusts(command Quirk, path string) bool {
	if !f.Proven(command) {
		return false
	}
	_, known := f.Known(TakesSpaces)
	return known || !HasSpace(path)
}

// trust notes that the command of [QueueStat] has told of the file at path.
func (f *Features) trust(command Quirk, path string) {
	f.Observe(command, true)
	if _, known := f.Known(TakesSpaces); !known && HasSpace(path) {
		f.Observe(TakesSpaces, true)
	}
}

// HasSpace reports whether there is a space in a path; see [TakesSpaces].
func HasSpace(path string) bool { return strings.Contains(path, " ") }

// ParseMLST reads the reply to MLST for abs (RFC 3659, section 7.2). The facts stand on
// a line between the first and the last. It should start with one space; some servers
// send none, and some several, and some send facts in place of all the lines.
func ParseMLST(abs string, r Reply) Stat {
	switch {
	case MeansAbsent(r):
		return Stat{}
	case r.Code != 250:
		return Stat{Err: ReplyError("MLST", abs, r)}
	}
	lines := strings.Split(r.Text, "\n")
	if len(lines) == 1 {
		lines = []string{"", r.Text, ""}
	}
	for i := 1; i < len(lines)-1; i++ {
		if one, err := listing.ParseMLST(lines[i]); err == nil {
			return Stat{Entry: one}
		}
	}
	return Stat{Err: &Error{Op: "MLST", Path: abs, Class: Server, Code: r.Code, Reply: Printable(r.Text), Err: errors.New("the reply contains no facts")}}
}

// readStat makes an entry of the replies to SIZE, MDTM and CWD. A name that has no size
// and that CWD cannot enter is missing. That conclusion needs a parent directory that is
// known to be accessible.
func readStat(abs string, size, mdtm, cwd Reply) Stat {
	switch {
	case cwd.OK():
		return Stat{Entry: listing.Entry{Kind: listing.Dir}}
	case size.Code == 213:
		n, err := listing.ParseSize(strings.TrimSpace(size.Text))
		if err != nil {
			return Stat{Err: &Error{Op: "SIZE", Path: abs, Class: Server, Code: size.Code, Reply: Printable(size.Text), Err: err}}
		}
		e := listing.Entry{Kind: listing.File, Size: n}
		if t, err := listing.ParseTimeVal(strings.TrimSpace(mdtm.Text)); mdtm.Code == 213 && err == nil {
			e.ModTime, e.Precision, e.UTC = t, listing.Second, true
		}
		return Stat{Entry: e}
	case MeansAbsent(size) && MeansAbsent(cwd):
		return Stat{}
	case !MeansAbsent(size):
		return Stat{Err: ReplyError("SIZE", abs, size)}
	}
	return Stat{Err: ReplyError("CWD", abs, cwd)}
}

// MeansAbsent reports whether r can mean that nothing has the name. Servers send 550 for
// that and for much else. A few send 450, which for the others means a transient
// failure, so its text decides. It also decides whether a name is too long to be there.
func MeansAbsent(r Reply) bool {
	text := strings.ToLower(r.Text)
	switch r.Code {
	case 550:
		return !saysDenied(text)
	case 450:
		return strings.Contains(text, "not found") || strings.Contains(text, "no such") || strings.Contains(text, "not available")
	case 501, 553: // no file can have the name
		return strings.Contains(text, "too long")
	}
	return false
}

// saysDenied reports whether a text speaks of permissions and of nothing else. Some servers
// have one text for both: "File not found or access denied."
func saysDenied(text string) bool {
	for _, word := range []string{"denied", "not permitted"} {
		if before, _, is := strings.Cut(text, word); is {
			return !strings.Contains(before, "not found") && !strings.Contains(before, "no such")
		}
	}
	return false
}

// MeansUnknownCommand reports whether r says that the server does not implement the
// command or its parameters.
func MeansUnknownCommand(r Reply) bool {
	return r.Code == 202 || r.Code == 500 || r.Code == 502 || r.Code == 504
}
