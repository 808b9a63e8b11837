package ftpserver

import (
	"errors"
	"net"
	"path"
	"strconv"
	"strings"
)

// handle carries out one command and answers it. Faults may change either.
func (s *session) handle(raw string) {
	line := s.decode(raw)
	s.record(">", line)
	verb, arg := verbOf(line), argOf(line)
	hits := s.matchFaults(verb, arg, s.pathOf(verb, arg))
	switch {
	case hits.stall():
		s.stall()
		return
	case hits.later() != nil && verb != "STOR":
		s.sendReply(s.changeLater(verb, s.pathOf(verb, arg), hits.later()), hits)
		return
	case hits.refuse() != "":
		if verb == "AUTH" {
			s.resume <- struct{}{}
		}
		s.sendReply(replyOf(hits.refuse()), hits)
		s.quit = s.quit || hits.close()
		return
	case hits.close() && hits.reply() == "" && hits.data() == nil:
		s.quit, s.abrupt = true, true
		return
	}
	if s.srv.opts.Unquotes {
		arg = unquote(arg)
	}
	if verb == "RNFR" {
		s.renameFrom = s.pathOf(verb, arg)
	}
	r, err := s.execute(verb, arg, hits)
	if fault := hits.later(); err == nil && fault != nil && r.good() {
		s.showLater(s.pathOf(verb, arg), fault)
	}
	if err != nil {
		if !errors.Is(err, net.ErrClosed) {
			s.remark("closing: " + err.Error())
		}
		s.quit = true
		return
	}
	s.finish(verb, r, hits)
}

// finish sends the reply to a command that was carried out.
func (s *session) finish(verb string, r reply, hits effects) {
	if hits.lose() {
		s.held.Reset()
		s.quit, s.abrupt = true, true
		return
	}
	if text := hits.reply(); text != "" {
		r = replyOf(text)
	}
	r = hits.rewrite(s.srv.opts.inItsWords(verb, r))
	s.sendReply(r, hits)
	s.quit = s.quit || hits.close() || verb == "QUIT" || r.code() == 421
	if verb == "AUTH" {
		if r.code() == 234 && !s.startTLS() {
			s.quit = true
		}
		s.resume <- struct{}{}
	}
}

// execute carries out a command: those of TLS and of data connections here, all others in the library.
func (s *session) execute(verb, arg string, hits effects) (reply, error) {
	if r := s.refusal(verb); r != nil {
		return r, nil
	}
	switch verb {
	case "AUTH":
		return s.auth(arg), nil
	case "PBSZ", "PROT":
		return s.protect(verb, arg), nil
	case "PASV", "EPSV":
		return s.passive(verb, arg, hits.port()), nil
	case "CPSV":
		r := s.passive("PASV", arg, hits.port())
		if r.code() == 227 {
			s.data.hello = true
		}
		return r, nil
	case "SSCN":
		return s.setHello(arg), nil
	case "PORT", "EPRT":
		return s.active(verb, arg, hits.port()), nil
	case "LIST", "NLST", "MLSD", "RETR", "STOR", "APPE":
		return s.transfer(verb, arg, hits)
	case "MODE":
		if s.srv.opts.Deflate != NoDeflate {
			return s.mode(arg), nil
		}
	case "FEAT":
		return s.features()
	case "SYST":
		if s.srv.opts.System != "" {
			return replyOf(s.srv.opts.System), nil
		}
	case "ABOR":
		return replyOf("226 ABOR command successful."), nil
	case "REST":
		if n, err := strconv.ParseInt(arg, 10, 64); err == nil && n > 0 {
			arg = strconv.FormatInt(max(0, n+s.srv.opts.RESTShift), 10)
		}
	case "USER":
		s.loggedIn = false
	case "PASS":
		if s.overLimit {
			s.quit = true
			return replyOf(s.srv.opts.TooMany), nil
		}
	case "MDTM":
		if stamp, name, ok := strings.Cut(arg, " "); ok && s.srv.opts.MDTMSets && len(stamp) == 14 {
			return s.backend.command("MFMT " + stamp + " " + name)
		}
	}
	r, err := s.backend.command(strings.TrimRight(verb+" "+arg, "\r\n"))
	if err == nil {
		s.track(verb, arg, r)
	}
	return r, err
}

// track updates what the session knows of the client after a successful command. The current directory is needed
// because faults name absolute paths.
func (s *session) track(verb, arg string, r reply) {
	if !r.good() {
		return
	}
	switch verb {
	case "CWD":
		s.cwd = s.absolute(arg)
	case "CDUP":
		s.cwd = path.Dir(s.cwd)
	case "PASS":
		s.loggedIn = true
	}
}

// matchFaults returns the faults that strike one command, and calls their hooks.
func (s *session) matchFaults(verb, arg, name string) effects {
	hits := s.srv.faults.match(s.number, verb, arg, name, s.srv.files)
	if len(hits) > 0 {
		s.remark("fault on " + verb + " " + name)
	}
	hits.hooks()
	return hits
}

// stall waits until the client goes away.
func (s *session) stall() {
	s.flush()
	<-s.ctx.Done()
	s.quit, s.abrupt = true, true
}

func verbOf(line string) string {
	verb, _, _ := strings.Cut(line, " ")
	return strings.ToUpper(verb)
}

func argOf(line string) string {
	_, arg, _ := strings.Cut(line, " ")
	return arg
}
