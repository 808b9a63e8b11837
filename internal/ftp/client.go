package ftp

import (
	"crypto/tls"
	stdsync "sync"

	"ferry/internal/ftp/datamode"
	"ferry/internal/ftp/socket"
)

// A Client is what all sessions with one server share: the password, the data mode, what
// the server can do, and the limits of speed. It opens sessions and keeps none. Its
// methods may be called from several goroutines, but the first login must be alone.
type Client struct {
	o        Options
	modes    *datamode.Tracker
	traffic  *socket.ByteCount
	up, down *socket.Throttle

	askPassword stdsync.Once
	secret      string
	secretErr   error

	mu         stdsync.Mutex
	f          *Features // after the first login
	tlsVersion string    // of the first session; "": clear text
	known      Capabilities
}

// NewClient returns a client for the server of o. It connects at the first login.
func NewClient(o Options) *Client {
	o = o.WithDefaults()
	c := &Client{o: o, traffic: &socket.ByteCount{}, up: socket.NewThrottle(o.BytesUp), down: socket.NewThrottle(o.BytesDown), known: Recall(o)}
	c.modes = &datamode.Tracker{Allow: o.Mode.DataModes(), Learned: func(DataMode) { c.remember() }, Warn: o.Notice, Trial: o.ModeTrial}
	c.modes.Recall(c.known.Mode)
	return c
}

// Options returns the options of the server, with defaults.
func (c *Client) Options() Options { return c.o }

// Features returns what the server can do, nil before the first login.
func (c *Client) Features() *Features {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.f
}

// InUse returns the data mode that is tried first and the version of TLS, each "" where
// none is known.
func (c *Client) InUse() (mode, tlsVersion string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.modes.Current().String(), c.tlsVersion
}

// OneSessionOnly reports whether several sessions would stall the server, see
// [OneActiveSessionOnly].
func (c *Client) OneSessionOnly() bool {
	f := c.Features()
	return f != nil && c.modes.Current().Active() && f.Has(OneActiveSessionOnly)
}

// PreferMode notes that a data connection was opened in mode m. All sessions try it first.
func (c *Client) PreferMode(m DataMode) { c.modes.Worked(m) }

// Remember writes down f, which was found out on sessions of [Client.Open], for later runs.
func (c *Client) Remember(f *Features) {
	c.mu.Lock()
	c.f = f
	c.mu.Unlock()
	c.remember()
}

// remember writes down what is known of the server.
func (c *Client) remember() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.f == nil {
		return
	}
	mode := c.modes.Current()
	list, dots := c.f.listToRemember()
	news := Capabilities{Mode: mode.String(), List: list, Dots: dots, Seen: c.f.worthRemembering(), Features: c.f.digest(),
		ShowModes: c.f.showModes, Greeting: c.f.greeting}
	if err := remember(c.o, news); err != nil {
		c.o.Log.Warn("cannot remember what the server can do", "error", err)
	}
}

// password asks for the password once.
func (c *Client) password() (string, error) {
	c.askPassword.Do(func() {
		switch {
		case c.o.Password != nil:
			c.secret, c.secretErr = c.o.Password()
		case c.o.User == "anonymous":
			c.secret = "anonymous@"
		}
	})
	return c.secret, c.secretErr
}

// versionOf returns the version of TLS on the control connection, "" in clear text.
func versionOf(s *Session) string {
	if state, ok := s.TLS(); ok {
		return tls.VersionName(state.Version)
	}
	return ""
}
