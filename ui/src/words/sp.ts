/**
 * Puts the quarter-em of Chinese typesetting where WebView2 109 cannot: an ordinary space before digits or Latin,
 * a no-break one behind them, so that a number never leaves its measure word. Text already spaced is left as it is.
 */
export function sp(text: string): string {
  return text
    .replace(/([㐀-鿿])(?=[A-Za-z0-9+−])/gu, '$1 ')
    .replace(/([A-Za-z0-9%])(?=[㐀-鿿])/gu, '$1\u00a0')
    .replace(/([0-9%]) (?=[㐀-鿿])/gu, '$1\u00a0')
}

// Sentences are functions of anything a page knows; `never[]` lets every such function in and keeps its own types.
type Sentence = string | ((...args: never[]) => string)
interface Sentences {
  readonly [key: string]: Sentence | readonly string[] | Sentences
}

/**
 * Declares a part of the catalogue. Every sentence in it, plain or computed, comes out spaced by {@link sp}, so nobody
 * has to think of spaces when writing one.
 */
export function sentences<T extends Sentences>(words: T): T {
  const spaced = (value: unknown): unknown => {
    if (typeof value === 'string') return sp(value)
    if (typeof value === 'function') return (...args: unknown[]) => sp((value as (...a: unknown[]) => string)(...args))
    if (Array.isArray(value)) return value.map(spaced)
    return Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, spaced(v)]))
  }
  return spaced(words) as T
}
