import { expect, it } from 'vitest'
import { fileSize, signed } from './figures'
import { maskId, maskPhone } from './masks'

it('keeps the length of what it covers', () => {
  expect(maskId('511722196304150024')).toBe('511722********0024')
  expect(maskPhone('13900000117')).toBe('139****0117')
  for (const id of ['', '1', '511722630415002', '511722196304150024', '12345678901234567']) {
    expect(maskId(id)).toHaveLength(id.length)
    expect(maskPhone(id)).toHaveLength(id.length)
  }
})

it('writes the minus of typesetting', () => {
  expect(signed(-2)).toBe('−2')
  expect(signed(5)).toBe('+5')
  expect(signed(0)).toBe('0')
})

it('says sizes as people do', () => {
  expect(fileSize(48 * 1024)).toBe('48 KB')
  expect(fileSize(3.2 * 1024 ** 3)).toBe('3.2 GB')
})
