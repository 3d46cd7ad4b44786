import { afterEach } from 'vitest'
import { enableAutoUnmount } from '@vue/test-utils'
import { showLetters } from '@/components/letters'

// happy-dom lays nothing out. Lists measure themselves to know how many rows are in sight; give them a screenful.
const measures: Record<string, PropertyDescriptor> = {
  clientHeight: { configurable: true, get: () => 560 },
  clientWidth: { configurable: true, get: () => 1100 },
  offsetParent: { configurable: true, get(this: HTMLElement) { return this.parentElement } },
}
Object.defineProperties(HTMLElement.prototype, measures)

enableAutoUnmount(afterEach)
afterEach(() => {
  document.body.innerHTML = ''
  showLetters('normal')
})
