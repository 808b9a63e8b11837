package dashboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ferry/internal/app"
	"ferry/internal/daemon"
	"ferry/internal/dashboard/act"
)

// do does what a form asks for, and leads back to the page with the form.
func (s *Server) do(w http.ResponseWriter, r *http.Request, session *session) {
	key, what := r.PostFormValue("key"), r.PostFormValue("do")
	lines, err := s.doOne(r, key, what)
	writing(w)
	if err != nil {
		session.say(*failure(err))
	} else {
		session.say(said{Lines: lines})
	}
	back := map[string]string{"settle": "conflicts", "restore": "trash", "allow": "pair"}[what]
	switch {
	case err != nil && what == "allow":
		back = "plan"
	case back == "" && r.PostFormValue("back") == "pair":
		back = "pair"
	case back == "":
		http.Redirect(w, r, s.sessions.path, http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, s.sessions.path+back+"?key="+url.QueryEscape(key), http.StatusSeeOther)
}

func (s *Server) doOne(r *http.Request, key, what string) (lines []string, err error) {
	ctx := context.WithoutCancel(r.Context()) // what has begun goes to its end, also when the page is closed
	var done act.Done
	switch what {
	case "look", "pause", "resume":
		return s.tell(r.Context(), key, what)
	case "settle":
		err = s.act(ctx, key, act.Settle, act.Settling{ID: r.PostFormValue("id"), Keep: app.Keep(r.PostFormValue("keep"))}, &done)
		return append(done.Lines, "The next pass carries it to the other side."), err
	case "restore":
		err = s.act(ctx, key, act.Restore, act.Restoring{ID: r.PostFormValue("id"), Over: r.PostFormValue("over") != ""}, &done)
		return append(done.Lines, "The next pass carries it to the other side."), err
	case "allow":
		n, err := strconv.Atoi(r.PostFormValue("deletions"))
		if typed := strings.Join(strings.Fields(strings.ToLower(r.PostFormValue("typed"))), " "); err != nil || typed != confirmation(n) {
			return nil, &daemon.Refusal{Text: "Nothing was done: the words were not typed as they stand there.", Hint: "Type them into the field below the plan."}
		}
		err = s.act(ctx, key, act.Allow, act.Allowing{Sum: r.PostFormValue("sum"), Deletions: n}, &done)
		return done.Lines, err
	}
	return nil, errors.New("there is no such button")
}

// tell has a watch do what needs no waiting for.
func (s *Server) tell(ctx context.Context, key, what string) ([]string, error) {
	peer, err := s.hub.find(ctx, key)
	if err != nil {
		return nil, err
	}
	defer peer.Close()
	switch what {
	case "look":
		return []string{"Looking at both sides now."}, peer.Poke(ctx)
	case "pause":
		return []string{"Paused. Nothing is carried over until you resume."}, peer.Pause(ctx)
	}
	return []string{"Going on."}, peer.Resume(ctx)
}
