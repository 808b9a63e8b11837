package deflate

import (
	"compress/flate"
	"compress/zlib"
	"errors"
	"io"
	stdsync "sync"
)

// isCorrupt reports whether err says that a stream cannot be decompressed.
func isCorrupt(err error) bool {
	var corrupt flate.CorruptInputError
	var internal flate.InternalError
	return errors.As(err, &corrupt) || errors.As(err, &internal)
}

// pieceBytes is how much of a source is read at a time, and collected before it is sent.
const pieceBytes = 64 << 10

// A compressor is what one upload needs of memory.
type compressor struct {
	z     *zlib.Writer
	piece []byte
	out   collector
}

// compressors are those that wait for another upload. A quick one compresses several times as fast,
// and a little less.
var compressors, quickCompressors = newCompressors(zlib.DefaultCompression), newCompressors(zlib.BestSpeed)

func newCompressors(level int) *stdsync.Pool {
	return &stdsync.Pool{New: func() any {
		z, _ := zlib.NewWriterLevel(io.Discard, level)
		return &compressor{z: z, piece: make([]byte, pieceBytes)}
	}}
}

// A collector passes on what is written to it in large pieces.
type collector struct {
	to  io.Writer
	buf []byte
}

func (c *collector) Write(p []byte) (int, error) {
	c.buf = append(c.buf, p...)
	if len(c.buf) < pieceBytes {
		return len(p), nil
	}
	return len(p), c.flush()
}

func (c *collector) flush() error {
	_, err := c.to.Write(c.buf)
	c.buf = c.buf[:0]
	return err
}

// Copy sends all that src has to dst as a zlib stream (RFC 1950). It returns how much of src was
// read. An error of src is returned as it is; then the stream has no end. With quick set it spares
// the processor.
func Copy(dst io.Writer, src io.Reader, quick bool) (read int64, err error) {
	pool := compressors
	if quick {
		pool = quickCompressors
	}
	c := pool.Get().(*compressor)
	defer func() {
		c.out.to = nil
		c.z.Reset(io.Discard)
		pool.Put(c)
	}()
	c.out.to, c.out.buf = dst, c.out.buf[:0]
	c.z.Reset(&c.out)
	for {
		n, rerr := src.Read(c.piece)
		read += int64(n)
		if _, err := c.z.Write(c.piece[:n]); err != nil {
			return read, err
		}
		if rerr == io.EOF {
			break
		} else if rerr != nil {
			return read, rerr
		}
	}
	if err := c.z.Close(); err != nil {
		return read, err
	}
	return read, c.out.flush()
}
