package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/custody/vault"
	"isoloir/server"
	"isoloir/server/config"
)

const custodyHelp = `isoloir custody sets up where the services' keys and secrets are kept (docs/custody.md).

With files:
  isoloir custody identity FILE                     draw an age identity; print its recipient
  isoloir custody encrypt -identity FILE PATH …     make age files of secrets in the clear, in their place

With a Vault, for who administers it (a token of the policy deploy/vault/administrator.hcl, never the root token):
  isoloir custody prepare -vault URL -token FILE -scrutin NAME -role ROLE -policies DIR -credential FILE
                          [-party ID] [-from CIDR,…] [-trust PEM] [-withdraw]
                                                    make the scrutin's engines, and the role's key, secrets, policy and AppRole;
                                                    write a first credential to carry to the role's machine within an hour
  isoloir custody put -vault URL -token FILE -scrutin NAME -name NAME [-trust PEM]
                                                    keep the line of standard input (a password) where there is none yet
and on the role's machine:
  isoloir custody enrol -config FILE -role ROLE -credential FILE
                                                    take the credential out, once for ever, into the files of the role's approle

What was done is printed, a line each; no secret ever is. Everything can be run again: what is there stays. -withdraw takes
earlier credentials of the role back first; -party is how the manifest calls it (the role's name unless said).

Exit codes: 0 done; 1 somebody else may have a credential: do what is said; 64 the command line is wrong; 65 a file or the
configuration is wrong; 66 a file cannot be read; 73 a file to write is there already; 75 the Vault does not answer now;
77 the Vault refuses, or others than its owner can read a secret.
`

// A keeping is one command line of custody.
type keeping struct {
	vault, token, trust, scrutin, role, party, policies, credential, from, name, config, identity string

	withdraw bool
	rest     []string
	stdin    io.Reader
	out      io.Writer
}

var keepings = map[string]struct {
	flags, needs []string
	do           func(context.Context, *keeping) error
}{
	"identity": {nil, nil, drawIdentity},
	"encrypt":  {[]string{"identity"}, []string{"identity"}, encryptSecrets},
	"prepare": {[]string{"vault", "token", "trust", "scrutin", "role", "party", "policies", "credential", "from", "withdraw"},
		[]string{"vault", "token", "scrutin", "role", "policies", "credential"}, prepareVault},
	"put":   {[]string{"vault", "token", "trust", "scrutin", "name"}, []string{"vault", "token", "scrutin", "name"}, putSecret},
	"enrol": {[]string{"config", "role", "credential"}, []string{"config", "role", "credential"}, enrolRole},
}

// keep is the command custody.
func keep(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		fmt.Fprint(stderr, custodyHelp)
		if len(args) == 0 {
			return &exit{exitUsage, errors.New("say which of these")}
		}
		return nil
	}
	command, known := keepings[args[0]]
	if !known {
		return &exit{exitUsage, fmt.Errorf("there is no command %q: see isoloir custody help", args[0])}
	}
	k := &keeping{stdin: stdin, out: stdout}
	all := map[string]*string{"vault": &k.vault, "token": &k.token, "trust": &k.trust, "scrutin": &k.scrutin, "role": &k.role, "party": &k.party,
		"policies": &k.policies, "credential": &k.credential, "from": &k.from, "name": &k.name, "config": &k.config, "identity": &k.identity}
	set := flag.NewFlagSet(args[0], flag.ContinueOnError)
	set.SetOutput(io.Discard)
	for _, f := range command.flags {
		if f == "withdraw" {
			set.BoolVar(&k.withdraw, f, false, "")
		} else {
			set.StringVar(all[f], f, "", "")
		}
	}
	if err := set.Parse(args[1:]); err != nil {
		return &exit{exitUsage, fmt.Errorf("%w: see isoloir custody help", err)}
	}
	for _, f := range command.needs {
		if *all[f] == "" {
			return &exit{exitUsage, fmt.Errorf("-%s is missing: see isoloir custody help", f)}
		}
	}
	if k.rest = set.Args(); len(k.rest) > 0 != slices.Contains([]string{"identity", "encrypt"}, args[0]) {
		return &exit{exitUsage, errors.New("identity and encrypt take paths, the others none: see isoloir custody help")}
	}
	return kept(command.do(ctx, k))
}

// kept gives an error of custody its exit code.
func kept(err error) error {
	switch {
	case errors.Is(err, vault.ErrUnwrapped), errors.Is(err, vault.ErrStrange):
		return &exit{exitRefused, err}
	case errors.Is(err, fs.ErrExist):
		return &exit{exitCannot, err}
	}
	return refused(err)
}

