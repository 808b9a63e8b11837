//go:build !linux

package socket

// KeepsPieces says that the system sends each piece of [Conn.WritePiece] in a TCP
// segment of its own.
const KeepsPieces = false

// WritePiece is Write: the system may put several pieces into one segment, and cut that
// anywhere. So no more than one piece is on its way at a time; see Session.window of package ftp.
func (c *Conn) WritePiece(p []byte) (int, error) { return c.Write(p) }
