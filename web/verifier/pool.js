// @ts-check
/**
 * Where products are computed: here, or divided among workers.
 *
 * @module
 */

import { equal } from "../client/bytes.js";
import { decode } from "../client/group.js";
import { BASE, combine, multiply, SIZE, ZERO } from "./arithmetic.js";

/** @typedef {import("./arithmetic.js").Segment} Segment */
/** @typedef {import("./arithmetic.js").Bad} Bad */

/**
 * A computation for a worker.
 * @typedef {{kind: "multiply", segments: Segment[]} | {kind: "combine", lists: Uint8Array[], coefficients: bigint[]}} Job
 */

/**
 * Does a job, wherever that is.
 * @typedef {(job: Job) => Promise<any>} Run
 */

/**
 * What a worker does with a job.
 * @param {Job} job
 */
export const work = (job) => (job.kind === "multiply" ? multiply(job.segments) : combine(job.lists, job.coefficients));

/** The fewest and the most points of one job: fewer cost more each, more wait for one worker. */
const LEAST = 2048;
const MOST = 32768;

export class Pool {
  /**
   * @param {Run} run
   * @param {number} workers how many jobs are done at a time
   * @param {(done: number) => void} [progress] hears of points that were done
   */
  constructor(run, workers, progress) {
    this.run = run;
    this.workers = workers;
    this.progress = progress ?? (() => {});
    /** How many points were decoded, and how many raised to a power. */
    this.points = 0;
    this.powers = 0;
  }

  /**
   * @param {number} n
   */
  piece(n) {
    return Math.max(LEAST, Math.min(MOST, Math.ceil(n / this.workers)));
  }

  /**
   * The product of all segments, and which points are refused.
   * @param {Segment[]} segments
   * @returns {Promise<{product: Uint8Array, bad: Bad[]}>}
   */
  async multiply(segments) {
    const total = segments.reduce((n, s) => n + s.count, 0);
    const size = this.piece(total);
    /** @type {{segments: Segment[], from: {segment: number, first: number}[], count: number}[]} */
    const jobs = [];
    segments.forEach((s, segment) => {
      for (let at = 0; at < s.count; ) {
        let job = jobs[jobs.length - 1];
        if (!job || job.count >= size) jobs.push((job = { segments: [], from: [], count: 0 }));
        const n = Math.min(s.count - at, size - job.count);
        job.segments.push({
          points: s.points?.slice(SIZE * at, SIZE * (at + n)), // of its own, as it goes to another worker
          first: s.points ? undefined : /** @type {number} */ (s.first) + at,
          scalars: s.scalars?.slice(SIZE * at, SIZE * (at + n)),
          identity: s.identity,
          count: n,
        });
        job.from.push({ segment, first: at });
        job.count += n;
        at += n;
      }
    });
    let sum = ZERO;
    /** @type {Bad[]} */
    const bad = [];
    await Promise.all(
      jobs.map(async (job) => {
        const done = await this.run({ kind: "multiply", segments: job.segments });
        sum = sum.add(decode(done.product));
        for (const b of done.bad) bad.push({ ...b, segment: job.from[b.segment].segment, index: job.from[b.segment].first + b.index });
        for (const s of job.segments) {
          this.points += s.points ? s.count : 0;
          this.powers += s.scalars ? s.count : 0;
        }
        this.progress(job.count);
      }),
    );
    bad.sort((a, b) => a.segment - b.segment || a.index - b.index);
    return { product: sum.toBytes(), bad };
  }

  /**
   * combine of arithmetic.js, divided.
   * @param {Uint8Array[]} lists
   * @param {bigint[]} coefficients
   * @returns {Promise<Uint8Array>}
   */
  async combine(lists, coefficients) {
    const n = lists[0].length / SIZE;
    const size = Math.max(256, Math.ceil(n / this.workers / 4));
    const out = new Uint8Array(lists[0].length);
    const jobs = [];
    for (let at = 0; at < n; at += size) {
      const piece = lists.map((l) => l.slice(SIZE * at, SIZE * (at + size)));
      jobs.push(
        this.run({ kind: "combine", lists: piece, coefficients }).then((/** @type {Uint8Array} */ done) => {
          out.set(done, SIZE * at);
          this.points += (lists.length * done.length) / SIZE;
          this.progress(done.length / SIZE);
        }),
      );
    }
    await Promise.all(jobs);
    return out;
  }
}

const identity = ZERO.toBytes();

/** The base point g, encoded. */
export const base = BASE.toBytes();

/**
 * Says whether a product is the identity, and no point was refused.
 * @param {{product: Uint8Array, bad: Bad[]}} result
 */
export const holds = ({ product, bad }) => bad.length === 0 && equal(product, identity);

/** A pool that computes where it stands. */
export const alone = () => new Pool(async (job) => work(job), 1);
