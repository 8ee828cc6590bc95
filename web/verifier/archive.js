// @ts-check
/**
 * The archive that a bureau keeps under seal (docs/archive.md): the export in it, and
 * whether the rest is what its own list says.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, text } from "../client/bytes.js";
import { ArchiveError } from "./tar.js";

/** @typedef {import("./tar.js").Files} Files */

/**
 * What was found of an archive beside the export.
 * @typedef {{kept: string, specification: string}} Archive the digests of kept.json and of the specification, empty where they are not there
 */

/**
 * The export of a set of files, and of the archive around it, if there is one, what the
 * export is compared with. Throws ArchiveError where its sums are not those of its files.
 * @param {Files} files
 * @returns {Promise<{files: Files, archive?: Archive}>}
 */
export async function exportOf(files) {
  if (!files.has("export/manifest.json") || files.has("manifest.json")) return { files };
  const lines = text(await files.bytes("SHA256SUMS", 1 << 28)).split("\n");
  if (lines.pop() !== "") throw new ArchiveError("sums");
  const rest = new Set(files.paths.filter((p) => p !== "SHA256SUMS"));
  for (const line of lines) {
    const parts = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (!parts || !rest.delete(parts[2])) throw new ArchiveError("sums", line);
    if (parts[1] !== (await digest(files, parts[2]))) throw new ArchiveError("sums", parts[2]);
  }
  if (rest.size > 0) throw new ArchiveError("sums", [...rest][0]);
  const of = (/** @type {string} */ path) => (files.has(path) ? digest(files, path) : "");
  const archive = { kept: await of("kept.json"), specification: await of("specification/protocol.md") };
  return { files: files.below("export/"), archive };
}

/**
 * @param {Files} files
 * @param {string} path
 */
async function digest(files, path) {
  const blob = /** @type {Blob} */ (files.blobs.get(path));
  const h = sha256.create();
  for (let at = 0; at < blob.size; at += 1 << 22) h.update(new Uint8Array(await blob.slice(at, at + (1 << 22)).arrayBuffer()));
  return hex(h.digest());
}
