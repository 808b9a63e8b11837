package ftpserver

import (
	"slices"
	"strings"
)

// A dialect is what a server understands and how it shows things. It is described
// by fields of [Options]. To add a dialect, add a field there and a row to one of
// two tables: here, if commands or features are missing, or to listingDialects in
// listing.go, if lines of a listing look different. The tests of dialects have one
// table as well, in TestDisabled.

// missingCommands lists the options that take commands or features away.
var missingCommands = []struct {
	set      func(o *Options) bool
	commands []string // answered with 500
	features []string // left out of the reply to FEAT
}{
	{func(o *Options) bool { return o.NoMLSD }, []string{"MLSD", "MLST"}, []string{"MLST"}},
	{func(o *Options) bool { return o.NoMFMT }, []string{"MFMT"}, []string{"MFMT"}},
	{func(o *Options) bool { return o.NoMDTM }, []string{"MDTM"}, []string{"MDTM"}},
	{func(o *Options) bool { return o.NoSIZE }, []string{"SIZE"}, []string{"SIZE"}},
	{func(o *Options) bool { return o.NoREST }, []string{"REST"}, []string{"REST"}},
	{func(o *Options) bool { return o.NoEPSV }, []string{"EPSV"}, []string{"EPSV"}},
	{func(o *Options) bool { return o.NoPASV }, []string{"PASV"}, nil},
	{func(o *Options) bool { return o.NoPassive }, []string{"EPSV", "PASV"}, []string{"EPSV"}},
	{func(o *Options) bool { return o.NoEPRT }, []string{"EPRT"}, []string{"EPRT"}},
	{func(o *Options) bool { return o.NoActive }, []string{"EPRT", "PORT"}, []string{"EPRT"}},
	{func(o *Options) bool { return !o.SSCN || o.TLS == Plain }, []string{"SSCN"}, nil},
	{func(o *Options) bool { return !o.CPSV || o.TLS == Plain }, []string{"CPSV"}, nil},
	{func(o *Options) bool { return o.NoUTF8 || o.Encoding != nil }, nil, []string{"UTF8"}},
}

// hasCommand reports whether the server understands a command.
func (o *Options) hasCommand(verb string) bool {
	for _, missing := range missingCommands {
		if slices.Contains(missing.commands, verb) && missing.set(o) {
			return false
		}
	}
	return true
}

// hasFeature reports whether the reply to FEAT names a feature.
func (o *Options) hasFeature(name string) bool {
	if name == "MLSD" {
		return false // it is part of the feature MLST (RFC 3659 section 7.8)
	}
	for _, missing := range missingCommands {
		if slices.Contains(missing.features, name) && missing.set(o) {
			return false
		}
	}
	return true
}

// refusal returns the reply to a command that the server does not have or does not
// allow now. It is nil if the command may be carried out.
func (s *session) refusal(verb string) reply {
	o := &s.srv.opts
	switch {
	case !o.hasCommand(verb):
		return replyOf("500 Unknown command.")
	case verb == "AUTH" && o.TLS != Explicit:
		return replyOf("500 AUTH not understood.")
	case slices.Contains([]string{"PBSZ", "PROT", "SSCN", "CPSV"}, verb) && !s.secure:
		return replyOf("503 Secure the control connection first.")
	case verb == "USER" && o.ForceTLS && !s.secure:
		return replyOf("530 Non-anonymous sessions must use encryption.")
	case s.epsvAll && (verb == "PASV" || verb == "PORT" || verb == "EPRT"):
		return replyOf("501 Not after EPSV ALL.") // RFC 2428 section 4
	case !s.loggedIn && slices.Contains([]string{"PASV", "CPSV", "EPSV", "PORT", "EPRT"}, verb):
		return replyOf("530 Please login with USER and PASS.")
	}
	return nil
}

// features returns the reply to FEAT: that of the library without the features
// that this server lacks, and with those of TLS.
func (s *session) features() (reply, error) {
	if s.srv.opts.Features != "" {
		return replyOf(s.srv.opts.Features), nil
	}
	r, err := s.backend.command("FEAT")
	if err != nil || r.code() != 211 || len(r) < 2 {
		return r, err
	}
	o := &s.srv.opts
	feats := slices.DeleteFunc(slices.Clone(r[1:len(r)-1]), func(line string) bool {
		return !o.hasFeature(verbOf(strings.TrimSpace(line)))
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
		for _, verb := range []string{"SSCN", "CPSV"} {
			if o.hasCommand(verb) {
				feats = append(feats, " "+verb)
			}
		}
	}
	if o.Deflate != NoDeflate {
		feats = append(feats, " MODE Z")
	}
	return slices.Concat(reply{"211-Features:"}, feats, reply{"211 End"}), nil
}
