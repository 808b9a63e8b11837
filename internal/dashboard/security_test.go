package dashboard_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ferry/internal/app"
	"ferry/internal/dashboard"
	"ferry/internal/dashboard/dashboardtest"
)

// A browser is what a test uses in place of one.
type browser struct {
	t      *testing.T
	client *http.Client
	base   string // scheme, host and port
	at     string // the path of the pages
	csrf   string
}

// newBrowser logs in with the token of the page.
func newBrowser(t *testing.T, page *dashboard.Server) *browser {
	t.Helper()
	base, token := split(t, page)
	jar, _ := cookiejar.New(nil)
	b := &browser{t: t, base: base, client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
	status, text := b.post("/login", url.Values{"secret": {token}}, nil)
	if status != http.StatusOK {
		t.Fatalf("login: %d %s", status, text)
	}
	b.at = regexp.MustCompile(`data-at="([^"]*)"`).FindStringSubmatch(text)[1]
	b.csrf = regexp.MustCompile(`name="csrf" value="([^"]*)"`).FindStringSubmatch(text)[1]
	return b
}

func split(t *testing.T, page *dashboard.Server) (base, token string) {
	t.Helper()
	base, token, ok := strings.Cut(page.URL(), "/#token=")
	if !ok || len(token) < 40 {
		t.Fatalf("%s", page.URL())
	}
	return base, token
}

func (b *browser) send(method, path string, form url.Values, change func(*http.Request)) (int, string) {
	b.t.Helper()
	r, err := http.NewRequest(method, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", b.base)
	}
	if change != nil {
		change(r)
	}
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text)
}

func (b *browser) get(path string) (int, string) { b.t.Helper(); return b.send("GET", path, nil, nil) }

func (b *browser) post(path string, form url.Values, change func(*http.Request)) (int, string) {
	b.t.Helper()
	return b.send("POST", path, form, change)
}

// do presses a button.
func (b *browser) do(key, what string, more url.Values) (int, string) {
	b.t.Helper()
	form := url.Values{"csrf": {b.csrf}, "key": {key}, "do": {what}, "back": {"pair"}}
	for name, value := range more {
		form[name] = value
	}
	return b.post(b.at+"do", form, nil)
}

// serve serves a page about nothing.
func serve(t *testing.T, o dashboard.Options) *dashboard.Server {
	t.Helper()
	o.StateDir = t.TempDir()
	page, err := dashboard.New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- page.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return page
}

