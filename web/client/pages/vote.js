// @ts-check
/**
 * The page of the vote: whoever may vote now is asked for his codes, whoever left a
 * ballot on its way sees it go on, and everybody else reads why he cannot vote.
 *
 * @module
 */

import { takeLink } from "./login.js";
import { Page } from "./page.js";
import { say } from "./sentences.js";
import { Vote } from "./voting.js";

/**
 * What the page says of a phase in which nobody can vote.
 * @type {Record<string, string>}
 */
const SHUT = { before: "early", suspended: "suspended", closed: "closed", published: "closed" };

/**
 * Says why one cannot vote now.
 * @param {Page} page
 */
function refuse(page) {
  const { phase, opens, closes } = page.says;
  if (SHUT[phase] === "closed") page.problem("vote.say.closed", { Time: closes }, null);
  else page.problem("vote.say." + SHUT[phase], { Time: opens });
}

async function main() {
  const trial = location.hash === "#essai";
  const link = takeLink();
  /** @type {Vote | undefined} */
  let vote = undefined;
  const page = new Page({
    stage: (n, total) => say("vote.say.stage", { N: n, Total: total }),
    admits: (to) => !!vote?.admits(to),
  });
  if (!page.able()) return;
  if (page.says.phase === "before") return refuse(page);
  page.steps.show("start");
  const scrutin = await page.records(link.fingerprint);
  if (!scrutin) return;
  vote = new Vote(page, scrutin, link);
  if (trial && page.says.phase === "open") return vote.try();
  const found = await vote.resume();
  if (found === "gone on") return;
  const shut = SHUT[page.says.phase];
  if (shut && !(await vote.several?.open())) return refuse(page);
  vote.ask(shut ? say("scrutins.say.others") : found === "waiting" ? say("codes.say.kept") : "");
}

void main();
