package ftp

import (
	"errors"
	"strings"

	"ferry/internal/ftp/listing"
)

// A Stat is what the server says of one name when it is asked for it. The kind of
// the entry is None where nothing has the name. With an error it cannot be told
// what is there.
type Stat struct {
	Entry listing.Entry
	Err   error
}

// hasMLST and hasMDTM report whether the server has the command, by FEAT and as
// far as was seen.
func HasMLST(f *Features) bool { return f.mlst && f.Has(MLSTWorks) }
func HasMDTM(f *Features) bool { return f.mdtm && f.Has(MDTMWorks) }

// askable reports whether the server answers questions for one name well enough
// to tell whether a file changed; otherwise only a listing does.
func CanStat(f *Features) bool { return HasMLST(f) || f.Size && HasMDTM(f) }

// queueStat adds to b the questions what is at abs, an absolute path; told is
// called when they are answered. It needs a server that is [askable]. The working
// directory may be another one afterwards.
func QueueStat(b *Batch, f *Features, abs string, told func(Stat)) {
	if HasMLST(f) {
		b.Add("MLST "+abs, func(r Reply) {
			if MeansUnknownCommand(r) {
				f.Observe(MLSTWorks, false)
			}
			told(ParseMLST(abs, r))
		})
		return
	}
	var size, mdtm Reply
	b.Expect("SIZE "+abs, &size)
	b.Expect("MDTM "+abs, &mdtm)
	b.Add("CWD "+abs, func(cwd Reply) { told(readStat(abs, size, mdtm, cwd)) })
}

// readMLST makes an entry of the reply to MLST (RFC 3659, section 7.2): of its
// lines the one that starts with a space.
func ParseMLST(abs string, r Reply) Stat {
	switch {
	case MeansAbsent(r):
		return Stat{}
	case r.Code != 250:
		return Stat{Err: ReplyError("MLST", abs, r)}
	}
	for i, line := range strings.Split(r.Text, "\n") {
		line, ok := strings.CutPrefix(line, " ")
		if i == 0 || !ok {
			continue
		}
		if one, err := listing.ParseMLST(line); err == nil {
			return Stat{Entry: one}
		}
	}
	return Stat{Err: &Error{Op: "MLST", Path: abs, Class: Server, Code: r.Code, Reply: Printable(r.Text), Err: errors.New("no facts in the reply")}}
}

// readStat makes an entry of the replies to SIZE, MDTM and CWD. A name that is
// neither a file with a size nor a directory that can be entered is taken for
// missing; its own directory is known to be one that can be entered.
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

// absent reports whether r can mean that nothing has the name asked for.
// Servers use 550 for that and for much else; goftp uses 450 for it, which
// others use for what passes.
func MeansAbsent(r Reply) bool {
	text := strings.ToLower(r.Text)
	switch r.Code {
	case 550:
		return !strings.Contains(text, "denied") && !strings.Contains(text, "not permitted")
	case 450:
		return strings.Contains(text, "not found") || strings.Contains(text, "no such") || strings.Contains(text, "not available")
	}
	return false
}

// unknownCommand reports a reply that says so of the command itself.
func MeansUnknownCommand(r Reply) bool { return r.Code == 500 || r.Code == 502 || r.Code == 504 }
