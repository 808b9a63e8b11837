package page

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"ferry/internal/deploy"
	"ferry/manifest"
)

func TestCheck(t *testing.T) {
	var asked atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("ferry") != "7" {
			http.Error(w, "no release", http.StatusTeapot)
		}
	})
	mux.HandleFunc("GET /good.html", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "good") })
	mux.HandleFunc("GET /old.html", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "old") })
	mux.HandleFunc("GET /live.html", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, asked.Add(1)) })
	mux.HandleFunc("GET /late.html", func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 102 {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "good")
	})
	mux.HandleFunc("GET /a b/ü.php", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ann" || password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	withLogin := strings.Replace(server.URL, "http://", "http://ann:secret@", 1) + "/"

	for _, c := range []struct {
		path, url, want string
		asked           int32
	}{
		{"", server.URL, "", 0},
		{"good.html", server.URL + "/", "", 0},
		{"old.html", server.URL, "/old.html shows another content", 0},
		{"live.html", server.URL, "", 0}, // it differs from request to request
		{"late.html", server.URL, "", 100},
		{"late.html", server.URL, "/late.html answers 503", 0},
		{"none.html", server.URL, "/none.html answers 404", 0},
		{"a b/ü.php", withLogin, "", 0},
		{"a b/ü.php", server.URL, "/a%20b/%C3%BC.php answers 401", 0},
		{"good.html", "http://ann:secret@127.0.0.1:1/", "refused", 0},
	} {
		t.Run(c.path, func(t *testing.T) {
			asked.Store(c.asked)
			files := []deploy.LocalFile{}
			for _, name := range []manifest.Path{"good.html", "old.html", "live.html", "late.html"} {
				sum := sha256.Sum256([]byte("good"))
				files = append(files, deploy.LocalFile{Path: name, Sum: deploy.Sum(sum[:16])})
			}
			check := NewCheck(NewSite(c.url), []string{c.path}, files)
			if c.path == "" {
				check.paths = nil
			}
			check.pause = 0
			err := check.Run(context.Background(), 7)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) || strings.Contains(got, "secret") {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
