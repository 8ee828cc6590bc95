// @ts-check
/**
 * One tab votes for an elector at a time. Where the browser has Web Locks, a lock
 * holds until the tab ends, whatever ends it; elsewhere the tab renews a lease in the
 * local storage, which holds nothing but a random number and a time. This is for the
 * voter to understand what happens; that nobody votes twice is the servers' work.
 *
 * @module
 */

const every = 2_000; // milliseconds between renewals
const lapse = 3 * every; // after which a lease of a tab that stopped is nobody's

/**
 * Takes the only place under a name, until the page ends or gives it back.
 * A browser that lets the page keep nothing has neither: there one tab knows nothing
 * of another.
 * @param {string} name
 * @param {Storage} storage
 * @returns {Promise<(() => void) | null>} what gives it back; null: another tab has it
 */
export const alone = (name, storage) =>
  (navigator.locks ? locked(name) : leased(name + "/tab", storage)).catch(() => () => {});

/** @param {string} name @returns {Promise<(() => void) | null>} */
function locked(name) {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(null);
        return new Promise((/** @type {(nothing: void) => void} */ release) => resolve(() => release()));
      })
      .catch(reject);
  });
}

/** @param {string} key @param {Storage} storage @returns {Promise<(() => void) | null>} */
async function leased(key, storage) {
  const own = [...crypto.getRandomValues(new Uint8Array(8))].join(".");
  const [owner, at] = (storage.getItem(key) ?? " 0").split(" ");
  if (owner && Date.now() - Number(at) < lapse) return null;
  const renew = () => storage.setItem(key, `${own} ${Date.now()}`);
  renew();
  await new Promise((done) => setTimeout(done, 50)); // two tabs at once: the one that wrote last has it
  if (!storage.getItem(key)?.startsWith(own + " ")) return null;
  const timer = setInterval(renew, every);
  const release = () => {
    clearInterval(timer);
    if (storage.getItem(key)?.startsWith(own + " ")) storage.removeItem(key);
  };
  window.addEventListener("pagehide", release);
  return release;
}
