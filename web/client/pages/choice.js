// @ts-check
/**
 * The choice and its confirmation. Everything that one chooses from is written into
 * the page here, from the manifest that was verified: names in the order of the draw,
 * every option in the same form, blank among them.
 *
 * @module
 */

import { BLANK, keepDraft, keptDraft } from "../index.js";
import { answersOf, approval, keepBlankAlone, setOf } from "./approving.js";
import { copy, element, one, submitted } from "./dom.js";
import { number, say } from "./sentences.js";
import { ofTab } from "../storage.js";

/** @typedef {import("../types.js").Choices} Choices */
/** @typedef {import("../types.js").Document} Document */
/** @typedef {import("../types.js").Option} Option */
/** @typedef {import("../types.js").Question} Question */
/** @typedef {import("../index.js").Scrutin} Scrutin */
/** @typedef {import("../scrutin.js").Urn} Urn */

export class Choosing {
  /**
   * @param {(choices: Choices) => void} chosen is told of a choice that is complete, and is shown
   * @param {{keeps?: boolean}} [how] keeps: a choice that was begun outlives the page, in its tab
   */
  constructor(chosen, { keeps = true } = {}) {
    this.chosen = chosen;
    this.keeps = keeps;
    /** What was begun, where it does not outlive the page. @type {Choices} */
    this.begun = {};
    /** What is chosen from. @type {{scrutin: Scrutin, urn: Urn} | undefined} */
    this.of = undefined;
    submitted("choice", () => this.submit());
    element("choice").addEventListener("change", (e) => {
      const form = e.target instanceof Element ? e.target.closest("fieldset") : null;
      if (form) keepBlankAlone(form, e.target);
      this.draft();
    });
  }

  /**
   * Writes the questions of an urn, and what was chosen already.
   * @param {Scrutin} scrutin
   * @param {Urn} urn
   */
  ask(scrutin, urn) {
    this.of = { scrutin, urn };
    askChoice(scrutin, urn.questions, this.keeps ? keptDraft(ofTab(), scrutin, urn.name) : this.begun);
  }

  draft() {
    if (!this.of) return;
    const { scrutin, urn } = this.of, choices = readChoice(urn.questions);
    if (this.keeps) keepDraft(ofTab(), scrutin, urn.name, choices);
    else this.begun = choices;
  }

  submit() {
    const { questions } = this.of?.urn ?? { questions: [] };
    const choices = readChoice(questions);
    if (!completeChoice(questions, choices)) return;
    showChoice(questions, choices);
    this.chosen(choices);
  }

  /** Takes the choice out of the page. */
  forget() {
    this.of = undefined;
    this.begun = {};
    element("questions").replaceChildren();
    element("chosen").replaceChildren();
  }
}

/**
 * Writes the questions of an urn.
 * @param {Scrutin} scrutin
 * @param {Question[]} questions
 * @param {Choices} draft what is chosen already
 */
function askChoice(scrutin, questions, draft) {
  element("choice-order").textContent =
    say("vote.say.order." + scrutin.manifest.draw.method) + " " + say(questions.length > 1 ? "vote.say.order.several" : "vote.say.order.one");
  element("questions").replaceChildren(...questions.map((q) => questionForm(q, draft[q.id])));
}

/**
 * @param {Question} q
 * @param {string | undefined} chosen
 */
function questionForm(q, chosen) {
  const form = copy("question-form");
  form.id = "question-" + q.id;
  one(form, "legend").textContent = q.title;
  const seats = one(form, ".seats");
  seats.hidden = q.seats === 0;
  seats.textContent = say(q.seats === 1 ? "vote.say.seat" : "vote.say.seats", { N: number(q.seats) });
  const several = approval(q);
  if (several) {
    seats.hidden = false;
    seats.textContent = say("vote.say.most", { N: number(several.most) });
  }
  writeDocuments(one(form, ".documents"), q.documents, q.title);
  const error = one(form, ".error");
  error.id = form.id + "-error";
  form.setAttribute("aria-describedby", error.id);
  const blank = { id: BLANK, label: say("vote.say.blank"), candidates: [], documents: [] };
  const checked = several ? answersOf(q, chosen) : [chosen];
  one(form, ".options").append(...[...(several?.answers ?? q.options), blank].map((o, i) => optionForm(q, o, i, checked.includes(o.id))));
  return form;
}

