package wire

import (
	"bytes"
	"regexp"
)

// The names of services that a caller has more to say about.
const (
	SSH = "an SSH server"
	TLS = "a server that speaks TLS from the first byte"
	FTP = "an FTP server" // only of [InsteadOfTLS]
)

// services tells servers of other protocols by the first bytes that they send.
var services = []struct {
	name  string
	first *regexp.Regexp
}{
	{SSH, regexp.MustCompile(`^SSH-\d`)},
	{"a web server", regexp.MustCompile(`(?i)^(HTTP/|<!doctype html|<html|<\?xml version)`)},
	{"a mail server (IMAP)", regexp.MustCompile(`^\* (OK|PREAUTH|BYE)\b`)},
	{"a mail server (POP3)", regexp.MustCompile(`^(\+OK|-ERR \[)`)},
	{TLS, regexp.MustCompile(`^[\x14-\x17]\x03[\x00-\x04]`)},
	{"a VNC server", regexp.MustCompile(`^RFB \d`)},
	{"an rsync server", regexp.MustCompile(`^@RSYNCD:`)},
	{"a media server (RTSP)", regexp.MustCompile(`^RTSP/\d`)},
	{"a database server", regexp.MustCompile(`^(?s:.\x00\x00\x00[\x0a\xff]|-(ERR|NOAUTH|DENIED) |E\x00\x00)`)},
}

var (
	mailGreeting = regexp.MustCompile(`\b(ESMTPS?|SMTP|LMTP)\b`)
	newsGreeting = regexp.MustCompile(`(?i)\b(NNTP|NNRP|INN|news server|posting (ok|allowed|prohibited))\b`)
	speaksFTP    = regexp.MustCompile(`(?i)ftp`)
)

// OtherService says what kind of server sends these first bytes, as in "an SSH server"; "":
// it is not known to be none of FTP.
func OtherService(first []byte) string {
	for _, s := range services {
		if s.first.Match(first) {
			return s.name
		}
	}
	if len(first) > 1 && first[0] == 0xff && first[1] >= 0xf0 { // IAC (RFC 854); no regular expression matches such bytes
		return "a telnet server"
	}
	if r, _, _ := bytes.Cut(first, []byte("\n")); len(r) > 4 {
		if code, _, text, ok := splitReplyLine(string(bytes.TrimRight(r, "\r"))); ok {
			return OtherGreeting(Reply{code, text})
		}
	}
	return ""
}

// OtherGreeting is [OtherService] for a greeting in the form of an FTP reply, which mail
// and news servers send as well.
func OtherGreeting(r Reply) string {
	switch {
	case speaksFTP.MatchString(r.Text):
		return ""
	case (r.Code == 220 || r.Code == 554) && mailGreeting.MatchString(r.Text):
		return "a mail server (SMTP)"
	case (r.Code == 200 || r.Code == 201) && newsGreeting.MatchString(r.Text):
		return "a news server (NNTP)"
	}
	return ""
}

// InsteadOfTLS says what kind of server sends these first bytes in answer to a TLS
// handshake; "": unknown. Mail servers and FTP servers begin alike, so it may be either.
func InsteadOfTLS(first []byte) string {
	if len(first) >= 4 && (string(first[:3]) == "220" || string(first[:3]) == "120" || string(first[:3]) == "421") && (first[3] == ' ' || first[3] == '-') {
		return FTP
	}
	return OtherService(first)
}
