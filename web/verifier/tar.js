// @ts-check
/**
 * The files of an export, out of an archive (docs/archive.md), a plain tar of its
 * directory, or the directory itself. Nothing is unpacked: a file is read where it
 * stands, when it is asked for.
 *
 * @module
 */

import { text } from "../client/bytes.js";

const BLOCK = 512;

/** The most files of an export, and the longest header of a name, in bytes. */
const MOST_FILES = 2_000_000;
const LONGEST_NAME = 4096;

/** Why a file is no archive; reason is one of reasons.js. */
export class ArchiveError extends Error {
  /**
   * @param {string} reason
   * @param {string} [detail]
   */
  constructor(reason, detail = "") {
    super(`${reason} ${detail}`);
    this.reason = reason;
    this.detail = detail;
  }
}

/** A set of files by their paths. */
export class Files {
  /** @param {Map<string, Blob>} blobs */
  constructor(blobs) {
    this.blobs = blobs;
    /** What could not be read by path, in ascending byte order. */
    this.paths = [...blobs.keys()].sort(byBytes);
  }

  /** @param {string} path */
  has(path) {
    return this.blobs.has(path);
  }

  /** @param {string} path */
  size(path) {
    return this.blobs.get(path)?.size ?? 0;
  }

  /**
   * The bytes of a file; throws ArchiveError "missing" or "size" (more than most).
   * @param {string} path
   * @param {number} [most]
   */
  async bytes(path, most = 1 << 30) {
    const blob = this.blobs.get(path);
    if (!blob) throw new ArchiveError("missing", path);
    if (blob.size > most) throw new ArchiveError("size", path);
    return new Uint8Array(await blob.arrayBuffer());
  }

  /**
   * The files below a folder, by what follows it.
   * @param {string} prefix
   */
  below(prefix) {
    return new Files(new Map([...this.blobs].filter(([p]) => p.startsWith(prefix)).map(([p, b]) => [p.slice(prefix.length), b])));
  }
}

/**
 * Compares paths by their bytes in UTF-8.
 * @param {string} a
 * @param {string} b
 */
export function byBytes(a, b) {
  if (a === b) return 0;
  const x = Array.from(a, (c) => c.codePointAt(0) ?? 0);
  const y = Array.from(b, (c) => c.codePointAt(0) ?? 0);
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i] - y[i];
  return x.length - y.length;
}

/**
 * Reads the headers of a tar: POSIX ustar, with the long names of pax and of GNU, regular
 * files and directories. Throws ArchiveError.
 * @param {Blob} tar
 */
export async function readTar(tar) {
  if (tar.size % BLOCK !== 0 || tar.size < 2 * BLOCK) throw new ArchiveError("tar");
  /** @type {Map<string, Blob>} */
  const files = new Map();
  const window = new Window(tar);
  let long = "";
  let at = 0;
  for (;;) {
    if (at + BLOCK > tar.size) throw new ArchiveError("tar-end");
    const h = await window.block(at);
    at += BLOCK;
    if (h.every((b) => b === 0)) break;
    const sum = h.reduce((n, b, i) => n + (i >= 148 && i < 156 ? 32 : b), 0);
    if (octal(h, 148, 8) !== sum) throw new ArchiveError("tar", String(at));
    const size = octal(h, 124, 12);
    const body = tar.slice(at, at + size);
    if (at + size > tar.size) throw new ArchiveError("tar-end");
    at += Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(h[156] || 48);
    if (type === "x" || type === "L") {
      if (size > LONGEST_NAME) throw new ArchiveError("tar-name");
      const data = text(new Uint8Array(await body.arrayBuffer()));
      long = type === "L" ? data.replace(/\0$/, "") : pax(data) || long;
      continue;
    }
    const short = cString(h, 0, 100);
    const prefix = cString(h, 257, 6).startsWith("ustar") && !cString(h, 257, 8).startsWith("ustar  ") ? cString(h, 345, 155) : "";
    const name = (long || (prefix ? `${prefix}/${short}` : short)).replace(/^(\.\/)+/, "");
    long = "";
    if (type === "5" && size === 0) continue;
    if (type !== "0") throw new ArchiveError("tar-link", name);
    put(files, name, body);
  }
  for (; at < tar.size; at += BLOCK) if ((await window.block(at)).some((b) => b !== 0)) throw new ArchiveError("tar-end");
  return rooted(new Files(files));
}

/**
 * Reads a directory that a person chose.
 * @param {Iterable<{path: string, file: Blob}>} chosen
 */
export function readDirectory(chosen) {
  /** @type {Map<string, Blob>} */
  const files = new Map();
  for (const { path, file } of chosen) put(files, path, file);
  return rooted(new Files(files));
}

/**
 * @param {Map<string, Blob>} files
 * @param {string} name
 * @param {Blob} body
 */
function put(files, name, body) {
  if (name === "" || name.split("/").some((p) => p === "" || p === "." || p === "..") || /[\u0000-\u001f\\]/.test(name)) {
    throw new ArchiveError("tar-name", name);
  }
  if (files.has(name)) throw new ArchiveError("tar-twice", name);
  if (files.size === MOST_FILES) throw new ArchiveError("tar-many");
  files.set(name, body);
}

/**
 * Takes the export's own directory off the paths, where all stand in one.
 * @param {Files} files
 */
function rooted(files) {
  const first = files.paths[0]?.split("/")[0] + "/";
  const one = !files.has("manifest.json") && !files.has("export/manifest.json") && files.paths.every((p) => p.startsWith(first));
  return one ? files.below(first) : files;
}

/**
 * A whole number in octal digits.
 * @param {Uint8Array} h
 * @param {number} at
 * @param {number} n
 */
function octal(h, at, n) {
  const s = cString(h, at, n).trim();
  if (!/^[0-7]{1,11}$/.test(s)) throw new ArchiveError("tar");
  return parseInt(s, 8);
}

/**
 * @param {Uint8Array} h
 * @param {number} at
 * @param {number} n
 */
function cString(h, at, n) {
  const b = h.subarray(at, at + n);
  const end = b.indexOf(0);
  try {
    return text(end < 0 ? b : b.subarray(0, end));
  } catch {
    throw new ArchiveError("tar-name");
  }
}

/**
 * The path that a pax header gives, or nothing; it must not change the size.
 * @param {string} data
 */
function pax(data) {
  let path = "";
  for (const record of data.split("\n")) {
    const parts = record.match(/^\d+ ([^=]+)=(.*)$/s);
    if (parts?.[1] === "path") path = parts[2];
    if (parts?.[1] === "size") throw new ArchiveError("tar-many");
  }
  return path;
}

/** Reads blocks through a larger piece, as asking for each alone takes long. */
class Window {
  /** @param {Blob} tar */
  constructor(tar) {
    this.tar = tar;
    this.from = 0;
    this.data = new Uint8Array();
  }

  /** @param {number} at */
  async block(at) {
    if (at < this.from || at + BLOCK > this.from + this.data.length) {
      this.from = at;
      this.data = new Uint8Array(await this.tar.slice(at, at + 256 * BLOCK).arrayBuffer());
    }
    return this.data.subarray(at - this.from, at - this.from + BLOCK);
  }
}
