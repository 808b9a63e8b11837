// Package modez decides which files go in MODE Z, and tries it where nobody knows whether it works. What
// goes over the line, and what becomes of it, is in internal/ftp.
package modez

import (
	"cmp"
	"context"
	"errors"
	"io"

	"ferry/internal/ftp"
	"ferry/internal/ftp/deflate"
)

// mostTried is how many bytes the first download in MODE Z may have, unless its reader compares: so much
// is kept until all of it has come.
const mostTried = 1 << 20

// A File says how a file that is downloaded may come.
type File struct {
	// Might says that it may come in MODE Z, now or later.
	Might bool
	s     *ftp.Session
	on    bool
}

// Download decides whether t, which downloads a file of t.Size bytes from its beginning, goes in MODE Z.
// compares says that the caller knows the beginning of the file, wants it in MODE Z, and compares it.
func Download(s *ftp.Session, t *ftp.Transfer, compares bool) File {
	may, proven := s.MayDeflate(ftp.DeflatesDownloads)
	line := s.Features().Line()
	f := File{s: s, on: s.DeflatesAnyway()}
	f.Might = may && t.Size > 0 && !line.IsFutile(cmp.Or(t.Name, t.Path))
	switch {
	case !f.Might, !compares && !f.on && !line.Pays(deflate.Down, t.Size):
	case !proven && (t.Size > mostTried && !compares || !line.BeginTrial(deflate.Down)):
	default:
		t.Deflate, t.Trial = true, !proven
	}
	return f
}

// ComesSooner reports whether the file of d, which comes as it is, would be there sooner if all of it came
// once more in MODE Z.
func (f File) ComesSooner(d *ftp.Download) bool {
	if !f.Might || d.Transfer.Deflate {
		return false
	}
	came, took := d.Flow()
	left, line := d.Transfer.Size-came, f.s.Features().Line()
	if came < leastSeen || !(f.on && left > mostTried || line.PaysRest(came, left, took)) {
		return false
	}
	may, proven := f.s.MayDeflate(ftp.DeflatesDownloads)
	return may && (proven || line.CanTry(deflate.Down)) // while another file is the first, this one goes on
}

// leastSeen is how much of a file comes before it may come once more.
const leastSeen = 64 << 10

// Upload decides whether t, which sends a file of t.Size bytes, goes in MODE Z: the content must be seen to
// become smaller. It returns what is to be sent in place of r. The first time some text of ferry's own goes
// before it, in its place. An error means that this took the session. What goes on with a part stays as it
// is: the text would take the place of the part.
func Upload(ctx context.Context, s *ftp.Session, t *ftp.Transfer, r io.Reader) (io.Reader, error) {
	may, proven := s.MayDeflate(ftp.DeflatesUploads)
	line := s.Features().Line()
	if !may || t.Size <= 0 || t.Resumes() || line.IsFutile(cmp.Or(t.Name, t.Path)) || !sends(s, t.Size) {
		return r, nil
	}
	in := &peeked{r: r, head: make([]byte, min(t.Size, deflate.SampleBytes))}
	n, err := io.ReadFull(r, in.head)
	in.head = in.head[:n]
	if err != nil || !deflate.Shrinks(in.head) {
		return in, nil // an error comes again
	}
	if !proven {
		if t.Before.Has("MKD") || !line.BeginTrial(deflate.Up) { // its place may still have to be made
			return in, nil
		}
		defer line.EndTrial(deflate.Up)
		works, err := Try(ctx, s, t.Path)
		if err != nil || !works {
			return in, err
		}
	}
	t.Deflate = sends(s, t.Size) // the trial may have shown that it takes longer
	return in, nil
}

// sends reports whether a file of size bytes is sent in MODE Z, as far as the line is concerned.
func sends(s *ftp.Session, size int64) bool {
	line := s.Features().Line()
	return s.DeflatesAnyway() || line.Pays(deflate.Up, size) || line.MayPay(deflate.Up, size)
}

// A peeked is a source whose beginning was read before.
type peeked struct {
	head []byte
	r    io.Reader
}

func (p *peeked) Read(b []byte) (int, error) {
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		return n, nil
	}
	return p.r.Read(b)
}

// MoveTo implements [ftp.KernelSource], where the source does.
func (p *peeked) MoveTo(dst io.ReaderFrom, most int64) (int64, error) {
	m, ok := p.r.(ftp.KernelSource)
	if !ok || len(p.head) > 0 {
		return 0, errors.ErrUnsupported
	}
	return m.MoveTo(dst, most)
}
