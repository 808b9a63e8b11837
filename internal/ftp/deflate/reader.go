package deflate

import (
	"bufio"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// ErrStream is wrapped by every error that says that what the server sent is no zlib stream
// (RFC 1950) with a right checksum, or more than that. It does not say that the connection broke.
var ErrStream = errors.New("what the server sends in MODE Z is no valid zlib stream")

// ErrCut is wrapped by the error that says that a stream ended before its end.
var ErrCut = errors.New("the compressed data end too early")

// idleBytes is how many bytes may come beyond twice those that they decompress to. A stream of
// empty blocks would have no end and never be anything.
const idleBytes = 1 << 20

// A Reader decompresses a zlib stream. It returns io.EOF only where the stream was whole, its
// checksum was right, and nothing came behind it. It produces no more than it is asked for, so a
// stream that grows without end costs only as much as its reader takes.
type Reader struct {
	raw counted
	in  *bufio.Reader
	z   io.ReadCloser // nil: nothing was read
	err error
}

// counted counts what is read through it.
type counted struct {
	r    io.Reader
	n    int64 // bytes that were read
	made int64 // bytes that they became
}

func (c *counted) Read(p []byte) (int, error) {
	if c.n > 2*c.made+idleBytes {
		return 0, fmt.Errorf("%w: %d bytes hold no more than %d", ErrStream, c.n, c.made)
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// NewReader returns a reader of the stream in r.
func NewReader(r io.Reader) *Reader {
	z := &Reader{raw: counted{r: r}}
	z.in = bufio.NewReaderSize(&z.raw, 32<<10)
	return z
}

// Counts returns how many bytes were read, and how many they became.
func (z *Reader) Counts() (compressed, plain int64) { return z.raw.n, z.raw.made }

// Read implements [io.Reader]. A connection that ends before its first byte is an empty stream:
// servers send nothing where there is nothing to send.
func (z *Reader) Read(p []byte) (int, error) {
	if z.err != nil || len(p) == 0 {
		return 0, z.err
	}
	if z.z == nil {
		if _, err := z.in.Peek(1); err != nil {
			z.err = err
			return 0, err
		}
		var err error
		if z.z, err = zlib.NewReader(z.in); err != nil {
			return 0, z.fails(err)
		}
	}
	n, err := z.z.Read(p)
	z.raw.made += int64(n)
	switch {
	case err == io.EOF:
		return n, z.ends()
	case err != nil:
		return n, z.fails(err)
	}
	return n, nil
}

// ends makes sure that nothing comes behind the end of the stream.
func (z *Reader) ends() error {
	switch _, err := z.in.ReadByte(); err {
	case io.EOF:
		z.err = io.EOF
	case nil:
		z.err = fmt.Errorf("%w: there is more behind its end", ErrStream)
	default:
		z.err = err
	}
	return z.err
}

// fails makes err of the stream one of this package, and keeps it. An error of the connection stays
// as it is.
func (z *Reader) fails(err error) error {
	switch {
	case err == io.ErrUnexpectedEOF:
		err = ErrCut
	case errors.Is(err, zlib.ErrHeader), errors.Is(err, zlib.ErrChecksum), errors.Is(err, zlib.ErrDictionary), isCorrupt(err):
		err = fmt.Errorf("%w: %w", ErrStream, err)
	}
	z.err = err
	return err
}
