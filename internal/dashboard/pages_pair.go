package dashboard

import (
	"net/http"
	"strconv"

	"ferry/internal/app"
	"ferry/internal/dashboard/act"
	"ferry/internal/report"
	"ferry/internal/report/server"
	"ferry/internal/text"
)

// pair shows one pair with its history.
func (s *Server) pair(w http.ResponseWriter, r *http.Request, session *session) {
	p := s.about(w, r, session, "")
	if p == nil {
		return
	}
	skip, _ := strconv.Atoi(r.FormValue("skip"))
	p.Data = s.historyOf(r.Context(), p.Pair.Key, r.FormValue("q"), max(skip, 0))
	s.show(w, "pair.html", p)
}

// held tells the script what both sides hold.
func (s *Server) held(w http.ResponseWriter, r *http.Request, _ *session) {
	var c act.Counted
	said := ""
	if err := s.act(r.Context(), r.FormValue("key"), act.Count, nil, &c); err == nil && c.Known {
		said = heldText(c.Local) + " here, " + heldText(c.Remote) + " on the server"
	}
	writeJSON(w, map[string]string{"held": said})
}

func heldText(h app.Held) string { return text.Count(h.Files, "file") + " of " + report.Size(h.Bytes) }

func (s *Server) conflicts(r *http.Request, key string) (any, error) {
	var list act.ConflictList
	err := s.act(r.Context(), key, act.Conflicts, nil, &list)
	return conflictsView(&list), err
}

// A trashView is what both sides keep of paths that contain a text.
type trashView struct {
	act.TrashList
	Query string
}

func (s *Server) trash(r *http.Request, key string) (any, error) {
	v := trashView{Query: r.FormValue("q")}
	err := s.act(r.Context(), key, act.Trash, act.Looking{For: v.Query}, &v.TrashList)
	return &v, err
}

// A checkView is what a check of a server has found.
type checkView struct {
	Rows    [][2]string
	Notes   []string
	Ladders []server.Ladder
}

func (s *Server) check(r *http.Request, key string) (any, error) {
	var found app.ServerReport
	if err := s.act(r.Context(), key, act.Check, nil, &found); err != nil {
		return nil, err
	}
	v := &checkView{Notes: found.Notes, Rows: server.Rows(&found)}
	for _, trace := range found.Modes {
		v.Ladders = append(v.Ladders, server.NewLadder(trace))
	}
	return v, nil
}

func (s *Server) settings(r *http.Request, key string) (any, error) {
	var found act.Configured
	err := s.act(r.Context(), key, act.Settings, nil, &found)
	return &found, err
}

func (s *Server) plan(r *http.Request, key string) (any, error) {
	var found act.Planned
	err := s.act(r.Context(), key, act.Plan, nil, &found)
	return &planView{Planned: found, Summary: report.Brief(found.Summary), Words: confirmation(found.Deletions)}, err
}

// A planView is a plan with the words that allow it.
type planView struct {
	act.Planned
	Summary string
	Words   string
}

// confirmation returns what is to be typed to allow n deletions.
func confirmation(n int) string { return "delete " + strconv.Itoa(n) }