// Only a browser with the token gets in, and only pages of this server are answered, under
// its own name.
func TestWhoGetsIn(t *testing.T) {
	page := serve(t, dashboard.Options{})
	b := newBrowser(t, page)
	base, token := split(t, page)
	stranger := &browser{t: t, base: base, client: &http.Client{}}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	_, port, _ := strings.Cut(strings.TrimPrefix(base, "http://"), ":")
	form := url.Values{"csrf": {b.csrf}, "key": {"none"}, "do": {"look"}}
	for _, c := range []struct {
		name   string
		who    *browser
		method string
		path   string
		form   url.Values
		change func(*http.Request)
		want   int
	}{
		{"the page", b, "GET", b.at, nil, nil, 200},
		{"under another name of loopback", b, "GET", "/", nil, host("localhost:" + port), 200},
		{"without a cookie", stranger, "GET", b.at, nil, nil, 401},
		{"events without a cookie", stranger, "GET", b.at + "events", nil, nil, 401},
		{"an action without a cookie", stranger, "POST", b.at + "do", form, nil, 401},
		{"the door", stranger, "GET", "/", nil, nil, 200},
		{"a wrong token", stranger, "POST", "/login", url.Values{"secret": {token[:len(token)-1] + "!"}}, nil, 403},
		{"no token", stranger, "POST", "/login", nil, nil, 403},
		{"a token from another page", stranger, "POST", "/login", url.Values{"secret": {token}}, header("Origin", "http://evil.example"), 403},
		{"a foreign host", b, "GET", b.at, nil, host("evil.example:" + port), 421},
		{"a name that begins like ours", b, "GET", b.at, nil, host("127.0.0.1.evil.example:" + port), 421},
		{"another port", b, "GET", b.at, nil, host("127.0.0.1:1"), 421},
		{"no port", b, "GET", b.at, nil, host("127.0.0.1"), 421},
		{"a foreign host with a form", b, "POST", b.at + "do", form, host("evil.example:" + port), 421},
		{"a foreign origin", b, "POST", b.at + "do", form, header("Origin", "http://evil.example"), 403},
		{"the origin null", b, "POST", b.at + "do", form, header("Origin", "null"), 403},
		{"the origin of another port", b, "POST", b.at + "do", form, header("Origin", "http://127.0.0.1:1"), 403},
		{"no origin", b, "POST", b.at + "do", form, func(r *http.Request) { r.Header.Del("Origin") }, 403},
		{"a foreign origin reads", b, "GET", b.at + "events", nil, header("Origin", "http://evil.example"), 403},
		{"a foreign page reads", b, "GET", b.at, nil, header("Sec-Fetch-Site", "cross-site"), 403},
		{"a page of another port reads", b, "GET", b.at, nil, header("Sec-Fetch-Site", "same-site"), 403},
		{"no CSRF token", b, "POST", b.at + "do", url.Values{"do": {"look"}}, nil, 403},
		{"a wrong CSRF token", b, "POST", b.at + "do", url.Values{"do": {"look"}, "csrf": {"x" + b.csrf}}, nil, 403},
		{"an action by GET", b, "GET", b.at + "do?do=look&csrf=" + b.csrf, nil, nil, 404},
		{"another method", b, "PUT", b.at, nil, nil, 403},
		{"an unknown page", b, "GET", b.at + "secrets", nil, nil, 404},
		{"another path", b, "GET", "/ABCDEF/", nil, nil, 404},
		{"a file of another directory", b, "GET", "/static/..%2fserver.go", nil, nil, 404},
		{"an unknown pair", b, "GET", b.at + "pair?key=none", nil, nil, 404},
		{"a key that is a path", b, "GET", b.at + "pair?key=../../etc", nil, nil, 404},
		{"history of a path", b, "GET", b.at + "history?key=..%2F..", nil, nil, 404},
	} {
		if got, text := c.who.send(c.method, c.path, c.form, c.change); got != c.want {
			t.Errorf("%s: %d, want %d: %.200s", c.name, got, c.want, text)
		}
	}
	b.post(b.at+"logout", url.Values{"csrf": {b.csrf}}, nil)
	if got, _ := b.get(b.at); got != 401 {
		t.Errorf("after logging out: %d", got)
	}
}

