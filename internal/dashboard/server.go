package dashboard

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"ferry/internal/text"
)

// Options say what is served.
type Options struct {
	Access
	StateDir string // where the sockets and the history are
	Version  string // of ferry, for the foot of the pages
	Now      func() time.Time
	Log      *slog.Logger // nil: nothing is logged
}

// A Server serves the page.
type Server struct {
	o        Options
	listener net.Listener
	scheme   string
	at       string // host and port, for browsers
	isOurs   func(host string) bool
	sessions *sessions
	hub      *hub
	tallies  tallies
	streams  atomic.Int32 // that are open
	http     *http.Server
}

// New begins to listen. Nobody is answered before [Server.Serve].
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	listener, at, isOurs, err := o.listen()
	if err != nil {
		return nil, err
	}
	s := &Server{o: o, listener: listener, at: at, isOurs: isOurs, scheme: "http", hub: newHub(o)}
	if o.CertFile != "" {
		s.scheme = "https"
	}
	// The path of the pages is random, so that no other server of this machine gets the
	// cookie, whatever its port: cookies do not tell ports apart.
	s.sessions = &sessions{secret: secretText() + secretText(), path: "/" + secretText() + "/", secure: s.scheme == "https", now: o.Now,
		open: make(map[[32]byte]*openSession), guessing: make(map[string]bool)}
	if o.Password != "" {
		s.sessions.secret, s.sessions.password = o.Password, true
	}
	s.http = &http.Server{Handler: s.guard(s.routes()), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug)}
	return s, nil
}

// URL returns the address of the page. With a token it lets its reader in: it is for the
// user only.
func (s *Server) URL() string {
	url := s.scheme + "://" + s.at + "/"
	if s.sessions.password {
		return url
	}
	return url + "#token=" + s.sessions.secret
}

// Serve answers until ctx ends. It may be called once.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.http.BaseContext = func(net.Listener) context.Context { return ctx } // ends the streams of events
	stop := context.AfterFunc(ctx, func() { _ = s.http.Close() })
	defer stop()
	err := s.http.Serve(s.listener)
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	at := s.sessions.path
	mux.HandleFunc("GET /{$}", s.door)
	mux.HandleFunc("POST /login", s.login)
	mux.Handle("GET /static/", staticFiles())
	mux.HandleFunc("GET "+at+"{$}", s.inside(s.overview))
	mux.HandleFunc("GET "+at+"events", s.inside(s.events))
	for name, page := range map[string]func(http.ResponseWriter, *http.Request, *session){
		"pair": s.pair, "history": s.history, "plot": s.plot, "held": s.held,
		"conflicts": s.slow("conflicts.html", "Conflicts", "Looking at both sides …", s.conflicts),
		"trash":     s.slow("trash.html", "Trash", "Looking into the trash of both sides …", s.trash),
		"check":     s.slow("check.html", "Check of the server", "Trying the ways to connect …", s.check),
		"settings":  s.slow("settings.html", "Settings", "Reading the configuration …", s.settings),
		"plan":      s.slow("plan.html", "Plan", "Looking at both sides …", s.plan),
	} {
		mux.HandleFunc("GET "+at+name, s.inside(page))
	}
	mux.HandleFunc("POST "+at+"do", s.inside(s.do))
	mux.HandleFunc("POST "+at+"logout", s.inside(s.logout))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, http.StatusNotFound, "There is no such page.", "If ferry was started anew, open the address that it has printed.")
	})
	return mux
}

// quoted makes text of a request safe to show.
func quoted(s string) string { return strconv.Quote(text.Clean(s[:min(len(s), 100)])) }
