# The urn of a scrutin: its key signs, and it reads the secret of its link to the roll. MOUNT is the scrutin's.

path "MOUNT/transit/keys/urn" { capabilities = ["read"] }
path "MOUNT/transit/sign/urn" { capabilities = ["update"] }
path "MOUNT/kv/data/urn/*" { capabilities = ["read"] }
path "MOUNT/kv/data/links/fate" { capabilities = ["read"] }

path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
