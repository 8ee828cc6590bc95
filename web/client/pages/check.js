// @ts-check
/**
 * Is my ballot in the urn, and counted? Asked by the receipt code, or found in the
 * whole list without telling the urn which ballot is looked for. Everything that the
 * urn answers is verified here, against its key in the opening record.
 *
 * @module
 */

import { exported, findCounted, findInList, findReceipt, parseReceiptCode, parseReceiptFile, ReceiptError, showCode, Unreachable } from "../index.js";
import { clicked, element, fault, input, offerUrns, submitted, writeDigest } from "./dom.js";
import { Page } from "./page.js";
import { Patience } from "./patience.js";
import { hour, number, say } from "./sentences.js";

/** @typedef {import("../index.js").Scrutin} Scrutin */
/** @typedef {import("../types.js").Found} Found */

/**
 * How what was found looks, beside what it says.
 * @type {Record<string, string>}
 */
const TONES = { followed: "good", counted: "good", recorded: "good", "counted-last": "good", "recorded-last": "good", absent: "warning", lost: "warning", unlisted: "warning" };

/** The longest receipt file, in bytes: one is under 2,000. */
const LONGEST = 65_536;

class Check {
  /**
   * @param {Page} page
   * @param {Scrutin} scrutin
   * @param {string | undefined} code that a link brought
   */
  constructor(page, scrutin, code) {
    this.page = page;
    this.scrutin = scrutin;
    this.code = /** @type {HTMLTextAreaElement} */ (element("code"));
    this.urn = offerUrns(scrutin);
    /** The urn of the promise in the file that was chosen. @type {{code: string, urn: string} | undefined} */
    this.promised = undefined;
    this.search = 0;
    this.patience = new Patience((trouble) => {
      if (trouble) element("search-text").textContent = say("device.say.trouble." + trouble);
    });
    this.code.value = code ?? "";
    const file = input("file");
    file.addEventListener("change", () => void this.read(file.files?.[0]));
    this.accept(element("drop"));
    for (const way of ["way-ask", "way-list"]) input(way).addEventListener("change", () => this.way());
    this.code.addEventListener("input", () => (this.promised = undefined));
    this.way();
    submitted("check", () => void this.go());
    clicked("search-stop", () => this.ask());
    clicked("found-again", () => this.ask());
    /** What was found last, which can be followed to the count. @type {{code: string, urn: string} | undefined} */
    this.last = undefined;
    clicked("found-follow", () => void this.follow());
    page.steps.show("ask");
  }

