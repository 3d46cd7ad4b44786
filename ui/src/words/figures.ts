/** Points with their sign, the minus being U+2212: `+2`, `−2`, `0`. */
export function signed(n: number): string {
  if (n === 0) return '0'
  return n > 0 ? `+${n}` : `−${-n}`
}

/** A plain figure whose minus is U+2212. */
export function figure(n: number): string {
  return n < 0 ? `−${-n}` : String(n)
}

/** A file's size as it is said: `48 KB`, `3.2 GB`. */
export function fileSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const
  let n = bytes
  let unit = 0
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1024
    unit += 1
  }
  return `${n < 10 && unit > 2 ? n.toFixed(1) : Math.round(n)} ${units[unit] ?? 'B'}`
}
