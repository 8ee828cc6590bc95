// @ts-check
/**
 * One's card in a published list: the list is fetched whole, the search happens here, and
 * nobody is told which number is looked for.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, text } from "../client/bytes.js";
import { openNote } from "../client/note.js";
import { element, fault, input, submitted } from "../client/pages/dom.js";
import { number as written, say } from "../client/pages/sentences.js";
import { digits, NumberError, parseNumber, Register, showNumber } from "../client/register.js";
import { reading } from "../client/transport.js";
import { watchKiosk } from "./kiosk.js";

/** @typedef {{number: string, place: string, state: string}} Line */

/**
 * A list, once its sums and its signature have been verified.
 * @param {Register} register
 * @param {string} n
 */
async function list(register, n) {
  const [{ bytes }, { bytes: note }] = await Promise.all([reading(`/published/${n}.csv`), reading(`/published/${n}.note`)]);
  const { text: said } = openNote(note, [register.verifier]);
  const [head, ...rest] = text(bytes).split("\n");
  if (head !== "number,constituency,state" || rest.pop() !== "") throw new Error("the list is not in its form");
  const lines = rest.map((line) => {
    const [number, place, state, ...more] = line.split(",");
    if (more.length || !/^[0-9]{11}$/.test(number) || !["active", "invalid"].includes(state)) throw new Error("the list is not in its form");
    return { number, place, state };
  });
  const active = lines.filter((l) => l.state === "active").length;
  const sums = `${active} ${lines.length - active} ${lines.length}`;
  if (said !== `isoloir/v1/published\n${register.rho} ${n}\n${hex(sha256(bytes))}\n${sums}\n`) throw new Error("the list is not the one that was signed");
  return { lines, active };
}

/** @param {string} words @param {"good" | "warning" | "danger"} kind */
function tell(words, kind) {
  const said = element("said");
  said.className = "notice " + kind;
  said.textContent = words;
  said.hidden = false;
  said.focus();
}

async function look() {
  const n = /** @type {HTMLSelectElement} */ (element("list")).value, rho = element("card-form").dataset.register ?? "";
  fault(input("number"), "");
  try {
    const own = parseNumber(input("number").value);
    const register = new Register((await reading("/register.json")).bytes, rho);
    const { lines, active } = await list(register, n);
    const found = lines.find((l) => l.number === digits(own));
    const place = register.constituencies.find((c) => c.id === found?.place)?.label ?? "";
    const values = { Number: showNumber(own), Place: place, Active: written(active), Invalid: written(lines.length - active), All: written(lines.length) };
    if (!found) tell(say("card.say.missing", values), "warning");
    else tell(say("card.say." + found.state, values), found.state === "active" ? "good" : "warning");
  } catch (e) {
    if (e instanceof NumberError) fault(input("number"), say("card.say.number"));
    else tell(say(e instanceof Error && e.name === "Unreachable" ? "card.say.unreachable" : "card.say.false"), "danger");
  }
}

watchKiosk();
if (document.getElementById("card-form")) {
  submitted("card-form", () => void look());
  element("card-form").hidden = false;
}
