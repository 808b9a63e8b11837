package read

import (
	"fmt"
	"hash/maphash"
	"io"

	"ferry/internal/ftp"
	"ferry/internal/ftp/modez"
	"ferry/sync"
)

// A file that turns out to come slowly is there sooner if all of it comes once more in MODE Z, which
// knows no offsets. What has come as it is proves what comes then: nothing behind it is handed out
// before the beginning was seen to be the same.
//
// What came in MODE Z is proven by its checksum, at its end. Where that is wrong, the file comes
// once more as it is, and all that was handed out is compared with that.

// deflated is what a [file] knows of its transfers in MODE Z.
type deflated struct {
	off      bool          // the file comes as it is from now on
	compare  bool          // what comes is compared with all that was handed out
	transfer *ftp.Transfer // the current one, where it may be in MODE Z
	file     modez.File
	unproven bool // some of what was handed out came in MODE Z, and not to its end
	seen     maphash.Hash
	hashed   int64 // bytes of the file, from its start, that are in seen
}

// noteDeflated notes that b, up to pos, is handed out.
func (f *file) noteDeflated(b []byte) {
	d := &f.deflated
	if d.hashed == f.pos-int64(len(b)) && d.file.Might {
		d.seen.Write(b)
		d.hashed = f.pos
	}
	d.unproven = d.unproven || f.data.Transfer.Deflate
}

// receive begins a transfer from an offset.
func (f *file) receive(offset int64) (*ftp.Download, error) {
	d := &f.deflated
	d.transfer, d.file = nil, modez.File{}
	if offset == 0 && !d.off && d.hashed >= f.pos {
		t := &ftp.Transfer{Op: "RETR", Path: f.At, Line: "RETR " + f.At, Size: f.Entry.Size}
		file := modez.Download(f.s, t, d.compare)
		if !t.Deflate || f.isWhole() {
			d.transfer, d.file = t, file
			return f.s.Receive(f.ctx, t)
		}
	}
	return f.s.Retrieve(f.ctx, f.At, offset)
}

// comesSoonerDeflated reports whether all of the file should come once more, in MODE Z.
func (f *file) comesSoonerDeflated() bool {
	d := &f.deflated
	return !d.off && d.hashed == f.pos && d.file.ComesSooner(f.data) && f.isWhole()
}

// isWhole reports whether no parts of the file come before their turn, and sees to it that none do
// from now on: a transfer in MODE Z is proven at its end only.
func (f *file) isWhole() bool { return f.spread == nil || f.spread.endIfNone() }

// beginDeflated has all of the file come once more, in MODE Z.
func (f *file) beginDeflated() error {
	f.opts.Log.Info("compressing", "path", f.At, "at", f.pos, "of", f.Entry.Size)
	f.deflated.compare = true
	f.release()
	return f.start()
}

// leavesDeflated reports whether a transfer that broke off with err goes on as it is, and whether that
// is another way and no other attempt. Where there is nothing to go on with, only all of it can show that
// what came is right.
func (f *file) leavesDeflated(err error) bool {
	d := &f.deflated
	if d.off || d.transfer == nil || !d.transfer.Deflate || !ftp.Retryable(err) || f.ctx.Err() != nil {
		return false
	}
	d.off = true
	d.compare = d.unproven && (ftp.IsBadStream(err) || f.pos == f.Entry.Size)
	return true
}

// compareAll reads the beginning of the file once more.
func (f *file) compareAll() error {
	var again maphash.Hash
	again.SetSeed(f.deflated.seen.Seed())
	n, err := io.CopyN(&again, f.data, f.pos)
	switch {
	case err == io.EOF:
		return &ftp.Error{Op: "RETR", Path: f.At, Class: ftp.Retry, Err: fmt.Errorf("it ends at %d bytes", n)}
	case err != nil:
		return err
	case again.Sum64() == f.deflated.seen.Sum64():
		f.deflated.compare, f.deflated.unproven = false, false
		f.deflated.off = !f.data.Transfer.Deflate // it is not asked for once more
		return nil
	case f.data.Transfer.Deflate:
		f.data.Distrust()
		return &ftp.Error{Op: "RETR", Path: f.At, Class: ftp.Retry, Err: fmt.Errorf("its first %d bytes are other ones in MODE Z", n)}
	}
	return fmt.Errorf("%w: it was replaced while it was read: %w", sync.ErrSource, sync.ErrChanged)
}
