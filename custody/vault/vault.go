// Package vault keeps keys and secrets in a HashiCorp Vault, or in an OpenBao, which answers alike: Ed25519 keys and sealing keys in a transit
// engine, which they never leave, secrets of one line in a kv engine of version 2. A role logs in by AppRole, with rights on its own names alone.
//
// What it promises. A key signs by the version whose public key the manifest names, also once it was rotated there: a newer version signs
// nothing, since the manifest does not know it, and a key that could be taken out of the Vault is refused. Every question ends within Patience.
// When the Vault is sealed, slow or cannot be reached, one question at a time finds out whether it is back, and all others are answered
// ErrUnavailable at once; then everything goes on by itself. A login is renewed before it ends, and made again when it ended. Errors hold the
// path that was asked and the status, and nothing that was sent or answered. The environment (VAULT_ADDR, VAULT_TOKEN …) is not read.
package vault

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"

	"isoloir/custody"
	"isoloir/scrutin/note"
)

// Bounds of a question.
const (
	Patience = 5 * time.Second // in all, with what is tried again
	retries  = 1               // of what the network or the server did not answer; all questions can be repeated
	atOnce   = 64              // questions under way; others wait for a place
)

// A Config is where a Vault is, and how a role logs in.
type Config struct {
	Address          string         // https://host[:port]; http on this machine alone
	Mount            string         // of the scrutin: its engines are MOUNT/transit and MOUNT/kv
	Client           *http.Client   // nil for one that trusts the system's authorities
	Files            custody.Keeper // where the two identifiers of the AppRole are, read at each login
	RoleID, SecretID string         // their names there
	Now              func() time.Time
}

// A Keeper is a role's access to a Vault.
type Keeper struct {
	Config
	client *api.Client
	places chan struct{}
	gate   gate
	lease  lease
}

var _ custody.Keeper = (*Keeper)(nil)