func drawIdentity(_ context.Context, k *keeping) error {
	for _, path := range k.rest {
		recipient, err := agefile.NewIdentity(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(k.out, "%s: an identity was drawn; its recipient is %s\n", path, recipient)
	}
	return nil
}

func encryptSecrets(_ context.Context, k *keeping) error {
	files, err := agefile.Open(k.identity)
	if err != nil {
		return err
	}
	for _, path := range k.rest {
		done, err := files.Encrypt(path)
		if err != nil {
			return err
		}
		if done {
			fmt.Fprintf(k.out, "%s: is an age file now; what the medium keeps of the old bytes is for you to erase\n", path)
		} else {
			fmt.Fprintf(k.out, "%s: was an age file already\n", path)
		}
	}
	return nil
}

// administer logs in as the administrator.
func (k *keeping) administer(ctx context.Context) (*vault.Administrator, error) {
	token, err := new(agefile.Keeper).Secret(ctx, k.token)
	if err != nil {
		return nil, err
	}
	client, err := server.NewClient(k.trust)
	if err != nil {
		return nil, err
	}
	return vault.Administer(ctx, k.vault, client, token, k.scrutin, func(done string) { fmt.Fprintln(k.out, done) })
}

func prepareVault(ctx context.Context, k *keeping) error {
	if vault.Secrets[k.role] == nil {
		return &exit{exitUsage, fmt.Errorf("-role: %q has nothing in a Vault: give roll, urn, issuer-a or issuer-b", k.role)}
	}
	if k.party == "" {
		k.party = k.role
	}
	policy, err := os.ReadFile(filepath.Join(k.policies, k.role+".hcl"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(k.credential); err == nil {
		return fmt.Errorf("%s: %w", k.credential, fs.ErrExist)
	}
	var networks []string
	if k.from != "" {
		networks = strings.Split(k.from, ",")
	}
	a, err := k.administer(ctx)
	if err != nil {
		return err
	}
	if err := a.Mount(ctx); err != nil {
		return err
	}
	if _, err := a.Key(ctx, k.role, k.party); err != nil {
		return err
	}
	if err := errors.Join(a.Draw(ctx, k.role), a.Admit(ctx, k.role, string(policy), networks)); err != nil {
		return err
	}
	if k.withdraw {
		if err := a.Withdraw(ctx, k.role); err != nil {
			return err
		}
	}
	line, err := a.Credential(ctx, k.role)
	if err != nil {
		return err
	}
	if err := server.WriteSecret(k.credential, line); err != nil {
		return err
	}
	fmt.Fprintf(k.out, "%s: carry it to the machine of the %s, and take it out there (isoloir custody enrol)\n", k.credential, k.role)
	return nil
}

func putSecret(ctx context.Context, k *keeping) error {
	line, err := bufio.NewReader(io.LimitReader(k.stdin, custody.MaxSecret+2)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	a, err := k.administer(ctx)
	if err != nil {
		return err
	}
	return a.Put(ctx, k.name, strings.TrimSuffix(line, "\n"))
}

func enrolRole(ctx context.Context, k *keeping) error {
	c, err := config.Read(k.config)
	if err != nil {
		return err
	}
	place, _, err := server.Place(c, k.role)
	if err != nil {
		return err
	}
	if c.Vault == nil || place.AppRole == nil {
		return fmt.Errorf("%w: %s.approle: say where the Vault is (vault) and in which files the role's login shall be", config.ErrConfig, k.role)
	}
	identity := ""
	if c.Age != nil {
		identity = c.Age.Identity
	}
	files, err := agefile.Open(identity)
	if err != nil {
		return err
	}
	for _, path := range []string{place.AppRole.RoleID, place.AppRole.SecretID} {
		if _, err := os.Stat(path); err == nil {
			return fmt.Errorf("%s: %w: move the old login away first", path, fs.ErrExist)
		}
	}
	line, err := new(agefile.Keeper).Secret(ctx, k.credential)
	if err != nil {
		return err
	}
	client, err := server.NewClient(c.Vault.Trust)
	if err != nil {
		return err
	}
	roleID, secretID, err := vault.Enrol(ctx, c.Vault.Address, client, line)
	if err != nil {
		return err
	}
	if err := errors.Join(files.Write(place.AppRole.RoleID, roleID), files.Write(place.AppRole.SecretID, secretID), os.Remove(k.credential)); err != nil {
		return err
	}
	fmt.Fprintf(k.out, "%s: the login of the %s; the credential was taken out and its file removed\n", place.AppRole.SecretID, k.role)
	return nil
}
