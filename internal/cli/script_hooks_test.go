package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptWeb starts a server for hooks: what is asked of it stands in $WORK/web.log,
// and its address in $WEB. What begins with /none is not there. It also shows the site:
//
//	/site/    all of $WORK/remote/site
//	/denied/  all but names that begin with a dot
//	/soft/    the same, with a page of its own in place of what is not there
func scriptWeb(ts *testscript.TestScript, _ bool, _ []string) {
	log := ts.MkAbs("web.log")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if serveSite(w, r, ts.MkAbs("remote/site")) {
			return
		}
		body, err := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		file, oerr := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil || oerr != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		defer file.Close()
		fmt.Fprintf(file, "%s %s %s:%s %s", r.Method, r.URL.Path, user, password, body)
		if strings.HasPrefix(r.URL.Path, "/none") {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprintf(w, "there is no %s\n", r.URL.Path)
		}
	}))
	ts.Defer(server.Close)
	ts.Setenv("WEB", strings.TrimPrefix(server.URL, "http://"))
}

// serveSite shows a file of the site where it is asked for one.
func serveSite(w http.ResponseWriter, r *http.Request, dir string) bool {
	_, rest, _ := strings.Cut(r.URL.Path[1:], "/")
	hidden := strings.Contains(r.URL.Path, "/.")
	switch {
	case strings.HasPrefix(r.URL.Path, "/denied/") && hidden:
		w.WriteHeader(http.StatusForbidden)
	case strings.HasPrefix(r.URL.Path, "/soft/") && hidden:
		fmt.Fprintln(w, "Nothing here, but have a look at our offers.")
	case strings.HasPrefix(r.URL.Path, "/site/"), strings.HasPrefix(r.URL.Path, "/denied/"), strings.HasPrefix(r.URL.Path, "/soft/"):
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(rest)))
		if err != nil {
			w.WriteHeader(http.StatusNotFound)
		}
		w.Write(data)
	default:
		return false
	}
	return true
}