var (
	name  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$`)
	trial = []byte("isoloir/v1/trial\n") // signed to see that a key signs: no text of the protocol
)

// Open logs in. A Vault that does not answer now is ErrUnavailable.
func Open(ctx context.Context, c Config) (*Keeper, error) {
	if !name.MatchString(c.Mount) {
		return nil, fmt.Errorf("%q is no mount: names of small letters, digits, hyphens and underscores, joined by slashes", c.Mount)
	}
	client, err := connect(c.Address, c.Client)
	if err != nil {
		return nil, err
	}
	k := &Keeper{Config: c, client: client, places: make(chan struct{}, atOnce), lease: lease{turn: make(chan struct{}, 1)}}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	return k, k.loggedIn(ctx, "")
}

// connect makes a client that takes nothing from the environment.
func connect(address string, h *http.Client) (*api.Client, error) {
	if h == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.Proxy = nil
		h = &http.Client{Transport: t}
	}
	same := *h
	same.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client, err := api.NewClient(&api.Config{Address: address, HttpClient: &same, MaxRetries: retries, MinRetryWait: 100 * time.Millisecond,
		MaxRetryWait: time.Second, Timeout: Patience})
	if err != nil {
		return nil, fmt.Errorf("the Vault at %s: %w", address, err)
	}
	client.ClearToken()
	client.ClearNamespace()
	return client, nil
}

// Signer implements custody.Keeper.
func (k *Keeper) Signer(ctx context.Context, key string, want note.Verifier) (note.Signer, error) {
	if err := checkName(key); err != nil {
		return nil, err
	}
	path := k.Mount + "/transit/keys/" + key
	found, err := k.ask(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	switch {
	case found == nil:
		return nil, fmt.Errorf("%s: %w", path, custody.ErrAbsent)
	case found.Data["exportable"] != false || found.Data["allow_plaintext_backup"] != false:
		return nil, fmt.Errorf("%s: %w: it can be taken out of the Vault: make another one that cannot", path, custody.ErrSecret)
	}
	version, known := versionOf(found.Data["keys"], want)
	if !known {
		return nil, fmt.Errorf("%s: %w: no version of it is the key of %s in this manifest", path, custody.ErrSecret, want.Name())
	}
	s := signer{k, key, version, want}
	signature, err := s.sign(ctx, trial)
	if err == nil && !want.Verify(trial, signature) {
		err = fmt.Errorf("%s: %w: its signatures are not by its own public key", path, custody.ErrSecret)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// versionOf is the version, from 1, of which a public key is wanted.
func versionOf(keys any, want note.Verifier) (int, bool) {
	versions, _ := keys.(map[string]any)
	public := want.PublicKey()
	for number, v := range versions {
		fields, _ := v.(map[string]any)
		if fields["public_key"] == base64.StdEncoding.EncodeToString(public[:]) {
			n, err := strconv.Atoi(number)
			return n, err == nil && n > 0
		}
	}
	return 0, false
}

// A signer signs by one version of a transit key.
type signer struct {
	k       *Keeper
	key     string
	version int
	want    note.Verifier
}

func (s signer) Verifier() note.Verifier { return s.want }

// Sign implements note.Signer.
func (s signer) Sign(message []byte) ([]byte, error) { return s.sign(context.Background(), message) }

func (s signer) sign(ctx context.Context, message []byte) ([]byte, error) {
	path := s.k.Mount + "/transit/sign/" + s.key
	answer, err := s.k.ask(ctx, http.MethodPost, path, map[string]any{"input": base64.StdEncoding.EncodeToString(message), "key_version": s.version})
	if err != nil {
		return nil, err
	}
	encoded, ours := strings.CutPrefix(text(answer, "signature"), fmt.Sprintf("vault:v%d:", s.version))
	signature, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if !ours || err != nil {
		return nil, fmt.Errorf("%s: %w: the answer is no signature by version %d", path, custody.ErrRefused, s.version)
	}
	return signature, nil
}

// Secret implements custody.Keeper.
func (k *Keeper) Secret(ctx context.Context, secret string) (string, error) {
	if err := checkName(secret); err != nil {
		return "", err
	}
	path := k.Mount + "/kv/data/" + secret
	answer, err := k.ask(ctx, http.MethodGet, path, nil)
	if err != nil {
		return "", err
	}
	if answer == nil || answer.Data["data"] == nil {
		return "", fmt.Errorf("%s: %w", path, custody.ErrAbsent)
	}
	fields, _ := answer.Data["data"].(map[string]any)
	line, _ := fields[field].(string)
	if !custody.IsLine(line) {
		return "", fmt.Errorf("%s: %w: one line under %q", path, custody.ErrSecret, field)
	}
	return line, nil
}

// field is the one under which a secret stands.
const field = "value"

// Seal implements custody.Keeper.
func (k *Keeper) Seal(ctx context.Context, key string, plain, about []byte) ([]byte, error) {
	if err := checkName(key); err != nil {
		return nil, err
	}
	if len(plain) > custody.MaxText {
		return nil, fmt.Errorf("%d bytes are more than the %d that are sealed", len(plain), custody.MaxText)
	}
	path := k.Mount + "/transit/encrypt/" + key
	answer, err := k.ask(ctx, http.MethodPost, path, map[string]any{"plaintext": base64.StdEncoding.EncodeToString(plain), "associated_data": base64.StdEncoding.EncodeToString(about)})
	if err != nil {
		return nil, err
	}
	sealed := text(answer, "ciphertext")
	if sealed == "" {
		return nil, fmt.Errorf("%s: %w: the answer is nothing sealed", path, custody.ErrRefused)
	}
	return []byte(sealed), nil
}

// Open implements custody.Keeper.
func (k *Keeper) Open(ctx context.Context, key string, sealed, about []byte) ([]byte, error) {
	if err := checkName(key); err != nil {
		return nil, err
	}
	path := k.Mount + "/transit/decrypt/" + key
	answer, err := k.ask(ctx, http.MethodPost, path, map[string]any{"ciphertext": string(sealed), "associated_data": base64.StdEncoding.EncodeToString(about)})
	if errors.Is(err, errMalformed) {
		return nil, fmt.Errorf("%s: %w", path, custody.ErrSealed)
	}
	if err != nil {
		return nil, err
	}
	plain, err := base64.StdEncoding.Strict().DecodeString(text(answer, "plaintext"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, custody.ErrSealed)
	}
	return plain, nil
}

// Close implements custody.Keeper: it gives the login back, if the Vault answers.
func (k *Keeper) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = once(ctx, k.client, http.MethodPost, "auth/token/revoke-self", nil)
	k.client.ClearToken()
	return nil
}

func checkName(s string) error {
	if !name.MatchString(s) {
		return fmt.Errorf("%q: %w: names in a Vault are small letters, digits, hyphens and underscores, joined by slashes", s, custody.ErrAbsent)
	}
	return nil
}

// text is a string of an answer.
func text(s *api.Secret, key string) string {
	if s == nil {
		return ""
	}
	v, _ := s.Data[key].(string)
	return v
}

// seconds is a number of an answer.
func seconds(v any) time.Duration {
	n, _ := v.(json.Number)
	s, _ := n.Int64()
	return time.Duration(s) * time.Second
}
