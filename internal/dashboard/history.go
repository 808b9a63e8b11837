package dashboard

import (
	"context"
	"net/http"
	"strings"

	"ferry/internal/history"
	"ferry/internal/report/words"
	"ferry/internal/text"
)

// historyRows is how many lines of the history a page shows.
const historyRows = 100

// A historyView is a part of the history of a pair, the newest line first.
type historyView struct {
	Query string       `json:"-"`
	Rows  []historyRow `json:"rows"`
	Older int          `json:"-"` // how many lines to leave out for the next part; 0: there is none
	Newer bool         `json:"-"` // this is not the first part
}

type historyRow struct {
	Time   string `json:"time"`
	Text   string `json:"text"`
	Failed bool   `json:"failed"`
}

// historyOf returns a part of the history: what happened to paths that contain query, in
// any case, without the newest skip lines of it.
func (s *Server) historyOf(ctx context.Context, key, query string, skip int) *historyView {
	v := &historyView{Query: query, Newer: skip > 0, Rows: []historyRow{}}
	wanted := strings.ToLower(query)
	found := 0
	for l := range history.Open(s.o.StateDir, key, 0).LinesWith(query) {
		if ctx.Err() != nil {
			break
		}
		row, ok := rowOf(&l, wanted)
		switch {
		case !ok:
			continue
		case found < skip:
		case len(v.Rows) == historyRows:
			v.Older = found
			return v
		default:
			row.Time = words.When(l.Time, s.o.Now())
			v.Rows = append(v.Rows, row)
		}
		found++
	}
	return v
}

// rowOf returns the row for a line, and false for one that is not shown: the ends of passes
// that went well are not, and where something is looked for, only actions are.
func rowOf(l *history.Line, wanted string) (historyRow, bool) {
	switch {
	case l.Type == history.TypeAction && contains(l, wanted):
		return historyRow{Text: words.Action(l), Failed: l.Failed()}, true
	case l.Type == history.TypePass && l.Failed() && wanted == "":
		return historyRow{Text: text.Clean(l.Command) + " failed: " + words.OneLine(l.Error), Failed: true}, true
	}
	return historyRow{}, false
}

func contains(l *history.Line, wanted string) bool {
	return wanted == "" || strings.Contains(strings.ToLower(string(l.At())), wanted) || strings.Contains(strings.ToLower(string(l.Was())), wanted)
}

// history tells the script the newest lines.
func (s *Server) history(w http.ResponseWriter, r *http.Request, _ *session) {
	key := r.FormValue("key")
	if !known(key) {
		http.NotFound(w, r)
		return
	}
	writeJSON(w, s.historyOf(r.Context(), key, "", 0))
}
