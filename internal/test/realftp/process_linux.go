package realftp

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

//go:embed pyserve.py
var pyserve string

// pamService is the name of the PAM service of vsftpd. That of inetutils is ftp.
const pamService = "ferry-ftp"

// setupScript runs first in the namespaces. It mounts the account files for this server alone, mounts Root where every
// user can reach it, and then runs the server. inetutils reads in /etc/ftpchroot whom it locks into their home. The shell
// is the init process of the PID namespace, so when it is killed the kernel also kills the server and all its sessions.
const setupScript = `set -e
umask 022
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/root
mount --bind "$FERRY_STATE/root" /mnt/root
mount -t tmpfs -o mode=755 tmpfs /run
if [ -n "$FERRY_CHROOTED" ]; then
	cp -a /etc /run/etc
	echo "$FERRY_CHROOTED" > /run/etc/ftpchroot
	mount --bind /run/etc /etc
fi
for f in passwd group shadow; do mount --bind "$FERRY_STATE/etc/$f" /etc/$f; done
if [ -d /etc/pam.d ]; then mount --bind "$FERRY_STATE/pam.d" /etc/pam.d; fi
mount -t proc proc /proc 2>/dev/null || true
cd /
if [ -n "$FERRY_LIBRARIES" ]; then export LD_LIBRARY_PATH=$FERRY_LIBRARIES; fi
"$@" &
wait $!`

// namespaced reports whether servers run in namespaces of their own.
var namespaced = sync.OnceValue(func() bool {
	if os.Getuid() != 0 {
		return false
	}
	cmd := exec.Command("/bin/sh", "-c", "mount --make-rprivate / && mount -t tmpfs tmpfs /mnt")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID}
	return cmd.Run() == nil
})

// checkPrivileges returns an error if this process cannot run the server.
func checkPrivileges(name string) error {
	switch {
	case name == "pyftpdlib" || others[name].file != "" && !others[name].root:
		return nil
	case os.Getuid() != 0:
		return errors.New("it needs root")
	case others[name].root && !namespaced():
		return errors.New("it needs a mount namespace")
	}
	return nil
}

// process is a running server.
type process struct {
	cmd  *exec.Cmd
	gone chan struct{} // closed when the server has ended
	err  error         // how it ended, valid once gone is closed
	once sync.Once
}

// run starts the server.
func (s *Server) run(p program) (*process, error) {
	args, err := s.command(p)
	if err != nil {
		return nil, err
	}
	output, err := os.Create(s.file("output"))
	if err != nil {
		return nil, err
	}
	defer output.Close()
	env, err := s.environment(p)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if namespaced() {
		if err := s.writeAccounts(); err != nil {
			return nil, err
		}
		cmd = exec.Command("/bin/sh", append([]string{"-c", setupScript, "ferry"}, args...)...)
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Pdeathsig: syscall.SIGKILL, Setpgid: true, Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID,
		}
	} else {
		if p.libraries() != "" {
			env = append(env, "LD_LIBRARY_PATH="+p.libraries())
		}
		if s.Name == "vsftpd" {
			if err := s.makeChroot(p); err != nil {
				return nil, err
			}
			cmd.Dir, cmd.SysProcAttr.Chroot = "/", s.state
		}
	}
	cmd.Env, cmd.Stdout, cmd.Stderr = env, output, output
	return launch(cmd)
}

