// @ts-check
/**
 * What is known of an election while it is verified: the manifest and its keys, and
 * what each part of the verification found for those after it. What a part could not
 * find stays undefined; a part that needs it is then not made.
 *
 * @module
 */

import { unhex } from "../client/bytes.js";

/** @typedef {import("./book.js").Book} Book */
/** @typedef {import("./book.js").Record} Record */
/** @typedef {import("./ledger.js").Ledger} Ledger */
/** @typedef {import("./pool.js").Pool} Pool */
/** @typedef {import("../client/note.js").Verifier} Verifier */

/**
 * Electors who were enrolled and made anonymous together: account keys over one generator.
 * @typedef {{generator: Uint8Array, keys: Uint8Array}} Population
 */

/**
 * A ballot of the log: its number among the leaves, and its hash in hexadecimal digits.
 * @typedef {{leaf: number, type: number, data: Uint8Array, hash: string, account: string, counter: number, previous: string, ciphertexts: Uint8Array}} Ballot
 */

/**
 * What is mixed and opened together.
 * @typedef {{name: string, number: number, urns: number[], ballots: Ballot[]}} Cell
 */

/** An act as it stands in the record. @typedef {{path: string, digest: string, act: any, signed: Set<Verifier>, wrong: string}} Act */

export class Election {
  /**
   * @param {Book} book
   * @param {Pool} pool
   * @param {any} manifest
   * @param {ReturnType<typeof import("./manifest.js").keysOf>} keys
   */
  constructor(book, pool, manifest, keys) {
    this.book = book;
    this.files = book.files;
    this.ledger = book.ledger;
    this.pool = pool;
    this.m = manifest;
    this.keys = keys;
    /** Of a scrutin of accounts: the register that the manifest names. @type {any} */
    this.register = manifest.register[0];
    /** The fingerprint of the manifest under which the key was made. @type {string} */
    this.keyManifest = manifest.standing[0]?.manifest ?? book.f;
    /** @type {string[]} */
    this.urns = manifest.urns.map((/** @type {any} */ u) => u.id);
    /** @type {Set<string> | undefined} the files that the list of contents names */
    this.listed = undefined;
    /** @type {Act[]} */
    this.acts = [];
    /** @type {Act[]} after the end */
    this.later = [];
    /** @type {any} the opening record */
    this.opening = undefined;
    /** @type {string[] | undefined} holders of the last run, in the manifest's order */
    this.holders = undefined;
    /** @type {{run: number, holder: string}[] | undefined} */
    this.excluded = undefined;
    /** @type {string | undefined} */
    this.ceremonyDigest = undefined;
    /** @type {any} clauses with their keys, as the ceremony made them */
    this.ceremonyKeys = undefined;
    /** @type {Uint8Array[][]} y of each urn's electors, by files in their order */
    this.accounts = this.urns.map(() => []);
    /** @type {Population[][]} of each urn */
    this.populations = this.urns.map(() => []);
    /** @type {number[]} how many electors were added to each urn, by amendments */
    this.added = this.urns.map(() => 0);
    /** @type {Set<number>[]} */
    this.struck = this.urns.map(() => new Set());
    /** @type {{amendment: number, act: number, urn: string, added: number, struck: number}[]} */
    this.amended = [];
    /** @type {(Ballot[] | undefined)[]} all ballots of each log */
    this.ballots = this.urns.map(() => undefined);
    /** @type {(Ballot[] | undefined)[]} those that count */
    this.counted = this.urns.map(() => undefined);
    /** @type {(number | undefined)[]} marks of each urn's roll statement */
    this.marks = this.urns.map(() => undefined);
    /** @type {Cell[] | undefined} */
    this.cells = undefined;
    /** @type {Map<string, Uint8Array>} lists after the last mixer, by cell and question */
    this.mixed = new Map();
    /** @type {any} result.note */
    this.result = undefined;
    /** @type {string | undefined} the digest of its text */
    this.resultDigest = undefined;
    /** Each cell with its counts, as result.note writes them. @type {{cell: Cell, questions: any[]}[]} */
    this.answers = [];
    /** @type {any[]} the minutes of votes on paper, in the order of their names */
    this.minutes = [];
  }

  /**
   * What a proof made after the opening belongs to.
   * @param {string} name of the urn or cell
   */
  context(name) {
    return { manifest: unhex(this.book.f), opening: unhex(this.book.o), urn: name };
  }

  /**
   * What a proof made before the opening belongs to.
   * @param {string} [urn]
   */
  before(urn = "") {
    return { manifest: unhex(this.book.f), opening: new Uint8Array(32), urn };
  }

  /**
   * What a message of the ceremony belongs to.
   * @param {string} [name]
   */
  making(name = "") {
    return { manifest: unhex(this.keyManifest), opening: new Uint8Array(32), urn: name };
  }

  /**
   * The questions of an urn, in the order of a ballot's ciphertexts.
   * @param {string} urn
   * @returns {any[]}
   */
  questions(urn) {
    return this.m.questions.filter((/** @type {any} */ q) => q.urns.includes(urn));
  }

  /**
   * How many electors an urn has: those of the manifest, and as amendments changed them.
   * @param {number} urn
   */
  electors(urn) {
    return this.m.urns[urn].electors + this.added[urn] - this.struck[urn].size;
  }

  /** Seconds since 1970 at which voting ends, as it was extended, with the time of grace. */
  ends() {
    const extended = this.acts.filter((a) => a.act.type === "extend" && a.act.body.close).at(-1)?.act.body.close;
    return Date.parse(extended ?? this.m.schedule.close) / 1000 + 60 * this.m.schedule.grace_minutes;
  }

  /**
   * The act of a type; the last one, if there are several.
   * @param {string} type
   */
  act(type) {
    return this.acts.filter((a) => a.act.type === type).at(-1);
  }

  /**
   * Whether the act that seals adopts a path.
   * @param {string} path
   */
  sealed(path) {
    return Boolean(this.act("seal")?.act.body.adopts.some((/** @type {any} */ x) => x.path === path));
  }

  /** S in hexadecimal digits, where the urns were sealed. */
  get seal() {
    return this.act("seal")?.digest;
  }

  /** How many populations and amendments there are to adopt: the acts that adopt an amendment. */
  amendments() {
    return this.acts.filter((a) => a.act.type === "addendum" && a.act.body.adopts[0]?.path !== "client");
  }

  /**
   * The folder of a cell's files in mix and shares.
   * @param {Cell} cell
   */
  folder(cell) {
    return String(cell.number).padStart(3, "0");
  }

  /**
   * The clause of that name.
   * @param {string} id
   */
  clause(id) {
    return this.m.clauses.find((/** @type {any} */ c) => c.id === id);
  }
}
