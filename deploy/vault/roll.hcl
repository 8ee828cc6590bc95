# The roll of a scrutin: its key signs, and it reads its own secrets and those of its links. MOUNT is the scrutin's.

path "MOUNT/transit/keys/roll" { capabilities = ["read"] }
path "MOUNT/transit/sign/roll" { capabilities = ["update"] }
path "MOUNT/kv/data/roll/*" { capabilities = ["read"] }
path "MOUNT/kv/data/links/fate" { capabilities = ["read"] }
path "MOUNT/kv/data/links/deposit-a" { capabilities = ["read"] }
path "MOUNT/kv/data/links/deposit-b" { capabilities = ["read"] }
path "MOUNT/kv/data/links/notify-a" { capabilities = ["read"] }
path "MOUNT/kv/data/links/notify-b" { capabilities = ["read"] }

path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