// launch starts a command on a thread of its own, which lives as long as the command. The kernel sends the parent-death
// signal when the thread that started a child ends.
func launch(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, gone: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked, so the thread ends here
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.gone)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// kill ends the server and its sessions, and waits for it.
func (p *process) kill() {
	p.once.Do(func() {
		// In a PID namespace the init process is enough. Elsewhere each session is a process group of its own.
		for _, pid := range append(descendants(p.cmd.Process.Pid), p.cmd.Process.Pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	<-p.gone
}

// descendants returns the IDs of all child processes, and of their children.
func descendants(pid int) []int {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	var all []int
	for field := range strings.FieldsSeq(string(data)) {
		if child, err := strconv.Atoi(field); err == nil {
			all = append(append(all, child), descendants(child)...)
		}
	}
	return all
}

// environment returns the environment of the server.
func (s *Server) environment(p program) ([]string, error) {
	zone := s.opts.Zone
	if zone == "" {
		zone = "UTC"
	}
	env := []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "TZ=" + zone, "FERRY_STATE=" + s.state,
		"FERRY_LIBRARIES=" + p.libraries()}
	if s.opts.TLSMin != "" || s.opts.TLSMax != "" {
		// vsftpd, Pure-FTPd and pyftpdlib have no option for TLS versions, but OpenSSL has.
		conf := "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
		if s.opts.TLSMin != "" {
			conf += "MinProtocol = TLSv" + s.opts.TLSMin + "\n"
		}
		if s.opts.TLSMax != "" {
			conf += "MaxProtocol = TLSv" + s.opts.TLSMax + "\n"
		}
		if err := s.write("openssl.cnf", conf); err != nil {
			return nil, err
		}
		env = append(env, "OPENSSL_CONF="+s.file("openssl.cnf"))
	}
	if s.Name == "inetutils" {
		env = append(env, "FERRY_CHROOTED="+User)
	}
	if s.Name == "pyftpdlib" && p.root != "" {
		env = append(env, "PYTHONPATH="+p.installedPath("usr/lib/python3/dist-packages"), "PYTHONDONTWRITEBYTECODE=1")
		if strings.HasPrefix(p.path, p.root) {
			env = append(env, "PYTHONHOME="+p.installedPath("usr"))
		}
	}
	return env, nil
}

// writeAccounts writes the account files that the server sees instead of those of the machine.
func (s *Server) writeAccounts() error {
	entry := map[string]string{
		"passwd": fmt.Sprintf("%s:x:%d:%d::%s:/bin/sh\nftp:x:2120:2120::%s:/usr/sbin/nologin\n", User, uid, uid, s.home(), s.file("empty")),
		"group":  fmt.Sprintf("%s:x:%d:\n", User, uid),
		"shadow": fmt.Sprintf("%s:%s:19000:0:99999:7:::\n", User, passwordHashes[s.Password]),
	}
	for name, ours := range entry {
		theirs, err := os.ReadFile("/etc/" + name)
		if err != nil {
			return err
		}
		kept := ""
		for line := range strings.Lines(string(theirs)) {
			if !strings.HasPrefix(line, User+":") && !strings.HasPrefix(line, "ftp:") {
				kept += line
			}
		}
		if kept != "" && !strings.HasSuffix(kept, "\n") {
			kept += "\n"
		}
		mode := os.FileMode(0o644)
		if name == "shadow" {
			mode = 0o600
		}
		if err := os.WriteFile(s.file("etc/"+name), []byte(kept+ours), mode); err != nil {
			return err
		}
	}
	for _, service := range []string{pamService, "ftp"} {
		err := s.write("pam.d/"+service, "auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n")
		if err != nil {
			return err
		}
	}
	return nil
}

// makePureDB converts the account file of Pure-FTPd to the database that it reads.
func (s *Server) makePureDB(p program) error {
	cmd := exec.Command(p.installedPath("usr/bin/pure-pw"), "mkdb", s.file("accounts.pdb"), "-f", s.file("accounts"))
	if libs := p.libraries(); libs != "" {
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+libs)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pure-pw: %w: %s", err, out)
	}
	return nil
}

func (s *Server) writeScript() error {
	return os.WriteFile(s.file("pyserve.py"), []byte(pyserve), 0o644)
}

// MountTmpfs mounts an empty file system at a directory below Root, given relative to it. Only the server sees it, and it
// goes with the server. The test is skipped where the server has no mounts of its own.
func (s *Server) MountTmpfs(t testing.TB, dir string) {
	t.Helper()
	if !namespaced() {
		skipWithout(t, s.Name+" on two file systems", errors.New("it needs a mount namespace"))
	}
	options := fmt.Sprintf("mode=755,uid=%d,gid=%d", uid, uid)
	pid := strconv.Itoa(s.process.cmd.Process.Pid)
	out, err := exec.Command("nsenter", "-m", "-t", pid, "mount", "-t", "tmpfs", "-o", options, "tmpfs", s.home()+"/"+dir).CombinedOutput()
	if err != nil {
		t.Fatalf("realftp: mounting a file system for %s: %v: %s", s.Name, err, out)
	}
}
