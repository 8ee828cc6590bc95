// @ts-check
/**
 * Argon2id in a worker for each code.
 *
 * @module
 */

/** @typedef {import("./types.js").Stretch} Stretch */

/**
 * Stretches with the worker at that address. The code's buffer goes over to the
 * worker: the page has none of it left.
 * @param {string | URL} address
 * @returns {Stretch}
 */
export const stretchIn = (address) => (job) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(address);
    const end = (/** @type {() => void} */ settle) => {
      worker.terminate();
      settle();
    };
    worker.onmessage = (event) => end(() => resolve(event.data));
    worker.onerror = () => end(() => reject(new Error("the code could not be stretched on this device")));
    worker.postMessage(job, [job.code.buffer]);
  });
