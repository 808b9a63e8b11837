package ftpserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	library "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"

	"ferry/internal/selfsigned"
)

// Server is a running server. Its methods may be called from several goroutines at once.
type Server struct {
	opts       Options
	cert       *selfsigned.Certificate // nil without TLS
	files      *serverFS
	closer     io.Closer // the root on disk, or nil
	listener   net.Listener
	library    *library.FtpServer
	driver     *driver
	backend    string // address of the library
	faults     *Faults
	transcript transcript
	limit      atomic.Int64
	nextPort   atomic.Int64

	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu       sync.Mutex
	sessions map[*session]bool
	active   int // sessions that count for the limit
	number   int
	late     chan struct{} // closed when the last change that was made later is done
}

// Start starts a server. The caller must close it.
func Start(opts Options) (*Server, error) {
	s := &Server{opts: opts, sessions: map[*session]bool{}}
	s.opts.setDefaults()
	s.limit.Store(int64(opts.MaxConnections))
	s.faults = newFaults(opts.Faults)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.start(); err != nil {
		s.Close()
		return nil, fmt.Errorf("starting the FTP server: %w", err)
	}
	return s, nil
}

func (s *Server) start() (err error) {
	if s.opts.TLS != Plain {
		if s.cert, err = newCertificate(); err != nil {
			return err
		}
	}
	fs := s.opts.Files
	if fs == nil && s.opts.Root != "" {
		disk, err := openDisk(s.opts.Root)
		if err != nil {
			return err
		}
		fs, s.closer = disk, disk
		if s.opts.FoldCase {
			fs = foldingFS{disk}
		}
	}
	if fs == nil {
		fs = afero.NewMemMapFs()
		if err := fs.MkdirAll("/", 0o755); err != nil {
			return err
		}
	}
	s.files = &serverFS{Fs: fs, zone: s.opts.Zone, readOnly: s.opts.ReadOnly, noOverwrite: s.opts.NoOverwrite}
	if err := s.startLibrary(); err != nil {
		return err
	}
	if s.listener, err = listenLoopback(s.opts.Addr); err != nil {
		return err
	}
	s.done.Go(s.accept)
	return nil
}

func (s *Server) startLibrary() error {
	listener, err := listenFree(net.IPv4(127, 0, 0, 1))
	if err != nil {
		return err
	}
	s.backend = listener.Addr().String()
	s.driver = &driver{opts: &s.opts, files: s.files, listener: listener}
	s.library = library.NewFtpServer(s.driver)
	if err := s.library.Listen(); err != nil {
		listener.Close()
		return err
	}
	s.done.Go(func() { _ = s.library.Serve() })
	return nil
}

// listenLoopback listens on a loopback address and refuses any other. The password of the server may be in the source
// of a test, so other machines must not reach the server.
func listenLoopback(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s is not a loopback address", addr)
	}
	if port == "0" {
		return listenFree(ip)
	}
	return net.Listen("tcp", addr)
}

// Addr returns the address of the control port, as host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Port returns the number of the control port.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// Faults returns the list of faults, which may be changed at any time.
func (s *Server) Faults() *Faults { return s.faults }

// SetMaxConnections changes how many sessions may be open at once; 0 means any number. Open sessions stay open.
func (s *Server) SetMaxConnections(n int) { s.limit.Store(int64(n)) }

// Connections returns the number of open sessions.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.active
}

// DropAll cuts the control and data connections of every open session, as a restart of the server or a broken network
// does. The server accepts new sessions afterwards.
func (s *Server) DropAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.sessions {
		one.drop()
	}
}

// CertPEM returns the self-signed certificate of the server, or nil without TLS.
func (s *Server) CertPEM() []byte {
	if s.cert == nil {
		return nil
	}
	return s.cert.CertPEM
}

// Fingerprint returns the SHA-256 of the certificate in lower-case hex without separators, or "" without TLS.
func (s *Server) Fingerprint() string {
	if s.cert == nil {
		return ""
	}
	return s.cert.Fingerprint
}

// Transcript returns what was sent on the control connections since the start or the last ClearTranscript. Each item is
// one line: the number of the session, and then ">" and a command, "<" and a line of a reply, or "!" and a remark of the
// server. Passwords are left out. Only the end of a very long transcript is kept.
func (s *Server) Transcript() []string { return s.transcript.all() }

// ClearTranscript empties the transcript.
func (s *Server) ClearTranscript() { s.transcript.clear() }

// Close ends all sessions, closes the ports, and waits until all goroutines of the server have ended.
func (s *Server) Close() error {
	s.cancel()
	var err error
	if s.listener != nil {
		err = s.listener.Close()
	}
	s.DropAll()
	if s.library != nil {
		_ = s.library.Stop()
	}
	s.done.Wait()
	if s.driver != nil {
		s.driver.clients.Wait()
	}
	if s.closer != nil {
		err = cmp.Or(err, s.closer.Close())
		s.closer = nil
	}
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// accept starts a session for every new connection.
func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if s.ctx.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return
		}
		if err != nil {
			time.Sleep(time.Millisecond) // likely too many open files
			continue
		}
		s.open(conn)
	}
}

// open starts a session, and tells it whether it exceeds the limit.
func (s *Server) open(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		conn.Close()
		return
	}
	s.number++
	limit := int(s.limit.Load())
	one := newSession(s, s.number, conn, limit > 0 && s.active >= limit)
	s.sessions[one] = true
	if !one.overLimit {
		s.active++
	}
	s.done.Go(func() {
		one.run()
		s.countClosed(one)
		one.close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.sessions, one)
	})
}

// countClosed no longer counts a session that has ended.
func (s *Server) countClosed(one *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !one.overLimit {
		s.active--
	}
}
