package hooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// asked is one request to a test server.
type asked struct {
	Method, Path, Type, User, Password, Referer, Body string
}

// serve starts a server that answers with answer and records the requests.
func serve(t *testing.T, answer http.HandlerFunc) (*httptest.Server, *[]asked) {
	t.Helper()
	var got []asked
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, password, _ := r.BasicAuth()
		got = append(got, asked{r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), user, password, r.Header.Get("Referer"), string(body)})
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server, &got
}

// withLogin returns the URL of a server with a user, a password, and a secret in path
// and query.
func withLogin(server *httptest.Server) string {
	return strings.Replace(server.URL, "http://", "http://user:geheim%40home@", 1) + "/T000/t0ken?key=qu3ry"
}

// wantNoSecrets checks that an error has none of the secrets of withLogin.
func wantNoSecrets(t *testing.T, err error) {
	t.Helper()
	for _, secret := range []string{"geheim", "t0ken", "qu3ry", "dXNlcjpnZWhlaW1AaG9tZQ=="} {
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%q is in the error: %v", secret, err)
		}
	}
}

func TestRequestIsSent(t *testing.T) {
	server, got := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	ev := Event{Fields: []Field{{"hook", "after"}, {"uploaded", 2}, {"seconds", 1.5}, {"error", `a "quote"`}}, Paths: []string{"a.txt", "b/ü"}}
	if err := (Hook{Do: withLogin(server)}).Run(context.Background(), ev); err != nil {
		t.Fatal(err)
	}
	want := []asked{{"POST", "/T000/t0ken?key=qu3ry", "application/json", "user", "geheim@home", "",
		`{"type":"hook","hook":"after","uploaded":2,"seconds":1.5,"error":"a \"quote\"","paths_total":2,"paths":["a.txt","b/ü"]}` + "\n"}}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBody(t *testing.T) {
	var many []string
	for i := range MaxPaths + 5 {
		many = append(many, fmt.Sprint(i))
	}
	for name, c := range map[string]struct {
		ev    Event
		total int
		paths []any
	}{
		"nothing":   {Event{}, 0, []any{}},
		"conflicts": {Event{Conflicts: []Conflict{{"a", "b"}, {"c", ""}}}, 2, []any{map[string]any{"path": "a", "copy": "b"}, map[string]any{"path": "c"}}},
		"many":      {Event{Paths: many}, MaxPaths + 5, nil},
	} {
		text, err := c.ev.body()
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Total int   `json:"paths_total"`
			Paths []any `json:"paths"`
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Errorf("%s: %v in %s", name, err, text)
		}
		if got.Total != c.total || c.paths != nil && !cmp.Equal(c.paths, got.Paths) || c.paths == nil && len(got.Paths) != MaxPaths {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if len(many) != MaxPaths+5 || !slices.Equal(many[:2], []string{"0", "1"}) {
		t.Error("the list was changed")
	}
}

func TestRequestIsRefused(t *testing.T) {
	for _, c := range []struct {
		code         int
		answer, want string
	}{
		{500, "", "answered 500 Internal Server Error"},
		{404, "The requested URL /T000/t0ken?key=qu3ry\r\nwas not\x00 found\n", "answered 404 Not Found: The requested URL *** was not\x00 found"},
		{401, "dXNlcjpnZWhlaW1AaG9tZQ== is geheim@home, <T000> <\xff>", "answered 401 Unauthorized: *** is ***, <T000> <?>"},
		{400, strings.Repeat("é", 500), "answered 400 Bad Request: " + strings.Repeat("é", 100) + " ..."},
	} {
		server, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.code)
			_, _ = io.WriteString(w, c.answer)
		})
		err := Hook{Do: withLogin(server)}.Run(context.Background(), Event{})
		if err == nil || err.Error() != server.URL+" "+c.want {
			t.Errorf("%d: %v, want %s", c.code, err, c.want)
		}
		wantNoSecrets(t, err)
	}
}

// Redirections with 307 and 308 are followed, because they repeat a POST. Others would
// turn it into a GET.
func TestRequestFollowsWhatRepeatsIt(t *testing.T) {
	for code, follows := range map[int]bool{301: false, 302: false, 303: false, 307: true, 308: true} {
		other, there := serve(t, func(http.ResponseWriter, *http.Request) {})
		server, here := serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, strings.Replace(other.URL, "127.0.0.1", "localhost", 1)+"/there", code)
		})
		err := Hook{Do: withLogin(server)}.Run(context.Background(), Event{Paths: []string{"a"}})
		if len(*here) != 1 || (err == nil) != follows || (len(*there) == 1) != follows {
			t.Errorf("%d: %v, here %+v, there %+v", code, err, *here, *there)
			continue
		}
		wantNoSecrets(t, err)
		if !follows {
			continue
		}
		want := asked{Method: "POST", Path: "/there", Type: "application/json", Body: (*here)[0].Body}
		if diff := cmp.Diff(want, (*there)[0]); diff != "" {
			t.Errorf("%d: the other server got (-want +got)\n%s", code, diff)
		}
	}
}

func TestRequestGoesNotInCircles(t *testing.T) {
	server, got := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.String(), http.StatusTemporaryRedirect)
	})
	err := Hook{Do: withLogin(server)}.Run(context.Background(), Event{})
	if !errors.Is(err, errRedirects) || len(*got) != maxRedirects+1 {
		t.Errorf("%v after %d requests", err, len(*got))
	}
	wantNoSecrets(t, err)
}

// A redirection from https to http is not followed, and an untrusted certificate is
// not accepted.
func TestRequestStaysUnderTLS(t *testing.T) {
	if err := checkRedirect(&http.Request{Method: "POST", URL: parsed(t, "http://h/")}, []*http.Request{{URL: parsed(t, "https://h/")}}); !errors.Is(err, errUnencrypted) {
		t.Errorf("from https to http: %v", err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	err := Hook{Do: server.URL + "/t0ken"}.Run(context.Background(), Event{})
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error %v", err)
	}
	wantNoSecrets(t, err)
}

func TestRequestCannotConnect(t *testing.T) {
	server, _ := serve(t, func(http.ResponseWriter, *http.Request) {})
	server.Close()
	err := Hook{Do: withLogin(server)}.Run(context.Background(), Event{})
	if err == nil || !strings.HasPrefix(err.Error(), "posting to "+server.URL+": dial tcp ") {
		t.Errorf("error %v", err)
	}
	wantNoSecrets(t, err)
	err = Hook{Do: "http://u:geheim%zz@h/t0ken"}.Run(context.Background(), Event{})
	if err == nil {
		t.Error("no error for a URL that is not valid")
	}
	wantNoSecrets(t, err)
}

func TestRequestHasItsTime(t *testing.T) {
	release := make(chan struct{})
	server, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	h := Hook{Do: withLogin(server), Timeout: 50 * time.Millisecond}
	err := h.Run(context.Background(), Event{})
	if !errors.Is(err, ErrTimeout) {
		t.Errorf("error %v, want %v", err, ErrTimeout)
	}
	wantNoSecrets(t, err)
	why := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	if err := h.Run(ctx, Event{}); !errors.Is(err, why) {
		t.Errorf("error %v, want %v", err, why)
	}
}

func TestIsURL(t *testing.T) {
	for do, want := range map[string]bool{
		"http://h": true, "https://h/x": true, "HTTPS://h": true,
		"curl https://h": false, "make": false, "": false, "ftp://h": false, "xhttp://h": false,
	} {
		if IsURL(do) != want {
			t.Errorf("%q: %v", do, !want)
		}
	}
}

func parsed(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
