# Who prepares a scrutin (isoloir custody prepare), for the hour that it takes: makes its engines, keys, secrets, policies and logins.
# It reads no secret, signs nothing, and can take no key out; but who writes policies and gives out logins can give himself a role's login, and by it
# all that the role may do, and policies of the name isoloir-* for whatever else this Vault holds. Let two people do it (docs/custody.md).
# Credentials are asked for wrapped by the command; no policy here demands it (min_wrapping_ttl would bind the reading of role_ids too).

path "sys/mounts" { capabilities = ["read"] }
path "sys/mounts/isoloir/*" { capabilities = ["create", "update"] }
path "sys/auth" { capabilities = ["read"] }
path "sys/auth/approle" { capabilities = ["create", "update", "sudo"] }
path "sys/policies/acl/isoloir-*" { capabilities = ["create", "read", "update"] }

path "auth/approle/role/isoloir-*" { capabilities = ["create", "read", "update", "list"] }

path "isoloir/+/transit/keys/+" { capabilities = ["create", "read", "update"] }
path "isoloir/+/kv/data/*" { capabilities = ["create"] }
path "isoloir/+/kv/metadata/*" { capabilities = ["read"] }

path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
