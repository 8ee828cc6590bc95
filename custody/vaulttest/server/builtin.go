package main

import (
	"errors"

	"github.com/hashicorp/vault/sdk/helper/consts"
)

// builtin says which engines the server has: those that it was built with.
type builtin struct{}

var names = map[consts.PluginType][]string{consts.PluginTypeSecrets: {"kv", "transit"}, consts.PluginTypeCredential: {"approle"}}

func (builtin) Contains(name string, t consts.PluginType) bool {
	for _, n := range names[t] {
		if n == name {
			return true
		}
	}
	return false
}

func (builtin) Get(string, consts.PluginType) (func() (interface{}, error), bool) {
	return func() (interface{}, error) { return nil, errors.New("no plugin runs here") }, false
}

func (builtin) Keys(t consts.PluginType) []string { return names[t] }

func (b builtin) DeprecationStatus(name string, t consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, b.Contains(name, t)
}

func (builtin) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }
