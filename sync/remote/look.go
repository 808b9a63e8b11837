package remote

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ferry/internal/ftp/listing"
	"ferry/manifest"
	"ferry/sync"
)

// A looked is what the server says of one name when asked for it.
type looked struct {
	entry manifest.Entry // zero: nothing is there
	err   error          // it cannot be told what is there
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

// ask adds to b the questions what is at abs; into is filled as they are
// answered. It needs a server that is [askable]. The working directory may be
// another one afterwards.
func ask(b *script, f *features, abs string, into *looked) {
	into.err = errors.New("not answered")
	if hasMLST(f) {
		b.add("MLST "+abs, func(r reply) {
			if unknownCommand(r) {
				f.see(seenMLST, false)
			}
			*into = readMLST(abs, r)
		})
		return
	}
	var size, mdtm reply
	b.note("SIZE "+abs, &size)
	b.note("MDTM "+abs, &mdtm)
	b.add("CWD "+abs, func(cwd reply) { *into = readStat(abs, size, mdtm, cwd) })
}

// readMLST makes an entry of the reply to MLST (RFC 3659, section 7.2): of its
// lines the one that starts with a space.
func readMLST(abs string, r reply) looked {
	switch {
	case absent(r):
		return looked{}
	case r.code != 250:
		return looked{err: replyError("MLST", abs, r)}
	}
	for i, line := range strings.Split(r.text, "\n") {
		line, ok := strings.CutPrefix(line, " ")
		if i == 0 || !ok {
			continue
		}
		if one, err := listing.ParseMLST(line); err == nil {
			return looked{entry: entryOf(one)}
		}
	}
	return looked{err: &Error{Op: "MLST", Path: abs, Class: Server, Code: r.code, Reply: printable(r.text), Err: errors.New("no facts in the reply")}}
}

// readStat makes an entry of the replies to SIZE, MDTM and CWD. A name that is
// neither a file with a size nor a directory that can be entered is taken for
// missing; its own directory is known to be one that can be entered.
func readStat(abs string, size, mdtm, cwd reply) looked {
	switch {
	case cwd.ok():
		return looked{entry: manifest.Entry{Kind: manifest.Dir, Precision: manifest.NoTime}}
	case size.code == 213:
		n, err := listing.ParseSize(strings.TrimSpace(size.text))
		if err != nil {
			return looked{err: &Error{Op: "SIZE", Path: abs, Class: Server, Code: size.code, Reply: printable(size.text), Err: err}}
		}
		e := manifest.Entry{Kind: manifest.File, Size: n, Precision: manifest.NoTime}
		if t, err := listing.ParseTimeVal(strings.TrimSpace(mdtm.text)); mdtm.code == 213 && err == nil {
			e.ModTime, e.Precision = t.UnixNano(), manifest.Second
		}
		return looked{entry: e}
	case absent(size) && absent(cwd):
		return looked{}
	case !absent(size):
		return looked{err: replyError("SIZE", abs, size)}
	}
	return looked{err: replyError("CWD", abs, cwd)}
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

// look asks what is at each place, in one batch where the server can answer,
// else by listing the directories. The error is one of the session; what cannot
// be told of a single place is in its answer.
func (d *Directory) look(ctx context.Context, s *session, places []place) ([]looked, error) {
	return d.lookAfter(ctx, s, new(script), places)
}

// lookAfter is look behind the commands in b, in the same batch.
func (d *Directory) lookAfter(ctx context.Context, s *session, b *script, places []place) ([]looked, error) {
	answers := make([]looked, len(places))
	if f := s.features(); !askable(f) {
		if err := b.run(ctx, s); err != nil {
			return answers, err
		}
		return answers, d.lookByListing(ctx, s, places, answers)
	}
	for i, at := range places {
		ask(b, s.features(), at.String(), &answers[i])
	}
	d.leave(b, s)
	asked := hasMLST(s.features())
	err := b.run(ctx, s)
	if err == nil && asked != hasMLST(s.features()) {
		return d.look(ctx, s, places)
	}
	for i, at := range places {
		if d.specials.has(at) {
			answers[i] = looked{entry: manifest.Entry{Kind: manifest.Other}}
		}
	}
	return answers, err
}

// leave ends a batch that may have changed the working directory: a directory
// that a session stands in is a trap for the one that removes it.
func (d *Directory) leave(b *script, s *session) {
	if !hasMLST(s.features()) {
		b.add("CWD "+d.names.dir(manifest.Root), nil)
	}
}

func (d *Directory) lookByListing(ctx context.Context, s *session, places []place, answers []looked) error {
	lists := make(map[string]*dirListing)
	for i, at := range places {
		l, ok := lists[at.dir]
		if !ok {
			var err error
			if l, err = d.list(ctx, s, at.parent()); err != nil {
				if ctx.Err() != nil || s.dead() {
					return err
				}
				answers[i].err = err
				continue
			}
			lists[at.dir] = l
		}
		answers[i].entry = l.find(at.name)
	}
	return nil
}

// unknownCommand reports a reply that says so of the command itself.
func unknownCommand(r reply) bool { return r.code == 500 || r.code == 502 || r.code == 504 }

// list lists dir in the way that is best with this server, strictly.
func (d *Directory) list(ctx context.Context, s *session, dir string) (*dirListing, error) {
	f := s.features()
	raw, err := s.list(ctx, dir, f.listForm)
	if err != nil {
		return nil, err
	}
	l, err := parseListing(f.listForm, raw, time.Now())
	if f.dots && f.listForm == formLISTa && err == nil && !l.self {
		if raw, err = s.list(ctx, dir, formLISTal); err != nil {
			return nil, err
		}
		l, err = parseListing(formLISTal, raw, time.Now())
	}
	if err == nil && f.dots && !l.self {
		err = fmt.Errorf("%w: the directory itself is not in it, as it is elsewhere on this server", errIncomplete)
	}
	if err != nil {
		return nil, &Error{Op: "listing", Path: dir, Class: listClass(raw), Err: err}
	}
	return l, nil
}

// listClass tells a listing that broke off from one that cannot be read: the
// former is worth another attempt.
func listClass(raw rawListing) Class {
	if !raw.clean || raw.final.code/100 == 4 {
		return Retry
	}
	return File
}

// same returns an error that wraps [sync.ErrChanged] where now is not what was.
// Of directories only the kind counts.
func same(p manifest.Path, was, now manifest.Entry) error {
	switch {
	case !manifest.Unchanged(was, now):
	case was.IsFile() && was.ID != 0 && now.ID != 0 && was.ID != now.ID:
	default:
		return nil
	}
	if was.Kind != now.Kind {
		return fmt.Errorf("%q: a %v is there and not a %v: %w", p, now.Kind, was.Kind, sync.ErrChanged)
	}
	return fmt.Errorf("%q: %w", p, sync.ErrChanged)
}
