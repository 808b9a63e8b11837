package ftpserver

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"hash/adler32"
	"io"
	"strings"
)

// Deflate says what the server makes of MODE Z (draft-preston-ftpext-deflate).
type Deflate int

const (
	NoDeflate      Deflate = iota // it is refused
	GoodDeflate                   // the data are zlib streams
	OnlySaid                      // 200, and the data are what they always were
	RawDeflate                    // deflate without the frame of zlib, both ways (ftpserverlib)
	BadChecksum                   // downloads have a wrong checksum
	BadContent                    // downloads are something else, with the checksum of what they should be
	NoEnd                         // downloads lack the last bytes of the stream, and are called complete
	OtherContent                  // downloads are a good stream of something else that is as long
	Bomb                          // downloads are a stream of zeros without end
	EmptyBlocks                   // downloads are a stream of nothing without end
	DroppedUploads                // what is uploaded is stored without its last byte, and called complete
	RefusedByMode                 // FEAT lists it, and MODE Z is answered with 504
	SilentUploads                 // the session ends after the first byte of an upload
)

// mode carries out MODE.
func (s *session) mode(arg string) reply {
	s.deflate = strings.EqualFold(arg, "Z") && s.srv.opts.Deflate != RefusedByMode
	if s.deflate || strings.EqualFold(arg, "S") {
		return replyOf("200 Mode set to " + strings.ToUpper(arg) + ".")
	}
	return replyOf("504 Mode not implemented.")
}

// outgoing returns what the client gets of a file or listing.
func (s *session) outgoing(plain io.Reader) (io.Reader, error) {
	if !s.deflate {
		return plain, nil
	}
	var b bytes.Buffer
	var w io.WriteCloser
	kind := s.srv.opts.Deflate
	switch kind {
	case OnlySaid:
		return plain, nil
	case RawDeflate:
		w, _ = flate.NewWriter(&b, flate.DefaultCompression)
	default:
		w = zlib.NewWriter(&b)
	}
	content, err := io.ReadAll(plain)
	if err != nil {
		return nil, err
	}
	switch kind {
	case OtherContent:
		content = bytes.Repeat([]byte("?"), len(content))
	case Bomb:
		pipe, to := io.Pipe()
		endless := zlib.NewWriter(to)
		go func() {
			for zeros := make([]byte, 1<<20); ; {
				if _, err := endless.Write(zeros); err != nil {
					return
				}
			}
		}()
		return pipe, nil
	case EmptyBlocks:
		return io.MultiReader(strings.NewReader("\x78\x9c"), endlessBlocks{}), nil
	}
	sum := binary.BigEndian.AppendUint32(nil, adler32.Checksum(content))
	if kind == BadContent {
		content[len(content)/2] ^= 1
	}
	_, _ = w.Write(content)
	_ = w.Close()
	made := b.Bytes()
	switch kind {
	case BadContent:
		copy(made[len(made)-len(sum):], sum)
	case BadChecksum:
		made[len(made)-1] ^= 1
	case NoEnd:
		made = made[:len(made)-5]
	}
	return bytes.NewReader(made), nil
}

// endlessBlocks are empty stored blocks of deflate.
type endlessBlocks struct{}

func (endlessBlocks) Read(p []byte) (int, error) {
	const block = "\x00\x00\x00\xff\xff"
	n := len(p) / len(block) * len(block)
	if n == 0 {
		return copy(p, block), nil // a reader of so few bytes gets a broken one
	}
	copy(p, strings.Repeat(block, n/len(block)))
	return n, nil
}

// incoming returns the file in what the client sends.
func (s *session) incoming(c dataConns) (io.Reader, error) {
	sent := io.Reader(lenient{c.data})
	if !s.deflate {
		return sent, nil
	}
	switch s.srv.opts.Deflate {
	case OnlySaid:
		return sent, nil
	case RawDeflate:
		return flate.NewReader(sent), nil
	case SilentUploads:
		_, _ = io.ReadFull(sent, make([]byte, 1))
		s.cancel()
		return nil, io.ErrClosedPipe
	}
	z, err := zlib.NewReader(sent)
	if err != nil || s.srv.opts.Deflate != DroppedUploads {
		return z, err
	}
	content, err := io.ReadAll(z)
	return bytes.NewReader(content[:max(0, len(content)-1)]), err
}
