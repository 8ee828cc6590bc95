// @ts-check
/**
 * The camera reads codes: by the browser's own reader where it has one, else by jsQR.
 *
 * @module
 */

import jsQR from "jsqr";

/** How many pictures a second are looked at. */
const PACE = 8;

/** @returns {Promise<((v: HTMLVideoElement) => Promise<string | undefined>)>} */
async function reader() {
  const native = /** @type {any} */ (globalThis).BarcodeDetector;
  if (native && (await native.getSupportedFormats()).includes("qr_code")) {
    const detector = new native({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const canvas = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  return async (video) => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    if (!canvas.width) return undefined;
    context.drawImage(video, 0, 0);
    const picture = context.getImageData(0, 0, canvas.width, canvas.height);
    return jsQR(picture.data, picture.width, picture.height, { inversionAttempts: "dontInvert" })?.data || undefined;
  };
}

/**
 * Shows the camera in a video and calls seen for each text that it reads, once as long as it
 * stays in sight. Throws where there is no camera, or it is not allowed.
 * @param {HTMLVideoElement} video
 * @param {(text: string) => void} seen
 * @returns {Promise<() => void>} what ends it
 */
export async function watch(video, seen) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  video.srcObject = stream;
  await video.play();
  const read = await reader();
  let last = "";
  let blank = 0;
  const timer = window.setInterval(async () => {
    const text = await read(video).catch(() => undefined);
    blank = text ? 0 : blank + 1;
    if (blank > PACE) last = "";
    if (text && text !== last) {
      last = text;
      seen(text);
    }
  }, 1000 / PACE);
  return () => {
    window.clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}
