// @ts-check
/**
 * Passphrases: what is asked of one that a person makes up, and six words that the device
 * draws. The words are the 2,048 of the lists of BIP 39, in the language of the page and
 * without accents, so that every keyboard has them: six are 66 bits.
 *
 * @module
 */

import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as french } from "@scure/bip39/wordlists/french.js";
import { random } from "../client/group.js";
import { LEAST, plain } from "../client/ways.js";

const WORDS = 6;

/** How many different characters a passphrase has at least: no run of one key. */
const DIFFERENT = 5;

/** Six words, drawn; each of 11 of 16 random bits. */
export function sixWords() {
  const list = document.documentElement.lang === "en" ? english : french;
  const drawn = new Uint16Array(random(2 * WORDS).buffer);
  return Array.from(drawn, (n) => list[n % list.length].normalize("NFD").replace(/[\u0300-\u036f]/g, "")).join(" ");
}

/** Whether a passphrase will do. @param {string} typed */
export function strong(typed) {
  const characters = Array.from(plain(typed));
  return characters.length >= LEAST && new Set(characters).size >= DIFFERENT;
}
