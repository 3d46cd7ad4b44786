/** An ID number with its length still readable: `511722********0024`. Anything not 15 or 18 long is covered whole. */
export function maskId(id: string): string {
  if (id.length !== 18 && id.length !== 15) return '*'.repeat(id.length)
  return id.slice(0, 6) + '*'.repeat(id.length - (id.length === 18 ? 10 : 9)) + id.slice(id.length === 18 ? -4 : -3)
}

/** A phone number: `139****0117`; shorter ones keep their last four. */
export function maskPhone(phone: string): string {
  if (phone.length < 7) return '*'.repeat(phone.length)
  const head = phone.length === 11 ? 3 : 0
  return phone.slice(0, head) + '*'.repeat(phone.length - head - 4) + phone.slice(-4)
}
