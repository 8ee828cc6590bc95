// @ts-check
/**
 * A worker of the page: one of them goes through an export, the others compute products
 * for it. The first is given a port to each of the others.
 *
 * @module
 */

import { ArchiveError, readDirectory, readTar } from "./tar.js";
import { exportOf } from "./archive.js";
import { parseWitnesses } from "./opening.js";
import { Pool, work } from "./pool.js";
import { verify } from "./verify.js";

/** @typedef {import("./pool.js").Job} Job */

/**
 * What to verify: a tar, or the files of a directory; and what is known.
 * @typedef {{file?: Blob, chosen?: {path: string, file: Blob}[], fingerprint?: string, witnesses: string}} Task
 */

/** Ports to the workers of the one that leads. @type {MessagePort[]} */
let ports = [];

self.onmessage = (/** @type {MessageEvent<Task | {port: MessagePort} | {ports: MessagePort[]}>} */ event) => {
  if ("port" in event.data) serve(event.data.port);
  else if ("ports" in event.data) ports = event.data.ports;
  else void lead(event.data);
};

/**
 * Does the jobs that come through a port, one after the other.
 * @param {MessagePort} port
 */
function serve(port) {
  port.onmessage = (/** @type {MessageEvent<Job>} */ { data }) => {
    try {
      port.postMessage({ done: work(data) });
    } catch (e) {
      port.postMessage({ failed: String(e) });
    }
  };
}

/** @param {Task} task */
async function lead({ file, chosen, fingerprint, witnesses }) {
  const begun = performance.now();
  const pool = new Pool(hire(ports), ports.length, (points) => self.postMessage({ points }));
  try {
    const { files, archive } = await exportOf(file ? await readTar(file) : readDirectory(chosen ?? []));
    const known = { fingerprint, witnesses: parseWitnesses(witnesses) };
    const report = await verify(files, known, pool, (part, done, total) => self.postMessage({ part, done, total }), archive);
    const cost = { seconds: (performance.now() - begun) / 1000, workers: ports.length, points: pool.points, powers: pool.powers };
    self.postMessage({ report: { ...report, cost } });
  } catch (e) {
    if (e instanceof ArchiveError) self.postMessage({ unread: { reason: e.reason, detail: e.detail } });
    else self.postMessage({ failed: String(e) });
  }
}

/**
 * Gives each job to a worker that has none.
 * @param {MessagePort[]} ports
 * @returns {import("./pool.js").Run}
 */
function hire(ports) {
  const free = [...ports];
  /** @type {{job: Job, resolve: (done: any) => void, reject: (e: Error) => void}[]} */
  const waiting = [];
  const next = () => {
    if (free.length === 0 || waiting.length === 0) return;
    const port = /** @type {MessagePort} */ (free.pop());
    const { job, resolve, reject } = /** @type {NonNullable<ReturnType<typeof waiting.shift>>} */ (waiting.shift());
    port.onmessage = ({ data }) => {
      free.push(port);
      if ("failed" in data) reject(new Error(data.failed));
      else resolve(data.done);
      next();
    };
    port.postMessage(job);
  };
  return (job) =>
    new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject });
      next();
    });
}
