// @ts-check
/**
 * Where a browser keeps what is written between two visits. One may forbid it to a
 * page: then nothing is ever there, and writing fails, as in a storage that is full.
 *
 * @module
 */

/** @type {Storage} */
const NOTHING = {
  length: 0,
  key: () => null,
  getItem: () => null,
  setItem() {
    throw new Error("this browser keeps nothing");
  },
  removeItem() {},
  clear() {},
};

/**
 * The browser's storage, that lasts or of this tab.
 * @param {"localStorage" | "sessionStorage"} name
 * @returns {Storage}
 */
function storage(name) {
  try {
    return window[name] ?? NOTHING;
  } catch {
    return NOTHING;
  }
}

/** What outlives the tab. */
export const ofBrowser = () => storage("localStorage");

/** What ends with the tab. */
export const ofTab = () => storage("sessionStorage");
