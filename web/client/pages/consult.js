// @ts-check
/**
 * The page on which people vote by anonymous accounts.
 *
 * @module
 */

import { ofAccounts } from "../scrutin.js";
import { Consultation } from "./consultation.js";
import { onKiosk, watchKiosk } from "./kiosk.js";
import { Page } from "./page.js";
import { say } from "./sentences.js";

/** @type {Record<string, string>} */
const SHUT = { before: "early", suspended: "suspended", closed: "closed", published: "closed" };

async function main() {
  /** @type {Consultation | undefined} */
  let vote = undefined;
  watchKiosk(() => vote?.wipe());
  const page = new Page({
    stage: (n, total) => say("vote.say.stage", { N: n, Total: total }),
    admits: (to) => !!vote?.admits(to),
  });
  if (!page.able()) return;
  const { phase, opens, closes } = page.says;
  const shut = SHUT[phase];
  if (shut === "closed") return page.problem("vote.say.closed", { Time: closes }, null);
  if (shut) return page.problem("vote.say." + shut, { Time: opens });
  page.steps.show("start");
  const scrutin = await page.records();
  if (!scrutin) return;
  if (!ofAccounts(scrutin.manifest)) return page.problem("device.say.broken");
  vote = new Consultation(page, scrutin);
  window.addEventListener("pagehide", () => vote?.wipe());
  vote.begin(onKiosk());
}

void main();
