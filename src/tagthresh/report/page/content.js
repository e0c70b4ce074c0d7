// The content of the page, as `content.py` wrote it, its arrays unpacked.

const KINDS = {
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  f4: Float32Array,
  f8: Float64Array,
};

function unpacked(value) {
  if (Array.isArray(value) || value === null || typeof value !== "object") return value;
  if ("type" in value && "data" in value) return array(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unpacked(part)]));
}

function array({ type, data }) {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  return new KINDS[type](bytes.buffer);
}

function readContent() {
  const { thresholds, starts, gains, ...rest } = JSON.parse(
    document.getElementById("content").textContent,
  );
  const byName = new Map(Object.entries(gains).map(([name, found]) => [name, unpacked(found)]));
  return { ...unpacked(rest), starts: starts.map(unpacked), gains: byName, thresholds }; // the file as it is
}
