// @ts-check
/**
 * The page's side of the worker that signs. The key comes from the member's medium by
 * his passphrase, serves this page alone, and is gone when the page is, or after a
 * quarter of an hour without use.
 *
 * @module
 */

/** @typedef {import("./sign.js").Answer} Answer */
/** @typedef {import("./sign.js").Job} Job */

const WORKER = "/client/sign.js";
const PATIENCE = 15 * 60_000;

/** Why nothing is signed: the ends of signing.say.*. */
export class Refused extends Error {
  /** @param {"form" | "passphrase" | "other" | "text"} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export class Keyring {
  /** @param {string} expected the member's key, as the manifest writes it */
  constructor(expected) {
    this.expected = expected;
    /** @type {Worker | undefined} */
    this.worker = undefined;
    this.timer = 0;
    /** Told when the key has come or gone. */
    this.onchange = () => {};
    addEventListener("pagehide", () => this.lock());
  }

  get unlocked() {
    return this.worker !== undefined;
  }

  /**
   * @param {Uint8Array} file
   * @param {string} passphrase
   */
  async unlock(file, passphrase) {
    this.lock();
    const worker = new Worker(/** @type {string} */ (address()));
    try {
      const answer = await ask(worker, { file, passphrase });
      if (!("key" in answer) || answer.key !== this.expected) throw new Refused("other");
    } catch (e) {
      worker.terminate();
      throw e;
    }
    this.worker = worker;
    this.keep();
    this.onchange();
  }

  /**
   * The signature line of a text.
   * @param {string} message
   */
  async line(message) {
    if (!this.worker) throw new Refused("form");
    this.keep();
    const answer = await ask(this.worker, { sign: message });
    if (!("line" in answer)) throw new Refused("form");
    return answer.line;
  }

  keep() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.lock(), PATIENCE);
  }

  /** Ends the worker, and with it the key's memory. */
  lock() {
    clearTimeout(this.timer);
    if (!this.worker) return;
    this.worker.terminate();
    this.worker = undefined;
    this.onchange();
  }
}

/** The worker's address: the policy that trusts it is made once in a page. @type {string | undefined} */
let trusted;

function address() {
  const types = /** @type {any} */ (window).trustedTypes;
  return (trusted ??= types ? types.createPolicy("isoloir", { createScriptURL: () => WORKER }).createScriptURL("") : WORKER);
}

/**
 * @param {Worker} worker
 * @param {Job} job
 * @returns {Promise<Exclude<Answer, {refused: any}>>}
 */
function ask(worker, job) {
  return new Promise((resolve, reject) => {
    worker.onmessage = (/** @type {MessageEvent<Answer>} */ { data }) => ("refused" in data ? reject(new Refused(data.refused)) : resolve(data));
    worker.onerror = () => reject(new Refused("form"));
    worker.postMessage(job);
  });
}
