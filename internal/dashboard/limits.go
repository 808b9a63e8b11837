package dashboard

import (
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// mostConnections is how many connections are open at the same time: a watch that serves the
// page needs files for its work.
const mostConnections = 256

// bodyTimeout is how long the body of a request may take, and writeTimeout what is written of an
// answer at a time.
var (
	bodyTimeout  = 10 * time.Second
	writeTimeout = time.Minute
)

// readBody reads the form of a request. It reports false where the body does not come to its
// end in time or is too long: then nothing more can be read of the connection.
func readBody(w http.ResponseWriter, r *http.Request) bool {
	if r.ContentLength == 0 {
		return true
	}
	out := http.NewResponseController(w)
	_ = out.SetReadDeadline(time.Now().Add(bodyTimeout))
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	_ = r.ParseForm() // a form that is none lacks what is looked for in it
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return false
	}
	_ = out.SetReadDeadline(time.Time{})
	return true
}

// writing gives the next part of an answer its time.
func writing(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout))
}

// A limited listener accepts a connection when there is a place for it.
type limited struct {
	net.Listener
	places chan struct{}
}

func limit(l net.Listener, most int) *limited { return &limited{l, make(chan struct{}, most)} }

func (l *limited) Accept() (net.Conn, error) {
	l.places <- struct{}{}
	leave := sync.OnceFunc(func() { <-l.places })
	c, err := l.Listener.Accept()
	if err != nil {
		leave()
		return nil, err
	}
	return &placed{c, leave}, nil
}

type placed struct {
	net.Conn
	leave func()
}

func (c *placed) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
