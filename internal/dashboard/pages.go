package dashboard

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"

	"ferry/internal/daemon"
	"ferry/internal/report"
	"ferry/internal/text"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static
var staticDir embed.FS

// templates are the pages. They escape whatever is put into them.
var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"clean":  func(b []byte) string { return text.Clean(string(b)) },
	"size":   report.Size,
	"time":   func(t time.Time) string { return t.Local().Format(time.DateTime) },
	"count":  text.Count,
	"plain":  text.Clean,
	"lines":  text.CleanLines,
	"card":   func(p *page, v View) card { return card{p.At, p.CSRF, "", v} },
	"inside": func(p *page) card { return card{p.At, p.CSRF, "pair", p.Pair} },
	"button": func(c card, do, label string) button { return button{c, do, label} },
	"row":    func(v View, name, label string) row { return row{name, label, v.Fields[name]} },
	"blank":  func() View { return View{} },
}).ParseFS(pageFiles, "pages/*.html"))

// A card is the part of a page about one pair, a button one of its buttons, and a row one of
// its texts.
type (
	card struct {
		At, CSRF, Back string // Back is the page that a button leads to; "": the overview
		Pair           View
	}
	button struct {
		card
		Do, Label string
	}
	row struct{ Name, Label, Value string }
)

// staticFiles serves the scripts and styles, which hold nothing of the user.
func staticFiles() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, err := staticDir.ReadFile(strings.TrimPrefix(r.URL.Path, "/")) // no path leads out of what is embedded
		if err != nil {
			http.NotFound(w, r)
			return
		}
		sum := sha256.Sum256(content)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
		http.ServeContent(w, r, path.Base(r.URL.Path), time.Time{}, bytes.NewReader(content))
	})
}

// A page is what every template gets.
type page struct {
	At, CSRF string // the path of the pages, and what their forms need
	Version  string
	Title    string
	Tab      string // which of the pages about a pair it is
	Said     *said
	Pair     View   // the pair that it is about
	Views    []View // of all pairs
	Failed   *said  // what went wrong while it was made
	Data     any
	Wait     string // what is done while the reader waits
}

func (s *Server) page(session *session, title string) *page {
	return &page{At: s.sessions.path, CSRF: session.csrf, Version: s.o.Version, Title: title, Said: session.takeSaid()}
}

// show writes a page.
func (s *Server) show(w http.ResponseWriter, name string, p any) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, p); err != nil {
		s.o.Log.Error("a page", "name", name, "error", err)
		http.Error(w, "this page cannot be shown", http.StatusInternalServerError)
		return
	}
	writing(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

// fail writes a page that says what is wrong, and the way out.
func (s *Server) fail(w http.ResponseWriter, status int, what, hint string) {
	writing(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = templates.ExecuteTemplate(w, "failed.html", &said{Error: what, Hint: hint})
}

// A door is the data of the page in front of the others.
type door struct {
	Password bool
	Wrong    bool
}

// door is the page that lets the user in.
func (s *Server) door(w http.ResponseWriter, _ *http.Request) {
	s.show(w, "door.html", door{Password: s.sessions.password})
}

// login exchanges the token or the password for a cookie.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	switch status := s.sessions.login(w, r.PostFormValue("secret"), r.RemoteAddr); status {
	case http.StatusOK:
		http.Redirect(w, r, s.sessions.path, http.StatusSeeOther)
	case http.StatusTooManyRequests:
		s.fail(w, status, "Another password is being tried from your address.", "Go back, and try again in a moment.")
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		s.show(w, "door.html", door{s.sessions.password, true})
	}
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request, _ *session) {
	s.sessions.end(r)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// overview shows all pairs.
func (s *Server) overview(w http.ResponseWriter, r *http.Request, session *session) {
	p := s.page(session, "All pairs")
	p.Views = s.hub.all(r.Context())
	s.show(w, "overview.html", p)
}

// about returns the page about the pair that a request names; nil where there is none, which
// is answered.
func (s *Server) about(w http.ResponseWriter, r *http.Request, session *session, title string) *page {
	var v View
	if key := r.FormValue("key"); known(key) {
		v = s.hub.one(r.Context(), key)
	}
	if v.Key == "" {
		s.fail(w, http.StatusNotFound, "Nothing is known of this pair.", "It may have been forgotten. Look at all pairs again.")
		return nil
	}
	p := s.page(session, v.Fields["name"])
	if title != "" {
		p.Title = title + ": " + p.Title
	}
	p.Pair, p.Tab = v, path.Base(r.URL.Path)
	return p
}

// writeJSON writes a value for the script.
func writeJSON(w http.ResponseWriter, v any) {
	writing(w)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// slow returns the handler of a page about a pair whose content has to be asked for first: what
// is above it shows at once, so that the reader knows what is waited for.
func (s *Server) slow(name, title, wait string, ask func(r *http.Request, key string) (any, error)) func(http.ResponseWriter, *http.Request, *session) {
	return func(w http.ResponseWriter, r *http.Request, session *session) {
		p := s.about(w, r, session, title)
		if p == nil {
			return
		}
		p.Wait = wait
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := templates.ExecuteTemplate(w, "above.html", p); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		data, err := ask(r, p.Pair.Key)
		writing(w)
		p.Data = data
		content := name
		if err != nil {
			p.Failed = failure(err)
			content = "nothing.html"
		}
		if err := templates.ExecuteTemplate(w, content, p); err != nil {
			s.o.Log.Error("a page", "name", content, "error", err)
		}
	}
}

// failure says for people what went wrong.
func failure(err error) *said {
	var refusal *daemon.Refusal
	switch {
	case errors.As(err, &refusal):
		return &said{Error: refusal.Text, Hint: refusal.Hint}
	case errors.Is(err, daemon.ErrNotWatched):
		return &said{Error: "No process watches this pair now.", Hint: "Start \"ferry watch\" for it."}
	}
	return &said{Error: text.CleanLines(err.Error())}
}

// act has the watch of a pair do something.
func (s *Server) act(ctx context.Context, key, what string, with, result any) error {
	peer, err := s.hub.find(ctx, key)
	if err != nil {
		return err
	}
	defer peer.Close()
	return peer.Act(ctx, what, with, result)
}
