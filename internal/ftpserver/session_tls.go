package ftpserver

import (
	"crypto/tls"
	"strings"
)

// auth answers AUTH (RFC 4217 section 4). The handshake follows the reply.
func (s *session) auth(mechanism string) reply {
	switch strings.ToUpper(mechanism) {
	case "TLS", "TLS-C", "SSL":
	default:
		return replyOf("504 Unknown AUTH type.")
	}
	if s.secure {
		return replyOf("503 Already secured.")
	}
	return replyOf("234 Proceed with negotiation.")
}

// protect answers PBSZ and PROT (RFC 4217 section 9).
func (s *session) protect(verb, arg string) reply {
	if verb == "PBSZ" {
		return replyOf("200 PBSZ=0")
	}
	switch strings.ToUpper(arg) {
	case "P":
		s.private = true
	case "C":
		s.private = false
	default:
		return replyOf("536 PROT level not supported.")
	}
	return replyOf("200 PROT now " + strings.ToUpper(arg) + ".")
}

// setHello answers SSCN, which makes the server the TLS client on data connections, for transfers between servers.
func (s *session) setHello(arg string) reply {
	switch strings.ToUpper(arg) {
	case "ON":
		s.hello = true
	case "OFF":
		s.hello = false
	case "":
	default:
		return replyOf("501 ON or OFF expected.")
	}
	if s.hello {
		return replyOf("200 SSCN:CLIENT METHOD")
	}
	return replyOf("200 SSCN:SERVER METHOD")
}

// startTLS adds TLS to the control connection, and reports whether the handshake succeeded.
func (s *session) startTLS() bool {
	conn := tls.Server(s.raw, s.tls)
	if err := conn.HandshakeContext(s.ctx); err != nil {
		s.remark("TLS handshake: " + err.Error())
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn, s.secure = conn, true
	return true
}