// What a page may do is said in every answer, also of errors, and the cookie is no use to
// scripts and to other pages.
func TestHeaders(t *testing.T) {
	page := serve(t, dashboard.Options{})
	base, token := split(t, page)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/", "/static/page.js", "/none"} {
		answer, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		csp := answer.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: %q lacks %s", path, csp, want)
			}
		}
		if strings.Contains(csp, "unsafe") || answer.Header.Get("X-Content-Type-Options") != "nosniff" || answer.Header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, answer.Header)
		}
	}
	r, _ := http.NewRequest("POST", base+"/login", strings.NewReader(url.Values{"secret": {token}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", base)
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	c := answer.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || len(c.Path) < 20 || c.Path != answer.Header.Get("Location") {
		t.Errorf("%+v, leads to %s", c, answer.Header.Get("Location"))
	}
}

// No page has code or style in it: the policy would keep it from running.
func TestNothingInline(t *testing.T) {
	files, err := filepath.Glob("pages/*.html")
	if err != nil || len(files) < 10 {
		t.Fatalf("%v, %v", files, err)
	}
	inline := regexp.MustCompile(`(?i)<script>|<style|\son\w+=|\sstyle=|javascript:|innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function`)
	for _, file := range append(files, "static/page.js", "static/door.js") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := inline.Find(text); found != nil {
			t.Errorf("%s has %q", file, found)
		}
		if strings.HasSuffix(file, ".html") && regexp.MustCompile(`(?i)(src|href)="?https?:`).Match(text) {
			t.Errorf("%s loads something from elsewhere", file)
		}
	}
}

// Other machines are only let in with TLS and a password.
func TestWhereItListens(t *testing.T) {
	long := "correct horse battery"
	for _, c := range []struct {
		access dashboard.Access
		want   string
	}{
		{dashboard.Access{Listen: "0.0.0.0:0"}, "other machines"},
		{dashboard.Access{Listen: ":0"}, "other machines"},
		{dashboard.Access{Listen: "[::]:0"}, "other machines"},
		{dashboard.Access{Listen: "192.0.2.1:0", Password: long}, "other machines"},
		{dashboard.Access{Listen: "0.0.0.0:0", CertFile: "c", KeyFile: "k"}, "other machines"},
		{dashboard.Access{Listen: "8384"}, "--listen 8384"},
		{dashboard.Access{Listen: "127.0.0.1:http-alt"}, "no port"},
		{dashboard.Access{CertFile: "c"}, "needs its key"},
		{dashboard.Access{CertFile: "none", KeyFile: "none"}, "reading the certificate"},
		{dashboard.Access{Password: "short"}, "less than 12"},
		{dashboard.Access{Listen: "127.0.0.1:0"}, ""},
		{dashboard.Access{Listen: "localhost:0"}, ""},
		{dashboard.Access{}, ""},
	} {
		page, err := dashboard.New(dashboard.Options{Access: c.access, StateDir: t.TempDir()})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%+v: %v", c.access, err)
		case c.want == "":
			// Another user of the machine may listen on the other address that localhost has.
			if !strings.HasPrefix(page.URL(), "http://127.0.0.1:") {
				t.Error(page.URL())
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_ = page.Serve(ctx)
		case err == nil || !strings.Contains(err.Error(), c.want) || app.Hint(err) == "":
			t.Errorf("%+v: %v (%s), want %q", c.access, err, app.Hint(err), c.want)
		}
	}
}

// With a certificate and a password the token is no use, and the cookie stays on TLS.
func TestPassword(t *testing.T) {
	const password = "correct horse battery"
	cert, key := dashboardtest.Certificate(t)
	page := serve(t, dashboard.Options{Access: dashboard.Access{Listen: "0.0.0.0:0", CertFile: cert, KeyFile: key, Password: password}})
	if strings.Contains(page.URL(), "#") || !strings.HasPrefix(page.URL(), "https://") {
		t.Fatal(page.URL())
	}
	jar, _ := cookiejar.New(nil)
	b := &browser{t: t, base: strings.TrimSuffix(page.URL(), "/"), client: &http.Client{Jar: jar,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}}
	defer b.client.CloseIdleConnections()
	if status, text := b.get("/"); status != 200 {
		t.Errorf("the address that is printed, %s: %d %s", page.URL(), status, text)
	}
	if status, _ := b.post("/login", url.Values{"secret": {"incorrect horse"}}, nil); status != 403 {
		t.Errorf("a wrong password: %d", status)
	}
	if status, text := b.post("/login", url.Values{"secret": {password}}, nil); status != 200 || !strings.Contains(text, "All pairs") {
		t.Errorf("the password: %d %.200s", status, text)
	}
	if status, _ := b.send("GET", "/", nil, func(r *http.Request) { r.Host = "evil.example" + b.base[strings.LastIndex(b.base, ":"):] }); status != 421 {
		t.Errorf("a foreign host: %d", status)
	}
}

// The way in is for this user only, and is not left behind.
func TestWayIn(t *testing.T) {
	page := serve(t, dashboard.Options{})
	path, remove, err := page.WayIn()
	if err != nil {
		t.Fatal(err)
	}
	_, token := split(t, page)
	killed, other := filepath.Join(filepath.Dir(path), "2147483646.html"), filepath.Join(filepath.Dir(path), "notes.html")
	for _, file := range []string{killed, other} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := page.WayIn(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(killed); !os.IsNotExist(err) {
		t.Errorf("the way in of a process that was killed is left: %v", err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
	text, _ := os.ReadFile(path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' || !strings.Contains(string(text), token) {
		t.Errorf("%v, %v: %s", info.Mode(), err, text)
	}
	remove()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("%v", err)
	}
}
