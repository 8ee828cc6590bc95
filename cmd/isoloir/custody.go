package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/custody/vault"
	"isoloir/server"
	"isoloir/server/config"
)

// A keeping is one command line of custody.
type keeping struct {
	operator
	vault, token, trust, scrutin, role, party, policies, credential, from, name, config, identity, record, dossier string

	withdraw bool
	rest     []string
	stdin    io.Reader
}

var keepings = map[string]struct {
	flags, needs []string
	do           func(context.Context, *keeping) error
}{
	"identity": {nil, nil, drawIdentity},
	"encrypt":  {[]string{"identity"}, []string{"identity"}, encryptSecrets},
	"prepare": {[]string{"vault", "token", "trust", "scrutin", "role", "party", "policies", "credential", "from", "withdraw"},
		[]string{"vault", "token", "scrutin", "role", "policies", "credential"}, prepareVault},
	"put":      {[]string{"vault", "token", "trust", "scrutin", "name"}, []string{"vault", "token", "scrutin", "name"}, putSecret},
	"destroy":  {[]string{"vault", "token", "trust", "scrutin", "record", "dossier"}, []string{"vault", "token", "scrutin", "record", "dossier"}, destroyVault},
	"enrol":    {[]string{"config", "role", "credential"}, []string{"config", "role", "credential"}, enrolRole},
	"deputies": {[]string{"config", "role"}, []string{"config", "role"}, listDeputies},
	"withdraw": {[]string{"config", "role"}, []string{"config", "role"}, withdrawDeputies},
}

// keep is the command custody.
func keep(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	k := &keeping{operator: newOperator(stdout, stderr), stdin: stdin}
	all := parts{}
	for name := range keepings {
		all[name] = func(ctx context.Context, args []string) error { return k.keep(ctx, name, args) }
	}
	return k.dispatch(ctx, "custody", custodyHelp, all, args)
}

func (k *keeping) keep(ctx context.Context, name string, args []string) error {
	command := keepings[name]
	all := map[string]*string{"vault": &k.vault, "token": &k.token, "trust": &k.trust, "scrutin": &k.scrutin, "role": &k.role, "party": &k.party,
		"policies": &k.policies, "credential": &k.credential, "from": &k.from, "name": &k.name, "config": &k.config, "identity": &k.identity, "record": &k.record, "dossier": &k.dossier}
	set := k.flags("custody " + name)
	for _, f := range command.flags {
		if f == "withdraw" {
			set.BoolVar(&k.withdraw, f, false, "")
		} else {
			set.StringVar(all[f], f, "", "")
		}
	}
	if err := k.parse(set, args, custodyHelp); err != nil {
		return err
	}
	for _, f := range command.needs {
		if *all[f] == "" {
			return k.usage(custodyNeeds, f)
		}
	}
	if k.rest = set.Args(); len(k.rest) > 0 != slices.Contains([]string{"identity", "encrypt", "deputies", "withdraw"}, name) {
		return k.usage(custodyPaths)
	}
	return kept(command.do(ctx, k))
}

// kept gives an error of custody its exit code.
func kept(err error) error {
	switch {
	case errors.Is(err, vault.ErrUnwrapped), errors.Is(err, vault.ErrStrange), errors.Is(err, vault.ErrForeign), errors.Is(err, vault.ErrNothing):
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
		k.say(identityDrawn, path, recipient)
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
			k.say(encryptedNow, path)
		} else {
			k.say(encryptedAlready, path)
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
	return vault.Administer(ctx, k.vault, client, token, k.scrutin, func(form string, args ...any) { k.say(phrase{form, vaultSaid[form]}, args...) })
}

func prepareVault(ctx context.Context, k *keeping) error {
	if vault.Secrets[k.role] == nil {
		return k.usage(custodyRole, k.role)
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
	k.say(carryIt, k.credential, k.role)
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

// destroyVault ends a scrutin's part of a Vault, once the bureau has adopted the destruction and the roles whose keys are there have signed their
// statements.
func destroyVault(ctx context.Context, k *keeping) error {
	public, err := server.OpenConstituted(k.record)
	if err != nil {
		return err
	}
	defer public.Close()
	if err := public.Destroys(time.Now); err != nil {
		return undestroyed(err)
	}
	a, err := k.administer(ctx)
	if err != nil {
		return err
	}
	if err := a.Destroy(ctx, public.Signers(), func(role string) error { return public.Stated(k.dossier, role) }); err != nil {
		return undestroyed(err)
	}
	k.say(vaultDestroyed)
	return a.End(ctx)
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
		if err := writable(filepath.Dir(path)); err != nil {
			return err
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
	if errors.Is(err, vault.ErrUnwrapped) || errors.Is(err, vault.ErrStrange) {
		err = errors.Join(err, server.TellUnwrapped(place.Directory, time.Now()))
	}
	if err != nil {
		return err
	}
	if err := errors.Join(files.Write(place.AppRole.RoleID, roleID), files.Write(place.AppRole.SecretID, secretID), os.Remove(k.credential)); err != nil {
		return err
	}
	k.say(enrolled, place.AppRole.SecretID, k.role)
	return nil
}

func listDeputies(_ context.Context, k *keeping) error {
	c, err := config.Read(k.config)
	if err != nil {
		return err
	}
	path, err := server.ListDeputies(c, k.role, k.rest...)
	if err == nil {
		k.say(deputiesListed, path)
	}
	return err
}

func withdrawDeputies(ctx context.Context, k *keeping) error {
	c, err := config.Read(k.config)
	if err != nil {
		return err
	}
	paths, err := server.WithdrawDeputies(ctx, c, k.role, k.rest...)
	for _, path := range paths {
		k.say(deputyWithdrawn, path)
	}
	return err
}

// writable looks whether a file can be kept in a directory: what is taken out once for ever must find its place.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".enrol-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
