package remote

// A reply is one answer of the server (RFC 959, section 4.2).
type reply struct {
	code int
	text string // all lines without the code, joined by \n
}

// ok reports a positive completion reply, 2yz.
func (r reply) ok() bool { return r.code/100 == 2 }
