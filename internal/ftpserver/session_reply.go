package ftpserver

import (
	"time"
)

// sendReply sends a reply at once or in pieces, or holds it for later, as the faults say.
func (s *session) sendReply(r reply, hits effects) {
	for _, line := range r {
		s.record("<", line)
		s.held.WriteString(s.encodeReply(line) + "\r\n")
	}
	if hits.hold() {
		return
	}
	if n := hits.pieces(); n > 0 {
		s.sendPieces(n)
		return
	}
	s.flush()
}

// sendPieces sends the held replies in pieces of n bytes, with pauses so that the pieces arrive one by one.
func (s *session) sendPieces(n int) {
	for s.held.Len() > 0 {
		if _, err := s.conn.Write(s.held.Next(n)); err != nil {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *session) flush() {
	if s.held.Len() > 0 {
		_, _ = s.held.WriteTo(s.conn) // read notices if the client is gone
		s.held.Reset()
	}
}

func (s *session) remark(text string)       { s.record("!", text) }
func (s *session) record(mark, text string) { s.srv.transcript.add(s.number, mark, text) }
