// Package device is what a key holder or a mixer keeps for himself: his signing
// key, the secret of his reception key, his polynomials while a run of the
// ceremony lasts, and his fragments after it. A [Device] speaks for him in the
// ceremony, as section 4 of docs/protocol.md asks, and opens no urn but one.
//
// At rest a device is one file, NAME.isoloir-fragment, the same on two media of
// different kinds: a canonical JSON document encrypted with the holder's
// passphrase in the format of age (scrypt). Every change is made durable on
// both media before its effect leaves the device.
//
// What it promises:
//   - a device serves one manifest, signs one message for each step of a run, and
//     once its ceremony is complete takes part in no other run;
//   - asked again, it answers the same bytes (a rehearsal is made anew);
//   - the seal of the scrutin is on both media before the first share leaves; any
//     other seal is refused for ever;
//   - a file is replaced only by one that was read back and deciphered, so that
//     no interruption loses the secrets; nothing secret is in an error.
//
// It cannot notice that both media were put back to older copies. Locking
// them away is the holder's part.
package device
