# Who ends a scrutin (isoloir custody destroy), for the few minutes that it takes, once the bureau has adopted the destruction: disables its engines, with
# every key and secret in them, and takes the roles' logins away. It reads public keys, to see that they are the manifest's, and no secret; it makes and
# signs nothing. The command asks the record whether it may; this policy does not, so that who holds such a token can end any scrutin of this Vault, open
# ones too: make it for the hour, let two people do it, revoke it.

path "sys/mounts" { capabilities = ["read"] }
path "sys/mounts/isoloir/*" { capabilities = ["delete"] }
path "sys/policies/acl/isoloir-*" { capabilities = ["delete"] }
path "auth/approle/role/isoloir-*" { capabilities = ["delete"] }
path "isoloir/+/transit/keys/+" { capabilities = ["read"] }

path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
