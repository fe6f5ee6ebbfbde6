package deploy

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// A local Dgraph is guarded by access control of its own: any program of this machine reaches its ports, web pages that
// are open in a browser included. It is on unless [Local.Open] says otherwise.

// What the state says of a Dgraph that runs; nothing: it was started before there was this.
const (
	accessLocked = "locked"
	accessOpen   = "open"
	accessReset  = "reset" // for the moment in which groot's password is set: who has the certificate made for it gets in
)

// groot is Dgraph's own first user, an admin.
const groot = "groot"

// locked reports whether access control of our own guards it. Flags for the alpha bring their own, or none.
func (l Local) locked() bool { return !l.Open && l.AlphaFlags == nil }

func (l Local) access() string {
	switch {
	case l.resets:
		return accessReset
	case l.locked():
		return accessLocked
	}
	return accessOpen
}

// secrets returns where groot's password, the key that signs logins and the token are.
func (l Local) secrets() Secrets { return Secrets{Dir: l.file("access")} }

// makeSecrets writes those that are not there yet, and sees that only we can read them.
func (l Local) makeSecrets() error {
	s := l.secrets()
	if err := errors.Join(os.MkdirAll(s.Dir, 0o700), os.Chmod(s.Dir, 0o700)); err != nil {
		return diskError("make the login", s.Dir, err)
	}
	for _, file := range []string{s.password(groot), filepath.Join(s.Dir, SecretACL), filepath.Join(s.Dir, SecretToken)} {
		write := func() error { return os.Chmod(file, 0o600) }
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			write = func() error { return replaceFile(file, []byte(random())) }
		}
		if err := write(); err != nil {
			return diskError("make the login", s.Dir, err)
		}
	}
	return nil
}

// alphaAccess returns what the alphas' command line and environment say of it: the token where no list of processes
// shows it.
func (l Local) alphaAccess() (flags, env []string, err error) {
	if !l.locked() {
		return nil, nil, nil
	}
	s := l.secrets()
	token, err := findSecret(Secret{}, filepath.Join(s.Dir, SecretToken), "token", "", nil)
	if err != nil {
		return nil, nil, err
	}
	return []string{"--acl=secret-file=" + filepath.Join(s.Dir, SecretACL)}, []string{"DGRAPH_ALPHA_SECURITY=token=" + token.Reveal()}, nil
}

// connectFirst connects as groot with the password of the target's file. Where the database still has the one that
// Dgraph gives it, which everybody knows, it is changed to that of the file.
func connectFirst(ctx context.Context, t Target) (*Conn, error) {
	conn, denied := Connect(ctx, t)
	if t.User != groot || t.PasswordFile == "" || !errors.Is(denied, ErrDenied) {
		return conn, denied
	}
	password, err := findSecret(Secret{}, t.PasswordFile, "password", "", nil)
	if err != nil {
		return nil, err
	}
	known := t
	known.PasswordFile, known.Password = "", NewSecret("password")
	if conn, err = Connect(ctx, known); err != nil {
		return nil, denied
	}
	err = conn.Grant(ctx, groot, password, RoleAdmin)
	if err = errors.Join(err, conn.Close()); err != nil {
		return nil, err
	}
	return Connect(ctx, t)
}

// resetPassword gives groot the password of its file where it has one that nobody here knows: data that was restored or
// copied brings its own. The owner of the folder may, and it is done by a Dgraph that runs without access control for
// the few seconds that it takes. Nobody else gets in meanwhile: it wants a certificate that lives as long as that.
func (l Local) resetPassword(ctx context.Context, bin Binary, offset int) error {
	l.say("the data has another password: setting it")
	if old, err := filepath.Glob(l.file("reset-*")); err == nil { // of one that was killed
		for _, dir := range old {
			_ = os.RemoveAll(dir) // what is left of it lets nobody in
		}
	}
	dir, err := os.MkdirTemp(l.folder(), "reset-")
	if err != nil {
		return diskError("set the password", l.folder(), err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // nothing that counts
	const server = "127.0.0.1"
	if err := makeCertificates(ctx, bin, dir, []string{server}); err != nil {
		return err
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	l.Open, l.resets = true, true
	l.AlphaFlags = []string{"--tls", "internal-port=false; use-system-ca=false; client-auth-type=REQUIREANDVERIFY; ca-cert=" +
		file("ca.crt") + "; server-cert=" + file("node.crt") + "; server-key=" + file("node.key")}
	l.Access = Target{
		SSLMode: SSLVerifyCA, CA: file("ca.crt"), ServerName: server, Cert: file("client.orbat.crt"), Key: file("client.orbat.key"),
	}
	e, err := l.tryLaunch(ctx, bin, offset, true)
	if err != nil {
		return err
	}
	defer e.end(ctx, l.stopTimeout())
	conn, err := Connect(ctx, e.target)
	if err != nil {
		return err
	}
	password, err := findSecret(Secret{}, l.secrets().password(groot), "password", "", nil)
	if err == nil {
		err = conn.Grant(ctx, groot, password, RoleAdmin)
	}
	return errors.Join(err, conn.Close())
}
