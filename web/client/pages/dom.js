// @ts-check
/**
 * What the pages ask of the document. Text enters it as text: no page writes HTML.
 *
 * @module
 */

/**
 * The element of that id, which the page's template has.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error("the page has no #" + id);
  return found;
}

/**
 * The first element that matches in root.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function one(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error("the page has no " + selector);
  return found;
}

/**
 * @param {string} id
 * @returns {HTMLInputElement}
 */
export function input(id) {
  const found = element(id);
  if (!(found instanceof HTMLInputElement)) throw new Error("#" + id + " is no field");
  return found;
}

/**
 * A copy of the only element of a template.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function copy(id) {
  const template = element(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error("#" + id + " is no template");
  const made = template.content.firstElementChild?.cloneNode(true);
  if (!(made instanceof HTMLElement)) throw new Error("#" + id + " is empty");
  return made;
}

/**
 * Calls f when a form is sent by its button or the return key.
 * @param {string} id
 * @param {() => void} f
 */
export function submitted(id, f) {
  element(id).addEventListener("submit", (event) => {
    event.preventDefault();
    f();
  });
}

/**
 * @param {string} id
 * @param {() => void} f
 */
export function clicked(id, f) {
  element(id).addEventListener("click", f);
}

/**
 * Says beside a field what is wrong with it, and moves there; an empty text takes it back.
 * @param {HTMLElement} field which is described by "ID-error"
 * @param {string} text
 */
export function fault(field, text) {
  const said = element(field.id + "-error");
  said.textContent = text;
  said.hidden = text === "";
  if (text === "") {
    field.removeAttribute("aria-invalid");
    return;
  }
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

/**
 * Marks a button as at work: it stays where it is and can keep the focus.
 * @param {HTMLElement} button
 * @param {boolean} busy
 */
export function working(button, busy) {
  if (busy) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

/**
 * Writes a digest in groups of four, as it is printed on paper; copied, it is one line.
 * @param {HTMLElement} into
 * @param {string} digest 64 hexadecimal digits
 */
export function writeDigest(into, digest) {
  into.replaceChildren(
    ...(digest.match(/.{4}/g) ?? []).flatMap((group) => {
      const span = document.createElement("span");
      span.textContent = group;
      return [span, " "];
    }),
  );
}

/**
 * Offers the urns of the vote, by the names that were sealed.
 * @param {import("../index.js").Scrutin} scrutin
 * @returns {HTMLSelectElement}
 */
export function offerUrns(scrutin) {
  const select = /** @type {HTMLSelectElement} */ (element("urn"));
  select.replaceChildren(...scrutin.manifest.urns.map((u) => new Option(u.label, u.id)));
  return select;
}

/**
 * Hands a file to the person.
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function download(name, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Has links lead to another tab, so that they do not end what stands in this one.
 * @param {string} links
 */
export function beside(links) {
  for (const link of document.querySelectorAll(links)) link.setAttribute("target", "_blank");
}

/** Lets the browser show what was changed before it computes. */
export const painted = () => new Promise((resolve) => setTimeout(resolve, 40));