/**
 * @param {Question} q
 * @param {Option} option
 * @param {number} i
 * @param {boolean} chosen
 */
function optionForm(q, option, i, chosen) {
  const form = copy("option-form");
  const radio = /** @type {HTMLInputElement} */ (one(form, "input"));
  const several = approval(q) !== undefined;
  if (several) radio.type = "checkbox";
  radio.name = "q-" + q.id;
  radio.id = `q-${q.id}-${i}`;
  radio.value = option.id;
  radio.checked = chosen;
  one(form, ".label").textContent = option.label;
  const names = one(form, "details");
  names.hidden = several || option.candidates.length === 0;
  one(names, "summary").textContent = say("vote.say.names", { Option: option.label });
  writeNames(one(names, "ol"), option.candidates);
  writeDocuments(one(form, ".documents"), option.documents, option.label);
  return form;
}

/**
 * @param {HTMLElement} list
 * @param {string[]} names
 */
function writeNames(list, names) {
  list.hidden = names.length === 0;
  list.replaceChildren(...names.map((name) => text("li", name)));
}

/**
 * @param {HTMLElement} list
 * @param {Document[]} documents
 * @param {string} of whose they are, for who hears the link alone
 */
function writeDocuments(list, documents, of) {
  list.hidden = documents.length === 0;
  list.replaceChildren(
    ...documents.map((d) => {
      const link = /** @type {HTMLAnchorElement} */ (text("a", `${d.title} (${say(d.media === "application/pdf" ? "vote.say.pdf" : "vote.say.plain")})`));
      link.href = "/documents/" + d.sha256;
      link.target = "_blank";
      link.rel = "noopener";
      link.setAttribute("aria-label", say("vote.say.document", { Document: link.textContent ?? "", Option: of }));
      const item = document.createElement("li");
      item.append(link);
      return item;
    }),
  );
}

/**
 * What is checked now, complete or not.
 * @param {Question[]} questions
 * @returns {Choices}
 */
function readChoice(questions) {
  /** @type {Choices} */
  const choices = {};
  for (const q of questions) {
    const checked = checkedIn(q);
    const chosen = approval(q) ? setOf(q, checked) : checked[0];
    if (chosen !== undefined) choices[q.id] = chosen;
  }
  return choices;
}

/**
 * The answers of a question that are checked, in their order.
 * @param {Question} q
 */
function checkedIn(q) {
  return [...element("question-" + q.id).querySelectorAll("input:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value);
}

/**
 * Says beside each question whether an answer lacks, and goes to the first one.
 * @param {Question[]} questions
 * @param {Choices} choices
 * @returns {boolean} nothing lacks
 */
function completeChoice(questions, choices) {
  let complete = true;
  for (const q of questions) {
    const form = element("question-" + q.id);
    const error = one(form, ".error");
    const lacks = choices[q.id] === undefined;
    error.hidden = !lacks;
    const several = approval(q);
    const many = several !== undefined && checkedIn(q).length > several.most;
    error.textContent = !lacks ? "" : many ? say("vote.say.too-many", { N: number(several.most) }) : say("vote.say.choose");
    if (lacks && complete) one(form, "input").focus();
    complete &&= !lacks;
  }
  return complete;
}

/**
 * Writes this choice, and nothing else that could be chosen.
 * @param {Question[]} questions
 * @param {Choices} choices
 * @param {string} [into]
 */
export function showChoice(questions, choices, into = "chosen") {
  element(into).replaceChildren(
    ...questions.map((q) => {
      const made = copy("choice-made");
      const option = q.options.find((o) => o.id === choices[q.id]);
      one(made, "h2").textContent = q.title;
      const set = approval(q) && option ? option.candidates : [];
      one(made, ".label").textContent = set.length > 1 ? say("vote.say.approved", { N: number(set.length) }) : option ? option.label : say("vote.say.blank.chosen");
      writeNames(one(made, "ol"), set.length === 1 ? [] : (option?.candidates ?? []));
      return made;
    }),
  );
}

/**
 * @param {string} tag
 * @param {string} content
 */
function text(tag, content) {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}
