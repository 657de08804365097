// JSON text cut into the texts of its parts, so that they can be compared byte for byte: a parser would round numbers,
// unescape strings and fold duplicate keys. The text must be valid.

const isSpace = (byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
const [quote, backslash, comma, colon] = Buffer.from('"\\,:')
const opening = new Set(Buffer.from('{['))
const closing = new Set(Buffer.from('}]'))

function afterSpace(text, at) {
  while (isSpace(text[at])) at++
  return at
}

function endOfString(text, at) {
  for (at++; text[at] !== quote; at++) if (text[at] === backslash) at++
  return at + 1
}

function endOfValue(text, at) {
  if (text[at] === quote) return endOfString(text, at)
  let depth = 0
  while (at < text.length) {
    const byte = text[at]
    if (depth === 0 && (byte === comma || closing.has(byte) || isSpace(byte))) return at
    if (opening.has(byte)) depth++
    if (closing.has(byte) && --depth === 0) return at + 1
    at = byte === quote ? endOfString(text, at) : at + 1
  }
  return at
}

/** The texts of an object's members by name, in their order. */
export function members(text) {
  const found = new Map()
  let at = afterSpace(text, afterSpace(text, 0) + 1)
  while (text[at] === quote) {
    const endOfName = endOfString(text, at)
    const from = afterSpace(text, afterSpace(text, endOfName) + (text[afterSpace(text, endOfName)] === colon))
    const to = endOfValue(text, from)
    found.set(JSON.parse(text.toString('utf8', at, endOfName)), text.subarray(from, to))
    at = afterSpace(text, to)
    if (text[at] === comma) at = afterSpace(text, at + 1)
  }
  return found
}

/** The texts of an array's elements. */
export function elements(text) {
  const found = []
  let at = afterSpace(text, afterSpace(text, 0) + 1)
  while (!closing.has(text[at])) {
    const to = endOfValue(text, at)
    found.push(text.subarray(at, to))
    at = afterSpace(text, to)
    if (text[at] === comma) at = afterSpace(text, at + 1)
  }
  return found
}
