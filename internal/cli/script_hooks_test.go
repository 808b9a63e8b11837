package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptWeb starts a server for hooks: what is asked of it stands in $WORK/web.log,
// and its address in $WEB. What begins with /none is not there.
func scriptWeb(ts *testscript.TestScript, _ bool, _ []string) {
	log := ts.MkAbs("web.log")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
