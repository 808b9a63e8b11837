package deploy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/internal/test/realftp"
)

// apacheModules are what the tests need of Apache.
var apacheModules = []string{"mpm_event", "authz_core", "dir", "mime", "rewrite", "include", "alias"}

// startApache runs Apache over a directory and returns its address. Rules in .htaccess count as
// override says, such as "All" or "None".
func startApache(t testing.TB, dir, override string) string {
	t.Helper()
	path, libraries := realftp.Tool(t, "apache", "usr/sbin/apache2")
	modules := filepath.Join(filepath.Dir(path), "../lib/apache2/modules")
	run := t.TempDir()
	for _, d := range []string{dir, run} { // Apache may be another user
		for ; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
			if info, err := os.Stat(d); err == nil {
				_ = os.Chmod(d, info.Mode()|0o011)
			}
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	addr := listener.Addr().String()
	listener.Close()
	var conf strings.Builder
	fmt.Fprintf(&conf, "ServerName localhost\nListen %s\nPidFile %s/pid\nErrorLog %s/error.log\nMutex file:%s\nDefaultRuntimeDir %s\n", addr, run, run, run, run)
	for _, m := range apacheModules {
		fmt.Fprintf(&conf, "LoadModule %s_module %s/mod_%s.so\n", m, modules, m)
	}
	fmt.Fprintf(&conf, "TypesConfig /dev/null\nDirectoryIndex index.html index.shtml\nAddType text/html .shtml\nAddOutputFilter INCLUDES .shtml\nUser nobody\nGroup nogroup\nStartServers 1\nThreadsPerChild 8\nMaxRequestWorkers 64\n")
	fmt.Fprintf(&conf, "DocumentRoot %q\n<Directory %q>\nAllowOverride %s\nRequire all granted\nOptions +FollowSymLinks +Includes\n</Directory>\n", dir, dir, override)
	must(t, os.WriteFile(filepath.Join(run, "conf"), []byte(conf.String()), 0o644))
	cmd := exec.Command(path, "-f", filepath.Join(run, "conf"), "-DFOREGROUND")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+libraries)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if log, _ := os.ReadFile(filepath.Join(run, "error.log")); t.Failed() {
			t.Logf("Apache: %s%s", said.String(), log)
		}
	})
	for range 200 {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return "http://" + addr + "/"
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("Apache does not answer: %s", said.String())
	return ""
}

// page asks for a page and follows no redirects.
func page(ctx context.Context, address string) (status int, body, location string, err error) {
	client := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, "", "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(all), resp.Header.Get("Location"), err
}
