package ftpserver

import (
	"net"
	"slices"
	"strings"
)

// refused is the reply to a command that this server does not have, or does not allow now; nil when it may go on.
func (s *session) refused(verb, arg string) reply {
	o := &s.srv.opts
	disabled := map[string]bool{
		"MLSD": o.NoMLSD, "MLST": o.NoMLSD, "MFMT": o.NoMFMT, "MDTM": o.NoMDTM,
		"EPSV": o.NoEPSV || o.NoPassive, "PASV": o.NoPASV || o.NoPassive,
		"EPRT": o.NoEPRT || o.NoActive, "PORT": o.NoActive, "REST": o.NoREST, "SIZE": o.NoSIZE,
	}
	switch {
	case disabled[verb]:
		return replyOf("500 Unknown command.")
	case verb == "AUTH" && o.TLS != Explicit:
		return replyOf("500 AUTH not understood.")
	case (verb == "PBSZ" || verb == "PROT") && !s.secure:
		return replyOf("503 Secure the control connection first.")
	case verb == "USER" && o.ForceTLS && !s.secure:
		return replyOf("530 Non-anonymous sessions must use encryption.")
	case s.epsvAll && (verb == "PASV" || verb == "PORT" || verb == "EPRT"):
		return replyOf("501 Not after EPSV ALL.") // RFC 2428 section 4
	case !s.loggedIn && slices.Contains([]string{"PASV", "EPSV", "PORT", "EPRT"}, verb):
		return replyOf("530 Please login with USER and PASS.")
	}
	return nil
}

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

// features is the library's reply to FEAT, with what this server does not have taken out and TLS put in.
func (s *session) features() (reply, error) {
	r, err := s.back.do("FEAT")
	if err != nil || r.code() != 211 || len(r) < 2 {
		return r, err
	}
	o := &s.srv.opts
	missing := map[string]bool{
		"MLSD": true, // not a feature of its own, RFC 3659 section 7.8
		"MLST": o.NoMLSD, "MFMT": o.NoMFMT, "MDTM": o.NoMDTM, "EPSV": o.NoEPSV || o.NoPassive,
		"EPRT": o.NoEPRT || o.NoActive, "REST": o.NoREST, "SIZE": o.NoSIZE, "UTF8": o.NoUTF8 || o.Latin1,
	}
	feats := slices.DeleteFunc(slices.Clone(r[1:len(r)-1]), func(line string) bool {
		return missing[verbOf(strings.TrimSpace(line))]
	})
	for i, line := range feats {
		switch text := strings.TrimSpace(line); {
		case text == "MLST":
			feats[i] = " MLST Type*;Size*;Modify*;"
		case strings.Contains(text, "SHA-256") && !strings.HasPrefix(text, "HASH"):
			feats[i] = " HASH " + text
		}
	}
	if o.TLS != Plain {
		feats = append(feats, " AUTH TLS", " PBSZ", " PROT")
	}
	return slices.Concat(reply{"211-Features:"}, feats, reply{"211 End"}), nil
}

// pathOf is the absolute path that a command names, "" when it names none.
func (s *session) pathOf(verb, arg string) string {
	switch verb {
	case "LIST", "NLST":
		_, name := s.listFlags(arg)
		return s.absolute(name)
	case "MLSD", "MLST", "CWD", "MKD", "RMD", "DELE", "RNFR", "RNTO", "RETR", "STOR", "APPE", "SIZE", "HASH",
		"XCRC", "XMD5", "XSHA1", "XSHA256", "XSHA512", "MD5", "STAT":
		return s.absolute(arg)
	case "MDTM", "MFMT":
		if stamp, name, ok := strings.Cut(arg, " "); ok && len(stamp) >= 14 && (verb == "MFMT" || s.srv.opts.MDTMSets) {
			return s.absolute(name)
		}
		return s.absolute(arg)
	case "CDUP":
		return s.absolute("..")
	}
	return ""
}

// decode and encode turn what is on the wire into UTF-8 and back.
func (s *session) decode(line string) string {
	if !s.srv.opts.Latin1 {
		return line
	}
	runes := make([]rune, len(line))
	for i := range len(line) {
		runes[i] = rune(line[i])
	}
	return string(runes)
}

func (s *session) encode(line string) string {
	if !s.srv.opts.Latin1 {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		if r > 0xFF {
			r = '?'
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}

// hostOf is the IP address of a connection's end, without a zone.
func hostOf(addr net.Addr) net.IP {
	if tcp, ok := addr.(*net.TCPAddr); ok {
		return tcp.IP
	}
	return nil
}
