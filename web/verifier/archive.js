// @ts-check
/**
 * The archive that a bureau keeps under seal (docs/archive.md): the export in it, and
 * whether the rest is what its own list says.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, text } from "../client/bytes.js";
import { check, parseCanonical } from "../client/canonical.js";
import { SHAPES } from "./shapes.js";
import { ArchiveError, byBytes } from "./tar.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./tar.js").Files} Files */

/**
 * What was found of an archive: the bytes of kept.json, and size and digest of every file
 * but the sums.
 * @typedef {{list?: Uint8Array, files: Map<string, {size: number, sha256: string}>}} Archive
 */

const LIST = "kept.json";
const SPECIFICATION = "specification/protocol.md";

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
  const found = new Map();
  for (const line of lines) {
    const parts = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (!parts || !rest.delete(parts[2])) throw new ArchiveError("sums", line);
    if (parts[1] !== (await digest(files, parts[2]))) throw new ArchiveError("sums", parts[2]);
    found.set(parts[2], { size: files.size(parts[2]), sha256: parts[1] });
  }
  if (rest.size > 0) throw new ArchiveError("sums", [...rest][0]);
  const list = files.has(LIST) ? await files.bytes(LIST, 32 << 20) : undefined;
  return { files: files.below("export/"), archive: { list, files: found } };
}

/**
 * What an archive keeps is what its own list says, and that is the one that the bureau
 * adopted; the specification is that of the opening record.
 * @param {Election} e
 * @param {Archive} archive
 */
export function kept(e, { list, files }) {
  const { ledger } = e;
  ledger.need(files.get(SPECIFICATION)?.sha256 === e.opening?.specification, 103, SPECIFICATION, "digest");
  const act = e.later.find((a) => a.act.type === "archive")?.act;
  if (act) ledger.need(files.get(LIST)?.sha256 === act.body.adopts[0]?.sha256, 1107, LIST, "digest");
  if (!ledger.need(list, 1107, LIST, "missing")) return;
  let value;
  try {
    value = parseCanonical(text(/** @type {Uint8Array} */ (list)));
    check(value, SHAPES.archive);
  } catch {
    ledger.refuse(1107, LIST, "form");
    return;
  }
  ledger.need(value.manifest === e.book.f, 1107, LIST, "manifest");
  ledger.need(value.opening === (e.act("open") ? e.book.o : "0".repeat(64)), 1107, LIST, "opening");
  let last = "";
  const on = new Set();
  for (const f of value.files) {
    const there = files.get(f.path);
    ledger.need(byBytes(last, f.path) < 0, 1107, f.path, "order");
    ledger.need(there?.size === f.size && there?.sha256 === f.sha256 && listed(f.path, act?.seq ?? 0), 1107, f.path, "kept");
    on.add((last = f.path));
  }
  for (const path of files.keys()) ledger.need(on.has(path) || (later(path) && (act || !listed(path, 0))), 1107, path, "not-kept");
}

/**
 * Whether the list names a file, where the act archive has that number; 0 while there is none.
 * @param {string} path
 * @param {number} seq
 */
function listed(path, seq) {
  if (path.startsWith("export/after/")) {
    const n = /^export\/after\/([0-9]{1,4})-/.exec(path)?.[1];
    return n !== undefined && (seq === 0 || Number(n) < seq);
  }
  return path === "software.txt" || path === SPECIFICATION || /^(export|dossier|certificates)\//.test(path);
}

/** Whether a file may have come after the list. @param {string} path */
const later = (path) => /^(dossier|export\/after)\//.test(path) || path === "index.html" || path === LIST;

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
