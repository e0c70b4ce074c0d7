// @ts-check
// Elements of the page and of pictures. Text is only ever set as text, so no name can be markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Set attributes, and listeners for those that begin with "on".
 *
 * @template {Element} T
 * @param {T} node
 * @param {Record<string, any>} attributes
 * @returns {T}
 */
export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  return node;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, any>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(name, attributes = {}, ...children) {
  const node = setAttributes(document.createElement(name), attributes);
  node.append(...children);
  return node;
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, any>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function drawn(name, attributes = {}, ...children) {
  const node = setAttributes(document.createElementNS(SVG, name), attributes);
  node.append(...children);
  return node;
}

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} id */
export const buttonById = (id) => /** @type {HTMLButtonElement} */ (byId(id));

/** @param {string} id */
export const selectById = (id) => /** @type {HTMLSelectElement} */ (byId(id));

/** @param {string} id */
export const inputById = (id) => /** @type {HTMLInputElement} */ (byId(id));

/**
 * A figure that programs can read as it is and people as it is written.
 *
 * @param {number} value
 * @param {string} text
 */
export const figure = (value, text) => element("data", { value: String(value) }, text);

/**
 * @param {HTMLDataElement} node
 * @param {number} value
 * @param {string} text
 */
export function setFigure(node, value, text) {
  node.value = String(value);
  node.textContent = text;
}

/**
 * Items of a list of figures: name, value and a line below.
 *
 * @param {string} name
 * @param {HTMLDataElement} value
 * @param {string} below
 */
export const namedFigure = (name, value, below, attributes = {}) =>
  element(
    "div",
    attributes,
    element("dt", {}, name),
    element("dd", {}, value, element("small", {}, below)),
  );

/** @type {ReturnType<typeof setTimeout> | undefined} */
let silence;

/**
 * Say something for as long as it takes to read.
 *
 * @param {string} text
 */
export function say(text) {
  clearTimeout(silence);
  byId("said").textContent = text;
  silence = setTimeout(() => byId("said").replaceChildren(), 10_000);
}

/**
 * Hand a file to the reader.
 *
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  // The address is not revoked: a busy browser may fetch it late, and the page's end frees it.
  element("a", { href: address, download: name }).click();
}
