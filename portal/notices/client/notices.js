// @ts-check
/**
 * Notices in the browser: asks it for them, and tells the service where they are brought.
 * Nothing else is stored, and no account is known here.
 *
 * @module
 */

const part = /** @type {HTMLElement} */ (document.getElementById("by-browser"));
const told = /** @type {HTMLElement} */ (document.getElementById("browser-said"));
const leave = /** @type {HTMLButtonElement} */ (document.getElementById("browser-leave"));
const territory = /** @type {HTMLSelectElement} */ (document.getElementById("browser-territory"));

/** @param {"on" | "off" | "denied" | "failed"} what */
function say(what) {
  told.textContent = told.dataset[what] ?? "";
  told.className = "notice " + { on: "good", off: "good", denied: "warning", failed: "danger" }[what];
  told.hidden = false;
  told.focus();
}

/** @param {ArrayBuffer | null} bytes */
const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** @param {string} text */
const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

/** The worker, where the browser wants its address named by a policy. */
function registered() {
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("isoloir", { createScriptURL: () => "/worker.js" });
  return navigator.serviceWorker.register(policy ? policy.createScriptURL("") : "/worker.js");
}

/** @param {string} path @param {PushSubscription} s */
async function tell(path, s) {
  const body = JSON.stringify({ endpoint: s.endpoint, p256dh: base64url(s.getKey("p256dh")), auth: base64url(s.getKey("auth")) });
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!answer.ok) throw new Error(String(answer.status));
}

async function begin() {
  const worker = await registered();
  const shown = async () => (leave.hidden = !(await worker.pushManager.getSubscription()));
  document.getElementById("browser-form")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ((await Notification.requestPermission()) !== "granted") return say("denied");
    try {
      const s = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(part.dataset.key ?? "") });
      await tell(`/v1/browser?territory=${encodeURIComponent(territory.value)}&language=${part.dataset.language}`, s);
      say("on");
    } catch {
      say("failed");
    }
    await shown();
  });
  leave.addEventListener("click", async () => {
    try {
      const s = await worker.pushManager.getSubscription();
      if (s) {
        await tell("/v1/browser/leave", s);
        await s.unsubscribe();
      }
      say("off");
    } catch {
      say("failed");
    }
    await shown();
  });
  await shown();
  part.hidden = false;
}

if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) void begin();
