package ftp

// Security says how the connection to the server is protected (RFC 4217).
type Security uint8

// The kinds of security. Once TLS is asked for it is required; there is no fallback to
// clear text.
const (
	Plain    Security = iota // ftp://
	Explicit                 // ftpes://, AUTH TLS on port 21
	Implicit                 // ftps://, TLS from the first byte on port 990
)

var schemes = [...]string{"ftp", "ftpes", "ftps"}

// Scheme returns the scheme of a URL with this security.
func (s Security) Scheme() string { return schemes[s] }

// Port returns the port that servers listen on for this security.
func (s Security) Port() int {
	if s == Implicit {
		return 990
	}
	return 21
}
