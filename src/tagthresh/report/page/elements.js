// Elements of the page and of pictures. Text is only ever set as text, so no name can be markup.

const SVG = "http://www.w3.org/2000/svg";

function filled(node, attributes, children = []) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

const element = (name, attributes = {}, ...children) =>
  filled(document.createElement(name), attributes, children);

const drawn = (name, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, name), attributes, children);

const byId = (id) => document.getElementById(id);

// A figure that programs can read as it is and people as it is written.
const figure = (value, text) => element("data", { value: String(value) }, text);

function setFigure(node, value, text) {
  node.value = String(value);
  node.textContent = text;
}

// Say something for as long as it takes to read.
function say(text) {
  clearTimeout(say.end);
  byId("said").textContent = text;
  say.end = setTimeout(() => byId("said").replaceChildren(), 10_000);
}

function showError(id, text) {
  byId(id).textContent = text;
  byId(id).hidden = text === "";
}
