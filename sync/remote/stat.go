package remote

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

// Commands that FEAT promises and the server turned out not to know.
const (
	seenMLST = "mlst"
	seenMDTM = "mdtm"
)

// hasMLST and hasMDTM report whether the server has the command, by FEAT and as
// far as was seen.
func hasMLST(f *features) bool { return f.mlst && !unseen(f, seenMLST) }
func hasMDTM(f *features) bool { return f.mdtm && !unseen(f, seenMDTM) }

func unseen(f *features, what string) bool {
	works, known := f.seen(what)
	return known && !works
}

// askable reports whether the server answers questions for one name well enough
// to tell whether a file changed; otherwise only a listing does.
func askable(f *features) bool { return hasMLST(f) || f.size && hasMDTM(f) }

// queueStat adds to b the questions what is at abs, an absolute path; told is
// called when they are answered. It needs a server that is [askable]. The working
// directory may be another one afterwards.
func queueStat(b *script, f *features, abs string, told func(Stat)) {
	if hasMLST(f) {
		b.add("MLST "+abs, func(r reply) {
			if unknownCommand(r) {
				f.see(seenMLST, false)
			}
			told(readMLST(abs, r))
		})
		return
	}
	var size, mdtm reply
	b.note("SIZE "+abs, &size)
	b.note("MDTM "+abs, &mdtm)
	b.add("CWD "+abs, func(cwd reply) { told(readStat(abs, size, mdtm, cwd)) })
}

// readMLST makes an entry of the reply to MLST (RFC 3659, section 7.2): of its
// lines the one that starts with a space.
func readMLST(abs string, r reply) Stat {
	switch {
	case absent(r):
		return Stat{}
	case r.code != 250:
		return Stat{Err: replyError("MLST", abs, r)}
	}
	for i, line := range strings.Split(r.text, "\n") {
		line, ok := strings.CutPrefix(line, " ")
		if i == 0 || !ok {
			continue
		}
		if one, err := listing.ParseMLST(line); err == nil {
			return Stat{Entry: one}
		}
	}
	return Stat{Err: &Error{Op: "MLST", Path: abs, Class: Server, Code: r.code, Reply: printable(r.text), Err: errors.New("no facts in the reply")}}
}

// readStat makes an entry of the replies to SIZE, MDTM and CWD. A name that is
// neither a file with a size nor a directory that can be entered is taken for
// missing; its own directory is known to be one that can be entered.
func readStat(abs string, size, mdtm, cwd reply) Stat {
	switch {
	case cwd.ok():
		return Stat{Entry: listing.Entry{Kind: listing.Dir}}
	case size.code == 213:
		n, err := listing.ParseSize(strings.TrimSpace(size.text))
		if err != nil {
			return Stat{Err: &Error{Op: "SIZE", Path: abs, Class: Server, Code: size.code, Reply: printable(size.text), Err: err}}
		}
		e := listing.Entry{Kind: listing.File, Size: n}
		if t, err := listing.ParseTimeVal(strings.TrimSpace(mdtm.text)); mdtm.code == 213 && err == nil {
			e.ModTime, e.Precision, e.UTC = t, listing.Second, true
		}
		return Stat{Entry: e}
	case absent(size) && absent(cwd):
		return Stat{}
	case !absent(size):
		return Stat{Err: replyError("SIZE", abs, size)}
	}
	return Stat{Err: replyError("CWD", abs, cwd)}
}

// absent reports whether r can mean that nothing has the name asked for.
// Servers use 550 for that and for much else; goftp uses 450 for it, which
// others use for what passes.
func absent(r reply) bool {
	text := strings.ToLower(r.text)
	switch r.code {
	case 550:
		return !strings.Contains(text, "denied") && !strings.Contains(text, "not permitted")
	case 450:
		return strings.Contains(text, "not found") || strings.Contains(text, "no such") || strings.Contains(text, "not available")
	}
	return false
}

// unknownCommand reports a reply that says so of the command itself.
func unknownCommand(r reply) bool { return r.code == 500 || r.code == 502 || r.code == 504 }
