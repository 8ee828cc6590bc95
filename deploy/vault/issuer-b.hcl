# The second issuer of a scrutin: its key signs, and it reads its own secrets and those of its links. MOUNT is the scrutin's. Each issuer has a
# Vault of its own body's: who administers one for both is both issuers.

path "MOUNT/transit/keys/issuer-b" { capabilities = ["read"] }
path "MOUNT/transit/sign/issuer-b" { capabilities = ["update"] }
path "MOUNT/kv/data/issuer-b/*" { capabilities = ["read"] }
path "MOUNT/kv/data/links/deposit-b" { capabilities = ["read"] }
path "MOUNT/kv/data/links/notify-b" { capabilities = ["read"] }

path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
