//go:build !linux

package ftp

// keepsPieces says that the system sends each piece of [timedConn.writePiece] in a TCP
// segment of its own.
const keepsPieces = false

// writePiece is Write: the system may put several pieces into one segment, and cut that
// anywhere. So no more than one piece is on its way at a time; see [Session.window].
func (c *timedConn) writePiece(p []byte) (int, error) { return c.Write(p) }
