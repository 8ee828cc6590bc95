// Package server is the command of a Vault for tests: its core with four of its engines (transit, kv of version 2, AppRole, response wrapping)
// and its audit log in a file, on a directory, at an address of this machine. It is a module of its own, so that nothing of it is linked into what is shipped.
//
//	server -dir DIR -listen 127.0.0.1:PORT    serve until it is killed
//	server -wrap < JSON                       a key as transit's import takes it: {"wrapping": PEM, "pkcs8": base64}
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"

	log "github.com/hashicorp/go-hclog"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/audit"
	auditfile "github.com/hashicorp/vault/builtin/audit/file"
	"github.com/hashicorp/vault/builtin/credential/approle"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/file"
	"github.com/hashicorp/vault/vault"
)

func main() {
	dir := flag.String("dir", "", "where it keeps its storage")
	listen := flag.String("listen", "", "address to listen on")
	wrapping := flag.Bool("wrap", false, "wrap a key")
	flag.Parse()
	var err error
	if *wrapping {
		err = wrap()
	} else {
		err = serve(*dir, *listen)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(dir, listen string) error {
	completeSystem()
	logger := log.New(&log.LoggerOptions{Level: log.Error, Output: os.Stderr})
	storage, err := file.NewFileBackend(map[string]string{"path": dir}, logger)
	if err != nil {
		return err
	}
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical: storage, DisableMlock: true, Logger: logger, BuiltinRegistry: builtin{},
		LogicalBackends:    map[string]logical.Factory{"kv": kv.Factory, "transit": newTransit},
		CredentialBackends: map[string]logical.Factory{"approle": approle.Factory},
		AuditBackends:      map[string]audit.Factory{"file": auditfile.Factory},
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	return http.Serve(l, vaulthttp.Handler.Handler(&vault.HandlerProperties{Core: core, ListenerConfig: &configutil.Listener{Address: listen}}))
}