  /** @param {HTMLElement} target where a file can be dropped */
  accept(target) {
    const over = (/** @type {boolean} */ on) => target.classList.toggle("over", on);
    target.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    target.addEventListener("dragleave", () => over(false));
    target.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      void this.read(event.dataTransfer?.files[0]);
    });
  }

  way() {
    element("list-urn").hidden = !input("way-list").checked;
  }

  /**
   * Takes code and urn from a receipt file.
   * @param {File | undefined} file
   */
  async read(file) {
    fault(input("file"), "");
    if (!file) return;
    try {
      if (file.size > LONGEST) throw new ReceiptError("too long");
      this.promised = parseReceiptFile(this.scrutin, await file.text());
      this.code.value = showCode(this.promised.code);
      this.urn.value = this.promised.urn;
      fault(this.code, "");
      element("file-said").textContent = say("check.say.file.read", { Name: file.name });
    } catch (e) {
      element("file-said").textContent = "";
      if (!(e instanceof ReceiptError)) return this.page.fail(e, { scrutin: this.scrutin });
      fault(input("file"), say("check.say.file"));
    }
  }

  ask() {
    this.search++;
    this.page.root.dataset.found = "";
    this.page.steps.show("ask");
  }

  async go() {
    let code;
    try {
      code = parseReceiptCode(this.code.value);
      fault(this.code, "");
    } catch {
      return fault(this.code, say("check.say.code"));
    }
    const search = ++this.search;
    const whole = input("way-list").checked;
    const bar = /** @type {HTMLProgressElement} */ (element("search-done"));
    bar.removeAttribute("value");
    element("search-text").textContent = say(whole ? "check.say.list" : "check.say.asking");
    this.page.steps.show("search");
    try {
      const found = await this.patience.until(() =>
        whole ? this.inList(code, (part) => search === this.search && (bar.value = part)) : findReceipt(this.scrutin, code, this.page.place.box, this.promised?.urn),
      );
      if (search === this.search) this.found(code, found);
    } catch (e) {
      if (search === this.search) this.failed(e);
    }
  }

  /**
   * @param {string} code
   * @param {(part: number) => void} progress
   */
  async inList(code, progress) {
    try {
      return await findInList(this.scrutin, this.urn.value, code, this.page.place.files, progress);
    } catch (e) {
      if (e instanceof Unreachable && e.status === 403) throw new ReceiptError("the list is not public yet");
      throw e;
    }
  }

  /** @param {unknown} e */
  failed(e) {
    if (e instanceof ReceiptError) return this.tell("later", "", {}, []);
    this.page.fail(e, { scrutin: this.scrutin });
  }

  /**
   * @param {string} code
   * @param {Found} found
   */
  found(code, found) {
    if (found.state === "absent") return this.tell(input("way-list").checked ? "unlisted" : "absent", code, {}, []);
    const urn = this.scrutin.urn(found.urn).label;
    const { zone } = this.scrutin.manifest.schedule;
    if (found.state === "received") {
      return this.tell("received", code, { Urn: urn, Time: hour(found.next, zone), Close: this.page.says.closes }, []);
    }
    this.last = { code, urn: found.urn };
    const counted = ["closed", "published"].includes(this.page.says.phase) ? "counted" : "recorded";
    const last = this.scrutin.manifest.finality.mode === "revote" ? "-last" : ""; // of an account's ballots one counts, and its owner knows whether it is this one
    this.tell(counted + last, code, { Urn: urn }, [
      ["rank", say("check.say.rank", { N: number(found.index + 1), Total: number(found.size) })],
      ["fingerprint", showCode(this.scrutin.f)],
    ]);
  }

  /** Follows what was found to the mix, by the files of the export. */
  async follow() {
    if (!this.last) return;
    const { code, urn } = this.last;
    const search = ++this.search;
    const bar = /** @type {HTMLProgressElement} */ (element("search-done"));
    bar.removeAttribute("value");
    element("search-text").textContent = say("check.say.following");
    this.page.steps.show("search");
    try {
      const way = await findCounted(this.scrutin, urn, code, exported(this.page.place.portal), (part) => search === this.search && (bar.value = part));
      if (search !== this.search) return;
      if (way.state === "absent") return this.tell("lost", code, {}, []);
      this.tell(way.state === "counted" ? "followed" : way.state, code, { Urn: this.scrutin.urn(urn).label }, [], [
        say("check.say.way.log", { N: number(way.index + 1), Total: number(way.size) }),
        say("check.say.way.seal", { N: number(way.witnesses), Total: number(way.of) }),
        ...(way.state === "counted" ? [say("check.say.way.mix", { N: number(way.place + 1), Total: number(way.ballots) }), say("check.say.way.rest")] : []),
      ]);
    } catch (e) {
      if (search !== this.search) return;
      if (e instanceof Unreachable) return this.page.problem("check.say.unfollowed", {}, () => void this.follow());
      this.failed(e);
    }
  }

  /**
   * @param {string} name of what was found
   * @param {string} code
   * @param {Record<string, string>} values
   * @param {[string, string][]} facts
   * @param {string[]} [way] the steps by which it was followed
   */
  tell(name, code, values, facts, way = []) {
    this.page.root.dataset.found = name;
    element("found-title").textContent = say(`check.say.${name}.title`, values);
    element("found-text").textContent = say("check.say." + name, values);
    element("found-text").className = "notice " + (TONES[name] ?? "");
    writeDigest(element("found-code"), code);
    element("found-facts").replaceChildren(
      ...facts.flatMap(([term, text]) => {
        const dt = document.createElement("dt");
        const dd = document.createElement("dd");
        dt.textContent = say("check.say.fact." + term);
        dd.textContent = text;
        dd.className = "digest";
        return [dt, dd];
      }),
    );
    element("found-way").hidden = way.length === 0;
    element("found-way").replaceChildren(
      ...way.map((step) => {
        const li = document.createElement("li");
        li.textContent = step;
        return li;
      }),
    );
    element("found-follow").hidden = !name.startsWith("counted") || this.page.says.phase !== "published";
    element("found-help").hidden = !["absent", "unlisted", "lost"].includes(name);
    this.page.steps.show("found");
  }
}

async function main() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  const page = new Page();
  if (!page.able()) return;
  if (page.says.phase === "before") return page.problem("check.say.early", { Time: page.says.opens });
  page.steps.show("start");
  const scrutin = await page.records(given.get("f") ?? undefined);
  if (scrutin) new Check(page, scrutin, given.get("c") ?? undefined);
}

void main();
