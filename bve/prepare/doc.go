// Package prepare makes the manifest of a scrutin from a folder that an organisation can write by hand: one YAML file, tables of urns and options,
// documents, and the public keys that people and services have handed over (docs/manifest.md, "To prepare one"). It makes the public draw of the
// order of display (décret 2009-525; MEAE notice of 2021, step 2), and lays the documents out as the portal serves them.
//
// It promises: the manifest holds what the folder says, what the defaults of its legal profile say, and nothing else; every mistake is named at once,
// with its file and line or field; the draw can be made again by anybody who knows the words that were drawn in public. It holds no secret.
package prepare
